"""Lists of kit: what is short by size and town, who still wears the old, who goes without, who has to hand back."""

import io

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from organization import divisions, draft_pages, drafts, events
from personnel.admin.kit_forms import ReturnForm
from personnel.admin.kit_issue_pages import said, ticked, way_back
from personnel.admin.kit_pages import context_of, names_of, place, places
from personnel.exports.csv import write_csv
from personnel.exports.pages import as_file
from personnel.kit import returning, scanning, shortages
from personnel.kit.terms import EXPORT, TAKE_BACK, VIEW, KitRefused
from personnel.models import KitCampaign, KitIssue

PEOPLE_A_PAGE = 300


def allowed(view, right=VIEW):
    """A view for accounts with that right."""

    def inner(request):
        if not request.user.has_perm(right):
            raise PermissionDenied
        return view(request)

    return inner


def frame(request, **more):
    return admin.site.each_context(request) | {"opts": KitIssue._meta, "today": timezone.localdate()} | more


def as_csv(request, name, header, rows):
    """A list as a file; an event says that it was taken out."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not request.user.has_perm(EXPORT):
        raise PermissionDenied
    target = io.BytesIO()
    count = write_csv(target, header, rows, footer=f"{request.user.name} {timezone.localtime():%Y-%m-%d %H:%M}")
    target.seek(0)
    events.record("export", unit=place(request), what=name, rows=count, format="csv")
    return as_file(target, f"{name}-{timezone.localdate():%Y%m%d}.csv")


# --- what is short ----------------------------------------------------------------------------------------------------


def short_page(request, campaign):
    """Of a campaign: wanted less given, by item and size, a column for each town."""
    return render(request, "personnel/kit/shortages.html", context_of(request, campaign, **short(request, campaign)))


def short_of_sets(request):
    """Against what is mandatory today."""
    return render(request, "personnel/kit/shortages.html", frame(request, **short(request, None)))


def short(request, campaign):
    found = shortages.shortages(campaign, timezone.localdate(), place(request))
    lacking = [one for one in found if one.missing]
    towns = sorted({one.town for one in lacking})
    names = names_of(towns)
    lines: dict[tuple[int, str], dict] = {}
    for one in found:
        line = lines.setdefault((one.item.pk, one.size), {"one": one, "wanted": 0, "given": 0, "towns": {}})
        line["wanted"] += one.wanted
        line["given"] += one.given
        line["towns"][one.town] = one.missing
    for line in lines.values():
        line["missing"] = line["wanted"] - line["given"]
        line["cells"] = [line["towns"].get(town, 0) for town in towns]
    return {
        "lines": [line for line in lines.values() if line["missing"]],
        "towns": [names.get(town, town) for town in towns],
        "wanted": sum(one.wanted for one in found), "given": sum(one.given for one in found),
        "places": places(request), "unit": place(request), "here": _("Shortages"), "title": _("Shortages"),
        "may_export": request.user.has_perm(EXPORT),
    }  # fmt: skip


def short_export(request, campaign):
    return _short_file(request, campaign, campaign.name)


def short_of_sets_export(request):
    return _short_file(request, None, _("Mandatory kit"))


def _short_file(request, campaign, name):
    found = shortages.shortages(campaign, timezone.localdate(), place(request))
    names = names_of(one.town for one in found)
    rows = [
        [f"{names.get(one.town, one.town)}", f"{one.item}", size_told(one), *map(str, one.counts)]
        for one in sorted(found, key=lambda one: one.town)
        if one.missing
    ]  # fmt: skip
    header = [_("Town"), pgettext("kit", "Item"), _("Size"), _("Wanted"), _("Given"), pgettext("kit", "Missing")]
    return as_csv(request, f"{name}-{_('Shortages')}", header, rows)


def size_told(one) -> str:
    return one.size or (_("size not known") if one.item.scale_id else "")


# --- who wears the old, who goes without ------------------------------------------------------------------------------


def old_page(request, campaign):
    """After the day from which the new is worn: who lacks some of it or holds some of the old."""
    found = shortages.still_old(campaign, timezone.localdate(), place(request))
    context = listed(request, found) | {"here": _("Still in the old scheme"), "may_take_back": may_take_back(request)}
    return render(request, "personnel/kit/old.html", context_of(request, campaign, **context))


def old_export(request, campaign):
    found = shortages.still_old(campaign, timezone.localdate(), place(request))
    return people_file(request, f"{campaign.name}-{_('Still in the old scheme')}", found)


def gaps_page(request):
    """By unit, how many lack something mandatory; below it the people of the place that was chosen."""
    today, unit = timezone.localdate(), place(request)
    units = shortages.by_unit(today, unit)
    names = names_of(code for code, *_counts in units)
    context = listed(request, shortages.without(today, unit)) | {
        "units": [
            {"code": code, "name": names.get(code, code), "people": people, "complete": complete, "nothing": nothing,
             "lacking": people - complete}
            for code, people, complete, nothing in units
        ],
        "title": _("Without uniform set"), "may_export": request.user.has_perm(EXPORT),
    }  # fmt: skip
    return render(request, "personnel/kit/gaps.html", frame(request, **context))


def gaps_export(request):
    return people_file(request, _("Without uniform set"), shortages.without(timezone.localdate(), place(request)))


def listed(request, found):
    page = Paginator(found, PEOPLE_A_PAGE).get_page(request.GET.get("p"))
    names = names_of(one.unit for one in page.object_list)
    return {
        "page": page, "rows": [(one, names.get(one.unit, one.unit)) for one in page.object_list], "count": len(found),
        "places": places(request), "unit": place(request), "may_export": request.user.has_perm(EXPORT),
    }  # fmt: skip


def people_file(request, name, found):
    names = names_of(one.unit for one in found)
    rows = [
        (str(names.get(one.unit, one.unit)), one.name, "、".join(map(str, one.lacks)), "、".join(map(str, one.old)))
        for one in found
    ]
    return as_csv(request, name, [_("Unit"), _("Person"), pgettext("kit", "Missing"), _("Of an old scheme")], rows)


# --- taking back ------------------------------------------------------------------------------------------------------


def may_take_back(request):
    return request.user.has_perm(TAKE_BACK)


def returns_page(request):
    """GET who left and still holds kit, or with `campaign` some of an old scheme; POST previews, then writes."""
    today = timezone.localdate()
    campaign = campaign_asked(request)
    issues = returning.of_old_scheme(campaign, today) if campaign else returning.of_leavers(today)
    is_back = way_back(request)
    form = ReturnForm(request.POST or None, initial={"day": today, "ending": "returned"})
    is_sent = request.method == "POST" and may_take_back(request) and not is_back
    if is_sent and "carry_out" in request.POST and (led := draft_pages.saved_before(request, request.get_full_path())):
        return led
    if is_sent and form.is_valid():
        try:
            with transaction.atomic():
                return taken_back(request, issues, form.cleaned_data)
        except KitRefused as refusal:
            said(request, form, refusal)
    low, high = divisions.span(place(request))
    people = returning.people(issues.filter(unit__gte=low, unit__lte=high))
    page = Paginator(people, PEOPLE_A_PAGE).get_page(request.GET.get("p"))
    rows = returning.plan([person.pk for person in page.object_list], issues, today)
    context = {
        "page": page, "rows": rows, "form": form, "campaign": campaign, "title": _("Kit to be handed back"),
        "places": places(request), "unit": place(request), "may_take_back": may_take_back(request),
        "ticked": ticked(request), "codes": request.POST.get("codes", ""),
    }  # fmt: skip
    return render(request, "personnel/kit/returns.html", frame(request, **context))


def campaign_asked(request):
    key = request.GET.get("campaign", "")
    return (
        KitCampaign.objects.filter(pk=int(key)).first() if key.isascii() and key.isdecimal() and len(key) < 18 else None
    )


def taken_back(request, issues, given):
    """The preview, or the answer after writing. Raises KitRefused."""
    lines, codes = [], request.POST.get("codes", "").strip()
    people = ticked(request)
    if codes and "carry_out" not in request.POST:
        read = scanning.read(codes, timezone.localdate())
        people, lines = read.people, read.refused
    if "carry_out" in request.POST:
        pieces, refused = returning.take_back(
            list(people), issues, request.user, day=given["day"], ending=given["ending"], today=timezone.localdate()
        )
        said = ngettext("%(n)d item was taken back.", "%(n)d items were taken back.", pieces)
        messages.success(request, said % {"n": pieces})
        for row in refused[:50]:
            messages.warning(request, _("%(name)s: %(why)s") % {"name": row.name, "why": row.refused})
        drafts.settle(request, request.get_full_path())
        return redirect(request.get_full_path())
    if not people and not lines:
        raise KitRefused("nobody", _("Please choose the people."))
    drafts.keep_sent(request)
    rows = returning.plan(list(people), issues, given["day"])
    context = {
        "rows": [row for row in rows if not row.refused], "refused": [row for row in rows if row.refused],
        "lines": lines, "people": ",".join(map(str, people)), "title": _("Kit to be handed back"),
        "sent": [("day", given["day"].isoformat()), ("ending", given["ending"])],
        "ending": KitIssue.Ending(given["ending"]).label, "day": given["day"],
    }  # fmt: skip
    return render(request, "personnel/kit/returns_preview.html", frame(request, **context))
