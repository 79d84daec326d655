"""The side of the web server: has a child process read the bytes, believes nothing but plain values."""

import contextlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol

import orjson
import python_calamine
from django.utils.translation import gettext as _

from personnel.bounded import starter
from personnel.roster.reading import delimited, spelling
from personnel.roster.reading.limits import MIB, Limits, Refused
from personnel.roster.reading.sentences import file_refused
from personnel.roster.repeats import Repeats
from personnel.roster.shapes import Book, Cell, CellError, Sheet

_START = starter.program("personnel.roster.reading.child")
_LONGEST_LINE = 64 * MIB


class Onlooker(Protocol):
    """Is told when the child is at work, shown the rows of a sheet while it reads on, and told of the sheet's end."""

    def begin(self, size: int) -> None: ...
    def look(self, rows: list[list[Cell]], above: int, *, has_1904_dates: bool) -> None: ...
    def end(self, sheet: str) -> None: ...


def read_in_child(data: bytes, limits: Limits, onlooker: Onlooker | None = None) -> Book:
    """The book in these bytes, read by a child process. Raises FileRefused."""
    try:
        if len(data) > limits.file_bytes:
            raise Refused("too_large", limit=limits.file_bytes // MIB)
        return _book(_answer(data, limits, partial(onlooker.begin, len(data)) if onlooker else None), onlooker)
    except Refused as refused:
        raise file_refused(refused) from None


def pasted(text: str, limits: Limits) -> Book:
    """The book in cells pasted as text. Raises FileRefused."""
    try:
        if not text.strip():
            raise Refused("empty")
        if len(text) > limits.part_bytes:
            raise Refused("too_large", limit=limits.part_bytes // MIB)
        rows = delimited.delimited_rows(text, "\t", limits)
    except Refused as refused:
        raise file_refused(refused, sheet=_("Pasted")) from None
    return Book([Sheet(_("Pasted"), rows)])


def _answer(data: bytes, limits: Limits, meanwhile: Callable[[], None] | None) -> Iterator[dict]:
    """The messages of the child. Refused when it dies, takes too long or tells too much."""
    heard = starter.lines(
        _START, python_calamine.__file__, data, limits, _LONGEST_LINE, meanwhile=meanwhile, more_to_come=True
    )
    with contextlib.closing(heard) as lines:  # type: ignore[type-var]
        try:
            for line in lines:
                message = orjson.loads(line)
                if "end" in message:
                    return
                yield message
        except starter.CutOff:
            raise Refused("too_costly") from None


def _book(messages: Iterator[dict], onlooker: Onlooker | None = None) -> Book:
    with contextlib.closing(messages):  # type: ignore[type-var]
        book = Book([])
        rows: list[list] = []  # of the sheet that is being told
        try:
            for message in messages:
                if "rows" in message:
                    more = spelling.read(message["rows"], CellError)
                    if not rows:
                        repeats = Repeats(more)
                    more = list(map(repeats.shared, more))
                    if onlooker:
                        onlooker.look(more, len(rows), has_1904_dates=book.has_1904_dates)
                    rows.extend(more)
                elif "sheet" in message:
                    sheet = _sheet(message["sheet"], rows)
                    if any(sheet.name == other.name for other in book.sheets):
                        raise Refused("sheets_named_alike", sheet=sheet.name)  # lines are found by the sheet's name
                    book.sheets.append(sheet)
                    if onlooker:
                        onlooker.end(sheet.name)
                    rows = []
                elif "refused" in message:
                    raise Refused(message["refused"], **message["params"])
                elif "has_1904_dates" in message:
                    book.has_1904_dates = message["has_1904_dates"]
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            raise Refused("damaged") from None  # only a child that was taken over would talk like that
        return book


def _sheet(about: dict, rows: list[list]) -> Sheet:
    return Sheet(rows=rows, merged=[tuple(span) for span in about.pop("merged")], **about)
