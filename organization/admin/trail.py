"""The auditor's two lists: changed rows (the trail) and security events. Nobody writes either; both can be exported."""

from collections.abc import Iterator
from itertools import islice

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization import event_words, events, trail_labels
from organization.admin.looks import looks_page
from organization.admin.place_filter import PlaceFilter
from organization.admin.trail_filters import AccountFilter, PeriodFilter, TableFilter, TypedNameFilter
from organization.guarded_admin import GuardedAdmin
from organization.models import SecurityEvent, TrailEntry
from organization.trail_export import csv_file

MOST_EXPORTED = 100_000
ROWS_AT_ONCE = 2000


class LogAdmin(GuardedAdmin):
    """A list that is read and exported. Subclasses name the columns of the export and write its rows."""

    change_list_template = "organization/trail_list.html"
    change_form_template = "organization/trail_entry.html"
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()
    search_fields = ("request",)
    export_header: tuple = ()

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_export_permission(self, request):
        return request.user.has_perm(f"organization.export_{self.opts.model_name}")

    def get_ordering(self, request):
        """By number, which is the order of writing; days are found by the index on the time."""
        return ("-at", "-id") if {"since", "until"} & request.GET.keys() else ("-id",)

    def changelist_view(self, request, extra_context=None):
        context = {"may_export": self.has_export_permission(request), "title": self.opts.verbose_name_plural}
        return super().changelist_view(request, context | (extra_context or {}))

    def get_urls(self):
        name = f"organization_{self.opts.model_name}_export"
        return [path("export/", self.admin_site.admin_view(self.export_view), name=name), *super().get_urls()]

    def export_view(self, request):
        """POST with the list's own query: all rows that it shows, on every page of it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_export_permission(request):
            raise PermissionDenied
        found = self.get_changelist_instance(request).queryset
        count = found.order_by()[: MOST_EXPORTED + 1].count()
        if count > MOST_EXPORTED:
            said = _("More than %(most)s rows: please choose fewer days before exporting.")
            messages.error(request, said % {"most": f"{MOST_EXPORTED:,}"})
            listed = reverse(f"admin:organization_{self.opts.model_name}_changelist")
            return HttpResponseRedirect(f"{listed}?{request.GET.urlencode()}")
        events.record("export", rows=count, table=self.opts.model_name, filters=request.GET.urlencode())
        name = f"{self.opts.verbose_name_plural}-{timezone.localtime():%Y%m%d-%H%M}-{request.user.username}.csv"
        return csv_file([str(title) for title in self.export_header], self.export_rows(found, request.user), name)

    def export_rows(self, found, reader) -> Iterator[list]:
        raise NotImplementedError


class TrailList(ChangeList):
    """The stock list; a page is put into words at once."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        for told in trail_labels.tell(self.result_list, request.user):
            told.entry.told = told


@admin.register(TrailEntry)
class TrailEntryAdmin(LogAdmin):
    list_display = ("time", "who", "action", "what", "unit", "fields_changed", "address", "request")
    list_filter = (PeriodFilter, AccountFilter, TableFilter, "action", PlaceFilter)
    list_select_related = ("unit",)
    search_help_text = gettext_lazy("A whole request number or batch.")
    fields = ("time", "who", "action", "what", "row", "unit", "member", "address", "origin", "request", "batch")
    readonly_fields = ("time", "who", "what")
    export_header = (
        gettext_lazy("number"), gettext_lazy("time"), gettext_lazy("who"), gettext_lazy("action"), gettext_lazy("what"),
        gettext_lazy("row"), gettext_lazy("unit"), gettext_lazy("member"), gettext_lazy("changes"),
        gettext_lazy("address"), gettext_lazy("page or command"), gettext_lazy("request"), gettext_lazy("batch"),
    )  # fmt: skip

    def get_changelist(self, request, **kwargs):
        return TrailList

    def get_ordering(self, request):
        """By number also where days are chosen: they are found by ranges of pages, which are in no order of time."""
        return ("-id",)

    def get_search_results(self, request, queryset, search_term):
        text = search_term.strip()
        return (queryset.filter(Q(request=text) | Q(batch=text)) if text else queryset), False

    def render_change_form(self, request, context, *args, **kwargs):
        (told,) = trail_labels.tell([context["original"]], request.user)
        return super().render_change_form(request, context | {"told": told}, *args, **kwargs)

    @admin.display(description=gettext_lazy("time"))
    def time(self, entry):
        return moment(entry.at)

    @admin.display(description=gettext_lazy("who"))
    def who(self, entry):
        return entry.who

    @admin.display(description=gettext_lazy("what"))
    def what(self, entry):
        return trail_labels.table_label(entry.table)

    @admin.display(description=gettext_lazy("fields"))
    def fields_changed(self, entry):
        return entry.told.summary

    def export_rows(self, found, reader):
        entries = found.select_related("unit").iterator(chunk_size=ROWS_AT_ONCE)
        while chunk := list(islice(entries, ROWS_AT_ONCE)):
            for told in trail_labels.tell(chunk, reader):
                entry = told.entry
                yield [
                    entry.pk, moment(entry.at), self.who(entry), entry.get_action_display(), told.what,
                    entry.row, entry.unit or "", entry.member, told.text,
                    entry.address, entry.origin, entry.request, entry.batch,
                ]  # fmt: skip


@admin.register(SecurityEvent)
class SecurityEventAdmin(LogAdmin):
    list_display = ("time", "kind", "username", "told_reason", "told_detail", "address", "request")
    list_filter = (PeriodFilter, TypedNameFilter, "kind")
    search_help_text = gettext_lazy("A whole request number.")
    fields = (
        "time", "kind", "username", "unit", "member", "told_reason", "told_detail", "address", "origin", "request",
    )  # fmt: skip
    readonly_fields = ("time", "told_reason", "told_detail")
    export_header = (
        gettext_lazy("number"), gettext_lazy("time"), gettext_lazy("kind"), gettext_lazy("user name"),
        gettext_lazy("unit"), gettext_lazy("member"), gettext_lazy("reason"), gettext_lazy("detail"),
        gettext_lazy("address"), gettext_lazy("page or command"), gettext_lazy("request"),
    )  # fmt: skip

    def get_urls(self):
        looks = path("looks/", self.admin_site.admin_view(looks_page), name="organization_securityevent_looks")
        return [looks, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"has_looks": True} | (extra_context or {}))

    def get_search_results(self, request, queryset, search_term):
        text = search_term.strip()
        return (queryset.filter(request=text) if text else queryset), False

    @admin.display(description=gettext_lazy("time"))
    def time(self, event):
        return moment(event.at)

    @admin.display(description=gettext_lazy("reason"))
    def told_reason(self, event):
        return event_words.reason(event)

    @admin.display(description=gettext_lazy("detail"))
    def told_detail(self, event):
        return event_words.detail(event)

    def export_rows(self, found, reader):
        for event in found.iterator(chunk_size=ROWS_AT_ONCE):
            yield [
                event.pk, moment(event.at), event.get_kind_display(), event.username, event.unit, event.member,
                self.told_reason(event), self.told_detail(event), event.address, event.origin, event.request,
            ]  # fmt: skip


def moment(at) -> str:
    """Local time to the second: entries of one minute are told apart."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"
