"""The lines of a roster on their way to where they wait: sealed in blocks, those that may stay behind also alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from organization.scope import current
from personnel import bulk, columns
from personnel.models import RosterImport, StagedBlock, StagedRow
from personnel.roster import prepared, staged_lines, verdicts
from personnel.roster.shapes import Line
from personnel.roster.source import Source
from personnel.roster.staged_lines import LINES_A_BLOCK

ROWS_AT_ONCE = 4000  # whole blocks


@dataclass(frozen=True)
class Said:
    """What is known of some lines: the `lists` of their blocks; the columns of the `rows` of those at the places `own`,
    counted from the first of these lines; and of each the values, or None."""

    lists: Mapping[str, list[str]]
    own: Sequence[int]
    rows: Mapping[str, list]
    values: Sequence[list | None]


def keep(
    source: Source, roster: RosterImport, said: Callable[[int, int], Said], cursor, writer: bulk.Writer, *, own: int
) -> None:
    """Write the lines a few thousand at a time, so that the first are being written while the next are sealed.

    `said` tells of those from one to another, `own` is how many have a row of their own.
    """
    lines = [(place, line) for place, table in enumerate(source.layout.tables) for line in table.lines]
    same: dict[str, Any] = {"roster_id": roster.pk, "unit_id": roster.unit_id, "actor": current().actor}
    same["staged_at"] = timezone.now().isoformat()
    blocks = bulk.keys(cursor, StagedBlock, -(-len(lines) // LINES_A_BLOCK))
    keys = iter(bulk.keys(cursor, StagedRow, own))
    for first in range(0, len(lines), ROWS_AT_ONCE):
        some = lines[first : first + ROWS_AT_ONCE]
        known = said(first, first + len(some))
        of_blocks = blocks[first // LINES_A_BLOCK : (first + len(some) - 1) // LINES_A_BLOCK + 1]
        content = {"id": of_blocks, staged_lines.CONTENT: _sealed(some, known.values, of_blocks), **known.lists}
        writer.write(bulk.insert, cursor, staged_lines.BLOCK, _rows(content, same))
        if known.own:
            rows: dict[str, Sequence] = {"id": [next(keys) for _place in known.own], **known.rows}
            rows["block_id"] = [of_blocks[at // LINES_A_BLOCK] for at in known.own]
            rows[staged_lines.COLUMN] = _left_alone([some[at][1] for at in known.own], known.rows["fate"], rows["id"])
            writer.write(bulk.insert, cursor, staged_lines.TABLE, _rows(rows, same | verdicts.UNTOUCHED))


def _sealed(lines: Sequence[tuple[int, Line]], values: Sequence[list | None], keys: Sequence[int]) -> list[bytes]:
    """The content of the blocks with these keys: lines, each with the place of its sheet, and their values."""
    told = [(place, line.number, line.cells, known) for (place, line), known in zip(lines, values, strict=True)]
    starts = range(0, len(told), LINES_A_BLOCK)
    return [
        staged_lines.seal_block(told[start : start + LINES_A_BLOCK], key)
        for start, key in zip(starts, keys, strict=True)
    ]


def _left_alone(lines: Sequence[Line], fates: Sequence[str], keys: Sequence[int]) -> list[bytes | None]:
    """The cells of lines that may stay behind when the rest is imported, sealed alone."""
    return [
        staged_lines.seal(line.cells, key) if fate in prepared.LEFT else None
        for line, fate, key in zip(lines, fates, keys, strict=True)
    ]


def _rows(varying: Mapping[str, Sequence], same: Mapping[str, Any]) -> columns.Rows:
    count = len(varying["id"])
    return columns.rows_of({**varying, **{column: [value] * count for column, value in same.items()}})
