"""What is owed to people: terms, corrections, notices, holds, and the way to the pages of an erasure."""

from django import forms
from django.contrib import admin
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization.guarded_admin import GuardedAdmin, RefusableForm
from organization.scope import current
from personnel.admin import erasure_pages
from personnel.admin.file_parts import without_links
from personnel.models import CorrectionRequest, ErasureBatch, ErasureHold, Member, NoticeText, PrivacyTerm
from personnel.privacy import erasure, terms


@admin.register(PrivacyTerm)
class PrivacyTermAdmin(GuardedAdmin):
    list_display = ["kind", "valid_from", "valid_until", "length", "source"]
    list_filter = ["kind"]
    ordering = ["kind", "-valid_from"]


@admin.register(NoticeText)
class NoticeTextAdmin(GuardedAdmin):
    list_display = ["title", "valid_from", "is_given"]
    fields = ["title", "valid_from", "body"]
    ordering = ["-valid_from"]

    def has_change_permission(self, request, obj=None):
        """What somebody was given stays as it was; a new version is added."""
        return super().has_change_permission(request, obj) and not (obj and obj.given.exists())

    @admin.display(description=_("given"), boolean=True)
    def is_given(self, notice):
        return notice.given.exists()


class FileForm(RefusableForm):
    """A row of a file that is chosen by its person, once."""

    def clean_member(self):
        member = self.cleaned_data["member"]
        if member.erased_on:
            raise forms.ValidationError(_("This file was erased; nothing is entered in it any more."))
        return member


class CorrectionForm(FileForm):
    """Recording a request, and answering it: who does so, and by when an answer is due, is not typed."""

    class Meta:
        model = CorrectionRequest
        fields = ["member", "wrong", "wanted", "brought_by", "received_on", "outcome", "reason", "answered_on"]

    def clean(self):
        cleaned = super().clean()
        today = timezone.localdate()
        for name in ("received_on", "answered_on"):
            if cleaned.get(name) and cleaned[name] > today:
                self.add_error(name, _("This day lies in the future."))
        if self.instance._state.adding and cleaned.get("received_on"):
            self.instance.recorded_by = current().actor
            self.instance.due_on = terms.correction_due(cleaned["received_on"])
        if cleaned.get("outcome"):
            cleaned["answered_on"] = cleaned.get("answered_on") or today
            self.instance.answered_by = current().actor
        return cleaned


STANDINGS = {"open": _("waits for an answer"), "overdue": _("overdue"), "answered": _("answered")}


class StandingFilter(admin.SimpleListFilter):
    title, parameter_name = _("standing"), "standing"

    def lookups(self, request, model_admin):
        return list(STANDINGS.items())

    def queryset(self, request, queryset):
        if self.value() == "overdue":
            return queryset.overdue(timezone.localdate())
        if self.value() == "open":
            return queryset.open()
        return queryset.exclude(answered_on=None) if self.value() == "answered" else queryset


class OfAMember(GuardedAdmin):
    """Rows of files: chosen by their person once, listed with the way to the file."""

    list_select_related = ["member", "unit"]
    list_display_links = ["person"]

    def get_model_perms(self, request):
        """Not added from the index: one begins with the person's file."""
        return super().get_model_perms(request) | {"add": False}

    def changelist_view(self, request, extra_context=None):
        """Nor from the list, where nobody is chosen yet."""
        return super().changelist_view(request, {"has_add_permission": False} | (extra_context or {}))

    def get_readonly_fields(self, request, obj=None):
        return ["member"] if obj else []

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return without_links(super().formfield_for_dbfield(db_field, request, **kwargs), db_field)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """The person is the one whose file led here: nobody leafs through a list of thousands."""
        if db_field.name == "member":
            asked = request.POST.get("member") or request.GET.get("member") or ""
            is_key = asked.isascii() and asked.isdecimal() and len(asked) < 18
            kwargs["queryset"] = Member.objects.filter(pk=int(asked)) if is_key else Member.objects.none()
            kwargs["help_text"] = _("To choose somebody, open the file and go on from there.")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=pgettext_lazy("person", "name"))
    def person(self, row):
        return row.member.name

    @admin.display(description=_("file"))
    def file(self, row):
        url = reverse("admin:personnel_member_change", args=[row.member_id])
        return format_html('<a href="{}">{}</a>', url, _("open the file"))


@admin.register(CorrectionRequest)
class CorrectionRequestAdmin(OfAMember):
    form = CorrectionForm
    list_display = ["person", "unit", "wrong", "received_on", "due_on", "standing", "file"]
    list_filter = [StandingFilter]
    ordering = ["answered_on", "due_on", "id"]
    nothing_here = _("No request for a correction was recorded yet. It is recorded from the file of the person.")
    REQUEST = ["member", "wrong", "wanted", "brought_by", "received_on"]
    ANSWER = ["outcome", "reason", "answered_on"]

    def get_fieldsets(self, request, obj=None):
        asked = (_("What was asked"), {"fields": [*self.REQUEST, *(["due_on"] if obj else [])]})
        return [asked, (_("Answer"), {"fields": self.ANSWER})] if obj else [asked]

    def get_readonly_fields(self, request, obj=None):
        """What was asked stays as it was recorded."""
        return [*self.REQUEST, "due_on"] if obj else []

    def has_change_permission(self, request, obj=None):
        """An answer is given once. The row is asked, not the object, which a form that is sent back has written to."""
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or CorrectionRequest.objects.open().filter(pk=obj.pk).exists()

    def get_changeform_initial_data(self, request):
        return {"received_on": timezone.localdate()} | super().get_changeform_initial_data(request)

    @admin.display(description=_("standing"))
    def standing(self, row):
        if row.answered_on:
            return row.get_outcome_display()
        return STANDINGS["overdue" if row.due_on < timezone.localdate() else "open"]


class HoldForm(FileForm):
    class Meta:
        model = ErasureHold
        fields = ["member", "reason", "held_from", "lifted_on"]

    def clean(self):
        if self.instance._state.adding:
            self.instance.set_by = current().actor
        return super().clean()


@admin.register(ErasureHold)
class ErasureHoldAdmin(OfAMember):
    form = HoldForm
    list_display = ["person", "unit", "reason", "held_from", "lifted_on"]
    fields = ["member", "reason", "held_from", "lifted_on"]
    ordering = ["unit_id", "member_id"]
    nothing_here = _("No file is held. A hold is set from the file of the person.")

    def get_changeform_initial_data(self, request):
        return {"held_from": timezone.localdate()} | super().get_changeform_initial_data(request)


@admin.register(ErasureBatch)
class ErasureBatchAdmin(GuardedAdmin):
    list_display = ["id", "reason", "proposed_at", "standing", "approved_at"]
    ordering = ["-id"]
    change_list_template = "personnel/privacy/erasures.html"
    nothing_here = _("No erasure was proposed yet.")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        context = {"may_propose": request.user.has_perm(erasure.PROPOSES)}
        return super().changelist_view(request, context | (extra_context or {}))

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if object_id is None or not self.has_view_permission(request):
            return super().changeform_view(request, object_id, form_url, extra_context)
        batch = self.get_object(request, object_id)
        if batch is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return erasure_pages.page(request, batch)

    def get_urls(self):
        view = self.admin_site.admin_view
        own = [
            path("due/", view(erasure_pages.due_page), name="personnel_erasurebatch_due"),
            path("<int:pk>/decide/", view(erasure_pages.decide), name="personnel_erasurebatch_decide"),
        ]
        return own + super().get_urls()

    @admin.display(description=_("standing"))
    def standing(self, batch):
        return erasure_pages.STATES[batch.state]
