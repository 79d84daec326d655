"""Teams and their posts: who holds them today, and which are vacant."""

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization.admin.place_filter import PlaceFilter
from organization.guarded_admin import GuardedAdmin, RefusableForm
from organization.models import Post, Team
from personnel import vacancies
from personnel.models import Appointment

STILL_HELD = _("Somebody holds this post on that day or after it; end the appointment first.")


class TeamForm(RefusableForm):
    def clean_disbanded_on(self):
        day = self.cleaned_data["disbanded_on"]
        if day and vacancies.held_from(self.instance.posts.all(), day):
            raise forms.ValidationError(
                _("Posts of this team are held on that day or after it; end the appointments first.")
            )
        return day


class PostForm(RefusableForm):
    def clean_abolished_on(self):
        day = self.cleaned_data["abolished_on"]
        if day and self.instance.pk and vacancies.held_from([self.instance], day):
            raise forms.ValidationError(STILL_HELD)
        return day


class StandingFilter(admin.SimpleListFilter):
    title, parameter_name = _("standing"), "standing"

    def lookups(self, request, model_admin):
        return [("existing", _("existing")), ("disbanded", _("disbanded"))]

    def queryset(self, request, queryset):
        existing = Team.objects.on(timezone.localdate())
        if self.value() == "existing":
            return queryset.filter(pk__in=existing)
        return queryset.exclude(pk__in=existing) if self.value() == "disbanded" else queryset


class HeldFilter(admin.SimpleListFilter):
    title, parameter_name = _("held or vacant"), "held"

    def lookups(self, request, model_admin):
        return [("vacant", _("vacant")), ("held", _("held"))]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        verb = {"vacant": vacancies.vacant, "held": vacancies.held}.get(self.value() or "")
        return verb(queryset, today) if verb else queryset


def look_up_holders(request, posts):
    """Put on each post who holds it today, and whether the reader may appoint somebody; two queries for all of them."""
    found = vacancies.holders([post.pk for post in posts], timezone.localdate())
    for post in posts:
        post.holder_today = found.get(post.pk)
        post.may_appoint = request.user.has_perm("personnel.add_appointment")


@admin.display(description=_("held today by"))
def holder(post):
    """The holder, or that the post is vacant, with the link to appoint or end."""
    return render_to_string("organization/holder.html", {"post": post}) if post and post.pk else "-"


class PostInline(admin.TabularInline):
    model = Post
    form = PostForm
    fields = ["title", "ex_officio", "holder", "abolished_on"]
    readonly_fields = ["holder"]
    extra = 0
    show_change_link = True

    def get_formset(self, request, obj=None, **kwargs):
        # An inline lives for one request only, so what it remembers is seen by nobody else.
        self.posts = {post.pk: post for post in obj.posts.all()}
        look_up_holders(request, list(self.posts.values()))
        return super().get_formset(request, obj, **kwargs)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("unit", "team__unit")

    @admin.display(description=_("held today by"))
    def holder(self, post):
        return holder(self.posts.get(post.pk))

    def has_delete_permission(self, request, obj=None):
        return False


class TeamList(ChangeList):
    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        chiefs = list(Post.objects.on(timezone.localdate()).chiefs().filter(team__in=self.result_list))
        look_up_holders(request, chiefs)
        posts = {post.team_id: post for post in chiefs}
        for team in self.result_list:
            team.chief_post = posts.get(team.pk)


@admin.register(Team)
class TeamAdmin(GuardedAdmin):
    show_facets = admin.ShowFacets.NEVER
    form = TeamForm
    list_display = ["unit", "kind", "seat", "established_on", "chief", "disbanded_on"]
    list_filter = [PlaceFilter, StandingFilter, "seat"]
    list_select_related = ["unit"]
    ordering = ["unit_id", "id"]
    search_fields = ["unit__name"]
    search_help_text = _("Part of the unit's name.")
    autocomplete_fields = ["unit"]
    fields = ["unit", "established_on", "seat", "address"]

    def get_changelist(self, request, **kwargs):
        return TeamList

    def get_fields(self, request, obj=None):
        return [*self.fields, "disbanded_on"] if obj else self.fields

    def get_readonly_fields(self, request, obj=None):
        return ["unit"] if obj else []

    def get_inlines(self, request, obj):
        return [PostInline] if obj else []

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not change:
            obj.create_standard_posts()

    @admin.display(description=_("kind"))
    def kind(self, team):
        return team.get_kind_display()

    @admin.display(description=_("commander"))
    def chief(self, team):
        return holder(team.chief_post)


class PostList(ChangeList):
    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        look_up_holders(request, self.result_list)


class AppointmentsInline(admin.TabularInline):
    """Everybody who held the post, the latest first."""

    model = Appointment
    fields = readonly_fields = ("who", "office", "started_on", "ended_on")
    extra = 0
    show_change_link = True
    verbose_name_plural = _("holders, the latest first")

    def get_formset(self, request, obj=None, **kwargs):
        rows = list(obj.appointments.all())
        self.names = {row.pk: described.name for row, described in zip(rows, vacancies.described(rows), strict=True)}
        return super().get_formset(request, obj, **kwargs)

    @admin.display(description=_("name"))
    def who(self, appointment):
        return self.names.get(appointment.pk) or vacancies.ELSEWHERE

    def has_add_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Post)
class PostAdmin(GuardedAdmin):
    show_facets = admin.ShowFacets.NEVER
    form = PostForm
    list_display = ["unit", "title", "office", holder]
    list_filter = [PlaceFilter, HeldFilter, "title"]
    ordering = ["unit_id", "title", "id"]
    search_fields = ["unit__name"]
    search_help_text = _("Part of the unit's name.")
    fields = ["team", "title", "ex_officio", "abolished_on"]
    readonly_fields = ["team"]
    inlines = [AppointmentsInline]
    change_form_template = "organization/post_form.html"

    def get_changelist(self, request, **kwargs):
        return PostList

    def get_queryset(self, request):
        """Posts of today; an abolished one is reached from its team."""
        posts = super().get_queryset(request).select_related("unit", "team__unit")
        is_one = request.resolver_match.url_name == "organization_post_change"
        return posts if is_one else posts.filter(pk__in=Post.objects.on(timezone.localdate()))

    def has_add_permission(self, request):
        """Posts are added at their team."""
        return False

    @admin.display(description=_("held ex officio by"))
    def office(self, post):
        return post.get_ex_officio_display() or "-"

    def render_change_form(self, request, context, **kwargs):
        context["may_appoint"] = request.user.has_perm("personnel.add_appointment")
        return super().render_change_form(request, context, **kwargs)
