"""The workbook that a clerk fills in and sends back: the columns of the force, with drop-downs and hints.

Written by xlsxwriter, which knows drop-downs; it is short, so it may be built in memory.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import xlsxwriter

from organization import divisions
from personnel.exports.columns import COLUMNS, FULL_TIME, PART_TIME, Column, coded, words
from personnel.exports.people import Block
from personnel.exports.template_hints import HINTS, NOTES, OTHERS
from personnel.exports.xlsx import clean
from personnel.identity import DocumentKind

OPTIONS, NOTES_SHEET = "选项", "填写说明"
SPARE_ROWS = 1000
MOST_OTHERS = 100  # names in one cell
MOST_ROWS = 1_048_575
REQUIRED = ("name", "id_number")
USUAL_SHARES = (50, 10, 20, 30, 40, 60, 70, 80, 90)
TEXT = {"num_format": "@", "valign": "vcenter"}
_OFFICER = (
    "seq", "name", "sex", "ethnicity", "birth_date", "native_place", "political", "education", "graduate_school",
    "id_number", "household_address", "address", "phone", "town", "village", "post", "category", "grade",
    "badge", "started_on", "contract_from", "contract_until", "military", "remark",
)  # fmt: skip
FORCES: dict[str, tuple[str, ...]] = {
    "auxiliary": _OFFICER,
    "patrol": tuple(key for key in _OFFICER if key != "category"),
    "joint_defence": (
        "seq", "name", "sex", "age", "education", "political", "occupation", "id_number", "town", "village",
        "post", "share", "sponsor", "started_on", "phone", "remark",
    ),
    "guard": (
        "seq", "employer", "name", "id_number", "started_on", "post", "phone", "town", "village", "remark",
    ),
    "volunteer": (
        "seq", "name", "sex", "id_number", "phone", "town", "village", "specialty", "started_on", "remark",
    ),
}  # fmt: skip


def _documents(block: Block, _places) -> list[str]:
    """Nearly everybody has an identity card, which needs not be said."""
    resident = DocumentKind.RESIDENT_ID
    return coded([None if kind == resident else kind for kind in block.file["document"]], "document")


_OWN = {"document": replace(COLUMNS["document"], texts=_documents)}
_OF_OTHER_DOCUMENTS = ("document", "sex", "birth_date")  # a citizen's number tells them
CODED = ("document", "ethnicity", "political", "education", "occupation", "military")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of the workbook of a force, and what it is called."""

    title: str
    columns: tuple[Column, ...]


def columns_of(force: str, *, other_documents: bool = False) -> Columns:
    """With the columns that people without an identity card need, or without. KeyError for an unknown force."""
    keys = FORCES[force]
    if other_documents:
        at = keys.index("id_number")
        keys = (*keys[:at], *(key for key in _OF_OTHER_DOCUMENTS if key not in keys), *keys[at:])
    return Columns(f"{words('force')[force]}花名册模板", tuple((COLUMNS | _OWN)[key] for key in keys))


def template(
    force: str,
    *,
    units: Sequence[tuple[int, str]],
    members: Iterable[Sequence[str]] = (),
    others: Sequence[str] = (),
    unit_name: str = "",
    other_documents: bool = False,
) -> bytes:
    """The workbook for a force, with the units (code, name) to choose from; `members` are rows of its `columns_of`,
    `others` the names of those who serve too, but have their file elsewhere.

    The importer passes over the hidden sheet of choices and over the notes.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    known = columns_of(force, other_documents=other_documents)
    sheet = book.add_worksheet(words("force")[force] or "")
    last = min(_write_people(book, sheet, known.columns, members) + SPARE_ROWS, MOST_ROWS)
    _write_notes(book, known.columns, unit_name, others)
    options = book.add_worksheet(OPTIONS)
    options.hide()
    choices = _choices(units)
    for place, column in enumerate(known.columns):
        found = choices.get(column.key)
        if found:
            options.write_column(0, place, found)
        _validate(sheet, place, column, last, len(found or ()))
    book.close()
    return target.getvalue()


def _write_people(book, sheet, columns: Sequence[Column], members: Iterable[Sequence[str]]) -> int:
    text = book.add_format(TEXT)
    look = TEXT | {"bold": True, "border": 1, "text_wrap": True, "align": "center"}
    usual, needed = (book.add_format(look | {"bg_color": colour}) for colour in ("#E7EDF3", "#FCE4D6"))
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width, text)
        sheet.write_string(0, place, column.header, needed if column.key in REQUIRED else usual)
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 24)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    count = 0
    for count, member in enumerate(members, 1):
        for place, cell in enumerate(member):
            sheet.write_string(count, place, clean(cell), text)
    return count


def _choices(units: Sequence[tuple[int, str]]) -> dict[str, list[str]]:
    """What may be chosen in a column, by its key."""
    level = {code: divisions.level(code) for code, _name in units}
    coded = {key: [name for name in words(key).values() if name] for key in CODED}
    return coded | {
        "sex": list(words("person_sex").values()),
        "category": list(words("category").values()),
        "sponsor": list(words("sponsor").values()),
        "share": [FULL_TIME, *(f"{PART_TIME}{share}%" for share in USUAL_SHARES)],
        "town": [name for code, name in units if level[code] == "town"],
        "village": [name for code, name in units if level[code] == "village"],
    }


def _validate(sheet, place: int, column: Column, last: int, choices: int) -> None:
    """A drop-down where there is something to choose from; elsewhere only the hint."""
    title, hint = column.header[:32], HINTS.get(column.key, "")
    rule: dict[str, object] = {"validate": "any"}
    if choices:
        letter = xlsxwriter.utility.xl_col_to_name(place, col_abs=True)
        source = f"='{OPTIONS}'!{letter}$1:{letter}${choices}"
        # A warning and no more: the import knows other spellings too.
        rule = {"validate": "list", "source": source, "error_type": "warning", "error_title": title}
        rule["error_message"] = "不在下拉选项中，导入时可能需要确认。"
    elif column.key == "id_number":
        rule = {"validate": "length", "criteria": "between", "minimum": 8, "maximum": 18, "error_type": "warning"}
        rule |= {"error_title": title, "error_message": "身份证号应为18位，请核对。"}
    if hint:
        rule |= {"input_title": title, "input_message": hint}
    if hint or choices:
        sheet.data_validation(1, place, last, place, rule)


def _write_notes(book, columns: Sequence[Column], unit_name: str, others: Sequence[str]) -> None:
    sheet = book.add_worksheet(NOTES_SHEET)
    text, bold = book.add_format({"text_wrap": True, "valign": "top"}), book.add_format({"bold": True})
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 90, text)
    sheet.write_string(0, 0, f"{NOTES_SHEET}　{clean(unit_name)}", bold)
    told = [OTHERS.format(count=len(others), names=clean("、".join(others[:MOST_OTHERS])))] if others else []
    lines = [(str(number), note) for number, note in enumerate((*NOTES, *told), 1)]
    lines += [(f"“{column.header}”列", HINTS[column.key]) for column in columns if column.key in HINTS]
    for row, (head, note) in enumerate(lines, 2):
        sheet.write_string(row, 0, head, text)
        sheet.write_string(row, 1, note, text)
