"""The pages of a discipline case: recording it, how it stands with the button of its next step, and the steps."""

from functools import partial

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization import draft_pages, drafts, meanwhile
from organization.models import Account
from organization.refused_by_database import sentence
from personnel.admin import endings
from personnel.admin.discipline_forms import DecisionForm, FactsForm, WithdrawalForm
from personnel.discipline import deciding, recording, standings
from personnel.discipline.terms import CHANGE, RECORD, VIEW, DisciplineRefused
from personnel.models import Card, DisciplineCase, Member

DONE = {
    "confirm": gettext_lazy("The decision is confirmed."),
    "send_back": gettext_lazy("The proposal was taken back; the case is undecided again."),
    "withdrawn": gettext_lazy("The case was withdrawn; it is counted no more."),
    "keep": gettext_lazy("The case stays; the request to withdraw it is gone."),
}
SECOND = gettext_lazy(
    "It waits for a second account now: another one of the personnel office, or the governance office."
)


def address(case: DisciplineCase, page: str = "change") -> str:
    return reverse(f"admin:personnel_disciplinecase_{page}", args=[case.pk])


def urls(site) -> list:
    pages = {"facts": facts_page, "decide": decide_page, "ask": ask_page}
    steps = {slug: partial(step_view, slug=slug) for slug in DONE}
    return [
        path(f"<int:pk>/{slug}/", site.admin_view(guarded(view)), name=f"personnel_disciplinecase_{slug}")
        for slug, view in {**pages, **steps}.items()
    ]


def guarded(view):
    """A view of one case for accounts that see cases."""

    def inner(request, pk):
        if not request.user.has_perm(VIEW):
            raise PermissionDenied
        case = DisciplineCase.objects.select_related("unit").filter(pk=pk).first()
        if case is None:
            raise Http404
        return view(request, case)

    return inner


def show(request, template, case, **more):
    context = {"opts": DisciplineCase._meta, "case": case, "card": card_of(case), **more}
    context.setdefault("title", context["card"].name if context["card"] else _("discipline case"))
    return render(request, f"personnel/discipline/{template}.html", admin.site.each_context(request) | context)


def card_of(case: DisciplineCase) -> Card | None:
    return Card.objects.filter(member=case.member_id, unit=case.unit_id).first()


# --- looking ----------------------------------------------------------------------------------------------------------


def case_page(request, case):
    """How the case stands, whom it waits for, and the button of its next step."""
    today = timezone.localdate()
    account = request.user
    has_file = Member.objects.filter(pk=case.member_id).exists()
    context = {
        "step": standings.step(case), "may": standings.may(account, case), "people": people_of(case),
        "is_overdue": standings.is_overdue(case, today), "has_file": has_file,
        "to_end": [
            (each, endings.address(each, case.decided_on, case.document))
            if has_file and standings.ends(each, account) else (each, "")
            for each in standings.services_to_end(case, today)
        ],
    }  # fmt: skip
    return show(request, "case", case, **context)


def people_of(case: DisciplineCase) -> dict[str, str]:
    """{step: name of the account that took it}, as far as the reader sees accounts."""
    taken = {
        name: getattr(case, f"{name}_by")
        for name in ("recorded", "proposed", "confirmed", "withdrawal_asked", "withdrawn")
    }
    names = dict(Account.objects.filter(pk__in={*taken.values()} - {None}).values_list("pk", "name"))
    return {name: names.get(key, "") for name, key in taken.items()}


# --- writing ----------------------------------------------------------------------------------------------------------


def tried(form, work):
    """The outcome of a piece of work in a savepoint, or None; what was refused is said in the form."""
    try:
        with transaction.atomic():
            return work()
    except DisciplineRefused as refusal:
        form.add_error(None, str(refusal))
    except DatabaseError as error:
        if (said := sentence(error)) is None:
            raise
        form.add_error(None, said)
    return None


def record_page(request):
    """GET asks what happened with the person of the address; POST records it."""
    if not request.user.has_perm(RECORD):
        raise PermissionDenied
    text = request.GET.get("member", "")
    is_key = text.isascii() and text.isdecimal() and len(text) < 19
    member = Member.objects.filter(pk=int(text)).first() if is_key else None
    if member is None or member.erased_on:
        messages.info(request, _("Open the file of the person, and record the case from there."))
        return redirect("admin:personnel_card_changelist")
    listing = reverse("admin:personnel_disciplinecase_changelist")
    if request.method == "POST" and (led := draft_pages.saved_before(request, listing)):
        return led
    form = FactsForm(request.POST or None, member=member, initial={"reported_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        service = form.service_found()
        case = tried(form, lambda: recording.record(service, form.cleaned_data, request.user))
        if case:
            messages.success(request, _("The case was recorded."))
            drafts.settle(request, address(case))
            return redirect(address(case))
    to_be = DisciplineCase(member_id=member.pk, unit_id=member.unit_id)
    return show(request, "form", to_be, form=form, heading=_("Record a discipline case"), button=_("Record the case"))


def facts_page(request, case):
    """Correcting what is said of the incident, before a decision is proposed."""
    if led := too_late(request, case, "correct"):
        return led
    initial = {name: getattr(case, name) for name in recording.FACTS}
    form = FactsForm(request.POST or None, initial=initial)

    def work():
        return recording.correct(case, form.cleaned_data, request.user)

    said = _("The case was corrected.")
    return typed(request, case, form, work, said, heading=_("Correct the case"), button=_("Save"))


def decide_page(request, case):
    if led := too_late(request, case, "propose"):
        return led
    form = DecisionForm(request.POST or None, case=case, initial={"decided_on": timezone.localdate()})

    def work():
        return deciding.propose(case, request.user, **form.cleaned_data)

    return typed(request, case, form, work, SECOND, heading=_("Propose a decision"), button=_("Propose this decision"))


def ask_page(request, case):
    """Asking for the withdrawal of a case that was recorded by mistake."""
    if led := too_late(request, case, "ask_withdrawal"):
        return led
    form = WithdrawalForm(request.POST or None)

    def work():
        return deciding.ask_withdrawal(case, request.user, form.cleaned_data["reason"])

    return typed(request, case, form, work, SECOND, heading=_("Withdraw the case"), button=_("Ask for the withdrawal"))


def too_late(request, case, step):
    """The way back to the case where the form is no use any more; what is posted is judged when it is written."""
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    if request.method == "GET" and not getattr(standings.may(request.user, case), step):
        messages.info(request, _("The case has gone on meanwhile; this is how it stands."))
        return redirect(address(case))
    return None


def typed(request, case, form, work, said, **told):
    """A page with one form that leads back to the case; pressed twice, it writes once. Who saves over what somebody
    else changed meanwhile is told of it first."""
    if request.method == "POST" and (led := draft_pages.saved_before(request, address(case))):
        return led
    if request.method == "POST" and form.is_valid():
        if news := meanwhile.changes(request, case):
            form.add_error(None, news)
        elif tried(form, work):
            messages.success(request, said)
            drafts.settle(request, address(case))
            return redirect(address(case))
    return show(request, "form", case, form=form, version=meanwhile.version(case), **told)


def step_view(request, case, *, slug):
    """POST of a step that needs nothing typed: the second account's, or taking back one's own."""
    if request.method == "POST":
        if led := draft_pages.saved_before(request, address(case)):
            return led
        steps = {
            "confirm": lambda: deciding.confirm(case, request.user, seen_at(request)),
            "send_back": lambda: deciding.send_back(case, request.user),
            "withdrawn": lambda: deciding.withdraw(case, request.user, seen_at(request)),
            "keep": lambda: deciding.keep(case, request.user),
        }
        try:
            with transaction.atomic():
                steps[slug]()
        except DisciplineRefused as refusal:
            messages.error(request, str(refusal))
        except DatabaseError as error:
            if (refused := sentence(error)) is None:
                raise
            messages.error(request, refused)
        else:
            messages.success(request, DONE[slug])
            drafts.settle(request, address(case))
    return redirect(address(case))


def seen_at(request):
    """The moment of the proposal, or of the request to withdraw, that the page showed."""
    try:
        return parse_datetime(request.POST.get("seen", ""))
    except ValueError:
        return None
