"""Recording that original documents were seen: for many people at once, looked at before it is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from organization.models import Account
from personnel.models import Assignment, DocumentSighting, Member
from personnel.realname import levels

MOST = 500  # people of one go: what somebody can have compared, and a page can show


@dataclass(frozen=True)
class Plan:
    """Whom an entry would be written for, and who is left out because the document was seen before."""

    new: tuple[Member, ...]
    known: tuple[Member, ...]


def writable(forces: Sequence[str]) -> QuerySet[Member]:
    """As `Member.is_written_by`: files whose running or last service is of one of these forces, or that have none."""
    services = Assignment.objects.filter(member=OuterRef("pk")).latest_first()
    files = Member.objects.alias(last_force=Subquery(services.values("force")[:1]))
    return files.filter(Q(last_force=None) | Q(last_force__in=forces))


def plan(members: Iterable[int], day: date, forces: Sequence[str]) -> Plan:
    """Who would be recorded on that day. Files out of sight, or of forces not written, are left out without a word."""
    found = writable(forces).filter(pk__in=list(members)).annotate(seen=levels.is_seen(day)).order_by("unit_id", "pk")
    rows = list(found.defer("id_number", "phone"))
    return Plan(tuple(row for row in rows if not row.seen), tuple(row for row in rows if row.seen))


def record(members: Iterable[int], document: str, day: date, account: Account, forces: Sequence[str]) -> int:
    """Write that the document of each was seen; returns for how many. Who has been seen already is left out.

    The files are locked in one order, so that of two clicks the second finds the first one's entries.
    """
    with transaction.atomic():
        asked = list(members)
        list(
            writable(forces)
            .filter(pk__in=asked)
            .select_for_update(of=("self",))
            .order_by("id_digest")
            .values_list("pk")
        )
        new = plan(asked, day, forces).new
        DocumentSighting.objects.bulk_create(
            DocumentSighting(
                member=member, unit_id=member.unit_id, document=document, seen_on=day,
                number_digest=member.id_digest, account=account.pk, account_name=account.name,
            )
            for member in new
        )  # fmt: skip
        return len(new)


def take_back(member: Member, reason: str, day: date, account: Account) -> None:
    """Say that what was recorded before about the documents of a member is wrong; nothing is deleted."""
    last = member.sightings.first()
    if last is None or last.taken_back:
        return
    DocumentSighting.objects.create(
        member=member, unit_id=member.unit_id, document=last.document, seen_on=day, taken_back=reason,
        number_digest=member.id_digest, account=account.pk, account_name=account.name,
    )  # fmt: skip
