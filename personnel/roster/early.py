"""Work begun while a child process still reads the file: two processors at work.

Until it tells the first rows, the people of the unit are fetched, with the fields of the roster that the unit sent
last; then each row is cleaned as it comes.

What a column is about is guessed from the first rows. It counts only where the whole file says the same, on the same
terms, for lines that took nothing from others and of which nothing had to be said; all else is cleaned as ever.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from organization.keyring import sealer
from personnel.models import RosterImport
from personnel.roster import fetching, layout, mapping, values
from personnel.roster.shapes import Book, Cell, FileRefused, Line, Sheet, Table
from personnel.roster.terms import Terms
from personnel.roster.values import Context

Remembered = Callable[[Table], Mapping[str, str]]  # what was answered before about a file with these headers
Fields = Mapping[int, str]
BYTES_A_PERSON = 30  # fewer than any file takes: more people than that cannot be in it


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
    """Is shown the rows of each sheet as they come, and knows the values of those that are plain.

    `digests` are those of their document numbers; `fetched` are the people of the unit, if a file of that size may be
    about all of them.
    """

    def __init__(self, terms: Terms, remembered: Remembered) -> None:
        self._terms, self._remembered = terms, remembered
        self._first: list[list[Cell]] = []
        self._begin()
        self._known: dict[str, tuple[Fields, Context, dict[int, dict]]] = {}
        self.digests: dict[str, bytes] = {}
        self.fetched: fetching.Fetched | None = None

    def _begin(self) -> None:
        self._cleaner: values.Cleaner | None = None
        self._fields: Fields = {}
        self._context: Context | None = None
        self._values: dict[int, dict] = {}

    def begin(self, size: int) -> None:
        """The child has so many bytes to read."""
        if fields := _fields_sent_last(self._terms.unit):
            self.fetched = fetching.fetch(self._terms, fields, size // BYTES_A_PERSON)

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
        found = {row.number: row.values for row in cleaned if not row.findings}
        self._values |= found
        numbers = [number for row in found.values() if (number := row.get("id_number"))]
        self.digests |= zip(numbers, map(partial(sealer().digest, purpose="id"), numbers), strict=True)


def _fields_sent_last(unit: int) -> set[str]:
    sent = RosterImport.objects.filter(unit=unit, committed_at__isnull=False).order_by("-pk")
    sheets = sent.values_list("sheets", flat=True).first() or []
    fields = {field for sheet in sheets for _index, _header, field in sheet["columns"] if field}
    return fields | {"contract_from", "contract_until"} if "contract_term" in fields else fields
