"""The child process: takes the bytes of one file from its input, writes the answer to its output, and ends.

Everything is imported before the ceilings are set: after that, the process can open no file, start no other and write
to none, so that even a parser that was taken over finds nothing.
"""

import codecs
import contextlib
import gc
import os
import sys
from collections.abc import Iterator

import orjson
from python_calamine import PasswordError

from personnel.bounded.ceilings import set_ceilings
from personnel.roster.reading import answer, delimited, xls, xlsx
from personnel.roster.reading.ahead import Ahead
from personnel.roster.reading.cells import Grid
from personnel.roster.reading.kinds import kind_of
from personnel.roster.reading.limits import Limits, Refused

for encoding in ("ascii", "cp437", "latin-1", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gb2312"):
    codecs.lookup(encoding)


def main() -> None:
    limits = Limits(**orjson.loads(sys.stdin.buffer.readline() or sys.exit()))  # nothing to read: nobody needs it
    gc.disable()  # there is nothing but cells, and no end of them
    sys.setswitchinterval(0.0005)  # two threads, and each soon waits for the other
    data = sys.stdin.buffer.read(limits.file_bytes + 1)
    ahead = Ahead()
    set_ceilings(limits, len(data))
    with contextlib.suppress(BrokenPipeError):
        _tell(data, limits, ahead)
        sys.stdout.buffer.flush()
    # Freeing millions of cells one by one takes time, and nobody waits for it.
    os._exit(0)


def _tell(data: bytes, limits: Limits, ahead: Ahead) -> None:
    out = sys.stdout.buffer
    try:
        for line in answer.answer(*_book(data, limits, ahead)):
            out.write(line)
    except Refused as refused:
        out.write(answer.refusal(refused))
    except PasswordError:
        out.write(answer.refusal(Refused("encrypted")))
    except MemoryError:
        out.write(answer.refusal(Refused("too_costly")))
    except BrokenPipeError:
        raise
    except BaseException as error:  # a panic of calamine is no Exception
        out.write(answer.refusal(Refused("damaged", reason=type(error).__name__)))


def _book(data: bytes, limits: Limits, ahead: Ahead) -> tuple[bool, Iterator[Grid]]:
    kind = kind_of(data)
    if kind == "package":
        return xlsx.read(data, limits, ahead)
    if kind == "compound":
        return xls.read(data, limits)
    rows = delimited.csv_rows(delimited.decoded(data), limits)
    return False, iter([Grid("CSV", blocks=[rows])])
