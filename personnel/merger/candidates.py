"""Who is to be merged, and where everybody would land: one question for all cut scores at once.

Candidates are the people who serve in the merged force on the programme's day; from the first proposal on they are the
rows of its placements (`merger_candidates`, personnel/sql/merger.sql).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from personnel.models import Outcome, Programme

OUTCOMES = tuple(Outcome.values)
MOST = 10_000  # hundredths of a point

# A candidate whose services of the force have all ended by today has left. The mark is in hundredths of a point, totals
# in ten-thousandths.
JUDGED = """
WITH judged AS (
  SELECT c.member_id, c.unit_id - c.unit_id %% 1000 AS town, t.total,
         CASE WHEN c.outcome <> 'pending' THEN c.outcome
              WHEN NOT EXISTS (SELECT FROM personnel_assignment a
                               WHERE a.member_id = c.member_id AND a.force = %(force)s
                                 AND (a.ended_on IS NULL OR a.ended_on > %(today)s)) THEN 'exited'
              WHEN s.cohort = ANY (%(exempt)s) THEN 'absorbed' END AS settled
  FROM merger_candidates(%(programme)s) c JOIN personnel_assignment s ON s.id = c.service_id
  LEFT JOIN personnel_assessment t ON t.member_id = c.member_id AND t.cycle_id = %(cycle)s
)
"""
SIMULATE = (
    JUDGED  # noqa: S608 - constants of this module
    + """
, counted AS (
  SELECT town, total, settled, count(*) AS people FROM judged GROUP BY 1, 2, 3
)
SELECT m.place, c.town,
       COALESCE(c.settled, CASE WHEN c.total >= m.mark * 100 THEN 'absorbed'
                                WHEN c.total < m.mark * 100 THEN 'transferred' ELSE 'pending' END) AS outcome,
       sum(c.people)::integer
FROM counted c CROSS JOIN unnest(%(marks)s::integer[]) WITH ORDINALITY AS m (mark, place)
GROUP BY 1, 2, 3 ORDER BY 1, 2
"""
)
# How many have each score, the best first; those who need none come before all.
BY_SCORE = """
SELECT CASE WHEN s.cohort = ANY (%(exempt)s) THEN NULL ELSE t.total END AS total, count(*)
FROM merger_candidates(%(programme)s) c JOIN personnel_assignment s ON s.id = c.service_id
LEFT JOIN personnel_assessment t ON t.member_id = c.member_id AND t.cycle_id = %(cycle)s
WHERE c.outcome = 'pending' AND (t.total IS NOT NULL OR s.cohort = ANY (%(exempt)s))
GROUP BY 1 ORDER BY 1 DESC NULLS FIRST
"""
FREEZE = """
INSERT INTO personnel_placement (programme_id, member_id, unit_id, service_id, verdict, reason, outcome)
SELECT %(programme)s, c.member_id, c.unit_id, c.service_id, '', '', 'pending'
FROM merger_candidates(%(programme)s) c ORDER BY c.member_id
ON CONFLICT (programme_id, member_id) DO NOTHING
"""


def given(programme: Programme, **more: Any) -> dict[str, Any]:
    """The parameters of questions about a programme."""
    asked = {"programme": programme.pk, "force": programme.from_force, "day": programme.merged_on}
    return asked | {"cycle": programme.cycle_id, "exempt": programme.exempt_cohorts} | more


def simulate(programme: Programme, marks: Sequence[int], today: date) -> dict:
    """Heads by outcome and by town (a code) for each mark, in hundredths of a point. One query, however many marks.

    {"candidates", "marks": [{"mark", "absorbed", "transferred", "pending", "exited", "by_town": {code: {...}}}]}
    """
    tables: list[dict] = [{"mark": shown_mark(mark), **dict.fromkeys(OUTCOMES, 0), "by_town": {}} for mark in marks]
    with connection.cursor() as cursor:
        cursor.execute(SIMULATE, given(programme, marks=list(marks), today=today))
        for place, town, outcome, people in cursor.fetchall():
            table = tables[place - 1]
            table[outcome] += people
            table["by_town"].setdefault(str(town), dict.fromkeys(OUTCOMES, 0))[outcome] += people
    return {"candidates": sum(tables[0][name] for name in OUTCOMES), "marks": tables}


def mark_for_places(programme: Programme, places: int) -> int:
    """The lowest mark, in hundredths, at which no more than so many are absorbed; who is level goes together."""
    with connection.cursor() as cursor:
        cursor.execute(BY_SCORE, given(programme))
        taken = 0
        for total, people in cursor.fetchall():
            taken += people
            if taken > places:
                return MOST if total is None else min(total // 100 + 1, MOST)
    return 0


def freeze(programme: Programme) -> None:
    """Write down the candidates of the programme's day; who is there already stays as he is."""
    with connection.cursor() as cursor:
        cursor.execute(FREEZE, given(programme))


def shown_mark(mark: int) -> int | float:
    """Points of a mark in hundredths: 60, or 62.5."""
    return mark // 100 if mark % 100 == 0 else mark / 100
