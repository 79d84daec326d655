"""Rosters between upload and confirmation: sealed lines in the database, for their sender's eyes and for a day."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from organization import rights
from organization.keyring import sealer
from organization.models import Account
from organization.scope import GATE, current, entered
from personnel import bulk
from personnel.models import Force, RosterImport, StagedRoster, StagedRow
from personnel.roster import values
from personnel.roster.committing import NotCommitted, describe
from personnel.roster.examination import REFUSALS, Examined, Marks, Place, Source, Tell, examine
from personnel.roster.judging import Plan, Step
from personnel.roster.recording import told, without_numbers
from personnel.roster.shapes import Cell, CellError, Column, Layout, Line, Question, Table
from personnel.roster.terms import Terms

TABLE, COLUMN = StagedRow._meta.db_table, "cells_sealed"


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


def stage(source: Source, roster: RosterImport, examined: Examined) -> None:
    """Keep the lines of all tables, sealed, with what was judged of them."""
    places = {table.sheet: place for place, table in enumerate(source.layout.tables)}
    _keep(source, roster, (judged(places[step.row.sheet], step) for step in examined.plan.steps))
    _note_open(roster, examined)


def stage_unjudged(source: Source, roster: RosterImport, terms: Terms) -> None:
    """Keep the lines of all tables, sealed; they are judged later."""
    lines = [(place, line.number) for place, table in enumerate(source.layout.tables) for line in table.lines]
    described = Examined(source, terms, Plan([]), [{} for _table in source.layout.tables])
    describe(roster, described)
    roster.counts = {"rows": len(lines)}
    _keep(source, roster, ([place, number, "", "", None, "[]", "{}"] for place, number in lines))
    _note_open(roster, described)


def _keep(source: Source, roster: RosterImport, said: Iterable[list]) -> None:
    lines = [line for table in source.layout.tables for line in table.lines]
    columns = ["id", "roster_id", "unit_id", "actor", "staged_at", "is_skipped", "is_corrected", "refusal", COLUMN,
               *JUDGED]  # fmt: skip
    now, actor = timezone.now().isoformat(), current().actor
    with connection.cursor() as cursor:
        keys = bulk.keys(cursor, StagedRow, len(lines))
        text = bulk.text_of(
            [key, roster.pk, roster.unit_id, actor, now, False, False, "", seal(line.cells, key), *columns_said]
            for key, line, columns_said in zip(keys, lines, said, strict=True)
        )
        bulk.insert(cursor, TABLE, columns, text)


def note(roster: RosterImport, examined: Examined) -> None:
    """Write what was judged beside the staged lines; lines that are judged as before are left alone."""
    places = {sheet["name"]: place for place, sheet in enumerate(examined.sheets())}
    text = bulk.text_of(judged(places[step.row.sheet], step) for step in examined.plan.steps)
    with connection.cursor() as cursor, bulk.staged(cursor, TABLE, JUDGED, text):
        cursor.execute(
            "UPDATE personnel_stagedrow t SET fate = s.fate, effect = s.effect, member_id = s.member_id,"
            " findings = s.findings, changes = s.changes FROM bulk_stage s"
            " WHERE t.roster_id = %s AND t.sheet = s.sheet AND t.number = s.number"
            " AND (t.fate, t.effect, t.findings) IS DISTINCT FROM (s.fate, s.effect, s.findings)",
            [roster.pk],
        )
    describe(roster, examined)
    _note_open(roster, examined)


JUDGED = ["sheet", "number", "fate", "effect", "member_id", "findings", "changes"]


def judged(place: int, step: Step) -> list:
    """The columns JUDGED of a staged line."""
    findings, changes = step.row.findings, old_and_new(step) if step.fate == "change" else None
    return [
        place, step.row.number, step.fate, step.effect, step.member.id if step.member else None,
        json.dumps([told(one) for one in findings], ensure_ascii=False) if findings else "[]",
        json.dumps(changes, ensure_ascii=False) if changes else "{}",
    ]  # fmt: skip


def _note_open(roster: RosterImport, examined: Examined) -> None:
    roster.save(update_fields=["sheets", "counts", "notices", "answers"])
    found = {"questions": [asked(one) for one in examined.questions], "leavers": examined.plan.leavers}
    whose = {"unit_id": roster.unit_id, "actor": current().actor}
    StagedRoster.objects.update_or_create(roster=roster, defaults=found, create_defaults=found | whose)


def asked(question: Question) -> dict:
    """A question as pages and scripts are told it."""
    choices = [{"value": choice.value, "text": str(choice.text)} for choice in question.choices]
    return {"id": question.id, "sheet": question.sheet, "row": question.row, "column": question.column,
            "code": question.code, "text": without_numbers(str(question.message)), "choices": choices}  # fmt: skip


def note_refusal(roster: RosterImport, refusal: NotCommitted) -> None:
    """Keep what a commit found out: rows that the database refused, or the roster as it is judged now."""
    if refusal.examined is None:
        return
    if refusal.code in REFUSALS:
        names = {sheet["name"]: place for place, sheet in enumerate(roster.sheets)}
        for sheet, number in refusal.rows:
            roster.staged.filter(sheet=names[sheet], number=number).update(refusal=refusal.code, fate="reject")
        rows = rows_of(roster)
        source, terms = source_of(roster, rows), refusal.examined.terms
        note(roster, examine(source, terms, marks(roster, rows)))
    else:
        note(roster, refusal.examined)


def clear_expired() -> None:
    """Delete what was staged more than a day ago; nobody sees it any more. The gate deletes without looking."""
    with entered(GATE), connection.cursor() as cursor:
        cursor.execute("DELETE FROM personnel_stagedrow")
        cursor.execute("DELETE FROM personnel_stagedroster")


def clear(roster: RosterImport) -> None:
    """After the commit only the lines that were left behind stay, to be corrected elsewhere."""
    roster.staged.exclude(fate__in=["reject", "ask"]).delete()
    StagedRoster.objects.filter(roster=roster).delete()


class StagedLine(NamedTuple):
    """What is needed of a staged line to judge it again: a tenth of the time of an instance."""

    pk: int
    sheet: int
    number: int
    cells: bytes | memoryview
    is_skipped: bool
    effect: str
    refusal: str


def source_of(roster: RosterImport, rows: Iterable[StagedLine]) -> Source:
    """The file again, from its staged lines."""
    tables = [
        Table(
            sheet["name"],
            sheet["header_row"],
            [Column(index, header) for index, header, _field in sheet["columns"]],
            [],
            [tuple(each) for each in sheet["merged"]],
        )
        for sheet in roster.sheets
        if sheet["skipped"] is None
    ]
    for row in rows:
        tables[row.sheet].lines.append(Line(row.number, open_cells(row)))
    has_1904_dates = any(sheet["has_1904_dates"] for sheet in roster.sheets)
    return Source(roster.file_name, roster.sha256, roster.size, Layout(tables), has_1904_dates)


def rows_of(roster: RosterImport) -> list[StagedLine]:
    rows = roster.staged.order_by("sheet", "number").values_list(
        "pk", "sheet", "number", "cells", "is_skipped", "effect", "refusal"
    )
    return [StagedLine(*row) for row in rows]


def judge_again(roster: RosterImport, account: Account, tell: Tell | None = None) -> Examined:
    """Judge the staged lines as they are now, and note what comes of it."""
    rows = rows_of(roster)
    source = source_of(roster, rows)
    examined = examine(source, terms_for(roster, account), marks(roster, rows), tell=tell)
    note(roster, examined)
    return examined


def terms_for(roster: RosterImport, account: Account) -> Terms:
    return terms_of(account, roster.unit_id, roster.force, is_whole=roster.is_whole, answers=roster.answers)


def marks(roster: RosterImport, rows: Iterable[StagedLine]) -> Marks:
    names = [sheet["name"] for sheet in roster.sheets]
    return Marks(
        frozenset((names[row.sheet], row.number) for row in rows if row.is_skipped),
        {(names[row.sheet], row.number): row.refusal for row in rows if row.refusal},
    )


def effects(roster: RosterImport, rows: Iterable[StagedLine]) -> dict[Place, str]:
    return {(roster.sheets[row.sheet]["name"], row.number): row.effect for row in rows}


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


# --- cells ------------------------------------------------------------------------------------------------------------


def seal(cells: list[Cell], key: int) -> bytes:
    text = json.dumps([_spelled(cell) for cell in cells], ensure_ascii=False, separators=(",", ":"))
    return sealer().seal(text, table=TABLE, column=COLUMN, row=key)


def open_cells(row: StagedLine | StagedRow) -> list[Cell]:
    text = sealer().open(row.cells, table=TABLE, column=COLUMN, row=row.pk)
    return [_read(cell) for cell in json.loads(text)]


def _spelled(cell: Cell) -> Any:
    if isinstance(cell, date):
        return {"d": cell.isoformat()}
    return {"e": cell.text} if isinstance(cell, CellError) else cell


def _read(cell: Any) -> Cell:
    if isinstance(cell, Mapping):
        return date.fromisoformat(cell["d"]) if "d" in cell else CellError(cell["e"])
    return cell
