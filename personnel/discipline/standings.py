"""How a case stands, what is to be done next and by whom: for the list, the page of a case and the file of a person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from organization import rights
from organization.models import Account
from organization.refusal import StrOrPromise
from personnel.discipline.terms import CHANGE, CONFIRM
from personnel.models import Assignment, Card, DisciplineCase, Member
from personnel.models.discipline import DisciplineCaseQuerySet, goes_on

Rows = DisciplineCaseQuerySet


@dataclass(frozen=True)
class Standing:
    """A set of cases on a day, of those given."""

    label: StrOrPromise
    of: Callable[[Rows, date, Account], Rows]


STANDINGS = {
    "undecided": Standing(_("undecided or not confirmed"), lambda rows, day, _account: rows.undecided(day)),
    "overdue": Standing(_("overdue"), lambda rows, day, _account: rows.overdue(day)),
    "mine": Standing(_("waiting for my confirmation"), lambda rows, _day, account: rows.to_confirm_by(account.pk)),
    "to-confirm": Standing(_("waiting for a second account"), lambda rows, _day, _account: rows.to_confirm()),
    "cases": Standing(_("decided within twelve months, not unfounded"), lambda rows, day, _account: rows.counted(day)),
    "decided": Standing(_("decided within twelve months"), lambda rows, day, _account: rows.decided_within_year(day)),
    "timely": Standing(
        _("of these decided in time"), lambda rows, day, _account: rows.decided_within_year(day).timely()
    ),
    "still-serving": Standing(
        _("dismissed, still serving"), lambda rows, day, _account: rows.dismissed_still_serving(day)
    ),
    "withdrawn": Standing(_("withdrawn"), lambda rows, _day, _account: rows.exclude(withdrawn_at=None)),
}
DECIDE, CONFIRMING, WITHDRAWING, DONE, WITHDRAWN = "decide", "confirm", "withdrawing", "done", "withdrawn"
TOLD = {
    DECIDE: _("undecided"),
    CONFIRMING: _("decision to be confirmed"),
    WITHDRAWING: _("withdrawal to be confirmed"),
    DONE: _("decided"),
    WITHDRAWN: _("withdrawn"),
}


def step(case: DisciplineCase) -> str:
    """Which step of the case is next; a key of TOLD."""
    if case.withdrawn_at:
        return WITHDRAWN
    if case.withdrawal_asked_at:
        return WITHDRAWING
    if case.confirmed_at:
        return DONE
    return CONFIRMING if case.proposed_at else DECIDE


def is_overdue(case: DisciplineCase, day: date) -> bool:
    return not (case.confirmed_at or case.withdrawn_at) and case.due_on < day


@dataclass(frozen=True)
class May:
    """What an account may do with a case as it stands."""

    propose: bool
    correct: bool
    confirm: bool
    take_back: bool
    ask_withdrawal: bool
    is_own: bool


def may(account: Account, case: DisciplineCase) -> May:
    now = step(case)
    writes, seconds = account.has_perm(CHANGE), account.has_perm(CONFIRM)
    proposer = {CONFIRMING: case.proposed_by, WITHDRAWING: case.withdrawal_asked_by}.get(now)
    waits = now in (CONFIRMING, WITHDRAWING)
    return May(
        propose=writes and now == DECIDE,
        correct=writes and now == DECIDE and case.summary is not None,
        confirm=seconds and waits and proposer != account.pk,
        take_back=seconds and waits,
        ask_withdrawal=writes and now in (DECIDE, CONFIRMING, DONE),
        is_own=waits and proposer == account.pk,
    )


def named(rows: QuerySet) -> QuerySet:
    """With `person`: the name on the card of the unit where it happened, also when the file has moved out of sight."""
    card = Card.objects.filter(member=OuterRef("member"), unit=OuterRef("unit"))
    return rows.annotate(person=Subquery(card.values("name")[:1]))


def of_member(member: Member) -> list[tuple[DisciplineCase, StrOrPromise]]:
    """The cases of a person in sight, newest first, and how each stands."""
    found = DisciplineCase.objects.filter(member=member).select_related("unit").order_by("-occurred_on", "-pk")
    return [(case, TOLD[step(case)]) for case in found]


def services_to_end(case: DisciplineCase, day: date) -> list[Assignment]:
    """The services of somebody who was dismissed that still run, and did or come from one that did that day."""
    if not case.is_dismissal or case.withdrawn_at:
        return []
    running = Assignment.objects.on(day).filter(goes_on(case.decided_on), member=case.member_id)
    return list(running.select_related("unit").order_by("-share", "pk"))


def ends(service: Assignment, account: Account) -> bool:
    """Whether the account ends services of this force."""
    return service.force in rights.FORCES_WRITTEN.get(account.role or "", ())
