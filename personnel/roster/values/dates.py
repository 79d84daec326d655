"""Dates as rosters write them: 1985.3, 85年3月, 一九八五年三月, 19850301, 1985、3、1, Excel's number of a day.

A date of which only the month is written is read as the first of the month, and says so.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from organization.refusal import fill
from personnel.roster.shapes import MAYBE_OCTOBER, Cell, Choice, Notice
from personnel.roster.values.cell import BLANK, Cleaned, as_text, ask, means_blank, notice, problem, words
from personnel.roster.values.context import Context

FIELDS = ("birth_date", "started_on", "contract_from", "contract_until", "ended_on")
# The only date that may lie ahead, and how far ahead a year of two digits may mean.
_YEARS_AHEAD = {"contract_until": 30}
# The ends that are none, in columns of ends.
_OPEN_END = frozenset({"至今", "今", "长期", "无固定期限", "无固定期", "在职", "在岗", "永久"})
_ENDS = frozenset({"contract_until", "ended_on"})

_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_SERIALS = range(10_000, 60_001)
_DAY_ZERO, _DAY_ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)
_NO_DAY = date(1899, 12, 31)  # an empty cell that a formula copied, in the format of a date
_LONGEST = 40
_TIME = re.compile(r"(?:(?<=\d)t|(?<=日)|(?<= ))\s*(?:上午|下午)?\s*\d{1,2}:\d\d.*$", re.IGNORECASE)
_ZEROS, _ONE_TO_NINE = "〇零○Oo", "一二三四五六七八九"
_NUMERALS = re.compile(f"[{_ZEROS}]*[{_ONE_TO_NINE}十廿卅][{_ZEROS}{_ONE_TO_NINE}十廿卅]*")
_DIGIT_OF = dict.fromkeys(_ZEROS, 0) | {said: value for value, said in enumerate(_ONE_TO_NINE, 1)}
_TENS_OF = {"十": 10, "廿": 20, "卅": 30}
_NO_YEAR = re.compile(r"\d{1,2}月", re.ASCII)
_BETWEEN = re.compile(r"[\s./\\、,，·。年月\-—–−]+")
_TERM = ("contract_from", "contract_until")
_TO = re.compile(r"\s*(?:至|到|~|～|—+|–|--+|\s-\s)\s*")
_DAY_OF_TERM = r"((?:19|20)\d\d\D\d{1,2}(?:\D\d{1,2}日?|月)?)"
_TWO_DAYS = re.compile(f"{_DAY_OF_TERM}-{_DAY_OF_TERM}", re.ASCII)
_USUAL = re.compile(r"((?:19|20)\d\d)[-/.](\d\d?)[-/.](\d\d?)", re.ASCII)
_PARTS = re.compile(r"(\d{4}|\d\d)-(\d\d?)(?:-(\d\d?))?", re.ASCII)
_COMPACT = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])(\d\d)?|(\d\d)(0[1-9]|1[0-2])(\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell may mean: `day` (None for no date), whether the day of the month or the century was not written,
    and the other month that a number cell like 2014.1 may mean."""

    text: str
    day: date | None = None
    is_month: bool = False
    has_short_year: bool = False
    other: date | None = None


def cleaner(field: str, context: Context) -> Callable[[Cell], Cleaned]:
    """A function from a cell of this column to its date, None or a problem."""
    return partial(_clean, field, context)


def _clean(field: str, context: Context, cell: Cell) -> Cleaned:
    reading = read(cell, context, field)
    return BLANK if reading is None else judge(reading, context, field)


def term(context: Context, cell: Cell) -> Cleaned:
    """Both days of a cell like 2014.7.1-2015.6.30 as a pair; a length such as 三年 tells neither."""
    text = words(cell)
    if means_blank(text):
        return BLANK
    parts = [part for part in _TO.split(text) if part] if len(text) <= 2 * _LONGEST else []
    if len(parts) != 2:
        parts = _halves(text)
    found = [_clean(field, context, part) for field, part in zip(_TERM, parts, strict=False)]
    remarks = tuple(remark for each in found for remark in each.remarks)
    if len(found) == 2 and found[0].value and all(remark.kind is Notice for remark in remarks):
        return Cleaned((found[0].value, found[1].value), remarks)
    return notice("term_unread", _("The term of the contract does not give both days; it was left out."))


def _halves(text: str) -> list[str]:
    """Two days with the same sign in and between them: 2014-7-1-2015-6-30."""
    found = _TWO_DAYS.fullmatch(text)
    return [found[1], found[2]] if found else []


def judge(reading: Reading, context: Context, field: str) -> Cleaned:
    """The date with what has to be said of it."""
    day = reading.day
    if day is None:
        return problem("date", fill(_("The date is not valid: %(text)s"), {"text": reading.text}))
    if day > context.today and field not in _YEARS_AHEAD:
        message = _("The date is not valid: %(day)s lies in the future.")
        return problem("date_in_future", fill(message, {"day": day.isoformat()}))
    if reading.other is not None:
        return _which_month(reading.text, (day, reading.other), context, field)
    if reading.is_month:
        message = _("Only the month is given; its first day is taken: %(day)s")
        return notice("month_only", fill(message, {"day": day.isoformat()}), day)
    if reading.has_short_year:
        message = _("The year has two digits; %(day)s is taken.")
        return notice("short_year", fill(message, {"day": day.isoformat()}), day)
    return Cleaned(day)


def _which_month(text: str, possible: tuple[date, date], context: Context, field: str) -> Cleaned:
    """A number cell shows 2014.10 as 2014.1: only a person knows which month was typed."""
    days = {day.isoformat(): day for day in possible}
    choices = tuple(Choice(iso, iso[:7]) for iso in days)
    message = fill(_("%(text)s may be January or October; please choose."), {"text": text})

    def settle(choice: str) -> Cleaned:
        return judge(Reading(text, days[choice], is_month=True), context, field)

    return ask("january_or_october", message, choices, settle)


def read(cell: Cell, context: Context, field: str) -> Reading | None:
    """What the cell may mean, None for blank. Judges nothing but whether there is such a day."""
    if isinstance(cell, date):
        return _read_date(cell.date() if isinstance(cell, datetime) else cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool) and _SERIALS.start <= cell < _SERIALS.stop:
        return Reading(as_text(cell), _day_of(int(cell), context))
    text = words(cell)
    if means_blank(text) or (field in _ENDS and text in _OPEN_END):
        return None
    if len(text) > _LONGEST:
        return Reading(text[:_LONGEST] + "…")
    reading = _read_text(text, context, context.today.year + _YEARS_AHEAD.get(field, 0))
    is_unsure = isinstance(cell, float) or (isinstance(cell, str) and MAYBE_OCTOBER in cell)
    if is_unsure and reading.is_month and reading.day and text.endswith(".1"):
        return Reading(text, reading.day, is_month=True, other=reading.day.replace(month=10))
    return reading


def _read_date(day: date) -> Reading | None:
    if day <= _NO_DAY:
        return None
    return Reading(day.isoformat(), day if day.year <= _LAST_YEAR else None)


def _day_of(serial: int, context: Context) -> date:
    return (_DAY_ZERO_1904 if context.has_1904_dates else _DAY_ZERO) + timedelta(days=serial)


def _read_text(text: str, context: Context, last_year: int) -> Reading:
    if usual := _USUAL.fullmatch(text):
        return _reading(text, *usual.groups(), last_year=last_year)
    bare = re.sub(r"(?<=\d)\.0+$", "", _TIME.sub("", text))
    bare = _NUMERALS.sub(_in_digits, bare.replace("元月", "1月"))
    if _NO_YEAR.match(bare):
        return Reading(text)
    if bare.isascii() and bare.isdecimal():
        return _read_digits(text, bare, context, last_year)
    bare = _BETWEEN.sub("-", re.sub(r"[日号]|(?<=月)份", "", bare)).strip("-")
    parts = _PARTS.fullmatch(bare)
    return _reading(text, *parts.groups(), last_year=last_year) if parts else Reading(text)


def _read_digits(text: str, digits: str, context: Context, last_year: int) -> Reading:
    """Digits alone: 20140701, 201407, 140701, or the number of a day."""
    if len(digits) == 5 and int(digits) in _SERIALS:
        return Reading(text, _day_of(int(digits), context))
    found = _COMPACT.fullmatch(digits)
    if not found:
        return Reading(text)
    parts = found.groups()
    return _reading(text, *(parts[3:] if parts[0] is None else parts[:3]), last_year=last_year)


def _reading(text: str, year: str, month: str, day: str | None, *, last_year: int) -> Reading:
    number = int(year)
    if len(year) == 2:  # the latest year that is not too late
        number += last_year - last_year % 100
        number -= 100 if number > last_year else 0
    try:
        found = date(number, int(month), int(day or 1))
    except ValueError:
        return Reading(text)
    if not _FIRST_YEAR <= number <= _LAST_YEAR:
        return Reading(text)
    return Reading(text, found, is_month=day is None, has_short_year=len(year) == 2)


def _in_digits(said: re.Match) -> str:
    """一九八五 is read digit by digit, 三十一 and 廿一 as numbers."""
    numeral = said[0]
    if not any(letter in _TENS_OF for letter in numeral):
        return "".join(str(_DIGIT_OF[letter]) for letter in numeral)
    tens, units = 0, 0
    for letter in numeral:
        if letter in _TENS_OF:
            tens += (units or 1) * _TENS_OF[letter]
            units = 0
        else:
            units = units * 10 + _DIGIT_OF[letter]
    return str(tens + units)
