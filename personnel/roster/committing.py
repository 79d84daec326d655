"""The last step of an import: judged again under locks, then written whole or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from organization import events
from organization.refusal import Refusal
from organization.scope import current, entered
from personnel.bulk import uncollected
from personnel.models import RosterImport
from personnel.roster import answers, examination, merging, prepared, recording
from personnel.roster.examination import REFUSALS, Examined
from personnel.roster.source import NO_MARKS, Marks, Place, Source, Tell
from personnel.roster.steps import Step
from personnel.roster.terms import Terms


class NotCommitted(Refusal):
    """Nothing was written. `examined` is the roster as it stands now, `rows` are those concerned.

    Codes: already_imported, changed_since, nothing_good, open_rows, registered_meanwhile, serves_already.
    """

    def __init__(self, code, message, examined: Examined | None = None, rows=(), **params):
        super().__init__(code, message, **params)
        self.examined, self.rows = examined, tuple(rows)


@dataclass(frozen=True)
class Wish:
    """How to commit: `partial` leaves out the rows that cannot be imported; `seen` are the effects that were previewed,
    by (sheet, row), or None where nobody has looked."""

    partial: bool = False
    seen: Mapping[Place, str] | None = None
    marks: Marks = NO_MARKS


@uncollected()
def commit(source: Source, terms: Terms, roster: RosterImport, wish: Wish, tell: Tell | None = None) -> Examined:
    """Write the roster in the caller's transaction, in which its row is locked. Raises NotCommitted.

    `tell` is told how many rows have been judged.
    """
    if roster.committed_at:
        raise NotCommitted("already_imported", _("This roster was imported already."))
    examined = examination.examine(source, terms, wish.marks, lock=True, tell=tell)
    if wish.seen is not None and (changed := _changed(examined, wish.seen)):
        message = _("Rows were changed by somebody else since the preview; please look at them again.")
        raise NotCommitted("changed_since", message, examined, changed)
    counts = examined.plan.counts
    if not wish.partial and (counts["reject"] or counts["ask"] or examined.questions):
        message = _("Some rows cannot be imported yet: correct them, answer the questions, or leave them out.")
        raise NotCommitted("open_rows", message, examined)
    if not has_good(counts):
        message = _("No row of it can be imported; correct the rows first.")
        raise NotCommitted("nothing_good", message, examined)
    describe(roster, examined)
    try:
        with entered(replace(current(), batch=str(roster.pk))), transaction.atomic():
            merging.merge(examined.plan, roster)
            _close(roster)
    except merging.Overtaken as overtaken:
        raise _overtaken(overtaken.code, overtaken.steps, examined) from overtaken
    except IntegrityError as error:
        if steps := merging.refused(examined.plan):
            raise _overtaken(merging.LOST[merging.SERVICE], steps, examined) from error
        raise
    answers.remember(source.layout.tables, terms, examination.answered(source, terms) if terms.answers else [])
    return examined


def _overtaken(code: str, steps: Sequence[Step], examined: Examined) -> NotCommitted:
    return NotCommitted(code, REFUSALS[code], examined, [(step.row.sheet, step.row.number) for step in steps])


def commit_prepared(roster: RosterImport, terms: Terms, *, partial: bool, tell: Tell | None = None) -> bool:
    """Write the roster as it was prepared at the preview, in the caller's transaction, in which its row is locked.

    False when something is different since, or the database refused it: nothing was written, it has to be judged again.
    So it is where rows cannot be imported and are not to be left out (`partial`): the refusal has to say which. `tell`
    is told that all rows are judged.
    """
    is_wanted = has_good(roster.counts) if partial else not roster.counts.get("reject")
    if roster.committed_at or not is_wanted or not prepared.holds(roster, terms):
        return False
    if tell is not None:
        tell(roster.counts["rows"])
    try:
        with entered(replace(current(), batch=str(roster.pk))), transaction.atomic():
            prepared.write(roster)
            _close(roster)
    except (merging.Lost, DatabaseError):
        if connection.connection is None or connection.connection.closed:
            raise
        return False
    return True


def has_good(counts: Mapping[str, int]) -> bool:
    """Whether anything is left when the rows that cannot be imported are; a file without rows is none the worse."""
    settled = sum(counts.get(fate, 0) for fate in ("create", "change", "unchanged", "skip"))
    return bool(settled) or not (counts.get("reject") or counts.get("ask"))


def _changed(examined: Examined, seen: Mapping[Place, str]) -> list[Place]:
    steps = {(step.row.sheet, step.row.number): step.effect for step in examined.plan.steps}
    return [place for place, effect in steps.items() if seen.get(place) != effect]


def describe(roster: RosterImport, examined: Examined) -> None:
    """Put what was found into the record; it is not saved here."""
    told = recording.by_sheet(examined.source.layout.notices)
    roster.sheets = [
        sheet | {"has_1904_dates": examined.source.has_1904_dates, "notices": told.get(sheet["name"], [])}
        for sheet in examined.sheets()
    ]
    roster.counts = examined.plan.counts
    roster.notices = recording.notices(examined.notices)


def _close(roster: RosterImport) -> None:
    """Count what was written, as the database has it, and say so in the record."""
    counts = roster.counts | dict(roster.rows.order_by().values_list("fate").annotate(rows=Count("*")))
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        roster.committed_at = cursor.fetchone()[0]
    roster.counts, roster.failure, roster.failed_at = counts, "", None
    roster.save(update_fields=["sheets", "notices", "answers", "counts", "committed_at", "failure", "failed_at"])
    events.record("import", unit=roster.unit_id, roster=roster.pk, **counts)
