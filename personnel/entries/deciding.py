"""Approving, which takes the person in at once, or declining: once, and by somebody else than who proposed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import cast

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organization.models import Account
from organization.refusal import Refusal
from organization.scope import current, entered
from personnel import lookup
from personnel.entries import checking, proposing
from personnel.entries.taking_in import take_in
from personnel.entries.terms import needs_check
from personnel.models import BackgroundCheck, Entry, Member
from personnel.roster.shapes import Finding, Problem

NOT_YOURS = _("This entry is not yours to decide: somebody else than who proposed it has to.")
UNCHECKED = _("The background check comes first; this force takes nobody in without one.")
NOT_CLEARED = _("The background check does not allow the approval; please decline the entry.")


class DecidingRefused(Refusal):
    """Not decided. Codes: decided, not_yours, unchecked, not_cleared, not_eligible, no_reason."""


def first_day(entry: Entry, today: date) -> date:
    """Nobody serves before the approval."""
    return max(entry.starts_on, today)


def judged(entry: Entry, today: date) -> Sequence[Finding]:
    """What the rule of the force says of the day on which the service would begin."""
    if entry.birth_date is None:
        return ()
    return proposing.judged(entry.force, entry.birth_date, entry.education, first_day(entry, today), today)


def obstacles(entry: Entry, today: date):
    """Why the entry cannot be approved today, as refusals; what is not said here the database finds."""
    check = checking.latest(entry)
    if check is None and needs_check(entry.force, today):
        yield DecidingRefused("unchecked", UNCHECKED)
    if check and check.outcome != BackgroundCheck.Outcome.CLEARED:
        yield DecidingRefused("not_cleared", NOT_CLEARED)
    for each in judged(entry, today):
        if isinstance(each, Problem):
            yield DecidingRefused("not_eligible", each.message)


def approve(entry: Entry, decider: Account, today: date) -> Member:
    """Take the person in. Raises DecidingRefused, ProposingRefused, TakingInRefused, and what the database refuses.

    Locks in one order: the entry, then the file. For this one entry the decider writes the force that it is about.
    """
    number = cast("str | None", entry.id_number)
    if entry.decision == "" and number and lookup.bearer(number) is None:
        proposing.refuse_elsewhere(number)
    with transaction.atomic():
        held = _held(entry, decider)
        for obstacle in obstacles(held, today):
            raise obstacle
        with entered(replace(current(), forces=(held.force,), batch=f"entry {held.pk}")):
            member = take_in(held, first_day(held, today), today)
            _decide(
                held, decider, today, decision="approved", member_id=member.pk, made_for=member.pk,
                id_number=None, id_digest=None, phone=None,
            )  # fmt: skip
    return member


def decline(entry: Entry, decider: Account, reason: str, today: date) -> None:
    """Say no, with a reason that the proposing unit reads. Raises DecidingRefused."""
    if not reason:
        raise DecidingRefused("no_reason", _("Please say why."))
    with transaction.atomic():
        _decide(_held(entry, decider), decider, today, decision="declined", answer=reason)


def _held(entry: Entry, decider: Account) -> Entry:
    found = Entry.objects.select_for_update(of=("self",)).filter(pk=entry.pk).first()
    if found is None or found.decision:
        raise DecidingRefused("decided", proposing.DECIDED)
    if not Entry.objects.decidable_by(decider).filter(pk=entry.pk).exists():
        raise DecidingRefused("not_yours", NOT_YOURS)
    return found


def _decide(entry: Entry, decider: Account, today: date, **values) -> None:
    Entry.objects.filter(pk=entry.pk).update(
        decided_by=decider.pk, decider_name=decider.name, decided_on=today, **values
    )
