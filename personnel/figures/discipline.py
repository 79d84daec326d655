"""Discipline cases against the people there were (D5.2): cases per thousand, decisions in time, cases that wait.

Cases count where they happened and in the force of that day, by the day of the decision: each in one year alone, and a
past figure stays. Source: requirement 50.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, BooleanField, Case, Count, ExpressionWrapper, F, Q, Value, When

from organization.belonging import Reach
from organization.figures import rate
from personnel.figures.population import forces_counted
from personnel.figures.realname import Place
from personnel.models import Assignment, DisciplineCase
from personnel.models.discipline import year_before

SMALLEST = 10  # people on average, below which a rate says nothing
KEYS = ("cases", "decided", "timely", "undecided", "overdue")


@dataclass
class Standing:
    """Cases and people of a place or force. `opening` and `closing` are headcounts a year apart."""

    opening: int = 0
    closing: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def average(self) -> float:
        return (self.opening + self.closing) / 2

    @property
    def is_small(self) -> bool:
        return self.average < SMALLEST

    @property
    def per_thousand(self) -> float | None:
        """Cases for 1,000 people, None where there are too few people to say."""
        return None if self.is_small else 1000 * self.counts["cases"] / self.average

    @property
    def timeliness(self) -> float | None:
        """The share of decisions in time, a fraction; None where nothing was decided."""
        return self.counts["timely"] / self.counts["decided"] if self.counts["decided"] else None


@dataclass
class Board:
    """The standing of all, of the unit above itself, of the units right below in their order, and of each force."""

    whole: Standing
    places: list[Standing]
    forces: dict[str, Standing]

    def rank(self, standings: Sequence[Standing]) -> list[int | None]:
        """The place of each by its rate, the lowest first; equals share a place, and the next is passed over."""
        rates = [each.per_thousand for each in standings]
        known = sorted(each for each in rates if each is not None)
        return [None if each is None else known.index(each) + 1 for each in rates]


def board(day: date, within: Reach, units: Sequence[int] = (), force: str | None = None) -> Board:
    """The standings on that day; `units` are the codes right below, in ascending order. Three queries."""
    forces = forces_counted(force)
    found = Board(Standing(), [Standing() for _place in range(len(units) + 1)], {each: Standing() for each in forces})
    _count_people(found, day, within, units, forces)
    for key, place, of_force, count in _cases(day, within, units, forces):
        for standing in (found.whole, found.places[place], found.forces[of_force]):
            standing.counts[key] += count
    return found


def discipline(day: date, within: Reach, force: str | None = None) -> dict[str, float]:
    """Cases, undecided and overdue ones; `per_thousand` cases a year and 1,000 people, `timely` as a fraction.

    Where fewer than ten people served on average the rate is 0, as is the timeliness where nothing was decided.
    """
    whole = board(day, within, force=force).whole
    return {
        "cases": whole.counts["cases"],
        "per_thousand": round(whole.per_thousand or 0.0, 4),
        "timely": rate(whole.counts["timely"], whole.counts["decided"]),
        "undecided": whole.counts["undecided"],
        "overdue": whole.counts["overdue"],
    }


def questions(day: date) -> dict[str, Any]:
    """The cases that each key counts, of all units and forces in sight; lists show the same."""
    cases = DisciplineCase.objects.all()
    return {
        "cases": cases.counted(day),
        "decided": cases.decided_within_year(day),
        "timely": cases.decided_within_year(day).timely(),
        "undecided": cases.undecided(day),
        "overdue": cases.overdue(day),
    }


def _cases(
    day: date, within: Reach, units: Sequence[int], forces: Sequence[str]
) -> Iterator[tuple[str, int, str, int]]:
    """(key, place, force, count), in one query: cases are few, and each key asks for its own."""
    parts = []
    for key, rows in questions(day).items():
        told = (
            rows.filter(within.q(), force__in=forces).order_by().annotate(key=Value(key), place=_place(within, units))
        )
        parts.append(told.values_list("key", "place", "force").annotate(n=Count("pk")))
    yield from parts[0].union(*parts[1:], all=True)


def _place(within: Reach, units: Sequence[int]):
    moved = [When(unit=code, then=Value(home)) for code, home in within.homes.items()]
    home = Case(*moved, default=F("unit"), output_field=BigIntegerField()) if moved else F("unit")
    return Place(home, Value(list(units)))


def _count_people(found: Board, day: date, within: Reach, units: Sequence[int], forces: Sequence[str]) -> None:
    """Who serves full time serves nowhere else on that day: the database sees to it, so such a service is a person.

    Only of the others, who are few, are the services of a person put together.
    """
    opening, closing = _runs(year_before(day)), _runs(day)
    served = Assignment.objects.filter(within.q(), opening | closing, force__in=forces).order_by()
    served = served.annotate(place=_place(within, units))
    full = served.filter(share=Assignment.FULL_TIME).values_list("place", "force")
    counted = full.annotate(opening=Count("pk", filter=opening), closing=Count("pk", filter=closing))
    for place, force, at_start, at_end in counted:
        for standing in (found.whole, found.places[place], found.forces[force]):
            standing.opening += at_start
            standing.closing += at_end
    in_part = served.filter(share__lt=Assignment.FULL_TIME).annotate(
        opening=ExpressionWrapper(opening, BooleanField()), closing=ExpressionWrapper(closing, BooleanField())
    )
    _count_in_part(found, in_part.values_list("place", "force", "member", "opening", "closing"))


def _runs(day: date) -> Q:
    return Q(Q(ended_on=None) | Q(ended_on__gt=day), started_on__lte=day)


def _count_in_part(found: Board, rows: Iterable[tuple[int, str, int, bool, bool]]) -> None:
    """People who serve part of the time, each once in all, at a place and in a force."""
    seen: set[tuple[int, str, int]] = set()
    for place, force, member, opening, closing in rows:
        for standing in (found.whole, found.places[place], found.forces[force]):
            for name, runs in (("opening", opening), ("closing", closing)):
                if runs and (key := (id(standing), name, member)) not in seen:
                    seen.add(key)
                    setattr(standing, name, getattr(standing, name) + 1)
