"""What kit has waiting for an account: campaigns to open and to issue, old uniforms, kit of people who left."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from dashboards.charts.shapes import number
from organization.models import Account
from personnel.kit import campaigns, returning
from personnel.kit.shortages import still_old
from personnel.kit.terms import ISSUE, RUN, TAKE_BACK
from personnel.models import KitCampaign

NEEDED = "personnel.view_kitcampaign"
MOST_CAMPAIGNS = 5


def waiting(account: Account, today: date) -> list[dict]:
    """Rows {label, count, url, hint} of the workbench; nothing for accounts that neither run campaigns nor issue."""
    found = []
    if account.has_perm(RUN):
        found += _unopened(account, today)
    if account.has_perm(ISSUE):
        found += _running(account, today)
    if account.has_perm(TAKE_BACK) and (count := returning.leavers(today)):
        label = _("People who left and still hold kit")
        found.append({"label": label, "count": number(count), "url": reverse("admin:personnel_kitissue_returns")})
    return found


def _unopened(account: Account, today: date):
    for campaign in KitCampaign.objects.filter(opened_on=None, unit=account.unit_id, issue_on__lte=today):
        yield {
            "label": _("Kit campaign to be opened: %(campaign)s") % {"campaign": campaign.name},
            "count": number(campaigns.eligible(campaign, campaign.issue_on)),
            "url": reverse("admin:personnel_kitcampaign_change", args=[campaign.pk]),
        }


def _running(account: Account, today: date):
    for campaign in KitCampaign.objects.running().order_by("-issue_on")[:MOST_CAMPAIGNS]:
        missing = campaigns.total(campaigns.progress(campaign, today)).missing
        old = len(still_old(campaign, today, account.unit_id)) if campaign.in_use_on <= today else 0
        told = {"campaign": campaign.name, "day": campaign.in_use_on.isoformat()}
        if old:
            yield {
                "label": _("Still in the old scheme: %(campaign)s") % told, "count": number(old), "level": "error",
                "url": reverse("admin:personnel_kitcampaign_old", args=[campaign.pk]),
                "hint": _("in use since %(day)s") % told,
            }  # fmt: skip
        elif missing:
            yield {
                "label": _("Kit to be issued: %(campaign)s") % told, "count": number(missing),
                "url": reverse("admin:personnel_kitcampaign_change", args=[campaign.pk]),
                "hint": _("in use from %(day)s") % told,
            }  # fmt: skip
