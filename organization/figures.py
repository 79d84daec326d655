"""Figures that need the organisation only: units, teams and what employers declare. Source: requirements 31 to 38."""

from datetime import date
from typing import TypedDict

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.db.models.functions import Mod

from organization.belonging import Reach
from organization.models import Employer, Team, Unit

# Within the district's six digits: 900 000 and up are the sub-bureau, stations and special squads, which are no towns.
POSITION = Mod("code", 1_000_000)
IS_TOWN = Q(position__gt=0, position__lt=900_000, number=0)
IS_VILLAGE = Q(position__gt=0, position__lt=900_000, number__gt=0)


class Teams(TypedDict):
    """Numbers of units and of those among them that have a team; the rates are fractions."""

    corps: int
    towns: int
    brigades: int
    villages: int
    squads: int
    brigade_rate: float
    squad_rate: float


def teams(day: date, within: Reach) -> Teams:
    """Corps, brigades and squads on that day, the towns and villages that should have one, and the shares that do.

    Shares are fractions; 0 where there is nothing that should have a team.
    """
    units = Unit.objects.filter(within.q("code")).open_on(day)
    units = units.alias(
        position=POSITION,
        number=Mod("code", 1000),
        led=Exists(Team.objects.on(day).filter(unit=OuterRef("code"))),
    )
    counts = units.aggregate(
        corps=Count("code", filter=Q(position=0, led=True)),
        towns=Count("code", filter=IS_TOWN),
        brigades=Count("code", filter=IS_TOWN & Q(led=True)),
        villages=Count("code", filter=IS_VILLAGE),
        squads=Count("code", filter=IS_VILLAGE & Q(led=True)),
    )
    return {
        "corps": counts["corps"],
        "towns": counts["towns"],
        "brigades": counts["brigades"],
        "villages": counts["villages"],
        "squads": counts["squads"],
        "brigade_rate": rate(counts["brigades"], counts["towns"]),
        "squad_rate": rate(counts["squads"], counts["villages"]),
    }


def teams_of(level: str, day: date, within: Reach):
    """Teams of "town"s (brigades) or "village"s (squads) on that day, in order of code; what `teams` counts."""
    teams = Team.objects.on(day).filter(within.q(), unit__in=Unit.objects.open_on(day))
    teams = teams.alias(position=Mod("unit_id", 1_000_000), number=Mod("unit_id", 1000))
    return teams.filter({"town": IS_TOWN, "village": IS_VILLAGE}[level]).order_by("unit_id")


def employers(day: date, within: Reach):
    """Employers with their premises here that employ guards on that day, by what they say themselves."""
    begun = Q(started_on=None) | Q(started_on__lte=day)
    return Employer.objects.filter(within.q(), begun, Q(ended_on=None) | Q(ended_on__gt=day))


def declared_guards(day: date, within: Reach) -> int:
    """Guards that the employers of these units say they have."""
    return employers(day, within).aggregate(total=Sum("declared_guards"))["total"] or 0


def children(unit: int) -> list[Unit]:
    """The units right below, in order of code; those closed since are shown under their successors and are left out."""
    return list(Unit.objects.children(unit).filter(closed_on=None).order_by("code"))


def rate(part: float, whole: float) -> float:
    """A fraction, 0 where there is nothing to divide by."""
    return part / whole if whole else 0.0
