"""An Office package: a zip file whose parts are named, unpacked one by one with a common limit, and never twice."""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from personnel.roster.reading.limits import MIB, Limits, Refused

_ENTRY = b"PK\x01\x02"
_LOCAL_HEADER = b"PK\x03\x04"
_LONGEST_DESCRIPTOR = 24
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)
_DOCUMENT_TYPES = (b"<!DOCTYPE", b"<!doctype")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*\sencoding\s*=\s*["'](?!utf-?8["']|us-ascii["'])""", re.IGNORECASE)
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part points to: the last word of the type and the name of a part ("" for what lies outside)."""

    kind: str
    target: str


@dataclass(slots=True)
class Package:
    """Parts by lower-case name; `left` is how many bytes may still be unpacked."""

    archive: zipfile.ZipFile
    entries: dict[str, zipfile.ZipInfo]
    limits: Limits
    left: int = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.limits.unpacked_bytes

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.entries

    def part(self, name: str) -> bytes:
        """The bytes of a part. Refused: no such part, damaged, larger than it says or than what is left."""
        entry = self.entries.get(name.lower())
        if entry is None:
            raise Refused("damaged")
        try:
            with self.archive.open(entry) as stream:
                # What the header says is no more than a claim: reading stops there, and the check sum then differs.
                content = stream.read(min(entry.file_size, self.left) + 1)
        except _UNREADABLE:
            raise Refused("damaged") from None
        self.left -= len(content)
        if self.left < 0:
            raise Refused("unpacks_too_large", limit=self.limits.unpacked_bytes // MIB)
        return content

    def xml(self, name: str) -> bytes:
        """The bytes of an XML part in UTF-8, without a document type, which alone could bring entities."""
        content = self.part(name).removeprefix(b"\xef\xbb\xbf")
        if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content[:4] or _ENCODING.match(content):
            raise Refused("damaged")
        if b"!" in content and any(word in content for word in _DOCUMENT_TYPES):  # the sign alone is found at once
            raise Refused("forbidden_xml")
        return content

    def small_xml(self, name: str) -> bytes:
        entry = self.entries.get(name.lower())
        if entry is not None and entry.file_size > self.limits.part_bytes:
            raise Refused("unpacks_too_large", limit=self.limits.unpacked_bytes // MIB)
        return self.xml(name)

    def relations(self, name: str) -> dict[str, Relation]:
        """What the part of that name ("" for the package) points to, by relation id."""
        folder, _, file = name.rpartition("/")
        path = posixpath.join(folder, "_rels", f"{file}.rels")
        if path not in self:
            return {}
        found = {}
        for element, attributes in elements(self.small_xml(path)):
            if element == "Relationship":
                outside = attributes.get("TargetMode", "").lower() == "external"
                target = "" if outside else _resolved(folder, attributes.get("Target", ""))
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = Relation(kind, target)
        return found


def _resolved(folder: str, target: str) -> str:
    path = posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/")))
    return path.lstrip("/").lower()


def opened(data: bytes, limits: Limits) -> Package:
    """The package in the bytes of a zip file. Refused: broken, encrypted, too many parts, two parts of one name."""
    if data.count(_ENTRY) > 4 * limits.parts:  # before a list of millions is built; the true count follows
        raise Refused("too_many_parts", limit=limits.parts)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _UNREADABLE:
        raise Refused("damaged") from None
    infos = archive.infolist()
    if len(infos) > limits.parts:
        raise Refused("too_many_parts", limit=limits.parts)
    if sum(info.file_size for info in infos) > limits.unpacked_bytes:
        raise Refused("unpacks_too_large", limit=limits.unpacked_bytes // MIB)
    _check_nothing_is_hidden(data, infos)
    return Package(archive, _by_name(infos), limits)


def _by_name(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        # The name as stored: zipfile cuts it at a NUL.
        name = info.orig_filename.replace("\\", "/").lower()
        is_trick = name.startswith("/") or ":" in name or "\0" in name or ".." in name.split("/")
        if is_trick or name in entries or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("damaged")
        if info.flag_bits & 0x41:
            raise Refused("encrypted")
        entries[name] = info
    return entries


def _check_nothing_is_hidden(data: bytes, infos: list[zipfile.ZipInfo]) -> None:
    """Refuse entries that overlap, and entries between others that the directory does not list."""
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        start = info.header_offset
        gap = start - end
        if gap < 0 or data[start : start + 4] != _LOCAL_HEADER or (gap > _LONGEST_DESCRIPTOR and end == 0):
            raise Refused("damaged")
        if gap > _LONGEST_DESCRIPTOR and _LOCAL_HEADER in data[end:start]:
            raise Refused("damaged")
        name_and_extra = int.from_bytes(data[start + 26 : start + 28], "little")
        name_and_extra += int.from_bytes(data[start + 28 : start + 30], "little")
        end = start + 30 + name_and_extra + info.compress_size
    if end > len(data) or _LOCAL_HEADER in data[end:]:
        raise Refused("damaged")


def elements(xml: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """Local names and attributes (by local name) of all elements, in order. Refused when it is not well formed."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: found.append((name, attributes))
    parser.StartDoctypeDeclHandler = _forbid
    for start in range(0, len(xml) + 1, _CHUNK):
        try:
            parser.Parse(xml[start : start + _CHUNK], start + _CHUNK > len(xml))
        except expat.ExpatError:
            raise Refused("damaged") from None
        for name, attributes in found:
            yield name.rpartition(":")[2], {key.rpartition(":")[2]: value for key, value in attributes.items()}
        found.clear()


def _forbid(*_: object) -> None:
    raise Refused("forbidden_xml")
