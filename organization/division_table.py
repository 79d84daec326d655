"""A real table of divisions (`code,name`): read in any encoding of an office, judged as a whole, loaded all or nothing.

Nothing is closed because it is absent from a table; a renamed unit keeps its old name among its other names.
"""

import codecs
import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import connections, transaction
from django.utils.translation import gettext_lazy as _

from organization import divisions
from organization.divisions import DivisionCodeError, Problem
from organization.models import Installation, Unit
from organization.office import OWNER
from organization.refusal import Refusal, fill

MAX_BYTES = 40 * 2**20
HEADERS = {
    "code": ("code", "代码", "编码", "区划代码", "行政区划代码", "统计用区划代码"),
    "name": ("name", "名称", "单位名称", "区划名称"),
}
_MARKS = (
    (codecs.BOM_UTF32_LE, None),
    (codecs.BOM_UTF32_BE, None),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BLANK = "\ufeff\u200b\u3000 \t\r\n"


class UnreadableTable(Refusal):
    """A file that is no table of divisions. Codes: unreadable, too_large, empty, encoding, header, quotes."""


@dataclass(frozen=True)
class Row:
    """A line of the table as it was written: its number in the file, code and name."""

    line: int
    code: str
    name: str


@dataclass(frozen=True)
class Plan:
    """What loading would do: new and renamed units as (code, name), how many stay as they are, and every problem."""

    new: tuple[tuple[int, str], ...]
    renamed: tuple[tuple[int, str], ...]
    unchanged: int
    problems: tuple[Problem, ...]


# --- bytes to rows --------------------------------------------------------------------------------------------------


def read(source: bytes | str | Path) -> list[Row]:
    """The rows of a CSV file, or of its bytes, with comma, semicolon or tab. Raises UnreadableTable."""
    data = source if isinstance(source, bytes) else _bytes_of(Path(source))
    if len(data) > MAX_BYTES:
        raise UnreadableTable("too_large", _("The file is larger than %(limit)d MB."), limit=MAX_BYTES // 2**20)
    text = decode(data)
    if not text.strip(_BLANK):
        raise UnreadableTable("empty", _("The file is empty."))
    return list(_rows(text))


def _bytes_of(path):
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnreadableTable(
            "unreadable", _("The file cannot be read: %(reason)s"), reason=error.strerror or str(error)
        ) from error


def decode(data: bytes) -> str:
    """The text, never guessed wrong in silence: what is in none of the known encodings is refused by name."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), _unmarked(data))
    if encoding is None:
        raise UnreadableTable("encoding", _("The file is in UTF-32. Please save it as UTF-8 or GB18030."))
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        message = _("The file looks like %(encoding)s but is damaged at byte %(byte)d. Please save it again as UTF-8.")
        raise UnreadableTable("encoding", message, encoding=encoding.upper(), byte=error.start) from error
    if encoding == "gb18030" and not _reads_as_chinese(text):
        message = _("The file is neither UTF-8, UTF-16 nor GB18030 (perhaps Big5). Please save it as UTF-8.")
        raise UnreadableTable("encoding", message)
    return text


def _unmarked(data):
    """Without a mark: zero bytes betray UTF-16, in which digits and commas have one each; else UTF-8, else GB18030."""
    if b"\0" in data:
        return "utf-16-le" if data[1::2].count(0) > data[::2].count(0) else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _reads_as_chinese(text):
    """GB18030 gives almost any bytes a meaning. Names of places are mostly common characters; mojibake is not."""
    foreign = [character for character in text if not character.isascii()]
    common = sum(1 for character in foreign if _is_common(character))
    return common >= 0.6 * len(foreign)


def _is_common(character):
    """Level 1 of GB 2312 (the 3,755 most frequent), or the punctuation that tables have."""
    try:
        encoded = character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return 0xB0 <= encoded[0] <= 0xD7 or character in "，。（）、“”　—"


def _rows(text):
    first = text.lstrip(_BLANK).partition("\n")[0]
    delimiter = next((mark for mark in (",", "\t", ";", "，") if mark in first), ",")
    lines = _records(text, delimiter)
    columns = _columns_of(next((cells for _line, cells in lines), []))
    for line, cells in lines:
        code, name = (cells[column] if column < len(cells) else "" for column in columns)
        yield Row(line, code, name)


def _records(text, delimiter):
    """Lines that hold anything, as (number of the line on which they begin, cells)."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            clean = [_cell(cell) for cell in cells]
            if any(clean):
                yield begins, clean
            begins = reader.line_num + 1
    except csv.Error as error:
        message = _("Line %(line)d is no proper line of a CSV file; perhaps a quotation mark is not closed.")
        raise UnreadableTable("quotes", message, line=begins) from error


def _cell(text):
    """Spreadsheets write ="440199003000" to keep a code from becoming a number."""
    text = text.strip(_BLANK)
    return text[2:-1] if text.startswith('="') and text.endswith('"') else text


def _columns_of(header):
    plain = [cell.casefold().replace(" ", "") for cell in header]
    found = [next((n for n, cell in enumerate(plain) if cell in names), None) for names in HEADERS.values()]
    if None in found:
        message = _("The first line must name the columns code and name (代码, 名称); it says: %(header)s")
        raise UnreadableTable("header", message, header=", ".join(header)[:80])
    return found


# --- rows to a plan -------------------------------------------------------------------------------------------------


def judge(rows: Iterable[Row], root: int, known: Iterable[Unit]) -> Plan:
    """Judge every row, alone and against the others and the units that exist. Nothing is written."""
    units = {unit.code: unit for unit in known}
    parsed, problems = _parsed(rows)
    codes = {line: code for line, code, _name in parsed}
    problems += [problem for problem in divisions.problems(parsed, root) if not _parent_exists(problem, codes, units)]
    new: dict[int, str] = {}
    renamed: dict[int, str] = {}
    unchanged = 0
    for line, code, name in parsed:
        unit = units.get(code)
        if unit is None:
            new.setdefault(code, name)
        elif unit.closed_on:
            problems.append(
                Problem(line, "code", "closed", fill(_("This unit was closed on %(day)s."), {"day": unit.closed_on}))
            )
        elif unit.name == name:
            unchanged += 1
        else:
            renamed.setdefault(code, name)
    problems.sort(key=lambda problem: problem.line)
    return Plan(tuple(new.items()), tuple(renamed.items()), unchanged, tuple(problems))


def _parsed(rows):
    parsed, problems = [], []
    for row in rows:
        try:
            parsed.append((row.line, divisions.parse_code(row.code), row.name))
        except DivisionCodeError as error:
            problems.append(Problem(row.line, "code", error.code, fill(error.message, error.params)))
    return parsed, problems


def _parent_exists(problem, codes, units):
    """The table may leave out what is there already: the unit above may be an open one of the database."""
    if problem.code != "parent_missing":
        return False
    above = units.get(divisions.parents(codes[problem.line])[0])
    return above is not None and above.closed_on is None


# --- a plan to units ------------------------------------------------------------------------------------------------


def load(rows: Iterable[Row], *, root: int | None = None, check: bool = False) -> Plan:
    """Judge the rows below `root` (by default the office's own); write them unless something is wrong.

    Runs as the owner of the database, like the founding. Raises Installation.DoesNotExist, Unit.DoesNotExist (no root).
    """
    with transaction.atomic(using=OWNER):
        installation = Installation.objects.using(OWNER).select_for_update().get()
        top = Unit.objects.using(OWNER).get(code=root or installation.pk)
        plan = judge(rows, top.code, Unit.objects.using(OWNER).below(top.code))
        if not plan.problems and not check:
            apply(plan, installation)
        return plan


def apply(plan: Plan, installation: Installation) -> None:
    """Write new and renamed units, in the running transaction of the owner."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT set_config('app.origin', 'load_divisions', true)")
    units = Unit.objects.using(OWNER)
    # Parents first: a unit must not appear before the one above it.
    units.bulk_create(
        (Unit(code=code, name=name, root=installation) for code, name in sorted(plan.new)), batch_size=5000
    )
    names = dict(plan.renamed)
    renamed = list(units.filter(code__in=names))
    for unit in renamed:
        unit.rename(names[unit.code])
    units.bulk_update(renamed, ["name", "aliases"], batch_size=1000)
