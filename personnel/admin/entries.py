"""Entries in the browser: who is to be taken in, and how far each of them is."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization.guarded_admin import GuardedAdmin
from personnel.admin import entry_pages
from personnel.entries.conditions import is_entry_checked, ready_for, waiting_for_check
from personnel.entries.terms import CHECKS, DECIDE, PROPOSE, sees_checks
from personnel.models import Entry


class StandingOfEntry(admin.SimpleListFilter):
    title, parameter_name = _("standing"), "standing"

    def lookups(self, request, model_admin):
        account = request.user
        return [
            *([("mine", _("waiting for my decision"))] if account.has_perm(DECIDE) else []),
            *([("unchecked", _("waiting for the background check"))] if account.has_perm(CHECKS) else []),
            ("open", _("not decided")),
            *Entry.Decision.choices,
        ]

    def queryset(self, request, queryset):
        value = self.value()
        if value == "mine":
            return queryset.filter(pk__in=ready_for(request.user, timezone.localdate()).values("pk"))
        if value == "unchecked":
            return queryset.filter(pk__in=waiting_for_check(timezone.localdate()).values("pk"))
        if value == "open":
            return queryset.open()
        return queryset.filter(decision=value) if value in Entry.Decision.values else queryset


@admin.register(Entry)
class EntryAdmin(GuardedAdmin):
    list_display = ["name", "unit", "force", "starts_on", "proposed_on", "proposer_name", "standing"]
    list_display_links = ["name"]
    list_select_related = ["unit"]
    list_filter = [StandingOfEntry, "force"]
    sortable_by = ()
    ordering = ["-id"]
    change_list_template = "personnel/entries/list.html"
    nothing_here = _("Nobody was proposed yet. Who is to join a force is proposed here, checked and then approved.")

    def has_add_permission(self, request):
        return request.user.has_perm(PROPOSE)

    def has_change_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        found = super().get_queryset(request)
        return found.annotate(is_checked=is_entry_checked()) if sees_checks() else found

    def get_urls(self):
        steps = {
            "check": entry_pages.check,
            "approve": entry_pages.approve,
            "decline": entry_pages.decline,
            "withdraw": entry_pages.withdraw,
            "reveal": entry_pages.reveal,
        }
        own = [
            path(f"<int:pk>/{step}/", self.admin_site.admin_view(view), name=f"personnel_entry_{step}")
            for step, view in steps.items()
        ]
        return own + super().get_urls()

    def add_view(self, request, form_url="", extra_context=None):
        return entry_pages.propose(request)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if object_id is None or not self.has_view_permission(request):
            raise PermissionDenied
        entry = self.get_object(request, object_id)
        if entry is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return entry_pages.page(request, entry)

    @admin.display(description=pgettext_lazy("person", "name"))
    def name(self, entry):
        return entry.name

    @admin.display(description=_("standing"))
    def standing(self, entry):
        if entry.decision:
            return f"{entry.get_decision_display()} {entry.decided_on}"
        return _("checked, waiting for the decision") if getattr(entry, "is_checked", False) else _("not decided")
