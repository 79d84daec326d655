"""What a child process tells its parent: lines of JSON, so that nothing but plain values can cross.

{"refused": code, "params": {...}}, or {"has_1904_dates": bool} and for each sheet any number of {"rows": marked rows}
(spelling.py) and {"sheet": {fields}}; then {"end": true}, without which the answer was cut off.
"""

from collections.abc import Iterable, Iterator

from personnel.roster.reading.cells import Error, Grid
from personnel.roster.reading.limits import Refused
from personnel.roster.reading.spelling import marked, spelled

_ROWS_A_LINE = 500


def _line(**message: object) -> bytes:
    return spelled(message) + b"\n"


def refusal(refused: Refused) -> bytes:
    return _line(refused=refused.code, params=refused.params)


def answer(has_1904_dates: bool, grids: Iterable[Grid]) -> Iterator[bytes]:
    """The lines of an answer, sheet by sheet."""
    yield _line(has_1904_dates=has_1904_dates)
    for grid in grids:
        for rows in grid.blocks:
            for start in range(0, len(rows), _ROWS_A_LINE):
                yield _line(rows=marked(rows[start : start + _ROWS_A_LINE], Error))
        yield _line(sheet={key: getattr(grid, key) for key in ("name", "is_hidden", "merged", "pictures", "comments")})
    yield _line(end=True)
