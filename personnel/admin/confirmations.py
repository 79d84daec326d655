"""Confirmation of lists in the browser: progress in place of a list, the page of a list, and each list as signed."""

from django.contrib import admin
from django.urls import path

from organization.guarded_admin import GuardedAdmin
from personnel.confirmation import pages
from personnel.models import ConfirmationCycle, RosterSnapshot


@admin.register(ConfirmationCycle)
class ConfirmationCycleAdmin(GuardedAdmin):
    list_display = ["starts_on", "due_on"]
    ordering = ["starts_on"]


@admin.register(RosterSnapshot)
class RosterSnapshotAdmin(GuardedAdmin):
    list_select_related = ["cycle"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_urls(self):
        listed = path(
            "list/<int:code>/<slug:force>/",
            self.admin_site.admin_view(pages.list_page),
            name="personnel_rostersnapshot_list",
        )
        return [listed, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        return pages.progress_page(request)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if object_id is None or not self.has_view_permission(request):
            return super().changeform_view(request, object_id, form_url, extra_context)
        snapshot = self.get_object(request, object_id)
        if snapshot is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return pages.snapshot_page(request, snapshot)
