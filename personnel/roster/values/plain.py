"""Free text and names: nothing hidden, single blanks, no longer than the register keeps."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from django.utils.translation import gettext_lazy as _

from personnel import names
from personnel.roster.shapes import Cell, Choice, Notice
from personnel.roster.values.cell import (
    BLANK,
    HIDDEN,
    LEAVE_OUT,
    Cleaned,
    Remark,
    as_text,
    ask,
    kept_or_left_out,
    means_blank,
    problem,
    too_long,
)
from personnel.roster.values.vocabulary import WORDS

# Characters that each field holds: the max_length of its column, the longest name of a unit for places.
LENGTHS = {
    "name": names.MAX_NAME_LENGTH,
    "former_name": 50,
    "graduate_school": 60,
    "major": 60,
    "native_place": 60,
    "household_address": 120,
    "address": 120,
    "specialty": 120,
    "remark": 300,
    "contact_name": 50,
    "post": 40,
    "grade": 20,
    "badge": 20,
    "employer": 80,
    "ending_note": 120,
    "town": 60,
    "village": 60,
    "unit": 60,
    "squad": 60,
}
# Patterns for names look back and forth over blanks; a page of blanks must not reach them.
_ABSURD_NAME = 4 * names.MAX_NAME_LENGTH
# An export to csv puts a quote before what a spreadsheet would take for a formula.
_MADE_HARMLESS = re.compile(r"'+(?=[=+\-@＝＋－＠])")
_KEEP_NAME = Choice("keep", _("keep the name as it is"))
_HIDDEN_TAKEN_OUT = Remark(Notice, "hidden_characters", _("Characters that cannot be seen were taken out."))


def text(limit: int, cell: Cell) -> Cleaned:
    """Text of at most `limit` characters, as typed but for blanks, hidden characters and stray opening quotes."""
    typed = as_text(cell)
    if typed.isalnum() and len(typed) <= limit:  # nearly all: no blanks, signs or hidden characters in it
        return BLANK if means_blank(typed) else Cleaned(typed)
    visible = HIDDEN.sub("", typed)
    tidy = _without_stray_quotes(" ".join(visible.split()))
    if len(tidy) > limit:
        return too_long(len(tidy), limit)
    return Cleaned(None if means_blank(tidy) else tidy, () if visible == typed else (_HIDDEN_TAKEN_OUT,))


def plain_texts(limit: int, cells: Sequence[Cell]) -> list[Cleaned] | None:
    """The texts of a column, if none of them needs a look: ten times as fast as one by one."""
    if set(map(type, cells)) != {str} or max(map(len, cells)) > limit or not all(cells):  # type: ignore[arg-type]
        return None
    if not "".join(cells).isalnum() or any(map(means_blank, cells)):  # type: ignore[arg-type]
        return None
    return list(map(Cleaned, cells))


def _without_stray_quotes(tidy: str) -> str:
    """A quote at the beginning without a partner marks text in spreadsheets, and belongs to nothing."""
    while tidy[:1] and tidy[0] in "'\"`":
        bare = _MADE_HARMLESS.sub("", tidy, count=1) if _MADE_HARMLESS.match(tidy) else tidy
        if bare == tidy and tidy.count(tidy[0]) % 2:
            bare = tidy[1:]
        if bare == tidy:
            break
        tidy = bare.lstrip()
    return tidy


def name(cell: Cell) -> Cleaned:
    """The name a member is registered with. Unreadable characters are a question, every other fault a problem."""
    if type(cell) is str and names.is_plain(cell) and cell not in WORDS["blank"]:
        return Cleaned(cell)
    typed = as_text(cell)
    if len(typed) > _ABSURD_NAME:
        return too_long(len(typed), names.MAX_NAME_LENGTH)
    visible = typed if typed.isalnum() else HIDDEN.sub("", typed)
    remarks = () if visible == typed else (_HIDDEN_TAKEN_OUT,)
    cleaned = names.clean_name(visible)
    if means_blank(cleaned):
        cleaned = ""
    fault = names.name_problem(cleaned)
    if fault is None:
        return Cleaned(cleaned, remarks)
    judged = _unreadable(cleaned, fault) or problem("name", fault, cleaned or None)
    return Cleaned(judged.value, remarks + judged.remarks)


def _unreadable(cleaned: str, fault) -> Cleaned | None:
    """The question whether a name with unreadable characters is to be kept; None where something else is wrong."""
    readable = "".join("一" if names._is_unreadable(letter) else letter for letter in cleaned)
    if readable == cleaned or names.name_problem(readable) is not None:
        return None
    return ask("name_unreadable", fault, (_KEEP_NAME, LEAVE_OUT), kept_or_left_out(cleaned), value=cleaned)


def other_name(limit: int, cell: Cell) -> Cleaned:
    """A former name or that of a relative: cleaned like a name, but no reason to refuse the member."""
    found = text(limit, cell)
    if found.value is None:
        return found
    cleaned = names.clean_name(found.value)
    if len(cleaned) > limit:
        return too_long(len(cleaned), limit)
    return Cleaned(None if means_blank(cleaned) else cleaned, found.remarks)


CLEANERS: dict[str, Callable[[Cell], Cleaned]] = {
    **{field: partial(text, limit) for field, limit in LENGTHS.items()},
    "name": name,
    **{field: partial(other_name, LENGTHS[field]) for field in ("former_name", "contact_name")},
}
