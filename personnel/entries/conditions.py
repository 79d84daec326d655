"""Conditions on members and entries: who joined unapproved, who was checked. Source: requirement 49."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from personnel.ages import NO_JOINING
from personnel.entries.terms import DAYS_AHEAD, forces_checked
from personnel.models import Assignment, BackgroundCheck, Entry
from personnel.spans import months_before

MONTHS = 12
EVERY = Q()
# Who takes on a second service, or comes with a transfer or a merger, is in a force already.
NOT_JOINING = (*NO_JOINING, Assignment.Beginning.SECOND)


def joined(day: date):
    """Services by which somebody joined a force in the twelve months up to that day."""
    begun = Assignment.objects.filter(started_on__gt=months_before(day, MONTHS), started_on__lte=day)
    return begun.exclude(beginning__in=NOT_JOINING)


def is_approved() -> Exists:
    """Condition on services: an approved entry into that force led to it, and not to one long before."""
    since = OuterRef("started_on") - timedelta(days=DAYS_AHEAD)
    approved = Entry.objects.approved().filter(decided_on__gte=since)
    return Exists(approved.filter(member_id=OuterRef("member_id"), force=OuterRef("force")))


def joined_unapproved(day: date, of: Q = EVERY) -> Exists:
    """Condition on members: they serve by a service, begun within twelve months, that nobody approved.

    `of` is a condition on the service.
    """
    services = joined(day).on(day).filter(of, member=OuterRef("pk"))
    return Exists(services.filter(~is_approved()))


def is_entry_checked() -> Exists:
    """Condition on entries: a background check was recorded, for the eyes of who may know that."""
    return Exists(BackgroundCheck.objects.standing().filter(entry=OuterRef("pk")))


def waiting_for_check(day: date):
    """Open entries into forces that take nobody in unchecked."""
    return Entry.objects.open().filter(~is_entry_checked(), force__in=forces_checked(day))


def ready_for(account, day: date):
    """Entries that wait for the word of this account, and for nothing else."""
    return Entry.objects.decidable_by(account).exclude(pk__in=waiting_for_check(day).values("pk"))


def is_checked(day: date) -> Exists:
    """Condition on members: a background check was made by that day, whatever came of it."""
    return Exists(BackgroundCheck.objects.standing().by(day).filter(member_id=OuterRef("pk")))
