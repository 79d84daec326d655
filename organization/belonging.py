"""What belongs to a unit on any day: its range of codes, and the closed units whose successor lies in it.

Rows of the past keep the code of the unit where they happened. When that unit was closed since, figures and lists show
them under its successor, and no longer where the code says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from organization import divisions
from organization.models import Unit

EVERYTHING = (0, 10**12 - 1)


@dataclass(frozen=True)
class Reach:
    """A range of codes, both ends included, and what moved across its ends.

    `joined` are codes outside it that belong here now, `gone` codes inside it that no longer do; `homes` says of every
    moved code where it belongs.
    """

    low: int
    high: int
    joined: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()
    homes: Mapping[int, int] = field(default_factory=dict)

    def q(self, name: str = "unit") -> Q:
        """Condition on a field that holds a unit code (`unit`, `code`)."""
        inside = Q(**{f"{name}__gte": self.low, f"{name}__lte": self.high})
        if self.joined:
            inside |= Q(**{f"{name}__in": self.joined})
        return inside & ~Q(**{f"{name}__in": self.gone}) if self.gone else inside

    def inside(self, column: str) -> str:
        """The same in SQL, for a column that is named in the code, never by input; `params` go with it.

        Where nothing moved it says no more than the range, for the sake of the planner's estimates.
        """
        condition = f"{column} BETWEEN %(low)s AND %(high)s"
        if self.joined:
            condition = f"({condition} OR {column} = ANY (%(joined)s::bigint[]))"
        return f"{condition} AND {column} <> ALL (%(gone)s::bigint[])" if self.gone else condition

    def params(self) -> dict[str, Any]:
        """Parameters for `inside` and the fragment `HOMES`."""
        return {
            "low": self.low,
            "high": self.high,
            "joined": list(self.joined),
            "gone": list(self.gone),
            "moved": list(self.homes),
            "homes": list(self.homes.values()),
        }


# A table of moved codes and the units they belong to now, to be joined with a column of unit codes.
HOMES = "unnest(%(moved)s::bigint[], %(homes)s::bigint[]) AS homes (moved, home)"


def reach(unit: int | None = None) -> Reach:
    """The reach of a unit, or of all that the current scope sees. A closed unit reaches its own rows."""
    low, high = divisions.span(unit) if unit else EVERYTHING
    homes = moved()
    if not homes or unit in homes:
        return Reach(low, high)
    here = {code: low <= code <= high for code in homes}
    belongs = {code: low <= home <= high for code, home in homes.items()}
    return Reach(
        low,
        high,
        joined=tuple(code for code in homes if belongs[code] and not here[code]),
        gone=tuple(code for code in homes if here[code] and not belongs[code]),
        homes=homes,
    )


def moved() -> dict[int, int]:
    """Every code that lies in a closed unit, and the open unit it belongs to now."""
    successors = dict(Unit.objects.exclude(closed_on=None).values_list("code", "successor_id"))
    codes = set(successors)
    if wide := [code for code in successors if divisions.level(code) != "village"]:
        codes |= _codes_below(wide)
    return {code: _home(code, successors) for code in sorted(codes)}


def _codes_below(units: Iterable[int]) -> set[int]:
    below = Q()
    for unit in units:
        below |= Q(code__range=divisions.span(unit))
    return set(Unit.objects.filter(below).values_list("code", flat=True))


def _home(code: int, successors: Mapping[int, int]) -> int:
    """Follow the successors of the unit, or of the nearest closed unit above it, to one that is open."""
    seen = set()
    while code not in seen:
        seen.add(code)
        closed = next((above for above in (code, *divisions.parents(code)) if above in successors), None)
        if closed is None:
            break
        code = successors[closed]
    return code
