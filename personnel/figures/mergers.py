"""How the merger of the forces stands (D2). Source: requirements 3, 7 and 18 to 20."""

from datetime import date, datetime, time, timedelta

from django.db import connection
from django.utils import timezone

from organization.belonging import Reach
from personnel.merger.candidates import OUTCOMES
from personnel.models import Appeal, Assignment, MergerTask, Placement, Programme

COUNTED = ("candidates", "assessed", "passed", "failed", "absorbed", "transferred", "exited")
HEADS = ("candidates", "assessed", "passed", "failed", *OUTCOMES, "appeals_open", "tasks_open", "wrong_employer")
COUNT = """
SELECT c.unit_id - c.unit_id %% 1000,
       count(*),
       count(t.total),
       count(*) FILTER (WHERE t.total >= %(mark)s * 100),
       count(*) FILTER (WHERE t.total < %(mark)s * 100),
       count(*) FILTER (WHERE landed.outcome = 'absorbed'),
       count(*) FILTER (WHERE landed.outcome = 'transferred'),
       count(*) FILTER (WHERE landed.outcome = 'exited')
FROM merger_candidates(%(programme)s) c
LEFT JOIN personnel_assessment t ON t.member_id = c.member_id AND t.cycle_id = %(cycle)s
LEFT JOIN LATERAL (
  SELECT p.outcome FROM personnel_placement p JOIN personnel_placementbatch b ON b.id = p.batch_id
  WHERE p.programme_id = %(programme)s AND p.member_id = c.member_id AND b.carried_out_at < %(until)s) landed ON true
WHERE (c.unit_id BETWEEN %(low)s AND %(high)s OR c.unit_id = ANY (%(joined)s::bigint[]))
  AND c.unit_id <> ALL (%(gone)s::bigint[])
GROUP BY 1 ORDER BY 1
"""


def programme_on(day: date) -> Programme | None:
    """The programme that counts on a day: of those whose assessment had begun, the one of the latest day."""
    begun = Programme.objects.filter(cycle__starts_on__lte=day)
    return begun.select_related("cycle").order_by("-merged_on", "-pk").first()


def by_town(programme: Programme, day: date, within: Reach) -> dict[int, dict[str, int]]:
    """{town: heads} of a programme as of the end of that day, in order of code."""
    until = timezone.make_aware(datetime.combine(day + timedelta(1), time()))
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT,
            within.params()
            | {"programme": programme.pk, "cycle": programme.cycle_id, "mark": programme.pass_mark, "until": until},
        )
        found = {town: dict(zip(COUNTED, counts, strict=True)) for town, *counts in cursor.fetchall()}
    for heads in found.values():
        heads["pending"] = heads["candidates"] - heads["absorbed"] - heads["transferred"] - heads["exited"]
    return found


def merger(day: date, within: Reach) -> dict[str, int]:
    """Heads of the programme of that day in these units; all 0 where there is none.

    candidates = absorbed + transferred + exited + pending, whatever happens: a candidate is one row with one outcome.
    `wrong_employer` are those absorbed whose service has another employer than the programme says.
    """
    programme = programme_on(day)
    if programme is None:
        return dict.fromkeys(HEADS, 0)
    towns = by_town(programme, day, within).values()
    of_it = Placement.objects.filter(within.q(), programme=programme)
    absorbed = Assignment.objects.on(day).filter(pk__in=of_it.filter(outcome="absorbed").values("new_service"))
    return {name: sum(heads[name] for heads in towns) for name in (*COUNTED, "pending")} | {
        "appeals_open": Appeal.objects.undecided().filter(within.q(), assessment__cycle=programme.cycle_id).count(),
        "tasks_open": MergerTask.objects.undone().filter(within.q(), batch__programme=programme).count(),
        "wrong_employer": absorbed.exclude(employer=programme.employer_id).count(),
    }
