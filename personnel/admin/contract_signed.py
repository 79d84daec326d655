"""The day of signing entered for many contracts at once."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organization import draft_pages, drafts
from personnel.admin.contract_day_forms import SignedForm
from personnel.admin.contract_filters import day_of, narrowed
from personnel.admin.contract_lines import of_contracts, offered, ticked
from personnel.admin.contract_pages import RIGHTS, choosing
from personnel.contracts import standings, writing
from personnel.contracts.writing import ContractsRefused
from personnel.models import Contract


def page(request):
    """GET the contracts to be signed; POST enters the day for those that are ticked."""
    if not request.user.has_perms(RIGHTS):
        raise PermissionDenied
    if request.method != "POST":
        return chosen(request, narrowed(request, standings.standing("to-sign", day_of(request))))
    listed = f"{reverse('admin:personnel_contract_changelist')}?{request.GET.urlencode()}"
    if led := draft_pages.saved_before(request, listed):
        return led
    form, keys = SignedForm(request.POST), ticked(request)
    if form.is_valid():
        try:
            writing.checked(keys)
            with transaction.atomic():
                done = writing.sign(keys, request.user, form.cleaned_data["day"])
        except ContractsRefused as refusal:
            messages.error(request, str(refusal))
        else:
            tell(request, done, len(keys) - done)
            drafts.settle(request, listed)
            return redirect(listed)
    return shown(request, form, Contract.objects.filter(pk__in={*keys, *offered(request)}))


def tell(request, done: int, left: int) -> None:
    said = ngettext("%(n)d contract is signed now.", "%(n)d contracts are signed now.", done)
    messages.success(request, said % {"n": done})
    if left:
        messages.warning(request, _("%(n)d were signed before, or are not yours to change.") % {"n": left})


def chosen(request, contracts):
    """The page for the contracts that were ticked in the list, or for all of the list."""
    found = Contract.objects.filter(pk__in=contracts.order_by().values("pk"))
    return shown(request, SignedForm(initial={"day": timezone.localdate()}), found)


def shown(request, form, contracts):
    hint = _("Contracts that have a day already keep it.")
    return choosing(
        request, "signed", _("Enter the day of signing"), form, of_contracts(contracts), hint=hint, is_at_once=True
    )
