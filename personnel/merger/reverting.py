"""A carried-out merger taken back as a whole: new services go, old ones run on, or nothing is touched."""

from datetime import date

from django.contrib.postgres.functions import TransactionNow
from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from organization.models import Account, TrailEntry
from organization.scope import entered
from personnel.merger.carrying_out import LOCK_FILES, scope_of
from personnel.merger.terms import CARRY_OUT, MergerRefused, check_role, last_batch, locked
from personnel.models import DisciplineCase, Member, PlacementBatch, Programme

LATER = {"table__in": ["personnel_assignment", "personnel_contract"]}
FREE = """
UPDATE personnel_placement p SET outcome = 'pending', batch_id = NULL, verdict = '', reason = '', new_service_id = NULL
FROM unnest(%(placements)s::bigint[]) AS t (id) WHERE t.id = p.id
"""
TAKE_AWAY = "DELETE FROM personnel_assignment WHERE id = ANY (%(new)s)"
GO_ON = """
UPDATE personnel_assignment SET ended_on = NULL, ending = ''
WHERE id = ANY (%(old)s) AND ending = 'merged' AND ended_on = %(day)s
"""


def revert(programme: Programme, account: Account) -> PlacementBatch:
    """Take the last carried-out proposal back in the caller's transaction.

    Raises MergerRefused, with the names of those whose services or contracts were changed since.
    """
    programme = locked(programme)
    check_role(account, CARRY_OUT)
    batch = last_batch(programme)
    if batch is None or batch.carried_out_at is None:
        raise MergerRefused("not_carried_out", _("Nothing was carried out that could be taken back."))
    if batch.reverted_at:
        raise MergerRefused("reverted_already", _("This was taken back already."))
    batch.programme = programme
    with entered(scope_of(batch)), connection.cursor() as cursor:
        cursor.execute(LOCK_FILES, {"batch": batch.pk})
        if people := later_changes(batch):
            message = _("Nothing was taken back: services or contracts changed since, or work was done, for %(names)s.")
            names = "、".join(one["name"] for one in people[:10])
            raise MergerRefused("changed_since", message, people=people, names=names)
        _refuse_cases(batch)
        _take_back(cursor, batch, account, programme.merged_on)
    batch.refresh_from_db()
    return batch


def later_changes(batch: PlacementBatch) -> list[dict]:
    """People of the batch whose service or contract was changed or begun since, who were issued kit, or whose task was
    done."""
    members = list(batch.placements.values_list("member", flat=True))
    ours = TrailEntry.objects.filter(batch=batch.trail_batch)
    last = ours.aggregate(last=Max("id"))["last"] or 0
    changed = TrailEntry.objects.filter(member__in=members, id__gt=last, **LATER).exclude(batch=batch.trail_batch)
    done = batch.tasks.filter(done_on__isnull=False)
    found = {member for member in changed.values_list("member", flat=True) if member is not None}
    found |= set(done.values_list("member", flat=True))
    issued = TrailEntry.objects.filter(member__in=members, id__gt=last, table="personnel_kitissue", action="I")
    found |= {member for member in issued.values_list("member", flat=True) if member is not None}
    # A trail without the batch is older than what is kept of it: then nothing proves what this merger began.
    found |= set() if last else set(members)
    names = dict(Member.objects.filter(pk__in=found).values_list("pk", "name"))
    return [{"member": key, "name": names.get(key, ""), "code": "changed"} for key in sorted(found)]


def _refuse_cases(batch: PlacementBatch) -> None:
    """A discipline case says in which service it happened, also when it was withdrawn."""
    cases = DisciplineCase.objects.filter(service__in=batch.placements.landed().values("new_service"))
    found = dict(Member.objects.filter(pk__in=cases.values("member")).order_by("pk").values_list("pk", "name"))
    if found:
        people = [{"member": key, "name": name, "code": "has_case"} for key, name in found.items()]
        message = _("Nothing was taken back: discipline cases speak of the new services of %(names)s.")
        names = "、".join([*found.values()][:10])
        raise MergerRefused("has_case", message, people=people, names=names)


def _take_back(cursor, batch: PlacementBatch, account: Account, day: date) -> None:
    # The time of the transaction: the policy of deletion asks for exactly that.
    PlacementBatch.objects.filter(pk=batch.pk).update(reverted_at=TransactionNow(), reverted_by=account.pk)
    rows = list(batch.placements.landed().values_list("pk", "service", "new_service"))
    old = [service for _pk, service, new in rows if new]
    new = [new for _pk, _service, new in rows if new]
    cursor.execute(FREE, {"placements": [pk for pk, _service, _new in rows]})
    cursor.execute(TAKE_AWAY, {"new": new})
    taken = cursor.rowcount
    cursor.execute(GO_ON, {"old": old, "day": day})
    if taken != len(new) or cursor.rowcount != len(old):
        raise MergerRefused("out_of_reach", _("Not all of these services are yours to take back; nothing was changed."))
