"""What would change for whom, and who is left out and why. Nothing is written here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from organization import rights
from organization.models import Account
from organization.refusal import StrOrPromise
from personnel.bulk_edit.fields import FIELDS, OF_SERVICE
from personnel.models import Assignment, Card, Member

ELSEWHERE = _("the file is kept by another unit, or is not there")
ERASED = _("the file was erased")
NOT_YOURS = _("not of a force that you write")
SERVES_NOT = _("serves nowhere here today")
SERVES_TWICE = _("serves in two places; please change each in the file")
NOT_AUXILIARY = _("operational or clerical is said of auxiliary police only")
CONTRACT = _("the contract would end before it starts")
SAME = _("is so already")


@dataclass(frozen=True)
class Change:
    """One field of a person: its name, the old and the new value in words."""

    label: StrOrPromise
    before: str
    after: str


@dataclass(frozen=True)
class Row:
    """A person: the changes, or why there are none."""

    member: int
    name: str
    unit: str
    changes: tuple[Change, ...] = ()
    skipped: StrOrPromise = ""
    service: int | None = None
    has_person: bool = False  # whether something of the file changes, beside the service


def plan(members: Sequence[int], values: Mapping, account: Account, day: date) -> list[Row]:
    """A row for each person, in the order of units. Three questions, whatever the number of people."""
    files = Member.objects.filter(pk__in=members).select_related("unit").in_bulk()
    services: dict[int, list[Assignment]] = {}
    for service in Assignment.objects.filter(member__in=members).select_related("employer").order_by("id"):
        services.setdefault(service.member_id, []).append(service)
    hidden = set(members) - files.keys()
    cards = Card.objects.filter(member__in=hidden).values_list("member_id", "name") if hidden else ()
    ours = rights.FORCES_WRITTEN.get(account.role or "", ())
    rows = [_judge(file, services.get(file.pk, []), values, ours, day) for file in _sorted(files.values())]
    return rows + [Row(key, name, "", skipped=ELSEWHERE) for key, name in sorted(dict(cards).items())]


def _sorted(files: Iterable[Member]) -> list[Member]:
    return sorted(files, key=lambda file: (file.unit_id, file.pk))


def _judge(file: Member, services: list[Assignment], values: Mapping, ours: Sequence[str], day: date) -> Row:
    of_service = {key: value for key, value in values.items() if key in OF_SERVICE}
    of_person = {key: value for key, value in values.items() if key not in OF_SERVICE}
    running = [each for each in services if runs(each, day) and each.force in ours]
    if file.erased_on:
        return _skipped(file, ERASED)
    if of_person and not is_written_by(services, ours):
        return _skipped(file, NOT_YOURS)
    if of_service and len(running) != 1:
        served = any(runs(each, day) for each in services)
        return _skipped(file, SERVES_TWICE if running else NOT_YOURS if served else SERVES_NOT)
    service = running[0] if of_service else None
    if service and (reason := _contradiction(service, of_service)):
        return _skipped(file, reason)
    changed = [*_changes(file, of_person), *(_changes(service, of_service) if service else ())]
    if not changed:
        return _skipped(file, SAME)
    has_person = bool(of_person) and any(getattr(file, key) != value for key, value in of_person.items())
    return Row(file.pk, file.name, file.unit.name, tuple(changed), "", service.pk if service else None, has_person)


def runs(service: Assignment, day: date) -> bool:
    return service.started_on <= day and (service.ended_on is None or service.ended_on > day)


def _skipped(file: Member, reason: StrOrPromise) -> Row:
    return Row(file.pk, file.name, file.unit.name, skipped=reason)


def is_written_by(services: list[Assignment], ours: Sequence[str]) -> bool:
    """As `Member.is_written_by` says of one file: the running or last service decides."""
    if not services:
        return True
    last = max(services, key=lambda each: (each.ended_on is None, each.ended_on or date.max, each.started_on))
    return last.force in ours


def _contradiction(service: Assignment, values: Mapping) -> StrOrPromise:
    if values.get("category") and service.force != "auxiliary":
        return NOT_AUXILIARY
    since = values.get("contract_from", service.contract_from)
    until = values.get("contract_until", service.contract_until)
    return CONTRACT if since and until and until < since else ""


def _changes(row, values: Mapping) -> list[Change]:
    found = []
    for key, value in values.items():
        field = FIELDS[key]
        if getattr(row, key) != value:
            before = field.told(row)
            found.append(Change(field.label, before, _words(field, value)))
    return found


def _words(field, value) -> str:
    words = dict(field.column.flatchoices).get(value, value)
    return "" if words is None else str(words)
