"""Moving the people of a list to another of one's units: where to and when, who can be moved, done."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization import divisions
from organization.models import Unit
from organization.refused_by_database import sentence
from personnel.admin.people_filters import selection
from personnel.models import Card
from personnel.transfers import moving

MAY_MOVE = "personnel.move_member"
PAGE_PARAMETERS = ("p", "all", "o")


class MoveForm(forms.Form):
    """The unit people go to, and the day on which they begin there. `seen` is the fingerprint of what was shown."""

    target = forms.TypedChoiceField(label=gettext_lazy("To which unit"), coerce=int)
    day = forms.DateField(
        label=gettext_lazy("From which day on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("The first day at the new unit; today or earlier."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, account, **kwargs):
        super().__init__(*args, initial={"day": timezone.localdate()}, **kwargs)
        self.fields["target"].choices = [("", "---------"), *_units_by_town(account)]


def _units_by_town(account):
    """[(town, [(code, name)])]: the open units of the account's range, each town's own first."""
    units = dict(Unit.objects.below(account.unit_id).open_on(timezone.localdate()).values_list("code", "name"))
    groups: dict[int, list[tuple[int, str]]] = {}
    for code in sorted(units):
        above = code if divisions.level(code) != "village" else divisions.parents(code)[0]
        groups.setdefault(above, []).append((code, units[code]))
    return [(units.get(above, divisions.format_code(above)), choices) for above, choices in groups.items()]


def of_the_list(request, cards):
    """On to the page with the conditions of the list; where people were ticked, with their numbers as well."""
    query = request.GET.copy()
    for name in PAGE_PARAMETERS:
        query.pop(name, None)
    if request.POST.get("select_across") != "1":
        query["ids"] = ",".join(map(str, cards.values_list("member", flat=True)))
    return redirect(f"{reverse('admin:personnel_card_move')}?{query.urlencode()}")


def move_page(request):
    """GET asks where to; POST shows who would move; POST of what was shown moves them."""
    if not request.user.has_perm(MAY_MOVE):
        raise PermissionDenied
    people, today = selection(request), timezone.localdate()
    form = MoveForm(request.POST or None, account=request.user)
    plan, seen = None, ""
    if request.method == "POST" and form.is_valid():
        order = moving.Order(people, form.cleaned_data["target"], form.cleaned_data["day"])
        try:
            if "confirmed" in request.POST:
                return done(request, order, *moving.move(order, request.user, today, form.cleaned_data["seen"]))
            plan = moving.plan(order, request.user, today)
            seen = plan.fingerprint(order)
        except moving.MovingRefused as refusal:
            form.add_error(None, str(refusal))
        except DatabaseError as error:
            if (said := sentence(error)) is None:
                raise
            form.add_error(None, said)
    context = admin.site.each_context(request) | {
        "title": _("Move people to another unit"), "opts": Card._meta, "form": form, "plan": plan, "seen": seen,
        "query": request.GET.urlencode(), "count": people.people()[: moving.MOST + 1].count(), "most": moving.MOST,
        "target": plan and Unit.objects.get(pk=form.cleaned_data["target"]),
    }  # fmt: skip
    return render(request, "personnel/transfers/move.html", context)


def done(request, order, plan, batch):
    told = {"people": len(plan.members), "unit": Unit.objects.get(pk=order.target).name, "batch": batch[:8]}
    messages.success(request, _("%(people)d people were moved to %(unit)s (batch %(batch)s).") % told)
    return redirect(f"{reverse('admin:personnel_card_changelist')}?unit={order.target}")
