"""A file as it came, opened, and what is known of its lines from elsewhere."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from personnel.bulk import uncollected
from personnel.roster import answers, layout, mapping
from personnel.roster.early import Early
from personnel.roster.reading import parse_pasted, read
from personnel.roster.recording import without_numbers
from personnel.roster.shapes import Book, Layout, Sheet
from personnel.roster.terms import Terms

Place = tuple[str, int]  # sheet and row
Tell = Callable[[int], None]


@dataclass(frozen=True)
class Source:
    """A file as it came: its name, fingerprint and size (bytes), and the tables found in it.

    `cleaned_with` says with what the lines were cleaned that have their values already; `early` may know values of
    others, as far as the columns were guessed right.
    """

    name: str
    sha256: str
    size: int
    layout: Layout
    has_1904_dates: bool = False
    cleaned_with: str = ""
    early: Early | None = None


@uncollected()
def open_file(data: bytes, name: str, terms: Terms | None = None) -> Source:
    """Read a workbook or csv file. Raises FileRefused. Where the terms are known, rows are cleaned as they come."""
    early = Early(terms, lambda table: answers.remembered_of({mapping.header_key(table)}, terms)) if terms else None
    return replace(_source(read(data, onlooker=early), name, data), early=early)


def open_pasted(text: str, name: str) -> Source:
    """Read cells that were copied from a spreadsheet. Raises FileRefused."""
    return _source(parse_pasted(text), name, text.encode())


def _source(book: Book, name: str, data: bytes) -> Source:
    _take_numbers_out(book.sheets)
    sha256 = hashlib.sha256(data).hexdigest()
    return Source(without_numbers(name), sha256, len(data), layout.tables(book), book.has_1904_dates)


def _take_numbers_out(sheets: Sequence[Sheet]) -> None:
    """Names of sheets are kept unsealed; all stay different."""
    taken: set[str] = set()
    for sheet in sheets:
        sheet.name = without_numbers(sheet.name)
        while sheet.name in taken:
            sheet.name += "*"
        taken.add(sheet.name)


@dataclass(frozen=True)
class Marks:
    """What is known of lines, by (sheet, row): those that a person left out, and those that the database refused with a
    code when they were to be written."""

    skipped: frozenset[Place] = frozenset()
    refused: Mapping[Place, str] = field(default_factory=dict)


NO_MARKS = Marks()
