"""How much of the approved numbers of people is used (D1.2). Source: requirement 2, and the rules on quotas."""

from datetime import date

from organization.belonging import Reach
from organization.figures import rate
from personnel.figures.population import PROFESSIONAL
from personnel.models import Quota


def approved(day: date, within: Reach, force: str | None = None) -> dict[str, int]:
    """{force: people} approved for the unit in the year of that day; of forces that have a quota.

    A unit that took the place of others has the sum of theirs until it is given one of its own.
    """
    predecessors = [code for code, home in within.homes.items() if home == within.low]
    found = Quota.objects.filter(unit__in=[within.low, *predecessors], year=day.year)
    if force:
        found = found.filter(force=force)
    own: dict[str, int] = {}
    inherited: dict[str, int] = {}
    for unit, of_force, number in found.order_by("force").values_list("unit", "force", "number"):
        if unit == within.low:
            own[of_force] = number
        else:
            inherited[of_force] = inherited.get(of_force, 0) + number
    return inherited | own


def quota(day: date, within: Reach, force: str | None, people: dict[str, int]) -> dict[str, float]:
    """For each professional force the people approved, and the share of it that serves (of `strength`), a fraction."""
    numbers = approved(day, within, force)
    found: dict[str, float] = {}
    for each in PROFESSIONAL:
        number = numbers.get(each, 0)
        found |= {f"{each}.approved": number, f"{each}.rate": rate(people[f"force.{each}"], number) if number else 0.0}
    return found
