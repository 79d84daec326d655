"""Districts beside 穗安区 up to a whole province: each drawn like it, with codes, names and numbers of its own.

Eleven cities of eleven districts. Their codes were never given: numbers from 88 to 99 of a city, and, but for the first
city, numbers of cities that the province does not have.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from personnel.demo.district import District, district
from personnel.demo.numbers import Stock
from personnel.demo.places import DISTRICT
from personnel.demo.size import Size

PROVINCE, PROVINCE_NAME = 440000_000_000, "榕海省"
CITIES = (4401, *range(4481, 4491))
NUMBERS = (99, *range(97, 87, -1))  # 98 stands in the documents of those who come from elsewhere in the city
CITY_STEMS = "穗霁鹭岚沐筠菱苇茭橙芷"
DISTRICT_STEMS = "安宁和泰丰湾源康禾澜屿"
OWN = "穗安"  # what stands in the names and addresses of the first district
SMALLER = 0.77  # the others have 24,700 people, so that the province has three million


@dataclass(frozen=True)
class Ground:
    """Where a district lies: its number among all, its code and the two characters of its name."""

    number: int
    code: int
    stem: str

    @property
    def name(self) -> str:
        return f"{self.stem}区"

    @property
    def city(self) -> int:
        return self.code - self.code % 10**8


HOME = Ground(0, DISTRICT, OWN)


def grounds(scale: str) -> list[Ground]:
    """The districts of "district", "city" or "province"; the first is 穗安区."""
    found = [
        Ground(n * len(DISTRICT_STEMS) + i, city * 10**8 + number * 10**6, CITY_STEMS[n] + DISTRICT_STEMS[i])
        for n, city in enumerate(CITIES)
        for i, number in enumerate(NUMBERS)
    ]
    return found[: {"district": 1, "city": len(DISTRICT_STEMS), "province": len(found)}[scale]]


def root(scale: str) -> tuple[int, str]:
    """Code and name of the office."""
    first = grounds("district")[0]
    return {
        "district": (first.code, first.name),
        "city": (first.city, city_name(first.city)),
        "province": (PROVINCE, PROVINCE_NAME),
    }[scale]


def city_name(code: int) -> str:
    return f"{CITY_STEMS[CITIES.index(code // 10**8)]}江市"


def above(scale: str) -> list[tuple[int, str]]:
    """Code and name of the cities below the root."""
    return [(city * 10**8, city_name(city * 10**8)) for city in CITIES] if scale == "province" else []


def drawn(ground: Ground, day: date, seed: int, size: Size) -> District:
    """The district on that ground; the first is the very one that a demo of a district has."""
    if not ground.number:
        return district(day, seed, size)
    stock = Stock(ground.number, f"{ground.code // 10**6}")
    return moved(district(day, seed * 1000 + ground.number, size, stock), ground)


def moved(made: District, ground: Ground) -> District:
    """The district elsewhere: other codes of units, other names in addresses. The people are the same."""

    def code(unit: int | None):
        return None if unit is None else unit - DISTRICT + ground.code

    def named(text: str) -> str:
        return text.replace(OWN, ground.stem)

    def changed(rows: Iterable, codes: tuple[str, ...] = (), texts: tuple[str, ...] = ()) -> list:
        return [
            replace(row, **{f: code(getattr(row, f)) for f in codes}, **{f: named(getattr(row, f)) for f in texts})
            for row in rows
        ]

    return replace(
        made,
        units=[
            replace(unit, code=code(unit.code), name=named(unit.name), aliases=tuple(map(named, unit.aliases)))
            for unit in made.units
        ],
        employers=changed(made.employers, ("unit_id",), ("name",)),
        people=changed(made.people, (), ("native_place", "household_address", "address")),
        keepers=[code(unit) for unit in made.keepers],
        services=changed(made.services, ("unit_id", "using_unit_id", "recruiter_id")),
        teams=changed(made.teams, ("unit_id",), ("address",)),
        accounts=changed(made.accounts, (), ("bank",)),
        contracts=changed(made.contracts, ("using_unit_id", "recruiter_id")),
    )
