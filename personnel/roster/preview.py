"""A page of a roster as people look at it: its columns, cells with what is said of them, old beside new."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from organization.scope import current
from personnel.exports import numbers
from personnel.exports.marked import text_of
from personnel.models import ImportedLine, ImportedRow, Member, StagedLine
from personnel.roster import staged_lines
from personnel.roster.fields import FIELDS
from personnel.roster.filling import PLACES, TEXTS
from personnel.roster.question_groups import SERVES_OR_KEPT_ELSEWHERE, AskedQuestion, QuestionGroup, groups
from personnel.roster.shapes import Cell, column_letter

KINDS = {"Problem": "problem", "Question": "question", "Notice": "notice"}
OF_A_PERSON = (*SERVES_OR_KEPT_ELSEWHERE, "sex_differs", "name_unreadable", "truncated", "january_or_october")
Line = tuple[int, int]  # place of the sheet, row


@dataclass
class ShownCell:
    """A cell: its text, the worst that is said of it, what the register holds (`old`) where that changes and what it
    will hold (`new`); `above` is the text of the merged range that a blank cell belongs to; `where` is the column."""

    text: str
    level: str = ""
    messages: list[str] = field(default_factory=list)
    old: str = ""
    new: str = ""
    is_change: bool = False
    above: str = ""
    where: str = ""


@dataclass
class ShownRow:
    """A line: where it stands, its fate, its cells, and what is said of the line as a whole."""

    row: StagedLine | ImportedLine
    sheet: str
    cells: list[ShownCell]
    messages: list[tuple[str, str]]
    fate: str
    member: Member | None = None

    @property
    def marked(self) -> list[ShownCell]:
        """The cells that keep the line out."""
        return [cell for cell in self.cells if cell.level in ("problem", "question")]

    @property
    def noticed(self) -> list[ShownCell]:
        return [cell for cell in self.cells if cell.level == "notice"]

    @property
    def changed(self) -> list[ShownCell]:
        return [cell for cell in self.cells if cell.is_change]

    @property
    def letters(self) -> str:
        return "、".join(cell.where.partition(" ")[0] for cell in self.marked)


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


class Preview:
    """The lines of one page. Cells are opened here and nowhere else."""

    def __init__(self, roster, rows, *, is_waiting: bool, asked: list[dict] | None = None) -> None:
        self.roster, self.is_waiting = roster, is_waiting
        self.listed = list(rows)
        self.cells = staged_lines.open_shown(self.listed) if is_waiting else [[] for _row in self.listed]
        keys = [row.member_id for row in self.listed if row.member_id]
        self.members = Member.objects.in_bulk(keys)
        self.places = {sheet["name"]: place for place, sheet in enumerate(roster.sheets)}
        self.questions = self._groups(asked or [])
        self.merged = self._merged() if is_waiting else {}

    def _groups(self, asked: list[dict]) -> list[QuestionGroup]:
        found = groups(asked)
        about = {id(one): self._line(one.told) for group in found for one in group.shown if self._is_personal(one)}
        names = self._names(set(about.values()))
        for group in found:
            if group.told["code"] == "column":
                columns = self.roster.sheets[self.places[group.told["sheet"]]]["columns"]
                group.taken = frozenset(name for _index, _header, name in columns if name)
            for one in group.shown:
                one.person = names.get(about.get(id(one), (0, 0)), "")
        return found

    def _is_personal(self, one: AskedQuestion) -> bool:
        return bool(one.told["row"]) and one.told["code"] in OF_A_PERSON

    def _line(self, told: dict) -> Line:
        return self.places[told["sheet"]], told["row"]

    def _names(self, lines: set[Line]) -> dict[Line, str]:
        found = {}
        for line, cells in self._cells(lines).items():
            columns = self.roster.sheets[line[0]]["columns"]
            at = next((index for index, _header, name in columns if name == "name"), None)
            if at is not None and at < len(cells):
                found[line] = text_of(cells[at])
        return found

    def _cells(self, lines: set[Line]) -> dict[Line, list]:
        """Cells of some lines, in one query however many they are."""
        if not lines:
            return {}
        sheets, numbers = zip(*lines, strict=True)
        found = self.roster.staged.filter(sheet__in=set(sheets), number__in=set(numbers)).order_by("sheet", "number")
        rows = [row for row in found if (row.sheet, row.number) in lines]
        opened = staged_lines.open_shown(rows)
        return {(row.sheet, row.number): cells for row, cells in zip(rows, opened, strict=True)}

    def _merged(self) -> dict[tuple[int, int, int], str]:
        """What the blank cells of merged ranges mean: {(sheet, row, column): text}."""
        first: dict[tuple[int, int, int], Line] = {}
        numbers = defaultdict(list)
        for row in self.listed:
            numbers[row.sheet].append(row.number)
        for place, listed in numbers.items():
            sheet = self.roster.sheets[place]
            copied = {index for index, _header, name in sheet["columns"] if name in PLACES or name in TEXTS}
            for top, left, bottom, _right in sheet["merged"]:
                if bottom > top and left in copied:
                    inside = (number for number in listed if top + 1 < number <= bottom + 1)
                    first |= {(place, number, left): (place, top + 1) for number in inside}
        cells = self._cells(set(first.values()))
        return {
            key: text_of(cells[line][key[2]])
            for key, line in first.items()
            if line in cells and key[2] < len(cells[line])
        }

    def rows(self) -> list[ShownRow]:
        return list(map(self._row, self.listed, self.cells))

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

    def _row(self, row, cells: list[Cell]) -> ShownRow:
        sheet = self.roster.sheets[row.sheet]
        changes = row.changes if self.is_waiting else {}
        shown = []
        for index, header, name in sheet["columns"]:
            text = text_of(cells[index]) if index < len(cells) else ""
            where = f"{column_letter(index)} {header}"
            old, new = self._phones(row, text) if name == "phone" in changes else changes.get(name, ("", ""))
            above = "" if text else self.merged.get((row.sheet, row.number, index), "")
            shown.append(ShownCell(text, old=old, new=new, is_change=name in changes, above=above, where=where))
        rest = self._say(row, sheet, shown)
        rest += [("change", message) for message in self._unseen(sheet, changes)]
        fate = str(dict(ImportedRow.Fate.choices).get(row.fate, ""))
        return ShownRow(row, sheet["name"], shown, rest, fate, self.members.get(row.member_id))

    def _phones(self, row, text: str) -> tuple[str, str]:
        """The old phone, as the reader's role sees it, and the new one: neither is kept with the lines."""
        member = self.members.get(row.member_id)
        old = str((member.phone if member else None) or "")
        return old if numbers.shown_to(current().duty or "") == numbers.PLAIN else numbers.masked_phone(old), text

    def _unseen(self, sheet, changes: dict[str, list[str]]) -> list[str]:
        """Changes that no cell shows: fields that have no column of their own, and a service that begins."""
        columns = {name for _index, _header, name in sheet["columns"]}
        found = []
        for name, (old, new) in changes.items():
            if name == "started_on" and not old:
                found.append(_("A new service begins on %(day)s.") % {"day": new})
            elif name not in columns:
                told = {"field": label(name), "old": old or _("blank"), "new": new}
                found.append(_("%(field)s: %(old)s becomes %(new)s") % told)
        return found

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


def label(name: str) -> str:
    if name in FIELDS:
        return str(FIELDS[name].label)
    return _("reason of leaving") if name == "ending_note" else ""
