"""Filters of the list of contracts: how they stand on a day, and whose. The batch pages narrow by the same address."""

from django.contrib.admin import SimpleListFilter
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization import divisions, rights
from organization.admin.place_filter import chosen_code
from personnel.admin.people_filters import parse_day
from personnel.contracts.standings import FORCES, STANDINGS
from personnel.models import Force

OURS, RIGHT_HERE = "ours", "1"


def day_of(request):
    """The day of the address, else today."""
    return parse_day(request.GET.get("on")) or timezone.localdate()


def forces_of(request, text: str | None) -> tuple[str, ...]:
    """The force asked for, or all that the account writes; none where nothing is asked."""
    if text == OURS:
        return rights.FORCES_WRITTEN.get(request.user.role or "", ())
    return (text,) if text in FORCES else ()


def narrowed(request, contracts):
    """Contracts as the address asks: standing, place, force, on the day."""
    day, forces = day_of(request), forces_of(request, request.GET.get("force"))
    if (standing := request.GET.get("standing")) in STANDINGS:
        contracts = STANDINGS[standing].of(contracts, day)
    if request.GET.get("force"):
        contracts = contracts.serving(day, forces) if forces else contracts.none()
    return inside(request, contracts)


def inside(request, rows):
    """Rows of the subtree asked for, or of the unit itself alone."""
    code = chosen_code(request.GET.get("inside"), request.user.unit_id)
    if not code:
        return rows
    low, high = (code, code) if request.GET.get("right") == RIGHT_HERE else divisions.span(code)
    return rows.filter(unit__gte=low, unit__lte=high)


class StandingFilter(SimpleListFilter):
    title, parameter_name = _("standing"), "standing"

    def lookups(self, request, model_admin):
        return [(slug, standing.label) for slug, standing in STANDINGS.items()]

    def queryset(self, request, queryset):
        if self.value() not in STANDINGS:
            return queryset
        return STANDINGS[self.value()].of(queryset, day_of(request))


class ForceFilter(SimpleListFilter):
    title, parameter_name = _("force"), "force"

    def lookups(self, request, model_admin):
        ours = [(OURS, _("those I write"))] if request.user.role in rights.FORCES_WRITTEN else []
        return [*ours, *((force, Force(force).label) for force in FORCES)]

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        forces = forces_of(request, self.value())
        return queryset.serving(day_of(request), forces) if forces else queryset.none()


class RightFilter(SimpleListFilter):
    """Files kept by the unit itself, and by none below it; a board leads here."""

    title, parameter_name = _("files"), "right"

    def lookups(self, request, model_admin):
        return [(RIGHT_HERE, _("of the unit itself"))] if request.GET.get("right") else []

    def queryset(self, request, queryset):
        return inside(request, queryset) if self.value() == RIGHT_HERE else queryset


class OnFilter(SimpleListFilter):
    """The day of which the standing is; today unless a board leads here."""

    title, parameter_name = _("on the day"), "on"

    def lookups(self, request, model_admin):
        return []

    def has_output(self):
        return False

    def queryset(self, request, queryset):
        return queryset
