"""Rosters in the browser: the list of a unit's imports, and the way to the pages of each."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.urls import path
from django.utils.translation import gettext_lazy

from organization.guarded_admin import GuardedAdmin
from personnel.admin import quick_entry, roster_pages, roster_steps
from personnel.models import EligibilityRule, RosterImport


@admin.register(RosterImport)
class RosterImportAdmin(GuardedAdmin):
    list_display = ["file_name", "unit", "account_name", "sent_at", "standing", "created", "changed", "rejected"]
    list_select_related = ["unit"]
    list_display_links = ["file_name"]
    ordering = ["-id"]
    change_list_template = "personnel/roster/list.html"

    def has_add_permission(self, request):
        return request.user.has_perm(roster_pages.NEEDED)

    def has_change_permission(self, request, obj=None):
        return False

    def get_urls(self):
        """A roster's pages; what changes something is posted."""
        steps = {
            "answer": roster_steps.answer,
            "row/<int:sheet>/<int:number>": roster_steps.row_page,
            "skip/<int:sheet>/<int:number>": roster_steps.skip,
            "import": roster_steps.import_roster,
            "undo": roster_steps.undo,
            "drop": roster_steps.drop,
            "bad-rows": roster_steps.bad_rows,
            "marked": roster_steps.marked,
        }
        own = [
            path(
                f"<int:pk>/{step}/",
                self.admin_site.admin_view(roster_pages.guarded(view)),
                name=f"personnel_rosterimport_{step.partition('/')[0].replace('-', '_')}",
            )
            for step, view in steps.items()
        ]
        quick = [
            path("quick/", self.admin_site.admin_view(quick_entry.page), name="personnel_rosterimport_quick"),
            path("quick/check/", self.admin_site.admin_view(quick_entry.check), name="personnel_rosterimport_check"),
        ]
        return quick + own + super().get_urls()

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        return roster_pages.upload(request)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if object_id is None or not request.user.has_perm(roster_pages.NEEDED):
            return super().changeform_view(request, object_id, form_url, extra_context)
        roster = self.get_object(request, object_id)
        if roster is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return roster_pages.page(request, roster)

    @admin.display(description=gettext_lazy("standing"))
    def standing(self, roster):
        return roster_pages.STATES[roster_pages.standing_of(roster)]

    @admin.display(description=gettext_lazy("new"))
    def created(self, roster):
        return roster.counts.get("create", 0)

    @admin.display(description=gettext_lazy("changed"))
    def changed(self, roster):
        return roster.counts.get("change", 0)

    @admin.display(description=gettext_lazy("rejected"))
    def rejected(self, roster):
        return roster.counts.get("reject", 0)


@admin.register(EligibilityRule)
class EligibilityRuleAdmin(GuardedAdmin):
    list_display = [
        "force", "valid_from", "valid_until", "min_age", "max_age", "leaving_age", "min_education", "needs_check",
        "source",
    ]  # fmt: skip
    list_filter = ["force"]
    ordering = ["force", "-valid_from"]
