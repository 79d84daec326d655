"""How people join and who of those who serve was checked (D5.2). Source: requirement 49.

Of checks no more is counted than that there is one: what came of it is sealed.
"""

from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from organization.belonging import Reach
from organization.figures import rate
from personnel.entries.conditions import is_approved, is_checked, joined, joined_unapproved
from personnel.entries.terms import forces_checked, sees_checks
from personnel.figures.population import forces_counted
from personnel.models import Assignment, Member


def entries(day: date, within: Reach, force: str | None = None) -> dict[str, float]:
    """People who joined in the twelve months up to that day; `approved_rate` is the share of those with an approved
    entry in that force, a fraction. One query."""
    services = joined(day).filter(within.q(), force__in=forces_counted(force)).order_by()
    marked = services.annotate(was_approved=is_approved())
    found = marked.aggregate(
        joined=Count("member", distinct=True), approved=Count("member", distinct=True, filter=Q(was_approved=True))
    )
    return {"joined_12_months": found["joined"], "approved_rate": rate(found["approved"], found["joined"])}


def vetting(day: date, within: Reach, force: str | None = None) -> dict[str, float]:
    """People serving without a check in forces that need one, and the share of those with one, a fraction.

    Nothing for who may not know that there are checks. Two queries.
    """
    if not sees_checks():
        return {}
    marked = _to_be_checked(day, within, force).values("pk").annotate(was_checked=is_checked(day))
    found = marked.aggregate(all=Count("pk"), checked=Count("pk", filter=Q(was_checked=True)))
    return {
        "serving_unchecked": found["all"] - found["checked"],
        "checked_rate": rate(found["checked"], found["all"]),
    }


def unapproved(day: date, within: Reach, force: str | None = None) -> QuerySet[Member]:
    """People serving who joined in the twelve months up to that day without an approved entry."""
    services = within.q() & Q(force__in=forces_counted(force))
    return Member.objects.filter(joined_unapproved(day, services)).order_by()


def unchecked(day: date, within: Reach, force: str | None = None) -> QuerySet[Member]:
    """People serving in a force that needs a check, of whom none is on record; nobody for who may not know."""
    if not sees_checks():
        return Member.objects.none()
    return _to_be_checked(day, within, force).filter(~is_checked(day))


def _to_be_checked(day: date, within: Reach, force: str | None) -> QuerySet[Member]:
    forces = set(forces_checked(day)) & set(forces_counted(force))
    running = Assignment.objects.on(day).filter(within.q(), force__in=sorted(forces), member=OuterRef("pk"))
    return Member.objects.filter(Exists(running)).order_by()
