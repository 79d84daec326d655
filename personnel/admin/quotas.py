"""Quotas: how many people of a force a unit may have in a year. The personnel office writes them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from organization.admin.place_filter import PlaceFilter
from organization.guarded_admin import GuardedAdmin
from personnel.models import Quota


@admin.register(Quota)
class QuotaAdmin(GuardedAdmin):
    list_display = ["unit", "force", "year", "number", "document", "approved_by"]
    list_display_links = ["unit"]
    list_select_related = ["unit"]
    list_filter = [PlaceFilter, "force", "year"]
    ordering = ["-year", "unit_id", "force"]
    autocomplete_fields = ["unit"]
    fields = ["unit", "force", "year", "number", "document", "approved_by"]
    nothing_here = _("No quota has been entered yet. The personnel office of the district adds one a unit and year.")

    def get_changeform_initial_data(self, request):
        return {"unit": request.user.unit_id} | super().get_changeform_initial_data(request)
