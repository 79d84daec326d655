"""Transfers in the browser: what one's units ask for, and what is asked of them."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization.guarded_admin import GuardedAdmin
from personnel.admin import transfer_pages
from personnel.models import TransferConsent, TransferRequest
from personnel.transfers import lapsing


class StandingOfRequest(admin.SimpleListFilter):
    title, parameter_name = _("standing"), "standing"

    def lookups(self, request, model_admin):
        return [("open", _("sent, not answered")), ("lately", _("my own, answered in the last 7 days"))]

    def queryset(self, request, queryset):
        if self.value() == "lately":
            return queryset.lately_answered(request.user, timezone.localdate())
        return queryset.open() if self.value() == "open" else queryset


class StandingOfConsent(admin.SimpleListFilter):
    title, parameter_name = _("standing"), "standing"

    def lookups(self, request, model_admin):
        return [("mine", _("waiting for my decision")), ("waiting", _("waiting")), ("decided", _("decided"))]

    def queryset(self, request, queryset):
        if self.value() == "mine":
            return queryset.decidable_by(request.user)
        if self.value() == "waiting":
            return queryset.waiting()
        return queryset.exclude(decision="") if self.value() == "decided" else queryset


class TransferAdmin(GuardedAdmin):
    """What both sides' lists have in common: rows are looked at, and changed by their own pages only."""

    sortable_by = ()

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description=_("what for"))
    def kind(self, row):
        return _("transfer") if row.is_whole else _("second service, %(share)d %%") % {"share": row.share}

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if object_id is None or not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return self.page(request, row)

    def step(self, name, view):
        """The address of a step that is posted."""
        route = f"{self.opts.app_label}_{self.opts.model_name}_{name}"
        return path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=route)


@admin.register(TransferRequest)
class TransferRequestAdmin(TransferAdmin):
    list_display = ["name", "unit", "force", "kind", "asked_on", "standing"]
    list_display_links = ["name"]
    list_select_related = ["unit"]
    list_filter = [StandingOfRequest]
    ordering = ["-id"]
    change_list_template = "personnel/transfers/requests.html"
    page = staticmethod(transfer_pages.request_page)
    nothing_here = _("Nobody was asked for yet. Who is kept by another unit is asked for by number and name.")

    def has_add_permission(self, request):
        return request.user.has_perm(transfer_pages.MAY_ASK)

    def get_urls(self):
        return [self.step("withdraw", transfer_pages.withdraw), *super().get_urls()]

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        return transfer_pages.ask(request)

    @admin.display(description=_("standing"))
    def standing(self, asked):
        if asked.answer:
            return f"{asked.get_answer_display()} {asked.answered_on}"
        return _("sent, until %(day)s") % {"day": lapsing.last_day(asked.asked_on)}


@admin.register(TransferConsent)
class TransferConsentAdmin(TransferAdmin):
    list_display = ["person", "unit", "to_unit", "force", "kind", "asked_on", "standing"]
    list_display_links = ["person"]
    list_select_related = ["unit", "to_unit"]
    list_filter = [StandingOfConsent]
    ordering = ["-id"]
    nothing_here = _("No other unit has asked for anybody of yours.")
    page = staticmethod(transfer_pages.consent_page)

    def get_queryset(self, request):
        return super().get_queryset(request).with_name()

    def get_urls(self):
        return [self.step("decide", transfer_pages.decide), *super().get_urls()]

    @admin.display(description=pgettext_lazy("person", "name"))
    def person(self, consent):
        return consent.name

    @admin.display(description=_("standing"))
    def standing(self, consent):
        if consent.decision:
            return f"{consent.get_decision_display()} {consent.decided_on}"
        return _("waiting, until %(day)s") % {"day": lapsing.last_day(consent.asked_on)}
