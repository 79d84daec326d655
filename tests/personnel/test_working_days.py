"""Ten working days: weekends and holidays do not count, weekends that are worked do."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personnel import working_days
from personnel.transfers import lapsing

DAYS = st.dates(date(2024, 6, 1), date(2028, 6, 1))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2025-09-28", True),  # a Sunday, worked for the National Day
        ("2025-10-08", False),
        ("2025-10-11", True),
        ("2026-01-04", True),
        ("2026-02-23", False),
        ("2026-10-10", True),
        ("2030-10-01", False),  # a Tuesday of a year that nobody has announced: the law sets it for every year
        ("2030-10-08", True),
        ("2030-10-05", False),
        ("2027-01-01", False),  # a Friday before the notice for its year is known
        ("2030-10-02", False),
        ("2030-10-04", True),
    ],
)
def test_holidays_and_worked_weekends_are_known(day, works):
    assert working_days.is_working_day(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("asked", "last"),
    [
        ("2026-11-02", "2026-11-16"),
        ("2025-09-30", "2025-10-21"),
        ("2025-09-27", "2025-10-16"),
        ("2026-12-21", "2027-01-05"),
    ],
)
def test_the_last_day_for_an_answer_is_ten_working_days_later(asked, last):
    assert lapsing.last_day(date.fromisoformat(asked)) == date.fromisoformat(last)


@given(DAYS, st.integers(1, 15))
def test_the_latest_day_that_is_over_is_the_last_one_that_is(today, count):
    latest = working_days.latest_over(today, count)
    assert working_days.after(latest, count) < today
    assert working_days.after(latest + timedelta(days=1), count) >= today
