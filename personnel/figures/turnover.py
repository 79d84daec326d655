"""Who came and who left between two days, one by one, and how it began and ended.

Opening + joined - left = closing, each person once, as in `course.movement`. A person who is there at both ends and
serves in another unit was moved; who came and left in between, or left and came back, is named apart. None of these
three is counted as joined or left.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organization.belonging import Reach
from organization.refusal import Refusal
from personnel.figures.population import forces_counted
from personnel.models import Assignment

JOINED, LEFT, MOVED, PASSED, AWAY = "joined", "left", "moved", "passed", "away"
KINDS = (JOINED, LEFT, MOVED, PASSED, AWAY)
MOST_PEOPLE = 100_000


class TooMany(Refusal):
    """More people came and went than are told one by one. Code: too_many."""


@dataclass(frozen=True, slots=True)
class Service:
    """A stretch of service: half-open days, in the unit where it happened."""

    member: int
    unit: int
    force: str
    started_on: date
    ended_on: date | None
    beginning: str
    ending: str
    share: int
    pk: int

    def runs_on(self, day: date) -> bool:
        return self.started_on <= day and (self.ended_on is None or self.ended_on > day)


@dataclass(frozen=True, slots=True)
class Mover:
    """What happened to one person: a key of KINDS, the day it did, how it began or ended, and the units.

    `unit` is where the person serves now or served last, `earlier` where a moved person served before.
    """

    member: int
    kind: str
    on: date
    how: str
    force: str
    unit: int
    earlier: tuple[int, ...] = ()


@dataclass(frozen=True)
class Turnover:
    """The people of a reach between the end of the day `before` and the end of the day `last`."""

    before: date
    last: date
    opening: int
    closing: int
    movers: tuple[Mover, ...]

    @property
    def first(self) -> date:
        return self.before + timedelta(days=1)

    def of(self, kind: str, how: str = "") -> list[Mover]:
        return [one for one in self.movers if one.kind == kind and how in ("", one.how)]

    def counts(self, kind: str) -> Counter[str]:
        """How many of a kind, by how it began or ended."""
        return Counter(one.how for one in self.movers if one.kind == kind)


def turnover(first: date, last: date, within: Reach, force: str | None = None) -> Turnover:
    """Who came and left from the first day to the last, both included. Raises TooMany."""
    before = first - timedelta(days=1)
    forces = forces_counted(force)
    here = Assignment.objects.filter(within.q(), force__in=forces)
    opening, closing = (_people(here.on(day)) for day in (before, last))
    touching = here.filter(Q(ended_on=None) | Q(ended_on__gt=before), started_on__lte=last)
    changed = touching.filter(Q(started_on__gt=before) | Q(ended_on__lte=last)).order_by().values("member").distinct()
    if changed[: MOST_PEOPLE + 1].count() > MOST_PEOPLE:
        message = _("More than %(most)d people came and went: please choose a shorter time or a smaller unit.")
        raise TooMany("too_many", message, most=MOST_PEOPLE)
    people = groupby(_services(touching.filter(member__in=changed)), attrgetter("member"))
    movers = (judged(list(services), before, last, within.homes) for _member, services in people)
    return Turnover(before, last, opening, closing, tuple(one for one in movers if one))


def _people(services) -> int:
    return services.order_by().values("member").distinct().count()


def _services(found) -> Iterator[Service]:
    rows = found.order_by("member_id", "started_on", "pk").values_list(
        "member_id", "unit_id", "force", "started_on", "ended_on", "beginning", "ending", "share", "pk"
    )
    for row in rows.iterator(chunk_size=5000):
        yield Service(*row)


def judged(person: Sequence[Service], before: date, last: date, homes: Mapping[int, int]) -> Mover | None:
    """What happened to one person whose services between these days are given; None when nothing did."""
    was, stays = ([one for one in person if one.runs_on(day)] for day in (before, last))
    if stays and not was:
        first = _first_of_stretch(person, stays)
        return _mover(first, JOINED, first.started_on, first.beginning)
    gone = max((one for one in person if one.ended_on), key=lambda one: (one.ended_on, one.share, one.pk), default=None)
    if not stays and gone and gone.ended_on:
        return _mover(gone, LEFT if was else PASSED, gone.ended_on, gone.ending)
    first = _first_of_stretch(person, stays)
    if first.started_on > before:
        return _mover(first, AWAY, first.started_on, first.beginning)
    return _moved(was, stays, homes)


def _first_of_stretch(person: Sequence[Service], stays: Iterable[Service]) -> Service:
    """The service with which the time began that goes on at the end; the larger of two on one day."""
    start = min(one.started_on for one in stays)
    while earlier := [
        one.started_on for one in person if one.started_on < start and (one.ended_on is None or one.ended_on >= start)
    ]:
        start = min(earlier)
    return min((one for one in person if one.started_on == start), key=lambda one: (-one.share, one.pk))


def _moved(was: Sequence[Service], stays: Sequence[Service], homes: Mapping[int, int]) -> Mover | None:
    def places(services):
        return {homes.get(one.unit, one.unit) for one in services}

    earlier, now = places(was), places(stays)
    fresh = [one for one in stays if homes.get(one.unit, one.unit) not in earlier]
    if earlier == now:
        return None
    if fresh:
        to = max(fresh, key=lambda one: (one.started_on, one.share, one.pk))
        return _mover(to, MOVED, to.started_on, to.beginning, tuple(sorted(earlier - now)))
    # One of two services ended: the person is still here, in fewer units.
    ended = max(
        (one for one in was if homes.get(one.unit, one.unit) not in now and one.ended_on),
        key=lambda one: (one.ended_on or date.min, one.pk),
    )
    left = tuple(sorted(earlier - now))
    stay = max(stays, key=lambda one: (one.share, one.pk))
    return Mover(stay.member, MOVED, ended.ended_on or date.min, ended.ending, stay.force, stay.unit, left)


def _mover(service: Service, kind: str, on: date, how: str, earlier: tuple[int, ...] = ()) -> Mover:
    return Mover(service.member, kind, on, how, service.force, service.unit, earlier)
