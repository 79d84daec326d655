"""Reading back what was exported: with the reader that imports use, and with openpyxl where the look matters."""

import csv
import io
import zipfile

from openpyxl import load_workbook
from python_calamine import CalamineWorkbook


def sheets(data: bytes) -> dict[str, list[list]]:
    """{sheet name: rows}, hidden sheets too."""
    book = CalamineWorkbook.from_object(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def first_sheet(data: bytes) -> list[list]:
    return next(iter(sheets(data).values()))


def people(data: bytes) -> list[dict]:
    """The rows of a list under its header."""
    header, *rows = first_sheet(data)
    return [dict(zip(header, row, strict=True)) for row in rows]


def people_of_csv(data: bytes) -> list[dict]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def workbook(data: bytes):
    return load_workbook(io.BytesIO(data))


def part(data: bytes, name: str) -> str:
    """The XML of one part of the file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()
