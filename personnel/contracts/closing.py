"""Contracts ended before their time, many at once: on one last day and for one reason."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from organization.models import Account
from organization.refusal import StrOrPromise
from personnel.contracts.planning import ERASED, NOT_YOURS, Known, Row, left_out, span
from personnel.contracts.renewing import BY_MISTAKE
from personnel.contracts.writing import ContractsRefused
from personnel.models import Contract, Member
from personnel.models.contract import MISTAKE

ENDED_ALREADY = _("was ended before its time already")
NOT_BEGUN = _("begins only after that day")
OVER_BY_ITSELF = _("ends on or before that day by itself")
SERVES_ON = _("serves on after that day, and then without a contract")
REASONS = [(value, label) for value, label in Contract.Ending.choices if value != MISTAKE]
# What was ended meanwhile is not ended again, even if it was not seen.
END = """
UPDATE personnel_contract c SET ended_on = t.day, ending = t.ending, ending_note = t.note
FROM unnest(%(contracts)s::bigint[], %(days)s::date[], %(endings)s::text[], %(notes)s::text[])
  AS t (id, day, ending, note)
WHERE c.id = t.id AND c.ending = ''
"""


@dataclass(frozen=True)
class Ending:
    """The first day no longer in force, a key of Contract.Ending, and what is to be said of it."""

    day: date
    reason: str
    note: str = ""


def plan(contracts: Sequence[int], ending: Ending, account: Account) -> list[Row]:
    """A row for each contract in sight, in the order of units. A fixed number of questions; nothing is written."""
    chosen = list(Contract.objects.filter(pk__in=contracts).order_by("unit_id", "member_id", "starts_on", "id"))
    known = Known((one.member_id for one in chosen), account)
    return [_row(known, known.files[one.member_id], one, ending) for one in chosen if one.member_id in known.files]


def _row(known: Known, file: Member, old: Contract, ending: Ending) -> Row:
    before = span(old)
    if reason := _in_the_way(known, file, old, ending):
        return left_out(known, file, reason, employer=old.employer_id, before=before)
    new = copy(old)
    new.ended_on, new.ending, new.ending_note = ending.day, ending.reason, ending.note
    others = [one for one in known.contracts[file.pk] if one.pk != old.pk and one.runs_on(ending.day)]
    goes_without = known.running(file.pk, ending.day) and not others
    notes = (SERVES_ON,) if goes_without else ()
    return Row(file.pk, file.name, file.unit.name, known.name_of(old.employer_id), before, new, notes=notes)


def _in_the_way(known: Known, file: Member, old: Contract, ending: Ending) -> StrOrPromise:
    if file.erased_on:
        return ERASED
    if not known.is_ours(file):
        return NOT_YOURS
    if old.ending == MISTAKE:
        return BY_MISTAKE
    if old.ended_on:
        return ENDED_ALREADY
    if old.starts_on >= ending.day:
        return NOT_BEGUN
    return OVER_BY_ITSELF if old.ends_on and old.ends_on <= ending.day else ""


def write(rows: Sequence[Row]) -> None:
    """End the contracts of these rows. Raises ContractsRefused where not all of them can be reached."""
    ended = [row.contract for row in rows if row.contract]
    asked: dict[str, Any] = {
        "contracts": [one.pk for one in ended], "days": [one.ended_on for one in ended],
        "endings": [one.ending for one in ended], "notes": [one.ending_note for one in ended],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(END, asked)
        if cursor.rowcount != len(ended):
            raise ContractsRefused("out_of_reach", _("Not all of these are yours to change; nothing was changed."))
