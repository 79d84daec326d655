"""What a plan knows of people, and a row of it: the contract that would be written, or why there is none."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from organization import rights
from organization.models import Account, Employer
from organization.refusal import StrOrPromise, fill
from personnel.bulk_edit.planning import is_written_by, runs
from personnel.contracts.terms import KEEP, OPEN, OPEN_ENDED, Terms, is_third
from personnel.models import Assignment, Contract, Member
from personnel.models.contract import DISPATCH_YEARS, MISTAKE, SIGNING_MONTHS
from personnel.spans import months_after, years_after

ERASED = _("the file was erased")
NOT_YOURS = _("not of a force that you write")
SERVES_NOT = _("serves nowhere here today")
THIRD_TERM = _("it would be fixed term no. %(term)d in a row: an open-ended contract may be claimed (art. 14)")
LATE = _("signed more than a month after the beginning (art. 82)")
SHORT_DISPATCH = _("a dispatch contract runs for two years at least (art. 58)")
EMPLOYER_HIDDEN = _("an employer in another place")


@dataclass(frozen=True)
class Row:
    """A person: the contract that would be written and those that would end for it, or why there is none."""

    member: int
    name: str
    unit: str
    employer: str
    before: str = ""
    contract: Contract | None = None
    ending: tuple[int, ...] = ()
    notes: tuple[StrOrPromise, ...] = ()
    skipped: StrOrPromise = ""

    @property
    def after(self) -> str:
        return span(self.contract) if self.contract else ""

    @property
    def kind(self) -> str:
        return str(Contract.Kind(self.contract.kind).label) if self.contract else ""


class Known:
    """Files, services and contracts of people, in four questions, and the names of the employers in sight."""

    def __init__(self, members: Iterable[int], account: Account) -> None:
        keys = {*members}
        self.ours = rights.FORCES_WRITTEN.get(account.role or "", ())
        self.files = Member.objects.filter(pk__in=keys).select_related("unit").in_bulk()
        self.services: dict[int, list[Assignment]] = defaultdict(list)
        for service in Assignment.objects.filter(member__in=keys).order_by("id"):
            self.services[service.member_id].append(service)
        self.contracts: dict[int, list[Contract]] = defaultdict(list)
        for contract in Contract.objects.meant().filter(member__in=keys).order_by("starts_on", "id"):
            self.contracts[contract.member_id].append(contract)
        named = {each.employer_id for each in (*_all(self.services), *_all(self.contracts))}
        self.employers = dict(Employer.objects.filter(pk__in=named - {None}).values_list("pk", "name"))

    def in_order(self) -> list[Member]:
        return sorted(self.files.values(), key=lambda file: (file.unit_id, file.pk))

    def name_of(self, employer: int | None) -> str:
        return self.employers.get(employer, str(EMPLOYER_HIDDEN)) if employer else ""

    def refusal(self, file: Member, day: date) -> StrOrPromise:
        """Why nothing is written for this person whatever is asked, or ""."""
        if file.erased_on:
            return ERASED
        if not self.is_ours(file):
            return NOT_YOURS
        return "" if self.running(file.pk, day) else SERVES_NOT

    def is_ours(self, file: Member) -> bool:
        return file.erased_on is None and is_written_by(self.services[file.pk], self.ours)

    def running(self, member: int, day: date) -> list[Assignment]:
        """Services that run on the day, the largest first."""
        return sorted((one for one in self.services[member] if runs(one, day)), key=lambda one: (-one.share, one.pk))

    def term_of(self, member: int, employer: int, start: date) -> int:
        """Which fixed term with the employer would begin on that day."""
        before = (one for one in self.contracts[member] if one.employer_id == employer and one.starts_on < start)
        return 1 + sum(one.kind in Contract.FIXED_TERMS for one in before)


def _all(lists: dict[int, list]):
    return (each for rows in lists.values() for each in rows)


def agreed(contract: Contract, terms: Terms, term: int) -> tuple[Contract | None, tuple[StrOrPromise, ...]]:
    """The contract with what is done about a third term, and what is to be said of it; None where it is left out."""
    notes: list[StrOrPromise] = []
    if is_third(contract.kind, term):
        told = fill(THIRD_TERM, {"term": term})
        if terms.third == OPEN:
            contract.kind, contract.ends_on = OPEN_ENDED, None
        elif terms.third == KEEP:
            notes.append(told)
        else:
            return None, (told,)
    least = years_after(contract.starts_on, DISPATCH_YEARS)
    if contract.kind == Contract.Kind.DISPATCH and contract.ends_on and contract.ends_on < least:
        notes.append(SHORT_DISPATCH)
    if contract.signed_on and contract.signed_on > months_after(contract.starts_on, SIGNING_MONTHS):
        notes.append(LATE)
    return contract, tuple(notes)


def left_out(known: Known, file: Member, reason: StrOrPromise, *, employer: int | None = None, before: str = "") -> Row:
    return Row(file.pk, file.name, file.unit.name, known.name_of(employer), before, skipped=reason)


def span(contract: Contract) -> str:
    """First and last day, as people write them."""
    over = contract.over_on
    return f"{contract.starts_on} – {over - timedelta(days=1) if over else _('open-ended')}"


def digest(rows: Sequence[Row]) -> str:
    """A fingerprint of what would be written: the preview hands it back, so that exactly that is written."""
    told = [
        (row.member, one.employer_id, one.kind, one.starts_on, one.ends_on, one.signed_on, row.ending,
         one.pk, one.ended_on, one.ending, one.ending_note)
        for row in rows
        if (one := row.contract)
    ]  # fmt: skip
    return hashlib.sha256(repr(sorted(told, key=repr)).encode()).hexdigest()


def overlapping(contracts: Iterable[Contract], employer: int, start: date, end: date | None) -> Contract | None:
    """A contract with the employer that runs on a day of that span, both half-open."""
    asked = Contract(employer_id=employer, starts_on=start, ends_on=end)
    return next((one for one in contracts if one.ending != MISTAKE and one.runs_beside(asked)), None)
