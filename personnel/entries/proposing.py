"""Proposing a person for a force, and giving the proposal up: judged at once by the rules of rosters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organization import rights
from organization.keyring import sealer
from organization.models import Account
from organization.refusal import Refusal
from organization.refused_by_database import UNIQUE, sentence
from personnel import lookup
from personnel.bulk import keys
from personnel.models import Assignment, Entry, Force, Member
from personnel.roster.eligibility import judge
from personnel.roster.register import rules
from personnel.roster.shapes import Finding, Problem, Row

SERVES = _("This person serves in this unit already; open the file in the list of people.")
OTHER_NAME = _("Your register has this number under another name; please check number and name.")
SAY_WHY = _("%(said)s If the person is to be proposed all the same, say why.")
DECIDED = _("This entry was decided already.")


class ProposingRefused(Refusal):
    """Not proposed. Codes: not_eligible, exception, serves, other_name, elsewhere, used_up, repeated."""


@dataclass(frozen=True)
class Wanted:
    """Who is proposed, by normalised number and cleaned name, and for what."""

    document: str
    number: str
    name: str
    sex: str
    birth_date: date
    unit: int
    force: str
    starts_on: date
    way: str
    sponsor: str = ""
    post: str = ""
    phone: str | None = None
    education: str | None = None
    reason: str = ""
    exception: str = ""


def judged(force: str, birth_date: date, education: str | None, first_day: date, today: date) -> Sequence[Finding]:
    """What the rule of the force says: a Problem forbids the entry, a Notice asks for a reason."""
    values = {"force": force, "birth_date": birth_date, "education": education, "started_on": first_day}
    return judge(Row("", 1, values), rules(), today)


def former_member(number: str, name: str, unit: int, force: str, day: date) -> Member | None:
    """Whose file is opened again; None for somebody who is new to the register. Raises ProposingRefused.

    Who serves as a volunteer may join another force; nobody joins twice.
    """
    member = lookup.bearer(number)
    if member is None:
        return None
    if member.unit_id != unit:
        raise ProposingRefused("elsewhere", lookup.ELSEWHERE)
    if member.name != name:
        raise ProposingRefused("other_name", OTHER_NAME)
    running = Assignment.objects.filter(Q(ended_on=None) | Q(ended_on__gt=day), member=member)
    if any(service.force == force or (service.share and force != Force.VOLUNTEER) for service in running):
        raise ProposingRefused("serves", SERVES)
    return member


def refuse_elsewhere(number: str) -> None:
    """Asked last, outside of what may be undone, so that no answer goes unseen. Raises ProposingRefused."""
    answer = lookup.is_elsewhere(number, quietly=True)
    if answer is not False:
        code, said = ("used_up", lookup.USED_UP) if answer is None else ("elsewhere", lookup.ELSEWHERE)
        raise ProposingRefused(code, said)


def propose(wanted: Wanted, proposer: Account, today: date) -> Entry:
    """Put the question on record. Raises ProposingRefused."""
    found = judged(wanted.force, wanted.birth_date, wanted.education, wanted.starts_on, today)
    for each in found:
        if isinstance(each, Problem):
            raise ProposingRefused("not_eligible", each.message)
        if not wanted.exception:
            raise ProposingRefused("exception", SAY_WHY, said=each.message)
    if former_member(wanted.number, wanted.name, wanted.unit, wanted.force, today) is None:
        refuse_elsewhere(wanted.number)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            (key,) = keys(cursor, Entry, 1)
            return Entry.objects.create(  # type: ignore[misc]
                id=key, unit_id=wanted.unit, force=wanted.force, sponsor=wanted.sponsor, post=wanted.post,
                starts_on=wanted.starts_on, way=wanted.way, reason=wanted.reason,
                exception=wanted.exception if found else "", name=wanted.name, document=wanted.document,
                id_number=wanted.number, id_digest=sealer().digest(wanted.number, purpose="id"), sex=wanted.sex,
                birth_date=wanted.birth_date, phone=wanted.phone, education=wanted.education,
                proposed_by=proposer.pk, proposer_name=proposer.name, proposed_on=today,
            )  # fmt: skip
    except IntegrityError as error:
        raise ProposingRefused("repeated", sentence(error) or UNIQUE) from None


def may_withdraw(entry: Entry, account: Account) -> bool:
    """Whether this account proposed it, and still writes that force."""
    return entry.proposed_by == account.pk and entry.force in rights.FORCES_WRITTEN.get(account.role or "", ())


def withdraw(entry: Entry, account: Account, today: date) -> bool:
    """Give an open entry up; False when it was decided already."""
    return bool(
        Entry.objects.open()
        .filter(pk=entry.pk)
        .update(decision="withdrawn", decided_by=account.pk, decider_name=account.name, decided_on=today)
    )
