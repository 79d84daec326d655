"""Erasing files whose time has run out: found by one query, proposed by one person, erased by the word of another."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization.keyring import sealer
from organization.models import Account
from organization.refusal import Refusal
from organization.scope import current, entered
from personnel.models import ErasureBatch, ErasureEntry, Member
from personnel.models.member import ERASED

PROPOSES, CONFIRMS = "personnel.add_erasurebatch", "personnel.approve_erasurebatch"
MOST_AT_ONCE = 5000
# Files that are held or proposed already are told apart, not hidden: whoever looks must see why nothing happens.
DUE = """
SELECT m.id, m.name, m.birth_date, u.name, d.last_day, d.due_on,
       EXISTS (SELECT FROM personnel_erasurehold h WHERE h.member_id = m.id
               AND (h.lifted_on IS NULL OR h.lifted_on > %(today)s)),
       EXISTS (SELECT FROM personnel_erasureentry e JOIN personnel_erasurebatch b ON b.id = e.batch_id
               WHERE e.member_id = m.id AND b.approved_at IS NULL AND b.declined_at IS NULL)
FROM retention_due(%(today)s) d JOIN personnel_member m ON m.id = d.member_id
JOIN organization_unit u ON u.code = m.unit_id
ORDER BY d.due_on, m.id
"""
PROPOSE = """
INSERT INTO personnel_erasureentry (batch_id, member_id, unit_id, last_day, due_on, outcome)
SELECT %(batch)s, d.member_id, d.unit_id, d.last_day, d.due_on, ''
FROM retention_due(%(today)s, %(members)s) d
WHERE NOT EXISTS (SELECT FROM personnel_erasurehold h WHERE h.member_id = d.member_id
                  AND (h.lifted_on IS NULL OR h.lifted_on > %(today)s))
  AND NOT EXISTS (SELECT FROM personnel_erasureentry e JOIN personnel_erasurebatch b ON b.id = e.batch_id
                  WHERE e.member_id = d.member_id AND b.approved_at IS NULL AND b.declined_at IS NULL)
ORDER BY d.member_id
"""


class ErasureRefused(Refusal):
    """Codes: nothing_due, too_many, reason_needed, own_proposal, decided."""


@dataclass(frozen=True)
class Due:
    """A file whose time has run out: the first day without service, and the day from which it may be erased."""

    member: int
    name: str
    birth_date: date
    unit: str
    last_day: date
    due_on: date
    is_held: bool
    is_proposed: bool

    @property
    def is_free(self) -> bool:
        return not (self.is_held or self.is_proposed)


def due(today: date) -> list[Due]:
    """The files in sight whose time has run out on that day, the longest waiting first."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"today": today})
        return [Due(*row) for row in cursor.fetchall()]


def count_due(today: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM retention_due(%s)", [today])
        return cursor.fetchone()[0]


def propose(account: Account, members: Sequence[int], reason: str, today: date) -> ErasureBatch:
    """A batch of those of these files that are due, free and in sight. Raises ErasureRefused; nothing stays then."""
    reason = reason.replace("\0", "").strip()
    if len(reason) < 2:
        raise ErasureRefused("reason_needed", _("Please say on what grounds the files are erased."))
    if len(members) > MOST_AT_ONCE:
        message = _("At most %(most)d files at once; please choose fewer.")
        raise ErasureRefused("too_many", message, most=MOST_AT_ONCE)
    with entered(current()):  # a savepoint: an empty batch is not left behind
        # Two who propose the same files at once wait for each other.
        locked = Member.objects.filter(pk__in=members).select_for_update().order_by("id_digest")
        list(locked.values_list("pk", flat=True))
        batch = ErasureBatch.objects.create(unit_id=account.unit_id, reason=reason[:200], proposed_by=account.pk)
        with connection.cursor() as cursor:
            cursor.execute(PROPOSE, {"batch": batch.pk, "today": today, "members": list(members)})
            if not cursor.rowcount:
                message = _("None of these files can be proposed: not due, held, or proposed already.")
                raise ErasureRefused("nothing_due", message)
    return batch


def confirm(batch: ErasureBatch, account: Account) -> int:
    """Erase what is still due and not held; returns how many files. Raises ErasureRefused. The batch is locked here."""
    batch = _undecided(batch, account)
    if batch.proposed_by == account.pk:
        raise ErasureRefused("own_proposal", _("Nobody confirms their own proposal; somebody else has to look at it."))
    members = list(batch.entries.order_by("member_id").values_list("member_id", flat=True))
    sealed = [_stub(member) for member in members]
    with entered(replace(current(), batch=f"erasure-{batch.pk}")), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE personnel_erasurebatch SET approved_by = %s, approved_at = now() WHERE id = %s",
            [account.pk, batch.pk],
        )
        cursor.execute("SELECT carry_out_erasure(%s, %s, %s)", [batch.pk, members, sealed])
        return cursor.fetchone()[0]


def decline(batch: ErasureBatch, account: Account) -> None:
    """Put a proposal away; its proposer may do so as well. Raises ErasureRefused."""
    batch = _undecided(batch, account)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE personnel_erasurebatch SET declined_by = %s, declined_at = now() WHERE id = %s",
            [account.pk, batch.pk],
        )


def _undecided(batch: ErasureBatch, account: Account) -> ErasureBatch:
    batch = ErasureBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.state != "proposed":
        raise ErasureRefused("decided", _("This proposal was decided already."))
    return batch


def _stub(member: int) -> bytes:
    """What stands in place of the number; sealed like one, so that pages open it as they open any."""
    return sealer().seal(ERASED, table=Member._meta.db_table, column="id_sealed", row=member)


def outcomes(batch: ErasureBatch) -> dict[str, int]:
    """How many files came to which outcome; "" of a batch that waits."""
    found: dict[str, int] = {}
    for outcome in ErasureEntry.objects.filter(batch=batch).values_list("outcome", flat=True):
        found[outcome] = found.get(outcome, 0) + 1
    return found


def today() -> date:
    return timezone.localdate()
