"""Document and phone numbers."""

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, TypeGuard

from django.utils.translation import gettext_lazy as _

from organization.refusal import fill
from personnel import identity
from personnel.identity import DocumentKind, IdNumber, IdNumberError
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
    notice,
    problem,
)

# GB/T 2260, provinces. Codes below them change from year to year, and retired ones stay on people's cards for life.
_PROVINCES = frozenset(
    str(code)
    for region in (
        range(11, 16),
        range(21, 24),
        range(31, 38),
        range(41, 47),
        range(50, 55),
        range(61, 66),
        (71,),
    )
    for code in region
)
_BUILT_LIKE_RESIDENTS = frozenset(
    {DocumentKind.RESIDENT_ID, DocumentKind.HK_MACAU_TAIWAN_RESIDENCE, DocumentKind.FOREIGN_PERMANENT_RESIDENCE}
)
RESIDENT = DocumentKind.RESIDENT_ID.value
_UPGRADED = Remark(Notice, "upgraded", _("The 15-digit number was upgraded to 18 digits by GB 11643; please check it."))
_STRANGE_REGION = Remark(
    Notice, "region", _("The first two digits of the ID number are no known province; please check it.")
)
_ENDS_IN_000 = _("The ID number ends in 000 and may have been cut off by Excel; is it right?")
_CONFIRM = Choice("confirm", _("the number is right"))


class Document(NamedTuple):
    """The kind and number of a document, and what the number tells of its bearer, if it does."""

    kind: str | None
    number: Cleaned
    told: IdNumber | None = None


def is_plain(cell: Cell) -> TypeGuard[str]:
    """Whether a cell looks like a resident's number of which nothing is to be said if its digits are right."""
    return (
        type(cell) is str
        and len(cell) == 18
        and cell.isascii()
        and cell[:2] in _PROVINCES
        and cell[:1] not in "89"
        and not identity.looks_truncated(cell)
        and (cell.isdecimal() or (cell[17] == "X" and cell[:17].isdecimal()))
    )


def document(cell: Cell, kind: str | None, today: date) -> Document:
    """Read a document number; `kind` is what the row says of it, None where it says nothing (then numbers of 18
    characters tell)."""
    if type(cell) is not str and isinstance(cell, int | float) and cell != 0:
        return _refused(kind, IdNumberError("became_number", _became_number()))
    text = as_text(cell)
    if not (text.isascii() and text.isalnum()):
        text = HIDDEN.sub("", text).strip()
    if means_blank(text):
        text = ""
    if _MASKED.search(text):
        return _refused(kind, IdNumberError("masked", _masked()))
    try:
        if kind is None:
            told = identity.parse(text, today)
            return _numbered(text, told)
        number = identity.check_document(kind, text, today)
        if kind in _BUILT_LIKE_RESIDENTS and len(number) == 18:
            return _numbered(text, identity.parse(number, today))
    except IdNumberError as error:
        return _refused(kind, error)
    return Document(kind, Cleaned(number))


_MASKED = re.compile(r"[*＊]{3}|[xX×]{4}")


def _masked():
    return _("Digits of this number are hidden, as in a list that was printed or exported: enter the whole number.")


def _became_number():
    return _(
        "Excel has turned the ID number into a number and lost its last digits; "
        'set the column to "Text" and enter the number again.'
    )


def _refused(kind: str | None, error: IdNumberError) -> Document:
    return Document(kind, problem(error.code, fill(error.message, error.params)))


def _numbered(text: str, told: IdNumber) -> Document:
    number = told.number
    kind = RESIDENT if number[0] not in "89" else identity.kind_of(number).value
    remarks: tuple[Remark, ...] = ()
    if text != number and len(identity.normalise(text)) == 15:
        remarks = (_UPGRADED,)
    elif identity.looks_truncated(number):
        remarks = ask("truncated", _ENDS_IN_000, (_CONFIRM, LEAVE_OUT), kept_or_left_out(number)).remarks
    if kind == RESIDENT and number[:2] not in _PROVINCES:
        remarks += (_STRANGE_REGION,)
    return Document(kind, Cleaned(number, remarks), told)


# --- phones -----------------------------------------------------------------------------------------------------------

_SEVERAL = re.compile(r"[/\\、,，;；|]|或|和|\n|\s{2,}")
_MOBILE_AFTER_ZERO = re.compile(r"01[3-9]\d{9}", re.ASCII)
# Mobile; landline with its area code; landline without.
_MOBILE = re.compile(r"(?<!\d)1\d{10}(?!\d)", re.ASCII)
_PHONE = re.compile(r"1\d{10}|0\d{9,11}|[2-9]\d{6,7}", re.ASCII)
_MOBILES = re.compile(r"(?:1\d{10})+", re.ASCII)
_BRACKETS = str.maketrans("", "", "()")
_LONGEST_PHONE = 100


def phone(cell: Cell) -> Cleaned:
    """Digits of a mobile or a landline, without country code; what is neither is left blank with a notice."""
    text = as_text(cell)
    if text.isascii() and len(text) == 11 and _PHONE.fullmatch(text):
        return Cleaned(text)
    if means_blank(text.strip()):
        return BLANK
    if len(text) <= _LONGEST_PHONE:
        if (number := _digits(text)) is not None:
            return Cleaned(number)
        for part in (*_SEVERAL.split(text), *_MOBILE.findall(text)):
            if (number := _digits(part)) is not None:
                return notice("several_phones", _("Several phone numbers; the first that is valid is taken."), number)
    return notice("phone", _("A mobile phone number should have 11 digits; this one was left out."))


def plain_phones(cells: Sequence[Cell]) -> list[Cleaned] | None:
    """The mobile phones of a column, if all of them are written in the usual way: ten times as fast as one by one."""
    if set(map(type, cells)) != {str} or set(map(len, cells)) != {11}:  # type: ignore[arg-type]
        return None
    if not _MOBILES.fullmatch("".join(cells)):  # type: ignore[arg-type]
        return None
    return list(map(Cleaned, cells))


def _digits(text: str) -> str | None:
    number = identity.normalise(HIDDEN.sub("", text)).translate(_BRACKETS).removesuffix(".0")  # was a number cell
    number = number.removeprefix("+86").removeprefix("0086")
    if len(number) == 13:
        number = number.removeprefix("86")
    if _MOBILE_AFTER_ZERO.fullmatch(number):
        number = number[1:]
    return number if _PHONE.fullmatch(number) else None
