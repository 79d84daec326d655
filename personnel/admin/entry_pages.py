"""The pages of an entry: proposing, the page with its next step, and the steps, which are posted."""

from functools import wraps

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from organization import draft_pages, drafts, events
from organization.refusal import Refusal
from organization.refused_by_database import sentence
from personnel.admin import numbers
from personnel.admin.entry_forms import AnswerForm, CheckForm, ProposalForm
from personnel.entries import checking, deciding, proposing
from personnel.entries.terms import CHECKS, DECIDE, PROPOSE, SEES_CHECKS, VIEW, needs_check
from personnel.models import Entry, Member

PAGES = "personnel/entries"
FIELDS = {
    "exception": "exception", "serves": "id_number", "elsewhere": "id_number", "other_name": "name",
    "used_up": "id_number",
}  # fmt: skip


def context_of(request, **more):
    return admin.site.each_context(request) | {"opts": Entry._meta} | more


def page_of(entry) -> str:
    return reverse("admin:personnel_entry_change", args=[entry.pk])


def posted(right):
    """A view that changes one entry: with that right, in the own range, and by POST."""

    def decorate(view):
        @wraps(view)
        def inner(request, pk):
            if not request.user.has_perm(right):
                raise PermissionDenied
            entry = Entry.objects.select_related("unit").filter(pk=pk).first()
            if entry is None:
                raise Http404
            # After a session has ended the login asks for the address again: there the step is still to be taken.
            return view(request, entry) if request.method == "POST" else redirect(page_of(entry))

        return inner

    return decorate


def propose(request):
    if not request.user.has_perm(PROPOSE):
        raise PermissionDenied
    listed = reverse("admin:personnel_entry_changelist")
    if request.method == "POST" and (led := draft_pages.saved_before(request, listed)):
        return led
    form = ProposalForm(request.POST or None, account=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            entry = proposing.propose(form.wanted(), request.user, timezone.localdate())
        except proposing.ProposingRefused as refusal:
            form.add_error(FIELDS.get(refusal.code), str(refusal))
        else:
            messages.success(request, _("%(name)s was proposed.") % {"name": entry.name})
            drafts.settle(request, page_of(entry))
            return redirect(page_of(entry))
    context = context_of(request, form=form, title=_("Propose a person"))
    return render(request, f"{PAGES}/propose.html", context)


def page(request, entry, *, check_form=None, answer_form=None):
    """What is asked, how far it is, and what this account can do next."""
    account, today = request.user, timezone.localdate()
    is_open = entry.decision == ""
    mine = Entry.objects.decidable_by(account).filter(pk=entry.pk)
    may_decide = is_open and account.has_perm(DECIDE) and mine.exists()
    sees_checks = account.has_perm(SEES_CHECKS)
    checks = checking.checks_of(entry=entry) if sees_checks else []
    context = context_of(
        request, entry=entry, title=entry.name, is_open=is_open, may_decide=may_decide, sees_checks=sees_checks,
        checks=checks, is_checked=any(not each.is_taken_back for each in checks),
        needs_check=needs_check(entry.force, entry.decided_on or today),
        tells_outcomes=account.has_perm(CHECKS), may_check=is_open and account.has_perm(CHECKS),
        may_withdraw=is_open and proposing.may_withdraw(entry, account),
        is_proposer=entry.proposed_by == account.pk,
        number=numbers.shown(entry, "id_number") if entry.id_mask or is_open else "",
        may_reveal=is_open and account.has_perm("personnel.reveal_member"),
        obstacles=list(deciding.obstacles(entry, today)) if may_decide else [],
        notices=[each.message for each in deciding.judged(entry, today)] if is_open else [],
        here=page_of(entry), first_day=deciding.first_day(entry, today),
        file=Member.objects.filter(pk=entry.member_id).first() if entry.member_id else None,
        check_form=check_form or CheckForm(initial={"checked_on": today}), answer_form=answer_form or AnswerForm(),
    )  # fmt: skip
    return render(request, f"{PAGES}/entry.html", context)


@posted(CHECKS)
def check(request, entry):
    if led := draft_pages.saved_before(request, page_of(entry)):
        return led
    form = CheckForm(request.POST)
    if not form.is_valid():
        return page(request, entry, check_form=form)
    try:
        checking.of_entry(entry, form.found(), request.user)
    except checking.CheckingRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The background check was recorded."))
        drafts.settle(request, page_of(entry))
    return redirect(page_of(entry))


@posted(DECIDE)
def approve(request, entry):
    try:
        member = deciding.approve(entry, request.user, timezone.localdate())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    except DatabaseError as error:
        if (said := sentence(error)) is None:
            raise
        messages.error(request, said)
    else:
        messages.success(request, _("%(name)s was taken in.") % {"name": member.name})
    return redirect(page_of(entry))


@posted(DECIDE)
def decline(request, entry):
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return page(request, entry, answer_form=form)
    try:
        deciding.decline(entry, request.user, form.cleaned_data["reason"].strip(), timezone.localdate())
    except deciding.DecidingRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The entry was declined."))
    return redirect(page_of(entry))


@posted(PROPOSE)
def withdraw(request, entry):
    if not proposing.may_withdraw(entry, request.user):
        raise PermissionDenied
    if proposing.withdraw(entry, request.user, timezone.localdate()):
        messages.success(request, _("The proposal was withdrawn."))
    else:
        messages.error(request, str(proposing.DECIDED))
    return redirect(page_of(entry))


def reveal(request, pk):
    """The number of somebody who is to be checked, with a reason; each look is an event."""
    if not (request.user.has_perm("personnel.reveal_member") and request.user.has_perm(VIEW)):
        raise PermissionDenied
    entry = Entry.objects.open().filter(pk=pk).first()
    if entry is None:
        raise Http404
    context = context_of(request, entry=entry, title=_("Document number"))
    reason = request.POST.get("reason", "").strip()
    if request.method == "POST" and len(reason) >= 2:
        events.record("reveal", unit=entry.unit_id, reason=reason, field="id_number", entry=entry.pk)
        context |= {"number": entry.id_number, "reason": reason}
    elif request.method == "POST":
        context["error"] = _("Please say why you need the number.")
    return render(request, f"{PAGES}/reveal.html", context)
