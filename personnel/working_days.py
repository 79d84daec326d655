"""Working days: Monday to Friday, but for the public holidays and the weekends worked instead, where they are known.

The notice for a year comes out in the autumn before; a year that `holidays.json` does not have knows weekends, and of
the public holidays those that the law sets on the same day of every year (全国年节及纪念日放假办法, 2025).
"""

import json
from datetime import date, timedelta
from functools import cache
from pathlib import Path

DAY = timedelta(days=1)
EVERY_YEAR = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})  # month and day


def is_working_day(day: date) -> bool:
    off, worked = _known()
    return day in worked or (day.weekday() < 5 and day not in off and (day.month, day.day) not in EVERY_YEAR)


def after(day: date, count: int) -> date:
    """The working day that is so many working days later; the day itself does not count."""
    while count:
        day += DAY
        count -= is_working_day(day)
    return day


def latest_over(today: date, count: int) -> date:
    """The latest day of which `after(day, count)` lies before today."""
    day = today
    while count:
        day -= DAY
        count -= is_working_day(day)
    return day - DAY


@cache
def _known() -> tuple[frozenset[date], frozenset[date]]:
    """(days off, days worked instead)."""
    told = json.loads((Path(__file__).parent / "holidays.json").read_text(encoding="utf-8"))
    spans = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in told["days_off"]]
    off = {first + DAY * n for first, last in spans for n in range((last - first).days + 1)}
    return frozenset(off), frozenset(map(date.fromisoformat, told["days_worked"]))
