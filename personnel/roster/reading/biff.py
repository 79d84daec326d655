"""Records of an .xls workbook stream ([MS-XLS]) that calamine does not tell of: extents, errors, formats, comments."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from personnel.roster.reading.cells import decimals_of
from personnel.roster.reading.limits import Refused
from personnel.roster.reading.worksheet import Findings, Position

_BOF, _EOF, _BOUNDSHEET, _FILEPASS, _DATEMODE = 0x0809, 0x0A, 0x85, 0x2F, 0x22
_FORMAT, _XF, _NOTE, _OBJECT, _MERGED = 0x041E, 0xE0, 0x1C, 0x5D, 0xE5
_FORMULA, _ERROR_OR_BOOL, _MANY_NUMBERS = 0x06, 0x0205, 0xBD
# Number, RK number, RK numbers, formula, error or boolean, shared string, string, rich string.
_WITH_CONTENT = frozenset({0x0203, 0x027E, _MANY_NUMBERS, _FORMULA, _ERROR_OR_BOOL, 0xFD, 0x0204, 0xD6})
_BUILT_IN_DECIMALS = {2: 2, 4: 2, 7: 2, 8: 2, 10: 2, 39: 2, 40: 2, 43: 2, 44: 2}
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_PICTURE = 8


@dataclass(slots=True)
class Globals:
    """What holds for all sheets: where each begins, and how many decimals each cell format shows."""

    has_1904_dates: bool = False
    starts: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    formats: list[int] = field(default_factory=list)
    custom: dict[int, int] = field(default_factory=dict)

    def decimals(self, style: int) -> int:
        number = self.formats[style] if style < len(self.formats) else 0
        return self.custom.get(number, _BUILT_IN_DECIMALS.get(number, 1))


@dataclass(slots=True)
class SheetFindings(Findings):
    merged: int = 0
    comments: int = 0
    drawn: int = 0


def _records(stream: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """(kind, offset of the body, its length) from one BOF to its EOF; what is embedded (charts) is left out."""
    depth = 0
    offset = start
    end = len(stream) - 4
    unpack = struct.Struct("<HH").unpack_from
    while offset <= end:
        kind, length = unpack(stream, offset)
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, offset + 4, length
        offset += 4 + length


def read_globals(stream: bytes) -> Globals:
    """Raises Refused when the workbook is encrypted."""
    found = Globals()
    for kind, at, length in _records(stream, 0):
        if kind == _FILEPASS:
            raise Refused("encrypted")
        if kind == _DATEMODE and length >= 2:
            found.has_1904_dates = stream[at] == 1
        elif kind == _BOUNDSHEET and length >= 4:
            found.starts.append(int.from_bytes(stream[at : at + 4], "little"))
            is_wide = stream[at + 7 : at + 8] == b"\1"
            found.names.append(stream[at + 8 : at + length].decode("utf-16-le" if is_wide else "latin-1", "replace"))
        elif kind == _FORMAT and length > 3:
            # One byte a character or two: for what follows a dot, it makes no difference.
            code = stream[at + 3 : at + length].replace(b"\0", b"").decode("latin-1")
            found.custom[int.from_bytes(stream[at : at + 2], "little")] = decimals_of(code)
        elif kind == _XF and length >= 4:
            found.formats.append(int.from_bytes(stream[at + 2 : at + 4], "little"))
    return found


def look(stream: bytes, start: int, wanted: set[Position]) -> SheetFindings:
    """Look at every cell of the sheet that begins there."""
    found = SheetFindings()
    place = struct.Struct("<HHH").unpack_from
    for kind, at, length in _records(stream, start):
        if kind in _WITH_CONTENT and length >= 6:
            row, column, style = place(stream, at)
            if kind == _MANY_NUMBERS:
                _look_at_many(found, wanted, stream[at : at + length], row, column)
                continue
            _reach(found, row, column, 1)
            if (row, column) in wanted:
                found.formats[row, column] = style
            if kind in (_FORMULA, _ERROR_OR_BOOL) and (error := _error(kind, stream[at + 6 : at + 14])):
                found.errors[row, column] = error
        elif kind == _NOTE:
            found.comments += 1
        elif kind == _MERGED and length >= 2:
            found.merged += int.from_bytes(stream[at : at + 2], "little")
        elif kind == _OBJECT and length >= 6:
            found.drawn += int.from_bytes(stream[at + 4 : at + 6], "little") == _PICTURE
    return found


def _reach(found: SheetFindings, row: int, column: int, cells: int) -> None:
    found.cells += cells
    found.rows, found.columns = max(found.rows, row + 1), max(found.columns, column + 1)


def _look_at_many(found: SheetFindings, wanted: set[Position], body: bytes, row: int, first: int) -> None:
    count = (len(body) - 6) // 6
    _reach(found, row, first + count - 1, count)
    for i in range(count if wanted else 0):
        if (row, first + i) in wanted:
            found.formats[row, first + i] = int.from_bytes(body[4 + 6 * i : 6 + 6 * i], "little")


def _error(kind: int, value: bytes) -> str:
    """The error in the value of a formula (8 bytes), or of an error cell (code, 1); "" where there is none."""
    if kind == _ERROR_OR_BOOL:
        is_error, code = value[1:2] == b"\1", value[0]
    else:
        is_error, code = len(value) == 8 and value[6:] == b"\xff\xff" and value[0] == 2, value[2]
    return _ERRORS.get(code, "#ERROR!") if is_error else ""
