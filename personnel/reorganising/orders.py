"""What a reorganisation is asked to do: which unit goes where, from which day on."""

from dataclasses import dataclass
from datetime import date

from organization import divisions
from organization.models import Reorganisation, Unit

Kind = Reorganisation.Kind


@dataclass(frozen=True)
class NewUnit:
    """A unit that comes into being on the day; what is not said it takes over from the one it follows."""

    code: int
    name: str
    follows: int


@dataclass(frozen=True)
class Move:
    """All of a unit, or the people named, goes from one code to another."""

    unit: int
    successor: int
    members: frozenset[int] | None = None

    @property
    def closes(self):
        return self.members is None


@dataclass(frozen=True)
class Order:
    """A reorganisation: new units first, from above to below, then the moves, from below to above."""

    kind: Kind
    day: date
    moves: tuple[Move, ...]
    new: tuple[NewUnit, ...] = ()

    @property
    def codes(self) -> list[int]:
        """Every unit that exists already and is touched, in the order in which they are locked."""
        made = {unit.code for unit in self.new}
        return sorted({code for move in self.moves for code in (move.unit, move.successor)} - made)


def merge(units: list[Unit], successor: Unit, day: date) -> Order:
    """Units go into another one, which stays."""
    return Order(Kind.MERGE, day, tuple(Move(unit.pk, successor.pk) for unit in sorted(units, key=lambda u: u.pk)))


def renumber(unit: Unit, code: int, name: str, day: date) -> Order:
    """A unit goes on under another code, with all that lies below it; without a new name it keeps its own."""
    low, high = divisions.span(unit.pk)
    below = Unit.objects.filter(code__gt=low, code__lte=high, closed_on=None).order_by("code") if high > low else ()
    renumbered = [(unit, code, name or unit.name), *((each, code + each.pk - unit.pk, each.name) for each in below)]
    new = tuple(NewUnit(to, called, old.pk) for old, to, called in renumbered)
    return Order(Kind.RENUMBER, day, tuple(Move(old.pk, to) for old, to, _called in reversed(renumbered)), new)


def split(unit: Unit, successor: int, members: frozenset[int], day: date, name: str = "") -> Order:
    """People of a unit go to another one, new where a name is given; the unit itself stays."""
    new = (NewUnit(successor, name, unit.pk),) if name else ()
    return Order(Kind.SPLIT, day, (Move(unit.pk, successor, members),), new)
