"""The pages of a programme: how it stands, marks side by side, and the steps. What changes something is posted."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from organization import draft_pages, drafts
from organization.models import Account, Unit
from organization.refused_by_database import sentence
from personnel.admin.merger_forms import MarksForm, ProposeForm, ReasonForm
from personnel.assessment import scores
from personnel.merger import carrying_out, proposing, reverting
from personnel.merger.candidates import mark_for_places, simulate
from personnel.merger.kit_load import kit_load
from personnel.merger.standing import STEPS, may, standing
from personnel.merger.terms import MergerRefused
from personnel.models import Assessment, FollowUp, Outcome, Placement, PlacementBatch, Programme

NEEDED = "personnel.view_programme"
OUTCOMES = ("absorbed", "transferred", "exited", "pending")
USUAL_MARKS = (5000, 5500, 6000, 6500, 7000)


def guarded(view):
    """A view of one programme for accounts that see programmes."""

    def inner(request, pk):
        if not request.user.has_perm(NEEDED):
            raise PermissionDenied
        programme = Programme.objects.select_related("cycle").filter(pk=pk).first()
        if programme is None:
            raise Http404
        return view(request, programme)

    return inner


def url(programme, step="change"):
    return reverse(f"admin:personnel_programme_{step}", args=[programme.pk])


def context_of(request, programme, **more):
    shared = {"opts": Programme._meta, "programme": programme, "title": programme.name}
    return admin.site.each_context(request) | shared | more


# --- looking ----------------------------------------------------------------------------------------------------------


def page(request, programme):
    """How the programme stands, whom it waits for, and the button for the next step; what was refused stays typed."""
    state = standing(programme, timezone.localdate())
    order = list(STEPS)
    at = order.index(state.step)
    context = {
        "state": state,
        "steps": [(label, "done" if n < at or state.step == "done" else "now" if n == at else "later")
                  for n, (_key, label) in enumerate(STEPS.items())],
        "may": may(request.user, state),
        "heads": [(Outcome(name).label, name, state.heads[name]) for name in OUTCOMES],
        "towns": by_town([state.heads]),
        "batches": batches(programme),
        "decided": decided(state),
        "mark": request.POST.get("mark") or scores.shown(state.batch.mark if state.batch else programme.pass_mark),
        "held": request.POST.getlist("hold"), "typed": request.POST.get("reason", ""), "own_page": url(programme),
        "is_sending_back": request.path == url(programme, "send_back"),
        "columns": [Outcome(name).label for name in OUTCOMES],
        "follow_ups": [FollowUp(kind).label for kind in programme.follow_ups],
        "may_edit": request.user.has_perm("personnel.change_programme"),
    }  # fmt: skip
    return render(request, "personnel/merger/programme.html", context_of(request, programme, **context))


def by_town(tables):
    """[(name, code, [heads by outcome for each mark])] in order of code."""
    codes = sorted({int(code) for table in tables for code in table["by_town"]})
    names = dict(Unit.objects.filter(pk__in=codes).values_list("code", "name"))
    nobody = dict.fromkeys(OUTCOMES, 0)

    def heads(code):
        of_marks = [table["by_town"].get(str(code), nobody) for table in tables]
        return [[of_mark[name] for name in OUTCOMES] for of_mark in of_marks]

    return [(names.get(code, code), code, heads(code)) for code in codes]


def decided(state):
    """Those of the open proposal who do not pass, or have left, with their totals: somebody looks at each of them."""
    if state.batch is None:
        return []
    rows = Placement.objects.filter(batch=state.batch).exclude(verdict="absorbed")
    totals = dict(
        Assessment.objects.filter(cycle=state.programme.cycle_id, member__in=rows.values("member")).values_list(
            "member", "total"
        )
    )
    return [
        {
            "placement": row,
            "key": str(row.member_id),
            "name": row.member.name,
            "total": scores.shown_total(totals.get(row.member_id)),
        }
        for row in rows.select_related("member", "unit").order_by("verdict", "unit_id", "member_id")
    ]


def batches(programme):
    """The proposals so far, newest first, with the names of those who acted, as far as the reader sees accounts."""
    found = list(PlacementBatch.objects.filter(programme=programme).order_by("-pk")[:20])
    steps = ("proposed", "confirmed", "rejected", "carried_out", "reverted")
    people = {getattr(batch, f"{step}_by") for batch in found for step in steps} - {None}
    names = dict(Account.objects.filter(pk__in=people).values_list("pk", "name"))
    labels = {
        "proposed": _("proposed"), "confirmed": _("confirmed"), "rejected": _("sent back"),
        "carried_out": _("carried out"), "reverted": _("taken back"),
    }  # fmt: skip
    return [
        {
            "batch": batch,
            "mark": scores.shown(batch.mark),
            "acts": [
                (labels[step], getattr(batch, f"{step}_at"), names.get(getattr(batch, f"{step}_by"), ""))
                for step in steps
                if getattr(batch, f"{step}_at")
            ],
        }
        for batch in found
    ]


def simulation(request, programme):
    """Marks and numbers of places side by side: heads by outcome, and by town."""
    form = MarksForm(request.GET or None)
    marks = list(USUAL_MARKS)
    places: list[int] = []
    if request.GET and form.is_valid():
        marks, places = form.cleaned_data["marks"], form.cleaned_data["places"]
    elif request.GET:
        marks = []
    for_places = [mark_for_places(programme, number) for number in places]
    asked = [mark for mark in [*marks, *for_places] if mark is not None]
    table = simulate(programme, asked, timezone.localdate()) if asked else None
    context = {"form": form, "here": _("Simulation"), "columns": [Outcome(name).label for name in OUTCOMES]}
    if table:
        labels = [None] * (len(asked) - len(places)) + places
        context |= {
            "candidates": table["candidates"],
            "marks": [
                {"mark": one["mark"], "places": label, "heads": [one[name] for name in OUTCOMES]}
                for one, label in zip(table["marks"], labels, strict=True)
            ],
            "towns": by_town(table["marks"]),
            "kit": kit_load(programme, asked, timezone.localdate()),
        }
    return render(request, "personnel/merger/simulation.html", context_of(request, programme, **context))


# --- the steps --------------------------------------------------------------------------------------------------------


def step(act):
    """A view that takes one step: posted, in one transaction; what is refused is said on the programme's page.

    Whoever comes without sending anything, as after a login, is led there.
    """

    def inner(request, programme):
        if request.method != "POST":
            return redirect(url(programme))
        if led := draft_pages.saved_before(request, url(programme)):
            return led
        try:
            with transaction.atomic():
                act(request, programme)
                drafts.settle(request, url(programme))
                return redirect(url(programme))
        except MergerRefused as refusal:
            messages.error(request, str(refusal))
        except DatabaseError as error:
            if (said := sentence(error)) is None:
                raise
            messages.error(request, said)
        return page(request, programme)

    return inner


@step
def propose(request, programme):
    form = ProposeForm(request.POST)
    if not form.is_valid():
        raise MergerRefused("no_mark", " ".join(error for errors in form.errors.values() for error in errors))
    batch = proposing.propose(programme, request.user, timezone.localdate(), form.cleaned_data["mark"])
    counts = proposing.decided(batch)
    told = {"absorbed": counts.absorbed, "transferred": counts.transferred, "pending": counts.pending}
    messages.success(
        request,
        _("Proposed: %(absorbed)d absorbed, %(transferred)d transferred; %(pending)d stay pending.") % told,
    )


@step
def confirm(request, programme):
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    held = [int(key) for key in request.POST.getlist("hold") if key.isdecimal() and len(key) < 19]
    batch = proposing.confirm(programme, request.user, timezone.localdate(), reason, held)
    messages.success(request, _("Confirmed. Appeals may come in until %(day)s.") % {"day": batch.appeals_until})


@step
def send_back(request, programme):
    form = ReasonForm(request.POST)
    proposing.send_back(
        programme, request.user, form.cleaned_data["reason"] if form.is_valid() else "", timezone.localdate()
    )
    messages.success(request, _("The proposal was sent back; everybody in it is pending again."))


@step
def carry_out(request, programme):
    done = carrying_out.carry_out(programme, request.user, timezone.localdate())
    told = {"absorbed": done.counts.absorbed, "transferred": done.counts.transferred}
    messages.success(request, _("Carried out: %(absorbed)d absorbed, %(transferred)d transferred.") % told)
    for one in done.refused[:50]:
        messages.warning(request, _("%(name)s stays pending: %(message)s.") % one)


@step
def revert(request, programme):
    reverting.revert(programme, request.user)
    messages.success(request, _("The merger was taken back: the old services run on."))
