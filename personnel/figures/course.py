"""Headcounts in the course of time: who came, who left, and the number at the end of each month."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypedDict

from django.db import connection

from organization.belonging import Reach
from organization.figures import rate
from personnel.figures.population import forces_counted
from personnel.models import Assignment

# Every service is placed between the days asked for; counting each day by itself takes ten times as long. Who serves
# full time serves nowhere else on those days: the database sees to it. The other services of a person become stretches
# that do not touch, so that two at once are one person.
_STRETCHES = """
SELECT CASE WHEN a.started_on <= %(first)s THEN 0 ELSE width_bucket(a.started_on - 1, %(days)s::date[]) END,
  CASE WHEN a.ended_on IS NULL THEN %(last)s ELSE width_bucket(a.ended_on - 1, %(days)s::date[]) END, count(*)
FROM personnel_assignment a
WHERE {here} AND a.share = 100 AND (a.ended_on IS NULL OR a.ended_on > %(first)s) GROUP BY 1, 2
UNION ALL
SELECT width_bucket(lower(days) - 1, %(days)s::date[]),
  CASE WHEN upper_inf(days) THEN %(last)s ELSE width_bucket(upper(days) - 1, %(days)s::date[]) END, count(*)
FROM (
  SELECT unnest(range_agg(daterange(a.started_on, a.ended_on))) AS days
  FROM personnel_assignment a WHERE {here} AND a.share < 100 GROUP BY a.member_id
) stretch GROUP BY 1, 2
"""

# Who serves full time all the while is one service at both ends; only of the others are the services put together.
_MOVEMENT = """
WITH person AS (
  SELECT bool_or(a.started_on <= %(day)s AND (a.ended_on IS NULL OR a.ended_on > %(day)s)) AS at_end,
    bool_or(a.started_on <= %(before)s AND (a.ended_on IS NULL OR a.ended_on > %(before)s)) AS at_start
  FROM personnel_assignment a
  WHERE {here} AND a.started_on <= %(day)s AND (a.ended_on IS NULL OR a.ended_on > %(before)s)
    AND NOT (a.share = 100 AND a.started_on <= %(before)s AND (a.ended_on IS NULL OR a.ended_on > %(day)s))
  GROUP BY a.member_id
), stayed AS (
  SELECT count(*) AS people FROM personnel_assignment a
  WHERE {here} AND a.share = 100 AND a.started_on <= %(before)s AND (a.ended_on IS NULL OR a.ended_on > %(day)s)
)
SELECT count(*) FILTER (WHERE at_end AND NOT at_start), count(*) FILTER (WHERE at_start AND NOT at_end),
  count(*) FILTER (WHERE at_start) + (SELECT people FROM stayed),
  count(*) FILTER (WHERE at_end) + (SELECT people FROM stayed)
FROM person
"""


def _here(query: str, within: Reach) -> str:
    return query.format(here=f"{within.inside('a.unit_id')} AND a.force = ANY (%(forces)s)")


def day_before_month(day: date) -> date:
    """The last day of the month before."""
    return day.replace(day=1) - timedelta(days=1)


def month_ends(day: date, months: int) -> list[date]:
    """The last days of the months before, and the day itself: `months` days in ascending order."""
    days = [day]
    while len(days) < months:
        days.append(day_before_month(days[-1]))
    return days[::-1]


class Movement(TypedDict):
    """People; turnover is a fraction."""

    joined: int
    left: int
    net: int
    turnover: float


def movement(day: date, within: Reach, force: str | None = None, *, before: date | None = None) -> Movement:
    """People who came and left between the end of the day `before` (the last one of the month before) and the day.

    Joined: serve at the end, did not at the start; left: the other way round. So a move within the unit is neither, and
    joined - left is the change of the headcount. Turnover is left / mean of the two headcounts, a fraction.
    """
    values = within.params() | {"day": day, "before": before or day_before_month(day), "forces": forces_counted(force)}
    with connection.cursor() as cursor:
        cursor.execute(_here(_MOVEMENT, within), values)
        joined, left, start, end = cursor.fetchone()
    return {"joined": joined, "left": left, "net": joined - left, "turnover": rate(left, (start + end) / 2)}


def changed(kind: str, day: date, within: Reach, force: str | None = None):
    """The services behind `movement`: of those who "joined" or "left", the one that is the reason, one a person."""
    counted = Assignment.objects.filter(within.q(), force__in=forces_counted(force))
    earlier, later = (counted.on(day_before_month(day)), counted.on(day))
    here, absent = (later, earlier) if kind == "joined" else (earlier, later)
    first = here.order_by("member_id", "unit_id", "id").distinct("member_id").values("pk")
    return Assignment.objects.filter(pk__in=first).exclude(member_id__in=absent.values("member_id"))


def headcounts(days: Sequence[date], within: Reach, force: str | None = None) -> list[int]:
    """The headcount on each of these days, which are in ascending order."""
    values = within.params() | {"forces": forces_counted(force)}
    values |= {"days": list(days), "first": days[0], "last": len(days)}
    steps = [0] * (len(days) + 1)
    with connection.cursor() as cursor:
        cursor.execute(_here(_STRETCHES, within), values)
        for first, end, people in cursor.fetchall():
            steps[first] += people
            steps[end] -= people
    return [sum(steps[: at + 1]) for at in range(len(days))]
