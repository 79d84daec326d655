"""A filter by place for anything that lies in a unit: the way up to one's own unit, and one level down."""

from django.contrib.admin import SimpleListFilter
from django.utils.translation import gettext_lazy as _

from organization import divisions
from organization.models import Unit

INDENT = "\u3000"


def chosen_code(text: str | None, own: int) -> int | None:
    """The code in the address, as far as it lies inside one's own unit; else None."""
    low, high = divisions.span(own)
    code = int(text) if text and text.isascii() and text.isdecimal() and len(text) == 12 else 0
    return code if low <= code <= high else None


class PlaceFilter(SimpleListFilter):
    """Rows of one subtree. Subclasses say which field holds the unit."""

    title = _("place")
    parameter_name = "inside"
    field = "unit"

    def lookups(self, request, model_admin):
        own = request.user.unit_id
        chosen = chosen_code(self.value(), own)
        way = [code for code in (*reversed(divisions.parents(chosen)), chosen) if code > own] if chosen else []
        names = dict(Unit.objects.filter(pk__in=way).values_list("code", "name"))
        listed = [(code, names[code]) for code in way if code in names]
        below = Unit.objects.children(chosen or own).values_list("code", "name")
        listed = [(code, INDENT * depth + name) for depth, (code, name) in enumerate(listed)]
        return [
            (str(code), name) for code, name in [*listed, *((code, INDENT * len(way) + name) for code, name in below)]
        ]

    def has_output(self):
        return bool(self.lookup_choices) or self.value() is not None

    def queryset(self, request, queryset):
        code = chosen_code(self.value(), request.user.unit_id)
        if not code:
            return queryset
        low, high = divisions.span(code)
        return queryset.filter(**{f"{self.field}__gte": low, f"{self.field}__lte": high})


class CodeFilter(PlaceFilter):
    field = "code"
