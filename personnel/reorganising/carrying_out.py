"""Carrying a reorganisation out in one transaction, or looking at it: doing it and taking it back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organization import divisions, reorganisation
from organization.covering import covers
from organization.models import Account, Reorganisation, ReorganisationStep, Unit
from organization.refusal import Refusal, StrOrPromise, fill
from organization.reorganisation import Closing, ClosingRefused, Moved
from personnel import unit_closing
from personnel.models import Member
from personnel.reorganising.orders import Kind, Move, Order


class ReorganisationRefused(Refusal):
    """It cannot be done so; nothing was changed. `problems` holds a (slug, sentence) for each thing that is wrong."""

    def __init__(self, problems):
        self.problems = tuple(problems)
        super().__init__(self.problems[0][0], self.problems[0][1])


@dataclass(frozen=True)
class Step:
    """What goes from a unit to another."""

    unit: Unit
    successor: Unit
    is_closed: bool
    moved: tuple[Moved, ...]


class _LookedAt(Exception):
    """Takes back what was tried."""

    def __init__(self, steps):
        self.steps = steps


def preview(order: Order, account: Account, today: date) -> tuple[Step, ...]:
    """What `carry_out` would do, by doing it and taking it back. Raises ReorganisationRefused."""
    try:
        with transaction.atomic():
            raise _LookedAt(_carried_out(order, account, today)[1])
    except _LookedAt as looked:
        return looked.steps


def carry_out(order: Order, account: Account, today: date) -> Reorganisation:
    """Do it, as one batch of the trail. Raises ReorganisationRefused; nothing is written then."""
    with transaction.atomic():
        return _carried_out(order, account, today)[0]


def _carried_out(order, account, today):
    with reorganisation.acting() as scope:
        # One order for everybody: two reorganisations at once wait for each other and never for ever.
        list(Unit.objects.select_for_update().filter(pk__in=order.codes).order_by("pk").values_list("pk"))
        if problems := list(_problems(order, today)):
            raise ReorganisationRefused(problems)
        _open(order)
        steps = tuple(_moved(order, move, today) for move in order.moves)
        record = Reorganisation.objects.create(
            unit_id=account.unit_id, kind=order.kind, day=order.day, batch=scope.batch,
            account=account.pk, account_name=account.name,
        )  # fmt: skip
        ReorganisationStep.objects.bulk_create(
            ReorganisationStep(
                reorganisation=record, unit=step.unit, successor=step.successor, is_closed=step.is_closed,
                moved=[[moved.slug, moved.number] for moved in step.moved if moved.slug],
            )
            for step in steps
        )  # fmt: skip
        return record, steps


def _open(order):
    """The new units, with the other names and the population of those they follow; old names stay understood."""
    old = Unit.objects.in_bulk([new.follows for new in order.new])
    for new in order.new:
        before = old[new.follows]
        goes_on = order.kind == Kind.RENUMBER
        unit = Unit(
            code=new.code, name=before.name if goes_on else new.name, opened_on=order.day, root_id=before.root_id,
            aliases=before.aliases if goes_on else [], population=before.population if goes_on else None,
        )  # fmt: skip
        unit.rename(new.name)
        unit.save(force_insert=True)


def _moved(order: Order, move: Move, today: date) -> Step:
    if move.closes:
        try:
            goes_on = order.kind == Kind.RENUMBER
            moved = reorganisation.carry_over(move.unit, move.successor, order.day, today, goes_on=goes_on)
        except ClosingRefused as refusal:
            name = Unit.objects.get(pk=move.unit).name
            raise ReorganisationRefused((slug, _named(name, said)) for slug, said in refusal.problems) from None
    else:
        moved = _people(move, order.day)
    units = Unit.objects.in_bulk([move.unit, move.successor])
    return Step(units[move.unit], units[move.successor], move.closes, moved)


def _named(name: str, said: StrOrPromise) -> StrOrPromise:
    return fill(_("%(unit)s: %(problem)s"), {"unit": name, "problem": said})


def _people(move, day) -> tuple[Moved, ...]:
    """The people named go on at the other unit, their files along: as when a unit closes, but for them alone."""
    units = Unit.objects.in_bulk([move.unit, move.successor])
    closing = Closing(units[move.unit], units[move.successor], day)
    services = unit_closing.running(closing).filter(unit=move.unit, member__in=move.members)
    if set(services.values_list("member", flat=True)) != set(move.members):
        raise ReorganisationRefused([("people", PEOPLE)])
    went = unit_closing.go_on(closing, services)
    files = Member.objects.filter(unit=move.unit, pk__in=move.members).update(unit=move.successor)
    return (
        Moved("files", unit_closing.FILES.label, files),
        Moved("services", unit_closing.SERVICES.label, went),
    )


PEOPLE = _(
    "Some of the people chosen do not serve there across that day any more, or began on it; look at the list again."
)


def _problems(order: Order, today: date) -> Iterator[tuple[str, StrOrPromise]]:
    """What can be told before anything is tried; the rest is told by the closing of each unit."""
    units = Unit.objects.in_bulk(order.codes)
    made = {new.code for new in order.new}
    if order.day > today:
        yield "future", _("The day lies in the future. Units are reorganised on the day itself or afterwards.")
    if len(units) < len(order.codes) or not all(map(covers, [*order.codes, *made])):
        yield "outside", _("All units must lie inside your own.")
        return
    for unit in Unit.objects.filter(pk__in=made):
        yield "taken", fill(_("The code of %(unit)s is taken; a code is given once."), {"unit": unit.name})
    if any(_sort(new.code) != _sort(new.follows) for new in order.new):
        yield "level", reorganisation.LEVELS
    for move in order.moves:
        if move.unit == move.successor:
            yield "same", fill(_("%(unit)s cannot go into itself."), {"unit": units[move.unit].name})
        elif not move.closes:
            yield from _problems_of_split(units[move.unit], units.get(move.successor), order.day)


def _sort(code: int) -> tuple[str, bool]:
    return divisions.level(code), Unit(code=code).is_functional


def _problems_of_split(unit, successor, day):
    for one in filter(None, (unit, successor)):
        if one.closed_on or not one.is_open_on(day):
            yield "closed", fill(_("%(unit)s is not open on that day."), {"unit": one.name})
    if unit.opened_on and day <= unit.opened_on:
        yield "before_opening", _("The day lies before the unit was opened.")
    if successor and (unit.level, unit.is_functional) != (successor.level, successor.is_functional):
        yield "level", reorganisation.LEVELS
