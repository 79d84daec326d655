"""Kit in the browser: the catalogue, what is mandatory, campaigns, sizes and issued kit of single people."""

from django.contrib import admin
from django.urls import path
from django.utils.translation import gettext_lazy as _

from organization.admin.place_filter import PlaceFilter
from organization.guarded_admin import GuardedAdmin
from personnel.admin import kit_issue_pages, kit_list_pages, kit_pages
from personnel.admin.file_parts import without_links
from personnel.admin.kit_forms import CampaignForm, IssueForm, ScaleForm, SizeForm
from personnel.admin.privacy import OfAMember
from personnel.kit import tasks
from personnel.kit.terms import EXPORT, ISSUE, SIZES, TAKE_BACK
from personnel.models import KitCampaign, KitIssue, KitItem, KitScale, KitScheme, KitSetEntry, KitSize


class Catalogue(GuardedAdmin):
    """Reached from the list of campaigns; the index names campaigns, items and issued kit alone."""

    def get_model_perms(self, request):
        return {}


@admin.register(KitScheme)
class KitSchemeAdmin(Catalogue):
    list_display = ["name"]


@admin.register(KitScale)
class KitScaleAdmin(Catalogue):
    form = ScaleForm
    list_display = ["name", "in_order"]
    fields = ["name", "sizes"]

    def get_fields(self, request, obj=None):
        return self.fields if self.has_change_permission(request, obj) else ["name", "in_order"]

    @admin.display(description=_("sizes"))
    def in_order(self, scale):
        return "、".join(scale.sizes)


@admin.register(KitItem)
class KitItemAdmin(GuardedAdmin):
    list_display = ["name", "kind", "scheme", "scale", "retired_on"]
    list_select_related = ["scheme", "scale"]
    list_filter = ["kind", "scheme"]
    fields = ["name", "kind", "scheme", "scale", "retired_on"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return without_links(super().formfield_for_dbfield(db_field, request, **kwargs), db_field)


@admin.register(KitSetEntry)
class KitSetEntryAdmin(Catalogue):
    list_display = ["force", "item", "count", "valid_from", "valid_until"]
    list_display_links = ["force", "item"]
    list_select_related = ["item__scheme"]
    list_filter = ["force"]
    fields = ["force", "item", "count", ("valid_from", "valid_until")]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return without_links(super().formfield_for_dbfield(db_field, request, **kwargs), db_field)


@admin.register(KitCampaign)
class KitCampaignAdmin(GuardedAdmin):
    form = CampaignForm
    list_display = ["name", "scheme", "issue_on", "in_use_on", "opened_on", "closed_on"]
    list_select_related = ["scheme"]
    change_list_template = "personnel/kit/campaigns.html"
    fields = ["name", "forces", "scheme", ("issue_on", "in_use_on")]

    def get_readonly_fields(self, request, obj=None):
        """By these terms the recipients were found."""
        return ["forces", "scheme", "issue_on"] if obj and obj.opened_on else []

    def get_fields(self, request, obj=None):
        return ["name", "scheme", ("issue_on", "in_use_on")] if obj and obj.opened_on else self.fields

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return without_links(super().formfield_for_dbfield(db_field, request, **kwargs), db_field)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.unit_id = request.user.unit_id
        super().save_model(request, obj, form, change)

    def get_urls(self):
        steps = {
            "open": (kit_pages.open_campaign, kit_pages.RUN),
            "newcomers": (kit_pages.newcomers, kit_pages.RUN),
            "close": (kit_pages.close, kit_pages.RUN),
            "recipients": (kit_issue_pages.recipients_page, kit_pages.NEEDED),
            "scan": (kit_issue_pages.scan_page, ISSUE),
            "sizes": (kit_issue_pages.sizes_page, SIZES),
            "shortages": (kit_list_pages.short_page, kit_pages.NEEDED),
            "shortages-export": (kit_list_pages.short_export, EXPORT),
            "old": (kit_list_pages.old_page, kit_pages.NEEDED),
            "old-export": (kit_list_pages.old_export, EXPORT),
        }
        own = [
            path(
                f"<int:pk>/{step}/",
                self.admin_site.admin_view(kit_pages.guarded(view, right)),
                name=f"personnel_kitcampaign_{step.replace('-', '_')}",
            )
            for step, (view, right) in steps.items()
        ]
        return own + super().get_urls()

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """A campaign is shown as it stands; its terms are changed with `?terms=1`."""
        is_form = object_id is None or (request.GET.get("terms") and self.has_change_permission(request))
        if is_form or not self.has_view_permission(request):
            return super().changeform_view(request, object_id, form_url, extra_context)
        campaign = self.get_object(request, object_id)
        if campaign is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return kit_pages.page(request, campaign)


@admin.register(KitSize)
class KitSizeAdmin(Catalogue, OfAMember):
    form = SizeForm
    list_display = ["person", "unit", "scale", "size", "file"]
    list_select_related = ["member", "unit", "scale"]
    list_filter = [PlaceFilter, "scale"]
    fields = ["member", "scale", "size"]
    ordering = ["unit_id", "member_id", "scale_id"]

    def get_readonly_fields(self, request, obj=None):
        return ["member", "scale"] if obj else []


@admin.register(KitIssue)
class KitIssueAdmin(OfAMember):
    form = IssueForm
    list_display = ["person", "unit", "item", "size", "count", "issued_on", "returned_on", "file"]
    list_select_related = ["member", "unit", "item__scheme"]
    list_filter = [PlaceFilter, "campaign", "ending"]
    ordering = ["unit_id", "member_id", "item_id", "id"]
    sortable_by = []
    GIVEN = ["member", "item", "size", "count", "issued_on"]

    def get_fields(self, request, obj=None):
        return [*self.GIVEN, "campaign", "returned_on", "ending"] if obj else self.GIVEN

    def get_readonly_fields(self, request, obj=None):
        return ["member", "item", "campaign"] if obj else []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "item":
            kwargs["queryset"] = KitItem.objects.filter(retired_on=None).select_related("scheme")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not change:
            tasks.mark_done([obj.member_id], obj.issued_on)

    def get_urls(self):
        pages = {
            "gaps": (kit_list_pages.gaps_page, kit_list_pages.VIEW),
            "gaps-export": (kit_list_pages.gaps_export, EXPORT),
            "shortages": (kit_list_pages.short_of_sets, kit_list_pages.VIEW),
            "shortages-export": (kit_list_pages.short_of_sets_export, EXPORT),
            "returns": (kit_list_pages.returns_page, TAKE_BACK),
        }
        own = [
            path(
                f"{page}/",
                self.admin_site.admin_view(kit_list_pages.allowed(view, right)),
                name=f"personnel_kitissue_{page.replace('-', '_')}",
            )
            for page, (view, right) in pages.items()
        ]
        return own + super().get_urls()
