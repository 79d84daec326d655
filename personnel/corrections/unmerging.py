"""Taking a merge back: both files become what they were to the letter, or nothing is touched."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from organization import trail_labels
from organization.keyring import sealer
from organization.models import Account, TrailEntry
from organization.refusal import Refusal
from organization.scope import current, entered
from personnel.corrections import rows, withdrawal
from personnel.corrections.merging import locked
from personnel.models import FileMerge, FileUnmerge, FormerNumber, Member, ReturnedFile, WithdrawnFile
from personnel.models.fields import SealedField

MEMBER = Member._meta.db_table


class NotSeparable(Refusal):
    """Codes: erased, undone_already, not_yours, gone, registered_meanwhile, out_of_reach."""


@dataclass(frozen=True)
class Later:
    """What somebody changed in the merged file since; "" where the reader may not know who."""

    what: str
    by: str = ""
    at: Any = None


def unmerge(record: FileMerge, account: Account) -> list[Later]:
    """Take the merge back in the caller's transaction, in which its record is locked; or say what changed since.

    Raises NotSeparable; then the caller rolls back.
    """
    withdrawn = _separable(record, account)
    if later := changes_since(record, account):
        return later
    with entered(replace(current(), batch=record.batch)):
        # First the record: only then do services change hands again.
        FileUnmerge.objects.create(merge=record, unit_id=record.unit_id, account_name=account.name)
        FormerNumber.objects.standing().filter(merge=record).update(dropped_at=timezone.now())
        for table in reversed(withdrawal.KEPT):
            rows.insert(table, withdrawn.file.get(table, []))
        for table, before in sorted(record.before.items()):
            if rows.restore(table, before) != len(before):
                raise NotSeparable("out_of_reach", withdrawal.OUT_OF_REACH)
        ReturnedFile.objects.create(withdrawn=withdrawn, unit_id=withdrawn.unit_id, account_name=account.name)
    return []


def _separable(record: FileMerge, account: Account) -> WithdrawnFile:
    """What is kept of the absorbed file, with the other one locked. Raises NotSeparable."""
    withdrawn = WithdrawnFile.objects.filter(merge=record).first()
    survivor = locked(record.survivor_id).get(record.survivor_id)  # first, so that a double click waits
    if FileUnmerge.objects.filter(merge=record).exists():
        raise NotSeparable("undone_already", _("This merge was taken back already."))
    forces = {row["force"] for row in _all_rows(record, withdrawn, "personnel_assignment")}
    if not account.has_perm("personnel.change_member") or not forces <= {*current().forces}:
        raise NotSeparable("not_yours", _("Files are separated by an office that writes both of them."))
    if survivor and survivor.erased_on:
        raise NotSeparable("erased", withdrawal.ERASED)
    if survivor is None or withdrawn is None:
        message = _("The merged file is not in your register any more: it moved, was withdrawn or was merged itself.")
        raise NotSeparable("gone", message)
    number = bytes(withdrawn.number_digest)
    if other := Member.objects.filter(id_digest=number).first():
        message = _("The number of the absorbed file is registered for %(name)s by now.")
        raise NotSeparable("registered_meanwhile", message, name=other.name)
    return withdrawn


def _all_rows(record: FileMerge, withdrawn: WithdrawnFile | None, table: str) -> list[rows.Row]:
    return [*record.before.get(table, []), *(withdrawn.file.get(table, []) if withdrawn else [])]


def changes_since(record: FileMerge, reader: Account) -> list[Later]:
    """What was changed in the file since the merge, and would be lost."""
    both = [record.survivor_id, record.absorbed_id]
    entries = TrailEntry.objects.filter(id__gt=record.seen, member__in=both).exclude(batch__in=_left_as_it_was(record))
    told = trail_labels.tell(entries.order_by("id")[:20], reader)
    return [Later(f"{each.what}: {each.summary}", each.entry.who, each.entry.at) for each in told] or [
        Later(capfirst(str(model._meta.verbose_name))) for model in _changed_unseen(record)
    ]


def _left_as_it_was(record: FileMerge) -> list[str]:
    """Batches that changed nothing since: the merge itself, later merges and withdrawals that were taken back."""
    key = record.survivor_id
    merges = FileMerge.objects.filter(Q(survivor_id=key) | Q(absorbed_id=key), pk__gt=record.pk, undoing__isnull=False)
    withdrawn = WithdrawnFile.objects.filter(member_id=key, merge=None, returning__isnull=False)
    return [record.batch, *(merge.batch for merge in merges), *(withdrawal.batch(each) for each in withdrawn)]


def _changed_unseen(record: FileMerge) -> list[type[models.Model]]:
    """Models of moved rows that say something else by now: the trail tells of accounts to finance alone."""
    found = []
    for table, before in record.before.items():
        model = rows.model_of(table)
        bound = [
            each for each in model._meta.concrete_fields if isinstance(each, SealedField) and each.row == "member_id"
        ]
        now = model._base_manager.in_bulk([row["id"] for row in before]) if bound else {}
        if bound and any(_differs(now.get(row["id"]), row, bound) for row in before):
            found.append(model)
    return found


def _differs(now: models.Model | None, before: Mapping[str, Any], bound: list[SealedField]) -> bool:
    return now is None or any(getattr(now, each.attname) != _opened(each, before) for each in bound)


def _opened(each: SealedField, row: Mapping[str, Any]) -> str | None:
    column = str(each.column)
    if row[column] is None:
        return None
    blob = bytes.fromhex(row[column].removeprefix("\\x"))
    return sealer().open(blob, table=each.model._meta.db_table, column=column, row=row["member_id"])
