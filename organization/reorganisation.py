"""Closing a unit: its successor takes over accounts, employers and files, in one transaction and from one day on.

What happened stays where it happened; `heirs` says under which unit of today the past of a closed one is shown. Upper
apps register what moves with a unit (`register`), since `organization` imports none of them.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from organization import rights
from organization.covering import covers
from organization.models import Account, Employer, Post, Team, Unit
from organization.refusal import Refusal, StrOrPromise, fill
from organization.scope import current, entered

LEVELS = _("A town is succeeded by a town, a village by a village, a functional unit by a functional unit.")
EVERY_FORCE = tuple(sorted({force for forces in rights.FORCES_WRITTEN.values() for force in forces}))


@dataclass(frozen=True)
class Closing:
    """A unit that closes on a day (the first on which it no longer exists), and the unit that succeeds it.

    `goes_on`: the successor is the same unit under another code, so its team goes on as well. Whoever lets it go on
    notes in `heirs_of_posts` which post takes the place of which.
    """

    unit: Unit
    successor: Unit
    day: date
    goes_on: bool = False
    heirs_of_posts: dict[int, int] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Mover:
    """Something that moves when a unit closes.

    `count(closing)` is how many rows there are, `move(closing)` moves them, `problems(closing)` yields (slug, sentence)
    of what forbids it. All three run inside the one transaction, under a scope that may write every force.
    """

    label: StrOrPromise
    count: Callable[[Closing], int]
    move: Callable[[Closing], object]
    problems: Callable[[Closing], Iterable[tuple[str, StrOrPromise]]] = field(default=lambda closing: ())
    label_going_on: StrOrPromise = ""  # where it goes on instead of ending
    slug: str = ""  # under which a record of the reorganisation keeps the number

    def label_of(self, closing: Closing) -> StrOrPromise:
        return (closing.goes_on and self.label_going_on) or self.label


@dataclass(frozen=True)
class Plan:
    """What closing would move, as (label, number), and the (slug, sentence) pairs that forbid it."""

    moving: tuple[tuple[StrOrPromise, int], ...]
    problems: tuple[tuple[str, StrOrPromise], ...]


class Moved(NamedTuple):
    """How many rows of a kind moved."""

    slug: str
    label: StrOrPromise
    number: int


class ClosingRefused(Refusal):
    """The unit cannot close so. `problems` holds every (slug, sentence)."""

    def __init__(self, problems):
        self.problems = tuple(problems)
        super().__init__(self.problems[0][0], self.problems[0][1])

    def __str__(self):
        return " ".join(str(sentence) for _slug, sentence in self.problems)


_movers: list[Mover] = []


def register(mover: Mover) -> None:
    """Have something move when a unit closes; registering it again changes nothing."""
    if mover not in _movers:
        _movers.append(mover)


def plan(unit: int, successor: int, day: date, today: date) -> Plan:
    """What `close` would do. Nothing is written."""
    with acting():
        closing = _locked(unit, successor, day)
        problems = tuple(_problems(closing, today))
        return Plan(tuple((moved.label, moved.number) for moved in _moving(closing)), problems)


def close(unit: int, successor: int, day: date, today: date) -> str:
    """Close the unit; returns the batch that the trail has it under. Raises ClosingRefused; nothing is written then."""
    with acting() as scope:
        carry_over(unit, successor, day, today)
        return scope.batch


def carry_over(unit: int, successor: int, day: date, today: date, *, goes_on: bool = False) -> tuple[Moved, ...]:
    """Close the unit as part of something larger, under the scope of `acting`. Raises ClosingRefused."""
    closing = replace(_locked(unit, successor, day), goes_on=goes_on)
    if problems := list(_problems(closing, today)):
        raise ClosingRefused(problems)
    moving = _moving(closing)
    for mover in _movers:
        mover.move(closing)
    Unit.objects.filter(pk=unit).update(closed_on=day, successor=closing.successor)
    return moving


def _moving(closing):
    return tuple(Moved(mover.slug, mover.label_of(closing), mover.count(closing)) for mover in _movers)


def heirs(codes: Iterable[int] | None = None) -> dict[int, int]:
    """{closed unit: the open unit that stands for it today}, of all closed units or of some; chains are followed."""
    following = dict(Unit.objects.filter(successor__isnull=False).values_list("code", "successor_id"))
    wanted = following if codes is None else [code for code in codes if code in following]
    return {code: _last(code, following) for code in wanted}


def _last(code, following):
    while code in following:
        code = following[code]
    return code


def acting():
    """Context manager of one batch, with rights over what goes with a unit; the actor stays.

    Who may close a unit writes no force and no account by role.
    """
    return entered(replace(current(), forces=EVERY_FORCE, duty="sysadmin", batch=str(uuid.uuid4())))


def _locked(unit, successor, day):
    """Both rows, locked in the order of their codes, so that two closings at once cannot make a circle."""
    if not (covers(unit) and covers(successor)):
        raise ClosingRefused([("outside", _("Both units must lie inside your own."))])
    rows = {row.pk: row for row in Unit.objects.select_for_update().filter(pk__in=[unit, successor]).order_by("pk")}
    if len(rows) < 2:
        raise ClosingRefused([("not_found", _("Choose another unit as the successor."))])
    return Closing(rows[unit], rows[successor], day)


def _problems(closing, today):
    unit, successor, day = closing.unit, closing.successor, closing.day
    if unit.closed_on:
        yield "closed", fill(_("%(unit)s is closed already."), {"unit": unit.name})
    if successor.closed_on or not successor.is_open_on(day):
        yield (
            "successor_closed",
            fill(_("%(unit)s is not open on that day; choose an open successor."), {"unit": successor.name}),
        )
    if unit.pk == unit.root_id:
        yield "root", _("The office's own unit cannot close.")
    if (unit.level, unit.is_functional) != (successor.level, successor.is_functional):
        yield "level", LEVELS
    if day > today:
        yield "future", _("The day lies in the future. A unit is closed on the day itself or afterwards.")
    if unit.opened_on and day <= unit.opened_on:
        yield "before_opening", _("A unit closes after it opens.")
    if below := Unit.objects.below(unit.pk).exclude(pk=unit.pk).filter(closed_on=None).count():
        yield "units_below", fill(_("%(count)d open units lie below it; close these first."), {"count": below})
    for mover in _movers:
        yield from mover.problems(closing)


# --- what the organization itself moves -----------------------------------------------------------------------------


def _moves(model):
    return {
        "count": lambda closing: model.objects.filter(unit=closing.unit).count(),
        "move": lambda closing: model.objects.filter(unit=closing.unit).update(unit=closing.successor),
    }


def _teams(closing):
    return Team.objects.filter(unit=closing.unit, disbanded_on=None)


def _disband(closing):
    """The team ends with its unit; the successor keeps or establishes its own, or goes on with this one's."""
    teams = list(_teams(closing))
    posts = list(Post.objects.filter(team__in=teams, abolished_on=None).order_by("id"))
    Post.objects.filter(pk__in=[post.pk for post in posts]).update(abolished_on=closing.day)
    _teams(closing).update(disbanded_on=closing.day)
    if closing.goes_on:
        for team in teams:
            _go_on_with(team, [post for post in posts if post.team_id == team.pk], closing)


def _go_on_with(team, posts, closing):
    anew = Team.objects.create(unit=closing.successor, established_on=closing.day, seat=team.seat, address=team.address)
    made = Post.objects.bulk_create(
        Post(team=anew, unit=closing.successor, title=post.title, ex_officio=post.ex_officio) for post in posts
    )
    closing.heirs_of_posts.update((old.pk, new.pk) for old, new in zip(posts, made, strict=True))


def _younger_teams(closing):
    if _teams(closing).filter(established_on__gte=closing.day).exists():
        yield "team_younger", _("Its team was established on or after that day; choose a later day.")


register(Mover(_("accounts"), **_moves(Account), slug="accounts"))
register(Mover(_("employers"), **_moves(Employer), slug="employers"))
register(
    Mover(
        _("teams, which are disbanded"),
        lambda closing: _teams(closing).count(),
        _disband,
        _younger_teams,
        label_going_on=_("teams, which go on"),
        slug="teams",
    )
)
