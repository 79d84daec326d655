"""The pages of a cycle: scores in a grid, from a list, results and their closing. What changes something is posted."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import DatabaseError, transaction
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from organization import draft_pages, drafts
from organization.models import Unit
from organization.refused_by_database import sentence
from personnel.admin.score_forms import ListForm
from personnel.assessment import lists, results, scoring
from personnel.assessment import scores as writing
from personnel.models import Assessment, AssessmentCycle
from personnel.people import named
from personnel.roster.shapes import FileRefused

VIEW, IMPORT, CLOSE = "personnel.view_assessment", "personnel.import_assessment", "personnel.close_assessmentcycle"
INPUTS_A_PAGE = 400  # twice as many fields are sent, of the thousand that a request may have
MOST_PROBLEMS = 200
MEANWHILE = gettext_lazy("Meanwhile somebody else entered %(score)s here. Save again if yours is right.")


def guarded(view, right):
    """A view of one cycle for accounts with that right."""

    def inner(request, pk):
        if not request.user.has_perm(right):
            raise PermissionDenied
        cycle = AssessmentCycle.objects.filter(pk=pk).first()
        if cycle is None:
            raise Http404
        try:
            with transaction.atomic():
                return view(request, cycle)
        except DatabaseError as error:  # somebody closed the results, say, while this was being written
            if (said := sentence(error)) is None or request.method != "POST":
                raise
            messages.error(request, said)
            return redirect(request.get_full_path())

    return inner


def url(cycle, step="change"):
    return reverse(f"admin:personnel_assessmentcycle_{step}", args=[cycle.pk])


def context_of(request, cycle, **more):
    shared = {"opts": AssessmentCycle._meta, "cycle": cycle, "title": cycle.name}
    return admin.site.each_context(request) | shared | more


# --- the grid ---------------------------------------------------------------------------------------------------------


def grid(request, cycle):
    """People of the examiner's units, an input for each item; only what was changed is written."""
    today = timezone.localdate()
    try:
        who = scoring.check_open(cycle, request.user, today)
    except scoring.ScoringRefused as refusal:
        return render(request, "personnel/assessment/grid.html", context_of(request, cycle, refusal=str(refusal)))
    wrong: dict[str, str] = {}
    if request.method == "POST":
        led_to = f"{request.path}?{request.POST.get('next') or request.GET.urlencode()}"
        if led := draft_pages.saved_before(request, led_to):
            return led
        changes, wrong = changed(request.POST, len(cycle.items))
        wrong = wrong or changed_meanwhile(cycle, changes, request.POST)
        if not wrong:
            with transaction.atomic():
                tell(request, scoring.enter(cycle, request.user, changes, today))
            drafts.settle(request, led_to)
            return redirect(led_to)
        messages.error(request, _("Nothing was saved: please correct the marked cells."))
    page = Paginator(asked(request, cycle, who), max(1, INPUTS_A_PAGE // len(cycle.items))).get_page(
        request.GET.get("p")
    )
    context = {"page": page, "rows": rows(request, cycle, page, wrong), "towns": towns(who), "here": _("Scores")}
    return render(request, "personnel/assessment/grid.html", context_of(request, cycle, **context))


def asked(request, cycle, who):
    """The services that the address asks for."""
    found = scoring.services_of(cycle, who, timezone.localdate())
    if (unit := request.GET.get("unit", "")).isdecimal() and len(unit) == 12:
        found = found.filter(unit__gte=int(unit), unit__lt=int(unit) + 1000)
    if (member := request.GET.get("member", "")).isdecimal():
        found = found.filter(member=int(member[:18]))
    if text := request.GET.get("q", "").strip():
        condition = named(text)
        found = found.filter(member__cards__in=_cards(condition)).distinct()
    if request.GET.get("left"):
        found = scoring.unscored(found, cycle)
    return found.select_related("member", "unit").order_by("unit_id", "member_id")


def _cards(condition):
    from personnel.models import Card

    return Card.objects.filter(condition)


def towns(who):
    low, high = who.unit.span
    return Unit.objects.towns().filter(code__gte=low, code__lte=high).order_by("code")


def rows(request, cycle, page, wrong):
    """[{member, unit, cells, total, note}] of a page; typed values stay where a cell is wrong."""
    members = [service.member_id for service in page.object_list]
    sheets = {sheet.member_id: sheet for sheet in Assessment.objects.filter(cycle=cycle, member__in=members)}
    kin, fixed = set(scoring.relatives(request.user.pk)), set(scoring.settled(cycle).filter(member__in=members))
    found = []
    for service in page.object_list:
        sheet = sheets.get(service.member_id)
        note = "relative" if service.member_id in kin else "settled" if service.member_id in fixed else ""
        found.append({
            "member": service.member, "unit": service.unit, "cells": cells(request, cycle, service, sheet, wrong),
            "total": writing.shown_total(sheet.total) if sheet else "", "note": scoring.WHY_NOT.get(note, ""),
        })  # fmt: skip
    return found


def cells(request, cycle, service, sheet, wrong):
    for place, item in enumerate(cycle.items):
        key = f"{service.member_id}-{place}"
        before = writing.shown(sheet.scores[place]) if sheet else ""
        typed = request.POST.get(f"s-{key}", before) if wrong else before
        yield {"key": key, "item": item, "before": before, "value": typed, "error": wrong.get(key, "")}


def changed(posted, items):
    """({member: {place: hundredths}}, {"member-place": what is wrong}) of the cells that differ from what was shown."""
    changes: dict[int, dict[int, int | None]] = {}
    wrong = {}
    for name, text in posted.items():
        key = name.removeprefix("s-")
        member, _dash, place = key.partition("-")
        if key == name or not (member.isdecimal() and place.isdecimal() and int(place) < items and len(member) < 19):
            continue
        if text.strip() == posted.get(f"b-{key}", ""):
            continue
        try:
            changes.setdefault(int(member), {})[int(place)] = writing.parse(text)
        except writing.ScoreRefused as refusal:
            wrong[key] = str(refusal)
    return changes, wrong


def changed_meanwhile(cycle, changes, posted):
    """{"member-place": what stands there now} of changed cells that somebody else changed since they were shown."""
    standing = scoring.as_they_stand(cycle, list(changes))
    found = {}
    for member, cells_of in changes.items():
        for place, score in cells_of.items():
            now = standing[member][place] if member in standing else None
            if now != score and writing.shown(now) != posted.get(f"b-{member}-{place}", ""):
                told = {"score": writing.shown(now) or "–"}
                found[f"{member}-{place}"] = MEANWHILE % told
    return found


def tell(request, entered):
    if entered.written:
        said = ngettext("Scores of %(n)d person were saved.", "Scores of %(n)d people were saved.", entered.written)
        messages.success(request, said % {"n": entered.written})
    elif not entered.refused:
        messages.info(request, _("Nothing was changed."))
    for code in sorted(set(entered.refused.values())):
        people = sum(one == code for one in entered.refused.values())
        messages.warning(request, _("%(n)d not saved: %(why)s") % {"n": people, "why": scoring.WHY_NOT[code]})


# --- lists ------------------------------------------------------------------------------------------------------------


def upload(request, cycle):
    """A workbook or pasted cells: each row is judged, problems carry row and column."""
    if request.method == "POST" and (led := draft_pages.saved_before(request, request.path)):
        return led
    form = ListForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"form": form, "here": _("Send a list of scores")}
    if request.method == "POST" and form.is_valid():
        try:
            file = form.cleaned_data["file"]
            book = lists.of_file(file.read()) if file else lists.of_pasted(form.cleaned_data["pasted"])
            told = taken_in(request, cycle, lists.judge(book, cycle), is_partial=form.cleaned_data["partial"])
            if told["is_kept"] and not told["problems"]:
                drafts.settle(request, request.path)
                return redirect(request.path)
            context |= told  # what is left over goes on under the key of its page
        except (FileRefused, scoring.ScoringRefused) as refusal:
            form.add_error(None, str(refusal))
    return render(request, "personnel/assessment/upload.html", context_of(request, cycle, **context))


def taken_in(request, cycle, listed, *, is_partial):
    """Save all, or with problems only what the examiner asked for."""
    with transaction.atomic():
        entered = lists.take_in(listed, cycle, request.user, timezone.localdate())
        is_kept = is_partial or not listed.problems
        if not is_kept:
            transaction.set_rollback(True)
    if is_kept:
        tell(request, scoring.Entered(entered.written))
        if entered.replaced:
            said = ngettext(
                "%(n)d person had other scores before; the history of the assessment keeps them.",
                "%(n)d people had other scores before; the history of each assessment keeps them.",
                entered.replaced,
            )
            messages.warning(request, said % {"n": entered.replaced})
    else:
        messages.error(request, _("Nothing was saved; please correct the rows below and send the list again."))
    told = {"problems": listed.problems[:MOST_PROBLEMS], "more": max(0, len(listed.problems) - MOST_PROBLEMS)}
    return told | {"good": len(listed.lines), "is_kept": is_kept}


# --- results ----------------------------------------------------------------------------------------------------------


def result_page(request, cycle):
    state = results.standing(cycle, timezone.localdate())
    ratings = [(label, state.ratings[value]) for value, label in AssessmentCycle.Rating.choices]
    by_rating = {"standing": state, "ratings": ratings, "here": _("Results")}
    by_rating["may_close"] = request.user.has_perm(CLOSE) and cycle.closed_on is None
    return render(request, "personnel/assessment/results.html", context_of(request, cycle, **by_rating))


def close(request, cycle):
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        with transaction.atomic():
            results.close(cycle, request.user, timezone.localdate())
        messages.success(request, _("The results are closed; from today on appeals may come in."))
    except results.NotClosed as refusal:
        messages.error(request, str(refusal))
    return redirect(url(cycle, "results"))
