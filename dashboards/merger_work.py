"""What assessments and mergers have waiting for an account: scores, confirmations, appeals, tasks."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from dashboards.charts.shapes import number
from organization.models import Account
from personnel.assessment import appeals, scoring
from personnel.merger.terms import CONFIRM
from personnel.models import Appeal, Examiner, MergerTask, PlacementBatch

NEEDED = "personnel.view_programme"
TASKS = "personnel.change_mergertask"


def waiting(account: Account, today: date) -> list[dict]:
    """Rows {label, count, url, hint} of the workbench; nothing for accounts that take no part."""
    if not account.has_perm(NEEDED):
        return []
    return [*_confirmations(account, today), *_scores(account, today), *_appeals(account), *_tasks(account, today)]


def _confirmations(account: Account, today: date):
    """Proposals of others that this role confirms."""
    if not account.has_perm(CONFIRM):
        return
    asked = PlacementBatch.objects.open().filter(
        confirmed_at=None, programme__confirming_roles__contains=[account.role]
    )
    for batch in asked.exclude(proposed_by=account.pk).select_related("programme"):
        until = batch.programme.confirm_by
        row = {
            "label": _("Proposal to be confirmed: %(programme)s") % {"programme": batch.programme.name},
            "count": number(batch.placements.count()),
            "url": reverse("admin:personnel_programme_change", args=[batch.programme_id]),
            "hint": _("to be confirmed by %(day)s") % {"day": until} if until else "",
        }
        yield row | ({"level": "error"} if until and until < today else {})


def _scores(account: Account, today: date):
    """People whom this account may score and who lack a score, cycle by cycle."""
    running = Examiner.objects.filter(
        account=account.pk, cycle__closed_on=None, cycle__starts_on__lte=today, cycle__ends_on__gt=today
    )
    for one in running.select_related("cycle"):
        left = scoring.unscored(scoring.services_of(one.cycle, one, today), one.cycle).count()
        if left and (one.until is None or one.until > today):
            yield {
                "label": _("Scores to be entered: %(cycle)s") % {"cycle": one.cycle.name},
                "count": number(left),
                "url": reverse("admin:personnel_assessmentcycle_scores", args=[one.cycle_id]) + "?left=1",
            }


def _appeals(account: Account):
    """Undecided appeals that this account may decide."""
    if not account.has_perm(appeals.DECIDE):
        return
    mine = Appeal.objects.undecided().exclude(examiner=account.pk)
    # A proposer is not there before a proposal; `exclude` alone would keep those rows out.
    if left := mine.count() - mine.filter(proposer=account.pk).count():
        url = f"{reverse('admin:personnel_appeal_changelist')}?standing=undecided"
        yield {"label": _("Appeals to be decided"), "count": number(left), "url": url}


def _tasks(account: Account, today: date):
    if not account.has_perm(TASKS):
        return
    listed = reverse("admin:personnel_mergertask_changelist")
    if late := MergerTask.objects.undone().filter(due_on__lt=today).count():
        yield {
            "label": _("Tasks after a merger that are late"), "count": number(late), "url": f"{listed}?standing=late",
            "level": "error",
        }  # fmt: skip
    if due := MergerTask.objects.undone().filter(due_on__gte=today).count():
        yield {"label": _("Tasks after a merger"), "count": number(due), "url": f"{listed}?standing=open"}
