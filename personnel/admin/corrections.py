"""Corrections in the browser: files withdrawn, files merged, pairs of two people, and the way to their pages."""

from django.contrib import admin
from django.urls import path
from django.utils.translation import gettext_lazy as _

from organization.guarded_admin import GuardedAdmin
from personnel.admin import correction_pages, merge_pages
from personnel.models import DifferentPeople, FileMerge, WithdrawnFile


class RecordAdmin(GuardedAdmin):
    """A list of what was done, each with a page of its own; nothing is added or edited in a form."""

    ordering = ["-id"]
    list_select_related = ["unit"]
    change_list_template = "personnel/corrections/list.html"
    steps: dict = {}

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def page(self, request, obj):
        raise NotImplementedError

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if object_id is None or not self.has_view_permission(request):
            return super().changeform_view(request, object_id, form_url, extra_context)
        found = self.get_object(request, object_id)
        if found is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return self.page(request, found)

    def get_urls(self):
        own = [
            path(address, self.admin_site.admin_view(view), name=f"{self.opts.app_label}_{self.opts.model_name}_{name}")
            for name, (address, view) in self.steps.items()
        ]
        return own + super().get_urls()


@admin.register(WithdrawnFile)
class WithdrawnFileAdmin(RecordAdmin):
    list_display = ["name", "sex", "birth_date", "unit", "reason", "withdrawn_at", "account_name"]
    nothing_here = _("No file is withdrawn. Who was entered by mistake is withdrawn from the own file.")
    steps = {"back": ("<int:pk>/back/", correction_pages.bring_back)}

    def get_queryset(self, request):
        """Files that are out; one that was brought back keeps its page, an absorbed one is found at its merge."""
        found = super().get_queryset(request).filter(merge=None)
        return found.standing() if request.resolver_match.url_name.endswith("_changelist") else found

    def page(self, request, obj):
        return correction_pages.withdrawn_page(request, obj)


@admin.register(FileMerge)
class FileMergeAdmin(RecordAdmin):
    list_display = ["survivor_name", "absorbed_name", "unit", "reason", "merged_at", "account_name", "stands"]
    list_select_related = ["unit", "undoing"]
    nothing_here = _("No files were merged yet. Pairs that may be one person are among the likely duplicates.")
    steps = {
        "duplicates": ("duplicates/", merge_pages.duplicates_page),
        "compare": ("<int:pk>/with/<int:other>/", merge_pages.merge_page),
        "apart": ("<int:pk>/apart/<int:other>/", merge_pages.keep_apart),
        "separate": ("<int:pk>/separate/", merge_pages.separate),
    }

    def page(self, request, obj):
        return merge_pages.record_page(request, obj)

    @admin.display(description=_("stands"), boolean=True)
    def stands(self, record):
        return not hasattr(record, "undoing")


@admin.register(DifferentPeople)
class DifferentPeopleAdmin(RecordAdmin):
    list_display = ["names", "unit", "reason", "marked_at", "account_name", "taken_back_at"]
    nothing_here = _("No pair is marked as two people. Pairs are marked where two files are compared.")
    steps = {"take_back": ("<int:pk>/take-back/", merge_pages.take_back)}

    def page(self, request, obj):
        return merge_pages.apart_page(request, obj)
