"""What a cleaner of one cell hands back, and the plain words of a cell that codes, dates and numbers are read from."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from organization.refusal import StrOrPromise, fill
from personnel.roster.shapes import Cell, Choice, Finding, Notice, Problem, Question
from personnel.roster.values.vocabulary import WORDS

# Control characters, halves of a surrogate pair (neither can be stored), and what takes no room on screen.
HIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff"
    r"\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+"
)
QUOTES = "'\"`‘’“”′″´"
_EXACT_DIGITS = 1e15  # beyond this a number cell has lost digits


class Cleaned(NamedTuple):
    """The value of a cell (None for blank) and what is said of it, before sheet, row and column are known."""

    value: Any
    remarks: "tuple[Remark, ...]" = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding without its place. One with choices is a question; `settle` gives what an answer makes of the cell."""

    kind: type[Finding]
    code: str
    message: StrOrPromise
    choices: tuple[Choice, ...] = ()
    about: str = ""
    settle: Callable[[str], Cleaned] | None = None

    def at(self, sheet: str, row: int, column: str) -> Finding:
        if self.kind is Question:
            return Question(sheet, row, column, self.code, self.message, self.choices, self.about)
        return self.kind(sheet, row, column, self.code, self.message)


def problem(code: str, message: StrOrPromise, value: Any = None) -> Cleaned:
    return Cleaned(value, (Remark(Problem, code, message),))


def notice(code: str, message: StrOrPromise, value: Any = None) -> Cleaned:
    return Cleaned(value, (Remark(Notice, code, message),))


def ask(
    code: str,
    message: StrOrPromise,
    choices: tuple[Choice, ...],
    settle: Callable[[str], Cleaned],
    *,
    about: str = "",
    value: Any = None,
) -> Cleaned:
    return Cleaned(value, (Remark(Question, code, message, choices, about, settle),))


def too_long(length: int, limit: int) -> Cleaned:
    message = _("The text has %(length)d characters; at most %(limit)d are allowed.")
    return problem("too_long", fill(message, {"length": length, "limit": limit}))


BLANK = Cleaned(None)
LEAVE_BLANK = Choice("blank", _("leave blank"))
LEAVE_OUT = Choice("reject", _("leave this row out"))


def kept_or_left_out(value: Any) -> Callable[[str], Cleaned]:
    """What settles a question whose answers are to take the value or to leave the row out."""

    def settle(choice: str) -> Cleaned:
        if choice != LEAVE_OUT.value:
            return Cleaned(value)
        return problem("left_out", _("Left out, as was answered."), value)

    return settle


def as_text(cell: Cell) -> str:
    """The cell as text: whole numbers without ".0", dates as ISO, nothing for None. Nothing else is changed."""
    if type(cell) is str:
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if abs(cell) < _EXACT_DIGITS and cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ").removesuffix(" 00:00:00")
    return str(cell)


def words(cell: Cell) -> str:
    """The cell as one line to be looked up: NFKC, nothing hidden, single blanks, no quotes around."""
    text = as_text(cell)
    if text.isascii() and text.isalnum():
        return text
    text = HIDDEN.sub("", unicodedata.normalize("NFKC", text))
    return " ".join(text.split()).strip(QUOTES + " ")


def means_blank(text: str) -> bool:
    """Whether words say that nothing is said: "-", 无, 暂无, N/A, 0."""
    if len(text) > _LONGEST_BLANK:
        return False
    return not text or unicodedata.normalize("NFKC", text).casefold() in WORDS["blank"]


_LONGEST_BLANK = max(map(len, WORDS["blank"]))
