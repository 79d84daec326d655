"""The grid as it was typed, and as the sheet of a roster that it makes."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from personnel.quick_entry.columns import GridColumn
from personnel.roster.shapes import Column, Layout, Line, Question, Table, short_hash
from personnel.roster.source import Source

MOST_ROWS = 200
MOST_FIELDS = 4000  # of a form, which takes 5,000
FIELDS_BESIDE = 2  # of a row of somebody on file: the version that was seen, and a fingerprint
_FIELD = re.compile(r"c(\d{1,4})-([a-z_]{2,20})")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass
class GridRow:
    """A row: its number in the grid, the text of each cell by field; of people on file the version that was seen and
    a fingerprint of the cells as they came."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    version: int = 0
    loaded: str = ""

    @property
    def is_blank(self) -> bool:
        return not any(text.strip() for text in self.cells.values())

    @property
    def is_present(self) -> bool:
        """Whether it came with the page, to be corrected; name and number then stay as they are."""
        return bool(self.loaded)

    @property
    def is_touched(self) -> bool:
        return not self.is_blank and fingerprint(self.cells) != self.loaded


def fingerprint(cells: Mapping[str, str]) -> str:
    return short_hash(*(f"{key}={text.strip()}" for key, text in sorted(cells.items())))


@dataclass
class Grid:
    """What was typed for a unit and a force, in these columns. `answers` are by question id."""

    unit: int
    force: str
    columns: Sequence[GridColumn]
    rows: list[GridRow] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def touched(self) -> list[GridRow]:
        return [row for row in self.rows if row.is_touched]

    def key_of(self, letter: str) -> str:
        """The field of a column letter; "" for none."""
        return next((one.key for at, one in enumerate(self.columns) if Column(at, "").letter == letter), "")


def most_rows(columns: Sequence[GridColumn]) -> int:
    """As many rows as a form can hold with these columns."""
    return min(MOST_ROWS, MOST_FIELDS // (len(columns) + FIELDS_BESIDE))


def typed(sent, unit: int, force: str, columns: Sequence[GridColumn]) -> Grid:
    """The grid that a form holds (a QueryDict); cells of columns that it does not have are not there."""
    known = {column.key for column in columns}
    rows: dict[int, GridRow] = {}
    for name in sent:
        found = _FIELD.fullmatch(name)
        if found and found[2] in known and 0 < int(found[1]) <= MOST_ROWS:
            row = rows.setdefault(int(found[1]), GridRow(int(found[1])))
            row.cells[found[2]] = _UNSTORABLE.sub("", sent[name])
    for row in rows.values():
        row.version = _number(sent.get(f"v{row.number}", ""))
        row.loaded = sent.get(f"f{row.number}", "")[:12]
    answers = {name[2:14]: choice for name in sent if name.startswith("q-") for choice in sent.getlist(name) if choice}
    return Grid(unit, force, columns, sorted(rows.values(), key=lambda row: row.number), answers)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def source(grid: Grid, rows: Sequence[GridRow]) -> Source:
    """The rows as a sheet of a roster. Its fingerprint is that of the cells."""
    name = str(_("Quick entry"))
    lines = [Line(row.number, [row.cells.get(column.key) or None for column in grid.columns]) for row in rows]
    columns = [Column(at, column.header) for at, column in enumerate(grid.columns)]
    data = json.dumps([grid.unit, grid.force, [[line.number, line.cells] for line in lines]]).encode()
    layout = Layout([Table(name, 0, columns, lines)])
    return Source(name, hashlib.sha256(data).hexdigest(), len(data), layout)


def answers(grid: Grid) -> dict[str, str]:
    """What was answered, and which unit the sheet is of: that was chosen before."""
    name = str(_("Quick entry"))
    asked = Question(name, None, "", "unit", "", (), f"sheet:{name}")
    return grid.answers | {asked.id: str(grid.unit)}
