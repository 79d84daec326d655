"""A zip of pictures, with everything counted while it is unpacked: what the archive says of itself is not believed."""

import io
import zipfile
import zlib
from collections.abc import Iterator

from personnel.photos.reading.limits import MIB, Limits, Refused

MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_UTF8, _ENCRYPTED = 0x800, 0x1
_CHUNK = 64 * 1024
# What programs put beside the pictures by themselves.
_NOT_SENT = ("thumbs.db", "desktop.ini", ".ds_store")


def is_archive(data: bytes) -> bool:
    return data.startswith(MAGIC)


def entries(data: bytes, limits: Limits) -> Iterator[tuple[str, bytes | Refused]]:
    """(name without folders, content or why there is none) of every file, in their order. Raises Refused."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        found = [entry for entry in archive.infolist() if _is_sent(entry)]
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, UnicodeError):
        raise Refused("damaged_archive") from None
    if len(found) > limits.entries:
        raise Refused("too_many_entries", limit=limits.entries)
    if not found:
        raise Refused("empty_archive")
    left = limits.unpacked_bytes
    for entry in found:
        content = _content(archive, entry, limits)
        if isinstance(content, bytes):
            left -= len(content)
        if left < 0:
            raise Refused("too_much_unpacked", limit=limits.unpacked_bytes // MIB)
        yield _name(entry), content


def _is_sent(entry: zipfile.ZipInfo) -> bool:
    parts = entry.filename.replace("\\", "/").split("/")
    return not entry.is_dir() and bool(parts[-1]) and "__MACOSX" not in parts and parts[-1].lower() not in _NOT_SENT


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> bytes | Refused:
    if entry.flag_bits & _ENCRYPTED:
        return Refused("encrypted")
    out = bytearray()
    try:
        with archive.open(entry) as source:
            while chunk := source.read(_CHUNK):
                out += chunk
                if len(out) > limits.picture_bytes:
                    return Refused("picture_too_large", limit=limits.picture_bytes // MIB)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError, OSError):
        return Refused("damaged")
    return bytes(out)


def _name(entry: zipfile.ZipInfo) -> str:
    """Windows writes Chinese names in GB 18030 and does not say so."""
    name = entry.filename
    if not entry.flag_bits & _UTF8:
        raw = name.encode("cp437")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/").rpartition("/")[2]
