"""Cells as calamine gives them, made into cells of a roster: the same for xlsx and xls."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from personnel.roster.reading.limits import Limits, Refused
from personnel.roster.reading.worksheet import Position

_PICTURE_FORMULA = "=DISPIMG("  # what WPS leaves in a cell with a picture inside


@dataclass(frozen=True, slots=True)
class Error:
    """An error that a formula left, such as #REF!; "" for a formula without a stored result."""

    text: str


@dataclass(slots=True)
class Grid:
    """A sheet as the child process knows it: its rows in blocks, and the fields of shapes.Sheet, which are complete
    when the last block was taken."""

    name: str
    is_hidden: bool = False
    blocks: Iterable[list[list]] = ()
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    pictures: int = 0
    comments: int = 0


class Budget:
    """What the sheets of one file have used of their common limits."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.rows = self.cells = self.merged = 0

    def spend(self, sheet: str, rows: int, columns: int, merged: int) -> None:
        """Before the values are read, since reading makes room for every cell up to the last one."""
        self.rows += rows
        self.merged += merged
        self._check_extent(sheet, self.rows, columns)
        if self.merged > self.limits.merged_ranges:
            raise Refused("too_many_merges", limit=self.limits.merged_ranges, sheet=sheet)

    def spend_cells(self, cells: int) -> None:
        """Likewise, of a part of a sheet or the whole."""
        self.cells += cells
        if self.cells > self.limits.cells:
            raise Refused("too_many_cells", limit=self.limits.cells)

    def check_again(self, sheet: str, above: int, rows: list[list]) -> None:
        """After reading some rows: a sheet made to deceive may reach further than it seemed to."""
        self._check_extent(sheet, above + len(rows), max(map(len, rows), default=0))

    def _check_extent(self, sheet: str, rows: int, columns: int) -> None:
        if rows > self.limits.rows:
            raise Refused("too_many_rows", limit=self.limits.rows, sheet=sheet)
        if columns > self.limits.columns:
            raise Refused("too_many_columns", limit=self.limits.columns, sheet=sheet)


def _number(value: float) -> int | float | str:
    if value.is_integer() and abs(value) < 2**63:
        return int(value)
    return value if math.isfinite(value) else str(value)


def _time(value: time) -> str:
    return value.isoformat("seconds" if value.second else "minutes")


def _duration(value: timedelta) -> str:
    minutes = round(value.total_seconds() / 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"


_CLEANED: dict[type, Callable] = {
    float: _number,
    int: lambda value: value,
    bool: lambda value: value,
    date: lambda value: value,
    datetime: datetime.date,
    time: _time,
    timedelta: _duration,
}


def cleaned(rows: Iterable[list], left: int) -> list[list]:
    """Rows with `left` blank columns before them; blank cells are None; no blank cells or rows at the end."""
    result: list[list] = []
    blank: list = [None] * left
    for raw in rows:
        row = blank + [(v or None) if v.__class__ is str else _CLEANED[v.__class__](v) for v in raw]
        while row and row[-1] is None:
            row.pop()
        result.append(row)
    while result and not result[-1]:
        result.pop()
    return result


def possible_months(rows: list[list]) -> set[Position]:
    """Where numbers stand of which the format may tell whether they are an October or a January."""
    return {
        (r, c)
        for r, row in enumerate(rows)
        if float in map(type, row)
        for c, value in enumerate(row)
        if may_be_october(value)
    }


def may_be_october(value: object) -> bool:
    """Whether a number may be a year and a month of which October and January look the same: 1985.1."""
    return isinstance(value, float) and 1900 <= value < 2100 and repr(value)[4:] == ".1"


def show_months(rows: list[list], positions: Iterable[Position], decimals: dict[Position, int]) -> None:
    """Put the text that Excel shows in the place of numbers that may be a month, where two decimals say that it is
    October. Shown with one, as cells are of which nobody said how, the number stays: who typed 2014.10 sees 2014.1.
    """
    for r, c in positions:
        if decimals.get((r, c), 1) > 1:
            rows[r][c] = f"{rows[r][c]:.2f}"


def put(rows: list[list], position: Position, value: object) -> None:
    """Set a cell that may lie beyond the end of its row or of all rows."""
    r, c = position
    rows.extend([] for _ in range(r + 1 - len(rows)))
    row = rows[r]
    row.extend([None] * (c + 1 - len(row)))
    row[c] = value


def take_out_pictures(rows: list[list]) -> int:
    """Blank the cells in which WPS keeps a picture, and say how many they were."""
    pictures = 0
    for row in rows:
        for c, value in enumerate(row):
            if value.__class__ is str and value.startswith(_PICTURE_FORMULA):
                row[c] = None
                pictures += 1
    return pictures


def decimals_of(number_format: str) -> int:
    """How many decimals a number format shows: 2 for "0.00_ ", 1 for "General" and for formats without a dot."""
    _, dot, after = number_format.partition(";")[0].partition(".")
    if not dot:
        return 1
    return len(after) - len(after.lstrip("0?"))
