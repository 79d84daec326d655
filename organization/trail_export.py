"""Rows as a CSV file that spreadsheets open without running anything in it."""

import csv
import io
import tempfile
from collections.abc import Iterable

from django.http import FileResponse

# A cell that begins so would be taken for a formula, also in its full-width form.
FORMULA_STARTS = frozenset("=+-@\t\r\n\0＝＋－＠")


def harmless(value) -> str:
    """The cell's text; an apostrophe before it keeps a spreadsheet from computing it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in FORMULA_STARTS else text


def csv_file(header: Iterable[str], rows: Iterable[Iterable], filename: str) -> FileResponse:
    """UTF-8 with a byte order mark, spooled to a file that has no name and goes with the answer."""
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    text = io.TextIOWrapper(spool, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow([harmless(cell) for cell in header])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    text.flush()
    text.detach()
    spool.seek(0)
    return FileResponse(spool, as_attachment=True, filename=filename, content_type="text/csv; charset=utf-8")
