"""The proposal of one person for all candidates with a result, and the confirmation of another."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.postgres.functions import TransactionNow
from django.db import connection
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from organization.models import Account
from personnel.merger.candidates import OUTCOMES, freeze, given
from personnel.merger.terms import CONFIRM, PROPOSE, MergerRefused, check_role, locked, no_scores_meanwhile, open_batch
from personnel.models import Placement, PlacementBatch, Programme

# Everybody who is pending and can be decided. The service is the one that runs now: somebody may have moved within the
# force. Who serves in it no more has left; who has neither score nor exemption stays pending.
DECIDE = """
UPDATE personnel_placement p
SET batch_id = %(batch)s, verdict = d.verdict, service_id = COALESCE(d.running, p.service_id), reason = ''
FROM (
  SELECT p.id, r.id AS running,
         CASE WHEN r.id IS NULL AND NOT EXISTS (
                SELECT FROM personnel_assignment a
                WHERE a.member_id = p.member_id AND a.force = %(force)s AND a.ended_on > %(today)s)
              THEN 'exited'
              WHEN r.id IS NULL THEN ''
              WHEN r.cohort = ANY (%(exempt)s) OR t.total >= %(mark)s * 100 THEN 'absorbed'
              WHEN t.total < %(mark)s * 100 THEN 'transferred' ELSE '' END AS verdict
  FROM personnel_placement p
  LEFT JOIN LATERAL (SELECT a.id, a.cohort FROM personnel_assignment a
                     WHERE a.member_id = p.member_id AND a.force = %(force)s AND a.ended_on IS NULL
                     ORDER BY a.share DESC, a.id LIMIT 1) r ON true
  LEFT JOIN personnel_assessment t ON t.member_id = p.member_id AND t.cycle_id = %(cycle)s
  WHERE p.programme_id = %(programme)s AND p.outcome = 'pending' AND p.batch_id IS NULL) d
WHERE d.id = p.id AND d.verdict <> ''
"""


@dataclass(frozen=True)
class Counts:
    """Heads of a programme by what is decided in its open proposal, or else by where they have landed."""

    candidates: int
    absorbed: int = 0
    transferred: int = 0
    exited: int = 0
    pending: int = 0


def decided(batch: PlacementBatch) -> Counts:
    """All candidates of the programme as they will stand when the batch has been carried out."""
    rows = Placement.objects.filter(programme=batch.programme_id).order_by().values_list("batch", "verdict", "outcome")
    heads = dict.fromkeys(OUTCOMES, 0)
    for of_batch, verdict, outcome, people in rows.annotate(Count("id")):
        heads[verdict if of_batch == batch.pk else outcome] += people
    return Counts(sum(heads.values()), **heads)


def propose(programme: Programme, account: Account, today: date, mark: int | None = None) -> PlacementBatch:
    """Freeze the candidates and propose, for all with a result, where they land. Raises MergerRefused.

    The mark is in hundredths of a point; the programme's own if left out.
    """
    programme = locked(programme)
    check_role(account, PROPOSE, programme.proposing_roles)
    no_scores_meanwhile(programme)
    if open_batch(programme):
        raise MergerRefused("open_proposal", _("A proposal of this programme is open already."))
    freeze(programme)
    mark = programme.pass_mark if mark is None else mark
    batch = PlacementBatch.objects.create(
        programme=programme, unit_id=programme.unit_id, mark=mark, proposed_at=TransactionNow(), proposed_by=account.pk
    )
    with connection.cursor() as cursor:
        cursor.execute(DECIDE, given(programme, batch=batch.pk, mark=mark, today=today))
        if not cursor.rowcount:
            raise MergerRefused(
                "nothing_to_propose",
                _("Nobody can be placed yet: no candidate who is still pending has a complete result."),
            )
    return PlacementBatch.objects.select_related("programme").get(pk=batch.pk)


def waiting(programme: Programme) -> tuple[Programme, PlacementBatch]:
    """The programme, locked, and its proposal that waits for a second person. Raises MergerRefused."""
    programme = locked(programme)
    batch = open_batch(programme)
    if batch is None:
        raise MergerRefused("nothing_proposed", _("There is no proposal that waits for a confirmation."))
    if batch.confirmed_at:
        raise MergerRefused("confirmed_already", _("This proposal was confirmed already."))
    batch.programme = programme
    return programme, batch


def confirm(
    programme: Programme, account: Account, today: date, reason: str, held_back: Iterable[int] = ()
) -> PlacementBatch:
    """Confirm the open proposal as a second person. `held_back` are members who stay pending. Raises MergerRefused.

    The reason is that of everybody who did not pass: nobody fails by a computation alone.
    """
    programme, batch = waiting(programme)
    check_role(account, CONFIRM, programme.confirmers(today))
    if account.pk == batch.proposed_by:
        raise MergerRefused("own_proposal", _("Nobody confirms their own proposal."))
    if held := list(held_back):
        batch.placements.filter(member__in=held).update(batch=None, verdict="", reason="")
    reason = reason.strip()[:300]
    failed = batch.placements.filter(verdict="transferred")
    if not reason and failed.exists():
        raise MergerRefused("no_reason", _("Give the reason for those who did not pass."))
    failed.update(reason=reason)
    until = today + timedelta(days=programme.appeal_days)
    PlacementBatch.objects.filter(pk=batch.pk).update(
        confirmed_at=TransactionNow(), confirmed_by=account.pk, appeals_until=until, note=reason
    )
    batch.refresh_from_db()
    return batch


def send_back(programme: Programme, account: Account, reason: str, today: date) -> PlacementBatch:
    """Give the open proposal up: everybody in it is pending again. Raises MergerRefused.

    The proposer may do so as well; once confirmed it takes somebody who may confirm.
    """
    programme = locked(programme)
    batch = open_batch(programme)
    if batch is None:
        raise MergerRefused("nothing_proposed", _("There is no proposal that waits for a confirmation."))
    if account.pk != batch.proposed_by or batch.confirmed_at:
        check_role(account, CONFIRM, programme.confirmers(today))
    if not (reason := reason.strip()[:300]):
        raise MergerRefused("no_reason", _("Say why the proposal is sent back."))
    PlacementBatch.objects.filter(pk=batch.pk).update(rejected_at=TransactionNow(), rejected_by=account.pk, note=reason)
    batch.placements.update(batch=None, verdict="", reason="")
    batch.refresh_from_db()
    return batch
