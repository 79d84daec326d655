"""Issuing kit of a campaign to many: ticked in a list or scanned, previewed, carried out; and their sizes."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organization import draft_pages, drafts
from personnel.admin.kit_forms import BatchForm
from personnel.admin.kit_pages import context_of, names_of, place, places
from personnel.kit import issuing, scanning, sizes
from personnel.kit.recipients import STANDINGS, recipients, scales
from personnel.kit.terms import ISSUE, SIZES, KitRefused

PEOPLE_A_PAGE = 500
SIZES_A_PAGE = 300


def ticked(request) -> dict[int, str]:
    """{member: size or ""} of the boxes, or of the list that a preview carries."""
    carried = request.POST.get("people", "").split(",") if "people" in request.POST else request.POST.getlist("member")
    found = {}
    for part in carried:
        key, _colon, size = part.partition(":")
        if key.isascii() and key.isdecimal() and len(key) < 18:
            found[int(key)] = size[:12]
    return found


def carried(people: dict[int, str]) -> str:
    return ",".join(f"{member}:{size}" for member, size in people.items())


def recipients_page(request, campaign):
    """GET the recipients of a place and standing; POST previews those ticked, and with `carry_out` issues."""
    standing = request.GET.get("standing", "missing")
    standing = standing if standing in STANDINGS else "missing"
    is_back = way_back(request)
    form = batch_form(request, campaign)
    is_sent = request.method == "POST" and request.user.has_perm(ISSUE) and not is_back
    if is_sent and (answer := answered(request, campaign, form, lambda: scanning.Listed(ticked(request)))):
        return answer
    found = recipients(campaign, timezone.localdate(), place(request), standing)
    listed = Paginator(found, PEOPLE_A_PAGE).get_page(request.GET.get("p"))
    context = {
        "page": listed, "units": names_of(one.unit for one in listed.object_list), "form": form, "standing": standing,
        "standings": STANDINGS.items(), "places": places(request), "unit": place(request), "here": _("Recipients"),
        "may_issue": request.user.has_perm(ISSUE) and campaign.opened_on and not campaign.closed_on,
        "count": len(found), "ticked": ticked(request) if request.method == "POST" else None,
    }  # fmt: skip
    context["rows"] = [(one, context["units"].get(one.unit, one.unit)) for one in listed.object_list]
    return render(request, "personnel/kit/recipients.html", context_of(request, campaign, **context))


def scan_page(request, campaign):
    """GET a box for codes, one a line; POST says whom they name and what each gets, and with `carry_out` issues."""
    is_back = way_back(request)
    form = batch_form(request, campaign)

    def listed():
        if "people" in request.POST:
            return scanning.Listed(ticked(request))
        return scanning.read(request.POST.get("codes", ""), timezone.localdate())

    if request.method == "POST" and not is_back and (answer := answered(request, campaign, form, listed)):
        return answer
    context = {"form": form, "codes": request.POST.get("codes", ""), "here": _("Issue by scanner or list")}
    return render(request, "personnel/kit/scan.html", context_of(request, campaign, **context))


def batch_form(request, campaign):
    return BatchForm(request.POST or None, items=issuing.items_of(campaign), day=timezone.localdate())


def way_back(request) -> bool:
    """Whether somebody comes back from the preview: then what was typed before it is as good as sent again."""
    if is_back := "back" in request.POST:
        drafts.reopen(request)
    return is_back


def answered(request, campaign, form, listed):
    """The preview or what comes of writing; None where something is wrong, which the form or a message then says."""
    if "carry_out" in request.POST and (led := draft_pages.saved_before(request, request.get_full_path())):
        return led
    if not form.is_valid():
        return None
    try:
        with transaction.atomic():
            return previewed(request, campaign, form, listed())
    except KitRefused as refusal:
        said(request, form, refusal)
        return None


def said(request, form, refusal: KitRefused) -> None:
    """A refusal at the day where it is about the day, else above the page. What a preview left out is typed again."""
    if "carry_out" in request.POST:
        drafts.reopen(request)
    if refusal.code in ("in_future", "before_issue"):
        form.add_error("day", str(refusal))
    else:
        messages.error(request, str(refusal))


def previewed(request, campaign, form, listed):
    """What each would get, and who would get nothing and why; with `carry_out` it is written."""
    people, today = listed.people, timezone.localdate()
    items, day = form.cleaned_data["items"], form.cleaned_data["day"]
    if "carry_out" in request.POST:
        done = issuing.issue(campaign, people, items, request.user, issued_on=day, today=today)
        tell(request, done)
        drafts.settle(request, request.get_full_path())
        return redirect(request.get_full_path())
    if not people and not listed.refused:
        raise KitRefused("nobody", _("Please choose the people."))
    drafts.keep_sent(request)
    rows = issuing.plan(campaign, people, items, today)
    good = [row for row in rows if row.pieces]
    context = {
        "rows": good, "refused": [row for row in rows if row.refused],
        "lines": listed.refused, "people": carried(people),
        "sent": [*(("items", key) for key in items), ("day", day.isoformat())],
        "pieces": totals(good), "here": _("Preview"),
    }  # fmt: skip
    return render(request, "personnel/kit/preview.html", context_of(request, campaign, **context))


def totals(rows) -> list[tuple[str, int]]:
    """What has to be brought: [(item and size, pieces)] in the order of the catalogue."""
    found: dict[tuple[int, str, str], int] = {}
    for row in rows:
        for piece in row.pieces:
            key = (piece.item.pk, piece.item.name, piece.size)
            found[key] = found.get(key, 0) + piece.count
    return [(f"{name} {size}".strip(), count) for (_pk, name, size), count in sorted(found.items())]


def tell(request, done):
    if done.people:
        said = ngettext("%(n)d person was issued kit.", "%(n)d people were issued kit.", done.people)
        messages.success(request, said % {"n": done.people})
    else:
        messages.info(request, _("Nothing was issued."))
    for row in done.refused[:50]:
        messages.warning(request, _("%(name)s: %(why)s") % {"name": row.name, "why": row.why})


# --- sizes ------------------------------------------------------------------------------------------------------------


def sizes_page(request, campaign):
    """GET those without a size, a choice for each; POST saves what was chosen, and a list of codes and sizes."""
    made_in, today = scales(campaign), timezone.localdate()
    if request.method == "POST" and request.user.has_perm(SIZES):
        if led := draft_pages.saved_before(request, request.get_full_path()):
            return led
        if sizes_saved(request, made_in):
            drafts.settle(request, request.get_full_path())
            return redirect(request.get_full_path())
    found = recipients(campaign, today, place(request), "size")
    listed = Paginator(found, SIZES_A_PAGE).get_page(request.GET.get("p"))
    units = names_of(one.unit for one in listed.object_list)
    context = {
        "page": listed, "scales": made_in, "places": places(request), "unit": place(request), "here": _("Sizes"),
        "rows": [(one, units.get(one.unit, one.unit)) for one in listed.object_list], "count": len(found),
        "may_size": request.user.has_perm(SIZES), "pasted": request.POST.get("pasted", ""),
        "scale_asked": request.POST.get("scale", ""),
    }  # fmt: skip
    return render(request, "personnel/kit/sizes.html", context_of(request, campaign, **context))


def sizes_saved(request, made_in) -> bool:
    """Save the sizes; whether nothing that was typed is left over to be corrected."""
    is_clean = True
    for scale in made_in:
        written = []
        if chosen := sizes_of(request, scale):
            written.append(sizes.enter(scale, chosen, request.user, is_first=True))
        if request.POST.get("scale") == str(scale.pk) and request.POST.get("pasted", "").strip():
            listed = pasted(request)
            is_clean = is_clean and not listed.refused
            if listed.people:
                written.append(sizes.enter(scale, listed.people, request.user))
        for entered in written:
            told(request, entered)
            is_clean = is_clean and not entered.refused
    return is_clean


def sizes_of(request, scale) -> dict[int, str]:
    """{member: size} of the choices that were made in a scale."""
    chosen = {}
    for name, value in request.POST.items():
        member, _dash, of = name.removeprefix("size-").partition("-")
        if name.startswith("size-") and of == str(scale.pk) and value and member.isdecimal() and len(member) < 18:
            chosen[int(member)] = value[:12]
    return chosen


def pasted(request) -> scanning.Listed:
    listed = scanning.read(request.POST.get("pasted", ""), timezone.localdate())
    for line, why in listed.refused[:50]:
        told_line = {"line": line.number, "code": line.shown, "why": why}
        messages.warning(request, _("Line %(line)d (%(code)s): %(why)s") % told_line)
    return listed


def told(request, entered):
    said = ngettext("%(n)d size was saved.", "%(n)d sizes were saved.", entered.written)
    messages.success(request, said % {"n": entered.written})
    for name, before, after in entered.changed[:50]:
        told_change = {"name": name, "before": before, "after": after}
        messages.info(request, _("%(name)s: %(before)s before, %(after)s now") % told_change)
    for name, why in entered.refused[:50]:
        messages.warning(request, _("%(name)s: %(why)s") % {"name": name, "why": why})
