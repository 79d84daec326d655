"""The side of the web server: has a child process read the bytes, believes nothing but plain values."""

import base64
import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

import PIL

from organization.refusal import StrOrPromise
from personnel.bounded import starter
from personnel.photos.reading.limits import MIB, Limits, Refused
from personnel.photos.reading.sentences import PhotosRefused, photos_refused, sentence

_START = starter.program("personnel.photos.reading.child")
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
    heard = starter.lines(_START, PIL.__file__, data, limits, _LONGEST_LINE)
    with contextlib.closing(heard) as lines:  # type: ignore[type-var]
        try:
            for line in lines:
                message = json.loads(line)
                if "refused" in message:
                    raise Refused(message["refused"], **message["params"])
                if "end" in message:
                    return
                yield message
        except starter.CutOff:
            raise Refused("too_costly") from None


__all__ = ["PhotosRefused", "Picture", "read_in_child"]
