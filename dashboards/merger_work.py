"""What assessments and mergers have waiting for an account: scores, confirmations, appeals, tasks."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from dashboards.charts.shapes import number
from organization.models import Account
from personnel.assessment import appeals, results, scoring
from personnel.merger.terms import CARRY_OUT, CONFIRM, PROPOSE, in_the_way
from personnel.models import Appeal, Examiner, MergerTask, PlacementBatch, Programme

NEEDED = "personnel.view_programme"
TASKS = "personnel.change_mergertask"
CLOSES = "personnel.close_assessmentcycle"
MOST = 5  # programmes of a kind


def waiting(account: Account, today: date) -> list[dict]:
    """Rows {label, count, url, hint} of the workbench; nothing for accounts that take no part."""
    if not account.has_perm(NEEDED):
        return []
    rows = (_proposals, _confirmations, _carrying_out, _scores, _closing, _appeals, _tasks)
    return [row for of in rows for row in of(account, today)]


def _confirmations(account: Account, today: date):
    """Proposals of others that this role confirms, by the route or standing in."""
    if not account.has_perm(CONFIRM):
        return
    asked = PlacementBatch.objects.to_be_confirmed(account.role, today)
    for batch in asked.exclude(proposed_by=account.pk).select_related("programme"):
        until = batch.programme.confirm_by
        row = {
            "label": _("Proposal to be confirmed: %(programme)s") % {"programme": batch.programme.name},
            "count": number(batch.placements.count()),
            "url": reverse("admin:personnel_programme_change", args=[batch.programme_id]),
            "hint": _("to be confirmed by %(day)s") % {"day": until} if until else "",
        }
        yield row | ({"level": "error"} if until and until < today else {})


def _proposals(account: Account, today: date):
    """Programmes whose assessment is over and of which nothing is proposed yet."""
    if not account.has_perm(PROPOSE):
        return
    known = Programme.objects.to_be_proposed(account.role, today).select_related("cycle")
    for programme in known.order_by("merged_on", "pk")[:MOST]:
        yield {
            "label": _("Merger to be proposed: %(programme)s") % {"programme": programme.name},
            "count": number(programme.cycle.assessments.complete().count()),
            "url": reverse("admin:personnel_programme_change", args=[programme.pk]),
            "hint": _("from %(day)s") % {"day": programme.merged_on},
        }


def _carrying_out(account: Account, today: date):
    """Confirmed proposals that nothing holds up any more."""
    if not account.has_perm(CARRY_OUT):
        return
    for batch in PlacementBatch.objects.to_be_carried_out(today).select_related("programme")[:MOST]:
        if not in_the_way(batch).exists():
            yield {
                "label": _("Merger to be carried out: %(programme)s") % {"programme": batch.programme.name},
                "count": number(batch.placements.count()),
                "url": reverse("admin:personnel_programme_change", args=[batch.programme_id]),
            }


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


def _closing(account: Account, today: date):
    """Assessments of this office that are over, until their results are closed."""
    if not account.has_perm(CLOSES):
        return
    for cycle in results.to_be_closed(account.unit_id, today)[:MOST]:
        yield {
            "label": _("Results to be closed: %(cycle)s") % {"cycle": cycle.name},
            "count": number(cycle.assessments.complete().count()),
            "url": reverse("admin:personnel_assessmentcycle_results", args=[cycle.pk]),
        }


def _appeals(account: Account, today: date):
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
