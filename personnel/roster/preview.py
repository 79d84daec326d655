"""A page of a roster as people look at it: its columns, cells with what is said of them, old beside new."""

from dataclasses import dataclass, field
from datetime import date

from personnel.models import ImportedRow, Member
from personnel.roster import staging
from personnel.roster.fields import FIELDS
from personnel.roster.shapes import CellError, column_letter

MOST_SHOWN = 30
KINDS = {"Problem": "problem", "Question": "question", "Notice": "notice"}


@dataclass
class ShownCell:
    """A cell: its text, the worst that is said of it, what was there before."""

    text: str
    level: str = ""
    messages: list[str] = field(default_factory=list)
    old: str = ""


@dataclass
class ShownRow:
    """A line: where it stands, its fate, its cells, and what is said of the line as a whole."""

    row: object
    sheet: str
    cells: list[ShownCell]
    messages: list[tuple[str, str]]
    fate: str
    member: Member | None = None


@dataclass
class Header:
    """A column: its letter, what stands in the file, and what it was taken for."""

    letter: str
    text: str
    field: str


@dataclass
class ShownSheet:
    name: str
    headers: list[Header]
    rows: list[ShownRow]


@dataclass
class QuestionGroup:
    """Questions of one kind; many rows with the same question may be answered at once."""

    code: str
    column: str
    text: str
    questions: list[dict]

    @property
    def count(self) -> int:
        return len(self.questions)

    @property
    def is_many(self) -> bool:
        return self.count > 1 and bool(self.questions[0]["row"])

    @property
    def choices(self) -> list[dict]:
        return self.questions[0]["choices"]

    @property
    def shown(self) -> list[dict]:
        return self.questions[:MOST_SHOWN]

    @property
    def rest(self) -> int:
        return max(0, self.count - MOST_SHOWN)


def groups(questions: list[dict]) -> list[QuestionGroup]:
    """Questions by kind and column, those about sheets and columns each alone."""
    found: dict[tuple, QuestionGroup] = {}
    for one in questions:
        key = (one["code"], one["column"]) if one["row"] else (one["id"],)
        group = found.setdefault(key, QuestionGroup(one["code"], one["column"], one["text"], []))
        group.questions.append(one)
    return list(found.values())


class Preview:
    """The lines of one page. Cells are opened here and nowhere else."""

    def __init__(self, roster, rows, *, is_waiting: bool, asked: list[dict] | None = None) -> None:
        self.roster, self.is_waiting, self.questions = roster, is_waiting, groups(asked or [])
        self.listed = list(rows)
        keys = [row.member_id for row in self.listed if row.member_id]
        self.members = Member.objects.in_bulk(keys)

    def rows(self) -> list[ShownRow]:
        return [self._row(row) for row in self.listed]

    def sheets(self) -> list[ShownSheet]:
        """The lines, with the headers of the sheet that they stand in."""
        found: list[ShownSheet] = []
        for row in self.rows():
            sheet = self.roster.sheets[row.row.sheet]
            if not found or found[-1].name != sheet["name"]:
                headers = [
                    Header(column_letter(index), header, label(name)) for index, header, name in sheet["columns"]
                ]
                found.append(ShownSheet(sheet["name"], headers, []))
            found[-1].rows.append(row)
        return found

    def _row(self, row) -> ShownRow:
        sheet = self.roster.sheets[row.sheet]
        cells = staging.open_cells(row) if self.is_waiting else []
        changes = row.changes if self.is_waiting else {}
        shown = []
        for index, _header, name in sheet["columns"]:
            text = text_of(cells[index]) if index < len(cells) else ""
            old = changes.get(name)
            shown.append(ShownCell(text, old=old[0] if old else ""))
        rest = self._say(row, sheet, shown)
        fate = str(dict(ImportedRow.Fate.choices).get(row.fate, ""))
        return ShownRow(row, sheet["name"], shown, rest, fate, self.members.get(row.member_id))

    def _say(self, row, sheet, shown: list[ShownCell]) -> list[tuple[str, str]]:
        """Hand the findings to their cells; those of the whole line are returned."""
        by_letter = {
            column_letter(index): cell for (index, _header, _field), cell in zip(sheet["columns"], shown, strict=True)
        }
        rest = []
        for kind, column, _code, message, *_more in row.findings:
            cell = by_letter.get(column)
            if cell is None:
                rest.append((KINDS[kind], message))
                continue
            cell.messages.append(message)
            cell.level = min(filter(None, (cell.level, KINDS[kind])), key=list(KINDS.values()).index)
        return rest


def text_of(cell) -> str:
    """A cell as it stands in the sheet."""
    if cell is None:
        return ""
    if isinstance(cell, CellError):
        return cell.text
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def label(name: str) -> str:
    return str(FIELDS[name].label) if name in FIELDS else ""
