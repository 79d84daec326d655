"""Which kind of file some bytes are: the first of them decide, never the name."""

import re

from personnel.roster.reading.limits import Refused

_SIGNATURES = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"II*\0", "picture"),
    (b"MM\0*", "picture"),
    (b"RIFF", "picture"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"{\\rtf", "document"),
)
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[!?a-z]", re.IGNORECASE)
_WIDE_MARKUP = (b"\xff\xfe<\0", b"\xfe\xff\0<")
_WEB_ARCHIVE = re.compile(rb"(?:\xef\xbb\xbf)?\s*MIME-Version:", re.IGNORECASE)


def kind_of(data: bytes) -> str:
    """ "package" (a zip file), "compound" (an OLE file) or "text". Refused for what certainly is no spreadsheet."""
    if not data.strip(b"\0 \t\r\n"):
        raise Refused("empty")
    if data.startswith(b"PK\x03\x04"):
        return "package"
    if data.startswith(b"PK"):
        raise Refused("damaged")
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "compound"
    if _MARKUP.match(data) or data.startswith(_WIDE_MARKUP) or _WEB_ARCHIVE.match(data):
        raise Refused("markup")
    for signature, kind in _SIGNATURES:
        # "BM" and the like may well begin a text, which has no NUL among its first bytes.
        if data.startswith(signature) and (len(signature) > 2 or b"\0" in data[:64]):
            raise Refused("unsupported", kind=kind)
    return "text"
