"""Pages beside the list of people: its saved filters, its columns."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from organization.models import Unit
from personnel import list_columns, saved_filters
from personnel.admin.people_filters import CHOICES, FILTERS
from personnel.saved_filters import FilterRefused

RIGHT = "personnel.view_card"


def listed(query: str = "") -> str:
    return reverse("admin:personnel_card_changelist") + (f"?{query}" if query else "")


def context_of(request, title, **more):
    return admin.site.each_context(request) | {"title": title, "query": request.GET.urlencode()} | more


def filters_page(request):
    """GET the filters in sight, with the conditions of the list that can be saved; POST saves, deletes, opens with."""
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    query = saved_filters.canonical(request.GET.dict(), CHOICES)
    if request.method == "POST":
        act(request, query)
        return redirect(f"{request.path}?{request.GET.urlencode()}")
    account = request.user
    context = context_of(
        request, _("Saved filters"), conditions=told(query), opens_with=saved_filters.opening(account),
        mine=[(each, told(each.query)) for each in saved_filters.shown(saved_filters.mine(account))],
        of_others=[(each, told(each.query)) for each in saved_filters.shown(saved_filters.of_others(account))],
    )  # fmt: skip
    return render(request, "personnel/lists/filters.html", context)


def act(request, query: str) -> None:
    if "save" in request.POST:
        name = request.POST.get("name", "")
        try:
            saved_filters.save(request.user, name, query, is_shared="shared" in request.POST)
        except FilterRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The filter “%(name)s” was saved.") % {"name": name.strip()})
    elif key := number(request.POST.get("delete")):
        done = saved_filters.delete(request.user, key)
        messages.success(request, _("The filter was deleted.") if done else _("There is no such filter of yours."))
    elif "whole" in request.POST:
        saved_filters.open_with(request.user, None)
        messages.success(request, _("The list opens with everybody again."))
    elif key := number(request.POST.get("usual")):
        done = saved_filters.open_with(request.user, key)
        messages.success(request, _("The list opens with this filter.") if done else _("There is no such filter."))


def number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 18 else None


def told(query: str) -> list[str]:
    """The conditions of a query in words."""
    titles = {each.parameter: str(each.title) for each in FILTERS}
    found = []
    for name, value in saved_filters.conditions(query).items():
        found.append(f"{titles.get(name, _('search'))}: {word(name, value)}")
    return found


def word(name: str, value: str) -> str:
    if name == "unit":
        return str(Unit.objects.filter(code=value).first() or value)
    return str(CHOICES[name].get(value, value)) if name in CHOICES else value


def columns_page(request):
    """GET the columns with their places in a row; POST keeps them, or the usual ones again."""
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    if request.method == "POST":
        list_columns.choose(request.user, [] if "usual" in request.POST else placed(request))
        messages.success(request, _("The list has the columns that you chose."))
        return redirect(listed(request.GET.urlencode()))
    chosen = list_columns.chosen(request.user)
    rest = [key for key in list_columns.CHOICES if key not in chosen]
    columns = [(key, list_columns.CHOICES[key][0], place) for place, key in enumerate(chosen, 1)]
    columns += [(key, list_columns.CHOICES[key][0], "") for key in rest]
    context = context_of(request, _("Columns of the list"), columns=columns, first=list_columns.FIRST)
    return render(request, "personnel/lists/columns.html", context)


def placed(request) -> list[str]:
    """The keys that were given a place, by their places; of one place the earlier one in the table first."""
    places = {key: number(request.POST.get(f"place-{key}")) for key in list_columns.CHOICES}
    return sorted((key for key, place in places.items() if place), key=lambda key: places[key] or 0) or ["name"]
