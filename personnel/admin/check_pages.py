"""Background checks on the page of a file: the list, recording one, taking one back."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from organization import draft_pages, drafts
from personnel.admin.entry_forms import CheckForm, TakingBackForm
from personnel.entries import checking
from personnel.entries.terms import CHECKS, REVEALS_CHECKS, SEES_CHECKS
from personnel.models import BackgroundCheck, Member


def urls(site) -> list:
    """Addresses below the files of people."""
    return [
        path("<int:pk>/checks/add/", site.admin_view(add), name="personnel_member_check_add"),
        path("<int:pk>/checks/<int:check>/back/", site.admin_view(take_back), name="personnel_member_check_back"),
    ]


def of_member(member: Member, account) -> dict | None:
    """What the page of a file shows; None for who may not know that there are checks."""
    if not account.has_perm(SEES_CHECKS):
        return None
    return {
        "checks": checking.checks_of(member_id=member.pk),
        "may_add": account.has_perm(CHECKS) and member.erased_on is None,
        "tells_outcomes": account.has_perm(CHECKS),
        "may_reveal": account.has_perm(REVEALS_CHECKS) and not account.has_perm(CHECKS),
    }


def _member(request, pk) -> Member:
    if not request.user.has_perm(CHECKS):
        raise PermissionDenied
    member = Member.objects.filter(pk=pk, erased_on=None).first()
    if member is None:
        raise Http404
    return member


def add(request, pk):
    """GET the form, POST records what it says."""
    member = _member(request, pk)
    page = reverse("admin:personnel_member_change", args=[member.pk])
    if request.method == "POST" and (led := draft_pages.saved_before(request, page)):
        return led
    form = CheckForm(request.POST or None, initial={"checked_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            checking.of_member(member, form.found(), request.user)
        except checking.CheckingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The background check was recorded."))
            drafts.settle(request, page)
            return redirect(page)
    context = admin.site.each_context(request) | {
        "opts": Member._meta, "member": member, "form": form, "title": _("Record a background check"),
    }  # fmt: skip
    return render(request, "personnel/entries/check.html", context)


def take_back(request, pk, check):
    """POST the reason for which a check was recorded wrongly."""
    member = _member(request, pk)
    page = reverse("admin:personnel_member_change", args=[member.pk])
    if request.method != "POST":  # as the login asks for it, after a session has ended
        return redirect(page)
    found = BackgroundCheck.objects.filter(pk=check, member_id=member.pk, takes_back=None).first()
    if found is None:
        raise Http404
    form = TakingBackForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please say why the check is taken back."))
    else:
        try:
            checking.take_back(found, form.cleaned_data["reason"].strip(), timezone.localdate(), request.user)
        except checking.CheckingRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The check was taken back."))
    return redirect(page)
