"""Appointments to posts: a member or an outside official, from a day on; ended, never overwritten."""

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization.admin.place_filter import PlaceFilter
from organization.guarded_admin import GuardedAdmin, RefusableForm
from personnel import people, vacancies
from personnel.models import Appointment, Card


class AppointmentForm(RefusableForm):
    """Who, from when, until when. The post must exist on the first day."""

    class Meta:
        model = Appointment
        fields = "__all__"

    def clean(self):
        cleaned = super().clean()
        day = cleaned.get("started_on")
        post = cleaned.get("post") or getattr(self.instance, "post", None)
        if day and post and not exists_on(post, day):
            self.add_error("started_on", _("The post does not exist on that day."))
        return cleaned


def exists_on(post, day):
    ends = [end for end in (post.abolished_on, post.team.disbanded_on) if end]
    return post.team.established_on <= day and all(day < end for end in ends)


class StandingFilter(admin.SimpleListFilter):
    title, parameter_name = _("standing"), "standing"

    def lookups(self, request, model_admin):
        return [("running", _("running")), ("past", _("past"))]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        if self.value() == "running":
            return queryset.on(today)
        return queryset.filter(ended_on__lte=today) if self.value() == "past" else queryset


class AppointmentList(ChangeList):
    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        for appointment, shown in zip(self.result_list, vacancies.described(self.result_list), strict=True):
            appointment.shown_name = shown.name


@admin.register(Appointment)
class AppointmentAdmin(GuardedAdmin):
    show_facets = admin.ShowFacets.NEVER
    form = AppointmentForm
    list_display = ["who", "office", "unit", "title", "started_on", "ended_on"]
    list_filter = [PlaceFilter, StandingFilter, "post__title"]
    ordering = ["unit_id", "post_id", "-started_on"]
    search_fields = ["official"]
    search_help_text = _("Name of a member (characters, pinyin or initials) or of an official.")
    autocomplete_fields = ["post", "member"]
    NEW = ["post", "started_on", "ended_on", "member", "official", "office"]
    KNOWN = ["post", "who", "office", "started_on", "ended_on"]

    def get_changelist(self, request, **kwargs):
        return AppointmentList

    def get_fields(self, request, obj=None):
        return self.KNOWN if obj else self.NEW

    def get_readonly_fields(self, request, obj=None):
        """The holder stays: a new one is a new appointment."""
        return ["post", "who"] if obj else []

    def get_object(self, request, object_id, from_field=None):
        appointment = super().get_object(request, object_id, from_field)
        if appointment:
            appointment.shown_name = vacancies.described([appointment])[0].name
        return appointment

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("unit", "post__team__unit")

    def get_search_results(self, request, queryset, search_term):
        if text := search_term.strip():
            members = Card.objects.filter(people.named(text)).values("member")
            queryset = queryset.filter(Q(official__contains=text) | Q(member__in=members))
        return queryset, False

    @admin.display(description=_("holder"))
    def who(self, appointment):
        return appointment.shown_name or vacancies.ELSEWHERE

    @admin.display(description=_("title"))
    def title(self, appointment):
        return appointment.post.get_title_display()
