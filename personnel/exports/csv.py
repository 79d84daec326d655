"""Lists as CSV that spreadsheets open without running anything in it, and that reads back as it was."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from organization.trail_export import FORMULA_STARTS

QUOTE = "'"


def harmless(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would compute.

    Also before one that has an apostrophe there already, so that reading takes away exactly what was added.
    """
    return QUOTE + text if text.lstrip(QUOTE)[:1] in FORMULA_STARTS else text


def restored(text: str) -> str:
    """The text that `harmless` made this of."""
    return text[1:] if text[:1] == QUOTE and text.lstrip(QUOTE)[:1] in FORMULA_STARTS else text


def write_csv(target: BinaryIO, header: Sequence[str], rows: Iterable[Sequence[str]], *, footer: str = "") -> int:
    """Write UTF-8 with a byte order mark to an open binary file; a last line says who made it. Returns the rows."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", errors="replace", newline="")
    writer = csv.writer(text)
    writer.writerow(map(harmless, header))
    count = 0
    for row in rows:
        writer.writerow([harmless(cell) if cell[:1] in _SUSPECT else cell for cell in row])
        count += 1
    if footer:
        writer.writerow([footer] + [""] * (len(header) - 1))
    text.flush()
    text.detach()
    return count


_SUSPECT = FORMULA_STARTS | {QUOTE}
