"""What waits about discipline cases for those who handle them."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from dashboards.asked import Asked
from dashboards.charts.shapes import number
from personnel.discipline.terms import VIEW
from personnel.models import DisciplineCase
from personnel.models.discipline import HANDLING_DAYS, SERVING_ON_DAYS


def waiting(asked: Asked) -> list[dict]:
    """Rows {label, count, url, level, hint} of the workbench, in one query."""
    if not asked.account.has_perm(VIEW):
        return []
    cases = DisciplineCase.objects.filter(asked.within.q())
    found = {
        "mine": cases.to_confirm_by(asked.account.pk),
        "overdue": cases.overdue(asked.day),
        "still-serving": cases.dismissed_still_serving(asked.day),
    }
    told = {
        "mine": (_("Discipline cases waiting for my confirmation"), {}),
        "overdue": (
            _("Discipline cases undecided for too long"),
            {"level": "error", "hint": _("reported more than %(days)d days ago") % {"days": HANDLING_DAYS}},
        ),
        "still-serving": (
            _("Dismissed, still serving"),
            {"level": "error", "hint": _("decided more than %(days)d days ago") % {"days": SERVING_ON_DAYS}},
        ),
    }
    names = {slug: slug.replace("-", "_") for slug in found}
    counts = cases.aggregate(**{
        names[slug]: Count("pk", filter=Q(pk__in=rows.order_by().values("pk"))) for slug, rows in found.items()
    })  # fmt: skip
    return [
        {"label": label, "count": number(counts[names[slug]]), "url": address(slug), **more}
        for slug, (label, more) in told.items()
        if counts[names[slug]]
    ]


def address(standing: str) -> str:
    return f"{reverse('admin:personnel_disciplinecase_changelist')}?{urlencode({'standing': standing})}"
