"""Deciding a case: the personnel office proposes, a second account confirms or sends it back."""

from datetime import date, datetime

from django.contrib.postgres.functions import TransactionNow
from django.utils.translation import gettext_lazy as _

from organization.models import Account
from organization.refusal import StrOrPromise
from personnel.discipline.recording import locked, refuse_withdrawing
from personnel.discipline.terms import CHANGE, CONFIRM, DisciplineRefused
from personnel.models import DisciplineCase

OWN_WORK = _("Nobody confirms what he or she proposed; please ask a second account.")
MEANWHILE = _("Somebody changed this case meanwhile. Please look at it again.")
NOTHING = {"decided_on": None, "outcome": "", "document": "", "proposed_by": None, "proposed_at": None}


def propose(case: DisciplineCase, account: Account, *, decided_on: date, outcome: str, document: str) -> DisciplineCase:
    """Propose a decision in the caller's transaction. Raises DisciplineRefused."""
    case = locked(case.pk)
    if not account.has_perm(CHANGE):
        raise DisciplineRefused("not_yours", _("Your role does not propose decisions."))
    _refuse_confirmed(case)
    refuse_withdrawing(case)
    if case.proposed_at:
        message = _("A decision is proposed already. Take that proposal back first, if another one is to stand.")
        raise DisciplineRefused("proposed", message)
    if decided_on < case.reported_on:
        message = _("The decision cannot come before the report of %(day)s.")
        raise DisciplineRefused("wrong_day", message, day=case.reported_on.isoformat())
    DisciplineCase.objects.filter(pk=case.pk).update(
        decided_on=decided_on, outcome=outcome, document=document.strip(), proposed_by=account.pk,
        proposed_at=TransactionNow(),
    )  # fmt: skip
    case.refresh_from_db()
    return case


def confirm(case: DisciplineCase, account: Account, seen: datetime | None) -> DisciplineCase:
    """Confirm the decision that was proposed at the moment `seen`. Raises DisciplineRefused."""
    case = _proposed(case, account)
    if case.proposed_by == account.pk:
        raise DisciplineRefused("own_work", OWN_WORK)
    if case.proposed_at != seen:
        raise DisciplineRefused("changed_meanwhile", MEANWHILE)
    DisciplineCase.objects.filter(pk=case.pk).update(confirmed_by=account.pk, confirmed_at=TransactionNow())
    case.refresh_from_db()
    return case


def send_back(case: DisciplineCase, account: Account) -> DisciplineCase:
    """The proposal goes, whoever made it; the trail keeps it. Raises DisciplineRefused."""
    case = _proposed(case, account)
    DisciplineCase.objects.filter(pk=case.pk).update(**NOTHING)
    case.refresh_from_db()
    return case


def ask_withdrawal(case: DisciplineCase, account: Account, reason: str) -> DisciplineCase:
    """Ask a second account to withdraw a case that was recorded by mistake. Raises DisciplineRefused."""
    case = locked(case.pk)
    if not account.has_perm(CHANGE):
        raise DisciplineRefused("not_yours", _("Your role does not withdraw discipline cases."))
    if case.withdrawal_asked_at:
        raise DisciplineRefused("asked_already", _("The withdrawal of this case was asked for already."))
    DisciplineCase.objects.filter(pk=case.pk).update(
        withdrawal_reason=reason.strip(), withdrawal_asked_by=account.pk, withdrawal_asked_at=TransactionNow()
    )
    case.refresh_from_db()
    return case


def withdraw(case: DisciplineCase, account: Account, seen: datetime | None) -> DisciplineCase:
    """Confirm the withdrawal that somebody else asked for at the moment `seen`. Raises DisciplineRefused."""
    case = _asked(case, account)
    if case.withdrawal_asked_by == account.pk:
        raise DisciplineRefused("own_work", OWN_WORK)
    if case.withdrawal_asked_at != seen:
        raise DisciplineRefused("changed_meanwhile", MEANWHILE)
    DisciplineCase.objects.filter(pk=case.pk).update(withdrawn_by=account.pk, withdrawn_at=TransactionNow())
    case.refresh_from_db()
    return case


def keep(case: DisciplineCase, account: Account) -> DisciplineCase:
    """The case stays; the request to withdraw it goes, whoever made it. Raises DisciplineRefused."""
    case = _asked(case, account)
    DisciplineCase.objects.filter(pk=case.pk).update(
        withdrawal_reason="", withdrawal_asked_by=None, withdrawal_asked_at=None
    )
    case.refresh_from_db()
    return case


def _proposed(case: DisciplineCase, account: Account) -> DisciplineCase:
    case = _of_second(case, account)
    _refuse_confirmed(case)
    refuse_withdrawing(case)
    if case.proposed_at is None:
        raise DisciplineRefused("not_proposed", MEANWHILE)
    return case


def _asked(case: DisciplineCase, account: Account) -> DisciplineCase:
    case = _of_second(case, account)
    if case.withdrawal_asked_at is None:
        raise DisciplineRefused("not_asked", MEANWHILE)
    return case


def _of_second(case: DisciplineCase, account: Account) -> DisciplineCase:
    case = locked(case.pk)
    if not account.has_perm(CONFIRM):
        raise DisciplineRefused("not_yours", _("Your role does not confirm decisions."))
    return case


def _refuse_confirmed(case: DisciplineCase) -> None:
    if case.confirmed_at:
        message: StrOrPromise = _("This decision is confirmed, and stays as it is.")
        raise DisciplineRefused("confirmed", message)
