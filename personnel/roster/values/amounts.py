"""Cells that hold an amount: age, the share of full time, pay."""

import re
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from organization.refusal import fill
from personnel.roster.shapes import Cell, Choice
from personnel.roster.values.cell import (
    BLANK,
    LEAVE_BLANK,
    Cleaned,
    ask,
    means_blank,
    notice,
    problem,
    too_long,
    words,
)
from personnel.roster.values.codes import MAX_WORD, unknown
from personnel.roster.values.vocabulary import WORDS, fold

FULL_TIME = 100
PART_TIME = "share"  # the question how much of full time it is
_SHARES = (50, 10, 20, 25, 30, 40, 60, 70, 75, 80, 90)  # a half first: the likeliest
_AGE = re.compile(r"\D{0,3}(\d{1,3})\D{0,3}", re.ASCII)
_PERCENT = re.compile(r"(兼职)?[(]?(\d{1,3}(?:\.\d{1,4})?)(%?)[)]?", re.ASCII)
_WAGE = re.compile(
    r"(?:(月|年)薪|每(月|年))?[¥￥]?(\d{1,9}(?:\.\d{1,4})?)(万|千)?元?(?:/|每)?(月|年)?(?:薪)?", re.ASCII
)
_TIMES = {"万": 10_000, "千": 1_000}
_PERIODS = {"月": "month", "年": "year"}


class Wage(NamedTuple):
    """Fen, and "month", "year" or None for the time they are paid for."""

    fen: int
    per: str | None


def age(cell: Cell) -> Cleaned:
    """Years as the roster says; anything else is ignored, since an age is never imported."""
    found = _AGE.fullmatch(words(cell)[:10])
    return Cleaned(int(found[1])) if found else BLANK


def share(cell: Cell) -> Cleaned:
    """Percent of full time: 专职 is 100, 兼职60% says how much, of 兼职 it is asked. A number up to 1 is a fraction."""
    text = words(cell)
    word = fold(text)
    if found := _PERCENT.fullmatch(word):
        read = _percent(Decimal(found[2]), is_percent=bool(found[3]))
        if not (found[1] and read.value == FULL_TIME):  # part-time and all of it: which of the two is asked
            return read
    if word in WORDS["full_time"] or word in WORDS["yes"]:
        return Cleaned(FULL_TIME)
    if _is_part_time(text, word):
        return _ask_share(PART_TIME, _("Part-time: please choose the share of full time."), text, _SHARES)
    if means_blank(text):
        return BLANK
    if len(text) > MAX_WORD:
        return too_long(len(text), MAX_WORD)
    return _ask_share("value", unknown("share", text), text, (FULL_TIME, *_SHARES))


def share_said(cell: Cell) -> Cleaned:
    """Whether a cell says no more of the share than that it is a part ("part"): how much the register may know."""
    text = words(cell)
    return Cleaned("part") if _is_part_time(text, fold(text)) else BLANK


def _is_part_time(text: str, word: str) -> bool:
    return word in WORDS["part_time"] or (word in WORDS["no"] and not means_blank(text))


def _percent(number: Decimal, *, is_percent: bool) -> Cleaned:
    percent = number if is_percent or number > 1 else number * 100
    if percent > FULL_TIME or 0 < percent < 1:
        return no_share()
    return Cleaned(round(percent))


def no_share() -> Cleaned:
    return problem("share", _("The share lies between 1 and 100; for a volunteer it is 0."))


def _ask_share(code: str, message, text: str, shares: tuple[int, ...]) -> Cleaned:
    choices = (*(Choice(str(one), f"{one}%") for one in shares), LEAVE_BLANK)

    def settle(choice: str) -> Cleaned:
        return BLANK if choice == LEAVE_BLANK.value else Cleaned(int(choice))

    return ask(code, message, choices, settle, about=f"share:{text}")


def wage(cell: Cell) -> Cleaned:
    """A Wage; 面议 and the like are no amount. Whether a bare amount is for a month or a year is asked once."""
    text = words(cell)
    if means_blank(text) and text != "0":
        return BLANK
    found = _WAGE.fullmatch(fold(text).replace(",", "")[:MAX_WORD])
    if not found:
        return notice("wage", _("This is no amount; it was left out."))
    fen = round(Decimal(found[3]) * _TIMES.get(found[4], 1) * 100)
    period = _PERIODS.get(found[1] or found[2] or found[5] or "")
    if period:
        read = Wage(fen, period)
        return notice("wage", fill(_("Read as %(wage)s."), {"wage": wage_text(read)}), read)
    choices = (Choice("month", _("month")), Choice("year", _("year")))
    message = _("Please choose: month or year.")
    return ask("wage_period", message, choices, lambda per: Cleaned(Wage(fen, per)), about="wage:period")


def wage_text(read: Wage) -> str:
    per = {"month": "/月", "year": "/年", None: ""}[read.per]
    return f"{Decimal(read.fen) / 100:.2f}元{per}"
