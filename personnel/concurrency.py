"""Two people at one file: the second is told what the first changed."""

from django.db.models import Max

from organization.models import TrailEntry
from personnel.models import Member


def version(member_id: int) -> int:
    """The number of the last change of a file; a form carries it and hands it back."""
    return TrailEntry.objects.filter(member=member_id).aggregate(last=Max("id"))["last"] or 0


def changes_since(member_id: int, seen: int) -> list[TrailEntry]:
    """Locks the file, then says what others changed in it since; empty when the way is clear."""
    Member.objects.select_for_update(of=("self",)).filter(pk=member_id).values_list("pk").first()
    return list(TrailEntry.objects.filter(member=member_id, id__gt=seen).order_by("id"))
