"""Files whose time has run out: the list they are proposed from, and the page on which somebody else decides."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import DatabaseError, transaction
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from organization import draft_pages, drafts
from organization.models import Account
from organization.refused_by_database import sentence
from personnel.models import ErasureBatch, ErasureEntry
from personnel.privacy import erasure
from personnel.privacy.erasure import ErasureRefused

ROWS_A_PAGE = 100
STATES = {
    "proposed": gettext_lazy("waits for somebody else's confirmation"),
    "erased": gettext_lazy("erased"),
    "declined": gettext_lazy("declined"),
}


def url(batch, step="change"):
    return reverse(f"admin:personnel_erasurebatch_{step}", args=[batch.pk])


def context_of(request, title, **more):
    return admin.site.each_context(request) | {"opts": ErasureBatch._meta, "title": title} | more


def due_page(request):
    """GET the files whose time has run out; POST proposes the ticked ones, or all that are free."""
    if not request.user.has_perm(erasure.PROPOSES):
        raise PermissionDenied
    found = erasure.due(erasure.today())
    free = [each for each in found if each.is_free]
    if request.method == "POST":
        listed = reverse("admin:personnel_erasurebatch_changelist")
        if led := draft_pages.saved_before(request, listed):
            return led
        wanted = [each.member for each in free[: erasure.MOST_AT_ONCE]] if "all" in request.POST else ticked(request)
        try:
            batch = erasure.propose(request.user, wanted, request.POST.get("reason", ""), erasure.today())
        except ErasureRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Proposed. Somebody else has to confirm it before anything is erased."))
            drafts.settle(request, url(batch))
            return redirect(url(batch))
    page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("p"))
    context = context_of(
        request, _("Files whose time has run out"), page=page, count=len(found), free=len(free),
        reason=request.POST.get("reason", ""), ticked=ticked(request) if request.method == "POST" else None,
    )  # fmt: skip
    return render(request, "personnel/privacy/due.html", context)


def ticked(request) -> list[int]:
    return [int(key) for key in request.POST.getlist("member") if key.isascii() and key.isdecimal() and len(key) < 18]


def page(request, batch):
    """What was proposed by whom, and what came of each file."""
    entries = ErasureEntry.objects.filter(batch=batch).select_related("member", "unit").order_by("pk")
    accounts = Account.objects.in_bulk([batch.proposed_by, batch.approved_by, batch.declined_by])
    context = context_of(
        request,
        _("Erasure %(number)d") % {"number": batch.pk},
        batch=batch,
        state=STATES[batch.state],
        rows=Paginator(entries, ROWS_A_PAGE).get_page(request.GET.get("p")),
        proposer=accounts.get(batch.proposed_by),
        decider=accounts.get(batch.approved_by or batch.declined_by or 0),
        may_confirm=batch.state == "proposed" and may_confirm(request.user, batch),
        may_decline=batch.state == "proposed" and may_decline(request.user, batch),
        is_own=batch.proposed_by == request.user.pk,
    )
    return render(request, "personnel/privacy/erasure.html", context)


def may_confirm(account, batch) -> bool:
    return account.has_perm(erasure.CONFIRMS) and batch.proposed_by != account.pk


def may_decline(account, batch) -> bool:
    return account.has_perm(erasure.CONFIRMS) or batch.proposed_by == account.pk


def decide(request, pk):
    """POST confirm (which erases) or decline; a second press is told that it was decided."""
    if not request.user.has_perm("personnel.view_erasurebatch"):
        raise PermissionDenied
    batch = ErasureBatch.objects.filter(pk=pk).first()
    if batch is None:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    is_confirmed = "confirm" in request.POST
    if is_confirmed and not request.user.has_perm(erasure.CONFIRMS):
        raise PermissionDenied
    if not is_confirmed and not may_decline(request.user, batch):
        raise PermissionDenied
    try:
        with transaction.atomic():
            said = confirmed(batch, request.user) if is_confirmed else declined(batch, request.user)
    except ErasureRefused as refusal:
        messages.error(request, str(refusal))
    except DatabaseError as error:
        reason = sentence(error)
        if reason is None:
            raise
        messages.error(request, _("Nothing was erased. %(reason)s") % {"reason": reason})
    else:
        messages.success(request, said)
    return redirect(url(batch))


def confirmed(batch, account) -> str:
    count = erasure.confirm(batch, account)
    said = ngettext("%(count)d file was erased.", "%(count)d files were erased.", count)
    return said % {"count": count}


def declined(batch, account) -> str:
    erasure.decline(batch, account)
    return _("The proposal was put away; nothing was erased.")
