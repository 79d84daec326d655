"""The lines of a roster on their way to where they wait: sealed in blocks, those that may stay behind also alone."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone

from organization.scope import current
from personnel import bulk, columns
from personnel.models import RosterImport, StagedBlock, StagedRow
from personnel.roster import prepared, staged_lines
from personnel.roster.examination import Source
from personnel.roster.staged_lines import LINES_A_BLOCK

ROWS_AT_ONCE = 4000  # whole blocks
Said = Callable[[int, int], tuple[dict[str, list], list]]  # the judgement and the values of lines from one to another


def keep(source: Source, roster: RosterImport, said: Said, cursor, writer: bulk.Writer) -> None:
    """Write the lines a few thousand at a time, so that the first are being written while the next are sealed."""
    lines = [line for table in source.layout.tables for line in table.lines]
    whose = {"roster_id": roster.pk, "unit_id": roster.unit_id, "actor": current().actor}
    now, fresh = timezone.now().isoformat(), {"is_skipped": False, "is_corrected": False, "refusal": ""}
    keys = bulk.keys(cursor, StagedRow, len(lines))
    blocks = bulk.keys(cursor, StagedBlock, -(-len(lines) // LINES_A_BLOCK))
    for first in range(0, len(lines), ROWS_AT_ONCE):
        last = min(first + ROWS_AT_ONCE, len(lines))
        judgement, values = said(first, last)
        told = [
            (sheet, line.number, line.cells, known)
            for sheet, line, known in zip(judgement["sheet"], lines[first:last], values, strict=True)
        ]
        some = blocks[first // LINES_A_BLOCK : -(-last // LINES_A_BLOCK)]
        starts = range(0, len(told), LINES_A_BLOCK)
        sealed = [
            staged_lines.seal_block(told[start : start + LINES_A_BLOCK], key)
            for start, key in zip(starts, some, strict=True)
        ]
        same = whose | {"staged_at": now}
        content = {"id": some, staged_lines.CONTENT: sealed} | _repeated(same, len(some))
        writer.write(bulk.insert, cursor, staged_lines.BLOCK, columns.rows_of(content))
        own: list[bytes | None] = [None] * (last - first)
        for at, fate in enumerate(judgement["fate"]):
            if fate in prepared.LEFT:
                own[at] = staged_lines.seal(lines[first + at].cells, keys[first + at])
        rows = {
            "id": keys[first:last],
            staged_lines.COLUMN: own,
            "block_id": [block for block in some for _line in range(LINES_A_BLOCK)][: last - first],
            **judgement,
            **_repeated(same | fresh, last - first),
        }
        writer.write(bulk.insert, cursor, staged_lines.TABLE, columns.rows_of(rows))


def _repeated(row: Mapping[str, Any], times: int) -> dict[str, list]:
    return {column: [value] * times for column, value in row.items()}
