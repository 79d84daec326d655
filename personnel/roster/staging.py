"""Rosters between upload and confirmation: sealed lines in the database, for their sender's eyes and for a day."""

import json
from collections.abc import Mapping, Sequence

from django.db import connection
from django.utils import timezone
from psycopg2.sql import SQL

from organization import rights
from organization.models import Account
from organization.scope import GATE, current, entered
from personnel import bulk, columns
from personnel.bulk import uncollected
from personnel.models import Force, RosterImport, StagedRoster, StagedRow
from personnel.roster import keeping, prepared, staged_lines, values
from personnel.roster.committing import NotCommitted, describe
from personnel.roster.examination import REFUSALS, Examined, Source, Tell, cleaned_with, examine
from personnel.roster.recording import findings_told, without_numbers
from personnel.roster.shapes import Cell, Question, Row
from personnel.roster.steps import Plan, Step
from personnel.roster.terms import Terms

ROWS_AT_ONCE = 4000


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
    ready = prepared.begin(roster, examined)

    def said(first: int, last: int) -> tuple[dict[str, list], list]:
        some = steps[first:last]
        # What is decided is kept as the rows that will be written: its values are not needed again.
        return judged(places, some), [None if ready.is_decided else cleaned.values(step.row) for step in some]

    with connection.cursor() as cursor, bulk.Writer() as writer:
        keeping.keep(source, roster, said, cursor, writer)
        prepared.put_down(ready, cursor, writer)
    _note_open(roster, examined, {"with": cleaned_with(source, examined.terms), "fields": cleaned.fields})
    prepared.finish(ready)


def stage_unjudged(source: Source, roster: RosterImport, terms: Terms) -> None:
    """Keep the lines of all tables, sealed; they are judged later."""
    lines = [(place, line.number) for place, table in enumerate(source.layout.tables) for line in table.lines]
    described = Examined(source, terms, Plan([]), [{} for _table in source.layout.tables])
    describe(roster, described)
    roster.counts = {"rows": len(lines)}
    said = {"fate": "", "effect": "", "member_id": None, "findings": "[]", "changes": "{}"}

    def unjudged(first: int, last: int) -> tuple[dict[str, list], list]:
        sheets, numbers = map(list, zip(*lines[first:last], strict=True))
        same = {column: [value] * len(sheets) for column, value in said.items()}
        return {"sheet": sheets, "number": numbers, **same}, [None] * len(sheets)

    with connection.cursor() as cursor, bulk.Writer() as writer:
        keeping.keep(source, roster, unjudged, cursor, writer)
    _note_open(roster, described)


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
    """Write what was judged beside the staged lines; lines that are judged as before are left alone."""
    places = {sheet["name"]: place for place, sheet in enumerate(examined.sheets())}
    with connection.cursor() as cursor:
        for first in range(0, len(examined.plan.steps), ROWS_AT_ONCE):
            rows = columns.rows_of(judged(places, examined.plan.steps[first : first + ROWS_AT_ONCE]), whole=True)
            with bulk.staged(cursor, staged_lines.TABLE, rows) as stage:
                cursor.execute(
                    SQL(
                        "UPDATE personnel_stagedrow t SET fate = s.fate, effect = s.effect, member_id = s.member_id,"
                        " findings = s.findings, changes = s.changes FROM {} s"
                        " WHERE t.roster_id = %s AND t.sheet = s.sheet AND t.number = s.number"
                        " AND (t.fate, t.effect, t.member_id, t.findings)"
                        " IS DISTINCT FROM (s.fate, s.effect, s.member_id, s.findings)"
                    ).format(stage),
                    [roster.pk],
                )
    describe(roster, examined)
    _note_open(roster, examined)
    prepared.keep(roster, examined)


def judged(places: Mapping[str, int], steps: Sequence[Step]) -> dict[str, list]:
    """Columns of staged lines: where each stands, what is to be done with it, and why not."""
    changes = [old_and_new(step) if step.fate == "change" else None for step in steps]
    return {
        "sheet": [places[step.row.sheet] for step in steps],
        "number": [step.row.number for step in steps],
        "fate": [step.fate for step in steps],
        "effect": [step.effect for step in steps],
        "member_id": [step.member.id if step.member else None for step in steps],
        "findings": [findings_told(found) if (found := step.row.findings) else "[]" for step in steps],
        "changes": [_json(change) if change else "{}" for change in changes],
    }


def _note_open(roster: RosterImport, examined: Examined, cleaned: dict | None = None) -> None:
    roster.save(update_fields=["sheets", "counts", "notices", "answers"])
    found = {"questions": [asked(one) for one in examined.questions], "leavers": examined.plan.leavers}
    if cleaned:
        found["cleaned"] = cleaned
    whose = {"unit_id": roster.unit_id, "actor": current().actor}
    StagedRoster.objects.update_or_create(roster=roster, defaults=found, create_defaults=found | whose)


def asked(question: Question) -> dict:
    """A question as pages and scripts are told it."""
    choices = [{"value": choice.value, "text": str(choice.text)} for choice in question.choices]
    return {"id": question.id, "sheet": question.sheet, "row": question.row, "column": question.column,
            "code": question.code, "text": without_numbers(str(question.message)), "choices": choices}  # fmt: skip


def correct(line: StagedRow, cells: list[Cell]) -> None:
    """Keep other cells for a line. Lines below it may have taken values from it, so all are cleaned anew."""
    line.cells = staged_lines.seal(cells, line.pk)
    line.is_corrected, line.refusal, line.effect = True, "", ""
    line.save(update_fields=["cells", "is_corrected", "refusal", "effect"])
    StagedRoster.objects.filter(roster=line.roster_id).update(cleaned={})


def note_refusal(roster: RosterImport, refusal: NotCommitted) -> None:
    """Keep what a commit found out: rows that the database refused, or the roster as it is judged now."""
    if refusal.examined is None:
        return
    if refusal.code in REFUSALS:
        names = {sheet["name"]: place for place, sheet in enumerate(roster.sheets)}
        for sheet, number in refusal.rows:
            roster.staged.filter(sheet=names[sheet], number=number).update(refusal=refusal.code, fate="reject")
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
    roster.staged.all().delete()
    roster.blocks.all().delete()
    StagedRoster.objects.filter(roster=roster).delete()
    roster.counts, roster.notices = {}, []
    roster.save(update_fields=["counts", "notices"])


def clear(roster: RosterImport) -> None:
    """After the commit only lines that were left behind stay, to be corrected elsewhere; they have their own cells."""
    roster.staged.exclude(fate__in=prepared.LEFT).delete()
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


def old_and_new(step: Step) -> dict[str, list[str]]:
    """What a change replaces by what, as people read it. Phones are told apart by digests, so they say only that."""
    found = {
        key: [values.shown(key, old) if old is not None else "", values.shown(key, new)]
        for key, (old, new) in (step.changes | step.service_changes).items()
        if key not in ("phone", "employer_id")
    }
    if "phone" in step.changes:
        old, new = step.changes["phone"][0], step.row.values["phone"]
        found["phone"] = ["***" if old else "", f"{new[:3]}***"]
    if "employer_id" in step.service_changes:
        found["employer"] = ["", values.shown("employer", step.row.values["employer"])]
    if step.member and step.new_service:
        found["started_on"] = ["", values.shown("started_on", step.new_service["started_on"])]
    return found


_json = json.JSONEncoder(ensure_ascii=False).encode
