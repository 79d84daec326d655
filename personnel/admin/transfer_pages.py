"""The pages of a transfer, one for each side: asking and withdrawing, looking at what agreeing does, deciding."""

from functools import wraps

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from organization import draft_pages, drafts
from organization.refused_by_database import sentence
from personnel.admin.transfer_forms import AnswerForm, AskForm
from personnel.exports.columns import Places
from personnel.models import Card, Member, TransferConsent, TransferRequest
from personnel.transfers import asking, deciding, lapsing

MAY_ASK = "personnel.add_transferrequest"
MAY_DECIDE = "personnel.decide_transferconsent"
PAGES = "personnel/transfers"


def posted(model, right):
    """A view that changes one row: with that right, of a row in the own range, and by POST."""

    def decorate(view):
        @wraps(view)
        def inner(request, pk):
            if not request.user.has_perm(right):
                raise PermissionDenied
            row = model.objects.filter(pk=pk).first()
            if row is None:
                raise Http404
            return view(request, row) if request.method == "POST" else HttpResponseNotAllowed(["POST"])

        return inner

    return decorate


def context_of(request, model, **more):
    return admin.site.each_context(request) | {"opts": model._meta} | more


# --- asking -----------------------------------------------------------------------------------------------------------


def ask(request):
    listed = reverse("admin:personnel_transferrequest_changelist")
    if request.method == "POST" and (led := draft_pages.saved_before(request, listed)):
        return led
    form = AskForm(request.POST or None, account=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            asking.ask(form.wanted(), request.user, timezone.localdate())
        except asking.AskingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The request was sent. The answer will be seen in this list."))
            drafts.settle(request, listed)
            return redirect(listed)
    context = context_of(request, TransferRequest, form=form, title=_("Ask for a person"), days=lapsing.WORKING_DAYS)
    return render(request, f"{PAGES}/ask.html", context)


def request_page(request, asked):
    """What was asked and what came of it: the asker's side."""
    may_withdraw = not asked.answer and request.user.has_perm(MAY_ASK)
    context = context_of(
        request, TransferRequest, asked=asked, title=asked.name, may_withdraw=may_withdraw,
        until=lapsing.last_day(asked.asked_on),
    )  # fmt: skip
    return render(request, f"{PAGES}/request.html", context)


@posted(TransferRequest, MAY_ASK)
def withdraw(request, asked):
    if asking.withdraw(asked.pk, timezone.localdate()):
        messages.success(request, _("The request was withdrawn."))
    else:
        messages.error(request, _("The request was answered already; see below."))
    return redirect(reverse("admin:personnel_transferrequest_change", args=[asked.pk]))


# --- deciding ---------------------------------------------------------------------------------------------------------


def consent_page(request, consent, form=None):
    """Who asks for whom, and what agreeing would do: the keeping side."""
    today = timezone.localdate()
    may_decide = request.user.has_perm(MAY_DECIDE) and (
        TransferConsent.objects.decidable_by(request.user).filter(pk=consent.pk).exists()
    )
    card = Card.objects.filter(member=consent.member_id, unit=consent.unit_id).first()
    context = context_of(
        request, TransferConsent, consent=consent, card=card, form=form or AnswerForm(), may_decide=may_decide,
        title=card.name if card else str(consent),
        has_file=Member.objects.filter(pk=consent.member_id).exists(),
        effect=None if consent.decision else deciding.effect(consent, today),
        until=lapsing.last_day(consent.asked_on), asker="".join(Places().of(consent.to_unit_id)),
    )  # fmt: skip
    return render(request, f"{PAGES}/consent.html", context)


@posted(TransferConsent, MAY_DECIDE)
def decide(request, consent):
    page = reverse("admin:personnel_transferconsent_change", args=[consent.pk])
    waiting = reverse("admin:personnel_transferconsent_changelist")
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return consent_page(request, consent, form)
    agreed = form.cleaned_data["decision"] == "agreed"
    reason = form.cleaned_data["reason"].strip()
    try:
        with transaction.atomic():
            deciding.decide(consent, request.user, agreed=agreed, reason=reason, today=timezone.localdate())
    except deciding.DecidingRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(waiting if refusal.code == "gone" else page)
    except DatabaseError as error:
        if (said := sentence(error)) is None:
            raise
        messages.error(request, said)
        return redirect(page)
    done = (
        _("Agreed; it was carried out at once.") if agreed else _("Refused; the asking unit sees that, not the reason.")
    )
    messages.success(request, done)
    return redirect(page)
