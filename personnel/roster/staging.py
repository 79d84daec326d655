"""Rosters between upload and confirmation: sealed lines in the database, for their sender's eyes and for a day."""

from django.db import connection
from django.utils import timezone

from organization import rights
from organization.models import Account
from organization.scope import GATE, current, entered
from personnel import bulk
from personnel.bulk import uncollected
from personnel.models import Force, RosterImport, StagedLine, StagedRoster
from personnel.roster import keeping, prepared, staged_lines, verdicts
from personnel.roster.committing import NotCommitted, describe
from personnel.roster.examination import REFUSALS, Examined, cleaned_with, examine
from personnel.roster.keeping import Said
from personnel.roster.recording import without_numbers
from personnel.roster.shapes import Cell, Question, Row
from personnel.roster.source import Source, Tell
from personnel.roster.steps import Plan
from personnel.roster.terms import Terms


def terms_of(account: Account, unit: int, force: str = "", *, is_whole: bool = False, answers=None) -> Terms:
    """What an account may import into a unit of its range, today."""
    forces = rights.FORCES_WRITTEN.get(account.role or "", ())
    return Terms(
        today=timezone.localdate(),
        unit=unit,
        forces=forces,
        force=force or _usual_force(account.role or ""),
        is_whole=is_whole,
        answers=answers or {},
        force_names=dict(Force.choices),
    )


def _usual_force(role: str) -> str:
    """Villages and towns send their joint defence; what personnel offices send has to be said."""
    return Force.JOINT_DEFENCE.value if role in ("clerk", "staff") else ""


def record(source: Source, terms: Terms, account: Account) -> RosterImport:
    """A record of the file, not imported yet."""
    return RosterImport.objects.create(
        unit_id=terms.unit,
        account=account.pk,
        account_name=account.name,
        file_name=source.name[-200:],
        sha256=source.sha256,
        size=source.size,
        force=terms.force,
        is_whole=terms.is_whole,
        answers=dict(terms.answers),
    )


@uncollected()
def stage(source: Source, roster: RosterImport, examined: Examined) -> None:
    """Keep the lines of all tables, sealed, with what was judged of them, and put that into the record."""
    describe(roster, examined)
    places = {table.sheet: place for place, table in enumerate(source.layout.tables)}
    steps, cleaned = examined.plan.steps, _Cleaned()
    have_rows = list(map(verdicts.needs_a_row, steps))
    ready = prepared.begin(roster, examined)

    def said(first: int, last: int) -> Said:
        some = steps[first:last]
        own = [at for at, has_row in enumerate(have_rows[first:last]) if has_row]
        # What is decided is kept as the rows that will be written: its values are not needed again.
        kept = [None] * len(some) if ready.is_decided else [cleaned.values(step.row) for step in some]
        rows = verdicts.of_rows(places, [some[at] for at in own])
        return Said(verdicts.of_blocks(places, some), own, rows, kept)

    with connection.cursor() as cursor, bulk.Writer() as writer:
        keeping.keep(source, roster, said, cursor, writer, own=sum(have_rows))
        prepared.put_down(ready, cursor, writer)
    known = {"with": cleaned_with(source, examined.terms), "fields": cleaned.fields}
    _note_open(roster, examined, cleaned=known, rest=staged_lines.seal_rest(source.layout.tables, roster))
    prepared.finish(ready)


def stage_unjudged(source: Source, roster: RosterImport, terms: Terms) -> None:
    """Keep the lines of all tables, sealed; they are judged later."""
    lines = [(place, line.number) for place, table in enumerate(source.layout.tables) for line in table.lines]
    described = Examined(source, terms, Plan([]), [{} for _table in source.layout.tables])
    describe(roster, described)
    roster.counts = {"rows": len(lines)}

    def unjudged(first: int, last: int) -> Said:
        sheets, numbers = zip(*lines[first:last], strict=True)
        nothing = [""] * len(sheets)
        lists = verdicts.blocks(sheets, numbers, nothing, nothing, [None] * len(sheets))
        return Said(lists, [], {}, [None] * len(sheets))

    with connection.cursor() as cursor, bulk.Writer() as writer:
        keeping.keep(source, roster, unjudged, cursor, writer, own=0)
    _note_open(roster, described, rest=staged_lines.seal_rest(source.layout.tables, roster))


class _Cleaned:
    """The values of plain rows as they are kept with the lines, without the fields' names, which are the table's."""

    def __init__(self) -> None:
        self.fields: dict[str, list[str]] = {}

    def values(self, row: Row) -> list | None:
        """None where something was said of the row: it is cleaned again, so that it is said again."""
        if not row.is_plain:
            return None
        fields = list(row.values)
        return list(row.values.values()) if self.fields.setdefault(row.sheet, fields) == fields else None


def note(roster: RosterImport, examined: Examined) -> None:
    """Write what was judged beside the staged lines."""
    places = {sheet["name"]: place for place, sheet in enumerate(examined.sheets())}
    with connection.cursor() as cursor:
        verdicts.note(cursor, roster, places, examined.plan.steps)
    describe(roster, examined)
    _note_open(roster, examined)
    prepared.keep(roster, examined)


def _note_open(roster: RosterImport, examined: Examined, **of_the_file) -> None:
    roster.save(update_fields=["sheets", "counts", "notices", "answers"])
    found = {"questions": [asked(one) for one in examined.questions], "leavers": examined.plan.leavers} | of_the_file
    whose = {"unit_id": roster.unit_id, "actor": current().actor}
    StagedRoster.objects.update_or_create(roster=roster, defaults=found, create_defaults=found | whose)


def asked(question: Question) -> dict:
    """A question as pages and scripts are told it."""
    choices = [{"value": choice.value, "text": str(choice.text)} for choice in question.choices]
    return {"id": question.id, "sheet": question.sheet, "row": question.row, "column": question.column,
            "code": question.code, "text": without_numbers(str(question.message)), "choices": choices}  # fmt: skip


def correct(line: StagedLine, cells: list[Cell]) -> None:
    """Keep other cells for a line, and take it in again if it was left out.

    Lines below it may have taken values from it, so all are cleaned anew.
    """
    row = verdicts.own_row(line)
    row.cells = staged_lines.seal(cells, row.pk)
    row.is_corrected, row.is_skipped, row.refusal, row.effect = True, False, "", ""
    row.save(update_fields=["cells", "is_corrected", "is_skipped", "refusal", "effect"])
    StagedRoster.objects.filter(roster=line.roster_id).update(cleaned={})


def leave_out(line: StagedLine) -> bool:
    """Leave a line out, or take it back in; whether it is left out now."""
    row = verdicts.own_row(line)
    row.is_skipped = not row.is_skipped
    row.save(update_fields=["is_skipped"])
    return row.is_skipped


def note_refusal(roster: RosterImport, refusal: NotCommitted) -> None:
    """Keep what a commit found out: rows that the database refused, or the roster as it is judged now."""
    if refusal.examined is None:
        return
    if refusal.code in REFUSALS:
        names = {sheet["name"]: place for place, sheet in enumerate(roster.sheets)}
        verdicts.refuse(roster, [(names[sheet], number) for sheet, number in refusal.rows], refusal.code)
        rows = staged_lines.rows_of(roster)
        source, terms = staged_lines.source_of(roster, rows), refusal.examined.terms
        note(roster, examine(source, terms, staged_lines.marks(roster, rows)))
    else:
        note(roster, refusal.examined)


def clear_expired() -> None:
    """Delete what was staged more than a day ago; nobody sees it any more. The gate deletes without looking."""
    with entered(GATE), connection.cursor() as cursor:
        cursor.execute("DELETE FROM personnel_stagedrow")
        cursor.execute("DELETE FROM personnel_stagedblock")
        cursor.execute("DELETE FROM personnel_stagedwrite")
        cursor.execute("DELETE FROM personnel_stagedroster")


def is_kept(roster: RosterImport) -> bool:
    """Whether the lines still wait: they go when the roster is given up, and after a day."""
    return StagedRoster.objects.filter(roster=roster).exists()


def put_away(roster: RosterImport) -> None:
    """Give a roster up: its lines go at once, and with them what is known of them."""
    roster.own_rows.all().delete()
    roster.blocks.all().delete()
    StagedRoster.objects.filter(roster=roster).delete()
    roster.counts, roster.notices = {}, []
    roster.sheets = [sheet | {"notices": []} for sheet in roster.sheets]
    roster.save(update_fields=["counts", "notices", "sheets"])


def clear(roster: RosterImport) -> None:
    """After the commit only lines that were left behind stay, to be corrected elsewhere; they have their own cells."""
    roster.own_rows.exclude(fate__in=prepared.LEFT).delete()
    roster.blocks.all().delete()
    StagedRoster.objects.filter(roster=roster).delete()


def judge_again(roster: RosterImport, account: Account, tell: Tell | None = None) -> Examined:
    """Judge the staged lines as they are now, and note what comes of it."""
    rows = staged_lines.rows_of(roster)
    source = staged_lines.source_of(roster, rows)
    examined = examine(source, terms_for(roster, account), staged_lines.marks(roster, rows), tell=tell)
    note(roster, examined)
    return examined


def terms_for(roster: RosterImport, account: Account) -> Terms:
    return terms_of(account, roster.unit_id, roster.force, is_whole=roster.is_whole, answers=roster.answers)
