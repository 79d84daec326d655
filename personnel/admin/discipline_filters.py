"""Filters of the list of discipline cases; a board leads here with the same names."""

from django.contrib.admin import SimpleListFilter
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization import belonging
from organization.admin.place_filter import PlaceFilter, chosen_code
from personnel.admin.contract_filters import RIGHT_HERE, day_of
from personnel.discipline.standings import STANDINGS
from personnel.figures.population import forces_counted
from personnel.models import Force
from personnel.people import PROFESSIONAL

YEARS = 6


class CasePlaceFilter(PlaceFilter):
    """A subtree with the units whose place it took, or the unit itself alone: as the figures count."""

    def queryset(self, request, queryset):
        code = chosen_code(self.value(), request.user.unit_id)
        if not code:
            return queryset
        within = belonging.reach(code)
        if request.GET.get("right") != RIGHT_HERE:
            return queryset.filter(within.q())
        here = [code, *(moved for moved, home in within.homes.items() if home == code)]
        return queryset.filter(unit__in=here)


class CaseStandingFilter(SimpleListFilter):
    title, parameter_name = _("standing"), "standing"

    def lookups(self, request, model_admin):
        return [(slug, standing.label) for slug, standing in STANDINGS.items()]

    def queryset(self, request, queryset):
        """What was withdrawn is shown where it is asked for."""
        if self.value() in STANDINGS:
            return STANDINGS[self.value()].of(queryset, day_of(request), request.user)
        return queryset.standing()


class CaseForceFilter(SimpleListFilter):
    title, parameter_name = _("force"), "force"

    def lookups(self, request, model_admin):
        return [(PROFESSIONAL, _("the four professional forces")), *Force.choices]

    def queryset(self, request, queryset):
        if self.value() == PROFESSIONAL:
            return queryset.filter(force__in=forces_counted(None))
        return queryset.filter(force=self.value()) if self.value() in Force.values else queryset


class YearFilter(SimpleListFilter):
    title, parameter_name = _("year of the report"), "year"

    def lookups(self, request, model_admin):
        this = timezone.localdate().year
        return [(str(year), str(year)) for year in range(this, this - YEARS, -1)]

    def queryset(self, request, queryset):
        text = self.value() or ""
        is_year = text.isascii() and text.isdecimal() and len(text) == 4 and text > "0000"
        return queryset.filter(reported_on__year=int(text)) if is_year else queryset


class HereFilter(SimpleListFilter):
    """Of the unit itself, and of none below it; a board leads here."""

    title, parameter_name = _("place"), "right"

    def lookups(self, request, model_admin):
        return [(RIGHT_HERE, _("of the unit itself"))] if request.GET.get("right") else []

    def queryset(self, request, queryset):
        return queryset
