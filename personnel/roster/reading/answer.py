"""What a child process tells its parent: lines of JSON, so that nothing but plain values can cross.

{"refused": code, "params": {...}}, or {"has_1904_dates": bool} and for each sheet any number of {"rows": [[...], ...]}
and {"sheet": {fields}}; then {"end": true}, without which the answer was cut off. Where JSON has no word for a cell, it
is {"date": "2014-08-06"} or {"error": "#REF!"}.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

from personnel.roster.reading.cells import Error, Grid
from personnel.roster.reading.limits import Refused

_ROWS_A_LINE = 500


@lru_cache(maxsize=20_000)  # the same days come again and again
def _special(value: object) -> dict[str, str]:
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Error):
        return {"error": value.text}
    raise TypeError(type(value))


def _line(**message: object) -> bytes:
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"), check_circular=False, default=_special)
    return text.encode() + b"\n"


def refusal(refused: Refused) -> bytes:
    return _line(refused=refused.code, params=refused.params)


def answer(has_1904_dates: bool, grids: Iterable[Grid]) -> Iterator[bytes]:
    """The lines of an answer, sheet by sheet."""
    yield _line(has_1904_dates=has_1904_dates)
    for grid in grids:
        for rows in grid.blocks:
            for start in range(0, len(rows), _ROWS_A_LINE):
                yield _line(rows=rows[start : start + _ROWS_A_LINE])
        yield _line(sheet={key: getattr(grid, key) for key in ("name", "is_hidden", "merged", "pictures", "comments")})
    yield _line(end=True)
