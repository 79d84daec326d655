"""A kit campaign's page: how it stands, the next step and whom it waits for; opening, newcomers, closing are posted."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organization import draft_pages, drafts
from organization.admin.place_filter import chosen_code
from organization.models import Unit
from organization.refused_by_database import sentence
from personnel.kit import campaigns
from personnel.kit.shortages import still_old
from personnel.kit.terms import ISSUE, RUN, SIZES, KitRefused
from personnel.models import Force, KitCampaign

NEEDED = "personnel.view_kitcampaign"


def guarded(view, right=NEEDED):
    """A view of one campaign for accounts with that right; what the database refuses is said on the page."""

    def inner(request, pk):
        if not (request.user.has_perm(NEEDED) and request.user.has_perm(right)):
            raise PermissionDenied
        campaign = KitCampaign.objects.select_related("scheme").filter(pk=pk).first()
        if campaign is None:
            raise Http404
        try:
            with transaction.atomic():
                return view(request, campaign)
        except (DatabaseError, KitRefused) as error:
            said = str(error) if isinstance(error, KitRefused) else sentence(error)
            if said is None or request.method != "POST":
                raise
            messages.error(request, said)
            return redirect(request.get_full_path() if request.resolver_match.url_name in FORMS else url(campaign))

    return inner


FORMS = frozenset({f"personnel_kitcampaign_{step}" for step in ("recipients", "scan", "sizes")})


def url(campaign, step="change"):
    return reverse(f"admin:personnel_kitcampaign_{step}", args=[campaign.pk])


def context_of(request, campaign, **more):
    shared = {"opts": KitCampaign._meta, "campaign": campaign, "title": campaign.name, "today": timezone.localdate()}
    return admin.site.each_context(request) | shared | more


def place(request) -> int:
    """The unit asked for, as far as it lies in the account's range; else the account's own."""
    return chosen_code(request.GET.get("unit"), request.user.unit_id) or request.user.unit_id


def places(request):
    """Units one level below the account's own, to choose from."""
    return Unit.objects.children(request.user.unit_id).order_by("code")


def names_of(codes) -> dict[int, str]:
    return dict(Unit.objects.filter(pk__in=set(codes)).values_list("code", "name"))


# --- looking ----------------------------------------------------------------------------------------------------------


def page(request, campaign):
    """How the campaign stands by town, and the button for the next step."""
    today, account = timezone.localdate(), request.user
    towns = campaigns.progress(campaign, today) if campaign.opened_on else []
    names = names_of(town.town for town in towns)
    may_run = account.has_perm(RUN) and account.unit_id == campaign.unit_id
    waits = not campaign.opened_on or (may_run and not campaign.closed_on)
    context = {
        "entries": campaigns.mandatory(campaign),
        "towns": [(names.get(town.town, town.town), town) for town in towns],
        "total": campaigns.total(towns),
        "eligible": campaigns.eligible(campaign, today if campaign.opened_on else campaign.issue_on) if waits else 0,
        "old": len(still_old(campaign, today, account.unit_id)) if campaign.opened_on else 0,
        "forces": [str(Force(force).label) for force in campaign.forces],
        "may_run": may_run, "may_issue": account.has_perm(ISSUE), "may_size": account.has_perm(SIZES),
    }  # fmt: skip
    return render(request, "personnel/kit/campaign.html", context_of(request, campaign, **context))


# --- the steps --------------------------------------------------------------------------------------------------------


def step(act):
    """A view that takes one step: posted; a refusal is said on the campaign's page.

    Whoever comes without sending anything, as after a login, is led there.
    """

    def inner(request, campaign):
        if request.method != "POST":
            return redirect(url(campaign))
        if led := draft_pages.saved_before(request, url(campaign)):
            return led
        act(request, campaign)
        drafts.settle(request, url(campaign))
        return redirect(url(campaign))

    return inner


@step
def open_campaign(request, campaign):
    people = campaigns.open_campaign(campaign, request.user, timezone.localdate())
    said = ngettext("Opened: %(n)d recipient.", "Opened: %(n)d recipients.", people)
    messages.success(request, said % {"n": people})


@step
def newcomers(request, campaign):
    people = campaigns.add_newcomers(campaign, request.user, timezone.localdate())
    said = ngettext("%(n)d person is a recipient as well.", "%(n)d people are recipients as well.", people)
    messages.success(request, said % {"n": people})


@step
def close(request, campaign):
    campaigns.close(campaign, request.user, timezone.localdate())
    messages.success(request, _("The campaign is closed."))
