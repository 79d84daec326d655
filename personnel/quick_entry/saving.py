"""The grid is imported like every roster: whole or, if that is wished, without the rows that are not right."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.models import Account, TrailEntry
from organization.refusal import Refusal
from personnel import concurrency
from personnel.models import RosterImport
from personnel.quick_entry import judged
from personnel.quick_entry.grid import Grid, GridRow, answers, source
from personnel.quick_entry.judged import JudgedRow
from personnel.roster import direct, staging
from personnel.roster.committing import NotCommitted
from personnel.roster.examination import Examined, examine
from personnel.roster.source import Source
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
        examined, roster = direct.bring_in(sheet, terms, account, partial=partial, then=_Check(grid))
    except _Overwritten as overwritten:
        outcome = _refused(sheet, terms, grid, str(overwritten))
        for number, entry in overwritten.late.items():
            judged.say_changed(outcome.rows[number], entry)
        return outcome
    except NotCommitted as refusal:
        return _refused(sheet, terms, grid, str(refusal), [number for _sheet, number in refusal.rows])
    except Refusal as refusal:
        return _refused(sheet, terms, grid, str(refusal))
    return _written(grid, roster, examined)


def _refused(sheet: Source, terms: Terms, grid: Grid, reason: str, marked: Sequence[int] = ()) -> Outcome:
    """Nothing was written. Asked again outside of what was rolled back, so that each question is on record."""
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


class _Overwritten(NotCommitted):
    """Others changed files that the rows change. `late` are their changes by row number."""

    def __init__(self, late: dict[int, TrailEntry]):
        super().__init__(
            "changed_since", gettext_lazy("Rows were changed by somebody else since you opened this page.")
        )
        self.late = late


@dataclass(frozen=True)
class _Check:
    """Has anybody changed a file since its row was loaded? By now the import holds it: nobody comes in between."""

    grid: Grid

    def __call__(self, examined: Examined, roster: RosterImport) -> None:
        versions = {row.number: row.version for row in self.grid.touched if row.version}
        changed = {step.member_id: step.row.number for step in examined.plan.steps if step.fate == "change"}
        seen = {member: versions[number] for member, number in changed.items() if number in versions}
        found = concurrency.changed_since(seen, own_batch=str(roster.pk))
        if found:
            raise _Overwritten({changed[member]: entry for member, entry in found.items()})
