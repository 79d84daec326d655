"""The cells of a line become the values of a row: each cell alone, then the person, then the service."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import repeat, zip_longest
from operator import itemgetter

from django.utils.translation import gettext_lazy as _

from organization.refusal import fill
from personnel import identity
from personnel.roster.fields import is_modelled
from personnel.roster.shapes import Cell, CellError, Line, Problem, Question, Row, column_letter
from personnel.roster.values import amounts, codes, dates, numbers, person, plain, service
from personnel.roster.values.cell import BLANK, Cleaned, problem
from personnel.roster.values.column import CellCleaner, Column
from personnel.roster.values.context import Context

# Their value depends on the rest of the row.
_HELD = frozenset({"id_number", "birth_date", "sex", "age", "share", "contract_term", "status"})
_PLAIN = (frozenset({"id_number"}), frozenset({"id_number", "sex"}))
_BESIDE = {"ending": "ending_note", "share": "share_said"}  # what is kept of the clerk's own words, from the same cell
_YES_OR_NO = ("contract_signed", "social_insurance", "medical_insurance", "injury_insurance", "is_certified")


class Cleaner:
    """Cleans the lines of one table. `fields` maps the position of a column, from 0, to a field; the first column of
    a field counts. Columns of fields that are not imported are not looked at, nor are serial numbers."""

    def __init__(self, sheet: str, fields: Mapping[int, str], context: Context) -> None:
        self.sheet = sheet
        self.context = context
        self.letters: dict[str, str] = {}
        self._columns: list[Column] = []
        known = cleaners(context)
        for index, field in sorted(fields.items()):
            if is_modelled(field) and field in known and field not in self.letters:
                self._add(index, field, known)
                if beside := _BESIDE.get(field):
                    self._add(index, beside, known)
        self._has_days = not service.DAYS.isdisjoint(self.letters)
        if term := self.letters.get("contract_term"):
            self.letters = {"contract_from": term, "contract_until": term} | self.letters
            self._has_days = True
        # Whatever else has to be seen together with the rest of the row is judged one by one.
        self._may_be_plain = _HELD.intersection(self.letters) in _PLAIN
        self._width = max(fields, default=-1) + 2  # one more than there is, for a name that has no column
        if "name" not in self.letters:
            self._columns.append(Column(self._width - 1, "name", lambda _cell: known["name"](None), {}))

    def _add(self, index: int, field: str, known: Mapping[str, CellCleaner]) -> None:
        self.letters[field] = column_letter(index)
        seen: dict[Cell, Cleaned] = {} if field == "name" else {None: BLANK, "": BLANK}
        self._columns.append(Column(index, field, known[field], seen))

    def row(self, line: Line) -> Row:
        """The row of a line. Its `columns` are shared by all rows of the table: look, do not write."""
        return self.rows([line])[0]

    def known_rows(self, lines: Sequence[Line]) -> list[Row]:
        """The rows of lines that were cleaned before, on the same terms."""
        others = [line for line in lines if line.values is None]
        cleaned = iter(self.rows(others) if others else ())
        return [
            next(cleaned) if line.values is None else Row(self.sheet, line.number, line.values, columns=self.letters)
            for line in lines
        ]

    def rows(self, lines: Sequence[Line]) -> list[Row]:
        """The rows of lines, cleaned column by column: most columns hold a few words again and again."""
        columns = list(zip_longest(repeat(None, self._width), *(line.cells for line in lines)))
        values: dict[str, list] = {}
        held: dict[str, list[Cleaned]] = {}
        said: list[tuple[int, str, Cleaned]] = []
        for column in self._columns:
            cells = columns[column.index][1:]
            found = column.found(cells)
            said += self._errors(column.field, cells, lines)
            if column.field in _HELD:
                held[column.field] = found
            else:
                values[column.field] = list(map(_VALUE, found))
                if any(map(_REMARKS, found)):
                    said += [(at, column.field, each) for at, each in enumerate(found) if each.remarks]
        rows = [
            Row(self.sheet, line.number, dict(zip(values, of_row, strict=True)), columns=self.letters)
            for line, of_row in zip(lines, zip(*values.values(), strict=True), strict=True)
        ]
        for at, field, each in said:
            self._take(rows[at], field, each)
        if held and self._may_be_plain:
            sexes = held.get("sex") or [BLANK] * len(rows)
            are_plain = list(map(self._is_plain, rows, map(_VALUE, held["id_number"]), sexes))
        else:
            are_plain = [False] * len(rows)
        for at, (row, is_plain) in enumerate(zip(rows, are_plain, strict=True)):
            if not is_plain:
                self._judge(row, {field: cells[at] for field, cells in held.items()})
        return rows

    def _is_plain(self, row: Row, cell: Cell, sex: Cleaned) -> bool:
        """Whether a resident's number tells the person, and nothing is to be said: nearly all rows, at half the cost.

        Then its values are in the row; else they are as they were.
        """
        values = row.values
        force = values.get("force") or self.context.force
        if row.findings or sex.remarks or values.get("document") or force == "volunteer" or not numbers.is_plain(cell):
            return False
        try:
            told = identity.parse(cell, self.context.today)
        except identity.IdNumberError:
            return False
        if sex.value is not None and sex.value != told.sex:
            return False
        if self._has_days and not service.is_plain(values, told.birth_date):
            return False
        values["id_number"], values["document"] = cell, numbers.RESIDENT
        values["birth_date"], values["sex"] = told.birth_date, told.sex
        if force:
            values["force"] = force
        return True

    def _errors(self, field: str, cells: Sequence[Cell], lines: Sequence[Line]) -> list[tuple[int, str, Cleaned]]:
        """What is said of formulas that left an error: (position, field, problem)."""
        if CellError not in set(map(type, cells)) or field in _BESIDE.values():  # that is the same cell again
            return []
        letter = self.letters[field]
        return [
            (at, field, _formula_error(f"{letter}{lines[at].number}", cell))
            for at, cell in enumerate(cells)
            if isinstance(cell, CellError)
        ]

    def _judge(self, row: Row, held: dict[str, Cleaned]) -> None:
        self._judge_person(row, held)
        values = row.values
        force = values.get("force") or self.context.force or None
        if force:
            values["force"] = force
        if "share" in held or force == "volunteer":
            self._take(row, "share", service.share(force, held.get("share", BLANK)))
        if "contract_term" in held:
            self._split_term(row, held["contract_term"])
        if "status" in held:
            self._take(row, "status", service.standing(held["status"].value, values.get("ended_on")))
        if self._has_days:
            for field, found in service.contradictions(values):
                self._take(row, field, found)

    def _split_term(self, row: Row, term: Cleaned) -> None:
        """Two days in one cell are the beginning and end of the contract, where these have no columns of their own."""
        for field, day in zip(("contract_from", "contract_until"), term.value or (), strict=False):
            if row.values.get(field) is None:
                row.values[field] = day
        self._take(row, "contract_term", Cleaned(None, term.remarks))

    def _judge_person(self, row: Row, held: dict[str, Cleaned]) -> None:
        values, today = row.values, self.context.today
        document = self._document(row, held.get("id_number", BLANK).value)
        self._take(row, "id_number", document.number)
        told = document.told
        if document.kind is not None and document.number.value is not None:
            values["document"] = document.kind
        if told is None and self._said(row, "id_number"):
            values |= dict.fromkeys({"birth_date", "sex"} | (held.keys() & {"age"}))  # first the number has to be right
            return
        self._take(row, "birth_date", person.birth_date(told, held.get("birth_date", BLANK).value, self.context))
        self._take(row, "sex", person.sex(told, held.get("sex", BLANK)))
        if "age" in held:
            self._take(row, "age", person.age(values["birth_date"], held["age"], today))
        if told is None and values["id_number"] is not None:
            self._need(row, "sex", "birth_date")

    def _document(self, row: Row, cell: Cell) -> numbers.Document:
        document = numbers.document(cell, row.values.get("document"), self.context.today)
        if document.number.value is None and (self._said(row, "id_number") or self._said(row, "document")):
            # The cell holds an error, or it must first be known what kind of document this is.
            return numbers.Document(document.kind, BLANK)
        return document

    def _need(self, row: Row, *fields: str) -> None:
        for field in fields:
            missing = person.needed(row.values[field])
            if missing is not None and not self._said(row, field):
                self._take(row, field, missing)

    def _said(self, row: Row, field: str) -> bool:
        """Whether something of this column stands in the way already."""
        letter = self.letters.get(field)
        return any(one.column == letter and isinstance(one, Problem | Question) for one in row.findings)

    def _take(self, row: Row, field: str, found: Cleaned) -> None:
        """Put a value into the row with what is said of it; a question that was answered gives its outcome instead."""
        value, remarks = found
        for remark in remarks:
            finding = remark.at(self.sheet, row.number, self.letters.get(field, ""))
            choice = self.context.answer(finding) if isinstance(finding, Question) else None
            if choice is None or remark.settle is None:
                row.findings.append(finding)
            else:
                self._take(row, field, remark.settle(choice))
                value = row.values[field]
        row.values[field] = value


_VALUE, _REMARKS = itemgetter(0), itemgetter(1)


def _formula_error(place: str, error: CellError) -> Cleaned:
    return problem("formula", fill(_FORMULA[bool(error.text)], {"cell": place, "error": error.text}))


_FORMULA = {
    True: _("Cell %(cell)s holds the formula error %(error)s"),
    False: _("Cell %(cell)s holds a formula without a result; open the file in Excel, save it and upload it again."),
}


def clean(line: Line, sheet: str, fields: Mapping[int, str], context: Context) -> Row:
    """One line alone. For a whole table keep a Cleaner: it prepares the columns once and remembers repeated cells."""
    return Cleaner(sheet, fields, context).row(line)


def cleaners(context: Context) -> dict[str, CellCleaner]:
    """What cleans a cell of each field."""
    return {
        **plain.CLEANERS,
        **{field: codes.cleaner(field) for field in codes.FIELDS_WITH_CODES},
        **{field: dates.cleaner(field, context) for field in dates.FIELDS},
        **{field: partial(codes.yes_or_no, field) for field in _YES_OR_NO},
        "birth_date": lambda cell: Cleaned(dates.read(cell, context, "birth_date")),
        "id_number": Cleaned,  # together with the kind of document
        "phone": numbers.phone,
        "contact_phone": numbers.phone,
        "age": amounts.age,
        "share": amounts.share,
        "share_said": amounts.share_said,
        "wage": amounts.wage,
        "contract_term": partial(dates.term, context),
        "status": partial(plain.text, codes.MAX_WORD),
    }
