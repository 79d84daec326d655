"""What the stages of a roster hand on to each other: a book of cells, tables, rows of values, findings, a plan.

Rows and columns are numbered as Excel shows them: row from 1, column as a letter.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from organization.refusal import Refusal, StrOrPromise


class FileRefused(Refusal):
    """A file that is not read at all: `code` is a slug, the sentence says what to do. Nothing of it is kept."""


@dataclass(frozen=True, slots=True)
class CellError:
    """An error that a formula left in a cell, such as #REF!; or a formula without a stored result ("")."""

    text: str


# A cell as the file holds it; blank cells are None.
Cell = str | int | float | bool | date | CellError | None

# Unseen behind the text of a number like 2014.1, so that a workbook of ours asks again: January or October?
MAYBE_OCTOBER = "\u200b"


@dataclass(slots=True)
class Sheet:
    """One sheet: `rows[0]` is Excel's row 1 and `rows[i][0]` its column A; short rows end early.

    `merged` holds (top, left, bottom, right) from 0, both ends included; only the first cell of a range has a value.
    """

    name: str
    rows: list[list[Cell]]
    is_hidden: bool = False
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    pictures: int = 0
    comments: int = 0


@dataclass(slots=True)
class Book:
    """A file as read. `has_1904_dates` says how to count the days of a number in a date column."""

    sheets: list[Sheet]
    has_1904_dates: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question: what scripts and forms send back, and what people read."""

    value: str
    text: StrOrPromise


@dataclass(frozen=True, slots=True)
class Finding:
    """What is said of a cell, a row (no column) or a sheet (no row): code for programs, sentence for people."""

    sheet: str
    row: int | None
    column: str
    code: str
    message: StrOrPromise


class Problem(Finding):
    """A reason to reject the row."""

    __slots__ = ()


class Notice(Finding):
    """Something that was fixed or left out, and that the clerk should know."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Question(Finding):
    """Something that only a person can decide, before the commit. `about` is what the answer is remembered by."""

    choices: tuple[Choice, ...] = ()
    about: str = ""

    @property
    def id(self) -> str:
        """The same for the same question in the same file."""
        return short_hash(self.sheet, self.column, self.about or str(self.row or ""), self.code)


@dataclass(slots=True)
class Column:
    """A column of a table: position from 0, the joined header, and the field it was mapped to ("" for none)."""

    index: int
    header: str
    field: str = ""

    @property
    def letter(self) -> str:
        return column_letter(self.index)


@dataclass(slots=True)
class Line:
    """A row of a table that speaks of a person: Excel's row number and its cells; `values` once it was cleaned."""

    number: int
    cells: list[Cell]
    values: dict | None = None


@dataclass(slots=True)
class Table:
    """The part of a sheet that is a list of people. `header_row` is the last row of the header, as Excel counts; `rest`
    are the rows that are nobody's: title, header, sums, signatures."""

    sheet: str
    header_row: int
    columns: list[Column]
    lines: list[Line]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    rest: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Layout:
    """All tables of a book; `skipped` says of each sheet that is none why, and totals stand in the notices."""

    tables: list[Table]
    skipped: dict[str, StrOrPromise] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)


@dataclass(slots=True)
class Row:
    """A line after cleaning: a value (None for blank) for each field that has a column, and what was found.

    Of a plain row nothing had to be said when it was cleaned. Whether it `took` something from the rows above tells if
    its cells mean the same without them.
    """

    sheet: str
    number: int
    values: dict = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)  # field -> column letter
    is_plain: bool = False
    took: bool = False

    def of(self, kind: type) -> Iterator[Finding]:
        return (one for one in self.findings if isinstance(one, kind))


def column_letter(index: int) -> str:
    """Excel's name of a column counted from 0: A, Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def short_hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
