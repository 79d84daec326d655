"""Two people at one file: the second is told what the first changed."""

from collections.abc import Collection, Mapping

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


def changed_since(seen: Mapping[int, int], own_batch: str = "") -> dict[int, TrailEntry]:
    """The last change of each of these files by others, since the version that was seen: {member: version}."""
    if not seen:
        return {}
    later = TrailEntry.objects.filter(member__in=list(seen), id__gt=min(seen.values()))
    found = {entry.member: entry for entry in later.order_by("id") if not own_batch or entry.batch != own_batch}
    return {member: entry for member, entry in found.items() if member is not None and entry.id > seen[member]}


def versions(members: Collection[int]) -> dict[int, int]:
    """The version of each of these files."""
    found = TrailEntry.objects.filter(member__in=list(members)).values_list("member").annotate(last=Max("id"))
    return dict(found.order_by())
