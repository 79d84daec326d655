"""Filters of the people list. They only offer links; what they mean is the selection, which figures use as well."""

from datetime import date

from django.contrib.admin import ListFilter
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization import divisions
from organization.asking import EARLIEST
from organization.models import Unit
from personnel.people import STATUSES, Selection
from personnel.words import CONDITIONS

CHOICES = CONDITIONS  # by parameter of the address


def parse_day(text):
    """An ISO day, or None, also for a day so early that there is nothing to show."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if day >= EARLIEST else None


def parse_unit(request):
    """The unit asked for, as far as it lies in the account's range; else the account's own."""
    text = request.GET.get("unit", "")
    low, high = divisions.span(request.user.unit_id)
    code = int(text) if text.isascii() and text.isdecimal() and len(text) == 12 else 0
    return code if low <= code <= high else request.user.unit_id


def selection(request):
    """The selection that the address asks for; what it does not understand it leaves out."""
    chosen = {name: request.GET.get(name) for name in CHOICES if request.GET.get(name) in CHOICES[name]}
    return Selection(
        day=parse_day(request.GET.get("on")) or timezone.localdate(),
        unit=parse_unit(request),
        status=chosen.get("status", "serving"),
        service={name: chosen[name] for name in ("force", "category", "sponsor") if name in chosen},
        person={name: chosen[name] for name in ("sex", "age", "education", "former", "level") if name in chosen},
        text=request.GET.get("q", ""),
        members=tuple(
            int(part)
            for part in request.GET.get("ids", "").split(",")
            if part.isascii() and part.isdecimal() and len(part) < 18
        ),
    )


class LinkFilter(ListFilter):
    """A filter of links, one chosen at a time. Subclasses name the parameter."""

    parameter = ""

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        self.request = request
        if value := params.pop(self.parameter, None):
            self.used_parameters[self.parameter] = value[-1]

    def expected_parameters(self):
        return [self.parameter]

    def has_output(self):
        return True

    def queryset(self, request, queryset):
        return queryset

    def lookups(self):
        return list(CHOICES[self.parameter].items())

    def choices(self, changelist):
        chosen = self.used_parameters.get(self.parameter)
        without = changelist.get_query_string(remove=[self.parameter])
        yield {"selected": chosen is None, "query_string": without, "display": self.all_label}
        for value, label in self.lookups():
            yield {"selected": chosen == value, "query_string": self.address(without, value), "display": label}

    def address(self, without, value):
        """The address with this value, from the one without any; values are slugs and numbers."""
        return f"{without}{'' if without == '?' else '&'}{self.parameter}={value}"

    all_label = _("All")


def _choice(name, heading, label=None):
    attributes = {"parameter": name, "title": heading} | ({"all_label": label} if label else {})
    return type(f"{name.title()}Filter", (LinkFilter,), attributes)


class StatusFilter(LinkFilter):
    parameter, title, all_label = "status", _("standing"), STATUSES["serving"]

    def lookups(self):
        return [(key, label) for key, label in STATUSES.items() if key != "serving"]


class UnitFilter(LinkFilter):
    """The tree: the way up to the own unit, and the units right below the chosen one."""

    parameter, title = "unit", _("unit")

    def choices(self, changelist):
        chosen, own = changelist.selection.unit, self.request.user.unit_id
        trail = [code for code in (*reversed(divisions.parents(chosen)), chosen) if own <= code]
        names = dict(Unit.objects.ways_on(chosen, trail).values_list("code", "name"))
        below = [code for code in names if code not in trail and divisions.parent(code, names.keys()) == chosen]
        without = changelist.get_query_string(remove=["unit"])
        for depth, code in [*enumerate(c for c in trail if c in names), *((len(trail), c) for c in sorted(below))]:
            yield {
                "selected": code == chosen,
                "query_string": without if code == own else self.address(without, code),
                "display": names[code],
                "depth": min(depth, 4),
            }


class DayFilter(LinkFilter):
    parameter, title, template = "on", _("on the day"), "personnel/filter_day.html"

    def choices(self, changelist):
        others = [
            (name, value[-1] if isinstance(value, list) else value)
            for name, value in changelist.params.items()
            if name not in ("on", "p")
        ]
        yield {"day": changelist.selection.day, "others": others, "selected": "on" in self.used_parameters}


class IdsFilter(LinkFilter):
    """Only the members that a number search found."""

    parameter, title = "ids", _("found by number")

    def has_output(self):
        return False


class OpenedFilter(LinkFilter):
    """That a saved filter was opened, or the whole list: then the list does not open with the usual one."""

    parameter, title = "opened", _("saved filter")

    def has_output(self):
        return False


FILTERS = [
    UnitFilter,
    DayFilter,
    StatusFilter,
    _choice("force", _("force")),
    _choice("sponsor", _("run by")),
    _choice("category", _("category")),
    _choice("sex", _("sex")),
    _choice("age", _("age")),
    _choice("education", _("education")),
    _choice("former", _("previous occupation")),
    _choice("level", _("real-name level")),
    IdsFilter,
    OpenedFilter,
]
