"""The child process: takes the bytes of one upload from its input, writes the answer to its output, and ends.

Everything is imported before the ceilings are set: after that, the process can open no file, start no other and write
to none, so that even a decoder that was taken over finds nothing.
"""

import base64
import codecs
import contextlib
import json
import os
import sys
from collections.abc import Iterator

from personnel.bounded.ceilings import set_ceilings
from personnel.photos.reading import archive
from personnel.photos.reading.limits import MIB, Limits, Refused
from personnel.photos.reading.pictures import picture

for encoding in ("ascii", "cp437", "gb18030"):
    codecs.lookup(encoding)


def main() -> None:
    limits = Limits(**json.loads(sys.stdin.buffer.readline() or sys.exit()))  # nothing to read: nobody needs it
    data = sys.stdin.buffer.read(limits.file_bytes + 1)
    set_ceilings(limits, len(data))
    with contextlib.suppress(BrokenPipeError):
        for message in _answer(data, limits):
            sys.stdout.buffer.write(json.dumps(message, ensure_ascii=False).encode(errors="replace") + b"\n")
        sys.stdout.buffer.flush()
    os._exit(0)


def _answer(data: bytes, limits: Limits) -> Iterator[dict]:
    """A message for each picture, then the end; a refusal in its place ends it all."""
    try:
        if archive.is_archive(data):
            for name, content in archive.entries(data, limits):
                yield _told(name, content, limits)
        else:
            yield _told("", data, limits)
    except Refused as refused:
        yield {"refused": refused.code, "params": refused.params}
    except MemoryError:
        yield {"refused": "too_costly", "params": {}}
    else:
        yield {"end": True}


def _told(name: str, content: bytes | Refused, limits: Limits) -> dict:
    try:
        if isinstance(content, Refused):
            raise content
        jpeg, width, height = picture(content, limits)
    except Refused as refused:
        return {"name": name, "unread": refused.code, "params": refused.params}
    except MemoryError:
        return {"name": name, "unread": "too_many_pixels", "params": {"limit": limits.pixels // MIB}}
    return {"name": name, "jpeg": base64.b64encode(jpeg).decode(), "width": width, "height": height}
