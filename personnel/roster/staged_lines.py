"""The staged lines of a roster as they are read again: opened, and made the file that they came from."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain, islice
from json import encoder
from typing import Any, NamedTuple

from organization.keyring import sealer
from personnel.models import RosterImport, StagedRoster, StagedRow
from personnel.roster.examination import Marks, Place, Source
from personnel.roster.repeats import SAMPLE, Repeats
from personnel.roster.shapes import Cell, CellError, Column, Layout, Line, Table

TABLE, COLUMN = StagedRow._meta.db_table, "cells_sealed"


class StagedLine(NamedTuple):
    """What is needed of a staged line to judge it again: a tenth of the time of an instance."""

    pk: int
    sheet: int
    number: int
    cells: bytes | memoryview
    is_skipped: bool
    effect: str
    refusal: str


def source_of(roster: RosterImport, rows: Sequence[StagedLine]) -> Source:
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
    cleaned = StagedRoster.objects.filter(roster=roster).values_list("cleaned", flat=True).first() or {}
    fields = [cleaned.get("fields", {}).get(table.sheet, ()) for table in tables]
    opened = map(_opened, rows)
    sample = list(islice(opened, SAMPLE))
    repeats = Repeats([*(cells for cells, _values in sample), *(values for _cells, values in sample if values)])
    for row, (cells, kept) in zip(rows, chain(sample, opened), strict=True):
        known = dict(zip(fields[row.sheet], repeats.shared(kept), strict=True)) if cleaned and kept else None
        tables[row.sheet].lines.append(Line(row.number, repeats.shared(cells), known))
    has_1904_dates = any(sheet["has_1904_dates"] for sheet in roster.sheets)
    return Source(roster.file_name, roster.sha256, roster.size, Layout(tables), has_1904_dates, cleaned.get("with", ""))


def rows_of(roster: RosterImport) -> list[StagedLine]:
    rows = roster.staged.order_by("sheet", "number").values_list(
        "pk", "sheet", "number", "cells", "is_skipped", "effect", "refusal"
    )
    return [StagedLine(*row) for row in rows]


def marks(roster: RosterImport, rows: Iterable[StagedLine]) -> Marks:
    names = [sheet["name"] for sheet in roster.sheets]
    return Marks(
        frozenset((names[row.sheet], row.number) for row in rows if row.is_skipped),
        {(names[row.sheet], row.number): row.refusal for row in rows if row.refusal},
    )


def effects(roster: RosterImport, rows: Iterable[StagedLine]) -> dict[Place, str]:
    return {(roster.sheets[row.sheet]["name"], row.number): row.effect for row in rows}


# --- cells ------------------------------------------------------------------------------------------------------------


def seal(cells: list[Cell], key: int) -> bytes:
    """The cells of a line for its place, not cleaned yet."""
    return sealer().seal(spell([cells, None]), table=TABLE, column=COLUMN, row=key)


def open_cells(row: StagedLine | StagedRow) -> list[Cell]:
    return _opened(row)[0]


def _opened(row: StagedLine | StagedRow) -> list[Any]:
    return _read(sealer().open(row.cells, table=TABLE, column=COLUMN, row=row.pk))


@lru_cache(maxsize=20_000)  # the same days come again and again
def _without_word(cell: date | CellError) -> dict[str, str]:
    """What JSON has no word for."""
    return {"d": cell.isoformat()} if isinstance(cell, date) else {"e": cell.text}


def _revived(value: dict) -> Cell:
    return _day(value["d"]) if "d" in value else CellError(value["e"])


_day = lru_cache(maxsize=20_000)(date.fromisoformat)
# The encoder itself, made once: `JSONEncoder.encode` makes one for each line, which is a third of its time.
_encoder = encoder.c_make_encoder(  # type: ignore[attr-defined]
    None, _without_word, encoder.encode_basestring, None, ":", ",", False, False, True
)


def spell(line: list) -> str:
    return "".join(_encoder(line, 0))


_read = json.JSONDecoder(object_hook=_revived).decode
