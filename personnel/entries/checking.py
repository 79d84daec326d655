"""Recording background checks, of people in the register and of those who are to be taken in, and taking them back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils.translation import gettext_lazy as _

from organization.models import Account
from organization.refusal import Refusal
from personnel.bulk import keys
from personnel.models import Assignment, BackgroundCheck, Entry, Member

DECIDED = _("This entry was decided already; a check is recorded in the file of the person.")
NOBODY = _("This person never served; nobody is to be checked.")
TAKEN_BACK = _("This check was taken back already.")


class CheckingRefused(Refusal):
    """Nothing was recorded. Codes: decided, nobody, taken_back."""


@dataclass(frozen=True)
class Found:
    """What a check is recorded by: outcome and number of the paper, never what was found."""

    checked_on: date
    office: str
    outcome: str
    document: str


def of_entry(entry: Entry, found: Found, recorder: Account) -> BackgroundCheck:
    """Record a check of somebody who is to be taken in. Raises CheckingRefused."""
    if not Entry.objects.open().select_for_update(of=("self",)).filter(pk=entry.pk).exists():
        raise CheckingRefused("decided", DECIDED)
    return _record(recorder, vars(found) | {"unit_id": entry.unit_id, "entry": entry, "force": entry.force})


def of_member(member: Member, found: Found, recorder: Account) -> BackgroundCheck:
    """Record a check of somebody in the register, for the force they serve or served in. Raises CheckingRefused."""
    last = Assignment.objects.filter(member=member).latest_first().first()
    if last is None:
        raise CheckingRefused("nobody", NOBODY)
    return _record(recorder, vars(found) | {"unit_id": member.unit_id, "member_id": member.pk, "force": last.force})


def take_back(check: BackgroundCheck, reason: str, today: date, recorder: Account) -> None:
    """Say that a check was recorded wrongly: it stays on record, and counts no more. Raises CheckingRefused.

    Pressed twice, the second time finds it taken back.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('background_check', %s))", [check.pk])
    if not BackgroundCheck.objects.standing().filter(pk=check.pk).exists():
        raise CheckingRefused("taken_back", TAKEN_BACK)
    whose = {"unit_id": check.unit_id, "member_id": check.member_id, "entry_id": check.entry_id, "force": check.force}
    _record(recorder, whose | {"takes_back": check, "checked_on": today, "reason": reason})


def _record(recorder: Account, values: Mapping) -> BackgroundCheck:
    with connection.cursor() as cursor:
        (key,) = keys(cursor, BackgroundCheck, 1)  # drawn before: what is sealed is bound to it
    return BackgroundCheck.objects.create(id=key, recorded_by=recorder.pk, recorder_name=recorder.name, **values)


def checks_of(**whose) -> list[BackgroundCheck]:
    """The checks of an entry (`entry=`) or of a member (`member_id=`), newest first; `is_taken_back` says why not."""
    found = list(BackgroundCheck.objects.filter(**whose).latest_first())
    reasons = {each.takes_back_id: each.reason for each in found if each.takes_back_id}
    for each in found:
        each.is_taken_back = reasons.get(each.pk, "")
    return [each for each in found if not each.takes_back_id]


def latest(entry: Entry) -> BackgroundCheck | None:
    """The check that counts for an entry."""
    return BackgroundCheck.objects.standing().filter(entry=entry).latest_first().first()


def told_outcomes(checks: list[BackgroundCheck]) -> str:
    """What is revealed of checks: day, office, outcome, number of the paper."""
    outcomes = dict(BackgroundCheck.Outcome.choices)
    return "；".join(
        " ".join([str(each.checked_on), each.office, str(outcomes[str(each.outcome)]), str(each.document)])
        for each in checks
        if not getattr(each, "is_taken_back", "")
    )
