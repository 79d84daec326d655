"""Which rows below a header are people, and what is said of those that are not."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from organization.refusal import StrOrPromise, fill
from personnel.roster import content, footers, headers
from personnel.roster.header_rows import Header, text_of
from personnel.roster.shapes import Cell, Column, Line, Notice, Sheet

# In these a number is no count of people, also not in a row of sums.
_MEASURES = frozenset(
    (
        "wage",
        "age",
        "height",
        "weight",
        "share",
        "service_hours",
        "phone",
        "contact_phone",
        "shoe_size",
        "cap_size",
        "badge",
    )
)
_PLACES = frozenset(("town", "village", "unit", "squad", "force", "category", "employer", "sponsor"))
_SHOWN = 10
_EXAMPLES = 3  # rows below the header that may show how to fill in the others


@dataclass(slots=True)
class _Total:
    row: int
    letter: str
    found: footers.Sum
    so_far: int
    since_last: int


@dataclass(slots=True)
class Body:
    """The rows below a header: those of people, the `rest` that is not blank, and notices about them."""

    lines: list[Line] = field(default_factory=list)
    rest: list[Line] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


def read_lines(sheet: Sheet, header: Header) -> Body:
    """All rows of people below the header, up to a footer. A row that has neither name nor document number is none."""
    return _Reader(sheet, header).read()


class _Reader:
    def __init__(self, sheet: Sheet, header: Header) -> None:
        self.sheet, self.header = sheet, header
        self.fields = [fields[0] if fields else "" for fields in header.fields]
        self.name = _position(self.fields, header.names, "name")
        self.id_number = _position(self.fields, header.names, "id_number")
        self.wordings = [{headers.normalise(part) for part in parts} for parts in header.parts]
        above = sheet.rows[: max(header.top, 0)]
        self.before_header = [number for number, row in enumerate(above, 1) if any(map(content.is_id_number, row))]
        self.titles = {plain for row in above for cell in row if (plain := footers.plain(cell))}
        self.body = Body()
        self.totals: list[_Total] = []
        self.nobody: list[int] = []
        self.after_end: list[int] = []
        self.ended = False

    def read(self) -> Body:
        first = self.header.bottom + 2
        for number, cells in enumerate(self.sheet.rows[first - 1 :], first):
            # Nearly all rows have both: this is the whole cost of a long roster. Examples stand at the top.
            if (number >= first + _EXAMPLES and self._has_both(cells)) or self._judge(number, cells):
                self.body.lines.append(Line(number, cells))
            elif cells:
                self.body.rest.append(Line(number, cells))
        self._report()
        return self.body

    def _has_both(self, cells: list[Cell]) -> bool:
        try:
            who, what = cells[self.name], cells[self.id_number]  # type: ignore[index]
        except (IndexError, TypeError):
            return False
        is_filled = type(who) is str and type(what) is str and who != "" and len(what) > 14 and what[:14].isdecimal()
        return is_filled and not self.ended

    def _cell(self, cells: list[Cell], at: int | None) -> Cell:
        return cells[at] if at is not None and at < len(cells) else None

    def _judge(self, number: int, cells: list[Cell]) -> bool:
        """Whether a row is a person's; notes what it is otherwise."""
        has_number = not self.ended and footers.holds_a_number(self._cell(cells, self.id_number))
        if has_number and number > self.header.bottom + 1 + _EXAMPLES:
            return True
        filled = [at for at, cell in enumerate(cells) if not content.is_blank(cell)]
        if not filled:
            return False
        if self.ended:
            self._look_after_the_end(number, cells)
            return False
        if has_number:
            return not self._is_example(number, cells, filled)
        return not self._is_apart(number, cells, filled) and self._is_somebody(number, cells, filled)

    def _is_apart(self, number: int, cells: list[Cell], filled: list[int]) -> bool:
        """Whether a row without a document number is a sum, a footer, a title, a header or an example."""
        first = footers.plain(cells[filled[0]])
        if footers.sum_in(first) or footers.sum_in(footers.plain(self._cell(cells, self.name))):
            self._add_up(number, cells, filled)
            return True
        if footers.is_footer(first, self._field(filled[0])):
            self.ended = True
            return True
        if len(filled) == 1 and (first in self.titles or footers.is_of_the_paper(first)):
            return True
        return self._is_header(number, cells, filled) or self._is_example(number, cells, filled)

    def _field(self, at: int) -> str:
        return self.fields[at] if at < len(self.fields) else ""

    def _is_example(self, number: int, cells: list[Cell], filled: list[int]) -> bool:
        if not footers.is_example(footers.plain(cells[filled[0]])):
            return False
        self._note(number, "", "example", _("The example in this row was not read."))
        return True

    def _is_header(self, number: int, cells: list[Cell], filled: list[int]) -> bool:
        """Whether a header stands here: the first once more, or that of another list, which is not read."""
        words = {at: word for at in filled if (word := text_of(cells[at]))}
        known = [
            at for at, word in words.items() if at < len(self.wordings) and headers.normalise(word) in self.wordings[at]
        ]
        if len(known) * 2 > len(filled):
            return True
        meant = {fields[0] for word in words.values() if (fields := headers.fields_of(word))}
        if {"name", "id_number"} <= meant or (len(meant) > 2 and "name" in meant):
            self.ended = True
            message = _("Another list with other columns begins here; it was not read. Put it on a sheet of its own.")
            self._note(number, "", "second_list", message)
            return True
        return False

    def _is_somebody(self, number: int, cells: list[Cell], filled: list[int]) -> bool:
        columns = [at for at in (self.name, self.id_number) if at is not None]
        if any(at in columns for at in filled):
            return True
        if len(columns) < 2:
            # A column whose meaning is asked for may hold the other one: whatever is not a number counts.
            return any(self._field(at) not in _PLACES | {"seq"} for at in filled)
        numbered = any(self._field(at) == "seq" and content.small_number(cells[at]) is not None for at in filled)
        rest = [at for at in filled if self._field(at) not in _PLACES and self._field(at) != "seq"]
        if rest or not numbered:
            self.nobody.append(number)
        return False

    def _add_up(self, number: int, cells: list[Cell], filled: list[int]) -> None:
        words = {at: word for at in filled if (word := footers.plain(cells[at]))}
        keyword = next((at for at, word in words.items() if footers.sum_in(word)), filled[0])
        counts = [
            count
            for at in sorted(filled, key=lambda at: at < keyword)  # a number before the word is the row's own
            if self._field(at) not in _MEASURES and (count := content.small_number(cells[at])) is not None
        ]
        counted = len(self.body.lines)
        since = counted - (self.totals[-1].so_far if self.totals else 0)
        letter = Column(filled[0], "").letter
        self.totals.append(
            _Total(
                number,
                letter,
                footers.read_sum(words.get(keyword, ""), " ".join(words.values()), counts),
                counted,
                since,
            )
        )

    def _look_after_the_end(self, number: int, cells: list[Cell]) -> None:
        who, what = self._cell(cells, self.name), self._cell(cells, self.id_number)
        if (
            any(map(content.is_id_number, cells))
            or footers.holds_a_number(what)
            or (content.is_name(who) and not headers.is_known(str(who)) and len(cells) - cells.count(None) > 2)
        ):
            self.after_end.append(number)

    def _report(self) -> None:
        everybody = len(self.body.lines)
        for total in self.totals:
            stated = total.found.people
            fitting = {total.since_last} if total.found.is_partial else {total.so_far, total.since_last}
            if not total.so_far:
                fitting = {everybody}
            if stated is not None and stated not in fitting:
                counted = total.since_last if total.found.is_partial else total.so_far or everybody
                message = _("The sheet states a total of %(stated)d people; %(counted)d were found.")
                self._note(total.row, total.letter, "total", fill(message, {"stated": stated, "counted": counted}))
        self._note_rows("nobody", self.nobody, _("Rows without name and ID number were left out: %(rows)s"))
        before = _("Rows above the header look like people and were not read: %(rows)s")
        self._note_rows("before_header", self.before_header, before)
        after = _("Rows below the end of the list look like people and were not read: %(rows)s")
        self._note_rows("after_footer", self.after_end, after)

    def _note_rows(self, code: str, rows: list[int], message: StrOrPromise) -> None:
        if rows:
            shown = "、".join(map(str, rows[:_SHOWN])) + (f"…… ({len(rows)})" if len(rows) > _SHOWN else "")
            self._note(rows[0], "", code, fill(message, {"rows": shown}))

    def _note(self, row: int, letter: str, code: str, message: StrOrPromise) -> None:
        self.body.notices.append(Notice(self.sheet.name, row, letter, code, message))


def _position(fields: list[str], names: list[str], key: str) -> int | None:
    """The column of a field; one that is called "ID" only if there is no other, since it may be a database's."""
    found = [at for at, field_key in enumerate(fields) if field_key == key]
    return min(found, key=lambda at: headers.normalise(names[at]) == "id", default=None)
