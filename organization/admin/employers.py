"""Employers: who employs guards where, whether that is filed, and how many are known by name."""

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization import counts
from organization.admin.place_filter import PlaceFilter
from organization.guarded_admin import GuardedAdmin
from organization.models import Employer


class FilingFilter(admin.SimpleListFilter):
    title, parameter_name = _("filing with the police"), "filing"

    def lookups(self, request, model_admin):
        return Employer.Filing.choices

    def queryset(self, request, queryset):
        known = self.value() in Employer.Filing.values
        return queryset.filing(self.value(), timezone.localdate()) if known else queryset


class EmployerList(ChangeList):
    """The stock list; the numbers of a page are counted for the page at once."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        day, keys = timezone.localdate(), [employer.pk for employer in self.result_list]
        numbers = {column: column.function(keys, day) for column in counts.columns("employer", request.user)}
        for employer in self.result_list:
            employer.numbers = {column: found.get(employer.pk) for column, found in numbers.items()}


@admin.register(Employer)
class EmployerAdmin(GuardedAdmin):
    show_facets = admin.ShowFacets.NEVER
    list_filter = [PlaceFilter, "nature", FilingFilter, "self_recruiting"]
    list_select_related = ["unit"]
    ordering = ["unit_id", "id"]
    search_fields = ["name"]
    search_help_text = _("Part of a name.")
    autocomplete_fields = ["unit"]
    fieldsets = [
        (None, {"fields": ["name", "nature", "unit", "contact"]}),
        (_("Guards"), {"fields": ["self_recruiting", "declared_guards", "started_on", "ended_on"]}),
        (_("Filing with the police"), {"fields": ["filed_on", "filing"]}),
    ]
    readonly_fields = ["filing"]

    def get_changelist(self, request, **kwargs):
        return EmployerList

    def get_list_display(self, request):
        numbers = [number_column(column) for column in counts.columns("employer", request.user)]
        return ["name", "nature", "unit", "declared_guards", *numbers, "filed_on", "filing"]

    @admin.display(description=_("standing of the filing"))
    def filing(self, employer):
        return employer.filing_on(timezone.localdate()).label if employer.pk else "-"


def number_column(column):
    """A column of the stock list that shows one registered number."""

    @admin.display(description=column.label)
    def shown(employer):
        return employer.numbers.get(column)

    shown.__name__ = f"number_{column.label}"
    return shown
