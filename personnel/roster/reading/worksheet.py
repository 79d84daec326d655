"""What the XML of a worksheet says beyond the values that calamine gives: how far it reaches, errors, formats.

Nearly all programs write cells in one way, which a search of the bytes understands; the elements of a sheet are walked
one by one only where it was written in another way or where something has to be looked up.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from personnel.roster.reading.limits import Refused

Position = tuple[int, int]

# A cell beyond column Z, and what its content begins with.
_FAR_CELL = re.compile(rb' r="([A-Z]{2,})\d+"[^>]*>(?=<(?:v|is|f)\b)')
_ROW_NUMBER = re.compile(rb'<row [^>]*?\br="(\d+)"')
_DIMENSION = re.compile(rb'<dimension ref="A\d+:[A-Z]\d+"')
_UNSTORED = re.compile(rb"<c ([^>]*)>\s*<f(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
_ERROR = re.compile(rb'<c ([^>]*\bt="e"[^>]*)>(?:(?!</c>).)*?<v>([^<]*)</v>', re.DOTALL)
_MONTH = re.compile(rb"<c ([^>]*)>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<v>(?:19|20)\d\d\.\d")
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_CONTENT = (b"<v>", b"<v ", b"<is>", b"<is ")
_MERGED = re.compile(rb"<mergeCells\b[^>]*>.*?</mergeCells>", re.DOTALL)
_BEGIN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
_END = b"</sheetData></worksheet>"
_BLOCK = 1 << 19
_SAMPLE = 1 << 16


def is_plain(xml: bytes) -> bool:
    """Whether it is written as Excel and WPS do: no prefixes or comments, a reference on every cell and row.

    A program writes all cells alike, so the first of them tell. A sheet made to deceive gains nothing but errors that
    are not seen in its own cells: the child process has a ceiling.
    """
    sample = xml[:_SAMPLE]
    starts = sample.count(b"<c ") + sample.count(b"<row ")
    return (
        b"<worksheet" in sample[:1024]
        and sample.count(b' r="') >= starts - 1  # the last one may be cut off
        and not any(odd in sample for odd in (b"<c>", b"<row>", b"<!", b":c ", b":c>"))
    )


def extent(xml: bytes) -> Position:
    """(rows, columns) up to the last with content, of a plain sheet. At least 26 columns."""
    last = -1
    for mark in _CONTENT:
        last = max(last, xml.rfind(mark, max(last, 0)))  # most programs know but the first, and it is near the end
    if last < 0:
        return 0, 0
    row = _ROW_NUMBER.match(xml, xml.rfind(b"<row ", 0, last))
    far = set() if _DIMENSION.search(xml, 0, _SAMPLE) else {cell[1] for cell in _FAR_CELL.finditer(xml)}
    return int(row[1]) if row else 0, max([26, *(column_number(letters.decode()) for letters in far)])


def cells(xml: bytes) -> int:
    """How many cells with content a plain sheet has, or a part of it."""
    return xml.count(b"<v") + xml.count(b"<is")


def blocks(xml: bytes) -> list[bytes]:
    """A plain sheet as several, some hundred rows each, with the numbers that they have; another one as it is.

    The first rows are handed on while the next are read, and nothing is ever as large as all of them. Calamine looks
    for merged ranges from the beginning of a sheet: they stand before the rows, lest it walk through all once more.
    """
    begin, end = xml.find(b"<sheetData>"), xml.find(b"</sheetData>")
    if not 0 < begin < end or not is_plain(xml):
        return [xml]
    merged = _MERGED.search(xml, end)
    found: list[bytes] = []
    before = merged[0] if merged else b"<mergeCells></mergeCells>"
    at = begin + len(b"<sheetData>")
    while at < end or not found:
        cut = xml.find(b"</row>", at + _BLOCK, end)
        cut = cut + len(b"</row>") if cut > 0 else end
        found.append(b"".join((_BEGIN, before, b"<sheetData>", xml[at:cut], _END)))
        before, at = b"<mergeCells></mergeCells>", cut
    return found


def column_number(letters: str) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


@dataclass(slots=True)
class Findings:
    """Positions are (row, column) from 0. `formats` has the cell formats (index into the style sheet) that were wanted;
    `pictures` are cells whose error stands for a picture placed in the cell."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    errors: dict[Position, str] = field(default_factory=dict)
    pictures: set[Position] = field(default_factory=set)
    formats: dict[Position, int] = field(default_factory=dict)


class _Walk:
    """Receives the elements of a worksheet. A cell is judged when the next one, or the end, comes."""

    def __init__(self, wanted: set[Position]) -> None:
        self.findings = Findings()
        self.wanted = wanted
        self.row = self.column = -1
        self.cell: dict[str, str] | None = None
        self.has_formula = self.has_value = False
        self.text: list[str] = []
        self.listen: Callable[[object], None] = lambda _: None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            self.finish()
            self.begin(attributes)
        elif name == "row":
            self.finish()
            number = attributes.get("r", "")
            self.row = int(number) - 1 if number.isdecimal() and len(number) < 8 else self.row + 1
            self.column = -1
        elif self.cell is not None:
            if name == "f":
                self.has_formula = True
            elif name in ("v", "is"):
                self.has_value = True
                if self.has_formula or self.cell.get("t") == "e":
                    self.listen(self.text.append)

    def begin(self, attributes: dict[str, str]) -> None:
        self.cell = attributes
        self.has_formula = self.has_value = False
        place = _REFERENCE.fullmatch(attributes.get("r", ""))
        if place:
            self.row, self.column = int(place[2]) - 1, column_number(place[1]) - 1
        else:
            self.column += 1

    def finish(self) -> None:
        cell, self.cell = self.cell, None
        if cell is None or not (self.has_value or self.has_formula):
            return
        self.listen(None)
        found, position = self.findings, (self.row, self.column)
        text = "".join(self.text).strip()
        self.text.clear()
        found.cells += 1
        found.rows, found.columns = max(found.rows, self.row + 1), max(found.columns, self.column + 1)
        if cell.get("t") == "e":
            if "vm" in cell:
                found.pictures.add(position)
            else:
                found.errors[position] = text
        elif self.has_formula and not text and cell.get("t") != "str":
            found.errors[position] = ""
        if position in self.wanted:
            found.formats[position] = int(cell.get("s", "0"))


def look(xml: bytes, wanted: set[Position]) -> Findings:
    """Errors, pictures and wanted formats of a sheet. Positions are wanted of numbers between 1900 and 2100 only."""
    if not is_plain(xml):
        return walk(xml, wanted)
    found = Findings()
    if b' t="e"' in xml:
        for cell in _ERROR.finditer(xml):
            position, attributes = _attributes(cell[1])
            if "vm" in attributes:
                found.pictures.add(position)
            else:
                found.errors[position] = cell[2].decode().strip()
    if b"<f" in xml:
        for cell in _UNSTORED.finditer(xml):
            position, attributes = _attributes(cell[1])
            if attributes.get("t") != "str":
                found.errors[position] = ""
    for cell in _MONTH.finditer(xml) if wanted else ():
        position, attributes = _attributes(cell[1])
        if position in wanted:
            found.formats[position] = int(attributes.get("s", "0"))
    return found


def _attributes(tag: bytes) -> tuple[Position, dict[str, str]]:
    attributes = dict(_ATTRIBUTE.findall(tag.decode()))
    place = _REFERENCE.fullmatch(attributes.get("r", ""))
    if place is None:
        raise Refused("damaged")
    return (int(place[2]) - 1, column_number(place[1]) - 1), attributes


def walk(xml: bytes, wanted: set[Position]) -> Findings:
    """Look at every cell of a sheet, however it was written. Refused when the XML is not well formed."""
    receiver = _Walk(wanted)
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def listen(listener: object) -> None:
        parser.CharacterDataHandler = listener  # type: ignore[assignment]

    receiver.listen = listen
    parser.StartElementHandler = receiver.start
    try:
        parser.Parse(xml, True)
        receiver.finish()
    except (expat.ExpatError, ValueError):
        raise Refused("damaged") from None
    return receiver.findings
