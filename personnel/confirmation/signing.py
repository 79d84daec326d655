"""Signing a list: what is said of each person is frozen with the list as it stands, in one transaction."""

from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organization.models import Account, Unit
from organization.refusal import Refusal
from personnel.confirmation import lists
from personnel.models import ConfirmationCycle, RosterSnapshot, SnapshotEntry
from personnel.models.member import ERASED

CHANGED = _("The list changed while you were looking at it. Look at it again below, then sign.")


class SigningRefused(Refusal):
    """The list is not signed. Codes: signed, changed, empty, unexplained, reason_missing."""


@dataclass(frozen=True)
class Answer:
    """What the signer says of one line."""

    serves: bool
    remark: str = ""


@dataclass(frozen=True)
class Signing:
    """A list to be signed: what the signer looked at (`seen`), as which version, why anew, and what is said of whom."""

    unit: Unit
    force: str
    cycle: ConfirmationCycle
    version: int
    seen: str
    answers: dict[int, Answer]
    reason: str = ""


def next_version(unit: int, force: str, cycle: ConfirmationCycle) -> int:
    return versions(unit, force, cycle).count() + 1


def versions(unit: int, force: str, cycle: ConfirmationCycle):
    return RosterSnapshot.objects.filter(unit=unit, force=force, cycle=cycle)


def sign(signing: Signing, account: Account, day: date) -> RosterSnapshot:
    """Freeze the list of that day as this account signs it. Raises SigningRefused; nothing is written then.

    The unit is locked first: of two who sign at once the second is told that the first one did.
    """
    with transaction.atomic():
        Unit.objects.select_for_update(no_key=True).get(pk=signing.unit.pk)
        if signing.version != next_version(signing.unit.pk, signing.force, signing.cycle):
            raise _overtaken(versions(signing.unit.pk, signing.force, signing.cycle).first())
        listed = lists.lines(signing.unit.pk, signing.force, day)
        _refuse(signing, listed)
        return _write(signing, listed, account)


def _overtaken(done: RosterSnapshot | None) -> SigningRefused:
    if done is None:
        return SigningRefused("changed", CHANGED)
    return SigningRefused(
        "signed", _("The list was signed meanwhile by %(who)s; it is shown below."), who=done.account_name
    )


def _refuse(signing, listed):
    if not listed:
        raise SigningRefused("empty", _("Nobody serves here on this day; there is nothing to sign."))
    if lists.fingerprint(listed) != signing.seen:
        raise SigningRefused("changed", CHANGED)
    silent = [line.name for line in listed if not _said(signing, line).serves and not _said(signing, line).remark]
    if silent:
        raise SigningRefused(
            "unexplained",
            _("Say in the remark where they are or since when they are gone: %(names)s"),
            names="、".join(silent[:10]),
        )
    if signing.version > 1 and not signing.reason:
        raise SigningRefused("reason_missing", _("Say why the list is signed again."))


def _said(signing: Signing, line: lists.Line) -> Answer:
    return signing.answers.get(line.service_id, Answer(serves=False))


def _write(signing, listed, account) -> RosterSnapshot:
    entries = []
    for number, line in enumerate(listed, 1):
        said = _said(signing, line)
        entries.append(
            SnapshotEntry(unit=signing.unit, number=number, serves=said.serves, remark=said.remark, **asdict(line))
        )
    snapshot = RosterSnapshot(
        unit=signing.unit, unit_name=signing.unit.name, cycle=signing.cycle, force=signing.force,
        version=signing.version, reason=signing.reason if signing.version > 1 else "",
        serving=sum(entry.serves for entry in entries), absent=sum(not entry.serves for entry in entries),
        account=account.pk, account_name=account.name, account_unit=account.unit.name,
    )  # fmt: skip
    snapshot.digest = lists.digest(heading(snapshot), entries)
    snapshot.save(force_insert=True)
    for entry in entries:
        entry.snapshot = snapshot
    SnapshotEntry.objects.bulk_create(entries)
    return snapshot


def heading(snapshot: RosterSnapshot) -> dict:
    """What of a signed list goes into its fingerprint beside its lines."""
    names = ("unit_id", "unit_name", "force", "version", "reason", "account", "account_name", "account_unit")
    return {name: getattr(snapshot, name) for name in names} | {"cycle": str(snapshot.cycle.starts_on)}


def erased(entries: list[SnapshotEntry]) -> int:
    """How many lines lost their person after the time of the file: then the fingerprint cannot be computed any more."""
    return sum(entry.name == ERASED for entry in entries)


def is_genuine(snapshot: RosterSnapshot, entries: list[SnapshotEntry]) -> bool:
    """Whether the lines are those that were signed. Where some are `erased`, they are not, and nobody can tell."""
    return snapshot.digest == lists.digest(heading(snapshot), entries)
