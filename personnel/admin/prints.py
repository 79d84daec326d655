"""The page that asks what of a list is printed, and the printed pages themselves."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.guarded_admin import COUNT_CAP
from organization.models import Unit
from personnel.admin.people_filters import selection
from personnel.exports import numbers
from personnel.exports.export import RIGHT, ExportRefused
from personnel.prints import paper

ROSTER, CARDS = "roster", "cards"
WHAT = {ROSTER: gettext_lazy("roster to be signed (A4)"), CARDS: gettext_lazy("work cards with photo (ten a page)")}


class PrintForm(forms.Form):
    """What is printed; what may not be had is refused by the print itself."""

    what = forms.ChoiceField(label=gettext_lazy("What"), choices=list(WHAT.items()), widget=forms.RadioSelect)
    title = forms.CharField(label=gettext_lazy("Title of the roster"), max_length=60, required=False)
    full = forms.BooleanField(label=gettext_lazy("Full document numbers and phones"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "Needed for full numbers that are usually masked, and for full numbers of more than 500 people."
        ),
    )

    def __init__(self, *given, account, **more):
        super().__init__(*given, **more)
        sees_masks = numbers.shown_to(account.role) == numbers.MASKED
        if not (sees_masks and numbers.may_ask_in_full(account.role)) and not self.is_bound:
            del self.fields["full"]
        if not account.has_perm(paper.SEES_PHOTOS):
            self.fields["what"].choices = [(ROSTER, WHAT[ROSTER])]


def print_page(request):
    """GET asks what; POST answers with the pages. The address carries the conditions of the list."""
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    asked = selection(request)
    initial = {"what": CARDS if request.GET.get("what") == CARDS else ROSTER, "title": paper.title_of(asked)}
    form = PrintForm(request.POST or None, account=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            return printed(request, asked, form.cleaned_data)
        except ExportRefused as refusal:
            if refusal.code == "not_allowed":
                raise PermissionDenied from None
            form.add_error("reason" if refusal.code == "reason_needed" else None, str(refusal))
    return render(request, "personnel/print/ask.html", context_of(request, asked, form))


def printed(request, asked, chosen):
    order = paper.Order(asked, chosen["title"], chosen["full"], chosen["reason"])
    if chosen["what"] == CARDS:
        pages = paper.work_cards(order, request.user)
        return render(request, "papers/work_cards.html", {"pages": pages, "office": request.user.unit.root.name})
    return render(request, "papers/roster.html", {"roster": paper.roster(order, request.user)})


def context_of(request, asked, form):
    count = asked.people()[:COUNT_CAP].count()
    return admin.site.each_context(request) | {
        "title": _("Print people"),
        "form": form,
        "count": count,
        "is_capped": count >= COUNT_CAP,
        "unit": Unit.objects.get(code=asked.unit or request.user.unit_id),
        "asked": asked,
        "query": request.GET.urlencode(),
        "is_masked": numbers.shown_to(request.user.role) == numbers.MASKED,
    }
