"""Rows of cells as JSON: from the child that reads a file to its parent, and to where lines of a roster wait.

JSON has no word for a day nor for the error of a formula. Both are spelled as text, and beside the rows stands where
they are: [[[...], ...], [[column, "date" or "error", [row, ...] or null for all rows], ...]].
"""

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from itertools import zip_longest
from typing import Any

import orjson

Marked = tuple[Sequence[Sequence], list[list]]  # rows, and where they hold what JSON has no word for


def marked(rows: Sequence[Sequence], error: type) -> Marked:
    """Rows as they are spelled; `error` is the class of errors, which have a `text`."""
    kinds = {date: "date", error: "error"}
    special = []
    for at, column in enumerate(zip_longest(*rows)):
        found = set(map(type, column))
        for kind in found & kinds.keys():
            where = None if len(found) == 1 else [row for row, cell in enumerate(column) if type(cell) is kind]
            special.append([at, kinds[kind], where])
    return rows, special


def spelled(message: Any) -> bytes:
    """JSON of anything that holds marked rows, on one line."""
    return orjson.dumps(message, default=_text, option=orjson.OPT_PASSTHROUGH_DATACLASS)


def _text(error: Any) -> str:
    return error.text


def read(rows: Sequence[list], error: Callable[[str], Any]) -> list[list]:
    """The rows again. Raises ValueError, TypeError, IndexError or KeyError for what is not spelled so."""
    meanings: dict[str, Callable[[str], Any]] = {"date": _day, "error": error}
    cells, special = rows
    for at, kind, where in special:
        meaning = meanings[kind]
        for row in cells if where is None else map(cells.__getitem__, where):
            if type(row[at]) is not str:  # also one that was marked before: each cell is read once, however it is told
                raise ValueError(at)
            row[at] = meaning(row[at])
    return cells


# Most days occur many times, and are then one object.
_day = lru_cache(maxsize=20_000)(date.fromisoformat)
