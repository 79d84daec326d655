"""A confirmed proposal carried out: old services end, new ones begin, tasks are raised, all of it or nothing."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.contrib.postgres.functions import TransactionNow
from django.db import connection
from django.utils.translation import gettext_lazy as _

from organization.models import Account
from organization.refusal import StrOrPromise
from organization.scope import current, entered
from organization.scope.scope import Scope
from personnel.bulk import hashed
from personnel.merger.proposing import Counts, decided
from personnel.merger.terms import (
    CARRY_OUT,
    MergerRefused,
    check_role,
    in_the_way,
    last_batch,
    locked,
    no_scores_meanwhile,
)
from personnel.models import PlacementBatch, Programme

WHY: dict[str, StrOrPromise] = {
    "ended": _("the service has ended, or its end is entered"),
    "begun": _("the service begins only on the day of the merger"),
    "moved": _("the service is of another force now, or out of reach"),
}

# In the order in which all bulk work locks files, so that two of them wait for each other instead of dying.
LOCK_FILES = """
SELECT m.id FROM personnel_member m JOIN personnel_placement p ON p.member_id = m.id WHERE p.batch_id = %(batch)s
ORDER BY m.id_digest FOR NO KEY UPDATE OF m
"""
LOCK_SERVICES = """
SELECT a.id FROM personnel_assignment a JOIN personnel_placement p ON p.service_id = a.id WHERE p.batch_id = %(batch)s
ORDER BY a.id FOR UPDATE OF a
"""
# Those who cannot be moved, by name: nobody lands by a service that is over.
STOPPED = """
SELECT p.member_id, COALESCE(m.name, c.name, ''),
       CASE WHEN a.id IS NULL OR m.id IS NULL OR a.force <> %(force)s THEN 'moved'
            WHEN a.ended_on IS NOT NULL THEN 'ended' ELSE 'begun' END
FROM personnel_placement p
LEFT JOIN personnel_assignment a ON a.id = p.service_id
LEFT JOIN personnel_member m ON m.id = p.member_id
LEFT JOIN personnel_card c ON c.member_id = p.member_id AND c.unit_id = p.unit_id
WHERE p.batch_id = %(batch)s AND p.verdict <> 'exited'
  AND (a.id IS NULL OR m.id IS NULL OR a.force <> %(force)s OR a.ended_on IS NOT NULL OR a.started_on >= %(day)s)
ORDER BY p.unit_id, p.member_id
"""
BACK_TO_PENDING = """
UPDATE personnel_placement SET batch_id = NULL, verdict = '', reason = ''
WHERE batch_id = %(batch)s AND member_id = ANY (%(stopped)s)
"""
END_SERVICES = """
UPDATE personnel_assignment a SET ended_on = %(day)s, ending = 'merged'
FROM personnel_placement p
WHERE p.service_id = a.id AND p.batch_id = %(batch)s AND p.verdict IN ('absorbed', 'transferred')
"""
BEGIN_SERVICES = """
INSERT INTO personnel_assignment
  (member_id, unit_id, force, category, sponsor, using_unit_id, recruiter_id, employer_id, post, grade, badge,
   former_title, cohort, share, share_from, started_on, beginning, ending, ending_note)
SELECT a.member_id, a.unit_id, CASE WHEN is_in THEN %(into)s ELSE 'joint_defence' END, '',
       CASE WHEN is_in THEN '' ELSE %(sponsor)s END,
       a.using_unit_id, CASE WHEN is_in THEN %(recruiter)s ELSE a.recruiter_id END,
       CASE WHEN is_in THEN %(employer)s ELSE a.employer_id END, a.post, '', '',
       CASE WHEN a.former_title = '' THEN %(title)s ELSE a.former_title END,
       a.cohort, a.share, a.share_from, %(day)s, 'merged', '', ''
FROM personnel_placement p JOIN personnel_assignment a ON a.id = p.service_id
     CROSS JOIN LATERAL (SELECT p.verdict = 'absorbed' AS is_in) v
WHERE p.batch_id = %(batch)s AND p.verdict IN ('absorbed', 'transferred')
ORDER BY a.member_id
RETURNING id, member_id
"""
LAND = """
UPDATE personnel_placement p SET outcome = p.verdict, new_service_id = b.id
FROM unnest(%(begun)s::bigint[], %(members)s::bigint[]) AS b (id, member_id)
WHERE p.programme_id = %(programme)s AND p.member_id = b.member_id AND p.batch_id = %(batch)s
"""
LEAVE = "UPDATE personnel_placement SET outcome = 'exited' WHERE batch_id = %(batch)s AND verdict = 'exited'"
RAISE_TASKS = """
INSERT INTO personnel_mergertask (batch_id, member_id, unit_id, kind, due_on)
SELECT %(batch)s, p.member_id, m.unit_id, k.kind, %(due)s
FROM personnel_placement p JOIN personnel_member m ON m.id = p.member_id
     JOIN (VALUES ('contract', 'absorbed'), ('kit', 'absorbed'), ('training', 'absorbed'), ('contract', 'transferred'))
       AS k (kind, outcome) ON k.outcome = p.outcome
WHERE p.batch_id = %(batch)s AND k.kind = ANY (%(follow_ups)s)
ORDER BY p.member_id
"""


@dataclass(frozen=True)
class CarriedOut:
    """What came of it; `refused` are [{"member", "name", "code", "message"}] who stay pending."""

    batch: PlacementBatch
    counts: Counts
    refused: list[dict]


def carry_out(programme: Programme, account: Account, today: date) -> CarriedOut:
    """Carry the confirmed proposal out in the caller's transaction; pressed twice, once. Raises MergerRefused."""
    programme = locked(programme)
    check_role(account, CARRY_OUT)
    no_scores_meanwhile(programme)  # nor appeals: one that comes in now is seen, or finds the merger carried out
    batch = ready(programme, today)
    with entered(scope_of(batch)), connection.cursor() as cursor:
        asked = _asked(programme, batch, today)
        cursor.execute(LOCK_FILES, asked)
        cursor.execute(LOCK_SERVICES, asked)
        batch.carried_out_by = account.pk
        PlacementBatch.objects.filter(pk=batch.pk).update(carried_out_at=TransactionNow(), carried_out_by=account.pk)
        cursor.execute(STOPPED, asked)
        refused = [_told(*row) for row in cursor.fetchall()]
        if refused:
            cursor.execute(BACK_TO_PENDING, asked | {"stopped": [one["member"] for one in refused]})
        cursor.execute(END_SERVICES, asked)
        cursor.execute(BEGIN_SERVICES, asked)
        begun = cursor.fetchall()
        with hashed(cursor):  # a proposal of a moment ago looks small to the planner, whatever its size
            landed = {"begun": [key for key, _member in begun], "members": [member for _key, member in begun]}
            cursor.execute(LAND, asked | landed)
        cursor.execute(LEAVE, asked)
        cursor.execute(RAISE_TASKS, asked)
    batch.refresh_from_db()
    return CarriedOut(batch, decided(batch), refused)


def scope_of(batch: PlacementBatch) -> Scope:
    """The scope that writes a batch: named in the trail, and open to the forces of the programme and to joint defence.

    The office that carries it out does not keep joint defence; the proposal that two people stand for is what allows it
    to write there. The range stays its own.
    """
    programme = batch.programme
    forces = {*current().forces, programme.from_force, programme.into_force, "joint_defence"}
    return replace(current(), batch=batch.trail_batch, forces=tuple(sorted(forces)))


def ready(programme: Programme, today: date) -> PlacementBatch:
    """The batch that may be carried out now. Raises MergerRefused with what it waits for."""
    batch = last_batch(programme)
    if batch and batch.carried_out_at and not batch.reverted_at:
        raise MergerRefused("carried_out_already", _("This proposal was carried out already."))
    if batch is None or batch.rejected_at or batch.reverted_at:
        raise MergerRefused("nothing_proposed", _("There is no proposal that could be carried out."))
    if batch.confirmed_at is None:
        raise MergerRefused("not_confirmed", _("A second person has to confirm the proposal first."))
    if batch.appeals_until and today < batch.appeals_until:
        message = _("Appeals may come in until %(day)s; the proposal is carried out after that.")
        raise MergerRefused("appeals_run", message, day=batch.appeals_until)
    batch.programme = programme
    if people := [
        {"member": member, "name": name, "code": "appeal"}
        for member, name in in_the_way(batch).values_list("member", "member__name")
    ]:
        message = _("Appeals have to be decided first: %(names)s.")
        raise MergerRefused("appeals_open", message, people=people, names="、".join(one["name"] for one in people[:10]))
    return batch


def _asked(programme: Programme, batch: PlacementBatch, today: date) -> dict:
    return {
        "batch": batch.pk,
        "programme": programme.pk,
        "force": programme.from_force,
        "into": programme.into_force,
        "day": programme.merged_on,
        "employer": programme.employer_id,
        "recruiter": programme.employer.unit_id,
        "title": programme.former_title,
        "sponsor": programme.failed_sponsor,
        "follow_ups": programme.follow_ups,
        "due": max(today, programme.merged_on) + timedelta(days=programme.task_days),
    }


def _told(member: int, name: str, code: str) -> dict:
    return {"member": member, "name": name, "code": code, "message": str(WHY[code])}
