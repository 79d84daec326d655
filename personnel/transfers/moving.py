"""Moving a list of people between units of one's own: their services end and go on at the target, the files go along.

Judged as a whole, shown, and judged again under lock before anything is written; three statements, however many people.
"""

import hashlib
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from psycopg2.sql import SQL, Identifier

from organization import rights
from organization.covering import covers
from organization.models import Account, Unit
from organization.refusal import Refusal
from organization.scope import current, entered
from personnel import bulk
from personnel.models import Assignment, Card, Member
from personnel.people import Selection

MOST = 10_000
NAMES_SHOWN = 20
FORCES_MOVED = rights.FORCES_WRITTEN | {"governance": ("joint_defence", "volunteer")}
REASONS = {
    "not_serving": _("do not serve there on that day"),
    "other_force": _("serve in a force that is not yours to move"),
    "there": _("serve in the chosen unit already"),
    "too_young": _("began to serve there on or after that day"),
    "file_elsewhere": _("have their file with another unit; please ask that unit"),
}
SERVICE = Assignment._meta.db_table
# What a service that goes on does not take over from the one that ended.
RENEWED = ("unit", "started_on", "beginning", "ended_on", "ending", "ending_note")


class MovingRefused(Refusal):
    """Nobody was moved. Codes: too_many, closed, outside, future, nobody, changed."""


@dataclass(frozen=True)
class Order:
    """The people of a list, the unit they go to, and the day on which they begin there."""

    people: Selection
    target: int
    day: date


@dataclass(frozen=True)
class Plan:
    """What would be done: services that go on elsewhere, files that move, people who cannot, by reason."""

    services: Sequence[Assignment] = ()
    files: Sequence[int] = ()
    refused: dict[str, list[int]] = field(default_factory=dict)

    @property
    def members(self) -> list[int]:
        return sorted({service.member_id for service in self.services})

    def fingerprint(self, order: Order) -> str:
        """Of all that would be written: what was seen and what is confirmed must be the same."""
        keys = [service.pk for service in self.services], list(self.files), order.target, order.day.isoformat()
        return hashlib.sha256(repr(keys).encode()).hexdigest()[:32]

    def by_unit(self) -> list[tuple[str, int]]:
        """(unit, people who leave it), by code."""
        counts = Counter(unit for unit, _member in {(each.unit_id, each.member_id) for each in self.services})
        names = dict(Unit.objects.filter(pk__in=counts).values_list("code", "name"))
        return [(names[code], counts[code]) for code in sorted(counts)]

    def told(self) -> list[tuple[object, int, list[str]]]:
        """(reason, how many people, the first names), in the order of REASONS."""
        first = {member for members in self.refused.values() for member in members[:NAMES_SHOWN]}
        names = dict(Card.objects.filter(member__in=first).values_list("member", "name"))
        return [
            (text, len(self.refused[code]), [names[key] for key in self.refused[code][:NAMES_SHOWN] if key in names])
            for code, text in REASONS.items()
            if code in self.refused
        ]


def plan(order: Order, mover: Account, today: date) -> Plan:
    """What moving would do, as far as the mover may. Nothing is written. Raises MovingRefused."""
    _check(order, today)
    return _judge(order, _members(order), FORCES_MOVED.get(mover.role or "", ()))


def move(order: Order, mover: Account, today: date, seen: str) -> tuple[Plan, str]:
    """Do what was shown; returns it and the batch that the trail has it under. Raises MovingRefused.

    Pressed twice, the second finds nobody there any more. The files are locked in the order in which rosters lock them.
    """
    _check(order, today)
    forces = FORCES_MOVED.get(mover.role or "", ())
    with entered(replace(current(), forces=forces, batch=str(uuid.uuid4()))) as scope, connection.cursor() as cursor:
        members = _members(order)
        cursor.execute("SELECT id FROM personnel_member WHERE id = ANY (%s) ORDER BY id_digest FOR UPDATE", [members])
        found = _judge(order, members, forces)
        if not found.services:
            raise MovingRefused("nobody", _("Nobody is left to be moved; it may have been done already."))
        if found.fingerprint(order) != seen:
            raise MovingRefused("changed", _("The list has changed since you looked at it; please look again."))
        _write(cursor, found, order)
    return found, scope.batch


def _check(order: Order, today: date) -> None:
    unit = Unit.objects.filter(pk=order.target).first()
    if unit is None or not covers(order.target):
        raise MovingRefused("outside", _("The unit lies outside your own."))
    if order.day > today:
        raise MovingRefused(
            "future", _("The day lies in the future; people are moved on the day itself or afterwards.")
        )
    if unit.closed_on or not unit.is_open_on(order.day):
        raise MovingRefused("closed", _("The unit is not open on that day."))


def _members(order: Order) -> list[int]:
    found = list(order.people.people().values_list("member", flat=True)[: MOST + 1])
    if len(found) > MOST:
        message = _("More than %(most)d people are chosen; please narrow the list and move them in parts.")
        raise MovingRefused("too_many", message, most=MOST)
    return sorted(found)


def _judge(order: Order, members: list[int], forces: Sequence[str]) -> Plan:
    here = Assignment.objects.filter(order.people.inside, Q(ended_on=None) | Q(ended_on__gt=order.day))
    services: defaultdict[int, list[Assignment]] = defaultdict(list)
    for service in here.filter(member__in=members).order_by("id").only("member", "force", *RENEWED):
        services[service.member_id].append(service)
    homes = dict(Member.objects.filter(pk__in=members).values_list("pk", "unit_id"))
    going, files, refused = [], [], defaultdict(list)
    for member in members:
        reasons = {service.pk: _reason(service, order, homes, forces) for service in services[member]}
        leaving = [service for service in services[member] if not reasons[service.pk]]
        if not leaving:
            refused[next(filter(None, reasons.values()), "not_serving")].append(member)
            continue
        going += leaving
        if _takes_file_along(homes[member], leaving, services[member]):
            files.append(member)
    return Plan(sorted(going, key=lambda service: service.pk), files, dict(refused))


def _reason(service: Assignment, order: Order, homes: dict[int, int], forces: Iterable[str]) -> str:
    """A key of REASONS, or nothing if the service goes on at the target."""
    if service.unit_id == order.target:
        return "there"
    if service.force not in forces:
        return "other_force"
    if service.member_id not in homes:
        return "file_elsewhere"
    return "too_young" if service.started_on >= order.day else ""


def _takes_file_along(home: int, leaving: Sequence[Assignment], services: Sequence[Assignment]) -> bool:
    """A file goes with the service in its unit, unless another one there stays."""
    at_home = [service for service in services if service.unit_id == home]
    return bool(at_home) and all(service in leaving for service in at_home)


def _write(cursor, found: Plan, order: Order) -> None:
    keys = [service.pk for service in found.services]
    ends = [
        [getattr(service, name) for service in found.services] for name in ("ended_on", "ending", "ending_note")
    ]  # as they were known before: a service that has its last day keeps it at the target
    note = Unit.objects.values_list("name", flat=True).get(pk=order.target)[:120]
    fields = [field for field in Assignment._meta.concrete_fields if field.name not in ("id", *RENEWED)]
    kept = [field.column for field in fields if field.column]
    with bulk.hashed(cursor):
        cursor.execute(
            "UPDATE personnel_assignment SET ended_on = %s, ending = 'transferred', ending_note = %s"
            " WHERE id = ANY (%s)",
            [order.day, note, keys],
        )
        cursor.execute(
            SQL(
                "INSERT INTO {service} ({kept}, unit_id, started_on, beginning, ended_on, ending, ending_note)"
                " SELECT {old}, %s, %s, 'transferred', k.ended_on, k.ending, k.ending_note FROM {service} a"
                " JOIN unnest(%s::bigint[], %s::date[], %s::text[], %s::text[])"
                " AS k (id, ended_on, ending, ending_note) ON k.id = a.id ORDER BY a.id"
            ).format(
                service=Identifier(SERVICE),
                kept=bulk.listed(kept),
                old=SQL(", ").join(Identifier("a", column) for column in kept),
            ),
            [order.target, order.day, keys, *ends],
        )
        cursor.execute(
            "UPDATE personnel_member SET unit_id = %s WHERE id = ANY (%s)", [order.target, list(found.files)]
        )
