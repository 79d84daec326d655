"""What others changed in a unit since an account was last here, as the trail tells those who keep the files."""

from datetime import timedelta

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dashboards.asked import Asked, moment
from organization.models import TrailEntry
from personnel.models import Assignment, Member

# Slug of the list: what it counts. A trail of years would be counted for long, and say nothing.
KINDS = {
    "files-new": _("Files added"),
    "files-changed": _("Files changed"),
    "services-new": _("Services begun"),
    "services-changed": _("Services changed or ended"),
}
_ENTRIES = {
    "files-new": (Member, "I"),
    "files-changed": (Member, "U"),
    "services-new": (Assignment, "I"),
    "services-changed": (Assignment, "U"),
}
LONGEST = timedelta(days=30)


def last_here(request):
    """When the account logged in before this time, at most 30 days ago; None at the first time."""
    before = moment(request.session.get("previous_login"))
    return before and max(before, timezone.now() - LONGEST)


def people(kind: str, asked: Asked) -> QuerySet[Member]:
    """Files in which something of that kind was done since, by somebody else; none where no moment is given."""
    if asked.since is None:
        return Member.objects.none()
    model, action = _ENTRIES[kind]
    entries = _entries(asked).filter(table=model._meta.db_table, action=action)
    return Member.objects.filter(pk__in=entries.values("member"))


def counts(asked: Asked) -> dict[str, int]:
    """How many `people` there are of each kind, in one query."""
    rows = _entries(asked).order_by().values_list("table", "action").annotate(people=Count("member", distinct=True))
    found = {(table, action): number for table, action, number in rows}
    return {kind: found.get((model._meta.db_table, action), 0) for kind, (model, action) in _ENTRIES.items()}


def _entries(asked):
    tables = {model._meta.db_table for model, _action in _ENTRIES.values()}
    since = max(asked.since, timezone.now() - LONGEST)
    entries = TrailEntry.objects.filter(asked.within.q(), at__gt=since, table__in=tables, member__isnull=False)
    return entries.exclude(actor=asked.account.pk)
