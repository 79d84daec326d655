"""Appeals in the browser: recorded from a result, decided on a page of their own."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization import draft_pages, drafts
from organization.admin.place_filter import PlaceFilter
from organization.guarded_admin import GuardedAdmin
from organization.refused_by_database import sentence
from personnel.admin.score_forms import AppealForm, DecisionForm
from personnel.assessment import appeals
from personnel.models import Appeal, Assessment

TOO_EARLY = gettext_lazy(
    "Appeals come in once the results are closed, or the placement is confirmed, and until their last day."
)


class DecidedFilter(admin.SimpleListFilter):
    title, parameter_name = gettext_lazy("standing"), "standing"

    def lookups(self, request, model_admin):
        return [("undecided", _("undecided")), ("decided", _("decided"))]

    def queryset(self, request, queryset):
        if self.value() == "undecided":
            return queryset.undecided()
        return queryset.exclude(decided_at=None) if self.value() == "decided" else queryset


@admin.register(Appeal)
class AppealAdmin(GuardedAdmin):
    list_display = ["person", "unit", "received_on", "last_day", "decided_at", "is_upheld"]
    list_filter = [PlaceFilter, DecidedFilter]
    ordering = ["-id"]

    def get_queryset(self, request):
        """With the person: a row stays where it happened, and is shown as long as the file is in sight as well."""
        return super().get_queryset(request).select_related("member", "unit")

    def has_change_permission(self, request, obj=None):
        return False

    def get_urls(self):
        named = path("<int:pk>/decide/", self.admin_site.admin_view(self.decide_view), name="personnel_appeal_decide")
        return [named, *super().get_urls()]

    @admin.display(description=gettext_lazy("person"))
    def person(self, appeal):
        return appeal.member.name

    def add_view(self, request, form_url="", extra_context=None):
        """Recording one against the result in the address."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        key = request.GET.get("assessment", "")
        sheets = Assessment.objects.select_related("member", "cycle", "unit")
        sheet = sheets.filter(pk=int(key) if key.isdecimal() and len(key) < 19 else 0).first()
        if sheet is None:
            messages.info(request, _("Open the result that is objected to, and record the appeal from there."))
            return redirect(reverse("admin:personnel_assessment_changelist"))
        led_to = reverse("admin:personnel_assessment_change", args=[sheet.pk])
        if request.method == "POST" and (led := draft_pages.saved_before(request, led_to)):
            return led
        form = AppealForm(request.POST or None, initial={"received_on": timezone.localdate()})
        if request.method == "POST" and form.is_valid() and self.recorded(request, sheet, form):
            drafts.settle(request, led_to)
            return redirect(led_to)
        return self.page(request, "record", sheet, form)

    def recorded(self, request, sheet, form):
        try:
            with transaction.atomic():
                appeals.record(sheet, request.user, form.cleaned_data["received_on"], form.cleaned_data["grounds"])
        except DatabaseError as error:
            said = sentence(error)
            if said is None:
                raise
            is_early = getattr(error.__cause__, "pgcode", "") == "42501"
            form.add_error(None, TOO_EARLY if is_early else said)
            return False
        messages.success(request, _("The appeal was recorded; somebody who did not score this person decides it."))
        return True

    def decide_view(self, request, pk):
        if not request.user.has_perm(appeals.DECIDE):
            raise PermissionDenied
        appeal = Appeal.objects.select_related("member", "unit", "assessment__cycle").filter(pk=pk).first()
        if appeal is None:
            raise Http404
        led_to = reverse("admin:personnel_appeal_changelist")
        if request.method == "POST" and (led := draft_pages.saved_before(request, led_to)):
            return led
        if appeal.decided_at:
            if request.method == "POST":
                messages.error(request, _("This appeal was decided already."))
            return redirect(reverse("admin:personnel_appeal_change", args=[appeal.pk]))
        sheet = appeal.assessment
        form = DecisionForm(request.POST or None, sheet=sheet)
        if request.method == "POST" and form.is_valid() and self.decided(request, appeal, form):
            drafts.settle(request, led_to)
            return redirect(led_to)
        return self.page(request, "decide", sheet, form, appeal=appeal)

    def decided(self, request, appeal, form):
        is_upheld = form.cleaned_data["is_upheld"]
        try:
            with transaction.atomic():
                appeals.decide(
                    appeal, request.user, is_upheld=is_upheld, reason=form.cleaned_data["reason"],
                    scores=form.scores if is_upheld else None,
                )  # fmt: skip
        except appeals.AppealRefused as refusal:
            form.add_error(None, str(refusal))
            return False
        except DatabaseError as error:  # carried out at this very moment, say
            if (said := sentence(error)) is None:
                raise
            form.add_error(None, said)
            return False
        messages.success(request, _("The appeal was decided."))
        return True

    def page(self, request, which, sheet, form, **more):
        context = self.admin_site.each_context(request) | {
            "opts": self.opts, "sheet": sheet, "form": form, "title": sheet.member.name, **more,
        }  # fmt: skip
        return render(request, f"personnel/assessment/{which}.html", context)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        more = {"may_decide": request.user.has_perm(appeals.DECIDE)}
        return super().changeform_view(request, object_id, form_url, more | (extra_context or {}))

    change_form_template = "personnel/assessment/appeal.html"
    SHOWN = ("person", "unit", "received_on", "last_day", "grounds", "decided_at", "is_upheld", "reason")
    fields = SHOWN
    readonly_fields = SHOWN
