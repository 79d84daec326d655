"""The list of people: who serves, or served, in a unit and everything below it, on a day."""

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, OuterRef
from django.shortcuts import redirect
from django.urls import path
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization import divisions
from organization.guarded_admin import CappedPaginator, GuardedAdmin
from personnel import list_columns
from personnel.admin import bulk_pages, file_pages, list_pages, move_pages, people_table, prints
from personnel.admin.people_filters import FILTERS, selection
from personnel.exports import pages
from personnel.exports.export import RIGHT
from personnel.models import Assignment, Card, Member
from personnel.people import Selection
from personnel.privacy import notices
from personnel.realname import pages as realname

CAP_ABOVE = 5_001
# What a list says of a service.
SHOWN = (
    "member", "unit", "force", "sponsor", "category", "post", "grade", "badge", "started_on", "ended_on",
    "contract_until", "employer__name",
)  # fmt: skip


def is_above_districts(asked: Selection) -> bool:
    return bool(asked.unit) and divisions.level(asked.unit) in {"province", "city"}


class PeoplePaginator(CappedPaginator):
    """Counts the people instead of their cards, which is four times as fast.

    Above a district it counts to 5,001: nobody leafs through more, and figures of cities are the dashboard's.
    """

    def __init__(self, *given, asked, **more):
        super().__init__(*given, **more)
        self.asked = asked
        if is_above_districts(asked):
            self.cap = CAP_ABOVE

    @cached_property
    def count(self):
        return self.asked.count(self.cap)


class PeopleList(ChangeList):
    """The stock list over one selection; what a page shows of services is fetched for the page at once."""

    def get_queryset(self, request, exclude_parameters=None):
        self.selection = selection(request)
        request.asked = self.selection  # for the paginator
        if is_above_districts(self.selection):
            self.sortable_by = ["name"]  # has an index; to sort millions of people by age takes seconds
        self.filter_specs, self.has_filters, *_unused = self.get_filters(request)
        self.has_active_filters = any(spec.used_parameters for spec in self.filter_specs)
        self.clear_all_filters_qs = self.get_query_string(
            remove=[name for spec in self.filter_specs for name in spec.expected_parameters()]
        )
        ordering = self.get_ordering(request, self.root_queryset)
        return self.selection.cards().select_related("unit").order_by(*ordering)

    def get_ordering_field(self, field_name):
        """None for columns that the page does not offer for sorting, whatever the address says."""
        return super().get_ordering_field(field_name) if field_name in (self.sortable_by or ()) else None

    def get_results(self, request):
        """Which cards are on the page is asked first, so that pages far back skip keys and not whole rows."""
        super().get_results(request)
        page = list(self.result_list.values_list("pk", flat=True))
        has_file = Exists(Member.objects.filter(pk=OuterRef("member")))
        found = Card.objects.select_related("unit").annotate(has_file=has_file).in_bulk(page) if page else {}
        self.result_list = [found[key] for key in page if key in found]
        services = self._services(self.result_list) if page else {}
        for card in self.result_list:
            card.service = services.get((card.member_id, card.unit_id))
            card.day = self.selection.day

    def _services(self, cards):
        """The service of each card that runs on the day, else its last one: {(member, unit): Assignment}."""
        found = Assignment.objects.filter(
            member__in=[card.member_id for card in cards], started_on__lte=self.selection.day
        )
        found = found.order_by("started_on").select_related("employer").only(*SHOWN)
        return {(row.member_id, row.unit_id): row for row in found}

    @cached_property
    def table(self):
        return people_table.table(self)

    @cached_property
    def filters(self):
        """(title, template, choices) of each filter."""
        return [
            (each.title, each.template, list(each.choices(self))) for each in self.filter_specs if each.has_output()
        ]


@admin.action(description=_("Move to another unit"), permissions=["move"])
def move_people(model_admin, request, queryset):
    """To the page that asks where to: with the people who were ticked, or the whole list."""
    return move_pages.of_the_list(request, queryset)


def column(title, ordering=None):
    """The head of a column that is no field of the card."""
    return admin.display(description=title, ordering=ordering)(lambda _admin, card: "")


@admin.register(Card)
class CardAdmin(GuardedAdmin):
    list_display = list_columns.USUAL
    list_filter = FILTERS
    sortable_by = ["name", "age"]
    ordering = ["unit_id", "member_id"]
    search_fields = ["name"]
    search_help_text = _("Name, pinyin or initials; a whole document or phone number.")
    change_list_template = "personnel/people.html"
    fields = ["name", "sex", "birth_date", "education", "occupation", "mask", "unit", "services"]
    readonly_fields = ["services"]
    actions = [move_people]  # type: ignore[assignment]  # the other lists have none

    def get_changelist(self, request, **kwargs):
        return PeopleList

    def get_list_display(self, request):
        if not hasattr(request, "list_columns"):
            request.list_columns = list_columns.chosen(request.user)
        return request.list_columns

    def get_paginator(self, request, *given, **more):
        return PeoplePaginator(*given, asked=request.asked, **more)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_move_permission(self, request):
        return request.user.has_perm(move_pages.MAY_MOVE)

    def get_urls(self):
        named = [
            path("move/", self.admin_site.admin_view(move_pages.move_page), name="personnel_card_move"),
            path("export/", self.admin_site.admin_view(pages.export_page), name="personnel_card_export"),
            path("template/", self.admin_site.admin_view(pages.template_page), name="personnel_card_template"),
            path("print/", self.admin_site.admin_view(prints.print_page), name="personnel_card_print"),
            path("columns/", self.admin_site.admin_view(list_pages.columns_page), name="personnel_card_columns"),
            path("filters/", self.admin_site.admin_view(list_pages.filters_page), name="personnel_card_filters"),
            path("bulk/", self.admin_site.admin_view(bulk_pages.bulk_page), name="personnel_card_bulk"),
            path("notice/", self.admin_site.admin_view(file_pages.notice_page), name="personnel_card_notice"),
            path(
                "notice/print/", self.admin_site.admin_view(file_pages.notice_paper), name="personnel_card_notice_paper"
            ),
        ]
        return named + super().get_urls()

    def changelist_view(self, request, extra_context=None):
        if not request.GET and request.method == "GET":
            request.list_columns, query = list_columns.on_opening(request.user)
            if query:
                return redirect(f"{request.path}?{query}&opened=1")
        may = {
            "may_add": "personnel.add_member",
            "may_export": RIGHT,
            "may_add_photos": "personnel.add_photo",
            "may_record": realname.NEEDED,
            "may_give": notices.GIVES,
            "may_edit": "personnel.change_member",
        }
        context = {name: request.user.has_perm(right) for name, right in may.items()} | {"title": _("People")}
        return super().changelist_view(request, context | (extra_context or {}))

    # What the cells of these columns say stands in `people_table`.
    name = column(pgettext_lazy("person", "name"), ordering="pinyin")
    age = column(_("age"), ordering="-birth_date")
    force = column(_("force"))
    sponsor = column(_("run by"))
    category = column(_("category"))
    post = column(_("post"))
    grade = column(_("grade"))
    badge = column(_("service number"))
    employer = column(_("employer"))
    contract_until = column(_("contract until"))
    since = column(_("served"))

    @admin.display(description=_("services in your unit"))
    def services(self, card):
        rows = Assignment.objects.filter(member=card.member_id).select_related("unit")
        return "；".join(
            f"{row.unit} {row.get_force_display()} {row.started_on} – {row.ended_on or ''}" for row in rows
        )
