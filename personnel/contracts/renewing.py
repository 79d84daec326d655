"""Contracts renewed, many at once: each goes on from the day on which the one before is over.

To bring them to one calendar is the same with a common last day: whatever ends before it gets a bridging term until it.
"""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from organization.models import Account
from organization.refusal import StrOrPromise, fill
from personnel.contracts.planning import Known, Row, agreed, left_out, span
from personnel.contracts.terms import OPEN_ENDED, Terms
from personnel.models import Contract, Member
from personnel.models.contract import MISTAKE

OPEN_ALREADY = _("is open-ended")
ENDED_EARLY = _("was ended before its time; please write a new contract")
BY_MISTAKE = _("was entered by mistake")
FOLLOWED = _("is followed by another contract already: %(span)s")
TOO_LATE = _("ends on or after that day already")


def plan(contracts: Sequence[int], terms: Terms, account: Account, day: date) -> list[Row]:
    """A row for each contract in sight, in the order of units. A fixed number of questions; nothing is written."""
    chosen = {one.member_id: one for one in Contract.objects.filter(pk__in=contracts).order_by("starts_on", "id")}
    known = Known(chosen, account)
    return [_row(known, file, chosen[file.pk], terms, day) for file in known.in_order()]


def members_of(contracts: Sequence[int]) -> list[int]:
    return list(Contract.objects.filter(pk__in=contracts).order_by().values_list("member", flat=True).distinct())


def _row(known: Known, file: Member, old: Contract, terms: Terms, day: date) -> Row:
    before = span(old)
    reason = known.refusal(file, day) or _in_the_way(known, old)
    if reason or old.ends_on is None:
        return left_out(known, file, reason or OPEN_ALREADY, employer=old.employer_id, before=before)
    new = _next(known, old, terms, day)
    if new.ends_on is not None and new.ends_on <= new.starts_on:
        return left_out(known, file, TOO_LATE, employer=old.employer_id, before=before)
    made, notes = agreed(new, terms, known.term_of(file.pk, old.employer_id, new.starts_on))
    if made is None:
        return left_out(known, file, notes[0], employer=old.employer_id, before=before)
    name = known.name_of(old.employer_id)
    return Row(file.pk, file.name, file.unit.name, name, before, made, notes=notes)


def _in_the_way(known: Known, old: Contract) -> StrOrPromise:
    if old.ending == MISTAKE:
        return BY_MISTAKE
    if old.ended_on:
        return ENDED_EARLY
    if old.ends_on is None:
        return OPEN_ALREADY
    later = [one for one in known.contracts[old.member_id] if one.pk != old.pk and one.starts_on >= old.ends_on]
    return fill(FOLLOWED, {"span": span(later[0])}) if later else ""


def _next(known: Known, old: Contract, terms: Terms, day: date) -> Contract:
    start = old.ends_on or day
    kind = terms.kind or old.kind
    running = known.running(old.member_id, day)
    service = next((one for one in running if one.employer_id == old.employer_id), running[0])
    return Contract(
        member_id=old.member_id, unit_id=old.unit_id, employer_id=old.employer_id, kind=kind, starts_on=start,
        ends_on=terms.end_of(kind, start), signed_on=terms.signed_on,
        recruiter_id=service.recruiter_id or old.recruiter_id, using_unit_id=service.using_unit_id or old.using_unit_id,
    )  # fmt: skip


def last_days(rows: Sequence[Row]) -> int:
    """On how many different days the contracts of these rows end after they were written."""
    ends = {row.contract.ends_on for row in rows if row.contract and row.contract.kind != OPEN_ENDED}
    return len(ends)
