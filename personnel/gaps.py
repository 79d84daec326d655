"""What files and services of a unit lack, as far as somebody can do something about it.

Each function takes a day, a reach of units and the forces whose files the reader writes; it returns the rows it counts.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Exists, OuterRef

from organization.belonging import Reach
from personnel.models import Assignment, Member

CONTRACT_DAYS = (30, 60, 90)


def without_phone(day: date, within: Reach, forces: Sequence[str]):
    """Files of people serving on that day that hold no phone number."""
    return _serving(day, within, forces).filter(phone_digest=None)


def without_education(day: date, within: Reach, forces: Sequence[str]):
    """Files of people serving on that day that say nothing about education."""
    return _serving(day, within, forces).filter(education=None)


def without_service(day: date, within: Reach, forces: Sequence[str]):
    """Files of people who never served anywhere; those who left are no gap."""
    return Member.objects.filter(within.q()).exclude(Exists(_services_of_member()))


def contracts_ended(day: date, within: Reach, forces: Sequence[str]):
    """Services that go on although their contract ended before that day."""
    return _running(day, within, forces).filter(contract_until__lt=day)


def contracts_ending(day: date, within: Reach, forces: Sequence[str], after: int, until: int):
    """Running services whose contract ends more than `after` and at most `until` days after that day."""
    last = (day + timedelta(days=after), day + timedelta(days=until))
    return _running(day, within, forces).filter(contract_until__gt=last[0], contract_until__lte=last[1])


def _running(day, within, forces):
    return Assignment.objects.on(day).filter(within.q(), force__in=forces)


def _serving(day, within, forces):
    ours = _services_of_member().on(day).filter(force__in=forces)
    return Member.objects.filter(within.q()).filter(Exists(ours))


def _services_of_member():
    return Assignment.objects.filter(member=OuterRef("pk"))
