"""Entries that wait for an account: for its decision, or for a background check that it makes."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from dashboards.charts.shapes import number
from organization.models import Account
from personnel.entries.conditions import ready_for, waiting_for_check
from personnel.entries.terms import CHECKS, DECIDE


def waiting(account: Account, today: date) -> list[dict]:
    """Rows {label, count, url} of the workbench, those that are not empty."""
    listed, found = reverse("admin:personnel_entry_changelist"), []
    if account.has_perm(DECIDE) and (count := ready_for(account, today).count()):
        found.append((_("Entries waiting for my decision"), count, "mine"))
    if account.has_perm(CHECKS) and (count := waiting_for_check(today).count()):
        found.append((_("Entries waiting for a background check"), count, "unchecked"))
    return [
        {"label": label, "count": number(count), "url": f"{listed}?standing={standing}"}
        for label, count, standing in found
    ]
