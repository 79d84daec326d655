"""Discipline cases in the browser: the list; a case is recorded from the file of the person."""

from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization.guarded_admin import GuardedAdmin
from personnel.admin import discipline_pages
from personnel.admin.contract_filters import OnFilter
from personnel.admin.discipline_filters import (
    CaseForceFilter,
    CasePlaceFilter,
    CaseStandingFilter,
    HereFilter,
    YearFilter,
)
from personnel.discipline import standings
from personnel.models import Card, DisciplineCase
from personnel.people import named


@admin.register(DisciplineCase)
class DisciplineCaseAdmin(GuardedAdmin):
    list_display = ["person", "unit", "force", "category", "reported_on", "standing", "outcome"]
    list_display_links = ["person"]
    list_filter = [
        CasePlaceFilter, CaseStandingFilter, CaseForceFilter, "category", "outcome", YearFilter, HereFilter, OnFilter,
    ]  # fmt: skip
    list_select_related = ["unit"]
    search_fields = ["pk"]
    search_help_text = _("Name, pinyin or initials")
    ordering = ["-reported_on", "-id"]
    nothing_here = _("No discipline case is on record here. A case is recorded from the file of the person.")

    def get_queryset(self, request):
        return standings.named(super().get_queryset(request))

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        cards = Card.objects.filter(named(search_term), member=OuterRef("member"), unit=OuterRef("unit"))
        return queryset.filter(Exists(cards)), False

    # --- a case is recorded from a file, and goes forward by its steps alone ----------------------

    def get_model_perms(self, request):
        return super().get_model_perms(request) | {"add": False}

    def get_urls(self):
        return [*discipline_pages.urls(self.admin_site), *super().get_urls()]

    def add_view(self, request, form_url="", extra_context=None):
        return discipline_pages.record_page(request)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if object_id is None or not self.has_view_permission(request):
            return super().changeform_view(request, object_id, form_url, extra_context)
        case = self.get_object(request, object_id)
        if case is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return discipline_pages.case_page(request, case)

    # --- columns ----------------------------------------------------------------------------------

    @admin.display(description=_("person"))
    def person(self, case):
        return case.person or "—"

    @admin.display(description=_("standing"))
    def standing(self, case):
        told = standings.TOLD[standings.step(case)]
        is_late = standings.is_overdue(case, timezone.localdate())
        return _("%(standing)s, overdue") % {"standing": told} if is_late else told
