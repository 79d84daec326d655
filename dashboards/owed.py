"""What is owed to people and waits for this account: answers to corrections, the second word on an erasure."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from dashboards.charts.shapes import number
from personnel.models import CorrectionRequest, ErasureBatch
from personnel.privacy import erasure

SEES_CORRECTIONS = "personnel.change_correctionrequest"


def owed(account, today: date) -> list[dict]:
    """Rows of the workbench, those that are not empty: {label, count, url, level}."""
    found = []
    if account.has_perm(SEES_CORRECTIONS):
        listed = reverse("admin:personnel_correctionrequest_changelist")
        late, waiting = CorrectionRequest.objects.overdue(today).count(), CorrectionRequest.objects.open().count()
        if late:
            row = {"label": _("Correction requests without an answer in time"), "count": number(late)}
            found.append(row | {"url": f"{listed}?standing=overdue", "level": "error"})
        elif waiting:
            row = {"label": _("Correction requests to be answered"), "count": number(waiting)}
            found.append(row | {"url": f"{listed}?standing=open"})
    if account.has_perm(erasure.CONFIRMS):
        proposed = ErasureBatch.objects.filter(approved_at=None, declined_at=None)
        if count := proposed.exclude(proposed_by=account.pk).count():
            row = {"label": _("Erasures to be confirmed"), "count": number(count)}
            found.append(row | {"url": reverse("admin:personnel_erasurebatch_changelist")})
    return found
