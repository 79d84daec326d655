"""Which column of a table is about what, and what has to be asked of the person who sent it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from organization.refusal import StrOrPromise, fill
from personnel.exports.marked import ADDED
from personnel.roster import content, headers
from personnel.roster.fields import FIELDS, is_modelled
from personnel.roster.shapes import Cell, Choice, Column, FileRefused, Notice, Question, Table, short_hash
from personnel.roster.values import shown

IGNORE = "ignore"
NEEDED = ("name", "id_number")
_UNIT_WORDS = {"保安": "guard", "辅警": "auxiliary", "志愿": "volunteer", "联防": "joint_defence"}


@dataclass(slots=True)
class Mapped:
    """Column index -> key of the field, for all columns that are certain or answered; what to ask and to tell."""

    fields: dict[int, str] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


def map_columns(
    table: Table, answers: Mapping[str, str], *, force: str | None = None, remembered: Mapping[str, str] | None = None
) -> Mapped:
    """Give each column its field, also in `Column.field`. Fields that are not imported are among them, with a notice.

    `answers` are by `Question.id`, `remembered` by `Question.about`; those that are not among the choices are asked
    again. `force` is the code of the force that the roster is of. Raises FileRefused "column_missing" if there is
    neither a column for the name or the document number nor one that could be it.
    """
    return _Mapping(table, answers, remembered or {}, force or _force_of(table)).result()


def header_key(table: Table) -> str:
    """The same for tables with the same headers in the same order, whatever the sheet is called."""
    return short_hash(*(headers.normalise(column.header) for column in table.columns if column.header not in ADDED))


def _force_of(table: Table) -> str | None:
    """The force whose people the headers speak of, if they say so: 保安员证号, 辅警编号."""
    text = "".join(column.header for column in table.columns)
    return next((force for word, force in _UNIT_WORDS.items() if word in text), None)


class _Mapping:
    def __init__(
        self, table: Table, answers: Mapping[str, str], remembered: Mapping[str, str], force: str | None
    ) -> None:
        self.table, self.answers, self.remembered, self.force = table, answers, remembered, force
        self.mapped = Mapped()
        self.row = table.header_row or None  # a pasted list may have no header
        self.held: dict[str, Column] = {}  # field -> the column that has it
        self.settled: set[str] = set()  # fields that a person gave to a column
        self.possible: set[str] = set()  # fields that a column may turn out to be
        self.samples: dict[int, list[Cell]] = {}

    def result(self) -> Mapped:
        for column in self.table.columns:
            column.field = ""
        open_columns = [column for column in self._in_order() if not self._settle(column)]
        for column in sorted(open_columns, key=lambda column: column.index):
            self._ask(column)
        self._finish()
        return self.mapped

    def _in_order(self) -> Iterable[Column]:
        """Columns with values before empty ones, so that an empty column never keeps a field from a filled one."""
        return sorted(self.table.columns, key=lambda column: (not self._sample(column), column.index))

    def _sample(self, column: Column) -> list[Cell]:
        if column.index not in self.samples:
            at = column.index
            cells = (line.cells[at] for line in self.table.lines if at < len(line.cells))
            self.samples[at] = content.sample(cells)
        return self.samples[column.index]

    def _settle(self, column: Column) -> bool:
        """Map a column that needs no question; whether it was settled so."""
        if column.header in ADDED:  # by our own workbook of rows to correct
            return True
        sample = self._sample(column)
        found = headers.fields_of(column.header, self.force) if column.header else ()
        if self._is_dangerous(column, sample):
            message = _("Column “%(header)s” belongs to a database and was ignored.")
            self._note(column, "column_dangerous", message)
            return True
        if len(found) > 1:
            fitting = [key for key in found if key in content.evidence(sample)]
            found = tuple(fitting) if len(fitting) == 1 else found
        if len(found) != 1:
            return not sample
        return self._take(column, found[0]) or not sample

    def _is_dangerous(self, column: Column, sample: list[Cell]) -> bool:
        if headers.normalise(column.header) != "id":
            return headers.is_dangerous(column.header)
        numbers = [content.small_number(cell) for cell in sample]
        return any(number is not None for number in numbers) and content.evidence(sample) != ("id_number",)

    def _take(self, column: Column, key: str) -> bool:
        """Give a field to a column, unless another one has it already."""
        if not is_modelled(key):
            self._note(column, "column_not_imported", _("This column is not imported yet: %(header)s"))
            if key in FIELDS:
                column.field = key
            return True
        if key in self.held:
            return key == "seq"  # nothing of it is kept, so a second one needs no question
        self.held[key] = column
        column.field = key
        return True

    def _ask(self, column: Column) -> None:
        found = headers.fields_of(column.header, self.force) if column.header else ()
        suggested = self._suggestions(column, found)
        about = headers.normalise(column.header)
        others = (other.header for other in self.table.columns if other.index < column.index)
        before = sum(headers.normalise(other) == about for other in others)
        if len(found) == 1 or before:
            about += f"#{max(2, before + 1)}"
        question = Question(
            self.table.sheet,
            self.row,
            column.letter,
            "column",
            self._sentence(column, found),
            self._choices(suggested),
            about if column.header else "",
        )
        answer = self._answer(question)
        if answer is None:
            self.mapped.questions.append(question)
            self.possible.update(suggested)
        elif answer != IGNORE:
            self._obey(column, answer)

    def _suggestions(self, column: Column, found: tuple[str, ...]) -> list[str]:
        signs = content.evidence(self._sample(column))
        if headers.is_about_another(column.header):
            signs = tuple(key for key in signs if key == "contact_phone")
        # Dates, names and the like fit many fields: they are offered after what the header says.
        strong = [key for key in signs if key in ("id_number", "phone", "contact_phone", "sex")]
        weak = [key for key in signs if key not in strong]
        said = [*found, *headers.suggestions(column.header)] if column.header else []
        ranked = [*said, *strong, *weak] if found else [*strong, *said, *weak]
        free = [key for key in dict.fromkeys(ranked) if key in FIELDS and (key not in self.held or key in found)]
        return [key for key in free if key not in self.settled]

    def _choices(self, suggested: list[str]) -> tuple[Choice, ...]:
        keys = dict.fromkeys([*suggested, *(key for key in FIELDS if is_modelled(key) and key not in self.settled)])
        choices = [Choice(key, self._label(key)) for key in keys]
        return (*choices, Choice(IGNORE, _("do not import this column")))

    def _label(self, key: str) -> StrOrPromise:
        if key not in self.held:
            return FIELDS[key].label
        params = {"field": FIELDS[key].label, "letter": self.held[key].letter}
        return fill(_("%(field)s, instead of column %(letter)s"), params)

    def _sentence(self, column: Column, found: tuple[str, ...]) -> StrOrPromise:
        params: dict[str, object] = {"letter": column.letter, "header": column.header}
        if not column.header:
            return fill(_("Column %(letter)s has no header. What does it contain?"), params)
        if not found:
            return fill(_("Column %(letter)s “%(header)s” is not known. What does it contain?"), params)
        if len(found) > 1:
            return fill(_("Column %(letter)s “%(header)s” can mean several things. What does it contain?"), params)
        params |= {"field": FIELDS[found[0]].label, "first": self.held[found[0]].letter}
        message = _("Columns %(first)s and %(letter)s both say “%(field)s”. What does %(letter)s “%(header)s” contain?")
        return fill(message, params)

    def _answer(self, question: Question) -> str | None:
        allowed = {choice.value for choice in question.choices}
        given = self.answers.get(question.id)
        if given not in allowed and question.about:
            given = self.remembered.get(question.about)
        return given if given in allowed else None

    def _obey(self, column: Column, key: str) -> None:
        former = self.held.pop(key, None) if key != "seq" else None
        if former is not None:
            former.field = ""
            self._note(former, "column_replaced", _("Column “%(header)s” is not imported, as another takes its place."))
        if self._take(column, key) and is_modelled(key) and key != "seq":
            self.settled.add(key)

    def _finish(self) -> None:
        for key in NEEDED:
            if key not in self.held and key not in self.possible:
                raise self._missing(key)
        self._note_list_beside()
        self._note_other_force()
        self.mapped.fields = {column.index: column.field for column in self.table.columns if column.field}
        self.mapped.notices.sort(key=lambda notice: (len(notice.column), notice.column))

    def _note_other_force(self) -> None:
        """The force is chosen once for a file, and easily left as it was: 志愿者 would become joint defence."""
        name = self.held.get("name")
        text = self.table.sheet + (name.header if name else "")
        found = {force for word, force in _UNIT_WORDS.items() if word in text}
        if self.force and len(found) == 1 and self.force not in found and "force" not in self.held:
            params = {"said": shown("force", *found), "force": shown("force", self.force)}
            message = fill(_("The sheet speaks of “%(said)s”, but is read as “%(force)s”; please check."), params)
            self.mapped.notices.append(Notice(self.table.sheet, None, "", "other_force", message))

    def _note_list_beside(self) -> None:
        """People who stand to the right of others are not read: nobody may be lost in silence."""
        for column in self.table.columns:
            is_number = headers.fields_of(column.header, self.force) == ("id_number",)
            if is_number and not column.field and content.evidence(self._sample(column)) == ("id_number",):
                message = _(
                    "Another list stands beside the first, with ID numbers in column “%(header)s”; its people were "
                    "not read. Move them below the first list."
                )
                self._note(column, "list_beside", message)

    def _missing(self, key: str) -> FileRefused:
        header = {"name": "姓名", "id_number": "身份证号"}[key]
        message = _(
            "Sheet “%(sheet)s” has no column “%(header)s” (%(field)s). "
            "Name the column “%(header)s” in row %(row)d and send the file again."
        )
        row = max(self.table.header_row, 1)
        params = {"sheet": self.table.sheet, "field": FIELDS[key].label, "header": header, "row": row}
        return FileRefused("column_missing", message, **params)

    def _note(self, column: Column, code: str, message: StrOrPromise) -> None:
        sentence = fill(message, {"header": column.header})
        self.mapped.notices.append(Notice(self.table.sheet, self.row, column.letter, code, sentence))
