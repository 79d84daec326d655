"""What is to be done with the lines of a roster that waits: in the block of a line, or in a row of its own.

A line of which nothing is said, of somebody who is new or as known, needs no more than a word in its block. All others
have a row of their own, and so have those that somebody corrected or left out.
"""

import json
from collections.abc import Mapping, Sequence

from django.db import connection
from psycopg2.sql import SQL

from organization.scope import current
from personnel import bulk, columns
from personnel.models import RosterImport, StagedBlock, StagedLine, StagedRow
from personnel.roster import values
from personnel.roster.recording import findings_told
from personnel.roster.staged_lines import BLOCK, LINES_A_BLOCK, TABLE
from personnel.roster.steps import Step

_SAID_BY_THE_BLOCK = frozenset(("create", "unchanged"))
UNTOUCHED = {"is_skipped": False, "is_corrected": False, "refusal": ""}


def needs_a_row(step: Step) -> bool:
    """Whether the block cannot say what is to be done with a line."""
    return step.fate not in _SAID_BY_THE_BLOCK or bool(step.row.findings)


def of_blocks(places: Mapping[str, int], steps: Sequence[Step]) -> dict[str, list[str]]:
    """The lists of the blocks of these lines, a text of each list for each block."""
    return blocks(
        [places[step.row.sheet] for step in steps],
        [step.row.number for step in steps],
        [step.fate for step in steps],
        [step.effect for step in steps],
        [step.member.id if step.member else None for step in steps],
    )


def blocks(
    sheets: Sequence[int], numbers: Sequence[int], fates: Sequence[str], effects: Sequence[str], members: Sequence
) -> dict[str, list[str]]:
    """The lists of the blocks of lines of which this is known."""
    lists = {"sheets": sheets, "numbers": numbers, "fates": fates, "effects": effects, "members": members}
    starts = range(0, len(sheets), LINES_A_BLOCK)
    return {
        name: [columns.array([*each[start : start + LINES_A_BLOCK]]) for start in starts]
        for name, each in lists.items()
    }


def of_rows(places: Mapping[str, int], steps: Sequence[Step]) -> dict[str, list]:
    """The columns of lines' own rows."""
    return {
        "sheet": [places[step.row.sheet] for step in steps],
        "number": [step.row.number for step in steps],
        "fate": [step.fate for step in steps],
        "effect": [step.effect for step in steps],
        "member_id": [step.member.id if step.member else None for step in steps],
        "findings": [findings_told(step.row.findings) for step in steps],
        "changes": [_json(old_and_new(step)) if step.fate == "change" else "{}" for step in steps],
    }


def note(cursor, roster: RosterImport, places: Mapping[str, int], steps: Sequence[Step]) -> None:
    """Write how all lines are judged now; what is judged as before is left alone.

    The steps are those of all lines, in the order in which these stand in their blocks.
    """
    keys, staged_at = [], ""
    for key, staged in StagedBlock.objects.filter(roster=roster).order_by("pk").values_list("pk", "staged_at"):
        keys.append(key)
        staged_at = staged.isoformat()
    lists = of_blocks(places, steps)
    _change_blocks(cursor, {"id": keys, **{name: lists[name] for name in ("fates", "effects", "members")}})
    have_rows = set(StagedRow.objects.filter(roster=roster).values_list("sheet", "number"))
    own = [
        at
        for at, step in enumerate(steps)
        if needs_a_row(step) or (places[step.row.sheet], step.row.number) in have_rows
    ]
    told = {**of_rows(places, [steps[at] for at in own]), "block_id": [keys[at // LINES_A_BLOCK] for at in own]}
    whose = {"roster_id": roster.pk, "unit_id": roster.unit_id, "actor": current().actor, "staged_at": staged_at}
    if own:
        _write_rows(cursor, told | {name: [value] * len(own) for name, value in (whose | UNTOUCHED).items()})


def _change_blocks(cursor, told: Mapping[str, Sequence]) -> None:
    with bulk.staged(cursor, BLOCK, columns.rows_of(told, whole=True)) as stage:
        cursor.execute(
            SQL(
                "UPDATE personnel_stagedblock t SET fates = s.fates, effects = s.effects, members = s.members FROM {} s"
                " WHERE t.id = s.id"
                " AND (t.fates, t.effects, t.members) IS DISTINCT FROM (s.fates, s.effects, s.members)"
            ).format(stage)
        )


def _write_rows(cursor, told: Mapping[str, Sequence]) -> None:
    """Rows that are there already keep their cells, and what somebody did with them."""
    rows = columns.rows_of(told, whole=True)
    with bulk.staged(cursor, TABLE, rows) as stage:
        listed = bulk.listed(rows.columns)
        cursor.execute(
            SQL(
                "INSERT INTO personnel_stagedrow AS t ({}) SELECT {} FROM {} ON CONFLICT (roster_id, sheet, number)"
                " DO UPDATE SET fate = excluded.fate, effect = excluded.effect, member_id = excluded.member_id,"
                " findings = excluded.findings, changes = excluded.changes"
                " WHERE (t.fate, t.effect, t.member_id, t.findings)"
                " IS DISTINCT FROM (excluded.fate, excluded.effect, excluded.member_id, excluded.findings)"
            ).format(listed, listed, stage)
        )


def refuse(roster: RosterImport, lines: Sequence[tuple[int, int]], code: str) -> None:
    """Note that the database refused these lines (place of the sheet, row) when they were to be written."""
    if not lines:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO personnel_stagedrow (roster_id, unit_id, actor, staged_at, sheet, number, block_id,"
            " is_skipped, is_corrected, fate, effect, refusal, member_id, findings, changes)"
            " SELECT l.roster_id, b.unit_id, b.actor, b.staged_at, l.sheet, l.number, l.block_id,"
            " false, false, 'reject', l.effect, %s, l.member_id, l.findings, l.changes"
            " FROM unnest(%s::integer[], %s::integer[]) AS refused (sheet, number)"
            " JOIN personnel_stagedline l ON l.sheet = refused.sheet AND l.number = refused.number AND l.roster_id = %s"
            " JOIN personnel_stagedblock b ON b.id = l.block_id"
            " ON CONFLICT (roster_id, sheet, number)"
            " DO UPDATE SET refusal = excluded.refusal, fate = excluded.fate",
            [code, *map(columns.array, zip(*lines, strict=True)), roster.pk],
        )


def own_row(line: StagedLine) -> StagedRow:
    """The row of a line's own, made if it has none: whoever touches a line writes there."""
    whose = StagedBlock.objects.filter(pk__in=[line.block_id]).values("unit_id", "actor", "staged_at").get()
    told = {name: getattr(line, name) for name in ("block_id", "fate", "effect", "member_id", "findings", "changes")}
    place = {"roster_id": line.roster_id, "sheet": line.sheet, "number": line.number}
    return StagedRow.objects.get_or_create(**place, defaults=whose | told)[0]


def old_and_new(step: Step) -> dict[str, list[str]]:
    """What a change replaces by what, as people read it; of phones no more than that they differ, since it is kept
    unsealed."""
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
    if step.has_new_contact:
        found["contact_name"] = ["", step.row.values["contact_name"]]
    if step.member and step.new_service:
        found["started_on"] = ["", values.shown("started_on", step.new_service["started_on"])]
    return found


_json = json.JSONEncoder(ensure_ascii=False).encode
