"""The page of quick entry, and the answer to a row that was left."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from organization import draft_pages, drafts, rights
from organization.models import Unit
from personnel.exports.columns import COLUMNS
from personnel.models import Force, RosterImport
from personnel.quick_entry import checking, present, saving
from personnel.quick_entry.columns import NEEDED, OFFERED, USUAL, columns
from personnel.quick_entry.grid import Grid, GridRow, most_rows, typed

ROWS = 10  # blank ones at the beginning, and as many more where there is no script


class GridForm(forms.Form):
    """What the grid is of: a unit, a force, its columns, with or without the people on file."""

    unit = forms.TypedChoiceField(label=gettext_lazy("Unit"), coerce=int)
    force = forms.ChoiceField(label=gettext_lazy("Force"))
    members = forms.BooleanField(label=gettext_lazy("with the present members, to correct them"), required=False)
    columns = forms.MultipleChoiceField(
        label=gettext_lazy("More columns"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, account, **kwargs):
        super().__init__(*args, **kwargs)
        forces = rights.FORCES_WRITTEN.get(account.role, ())
        self.fields["force"].choices = [(value, label) for value, label in Force.choices if value in forces]
        units = Unit.objects.below(account.unit_id).open_on(timezone.localdate())
        self.fields["unit"].choices = list(units.values_list("code", "name"))
        self.fields["columns"].choices = [(key, COLUMNS[key].header) for key in OFFERED if key not in NEEDED]
        if account.role not in rights.PLAIN_NUMBER_ROLES:  # who sees numbers masked cannot send them back
            del self.fields["members"]

    @classmethod
    def of(cls, request):
        """As the address says; what it does not say, or says wrong, is as this account most likely wants it."""
        forces = rights.FORCES_WRITTEN.get(request.user.role, ())
        usual = "joint_defence" if "joint_defence" in forces else next(iter(forces), "")
        asked = request.GET.copy()
        force = asked.get("force") if asked.get("force") in forces else usual
        asked["force"] = force
        asked.setdefault("unit", str(request.user.unit_id))
        if "columns" not in asked:
            asked.setlist("columns", [key for key in USUAL.get(force, ()) if key not in NEEDED])
        return cls(asked, account=request.user)


def guarded(view):
    """Whoever imports rosters enters people so; of a unit that is not among one's own there is no page."""

    def inner(request):
        if not request.user.has_perm("personnel.import_member"):
            raise PermissionDenied
        form = GridForm.of(request)
        return view(request, form)

    return sensitive_post_parameters()(inner)


def grid_of(form, sent) -> Grid:
    chosen = form.cleaned_data
    return typed(sent, chosen["unit"], chosen["force"], columns(chosen["columns"]))


@guarded
def page(request, form):
    if not form.is_valid():
        return shown(request, form, None)
    if request.method != "POST":
        grid = grid_of(form, {})
        if form.cleaned_data.get("members"):
            grid.rows = present.rows(grid.unit, grid.force, grid.columns, timezone.localdate())
        return shown(request, form, grid)
    if led := draft_pages.saved_before(request, reverse("admin:personnel_rosterimport_changelist")):
        return led
    grid = grid_of(form, request.POST)
    if "more" in request.POST:
        return shown(request, form, grid)
    return saved(request, form, grid)


def saved(request, form, grid):
    """Import what was typed; what could not be imported stays in the grid."""
    outcome = saving.save(grid, request.user, partial="partial" in request.POST)
    if outcome.roster is None:
        return shown(request, form, grid, outcome)
    record = reverse("admin:personnel_rosterimport_change", args=[outcome.roster.pk])
    drafts.settle(request, record)
    messages.success(
        request, _("Saved: %(create)d new, %(change)d changed, %(unchanged)d unchanged.") % outcome.roster.counts
    )
    if not outcome.rest:
        return redirect(record)
    grid.rows = outcome.rest
    messages.warning(request, _("%(rest)d rows were not saved; they are still below.") % {"rest": len(outcome.rest)})
    return shown(request, form, grid, outcome, record=record)


def shown(request, form, grid, outcome=None, record=""):
    context = admin.site.each_context(request) | {
        "opts": RosterImport._meta, "title": _("Quick entry"), "form": form, "grid": grid, "outcome": outcome,
        "record": record, "query": request.GET.urlencode(), "is_new_page": bool(record),
    }  # fmt: skip
    if grid:
        last, most = max((row.number for row in grid.rows), default=0), most_rows(grid.columns)
        blank = range(last + 1, min(last + ROWS, most) + 1)
        context["most_rows"] = most
        context["new_row"] = lines(grid, [GridRow(0)], {})[0]
        context["rows"] = lines(grid, [*grid.rows, *map(GridRow, blank)], outcome.rows if outcome else {})
    return render(request, "personnel/quick_entry/page.html", context)


def lines(grid, rows, judged):
    """[{row, said, cells: [{column, text, said}]}] for the template."""
    return [
        {
            "row": row, "said": judged.get(row.number),
            "cells": [
                {"column": column, "text": row.cells.get(column.key, ""),
                 "said": judged[row.number].cells.get(column.key) if row.number in judged else None,
                 "is_fixed": row.is_present and column.key in NEEDED}
                for column in grid.columns
            ],
        }
        for row in rows
    ]  # fmt: skip


@guarded
def check(request, form):
    """POST one row: what would become of it, as JSON."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    grid = grid_of(form, request.POST) if form.is_valid() else None
    if grid is None or len(grid.rows) != 1 or grid.rows[0].is_blank:
        return JsonResponse({"fate": ""})
    is_known = request.POST.get("known") == grid.rows[0].cells.get("id_number")
    return JsonResponse(checking.check(grid, grid.rows[0], request.user, is_known=is_known))
