"""Rosters with their mistakes coloured and explained, to be corrected in Excel and sent again.

The original columns come first and as they were; two more, which the import passes over, say what is wrong and where
the row stood. All cells are text, so that nothing changes on the way.
"""

import io
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite

from organization.refusal import StrOrPromise
from personnel.exports.xlsx import MARK, Sheet, clean, write_book
from personnel.roster.reading.cells import may_be_october
from personnel.roster.shapes import MAYBE_OCTOBER, Cell, CellError

EXPLAINED, ORIGINAL_ROW = "错误说明", "原行号"
ADDED = (EXPLAINED, ORIGINAL_ROW)
# From here on a spreadsheet shows and keeps 15 digits only: what is left must not look like a whole number again.
DIGITS_LOST = 10**15

# A row's messages by column: its position from 0 or its letter; None or "" for what is said of the row as a whole.
Messages = Mapping[int | str | None, StrOrPromise]
BadRow = tuple[int, Sequence[Cell], Messages]


def bad_rows(columns: Sequence[str], rows: Iterable[BadRow]) -> bytes:
    """A workbook of the rows (number in the file, cells, messages) under the headers of the file."""
    return bad_rows_of([("错误行", columns, rows)])


def bad_rows_of(sheets: Iterable[tuple[str, Sequence[str], Iterable[BadRow]]]) -> bytes:
    """The same for several sheets: (name, headers, rows) each; headers and cells are counted from column A."""
    return _written(_bad_sheet(*sheet) for sheet in sheets)


@dataclass(frozen=True, slots=True)
class Original:
    """A sheet as it came: all rows from Excel's first, which of them are `people`, the messages by row, and merged
    ranges as (top, left, bottom, right) from 0. `headers` are the names of the columns from A on, which a list
    without a header (row 0) gets."""

    name: str
    header_row: int
    rows: Sequence[Sequence[Cell]]
    people: Container[int]
    messages: Mapping[int, Messages]
    headers: Sequence[str]
    merged: Sequence[tuple[int, int, int, int]] = ()


def whole(sheets: Iterable[Original]) -> bytes:
    """The whole file: each row where it stood."""
    return _written(map(_whole_sheet, sheets))


def text_of(cell: Cell) -> str:
    """A cell as text that the import reads as it read the cell: whole numbers without a point, days as YYYY-MM-DD."""
    match cell:
        case str():
            text = cell
        case bool():
            text = "TRUE" if cell else "FALSE"
        case int() | float():
            text = _number(cell) + MAYBE_OCTOBER * may_be_october(cell)
        case datetime():
            text = cell.isoformat(" ", "seconds").removesuffix(" 00:00:00")
        case date():
            text = cell.isoformat()
        case CellError():
            text = cell.text
        case _:
            text = ""
    return text


def _number(cell: int | float) -> str:
    if not isfinite(cell) or abs(cell) >= DIGITS_LOST:
        return f"{float(cell):.14E}"
    return str(int(cell)) if cell == int(cell) else repr(cell)


def _written(sheets: Iterable[Sheet]) -> bytes:
    book = io.BytesIO()
    write_book(book, sheets)
    return book.getvalue()


def _bad_sheet(name: str, columns: Sequence[str], rows: Iterable[BadRow]) -> Sheet:
    kept = _kept(columns)
    header = [columns[place] for place in kept]
    return Sheet(
        name,
        (_row(cells, kept, columns, messages, number) for number, cells, messages in rows),
        header=[*header, *ADDED],
        widths=_widths(header),
    )


def _whole_sheet(sheet: Original) -> Sheet:
    header_row, width = sheet.header_row, max(map(len, (*sheet.rows, sheet.headers)), default=0)
    names = [*sheet.headers, *[""] * (width - len(sheet.headers))]
    kept = _kept(names)

    def lines():
        for number, cells in enumerate(sheet.rows, 1):
            if number in sheet.people:
                yield _row(cells, kept, names, sheet.messages.get(number, {}), number)
            else:
                plain = _row(cells, kept, names, {}, "")[: len(kept)]
                yield [*plain, *ADDED] if number == header_row else plain

    widths = _widths([names[place] for place in kept])
    if not header_row:
        return Sheet(sheet.name, lines(), [*(names[place] for place in kept), *ADDED], widths)
    is_as_it_was = len(kept) == len(names)  # else columns moved to the left, and ranges with them
    merged = sheet.merged if is_as_it_was else ()
    return Sheet(sheet.name, lines(), widths=widths, frozen=header_row, merged=merged)


def _kept(columns: Sequence[str]) -> list[int]:
    """The columns of the file but those that an earlier round of correction added."""
    return [place for place, header in enumerate(columns) if header not in ADDED]


def _row(cells, kept: Sequence[int], columns: Sequence[str], messages: Messages, number: int | str) -> list[str]:
    texts = [text if type(text) is str else text_of(text) for text in cells]
    texts += [""] * (len(columns) - len(texts))
    if not messages:
        return [*(texts[place] for place in kept), "", str(number)]
    said = {_place(column): str(message) for column, message in messages.items()}
    for place in said:
        if 0 <= place < len(texts):
            texts[place] = MARK + clean(texts[place])
    explained = "；".join(_sentence(columns, place, said[place]) for place in sorted(said))
    return [*(texts[place] for place in kept), MARK + clean(explained), str(number)]


def _place(column: int | str | None) -> int:
    """Position of a column from 0; -1 for the row as a whole, whose message comes first."""
    if isinstance(column, int):
        return column
    place = 0
    for letter in column or "":
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _sentence(columns: Sequence[str], place: int, message: str) -> str:
    header = columns[place].strip() if 0 <= place < len(columns) else ""
    return f"{header}：{message}" if header else message


def _widths(header: Sequence[str]) -> list[float]:
    return [*(min(max(len(text) * 2 + 2, 9), 24) for text in header), 60, 9]
