"""Two people at one row: the second is told what the first changed, and saves over it knowing that or not at all."""

from django.db import connection
from django.db.models import Max
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from organization import trail_labels

SEEN = "_seen"  # the field by which a form says which version of its row it showed


def version(obj) -> int:
    """The number of the last change of a row, as far as the reader sees its history."""
    return _entries(obj).aggregate(last=Max("id"))["last"] or 0


def changes(request, obj) -> list:
    """Sentences on what others changed since the form that was sent had been opened; none where it does not say.

    Two who send at one instant wait for each other.
    """
    seen = request.POST.get(SEEN, "")
    if not (seen.isascii() and seen.isdecimal() and len(seen) < 19):
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [obj._meta.db_table, obj.pk])
    found = list(_entries(obj).filter(id__gt=int(seen)).order_by("id"))
    if not found:
        return []
    said = [sentence(told) for told in trail_labels.tell(found, request.user)]
    return [*said, _("Your entries are kept below. Compare, then save again if yours are to stand.")]


def sentence(told: trail_labels.Told):
    return format_html(
        _("Changed meanwhile by {who} at {at}: {what}"),
        who=told.entry.who,
        at=timezone.localtime(told.entry.at).strftime("%H:%M"),
        what=told.text,
    )


def _entries(obj):
    from organization.history import entries_of  # builds on the admin, which asks here

    return entries_of(obj)
