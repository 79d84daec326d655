"""The pages of unification: who meets what, by town, and the list of those who lack something, also as a file."""

import io

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from organization import events
from organization.models import Unit
from personnel.admin.merger_pages import context_of
from personnel.exports.csv import write_csv
from personnel.merger import unification as tracker
from personnel.models import Indicator

ROWS_A_PAGE = 50
EXPORT = "personnel.export_card"  # the list says of people what a list of them says


def indicator_asked(request, programme):
    """A slug of an indicator that counts, or "" for any."""
    asked = request.GET.get("indicator", "")
    return asked if asked in programme.indicators else ""


def unification(request, programme):
    """Completion by town, and a page of the people who lack something."""
    day, asked = timezone.localdate(), indicator_asked(request, programme)
    towns = tracker.completion(programme, day)
    names = dict(Unit.objects.filter(pk__in=[town["town"] for town in towns]).values_list("code", "name"))
    people = sum(town["people"] for town in towns)
    page = Paginator(tracker.missing(programme, day, asked), ROWS_A_PAGE).get_page(request.GET.get("p"))
    indicators = [
        {
            "slug": name, "label": Indicator(name).label, "meaning": tracker.MEANING[Indicator(name)],
            "met": sum(town[name] for town in towns), "missing": people - sum(town[name] for town in towns),
        }
        for name in programme.indicators
    ]  # fmt: skip
    context = {
        "here": _("Unification"), "people": people, "indicators": indicators, "asked": asked, "page": page,
        "towns": [
            (names.get(town["town"], town["town"]), town["people"], [town[name] for name in programme.indicators])
            for town in towns
        ],
        "may_export": request.user.has_perm(EXPORT),
        "rows": [{"placement": row, "lacks": tracker.lacks(row, programme)} for row in page.object_list],
    }  # fmt: skip
    return render(request, "personnel/merger/unification.html", context_of(request, programme, **context))


def export(request, programme):
    """The list of those who lack something, without numbers, as csv; an event says that it was taken out."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not request.user.has_perm(EXPORT):
        raise PermissionDenied
    day, asked = timezone.localdate(), indicator_asked(request, programme)
    rows = [
        (str(row.unit), row.member.name, f"{row.member.birth_date}", "、".join(tracker.lacks(row, programme)))
        for row in tracker.missing(programme, day, asked)
    ]
    target = io.BytesIO()
    header = [_("Unit"), _("Person"), _("Birth date"), _("Missing")]
    write_csv(target, header, rows, footer=f"{request.user.name} {timezone.localtime():%Y-%m-%d %H:%M}")
    events.record("export", unit=request.user.unit_id, what=programme.name, rows=len(rows), format="csv")
    answer = HttpResponse(target.getvalue(), content_type="text/csv; charset=utf-8")
    file_name = f"{programme.name}-{_('Missing')}-{day:%Y%m%d}.csv"
    answer["Content-Disposition"] = content_disposition_header(True, file_name) or "attachment"
    return answer
