"""Mergers in the browser: programmes, where everybody landed, and what is to be done afterwards."""

from django.contrib import admin, messages
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from organization.admin.place_filter import PlaceFilter
from organization.guarded_admin import GuardedAdmin
from personnel.admin import merger_pages, unification_pages
from personnel.admin.file_parts import without_links
from personnel.admin.merger_forms import ProgrammeForm
from personnel.models import MergerTask, Placement, Programme


@admin.register(Programme)
class ProgrammeAdmin(GuardedAdmin):
    form = ProgrammeForm
    list_display = ["name", "from_force", "into_force", "merged_on", "cycle"]
    list_select_related = ["cycle"]
    ordering = ["-merged_on", "-id"]
    fieldsets = [
        (None, {"fields": ["name", ("from_force", "into_force"), "merged_on"]}),
        (_("Who passes"), {"fields": ["cycle", "pass_mark", "exempt_cohorts", "failed_sponsor"]}),
        (_("What follows"), {"fields": ["employer", "former_title", "follow_ups", "task_days", "indicators"]}),
        (
            _("Who decides"),
            {"fields": ["proposing_roles", "confirming_roles", "confirm_by", "standin_roles", "appeal_days"]},
        ),
    ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return without_links(super().formfield_for_dbfield(db_field, request, **kwargs), db_field)

    def get_urls(self):
        """A programme's pages; what changes something is posted."""
        steps = {
            "simulation": merger_pages.simulation,
            "unification": unification_pages.unification,
            "missing": unification_pages.export,
            "propose": merger_pages.propose,
            "confirm": merger_pages.confirm,
            "send-back": merger_pages.send_back,
            "carry-out": merger_pages.carry_out,
            "revert": merger_pages.revert,
        }
        own = [
            path(
                f"<int:pk>/{step}/",
                self.admin_site.admin_view(merger_pages.guarded(view)),
                name=f"personnel_programme_{step.replace('-', '_')}",
            )
            for step, view in steps.items()
        ]
        return own + super().get_urls()

    def save_model(self, request, obj, form, change):
        if not change:
            obj.unit_id = request.user.unit_id
        super().save_model(request, obj, form, change)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """A programme is shown as it stands; its terms are changed with `?terms=1`."""
        is_form = object_id is None or (request.GET.get("terms") and self.has_change_permission(request))
        if is_form or not self.has_view_permission(request):
            return super().changeform_view(request, object_id, form_url, extra_context)
        programme = self.get_object(request, object_id)
        if programme is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return merger_pages.page(request, programme)


@admin.register(Placement)
class PlacementAdmin(GuardedAdmin):
    list_display = ["person", "unit", "programme", "decided", "outcome", "reason"]
    list_filter = [PlaceFilter, "programme", "outcome"]
    ordering = ["unit_id", "member_id"]
    sortable_by = []
    search_fields = ["member__name"]
    SHOWN = ("person", "unit", "programme", "service", "decided", "reason", "outcome", "new_service")
    fields = SHOWN
    readonly_fields = SHOWN

    def get_queryset(self, request):
        """With the person: a row stays where it happened, and is shown as long as the file is in sight as well."""
        return super().get_queryset(request).select_related("member", "unit", "programme")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description=_("person"))
    def person(self, placement):
        return placement.member.name

    @admin.display(description=_("decided"))
    def decided(self, placement):
        return placement.get_verdict_display() or "–"


class DoneFilter(admin.SimpleListFilter):
    title, parameter_name = _("standing"), "standing"

    def lookups(self, request, model_admin):
        return [("open", _("to be done")), ("late", _("late")), ("done", _("done"))]

    def queryset(self, request, queryset):
        if self.value() == "late":
            return queryset.undone().filter(due_on__lt=timezone.localdate())
        if self.value() == "done":
            return queryset.exclude(done_on=None)
        return queryset.undone() if self.value() == "open" else queryset


@admin.register(MergerTask)
class MergerTaskAdmin(GuardedAdmin):
    list_display = ["person", "unit", "kind", "due_on", "done_on"]
    list_select_related = ["member", "unit"]
    list_filter = [PlaceFilter, "kind", DoneFilter]
    ordering = ["unit_id", "member_id", "kind"]
    sortable_by = ["due_on"]
    fields = ["person", "unit", "kind", "due_on", "done_on"]
    readonly_fields = ["person", "unit", "kind"]
    actions = ["mark_done"]  # type: ignore[assignment]
    change_list_template = "personnel/merger/tasks.html"

    def get_queryset(self, request):
        return super().get_queryset(request).standing()

    def has_add_permission(self, request):
        return False

    @admin.display(description=_("person"))
    def person(self, task):
        return task.member.name

    @admin.action(description=_("Done today"), permissions=["change"])
    def mark_done(self, request, queryset):
        done = queryset.filter(done_on=None).update(done_on=timezone.localdate())
        said = ngettext("%(n)d task is done.", "%(n)d tasks are done.", done)
        messages.success(request, said % {"n": done})
