"""What a row says of a person, held against the document number: the number is right where it tells."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from organization.refusal import fill
from personnel import identity
from personnel.identity import IdNumber
from personnel.roster.shapes import Choice, Notice
from personnel.roster.values.cell import BLANK, LEAVE_OUT, Cleaned, Remark, ask, kept_or_left_out, notice, problem
from personnel.roster.values.context import Context
from personnel.roster.values.dates import Reading, judge

_DIFFERS = (
    Remark(Notice, "birth_date_differs", _("The birth date differs from that in the ID number, which is taken.")),
)
_NO_DAY = (Remark(Notice, "month_only", _("The birth date has no day; it is taken from the ID number.")),)
_NUMBER_IS_RIGHT = Choice("number", _("the ID number is right"))


def birth_date(told: IdNumber | None, stated: Reading | None, context: Context) -> Cleaned:
    """The birth date of the number, with what has to be said when the roster says less or otherwise."""
    if stated is None or (told and stated.day == told.birth_date and not stated.is_month):
        return Cleaned(told.birth_date) if told else BLANK
    judged = judge(stated, context, "birth_date")
    if stated.day is None or stated.day > context.today:
        return Cleaned(told.birth_date if told else None, judged.remarks)
    if told is None:
        return _whole_day(stated, judged)
    if not _agrees(stated, told.birth_date):
        return Cleaned(told.birth_date, _DIFFERS)
    return Cleaned(told.birth_date, _NO_DAY if stated.is_month else ())


def _whole_day(stated: Reading, judged: Cleaned) -> Cleaned:
    """A birth date is never made up: without a number that tells it, the day has to be there."""
    if stated.is_month:
        return problem(
            "birth_date_without_day", _("The birth date has no day, and the document number does not tell it.")
        )
    return judged


def _agrees(stated: Reading, born: date) -> bool:
    possible = [day for day in (stated.day, stated.other) if day is not None]
    return any(
        day.month == born.month
        and (day.year == born.year or (stated.has_short_year and (day.year - born.year) % 100 == 0))
        and (stated.is_month or day.day == born.day)
        for day in possible
    )


def sex(told: IdNumber | None, stated: Cleaned) -> Cleaned:
    """The sex of the number; where the roster says otherwise, a person decides whether the row is right at all."""
    if told is None:
        return stated
    if stated.value == told.sex:
        return stated
    if stated.value is None and not stated.remarks:
        return Cleaned(told.sex)
    message = _("The sex does not agree with the 17th digit of the ID number.")
    choices = (_NUMBER_IS_RIGHT, LEAVE_OUT)
    return ask("sex_differs", message, choices, kept_or_left_out(told.sex), value=told.sex)


def age(born: date | None, stated: Cleaned, today: date) -> Cleaned:
    """The stated age, which nothing is done with; more than a year off is worth a notice (ages are often old ones)."""
    years = stated.value
    if born is None or years is None:
        return stated
    actual = identity.age_on(born, today)
    if abs(actual - years) <= 1:
        return stated
    message = _("The age is given as %(stated)d, but is %(actual)d by the birth date; it is not imported.")
    return notice("age_differs", fill(message, {"stated": years, "actual": actual}), years)


def needed(value: object) -> Cleaned | None:
    """The problem that sex or birth date is neither told by the number nor given; None where it is there."""
    if value is not None:
        return None
    return problem("not_told", _("Please fill this in; the number of this document does not tell it."))
