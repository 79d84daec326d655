"""Reorganisations of units in the browser: the list of those that were, and the way to the pages of a new one."""

from django.contrib import admin
from django.urls import path
from django.utils.translation import gettext_lazy as _

from organization.guarded_admin import GuardedAdmin
from organization.models import Reorganisation
from personnel.reorganising import pages


@admin.register(Reorganisation)
class ReorganisationAdmin(GuardedAdmin):
    list_display = ["day", "kind", "account_name", "recorded_at"]
    list_filter = ["kind"]
    ordering = ["-id"]
    nothing_here = _("No units were merged, renumbered or split yet.")
    change_list_template = "personnel/reorganising/done.html"

    def has_change_permission(self, request, obj=None):
        return False

    def get_urls(self):
        ask = path("new/<slug:kind>/", self.admin_site.admin_view(pages.asked), name="organization_reorganisation_new")
        return [ask, *super().get_urls()]

    def add_view(self, request, form_url="", extra_context=None):
        return pages.asked(request, "merge")

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if object_id is None or not self.has_view_permission(request):
            return super().changeform_view(request, object_id, form_url, extra_context)
        done = self.get_object(request, object_id)
        if done is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return pages.record(request, done)
