"""Rows cleaned while a child process still reads the rest of the file: two processors at work.

What a column is about is guessed from the first rows. It counts only where the whole file says the same, on the same
terms, for lines that took nothing from others and of which nothing had to be said; all else is cleaned as ever.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from personnel.roster import layout, mapping, values
from personnel.roster.shapes import Book, Cell, FileRefused, Line, Sheet, Table
from personnel.roster.terms import Terms
from personnel.roster.values import Context

Remembered = Callable[[Table], Mapping[str, str]]  # what was answered before about a file with these headers
Fields = Mapping[int, str]


def context_of(terms: Terms, *, has_1904_dates: bool) -> Context:
    """What cleaning on these terms has to know."""
    return Context(
        today=terms.today,
        has_1904_dates=has_1904_dates,
        answers=terms.answers,
        remembered=terms.remembered,
        force=terms.force,
    )


class Early:
    """Is shown the rows of each sheet as they come, and knows the values of those that are plain."""

    def __init__(self, terms: Terms, remembered: Remembered) -> None:
        self._terms, self._remembered = terms, remembered
        self._first: list[list[Cell]] = []
        self._begin()
        self._known: dict[str, tuple[Fields, Context, dict[int, dict]]] = {}

    def _begin(self) -> None:
        self._cleaner: values.Cleaner | None = None
        self._fields: Fields = {}
        self._context: Context | None = None
        self._values: dict[int, dict] = {}

    def look(self, rows: list[list[Cell]], above: int, *, has_1904_dates: bool) -> None:
        """More rows of a sheet, with so many above them. A short list, which comes in one go, is not worth a guess."""
        if not above:
            self._first = rows
            return
        if self._first:
            first, self._first = self._first, []
            self._guess(first, has_1904_dates)
            self._clean(first, 0)
        self._clean(rows, above)

    def end(self, sheet: str) -> None:
        """The sheet is complete, and this is its name."""
        if self._context is not None:
            self._known[sheet] = self._fields, self._context, self._values
        self._first = []
        self._begin()

    def take(self, sheet: str, fields: Fields, context: Context) -> dict[int, dict]:
        """The values of the plain rows of a sheet by their numbers, once; none if they were taken for others."""
        guessed, cleaned_in, found = self._known.pop(sheet, ({}, None, {}))
        return found if guessed == fields and cleaned_in == context else {}

    def _guess(self, first: list[list[Cell]], has_1904_dates: bool) -> None:
        try:
            (table,) = layout.tables(Book([Sheet("", first)])).tables
            terms = replace(self._terms, remembered=self._remembered(table))
            mapped = mapping.map_columns(table, terms.answers, force=terms.force or None, remembered=terms.remembered)
        except FileRefused:
            return
        self._fields, self._context = mapped.fields, context_of(terms, has_1904_dates=has_1904_dates)
        self._cleaner = values.Cleaner("", self._fields, self._context)

    def _clean(self, rows: list[list[Cell]], above: int) -> None:
        if self._cleaner is None:
            return
        cleaned = self._cleaner.rows([Line(number, cells) for number, cells in enumerate(rows, above + 1)])
        self._values |= {row.number: row.values for row in cleaned if not row.findings}
