"""The side of the web server: starts the child process, gives it the bytes, believes nothing but plain values."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import IO

import python_calamine
from django.utils.translation import gettext as _

from personnel.roster.reading import delimited
from personnel.roster.reading.limits import MIB, Limits, Refused
from personnel.roster.reading.sentences import file_refused
from personnel.roster.repeats import Repeats
from personnel.roster.shapes import Book, CellError, Sheet

_PROJECT = Path(__file__).resolve().parents[3]
_INSTALLED = Path(python_calamine.__file__).parents[1]
# Isolated (-I, -S): neither the working directory nor the environment can put other modules in the way.
_START = "import sys; sys.path[:0] = sys.argv[2:]; from personnel.roster.reading.child import main; main()"
# The environment of the server holds its secrets; the child needs no more than a loader needs.
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
_LONGEST_LINE = 64 * MIB


def read_in_child(data: bytes, limits: Limits) -> Book:
    """The book in these bytes, read by a child process. Raises FileRefused."""
    try:
        if len(data) > limits.file_bytes:
            raise Refused("too_large", limit=limits.file_bytes // MIB)
        return _book(_answer(data, limits))
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


def _answer(data: bytes, limits: Limits) -> Iterator[dict]:
    """The messages of the child. Refused when it dies, takes too long or tells too much."""
    command = [sys.executable, "-I", "-S", "-c", _START, json.dumps(asdict(limits)), str(_PROJECT), str(_INSTALLED)]
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 (no word of the command comes from outside)
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment, cwd="/"
    ) as child:
        feeder = threading.Thread(target=_feed, args=(child.stdin, data), daemon=True)
        watchdog = threading.Timer(limits.patience * limits.seconds_for(len(data)), child.kill)
        feeder.start()
        watchdog.start()
        try:
            yield from _messages(child.stdout, limits.answer_bytes)
        finally:
            watchdog.cancel()
            child.kill()
            feeder.join()


def _feed(stdin: IO[bytes] | None, data: bytes) -> None:
    with contextlib.suppress(OSError, ValueError):  # the child has ended before it took all
        if stdin is not None:
            stdin.write(data)
            stdin.close()


def _messages(stdout: IO[bytes] | None, left: int) -> Iterator[dict]:
    message: dict = {}
    while stdout is not None and "end" not in message:
        line = stdout.readline(min(left, _LONGEST_LINE) + 1)
        left -= len(line)
        if left < 0 or not line.endswith(b"\n"):
            raise Refused("too_costly")
        message = json.loads(line, object_hook=_revived)
        yield message


def _book(messages: Iterator[dict]) -> Book:
    with contextlib.closing(messages):  # type: ignore[type-var]
        book = Book([])
        rows: list[list] = []  # of the sheet that is being told
        try:
            for message in messages:
                if "rows" in message:
                    if not rows:
                        repeats = Repeats(message["rows"])
                    rows.extend(map(repeats.shared, message["rows"]))
                elif "sheet" in message:
                    book.sheets.append(_sheet(message["sheet"], rows))
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


# Most days occur many times, and are then one object.
_day = lru_cache(maxsize=20_000)(date.fromisoformat)


def _revived(value: dict) -> dict | date | CellError:
    """A cell that JSON has no word for; all other objects as they are."""
    if "date" in value:
        return _day(value["date"])
    if "error" in value:
        return CellError(value["error"])
    return value
