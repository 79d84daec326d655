"""A person entered by mistake: the file leaves the register whole, is kept, and can be brought back.

Its rows are not marked but gone from the tables that lists and figures read, so that none of them has to think of it.
"""

from dataclasses import replace

from django.contrib.postgres.functions import TransactionNow
from django.db import DatabaseError, connection
from django.db.models import Q
from django.db.models.fields.related import ForeignKey
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from psycopg2.sql import SQL, Identifier

from organization import rights
from organization.models import Account, TrailEntry
from organization.refusal import Refusal
from organization.scope import current, entered
from personnel import lookup
from personnel.corrections import rows
from personnel.models import Card, FileMerge, Member, ReturnedFile, WithdrawnFile
from personnel.models.sighting import OfficeDay

# The tables whose rows go with a file, in the order in which they go; `keep_withdrawn_file` names the same.
KEPT = (
    "personnel_contract",
    "personnel_kitsize",
    "personnel_kitrecipient",
    "personnel_photo",
    "personnel_documentsighting",
    "personnel_noticegiven",
    "personnel_correctionrequest",
    "personnel_erasurehold",
    "personnel_formernumber",
    "personnel_emergencycontact",
    "personnel_healthrecord",
    "personnel_bankaccount",
    "personnel_assignment",
    "personnel_member",
)

# Of these only what waits for somebody stands in the way; what is settled goes with the file, and a decision about a
# transfer stays in the unit that made it.
WAITING = {
    "personnel_correctionrequest": Q(answered_on=None),
    "personnel_erasurehold": Q(lifted_on=None) | Q(lifted_on__gt=OfficeDay(TransactionNow())),
    "personnel_transferconsent": Q(decision=""),
}

OUT_OF_REACH = _(
    "Something of this file lies outside your unit or belongs to another office; please ask the one above."
)

ERASED = _("This file was erased after its time; what is left of it is counted, and stays as it is.")


class NotWithdrawable(Refusal):
    """Codes: erased, not_yours, too_late, something_hangs, out_of_reach."""


class NotReturnable(Refusal):
    """Codes: already_back, not_yours, registered_here, registered_elsewhere, used_up."""


def withdraw(member: Member, reason: str, account: Account) -> WithdrawnFile:
    """Take a file out of the register in the caller's transaction, in which it is locked. Raises NotWithdrawable."""
    refuse_withdrawal(member, account)
    withdrawn = keep(member, reason, account)
    with entered(replace(current(), batch=batch(withdrawn))):
        remove(withdrawn)
    return withdrawn


def batch(withdrawn: WithdrawnFile) -> str:
    """What the trail calls the removal and the return of this file."""
    return f"withdrawn {withdrawn.pk}"


def refuse_withdrawal(member: Member, account: Account) -> None:
    """Say why this account may not withdraw this file. Raises NotWithdrawable."""
    if member.erased_on:
        raise NotWithdrawable("erased", ERASED)
    ours = rights.FORCES_WRITTEN.get(account.role or "", ())
    if not account.has_perm("personnel.change_member") or not member.is_written_by(ours):
        raise NotWithdrawable("not_yours", _("Another office keeps this file; please ask them."))
    if account.role == "clerk" and not entered_today_by(member.pk, account):
        message = _("A clerk withdraws what he or she entered on the same day; later, please ask the town's staff.")
        raise NotWithdrawable("too_late", message)
    if what := in_the_way(member):
        message = _("These hang on the file and would be lost: %(what)s. Please end or correct them first.")
        raise NotWithdrawable("something_hangs", message, what="、".join(what))


def entered_today_by(member: int, account: Account) -> bool:
    """Whether this account entered the file today."""
    first = TrailEntry.objects.filter(member=member, table="personnel_member", action="I", actor=account.pk)
    return any(timezone.localdate(at) == timezone.localdate() for at in first.values_list("at", flat=True))


def in_the_way(member: Member, moved: frozenset[str] = frozenset()) -> list[str]:
    """Kinds of rows that hang on a file and neither go nor move with it, with their numbers, as people read them.

    Certificates that were issued stand in the way as well: a paper is out that says what the file says.
    """
    found = []
    for relation in Member._meta.related_objects:
        table = relation.related_model._meta.db_table
        if table in {*moved, Card._meta.db_table} or not isinstance(relation.field, ForeignKey):
            continue
        if table in KEPT and table not in WAITING:
            continue
        hanging = relation.related_model._base_manager.filter(WAITING.get(table, Q()), **{relation.field.name: member})
        if count := hanging.count():
            found.append(f"{capfirst(relation.related_model._meta.verbose_name)} {count}")
    return found


def keep(member: Member, reason: str, account: Account, merge: FileMerge | None = None) -> WithdrawnFile:
    """The record that keeps the file; the database fills in what was in it."""
    kept = WithdrawnFile(
        unit_id=member.unit_id, member_id=member.pk, merge=merge, name=member.name, sex=member.sex,
        birth_date=member.birth_date, number_digest=member.id_digest, reason=reason, account_name=account.name,
    )  # fmt: skip
    kept.save()
    kept.refresh_from_db()
    return kept


def remove(withdrawn: WithdrawnFile) -> None:
    """The rows that were kept go, each of them. Raises NotWithdrawable where some are not this account's."""
    try:
        with connection.cursor() as cursor:
            for table in KEPT:
                key = "id" if table == KEPT[-1] else "member_id"
                cursor.execute(
                    SQL("DELETE FROM {} WHERE {} = %s").format(Identifier(table), Identifier(key)),
                    [withdrawn.member_id],
                )
                if cursor.rowcount != len(withdrawn.file[table]):
                    raise NotWithdrawable("out_of_reach", OUT_OF_REACH)
        # Now, not at the commit: what the account does not see still hangs on the member.
        connection.check_constraints()
    except DatabaseError as error:
        if getattr(error.__cause__, "pgcode", "") not in ("23503", "23001"):
            raise
        raise NotWithdrawable("out_of_reach", OUT_OF_REACH) from error


def bring_back(withdrawn: WithdrawnFile, account: Account) -> Member:
    """Put the file back as it was, in the caller's transaction. Raises NotReturnable.

    Pressed twice at one moment, the second is refused by the unique key of the file.
    """
    refuse_return(withdrawn, account)  # outside: the record of its question stays, whatever the database refuses
    with entered(replace(current(), batch=batch(withdrawn))):
        put_back(withdrawn, account)
    return Member.objects.get(pk=withdrawn.member_id)


def put_back(withdrawn: WithdrawnFile, account: Account) -> None:
    """All rows of the file, as they were when it was withdrawn, and the record that it is back."""
    for table in reversed(KEPT):
        rows.insert(table, withdrawn.file.get(table, []))  # one that was kept before the table was there
    ReturnedFile.objects.create(withdrawn=withdrawn, unit_id=withdrawn.unit_id, account_name=account.name)


def refuse_return(withdrawn: WithdrawnFile, account: Account) -> None:
    if withdrawn.merge_id or ReturnedFile.objects.filter(withdrawn=withdrawn).exists():
        raise NotReturnable("already_back", _("This file was brought back already, or is part of a merge."))
    forces = {service["force"] for service in withdrawn.file["personnel_assignment"]}
    if not account.has_perm("personnel.change_member") or not forces <= {*current().forces}:
        raise NotReturnable("not_yours", _("Another office keeps this file; please ask them."))
    if account.role == "clerk" and withdrawn.actor != account.pk:
        raise NotReturnable("not_yours", _("Somebody else withdrew this file; please ask the town's staff."))
    digest = bytes(withdrawn.number_digest)
    if other := Member.objects.filter(id_digest=digest).first():
        message = _("The number is registered for %(name)s by now; there cannot be two files with one number.")
        raise NotReturnable("registered_here", message, name=other.name)
    elsewhere = lookup.digest_is_elsewhere(digest, quietly=True)
    if elsewhere is not False:
        code, message = ("used_up", lookup.USED_UP) if elsewhere is None else ("registered_elsewhere", lookup.ELSEWHERE)
        raise NotReturnable(code, message)
