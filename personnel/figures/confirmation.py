"""How many of the lists that are due were signed in the cycle of a day (D1.6). Source: requirement 39.

The cycle is the office's own, half a year as a rule: what is due, and by whom, is what the confirmation says.
"""

from datetime import date
from typing import TypedDict

from django.db.models import Exists, OuterRef, QuerySet

from organization.belonging import Reach
from organization.figures import rate
from personnel.confirmation import lists
from personnel.models import Assignment, ConfirmationCycle, RosterSnapshot


class Confirmation(TypedDict):
    """Numbers of lists, one a unit and force; the rate is a fraction."""

    due: int
    signed: int
    rate: float


def confirmation(day: date, within: Reach, force: str | None = None) -> Confirmation:
    """Lists due, those of them signed by that day in its cycle, and their share.

    All 0 on a day that is in no cycle. Units that were to sign are those where somebody serves on the day.
    """
    if not ConfirmationCycle.objects.on(day).exists():
        return {"due": 0, "signed": 0, "rate": 0.0}
    due = _serving(day, within, force).values_list("unit", "force").distinct().count()
    done = signed(day, within, force).count()
    return {"due": due, "signed": done, "rate": rate(done, due)}


def signed(day: date, within: Reach, force: str | None = None) -> QuerySet[RosterSnapshot]:
    """The last version of each list that `confirmation` counts as signed."""
    cycles = ConfirmationCycle.objects.on(day)
    serving = _serving(day, within, force).filter(unit=OuterRef("unit"), force=OuterRef("force"))
    found = RosterSnapshot.objects.signed_by(day).filter(within.q(), Exists(serving), cycle__in=cycles)
    return found.order_by("unit_id", "force", "-pk").distinct("unit_id", "force")


def _serving(day, within, force):
    asked = [force] if force else lists.FORCES
    return (
        Assignment.objects.on(day)
        .filter(within.q(), force__in=[one for one in asked if one in lists.FORCES])
        .order_by()
    )
