"""Contracts in the browser: the list by how they stand, one contract, and the pages that write many."""

from django.contrib import admin
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization import rights
from organization.admin.place_filter import PlaceFilter
from organization.guarded_admin import GuardedAdmin
from personnel.admin import contract_pages, contract_signed
from personnel.admin.contract_filters import ForceFilter, OnFilter, RightFilter, StandingFilter
from personnel.admin.contract_forms import ContractForm
from personnel.admin.file_parts import without_links
from personnel.contracts.merger_tasks import settle
from personnel.contracts.of_member import first_values
from personnel.contracts.planning import EMPLOYER_HIDDEN
from personnel.contracts.standings import ENDING
from personnel.models import Contract, Member


@admin.register(Contract)
class ContractAdmin(GuardedAdmin):
    form = ContractForm
    list_display = ["person", "unit", "kind_told", "starts_on", "until", "signed_on", "employer_shown", "ended_on"]
    list_filter = [PlaceFilter, StandingFilter, ForceFilter, "kind", RightFilter, OnFilter]
    list_select_related = ["member", "unit"]
    search_fields = ["member__name", "member__pinyin", "member__initials", "number"]
    search_help_text = _("Name, pinyin or contract number")
    sortable_by = ["starts_on", "until", "signed_on"]
    autocomplete_fields = ["member", "employer", "recruiter", "using_unit"]
    actions = ["renew", "calendar", "signed", "end"]  # type: ignore[assignment]
    change_list_template = "personnel/contract/list.html"
    fieldsets = [
        (None, {"fields": ["member", ("kind", "number"), ("starts_on", "last_day"), "signed_on"]}),
        (_("Who recruits, uses and employs"), {"fields": [("recruiter", "using_unit", "employer")]}),
        (_("Ended early, or entered by mistake"), {"fields": [("ended_on", "ending"), "ending_note"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).numbered().with_employer()

    def get_ordering(self, request):
        """The next to end first, where ends are asked for; else the youngest."""
        asked = request.GET.get("standing")
        return ["ends_on" if asked in (*ENDING, "third", "ended") else "-starts_on", "unit_id", "member_id", "id"]

    def get_urls(self):
        return [
            path(f"{slug}/", self.admin_site.admin_view(view), name=f"personnel_contract_{slug}")
            for slug, view in {**contract_pages.PAGES, "signed": contract_signed.page}.items()
        ] + super().get_urls()

    # --- who may do what --------------------------------------------------------------------------

    def has_change_permission(self, request, obj=None):
        if not super().has_change_permission(request, obj):
            return False
        ours = rights.FORCES_WRITTEN.get(request.user.role, ())
        return obj is None or (obj.member.erased_on is None and obj.member.is_written_by(ours))

    # --- the form ---------------------------------------------------------------------------------

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.writer = request.user
        return form

    def get_readonly_fields(self, request, obj=None):
        return ["member"] if obj else []

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return without_links(super().formfield_for_dbfield(db_field, request, **kwargs), db_field)

    def get_changeform_initial_data(self, request):
        given = super().get_changeform_initial_data(request)
        text = str(given.get("member", ""))
        is_key = text.isascii() and text.isdecimal() and len(text) < 18
        member = Member.objects.filter(pk=int(text)).first() if is_key else None
        return given | (first_values(member, timezone.localdate()) if member else {})

    def save_model(self, request, obj, form, change):
        if not change:
            obj.unit_id = obj.member.unit_id
        super().save_model(request, obj, form, change)
        settle([obj.member_id])

    # --- columns ----------------------------------------------------------------------------------

    @admin.display(description=_("person"))
    def person(self, contract):
        return contract.member.name

    @admin.display(description=_("kind of contract"), ordering="kind")
    def kind_told(self, contract):
        nth = _("no. %(n)d") % {"n": contract.term} if contract.term else ""
        return f"{contract.get_kind_display()} {nth}"

    @admin.display(description=_("employer"))
    def employer_shown(self, contract):
        return contract.employer_name or EMPLOYER_HIDDEN

    @admin.display(description=_("contract until"), ordering="ends_on")
    def until(self, contract):
        return contract.last_day or _("open-ended")

    # --- many at once -----------------------------------------------------------------------------

    @admin.action(description=_("Renew"), permissions=["change"])
    def renew(self, request, queryset):
        return contract_pages.chosen(request, "renew", queryset)

    @admin.action(description=_("Bring to one calendar"), permissions=["change"])
    def calendar(self, request, queryset):
        return contract_pages.chosen(request, "calendar", queryset)

    @admin.action(description=_("Enter the day of signing"), permissions=["change"])
    def signed(self, request, queryset):
        return contract_signed.chosen(request, queryset)

    @admin.action(description=_("End contracts"), permissions=["change"])
    def end(self, request, queryset):
        return contract_pages.chosen(request, "end", queryset)
