"""The grid is imported like every roster: whole or, if that is wished, without the rows that are not right."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from organization import events
from organization.models import Account
from organization.refused_by_database import sentence
from personnel import concurrency
from personnel.models import RosterImport
from personnel.quick_entry import judged
from personnel.quick_entry.grid import Grid, GridRow, answers, source
from personnel.quick_entry.judged import JudgedRow
from personnel.roster import committing, staging
from personnel.roster.committing import NotCommitted, Wish
from personnel.roster.examination import Examined, Source, examine
from personnel.roster.terms import Terms


@dataclass
class Outcome:
    """`roster` is the record of the import, None where nothing was written, and then `said` says why. `rows` are the
    judged rows by number, `rest` those that are still to be put right."""

    roster: RosterImport | None = None
    said: str = ""
    rows: dict[int, JudgedRow] = field(default_factory=dict)
    rest: list[GridRow] = field(default_factory=list)


def save(grid: Grid, account: Account, *, partial: bool = False) -> Outcome:
    """Import what was typed or changed. Nothing raises: what is wrong is said."""
    rows = grid.touched
    if not rows:
        return Outcome(said=_("Nothing was typed or changed yet."))
    terms = staging.terms_of(account, grid.unit, grid.force, answers=answers(grid))
    sheet = source(grid, rows)
    # Other units are asked about last, when nothing else is in the way: no miss then goes without a file.
    first = examine(sheet, terms, elsewhere=lambda digests: [])
    if _is_in_the_way(first, partial=partial):
        return Outcome(
            said=_("Nothing was saved yet. Put right what is marked, then save again."), rows=judged.judged(first, grid)
        )
    try:
        roster, examined = _committed(sheet, terms, grid, account, partial=partial)
    except _Overtaken as overtaken:
        outcome = _refused(sheet, terms, grid, _("Rows were changed by somebody else since you opened this page."))
        for number, entry in overtaken.late.items():
            judged.say_changed(outcome.rows[number], entry)
        return outcome
    except NotCommitted as refusal:
        return _refused(sheet, terms, grid, str(refusal), [number for _sheet, number in refusal.rows])
    except DatabaseError as error:
        reason = sentence(error)
        if reason is None:
            raise
        return _refused(sheet, terms, grid, str(reason))
    return _written(grid, roster, examined)


def _committed(sheet: Source, terms: Terms, grid: Grid, account: Account, *, partial: bool):
    """(record, what was written), in one go."""
    with transaction.atomic():
        roster = staging.record(sheet, terms, account)
        examined = committing.commit(sheet, terms, roster, Wish(partial=partial))
        if late := _overtaken(grid, examined, roster):
            raise _Overtaken(late)
    return roster, examined


def _refused(sheet: Source, terms: Terms, grid: Grid, reason: str, marked: Sequence[int] = ()) -> Outcome:
    """Nothing was written. Asked again outside of what was rolled back, so that each question is on record."""
    events.record("import_failed", unit=terms.unit, reason=reason, sha256=sheet.sha256)
    rows = judged.judged(examine(sheet, terms), grid)
    for number in marked:
        rows[number].say("id_number", "problem", reason)
    return Outcome(said=_("Nothing was saved. %(reason)s") % {"reason": reason}, rows=rows)


def _is_in_the_way(examined: Examined, *, partial: bool) -> bool:
    counts = examined.plan.counts
    if partial:
        return not (counts["create"] or counts["change"])
    return bool(counts["reject"] or counts["ask"] or examined.questions)


def _written(grid: Grid, roster: RosterImport, examined: Examined) -> Outcome:
    rows = judged.judged(examined, grid)
    left = {number for number, row in rows.items() if row.fate in ("reject", "ask", "elsewhere")}
    return Outcome(roster, rows=rows, rest=[row for row in grid.touched if row.number in left])


# --- files that others changed meanwhile ------------------------------------------------------------------------------


class _Overtaken(Exception):
    """Others changed files that the rows change: {row number: trail entry}."""

    def __init__(self, late):
        super().__init__()
        self.late = late


def _overtaken(grid: Grid, examined: Examined, roster: RosterImport) -> dict:
    """The commit holds the files by now, so nobody comes in between."""
    versions = {row.number: row.version for row in grid.touched if row.version}
    changed = {step.member_id: step.row.number for step in examined.plan.steps if step.fate == "change"}
    seen = {member: versions[number] for member, number in changed.items() if number in versions}
    found = concurrency.changed_since(seen, own_batch=str(roster.pk))
    return {changed[member]: entry for member, entry in found.items()}
