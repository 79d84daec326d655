"""The staged lines of a roster as they are read again: opened, and made the file that they came from."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice
from typing import Any, NamedTuple

import orjson

from organization.keyring import sealer
from personnel.models import RosterImport, StagedBlock, StagedLine, StagedRoster, StagedRow
from personnel.roster import source
from personnel.roster.reading import spelling
from personnel.roster.repeats import SAMPLE, Repeats
from personnel.roster.shapes import Cell, CellError, Column, Layout, Line, Notice, Table
from personnel.roster.source import Marks, Source

ROSTER, REST = StagedRoster._meta.db_table, "rest_sealed"
TABLE, COLUMN = StagedRow._meta.db_table, "cells_sealed"
BLOCK, CONTENT = StagedBlock._meta.db_table, "content_sealed"
LINES_A_BLOCK = 200  # a page of lines is in one or two
Place = tuple[int, int]  # of the sheet, and row
Opened = tuple[list[Cell], list[Any] | None]  # the cells of a line, and its values as far as these are kept


class Waiting(NamedTuple):
    """What is needed of a staged line to judge it again: a tenth of the time of an instance."""

    own_id: int | None
    sheet: int
    number: int
    cells: bytes | memoryview | None
    block_id: int | None
    is_skipped: bool
    effect: str
    refusal: str


def source_of(roster: RosterImport, rows: Sequence[Waiting]) -> Source:
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
    opened = open_all(rows)
    sample = list(islice(opened, SAMPLE))
    repeats = Repeats([*(cells for cells, _values in sample), *(values for _cells, values in sample if values)])
    for row, (cells, kept) in zip(rows, chain(sample, opened), strict=True):
        known = dict(zip(fields[row.sheet], repeats.shared(kept), strict=True)) if cleaned and kept else None
        tables[row.sheet].lines.append(Line(row.number, repeats.shared(cells), known))
    has_1904_dates = any(sheet["has_1904_dates"] for sheet in roster.sheets)
    skipped = {sheet["name"]: sheet["skipped"] for sheet in roster.sheets if sheet["skipped"] is not None}
    notices = [Notice(sheet["name"], *told) for sheet in roster.sheets for told in sheet.get("notices", ())]
    layout = Layout(tables, skipped, notices)
    return Source(roster.file_name, roster.sha256, roster.size, layout, has_1904_dates, cleaned.get("with", ""))


def rows_of(roster: RosterImport) -> list[Waiting]:
    rows = roster.staged.order_by("sheet", "number").values_list(
        "own_id", "sheet", "number", "cells", "block_id", "is_skipped", "effect", "refusal"
    )
    return [Waiting(*row) for row in rows]


def marks(roster: RosterImport, rows: Iterable[Waiting]) -> Marks:
    names = [sheet["name"] for sheet in roster.sheets]
    return Marks(
        frozenset((names[row.sheet], row.number) for row in rows if row.is_skipped),
        {(names[row.sheet], row.number): row.refusal for row in rows if row.refusal},
    )


def effects(roster: RosterImport, rows: Iterable[Waiting]) -> dict[source.Place, str]:
    return {(roster.sheets[row.sheet]["name"], row.number): row.effect for row in rows}


# --- cells ------------------------------------------------------------------------------------------------------------


def seal(cells: list[Cell], key: int) -> bytes:
    """The cells of a line for its place, not cleaned yet."""
    return sealer().seal_bytes(_spelled([cells]), table=TABLE, column=COLUMN, row=key)


def seal_block(lines: Sequence[Sequence], key: int) -> bytes:
    """A block of lines, each (place of its sheet, row, cells, values or None)."""
    sheets, numbers, cells, values = zip(*lines, strict=True)
    content = [sheets, numbers, _marked(cells), _marked([each or () for each in values])]
    return sealer().seal_bytes(spelling.spelled(content), table=BLOCK, column=CONTENT, row=key)


def seal_rest(tables: Sequence[Table], roster: RosterImport) -> bytes:
    """The rows of the tables that are nobody's."""
    rows = [(place, line) for place, table in enumerate(tables) for line in table.rest]
    places, numbers = [place for place, _line in rows], [line.number for _place, line in rows]
    content = spelling.spelled([places, numbers, _marked([line.cells for _place, line in rows])])
    return sealer().seal_bytes(content, table=ROSTER, column=REST, row=roster.pk)


def open_rest(roster: RosterImport) -> dict[Place, list[Cell]]:
    """The rows of the file that are nobody's, while the roster waits."""
    sealed = StagedRoster.objects.filter(roster=roster).values_list("rest", flat=True).first()
    if not sealed:
        return {}
    content = sealer().open_bytes(sealed, table=ROSTER, column=REST, row=roster.pk)
    places, numbers, cells = orjson.loads(content)
    return dict(zip(zip(places, numbers, strict=True), _read(cells), strict=True))


def open_cells(row: StagedLine) -> list[Cell]:
    """The cells of one line, to be shown; of several open_shown asks once."""
    return open_shown([row])[0]


def open_shown(rows: Sequence[Waiting | StagedLine]) -> list[list[Cell]]:
    """The cells of lines, to be shown; none where somebody has just confirmed the roster or given it up."""
    try:
        return [cells for cells, _values in open_all(rows)]
    except KeyError:
        return [[] for _row in rows]


def open_all(rows: Sequence[Waiting | StagedLine]) -> Iterator[Opened]:
    """The cells of lines, and their values as far as these are kept. Lines of one block stand together.

    KeyError when the blocks went after the lines were read; whoever holds the roster need not fear it.
    """
    wanted = {row.block_id for row in rows if row.cells is None and row.block_id is not None}
    sealed = dict(StagedBlock.objects.filter(pk__in=wanted).values_list("pk", "content")) if wanted else {}
    key, lines = 0, dict[Place, Opened]()
    for row in rows:
        if row.cells is not None:
            (cells,) = _read(
                orjson.loads(sealer().open_bytes(row.cells, table=TABLE, column=COLUMN, row=row.own_id or 0))
            )
            yield cells, None
            continue
        if row.block_id and row.block_id != key:
            key, lines = row.block_id, _lines(row.block_id, sealed[row.block_id])
        yield lines[row.sheet, row.number]


def _lines(key: int, sealed: bytes | memoryview) -> dict[Place, Opened]:
    content = sealer().open_bytes(sealed, table=BLOCK, column=CONTENT, row=key)
    sheets, numbers, cells, values = orjson.loads(content)
    opened = zip(_read(cells), (each or None for each in _read(values)), strict=True)
    return dict(zip(zip(sheets, numbers, strict=True), opened, strict=True))


_marked = partial(spelling.marked, error=CellError)
_read = partial(spelling.read, error=CellError)


def _spelled(rows: Sequence[list[Cell]]) -> bytes:
    return spelling.spelled(_marked(rows))
