"""Making one file of two: what moves, moves; the rest is kept with the absorbed file; its number finds the survivor."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace

from django.db import models
from django.utils.translation import gettext_lazy as _

from organization.models import Account
from organization.refusal import Refusal
from organization.scope import current, entered
from personnel import concurrency
from personnel.corrections import rows, withdrawal
from personnel.corrections.comparing import FIELDS, Comparison, compare
from personnel.corrections.withdrawal import NotWithdrawable
from personnel.models import (
    Appointment,
    Assignment,
    BankAccount,
    Contract,
    CorrectionRequest,
    EmergencyContact,
    ErasureHold,
    FileMerge,
    FormerNumber,
    HealthRecord,
    KitIssue,
    KitRecipient,
    KitSize,
    Member,
    NoticeGiven,
    Photo,
)
from personnel.models.fields import SealedField
from personnel.models.file import FileModel
from personnel.photos import keeping


class NotMergeable(Refusal):
    """Codes: gone, same_file, refused, out_of_reach."""


def locked(*keys: int) -> dict[int, Member]:
    """The files in sight, locked in the order in which rosters lock them."""
    found = Member.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("id_digest")
    return {member.pk: member for member in found}


def merge(
    survivor: int, absorbed: int, account: Account, *, reason: str, taken: Collection[str], leaving: Iterable[int] = ()
) -> FileMerge:
    """Merge in the caller's transaction. `taken` are fields of which the absorbed file's value stays, `leaving`
    services of it that do not move. Raises NotMergeable; then the caller rolls back."""
    if survivor == absorbed:
        raise NotMergeable("same_file", _("A file cannot be merged with itself."))
    members = locked(survivor, absorbed)
    if len(members) < 2:
        raise NotMergeable("gone", _("One of the two files is not there any more."))
    comparison = compare(members[survivor], members[absorbed], account, leaving=leaving)
    if comparison.refusals:
        raise NotMergeable("refused", comparison.refusals[0])
    moving = moves(comparison, {*leaving})
    record = _record(comparison, moving, reason, account)
    with entered(replace(current(), batch=record.batch)):
        try:
            _carry_out(record, comparison, moving, {*taken} & {*FIELDS}, account)
        except NotWithdrawable as refusal:
            raise NotMergeable("out_of_reach", refusal.message) from refusal
    return record


def moves(comparison: Comparison, leaving: set[int]) -> list[models.Model]:
    """The rows that change hands, of tables in one order."""
    survivor, absorbed = comparison.survivor, comparison.absorbed
    known = {contact.name for contact in survivor.emergency_contacts.all()}
    contacts = [
        each for each in EmergencyContact.objects.filter(member=absorbed).order_by("id") if each.name not in known
    ]
    found: list[models.Model] = [
        each.service for each in comparison.moving if not each.conflict and each.service.pk not in leaving
    ]
    found += contacts
    for single in (HealthRecord, BankAccount, Photo):
        if not single.objects.filter(member=survivor).exists():
            found += single.objects.filter(member=absorbed)
    known_numbers = {bytes(each.number_digest) for each in FormerNumber.objects.standing().filter(member=survivor)}
    former = FormerNumber.objects.filter(member=absorbed).order_by("id")
    found += [each for each in former if each.dropped_at or bytes(each.number_digest) not in known_numbers]
    return [*found, *Appointment.objects.filter(member=absorbed), *_dealings(survivor, absorbed)]


def _dealings(survivor: Member, absorbed: Member) -> list[models.Model]:
    """What the office had to do with the person. What the other file has as well stays with the absorbed one."""
    told = NoticeGiven.objects.filter(member=survivor).values("notice")
    found: list[models.Model] = [*NoticeGiven.objects.filter(member=absorbed).exclude(notice__in=told).order_by("id")]
    found += CorrectionRequest.objects.filter(member=absorbed).order_by("id")
    ours = list(Contract.objects.filter(member=survivor))
    theirs = Contract.objects.filter(member=absorbed).order_by("starts_on", "id")
    found += [each for each in theirs if not any(each.runs_beside(other) for other in ours)]
    holds = ErasureHold.objects.filter(member=absorbed).order_by("id")
    is_held = ErasureHold.objects.filter(member=survivor, lifted_on=None).exists()
    return found + [each for each in holds if each.lifted_on or not is_held] + _kit(survivor, absorbed)


def _kit(survivor: Member, absorbed: Member) -> list[models.Model]:
    """Recipients before what they were issued. What the other file has as well stays with the absorbed one."""
    campaigns = KitRecipient.objects.filter(member=survivor).values("campaign")
    scales = KitSize.objects.filter(member=survivor).values("scale")
    return [
        *KitRecipient.objects.filter(member=absorbed).exclude(campaign__in=campaigns).order_by("id"),
        *KitIssue.objects.filter(member=absorbed).order_by("id"),
        *KitSize.objects.filter(member=absorbed).exclude(scale__in=scales).order_by("id"),
    ]


def _record(comparison: Comparison, moving: list[models.Model], reason: str, account: Account) -> FileMerge:
    touched: defaultdict[str, list[int]] = defaultdict(list)
    touched[Member._meta.db_table].append(comparison.survivor.pk)
    for row in moving:
        touched[row._meta.db_table].append(row.pk)
    record = FileMerge.objects.create(
        unit_id=comparison.survivor.unit_id, reason=reason, account_name=account.name,
        survivor_id=comparison.survivor.pk, survivor_name=comparison.survivor.name,
        absorbed_id=comparison.absorbed.pk, absorbed_name=comparison.absorbed.name,
        seen=max(concurrency.version(member.pk) for member in (comparison.survivor, comparison.absorbed)),
        before={table: rows.stand(table, keys) for table, keys in touched.items()},
    )  # fmt: skip
    record.refresh_from_db()
    return record


def _carry_out(
    record: FileMerge, comparison: Comparison, moving: list[models.Model], taken: set[str], account: Account
) -> None:
    survivor, absorbed = comparison.survivor, comparison.absorbed
    places = {each.service.pk: each.share_from for each in comparison.moving}
    for row in moving:
        if not isinstance(row, Assignment):
            hand_over(row, survivor)
        elif not Assignment.objects.filter(pk=row.pk).update(member=survivor, share_from=places[row.pk]):
            raise NotWithdrawable("out_of_reach", withdrawal.OUT_OF_REACH)
    for name in sorted(taken):
        setattr(survivor, name, getattr(absorbed, name))
    if taken:
        survivor.save(update_fields=[*taken, *(["phone_digest"] if "phone" in taken else [])])
    _lead_to(survivor, absorbed, record, account)
    withdrawal.remove(withdrawal.keep(absorbed, record.reason, account, record))


def _lead_to(survivor: Member, absorbed: Member, record: FileMerge, account: Account) -> None:
    """The number of the absorbed file finds the survivor, unless it does so already."""
    if FormerNumber.objects.standing().filter(member=survivor, number_digest=absorbed.id_digest).exists():
        return
    FormerNumber.objects.create(
        member=survivor, unit_id=survivor.unit_id, number=absorbed.id_number, reason=record.reason, merge=record,
        corrected_at=record.merged_at, corrected_by=account.name,
    )  # fmt: skip


def hand_over(row: models.Model, survivor: Member) -> None:
    """Give a row to the survivor. What is sealed is bound to its member, and sealed anew."""
    bound = [each for each in row._meta.concrete_fields if isinstance(each, SealedField) and each.row == "member_id"]
    texts = {each.attname: getattr(row, each.attname) for each in bound}
    picture = keeping.opened(row) if isinstance(row, Photo) else None
    row.member = survivor  # type: ignore[attr-defined]
    if isinstance(row, FileModel):
        row.unit_id = survivor.unit_id
    if isinstance(row, Photo):
        row.image = picture and keeping.sealed(picture, survivor.pk)
    for name, text in texts.items():
        del row.__dict__[name]  # else the old text would be opened to be compared, with the wrong member
        setattr(row, name, text)
    row.save()
