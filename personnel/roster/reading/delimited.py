"""Text of rows and columns: csv in the encodings that Excel and WPS write, and cells pasted from the clipboard."""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from personnel.roster.reading.limits import Limits, Refused

_SNIFFED_LINES = 20
_SAMPLE = 20_000
_BINARY = re.compile("[\0-\x08\x0e-\x19\x1b-\x1f\x7f]")
_QUOTED = re.compile('"[^"]*"')
_NOT_ASCII = re.compile("[^\0-\x7f]+")
_DATA_LANGUAGE = re.compile(r"\s*(?:---|%YAML|#|- |[^\s,;]+:(?:\s|$)|[\]\[{}])")
# ="4401..." is how exporting programs keep Excel from making numbers of digits.
_TEXT_FORMULA = re.compile(r'="([^"]*)"')


def decoded(data: bytes) -> str:
    """The text of a csv file: by its byte order mark, else as UTF-8, else as GB18030; never a guess that garbles.

    Only UTF-16 has bytes of zero: the upper halves of its commas and digits tell their order.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _readable(_decode(data, "UTF-16"))
    if b"\0" in data[:_SAMPLE]:
        even, odd = data[:_SAMPLE:2].count(0), data[1:_SAMPLE:2].count(0)
        if min(even, odd) == 0:
            text = _readable(_decode(data, "UTF-16-LE" if odd else "UTF-16-BE"))
            _check_is_simplified_chinese(text, "UTF-16")
            return text
    try:
        return _readable(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        if data.startswith(codecs.BOM_UTF8) or _is_mostly_utf8(data):
            raise Refused("encoding", encoding="UTF-8") from None
    text = _readable(_decode(data, "GB18030"))
    _check_is_simplified_chinese(text)
    return text


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise Refused("encoding", encoding=encoding) from None


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether UTF-8 was damaged in a few places: GB18030 would then read characters, but wrong ones."""
    text = data[:_SAMPLE].decode("utf-8", "replace")
    lost = text.count("\ufffd")
    return sum(map(len, _NOT_ASCII.findall(text))) - lost > lost


def _check_is_simplified_chinese(text: str, encoding: str = "GB18030") -> None:
    """Big5 and others decode as GB18030 too, to characters that hardly anybody uses."""
    sample = "".join(islice(_characters(_NOT_ASCII.findall(text[: 10 * _SAMPLE])), _SAMPLE))
    common = len(sample.encode("gb2312", "ignore")) / 2
    if common < 0.6 * len(sample):
        raise Refused("encoding", encoding=encoding)


def _characters(runs: Iterable[str]) -> Iterator[str]:
    for run in runs:
        yield from run


def _readable(text: str) -> str:
    if _BINARY.search(text):
        raise Refused("unsupported", kind="binary")
    return text


def csv_rows(text: str, limits: Limits) -> list[list]:
    """Rows of text cells (None for blank ones), after finding out what delimits them."""
    lines = [line for line in text[:_SAMPLE].splitlines() if line.strip()][:_SNIFFED_LINES]
    if lines and all(_DATA_LANGUAGE.match(line) for line in lines[:5]):
        raise Refused("unsupported", kind="data")
    delimiter = _delimiter(lines)
    if lines and lines[0].strip().lower() == f"sep={delimiter}":  # a hint for Excel, not a row
        text = text.lstrip().partition("\n")[2]
    return delimited_rows(text, delimiter, limits)


def _delimiter(lines: list[str]) -> str:
    bare = _QUOTED.sub("", "\n".join(lines))
    return max("\t,;", key=bare.count)


def delimited_rows(text: str, delimiter: str, limits: Limits) -> list[list]:
    """Rows of text cells. Refused when quotation marks do not match: whole rows would end up in one cell."""
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    rows: list[list] = []
    cells = 0
    if max(text.count("\n"), text.count("\r")) > 5 * limits.rows:  # blank lines cost no room, but time
        raise Refused("too_many_rows", limit=limits.rows)
    try:
        for record in reader:
            row = _row(record)
            cells += len(row)
            if row:
                _check_size(len(rows) + 1, len(row), cells, limits)
            if len(rows) < limits.rows:  # else it is one of any number of blank lines
                rows.append(row)
    except csv.Error:
        raise Refused("quotes", line=reader.line_num) from None
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends, as they are wanted: a list of all would be the text a second time."""
    start = 0
    for end in re.finditer(r"\r\n|\n|\r", text):
        yield text[start : end.end()]
        start = end.end()
    yield text[start:]


def _row(record: list[str]) -> list:
    row: list = [_cell(text) if text else None for text in record]
    while row and row[-1] is None:
        row.pop()
    return row


def _cell(text: str) -> str | None:
    if text[0] == "=" and (quoted := _TEXT_FORMULA.fullmatch(text)):
        return quoted[1] or None
    return text


def _check_size(rows: int, columns: int, cells: int, limits: Limits) -> None:
    if rows > limits.rows:
        raise Refused("too_many_rows", limit=limits.rows)
    if columns > limits.columns:
        raise Refused("too_many_columns", limit=limits.columns)
    if cells > limits.cells:
        raise Refused("too_many_cells", limit=limits.cells)
