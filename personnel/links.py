"""Addresses of the lists behind numbers."""

from datetime import date

from django.urls import reverse
from django.utils.http import urlencode

from personnel.people import PROFESSIONAL


def people(day: date, unit: int | None = None, *, force: str | None = None, **conditions: str | None) -> str:
    """The list of the people who serve on that day in a unit and below it, each of them once.

    Without a force the four professional ones, as in every headcount; `category`, `sponsor`, `sex`, `age`, `education`,
    `former` and `status` narrow it further, and are left out when empty.
    """
    asked: dict[str, str | int | None] = {"on": day.isoformat(), "unit": unit, "force": force or PROFESSIONAL}
    given = {name: value for name, value in {**asked, **conditions}.items() if value}
    return f"{reverse('admin:personnel_card_changelist')}?{urlencode(given)}"


def people_of(code: int) -> str:
    """The people who serve in the unit and below it today."""
    query: dict[str, str | int] = {"unit": code, "force": PROFESSIONAL}
    return f"{reverse('admin:personnel_card_changelist')}?{urlencode(query)}"


def vacant_chiefs_of(code: int) -> str:
    """The chief posts in the unit and below it that nobody holds today."""
    query: dict[str, str | int] = {"inside": code, "held": "vacant", "title__exact": "chief"}
    return f"{reverse('admin:organization_post_changelist')}?{urlencode(query)}"
