"""Appeals: recorded within their days, decided by somebody who neither scored nor proposed, and what follows."""

from datetime import date

from django.contrib.postgres.functions import TransactionNow
from django.db import connection
from django.utils.translation import gettext_lazy as _

from organization.models import Account
from organization.refusal import Refusal
from personnel.assessment.scoring import SCORES
from personnel.models import Appeal, Assessment, Placement

DECIDE = "personnel.decide_appeal"


class AppealRefused(Refusal):
    """Codes: decided_already, own_work, no_reason, not_yours, unchanged."""


def record(sheet: Assessment, account: Account, received_on: date, grounds: str) -> Appeal:
    """Write the appeal down. The database fills in examiner, proposer and last day, and refuses what is too late.

    It shares the lock of scores, which a merger being carried out holds alone: that one sees the appeal, or is over.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [SCORES, sheet.cycle_id])
    appeal = Appeal(assessment=sheet, received_on=received_on, grounds=grounds.strip()[:500], recorded_by=account.pk)
    # What the trigger fills in; the values given here are never kept.
    appeal.member_id, appeal.unit_id, appeal.examiner, appeal.last_day = sheet.member_id, sheet.unit_id, 0, received_on
    appeal.save(force_insert=True)
    return appeal


def decide(
    appeal: Appeal, account: Account, *, is_upheld: bool, reason: str, scores: list[int] | None = None
) -> Appeal:
    """Decide in the caller's transaction; an upheld appeal corrects the scores, and with them where the person lands.

    Raises AppealRefused.
    """
    appeal = Appeal.objects.select_for_update(of=("self",)).get(pk=appeal.pk)
    if not account.has_perm(DECIDE):
        raise AppealRefused("not_yours", _("Your role does not decide appeals."))
    if appeal.decided_at:
        raise AppealRefused("decided_already", _("This appeal was decided already."))
    if account.pk in (appeal.examiner, appeal.proposer):
        message = _("Whoever scored this person, or proposed the placement, does not decide the appeal.")
        raise AppealRefused("own_work", message)
    if not (reason := reason.strip()[:500]):
        raise AppealRefused("no_reason", _("A decision has a reason."))
    sheet = Assessment.objects.select_for_update(of=("self",)).get(pk=appeal.assessment_id)
    if is_upheld and (scores is None or scores == sheet.scores):
        raise AppealRefused("unchanged", _("An appeal that is upheld changes at least one score."))
    Appeal.objects.filter(pk=appeal.pk).update(
        decided_at=TransactionNow(), decided_by=account.pk, is_upheld=is_upheld, reason=reason
    )
    if is_upheld:
        Assessment.objects.filter(pk=sheet.pk).update(scores=scores)
        sheet.refresh_from_db()
        _place_anew(sheet, reason)
    appeal.refresh_from_db()
    return appeal


def _place_anew(sheet: Assessment, reason: str) -> None:
    """What is proposed or confirmed for the person, and not carried out yet, follows the corrected result."""
    standing = Placement.objects.filter(
        member=sheet.member_id, programme__cycle=sheet.cycle_id, batch__carried_out_at=None,
        verdict__in=["absorbed", "transferred"],
    )  # fmt: skip
    for placement in standing.select_related("batch", "service", "programme"):
        mark = placement.batch.mark if placement.batch else 0
        is_exempt = placement.service.cohort in placement.programme.exempt_cohorts
        has_passed = is_exempt or (sheet.total is not None and sheet.total >= mark * 100)
        placement.verdict = "absorbed" if has_passed else "transferred"
        placement.reason = "" if has_passed else placement.reason or reason[:300]
        placement.save(update_fields=["verdict", "reason"])
