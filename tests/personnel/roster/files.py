"""Builds real roster files in memory: xlsx, xls, csv; packages with raw XML for what no honest program writes."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time

import xlsxwriter
import xlwt

Rows = Sequence[Sequence[object]]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def xlsx(
    sheets: Mapping[str, Rows],
    *,
    merged: Mapping[str, Iterable[str]] | None = None,
    hidden: Iterable[str] = (),
    very_hidden: Iterable[str] = (),
    formats: Mapping[tuple[str, int], str] | None = None,
    has_1904_dates: bool = False,
) -> bytes:
    """An .xlsx workbook of {sheet name: rows}.

    merged: {"Sheet": ["A1:B2"]} (the value of the first cell stays); formats: {("Sheet", column from 0): "0.00"}.
    Strings stay strings, also "=1+1"; dates are stored as dates; None is a blank cell.
    """
    out = io.BytesIO()
    options = {"in_memory": True, "default_date_format": "yyyy/m/d", "date_1904": has_1904_dates}
    with xlsxwriter.Workbook(out, options) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            styles = {c: book.add_format({"num_format": f}) for (s, c), f in (formats or {}).items() if s == name}
            _write_rows(sheet, rows, styles)
            for span in (merged or {}).get(name, ()):
                first, last = (xlsxwriter.utility.xl_cell_to_rowcol(end) for end in span.split(":"))
                sheet.merge_range(*first, *last, _at(rows, *first))
            if name in hidden:
                sheet.hide()
            if name in very_hidden:
                sheet.very_hidden()
    return out.getvalue()


def _at(rows: Rows, row: int, column: int) -> object:
    return rows[row][column] if row < len(rows) and column < len(rows[row]) else None


def _write_rows(sheet, rows: Rows, styles: Mapping[int, object]) -> None:
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            style = styles.get(c)
            if isinstance(value, str):
                sheet.write_string(r, c, value, style)
            elif isinstance(value, date | datetime | time):
                sheet.write_datetime(r, c, value, style)
            elif value is not None:
                sheet.write(r, c, value, style)


def xls(rows: Rows, name: str = "Sheet1", formats: Mapping[int, str] | None = None) -> bytes:
    """An .xls workbook with one sheet; formats: {column from 0: "0.00"}."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(name)
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            shown_as = (formats or {}).get(c) or ("yyyy-mm-dd" if isinstance(value, date) else "General")
            if value is not None:
                sheet.write(r, c, value, _style(shown_as))
    return saved(book)


_STYLES: dict[str, xlwt.XFStyle] = {}


def _style(number_format: str) -> xlwt.XFStyle:
    return _STYLES.setdefault(number_format, xlwt.easyxf(num_format_str=number_format))


def saved(book) -> bytes:
    """The bytes of a workbook that has `save` (xlwt, openpyxl)."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_text(rows: Rows, encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    """A .csv file; None is an empty cell; cells with delimiters or line breaks are quoted."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode(encoding)


def package(
    sheet: str = "",
    *,
    parts: Mapping[str, str | bytes] | None = None,
    strings: str = "",
    styles: str = "",
    properties: str = "",
) -> bytes:
    """A hand-made .xlsx of one sheet "Sheet1": `sheet`, `strings` and `styles` are the XML inside their root element.

    `parts` adds parts or puts others in the place of those that would be there ("" leaves one out).
    """
    all_parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": workbook_xml("Sheet1", properties=properties),
        "xl/_rels/workbook.xml.rels": relations(("rId1", "worksheet", "worksheets/sheet1.xml"), *_SHARED),
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{strings}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">{styles}</styleSheet>',
        "xl/worksheets/sheet1.xml": worksheet_xml(sheet),
    }
    all_parts.update(parts or {})
    return zipped({name: part for name, part in all_parts.items() if part != ""})


_SHARED = (("rId8", "sharedStrings", "sharedStrings.xml"), ("rId9", "styles", "styles.xml"))


def worksheet_xml(inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{_MAIN}">{inside}</worksheet>'


def workbook_xml(*names: str, properties: str = "") -> str:
    """workbook.xml of sheets related to as rId1, rId2, ..."""
    sheets = "".join(f'<sheet name="{name}" sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate(names, 1))
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">{properties}<sheets>{sheets}</sheets></workbook>'


def relations(*targets: tuple[str, str, str]) -> str:
    """A .rels part of (id, last word of the type, target)."""
    inside = "".join(f'<Relationship Id="{i}" Type="{_RELATIONS}/{kind}" Target="{to}"/>' for i, kind, to in targets)
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


def zipped(parts: Mapping[str, str | bytes] | Iterable[tuple[str, str | bytes]]) -> bytes:
    """A zip file of named parts; pairs may repeat a name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items() if isinstance(parts, Mapping) else parts:
            archive.writestr(name, part)
    return out.getvalue()
