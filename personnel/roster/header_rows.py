"""Where the header of a list of people is: one to three rows among the first fifteen, below titles and stamps."""

import re
from dataclasses import dataclass
from itertools import islice

from personnel.exports.marked import EXPLAINED
from personnel.roster import content, headers
from personnel.roster.shapes import Cell, Sheet

LAST_FIRST_ROW = 15
MOST_ROWS = 3
_ENOUGH = 3
_MOST_RANGES = 500  # in the header; a real one has a few dozen

_STAMP = re.compile(r"[:：]|盖章|印章|签章|\d+年|花名册|登记表|名单|统计表|汇总表|一览表|台账|情况表|报表")
_VALUE = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Header:
    """Rows from 0, both included, none if top > bottom; `parts[i]` are the texts above column i, parents first."""

    top: int
    bottom: int
    parts: list[list[str]]
    is_guessed: bool = False

    @property
    def names(self) -> list[str]:
        if [
            EXPLAINED
        ] in self.parts:  # our own workbook of rows to correct, where parents and children are joined already
            return [headers.JOINT.join(part) for part in self.parts]
        return [headers.joined(part) for part in self.parts]

    @property
    def fields(self) -> list[tuple[str, ...]]:
        return [headers.fields_of(name) if name else () for name in self.names]


def text_of(cell: Cell) -> str:
    """A cell as a header reads: on one line, cut where nothing is left to tell apart."""
    if isinstance(cell, str):
        return "".join(cell[:1000].split("\n")).strip()[: headers.LONGEST]
    return "" if cell is None else content.text_of(cell)[: headers.LONGEST]


def find_header(sheet: Sheet) -> Header | None:
    """The first header with name and document number, or with three known columns of which one can identify people."""
    grid = _Grid(sheet)
    for top in range(min(LAST_FIRST_ROW, len(sheet.rows))):
        header = grid.header_at(top)
        if _is_list(header, sheet):
            # What seemed to be a parent may be a title in merged cells: then the rows below it know more.
            below = [grid.header_at(row) for row in range(top + 1, header.bottom + 1)]
            return max([header, *below], key=_known)
    return None


def _known(header: Header) -> int:
    return len({fields for fields in header.fields if fields})


def _is_list(header: Header, sheet: Sheet) -> bool:
    fields = {fields[0] for fields in header.fields if fields}
    if {"name", "id_number"} <= fields:
        return True
    if _known(header) < _ENOUGH:
        return False
    # A dictionary of codes has known headers too, 民族 | 学历 | 政治面貌, but nobody in it.
    return bool(fields & {"name", "id_number"}) or any(
        content.is_id_number(cell) for row in sheet.rows[header.bottom + 1 :][: content.SAMPLE] for cell in row
    )


class _Grid:
    """The top of a sheet, with its merged ranges: cells by (row, column), both from 0."""

    def __init__(self, sheet: Sheet) -> None:
        self.rows = sheet.rows[: LAST_FIRST_ROW + MOST_ROWS]
        self.width = max(map(len, self.rows), default=0)
        self.anchor: dict[tuple[int, int], tuple[int, int]] = {}
        self.wide: dict[tuple[int, int], tuple[int, int]] = {}  # (bottom row, left) -> (top row, right)
        self.tall: dict[int, int] = {}  # top row -> bottom row of the tallest
        ranges = (area for area in sheet.merged if area[0] < len(self.rows) and area[1] < self.width)
        for top, left, bottom, right in islice(ranges, _MOST_RANGES):
            if bottom - top < MOST_ROWS and self.text(top, left):
                self._merge(top, left, bottom, min(right, self.width - 1))

    def _merge(self, top: int, left: int, bottom: int, right: int) -> None:
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                self.anchor[row, column] = (top, left)
        self.tall[top] = max(bottom, self.tall.get(top, top))
        if right > left:
            self.wide[bottom, left] = (top, right)

    def text(self, row: int, column: int) -> str:
        cells = self.rows[row] if row < len(self.rows) else []
        return text_of(cells[column]) if column < len(cells) else ""

    def header_at(self, top: int) -> Header:
        """The header that would begin in this row, whatever it is worth."""
        last = min(top + MOST_ROWS, len(self.rows)) - 1
        bottom = min(self.tall.get(top, top), last)
        while bottom < last and (self._are_children(top, bottom) or self._are_bare_children(bottom)):
            bottom = min(self.tall.get(bottom + 1, bottom + 1), last)
        return Header(top, bottom, [self._parts(top, bottom, column) for column in range(self.width)])

    def _are_children(self, top: int, bottom: int) -> bool:
        """Whether the row below speaks of the parts of merged cells that end in this row."""
        parents = [
            (left, right)
            for (last, left), (first, right) in self.wide.items()
            if last == bottom and first >= top and self._is_parent(first, left, right)
        ]
        below = self._words(bottom + 1)
        inside = {column for left, right in parents for column in range(left, right + 1)}
        if not below or not inside & below.keys() or not all(map(_is_wording, below.values())):
            return False
        return all(column in inside or headers.is_known(word) for column, word in below.items())

    def _is_parent(self, row: int, left: int, right: int) -> bool:
        """A title is alone in its row, and wide; stamps and titles have words of their own."""
        alone = right - left + 1 > 0.6 * self.width and len(self._words(row)) == 1
        return not alone and not _STAMP.search(self.text(row, left))

    def _are_bare_children(self, bottom: int) -> bool:
        """The same where merged ranges were lost, as in CSV: nothing under the name, known words under blanks."""
        if any(last == bottom for last, _ in self.wide):
            return False
        above, below = self._words(bottom), self._words(bottom + 1)
        if len(below) < 2 or not all(map(_is_wording, below.values())):
            return False
        bare = [column for column in below if column not in above]
        if not bare or any(column in above and column + 1 in above for column in below):
            return False
        joined = {column: headers.joined(self._parts(bottom, bottom + 1, column)) for column in below}
        return (
            sum(map(headers.is_known, joined.values())) * 2 > len(below)
            and sum(map(headers.is_known, above.values())) > 1
        )

    def _words(self, row: int) -> dict[int, str]:
        """The texts of a row that are its own, and not those of a range that began above."""
        found = {}
        for column in range(self.width):
            if self.anchor.get((row, column), (row, column)) == (row, column) and (word := self.text(row, column)):
                found[column] = word
        return found

    def _parts(self, top: int, bottom: int, column: int) -> list[str]:
        parts: list[str] = []
        for row in range(top, bottom + 1):
            word = self.text(*self.anchor.get((row, column), (row, column)))
            if not word and row < bottom and (row, column) not in self.anchor and self.text(bottom, column):
                word = self._left_of(row, column)
            if word and word not in parts[-1:]:
                parts.append(word)
        return parts

    def _left_of(self, row: int, column: int) -> str:
        """The parent of a bare child: the nearest text to the left, unless a merged range says where it ends."""
        for left in range(column - 1, -1, -1):
            if (row, left) in self.anchor:
                return ""
            if word := self.text(row, left):
                return word
        return ""


def _is_wording(word: str) -> bool:
    return len(word) <= 20 and not _VALUE.search(word) and not content.is_date(word)


def guess_header(sheet: Sheet) -> Header | None:
    """For a list that was pasted without its header: columns by what their values look like, or None."""
    width = max(map(len, sheet.rows[: content.SAMPLE]), default=0)
    first = next(
        (at for at, row in enumerate(sheet.rows[:LAST_FIRST_ROW]) if any(map(content.is_id_number, row))), None
    )
    if first is None:
        return None
    rows = sheet.rows[first : first + content.SAMPLE]
    names = {"id_number": "身份证号", "name": "姓名", "phone": "联系电话", "sex": "性别"}
    parts: list[list[str]] = []
    for column in range(width):
        values = content.sample(row[column] for row in rows if column < len(row))
        found = (content.evidence(values) or ("",))[0]
        parts.append([names.pop(found)] if found in names else [])
    # The numbers alone are not enough: without names it may be a list of anything that is numbered like a person.
    is_list = "id_number" not in names and "name" not in names
    return Header(first, first - 1, parts, is_guessed=True) if is_list else None
