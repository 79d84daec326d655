"""The side of the web server: starts the child process, gives it the bytes, believes nothing but plain values."""

import base64
import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import PIL

from organization.refusal import StrOrPromise
from personnel.photos.reading.limits import MIB, Limits, Refused
from personnel.photos.reading.sentences import PhotosRefused, photos_refused, sentence

_PROJECT = Path(__file__).resolve().parents[3]
_INSTALLED = Path(PIL.__file__).parents[1]
# Isolated (-I, -S): neither the working directory nor the environment can put other modules in the way.
_START = "import sys; sys.path[:0] = sys.argv[2:]; from personnel.photos.reading.child import main; main()"
# The environment of the server holds its secrets; the child needs no more than a loader needs.
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
_LONGEST_LINE = 4 * MIB
_JPEG = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True)
class Picture:
    """A file of the upload: a clean JPEG of so many pixels, or why it is none."""

    name: str
    jpeg: bytes = b""
    width: int = 0
    height: int = 0
    refused: StrOrPromise = ""


def read_in_child(data: bytes, limits: Limits) -> list[Picture]:
    """The pictures in these bytes, read by a child process. Raises PhotosRefused."""
    try:
        if len(data) > limits.file_bytes:
            raise Refused("too_large", limit=limits.file_bytes // MIB)
        if not data:
            raise Refused("empty")
        with contextlib.closing(_answer(data, limits)) as messages:  # type: ignore[type-var]
            return _pictures(messages)
    except Refused as refused:
        raise photos_refused(refused) from None


def _pictures(messages: Iterator[dict]) -> list[Picture]:
    try:
        return [_picture(message) for message in messages]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused("damaged") from None  # only a child that was taken over would talk like that


def _picture(message: dict) -> Picture:
    name = str(message["name"])
    if "unread" in message:
        return Picture(name, refused=sentence(message["unread"], message["params"]))
    jpeg = base64.b64decode(message["jpeg"], validate=True)
    if not jpeg.startswith(_JPEG):
        raise ValueError("no JPEG")
    return Picture(name, jpeg, int(message["width"]), int(message["height"]))


def _answer(data: bytes, limits: Limits) -> Iterator[dict]:
    """The messages about pictures. Refused when the child refuses, dies, takes too long or tells too much."""
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
    while stdout is not None:
        line = stdout.readline(min(left, _LONGEST_LINE) + 1)
        left -= len(line)
        if left < 0 or not line.endswith(b"\n"):
            raise Refused("too_costly")
        message = json.loads(line)
        if "refused" in message:
            raise Refused(message["refused"], **message["params"])
        if "end" in message:
            return
        yield message


__all__ = ["PhotosRefused", "Picture", "read_in_child"]
