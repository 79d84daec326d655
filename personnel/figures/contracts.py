"""How those who serve are employed: contracts signed, ending, lapsed or missing. Source: requirements 15, 25 and 58.

By the unit that keeps the file: contracts follow it, so a past day shows the people whose files are here now.
"""

from collections.abc import Sequence
from datetime import date

from django.db.models import BigIntegerField, Case, Count, F, Value, When

from organization.belonging import Reach
from organization.figures import rate
from personnel.contracts import standings
from personnel.figures.realname import Place

OPEN = tuple(slug for slug, standing in standings.STANDINGS.items() if standing.is_open)
KEYS = ("required", "signed", *OPEN, "without")


def contracts(day: date, within: Reach, force: str | None = None) -> dict[str, float]:
    """Counts of people (`required`, `signed`, `without`) and contracts, with the rate of `signed` as a fraction."""
    found = by_unit(day, within, [], force)[0]
    return {key.replace("-", "_"): count for key, count in found.items()} | {
        "rate": rate(found["signed"], found["required"])
    }


def by_unit(day: date, within: Reach, units: Sequence[int], force: str | None = None) -> tuple[dict[str, int], ...]:
    """Of all, of files kept right at the unit above, and of each of `units` (codes right below, ascending).

    Keys are KEYS. A query a key; each counts exactly what the list of that name shows.
    """
    forces = [force] if force else ()
    questions = {
        "required": standings.employed(day, forces),
        "signed": standings.signed(day, forces),
        **{slug: standings.standing(slug, day, forces) for slug in OPEN},
        "without": standings.without(day, forces),
    }
    places = tuple(dict.fromkeys(KEYS, 0) for _place in range(len(units) + 2))
    for key, rows in questions.items():
        for place, count in _placed(rows.filter(within.q()), within, units):
            places[place + 1][key] = count
            places[0][key] += count
    return places


def _placed(rows, within: Reach, units: Sequence[int]):
    """(place, count): 0 for the unit above, then the units below in their order."""
    if not units:
        return [(0, rows.count())]
    moved = [When(unit=code, then=Value(home)) for code, home in within.homes.items()]
    home = Case(*moved, default=F("unit"), output_field=BigIntegerField()) if moved else F("unit")
    return rows.order_by().annotate(place=Place(home, Value(list(units)))).values_list("place").annotate(n=Count("pk"))
