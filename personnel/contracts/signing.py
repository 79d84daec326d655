"""First contracts with an employer, many at once: after a merger, for people without any, or as rosters give them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from organization.models import Account, Employer
from organization.refusal import StrOrPromise, fill
from personnel.contracts.planning import Known, Row, agreed, left_out, overlapping, span
from personnel.contracts.terms import Terms
from personnel.models import Assignment, Contract, Member

NO_EMPLOYER = _("the service names no employer")
TWO_EMPLOYERS = _("serves under two employers; please write the contract in the file")
NO_DAYS = _("the service does not give both days of the contract")
THERE_ALREADY = _("has a contract with this employer on these days: %(span)s")
NOT_SIGNED_YET = _("its contract with this employer is written, and only has to be signed: %(span)s")
OTHER_BEGINS = _("a contract with another employer begins on that day or later: %(span)s")
OTHER_ENDS = _("the contract with %(employer)s (%(span)s) ends on that day")
OTHER_RUNS = _("another contract, with %(employer)s, goes on beside it")


@dataclass(frozen=True)
class Offer:
    """What is offered to everybody; without employer that of the service, without a first day the days of the roster.

    `ends_others`: contracts with other employers end on the day on which the new one begins.
    """

    terms: Terms = field(default_factory=Terms)
    employer: Employer | None = None
    starts_on: date | None = None
    ends_others: bool = False
    is_signed: bool = False  # of the days of the roster: on the first of them


def plan(members: Sequence[int], offer: Offer, account: Account, day: date) -> list[Row]:
    """A row for each person in sight, in the order of units. A fixed number of questions; nothing is written."""
    known = Known(members, account)
    if offer.employer:
        known.employers[offer.employer.pk] = offer.employer.name
    return [_row(known, file, offer, day) for file in known.in_order()]


def _row(known: Known, file: Member, offer: Offer, day: date) -> Row:
    if reason := known.refusal(file, day):
        return left_out(known, file, reason)
    running = known.running(file.pk, day)
    employer, reason = _employer(running, offer)
    if employer is None:
        return left_out(known, file, reason)
    service = next((one for one in running if one.employer_id == employer), running[0])
    new = _new(file, service, employer, offer)
    if new is None:
        return left_out(known, file, NO_DAYS, employer=employer)
    others = [one for one in known.contracts[file.pk] if one.employer_id != employer and _lasts(one, new.starts_on)]
    if reason := _in_the_way(known, new, others, offer):
        return left_out(known, file, reason, employer=employer)
    made, notes = agreed(new, offer.terms, known.term_of(file.pk, employer, new.starts_on))
    if made is None:
        return left_out(known, file, notes[0], employer=employer)
    told = OTHER_ENDS if offer.ends_others else OTHER_RUNS
    beside = tuple(fill(told, {"employer": known.name_of(one.employer_id), "span": span(one)}) for one in others)
    ending = tuple(one.pk for one in others) if offer.ends_others else ()
    name = known.name_of(employer)
    return Row(file.pk, file.name, file.unit.name, name, "", made, ending=ending, notes=(*notes, *beside))


def _employer(running: Sequence[Assignment], offer: Offer) -> tuple[int | None, StrOrPromise]:
    if offer.employer:
        return offer.employer.pk, ""
    named = {one.employer_id for one in running if one.employer_id}
    if len(named) == 1:
        return named.pop(), ""
    return None, TWO_EMPLOYERS if named else NO_EMPLOYER


def _new(file: Member, service: Assignment, employer: int, offer: Offer) -> Contract | None:
    """The contract as offered; None where the roster does not say from when until when."""
    kind = offer.terms.kind or Contract.Kind.FIXED.value
    start, end, signed_on = offer.starts_on, None, offer.terms.signed_on
    if start is None:
        start, until = service.contract_from, service.contract_until
        end = until and until + timedelta(days=1)
        signed_on = start if offer.is_signed else None
        if start is None or (end is None and kind in Contract.FIXED_TERMS):
            return None
    else:
        end = offer.terms.end_of(kind, start)
    return Contract(
        member_id=file.pk, unit_id=file.unit_id, employer_id=employer, kind=kind, starts_on=start, ends_on=end,
        signed_on=signed_on, recruiter_id=service.recruiter_id, using_unit_id=service.using_unit_id,
    )  # fmt: skip


def _in_the_way(known: Known, new: Contract, others: Sequence[Contract], offer: Offer) -> StrOrPromise:
    same = overlapping(known.contracts[new.member_id], new.employer_id, new.starts_on, new.ends_on)
    if same:
        return fill(THERE_ALREADY if same.signed_on else NOT_SIGNED_YET, {"span": span(same)})
    if offer.ends_others and (later := next((one for one in others if one.starts_on >= new.starts_on), None)):
        return fill(OTHER_BEGINS, {"span": span(later)})
    return ""


def _lasts(contract: Contract, start: date) -> bool:
    """Whether it is in force on that day or later."""
    return contract.over_on is None or contract.over_on > start
