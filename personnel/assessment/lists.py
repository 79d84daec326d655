"""Scores from a workbook or from pasted cells: name, document number, and a column an item. Each row is judged."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_lazy as _

from organization.keyring import sealer
from organization.models import Account
from personnel import identity
from personnel.assessment import scores as writing
from personnel.assessment.scoring import WHY_NOT, Entered, enter
from personnel.models import AssessmentCycle, Member
from personnel.roster.headers import fields_of
from personnel.roster.reading import parse_pasted, read
from personnel.roster.shapes import Book, FileRefused, Problem, Sheet, column_letter

HEADER_WITHIN = 15  # rows from the top
_BRACKETS = re.compile(r"[（(【\[].*?[）)】\]]|[\d.]+%|\s")


@dataclass
class Line:
    """A row of the list: where it stands, whom it names and the scores it gives by the place of the item."""

    sheet: str
    number: int
    name: str
    document: str
    scores: dict[int, int]
    member: int | None = None


@dataclass
class Listed:
    """What a list says: good lines, and problems with the row and the column that Excel shows."""

    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)  # sheet -> letter of the column of numbers


def of_file(data: bytes) -> Book:
    return read(data)


def of_pasted(text: str) -> Book:
    return parse_pasted(text)


def judge(book: Book, cycle: AssessmentCycle) -> Listed:
    """Read every sheet that has the columns. Raises FileRefused when none has."""
    listed = Listed()
    for sheet in book.sheets:
        if header := _header(sheet, cycle.items):
            listed.columns[sheet.name] = column_letter(header.number)
            listed.lines += _lines(sheet, header, listed)
    if not listed.columns:
        message = _("No sheet has a column 姓名, a column 身份证号码 and a column for at least one of: %(items)s.")
        raise FileRefused("no_scores", message, items="、".join(cycle.items))
    _find_members(listed)
    return listed


def take_in(listed: Listed, cycle: AssessmentCycle, account: Account, today: date) -> Entered:
    """Enter the good lines; whoever may not be scored becomes a problem of the list. Raises ScoringRefused."""
    found = {line.member: line for line in listed.lines if line.member}
    answer = enter(cycle, account, {member: line.scores for member, line in found.items()}, today)
    for member, code in answer.refused.items():
        listed.problems.append(_problem(found[member], listed.columns[found[member].sheet], code, WHY_NOT[code]))
    listed.problems.sort(key=lambda problem: (problem.sheet, problem.row or 0))
    return answer


def _plain(cell: object) -> str:
    return _BRACKETS.sub("", unicodedata.normalize("NFKC", str(cell or ""))).lower()


@dataclass(frozen=True)
class Header:
    """Where the headings stand: row and columns from 0; `items` are {column: place of the item}."""

    row: int
    name: int
    number: int
    items: dict[int, int]


def _header(sheet: Sheet, items: list[str]) -> Header | None:
    places = {_plain(item): place for place, item in enumerate(items)}
    for at, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        texts = [_plain(cell) for cell in row]
        meant = [fields_of(str(cell)[:60]) if isinstance(cell, str) else () for cell in row]
        name = next((c for c, fields in enumerate(meant) if fields == ("name",)), None)
        number = next((c for c, fields in enumerate(meant) if "id_number" in fields), None)
        found = {c: places[text] for c, text in enumerate(texts) if text in places}
        if name is not None and number is not None and found:
            return Header(at, name, number, found)
    return None


def _lines(sheet: Sheet, header: Header, listed: Listed) -> Iterator[Line]:
    letter = column_letter(header.number)
    for index, row in enumerate(sheet.rows[header.row + 1 :], header.row + 2):
        cells = [*row, *[None] * (max(header.name, header.number, *header.items) + 1 - len(row))]
        who, document = str(cells[header.name] or "").strip(), str(cells[header.number] or "").strip()
        if not document and not any(cells[column] is not None for column in header.items):
            continue  # a title, a total or a signature below the list
        given, bad = {}, False
        for column, place in header.items.items():
            try:
                if (score := writing.parse(cells[column])) is not None:
                    given[place] = score
            except writing.ScoreRefused as refusal:
                bad = True
                listed.problems.append(Problem(sheet.name, index, column_letter(column), refusal.code, str(refusal)))
        line = Line(sheet.name, index, who, document, given)
        if not document:
            listed.problems.append(_problem(line, letter, "missing", _("The document number is missing.")))
        elif given and not bad:
            yield line


def _find_members(listed: Listed) -> None:
    """Whose line it is, for all at once; a name that does not fit, and a second line of one person, is a problem."""
    seal = sealer()
    digests = {id(line): seal.digest(_number(line.document), purpose="id") for line in listed.lines}
    known = Member.objects.filter(id_digest__in=set(digests.values())).values_list("id_digest", "pk", "name")
    members = {bytes(digest): (key, name) for digest, key, name in known}
    seen: dict[int, Line] = {}
    for line in listed.lines:
        key, name = members.get(digests[id(line)], (None, ""))
        letter = listed.columns[line.sheet]
        if key is None:
            listed.problems.append(_problem(line, letter, "unknown", _("Nobody in your register has this number.")))
        elif name != line.name:
            listed.problems.append(
                _problem(line, letter, "name", _("Number and name do not belong to one person; please check both."))
            )
        elif key in seen:
            message = _("This person stands in row %(row)d already.") % {"row": seen[key].number}
            listed.problems.append(_problem(line, letter, "repeated", message))
        else:
            seen[key] = line
            line.member = key


def _number(text: str) -> str:
    number = identity.normalise(text)
    is_old = len(number) == 15 and number.isascii() and number.isdecimal()
    return identity.upgrade15(number) if is_old else number


def _problem(line: Line, column: str, code: str, message) -> Problem:
    return Problem(line.sheet, line.number, column, code, message)
