"""Citizen ID numbers by GB 11643-1999 and the other documents a member may be registered with.

Pure functions on text. The address part is the place of first registration: it is never compared with anything, and an
unknown or retired one is no error.
"""

import re
import unicodedata
from datetime import date
from enum import StrEnum
from operator import mul
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from organization.refusal import Refusal

EARLIEST_BIRTH = date(1850, 1, 1)

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_ASCII_ZEROS = ord("0") * sum(_WEIGHTS)
_CENTENARIANS = frozenset({"996", "997", "998", "999"})
_QUOTES = "'\"`‘’“”′″´"
# White space, hyphens and dashes, and what takes no room: soft hyphen, zero-width and direction marks, byte order mark.
_NOISE = re.compile(r"[\s\-_\u00ad\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2060-\u2064\u2066-\u2069\u2212\ufeff]+")
_BECAME_A_NUMBER = re.compile(r"\d(\.\d+)?E\+?\d+|\d{14,20}\.\d*")


class IdNumberError(Refusal):
    """A document number that cannot be right. Codes: missing, became_number, characters, length, check_digit,
    truncated, birth_date, birth_in_future, birth_too_early, other_document, document_format."""


class IdNumber(NamedTuple):
    """A citizen ID: 18 characters in upper case, 6-digit region, birth date, "male" or "female", came as 15 digits."""

    number: str
    region: str
    birth_date: date
    sex: str
    upgraded: bool


def normalise(text: str) -> str:
    """The number without what typists and spreadsheets add (NFKC; blanks, hyphens, invisible marks, quotes), upper."""
    if text.isascii() and text.isalnum():
        return text.upper()
    plain = _NOISE.sub("", text).strip(_QUOTES)
    plain = unicodedata.normalize("NFKC", plain)
    return _NOISE.sub("", plain).strip(_QUOTES).upper()


def check_digit(first17: str) -> str:
    """The 18th character belonging to 17 digits. ValueError when these are not 17 ASCII digits."""
    if len(first17) != 17 or not first17.isascii() or not first17.isdecimal():
        raise ValueError("17 digits are needed")
    return _check_digit(first17)


def _check_digit(first17: str) -> str:
    # On the bytes themselves: 17 int() calls would be half of the time of a whole roster.
    return _CHECK_DIGITS[(sum(map(mul, _WEIGHTS, first17.encode())) - _ASCII_ZEROS) % 11]


def upgrade15(text: str) -> str:
    """The 18-character number of an old 15-digit one: century and check digit are put in.

    The sequence numbers 996 to 999 were kept for people who were a hundred when numbers were given out: born 18xx.
    """
    if len(text) != 15 or not text.isascii() or not text.isdecimal():
        raise IdNumberError("length", _("An old ID number should have 15 digits but has %(length)d."), length=len(text))
    first17 = text[:6] + ("18" if text[12:] in _CENTENARIANS else "19") + text[6:]
    return first17 + _check_digit(first17)


def parse(text: str, today: date) -> IdNumber:
    """Read a citizen ID as typed or pasted. IdNumberError says what is wrong; nothing is ever repaired by guessing.

    The birth date is judged before the check digit: a slip in the date spoils both, and the date is what to look at.
    """
    is_plain = type(text) is str and len(text) == 18 and text.isascii() and text.isdecimal()
    number = text if is_plain else _digits(text)
    upgraded = len(number) == 15
    if upgraded:
        number = upgrade15(number)
    birth_date = _birth_date(number[6:14], today)
    expected = _check_digit(number[:17])
    if number[17] != expected:
        raise _wrong_check_digit(number, expected)
    sex = "male" if number[16] in "13579" else "female"
    return IdNumber(number, number[:6], birth_date, sex, upgraded)


def _digits(text: str) -> str:
    number = _text_of(text)
    # An X is a check digit also where digits before it are missing: then the length is what is wrong.
    body = number if len(number) == 15 else number.removesuffix("X")
    if body.isascii() and body.isdecimal():
        if len(number) in (15, 18):
            return number
        raise IdNumberError("length", _("The ID number should have 18 digits but has %(length)d."), length=len(number))
    if not number:
        raise IdNumberError("missing", _("The ID number is missing; without it the person cannot be identified."))
    if _BECAME_A_NUMBER.fullmatch(number):
        raise _became_a_number()
    characters = " ".join(sorted(set(body) - set("0123456789"))[:5]) or number
    message = _("The ID number contains characters that do not belong there: %(characters)s")
    raise IdNumberError("characters", message, characters=characters)


def _text_of(cell: str) -> str:
    if isinstance(cell, str):
        return normalise(cell)
    raise _became_a_number()


def _became_a_number() -> IdNumberError:
    message = _(
        "Excel has turned the ID number into a number and lost its last digits; "
        'set the column to "Text" and enter the number again.'
    )
    return IdNumberError("became_number", message)


def _birth_date(digits: str, today: date) -> date:
    try:
        born = date.fromisoformat(digits)
    except ValueError:
        message = _("The birth date %(digits)s in the ID number does not exist.")
        raise IdNumberError("birth_date", message, digits=digits) from None
    if born > today:
        message = _("The birth date %(digits)s in the ID number lies in the future.")
        raise IdNumberError("birth_in_future", message, digits=digits)
    if born < EARLIEST_BIRTH:
        message = _("The birth date %(digits)s in the ID number is too long ago.")
        raise IdNumberError("birth_too_early", message, digits=digits)
    return born


def _wrong_check_digit(number: str, expected: str) -> IdNumberError:
    if looks_truncated(number):
        message = _(
            "The ID number ends in 000 and its check digit is wrong: it seems to be cut off; "
            'set the column to "Text" and enter the number again.'
        )
        return IdNumberError("truncated", message, expected=expected)
    message = _("The check digit of the ID number is wrong: the last character should be %(expected)s.")
    return IdNumberError("check_digit", message, expected=expected)


def looks_truncated(number: str) -> bool:
    """Whether a number ends in 000, as after a spreadsheet kept 15 digits. One in eleven still passes the check."""
    return number.endswith("000")


def mask(number: str) -> str:
    """What may be shown: six digits and twelve stars of a citizen ID, one character of any other document.

    An old residence card of a foreigner spells the birth date in its middle, so nothing but its first letter shows.
    """
    if len(number) in (15, 18) and number[:6].isascii() and number[:6].isdecimal():
        return number[:6] + "*" * 12
    return number[:1] + "*" * (len(number) - 1)


def age_on(birth_date: date, day: date) -> int:
    """Full years of age on a day, reached on the birthday; negative before birth.

    Who was born on 29 February reaches it on 1 March of a common year: by the Civil Code (202) a period without a
    corresponding day ends with the last day of the month, so only on the day after it is certainly complete.
    """
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def latest_birth_date(age: int, day: date) -> date:
    """The last birth date of those who are at least `age` on that day: `age_on(born, day) >= age` as a date range."""
    try:
        return day.replace(year=day.year - age)
    except ValueError:  # 29 February
        return date(day.year - age, 2, 28)


class DocumentKind(StrEnum):
    """What a member is registered with. The names on screen are the code table "document"."""

    RESIDENT_ID = "resident_id"
    HK_MACAU_PERMIT = "hk_macau_permit"
    TAIWAN_PERMIT = "taiwan_permit"
    HK_MACAU_TAIWAN_RESIDENCE = "hk_macau_taiwan_residence"
    PASSPORT = "passport"
    FOREIGN_PERMANENT_RESIDENCE = "foreign_permanent_residence"


# The first two characters of numbers that are built like a citizen ID but are no citizen's.
_NUMBERED_LIKE_RESIDENTS = {
    DocumentKind.HK_MACAU_TAIWAN_RESIDENCE: ("81", "82", "83"),
    DocumentKind.FOREIGN_PERMANENT_RESIDENCE: ("9",),
}
_FORMATS = {
    DocumentKind.HK_MACAU_PERMIT: re.compile(r"[HM]\d{8}(\d\d)?", re.ASCII),
    DocumentKind.TAIWAN_PERMIT: re.compile(r"\d{8}|\d{10}(\([A-Z]\))?", re.ASCII),
    DocumentKind.PASSPORT: re.compile(r"(?=.*\d)[A-Z0-9]{5,14}", re.ASCII),
}
_OLD_FOREIGN_RESIDENCE = re.compile(r"[A-Z]{3}\d{12}", re.ASCII)


def kind_of(number: str) -> DocumentKind:
    """Which document an 18-character number by GB 11643 is of, by its beginning."""
    for kind, prefixes in _NUMBERED_LIKE_RESIDENTS.items():
        if number.startswith(prefixes):
            return kind
    return DocumentKind.RESIDENT_ID


def check_document(kind: str, text: str, today: date) -> str:
    """The normalised number of a document of that kind (18 characters for the kinds that follow GB 11643).

    Sex and birth date come from `parse(number, today)` for numbers of 18 characters and are typed for all others.
    Raises IdNumberError, and ValueError for an unknown kind.
    """
    kind = DocumentKind(kind)
    number = _text_of(text)
    if kind == DocumentKind.FOREIGN_PERMANENT_RESIDENCE and _OLD_FOREIGN_RESIDENCE.fullmatch(number):
        return number
    if kind not in _FORMATS:
        return _resident_like(kind, number, today)
    if not number:
        raise IdNumberError("missing", _("The document number is missing."))
    if not _FORMATS[kind].fullmatch(number):
        raise IdNumberError("document_format", _("The number does not have the form of this kind of document."))
    return number


def _resident_like(kind: DocumentKind, text: str, today: date) -> str:
    number = parse(text, today).number
    actual = kind_of(number)
    # A residence permit entered as an ID card still names one person, so that is no reason to refuse.
    tolerated = kind == DocumentKind.RESIDENT_ID and actual == DocumentKind.HK_MACAU_TAIWAN_RESIDENCE
    if actual != kind and not tolerated:
        message = _("This number belongs to another kind of document; please choose the right kind.")
        raise IdNumberError("other_document", message, actual=actual.value)
    return number
