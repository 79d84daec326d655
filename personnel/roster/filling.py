"""Cells that mean what stands above them: merged ranges, ditto marks, and a village named once for all below it.

Only places and texts are ever taken from another row. What identifies a person never is, nor numbers and dates.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest

from django.utils.translation import gettext_lazy as _

from organization.refusal import StrOrPromise
from organization.refusal import fill as filled_in
from personnel.roster import headers
from personnel.roster.content import is_blank
from personnel.roster.fields import is_modelled
from personnel.roster.shapes import Cell, Choice, Column, Finding, Line, Notice, Problem, Question, Table

FILL, LEAVE = "fill", "leave"

PLACES = frozenset(("town", "village", "unit", "squad", "employer"))
TEXTS = frozenset(
    (
        *("force", "category", "sponsor", "share", "post", "grade", "ending", "sex", "ethnicity", "political"),
        *("education", "graduate_school", "major", "marital", "occupation", "military", "document"),
        *("native_place", "household", "household_address", "address", "specialty", "remark"),
    )
)
_COPIED = PLACES | TEXTS
_UNHEEDED = frozenset(("seq", "age"))  # held against other columns at most

_NOISE = re.compile(r"[\s\u200b-\u200f\ufeff]+")
_DITTO = frozenset(
    ("同上", "同上行", "(同上)", "〃", '"', '""', "''", "“", "”", "“”", "″", "′′", "〞", "〝", "〝〞", "ditto")
)
_INITIALS = frozenset("同〃\"'＂＇“”″′〞〝dDｄＤ(（ \t\n\r\u00a0\u3000\u200b\ufeff")
_LONGEST_MARK = 20


@dataclass(slots=True)
class Filled:
    """Lines with the values that they take from above, as new lines; problems, notices and questions."""

    lines: list[Line]
    findings: list[Finding] = field(default_factory=list)


def fill(table: Table, answers: Mapping[str, str], remembered: Mapping[str, str] | None = None) -> Filled:
    """Fill merged ranges, ditto marks and, if that was answered, blanks below a place. The table must be mapped.

    `answers` are by `Question.id`, `remembered` by `Question.about`. The table itself stays as it is.
    """
    filled = Filled(table.lines.copy())
    numbers = [line.number for line in table.lines]
    ranges = _ranges(table, {column.index for column in table.columns if column.field})
    # All columns at once: this is most of what a long roster costs here.
    values = list(zip_longest(*(line.cells for line in table.lines)))
    for column in table.columns:
        if is_modelled(column.field) and column.index < len(values):
            filler = _Filler(table, column, filled, list(values[column.index]))
            filler.spread(ranges.get(column.index, []), numbers)
            filler.repeat()
            if column.field in PLACES:
                filler.fill_down(answers, remembered or {})
    return filled


def _ranges(table: Table, columns: set[int]) -> dict[int, list[tuple[int, int]]]:
    """(first, last) Excel rows of the vertical merged ranges, by the column that holds their value; none overlap."""
    found: dict[int, list[tuple[int, int]]] = {}
    for top, left, bottom, _right in sorted(table.merged):
        if bottom > top >= table.header_row and left in columns:
            ranges = found.setdefault(left, [])
            # Excel forbids overlaps; a forged file could make one row be filled a million times.
            if not ranges or ranges[-1][1] < top + 1:
                ranges.append((top + 1, bottom + 1))
    return found


class _Filler:
    """Fills one column: `cells` are its values as far as they are filled, one for each line."""

    def __init__(self, table: Table, column: Column, filled: Filled, cells: list[Cell]) -> None:
        self.table, self.column, self.cells = table, column, cells
        self.lines, self.findings = filled.lines, filled.findings
        self.may_copy = column.field in _COPIED
        self.sentences: dict[tuple[str, Cell], StrOrPromise] = {}

    def _put(self, at: int, value: Cell) -> None:
        line = self.lines[at]
        if line is self.table.lines[at]:
            line = self.lines[at] = Line(line.number, line.cells.copy(), line.values)
        line.cells.extend([None] * (self.column.index + 1 - len(line.cells)))
        self.cells[at] = line.cells[self.column.index] = value

    def spread(self, ranges: list[tuple[int, int]], numbers: list[int]) -> None:
        """The value of a merged range goes to its own rows and no further."""
        for first, last in ranges:
            start, end = bisect_left(numbers, first), bisect_right(numbers, last)
            if end - start < 2 or numbers[start] != first or is_blank(self.cells[start]):
                continue
            if self.may_copy:
                for at in range(start + 1, end):
                    if is_blank(self.cells[at]):
                        self._put(at, self.cells[start])
            elif self.column.field not in _UNHEEDED:
                message = _("Merged cells of this column hold the value of their first row only; enter it in each row.")
                self._find(Notice, first, "merged_not_filled", message)

    def repeat(self) -> None:
        """Ditto marks take the value of the row above."""
        if self.column.field in _UNHEEDED:
            return
        marks = {cell for cell in set(self.cells) if type(cell) is str and cell[:1] in _INITIALS and _is_ditto(cell)}
        if not marks:
            return
        above: Cell = None
        for at, cell in enumerate(self.cells):
            if cell not in marks:
                above = cell
            elif not self.may_copy:
                self._ditto(Problem, at, _("“%(mark)s” is not accepted in this column; enter the value itself."))
            elif is_blank(above):
                self._ditto(Problem, at, _("“%(mark)s” has no value above it; enter the value itself."))
            else:
                self._ditto(Notice, at, _("“%(mark)s” was read as the value above: %(value)s"), above)
                self._put(at, above)

    def _ditto(self, kind: type[Finding], at: int, message: StrOrPromise, value: Cell = None) -> None:
        said = (str(self.cells[at]).strip(), value)
        # Few sentences and many rows: making a sentence costs more than all else about the row.
        if said not in self.sentences:
            self.sentences[said] = filled_in(message, {"mark": said[0], "value": value})
        self._find(kind, self.lines[at].number, "ditto", self.sentences[said])

    def fill_down(self, answers: Mapping[str, str], remembered: Mapping[str, str]) -> None:
        """A place that is named once and left blank below it: asked, and filled in only if that is the answer."""
        if not _is_named_once(self.cells):
            return
        question = self._question()
        given = answers.get(question.id)
        if given not in (FILL, LEAVE):
            given = remembered.get(question.about)
        if given == FILL:
            self._fill_blanks()
        elif given != LEAVE:
            self.findings.append(question)

    def _question(self) -> Question:
        header = self.column.header
        message = filled_in(_("Fill “%(header)s” downwards? Please confirm."), {"header": header})
        choices = (
            Choice(FILL, _("fill blank cells with the value above")),
            Choice(LEAVE, _("leave blank cells blank")),
        )
        about = "fill_down:" + headers.normalise(header)
        row = self.lines[0].number
        return Question(self.table.sheet, row, self.column.letter, "fill_down", message, choices, about)

    def _fill_blanks(self) -> None:
        count = 0
        for at in range(1, len(self.cells)):
            if is_blank(self.cells[at]):
                self._put(at, self.cells[at - 1])
                count += 1
        message = filled_in(_("Blank cells that were filled with the value above: %(count)d"), {"count": count})
        self._find(Notice, self.lines[0].number, "filled_down", message)

    def _find(self, kind: type[Finding], row: int, code: str, message: StrOrPromise) -> None:
        self.findings.append(kind(self.table.sheet, row, self.column.letter, code, message))


def _is_ditto(cell: str) -> bool:
    return len(cell) <= _LONGEST_MARK and unicodedata.normalize("NFKC", _NOISE.sub("", cell)).casefold() in _DITTO


def _is_named_once(cells: list[Cell]) -> bool:
    """Whether the first row has a value and those below mostly have none, or each value stands there only once."""
    if is_blank(cells[0]) or not any(map(is_blank, set(cells))):
        return False
    named = [cell for cell in cells if not is_blank(cell)]
    return len(named) * 2 <= len(cells) or len(set(named)) == len(named)
