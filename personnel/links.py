"""Where the numbers beside a unit lead."""

from django.urls import reverse
from django.utils.http import urlencode


def people_of(code: int) -> str:
    """The people who serve in the unit and below it today."""
    return f"{reverse('admin:personnel_card_changelist')}?{urlencode({'unit': code, 'force': 'professional'})}"


def vacant_chiefs_of(code: int) -> str:
    """The chief posts in the unit and below it that nobody holds today."""
    query = {"inside": code, "held": "vacant", "title__exact": "chief"}
    return f"{reverse('admin:organization_post_changelist')}?{urlencode(query)}"
