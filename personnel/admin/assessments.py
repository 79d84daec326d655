"""Assessments in the browser: cycles and their examiners, kinship, results."""

from django.contrib import admin
from django.urls import path
from django.utils.translation import gettext_lazy as _

from organization.admin.place_filter import PlaceFilter
from organization.guarded_admin import GuardedAdmin
from personnel.admin import score_pages
from personnel.admin.file_parts import without_links
from personnel.admin.score_forms import CycleForm, ExaminerForm, KinshipForm
from personnel.assessment import scores
from personnel.models import Assessment, AssessmentCycle, Examiner, Kinship


class ExaminerInline(admin.TabularInline):
    model = Examiner
    form = ExaminerForm
    extra = 1
    autocomplete_fields = ["unit"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return without_links(super().formfield_for_dbfield(db_field, request, **kwargs), db_field)

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(AssessmentCycle)
class AssessmentCycleAdmin(GuardedAdmin):
    form = CycleForm
    change_form_template = "personnel/assessment/cycle.html"
    list_display = ["name", "starts_on", "ends_on", "closed_on"]
    ordering = ["-starts_on", "-id"]
    inlines = [ExaminerInline]
    FIELDS = [
        "name", "forces", ("starts_on", "ends_on"), "weighted",
        ("excellent_from", "qualified_from", "basic_from"), "excellent_share", "appeal_days",
    ]  # fmt: skip
    READ = [
        "name", "starts_on", "ends_on", "weighted_items", "excellent_share", "appeal_days", "closed_on",
    ]  # fmt: skip

    def get_fields(self, request, obj=None):
        return self.FIELDS if self.is_written(request, obj) else self.READ

    def get_readonly_fields(self, request, obj=None):
        return [] if self.is_written(request, obj) else self.READ

    def has_change_permission(self, request, obj=None):
        """Closed results stay as they are, and so do the terms that they were counted by."""
        return super().has_change_permission(request, obj) and not (obj and obj.closed_on)

    def is_written(self, request, obj):
        return self.has_change_permission(request, obj) if obj else self.has_add_permission(request)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.unit_id = request.user.unit_id
        super().save_model(request, obj, form, change)

    def get_urls(self):
        steps = {
            "scores": (score_pages.grid, scoring_right),
            "list": (score_pages.upload, score_pages.IMPORT),
            "results": (score_pages.result_page, score_pages.VIEW),
            "close": (score_pages.close, score_pages.CLOSE),
        }
        own = [
            path(
                f"<int:pk>/{step}/",
                self.admin_site.admin_view(score_pages.guarded(view, right)),
                name=f"personnel_assessmentcycle_{step}",
            )
            for step, (view, right) in steps.items()
        ]
        return own + super().get_urls()

    @admin.display(description=_("items and weights (%)"))
    def weighted_items(self, cycle):
        return "、".join(f"{item} {weight}" for item, weight in cycle.weighted_items)


scoring_right = "personnel.change_assessment"


@admin.register(Kinship)
class KinshipAdmin(GuardedAdmin):
    form = KinshipForm
    list_display = ["member", "account", "relation", "declared_on", "withdrawn_on"]
    list_select_related = ["member", "account"]
    list_filter = [PlaceFilter]
    ordering = ["unit_id", "-id"]
    autocomplete_fields = ["member"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return without_links(super().formfield_for_dbfield(db_field, request, **kwargs), db_field)

    def get_readonly_fields(self, request, obj=None):
        return ["member", "account", "relation", "declared_on"] if obj else ["withdrawn_on"]


class RatingFilter(admin.SimpleListFilter):
    title, parameter_name = _("rating"), "rating"

    def lookups(self, request, model_admin):
        return [("complete", _("complete")), ("incomplete", _("incomplete"))]

    def queryset(self, request, queryset):
        if self.value() == "complete":
            return queryset.complete()
        return queryset.filter(total=None) if self.value() == "incomplete" else queryset


@admin.register(Assessment)
class AssessmentAdmin(GuardedAdmin):
    change_form_template = "personnel/assessment/result.html"
    list_display = ["person", "unit", "cycle", "items", "points", "rating"]
    list_filter = [PlaceFilter, "cycle", RatingFilter]
    sortable_by = ["points"]
    ordering = ["unit_id", "member_id"]
    search_fields = ["member__name"]
    SHOWN = ("person", "unit", "cycle", "items", "points", "rating")
    fields = SHOWN
    readonly_fields = SHOWN

    def get_queryset(self, request):
        """With the person: a row stays where it happened, and is shown as long as the file is in sight as well."""
        return super().get_queryset(request).select_related("member", "unit", "cycle")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm(score_pages.VIEW)

    def render_change_form(self, request, context, *args, **kwargs):
        context["may_appeal"] = request.user.has_perm("personnel.add_appeal")
        context["appeals"] = kwargs["obj"].appeals.order_by("-id") if kwargs.get("obj") else []
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("person"))
    def person(self, sheet):
        return sheet.member.name

    @admin.display(description=_("scores"))
    def items(self, sheet):
        pairs = zip(sheet.cycle.items, sheet.scores, strict=True)
        return "、".join(f"{item} {scores.shown(score) or '–'}" for item, score in pairs)

    @admin.display(description=_("total score"), ordering="total")
    def points(self, sheet):
        return scores.shown_total(sheet.total) or "–"

    @admin.display(description=_("rating"))
    def rating(self, sheet):
        found = sheet.cycle.rating(sheet.total)
        return found.label if found else "–"
