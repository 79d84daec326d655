"""The pages of a reorganisation: asked for, looked at, carried out; and the record of each."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.models import Reorganisation
from organization.refused_by_database import sentence
from personnel.models import Assignment, Card
from personnel.reorganising import carrying_out
from personnel.reorganising.carrying_out import ReorganisationRefused
from personnel.reorganising.forms import MergeForm, RenumberForm, SplitForm

ADD = "organization.add_reorganisation"
FORMS = {"merge": MergeForm, "renumber": RenumberForm, "split": SplitForm}
TITLES = {
    "merge": gettext_lazy("Merge units"),
    "renumber": gettext_lazy("Renumber a unit"),
    "split": gettext_lazy("Split a unit"),
}
MOVED = {
    "accounts": gettext_lazy("accounts"),
    "employers": gettext_lazy("employers"),
    "teams": gettext_lazy("teams"),
    "files": gettext_lazy("files of people"),
    "services": gettext_lazy("running services"),
    "appointments": gettext_lazy("appointments"),
}


def context_of(request, title, **more):
    return admin.site.each_context(request) | {"opts": Reorganisation._meta, "title": title} | more


def asked(request, kind):
    """GET asks; POST shows what would move (a split first asks who goes); `confirmed` does it, `back` asks again."""
    if not request.user.has_perm(ADD):
        raise PermissionDenied
    if kind not in FORMS:
        raise Http404
    form = FORMS[kind](request.POST or None, account=request.user)
    context = {"kind": kind, "form": form, "steps": None, "people": None, "problems": []}
    is_back = "back" in request.POST
    is_asked_anew = is_back and (kind != "split" or "choosing" in request.POST)  # else back to who goes
    if request.method == "POST" and not is_asked_anew and form.is_valid():
        members = chosen(request)
        if kind == "split" and (is_back or "members" not in request.POST):
            context |= {"people": people(form), "ticked": members}
            if "choosing" in request.POST:
                context["problems"] = [_("Tick at least one person.")]
        elif done := look_or_do(request, form, members, context):
            return redirect(reverse("admin:organization_reorganisation_change", args=[done.pk]))
    context["members"] = [] if is_back else sorted(chosen(request))
    return render(request, "personnel/reorganising/ask.html", context_of(request, TITLES[kind], **context))


def chosen(request) -> frozenset[int]:
    sent = request.POST.getlist("members")
    return frozenset(int(text) for text in sent if text.isascii() and text.isdecimal() and len(text) < 18)


def look_or_do(request, form, members, context):
    """The record of what was done; None where it was only looked at, or refused, which goes into the context."""
    today = timezone.localdate()
    try:
        with transaction.atomic():
            order = form.order(members)
            if "confirmed" not in request.POST:
                context["steps"] = carrying_out.preview(order, request.user, today)
                return None
            done = carrying_out.carry_out(order, request.user, today)
    except ReorganisationRefused as refusal:
        context["problems"] = [said for _slug, said in refusal.problems]
        return None
    except DatabaseError as error:
        if (said := sentence(error)) is None:
            raise
        context["problems"] = [said]
        return None
    messages.success(request, _("Done. The trail has every change under batch %(batch)s.") % {"batch": done.batch})
    return done


def people(form) -> list[tuple[Card, Assignment]]:
    """Who serves right in the unit to be split across the day, each once, by name."""
    unit, day = form.cleaned_data["unit"], form.cleaned_data["day"]
    services = {
        service.member_id: service for service in Assignment.objects.on(day).filter(unit=unit, started_on__lt=day)
    }
    cards = Card.objects.filter(unit=unit, member__in=services).order_by("pinyin", "member_id")
    return [(card, services[card.member_id]) for card in cards]


def record(request, done):
    """What a reorganisation did."""
    steps = [
        (step, [(MOVED[slug], number) for slug, number in step.moved if slug in MOVED])
        for step in done.steps.select_related("unit", "successor")
    ]
    context = context_of(request, str(done), done=done, steps=steps)
    return render(request, "personnel/reorganising/record.html", context)
