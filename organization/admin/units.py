"""Units: the tree, opening, renaming and closing with a successor."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization import divisions, reorganisation
from organization.admin.place_filter import CodeFilter
from organization.admin.unit_forms import ClosingForm, UnitForm
from organization.admin.unit_tree import UnitTree
from organization.guarded_admin import GuardedAdmin
from organization.models import Team, Unit
from organization.refused_by_database import sentence


class StandingFilter(admin.SimpleListFilter):
    title, parameter_name = _("standing"), "standing"

    def lookups(self, request, model_admin):
        return [("open", _("open")), ("closed", _("closed"))]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        if self.value() == "open":
            return queryset.open_on(today)
        return queryset.exclude(pk__in=Unit.objects.open_on(today)) if self.value() == "closed" else queryset


class LevelFilter(admin.SimpleListFilter):
    title, parameter_name = _("level"), "level"

    def lookups(self, request, model_admin):
        own = divisions.LEVELS.index(divisions.level(request.user.unit_id))
        levels = [(level, divisions.KIND_NAMES[level]) for level in divisions.LEVELS[own:-2]]
        return [
            *levels,
            ("town", _("towns and streets")),
            ("village", _("villages and communities")),
            ("functional", _("functional units")),
        ]

    def queryset(self, request, queryset):
        if self.value() == "functional":
            return queryset.functional()
        if self.value() in divisions.LEVELS:
            return queryset.at_level(self.value()).exclude(pk__in=Unit.objects.functional())
        return queryset


@admin.register(Unit)
class UnitAdmin(GuardedAdmin):
    show_facets = admin.ShowFacets.NEVER
    form = UnitForm
    list_filter = [CodeFilter, LevelFilter, StandingFilter]
    list_per_page = 400
    ordering = ["code"]
    sortable_by = []
    search_fields = ["name"]
    search_help_text = _("Part of a name or former name, or the first digits of a code.")
    change_list_template = "organization/unit_tree.html"
    change_form_template = "organization/unit_form.html"
    NEW = ["code", "name", "aliases", "opened_on", "population"]
    KNOWN = ["shown_code", "kind", "name", "aliases", "population", "opened_on", "closed_on", "successor"]

    def get_changelist(self, request, **kwargs):
        return UnitTree

    def get_queryset(self, request):
        """One's own units; pickers offer every open one, since names are public."""
        units = super().get_queryset(request)
        if request.resolver_match.url_name == "autocomplete":
            return units.open_on(timezone.localdate())
        return units.below(request.user.unit_id)

    def get_search_results(self, request, queryset, search_term):
        return (queryset.called(search_term) if search_term.strip() else queryset), False

    # --- the form ------------------------------------------------------------------------------------------------

    def get_fields(self, request, obj=None):
        return self.KNOWN if obj else self.NEW

    def get_readonly_fields(self, request, obj=None):
        return ["code", "shown_code", "kind", "closed_on", "successor"] if obj else []

    def get_changeform_initial_data(self, request):
        return {"opened_on": timezone.localdate()} | super().get_changeform_initial_data(request)

    @admin.display(description=_("code"))
    def shown_code(self, unit):
        return divisions.format_code(unit.pk)

    @admin.display(description=_("kind"))
    def kind(self, unit):
        return unit.get_kind_display()

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj:
            context["team"] = Team.objects.on(timezone.localdate()).filter(unit=obj).first()
            context["may_close"] = self.may_close(request, obj)
            context["may_establish"] = request.user.has_perm("organization.add_team") and not obj.closed_on
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    # --- closing -------------------------------------------------------------------------------------------------

    def may_close(self, request, unit):
        return self.has_change_permission(request, unit) and not unit.closed_on and unit.pk != unit.root_id

    def get_urls(self):
        close = path("<int:code>/close/", self.admin_site.admin_view(self.close_view), name="organization_unit_close")
        return [close, *super().get_urls()]

    def close_view(self, request, code):
        """GET asks for successor and day; POST shows what would move; POST with `confirmed` does it."""
        unit = self.get_object(request, str(code))
        if unit is None:
            raise Http404
        if not self.may_close(request, unit):
            raise PermissionDenied
        form = ClosingForm(request.POST or None, unit=unit)
        plan = None
        if request.method == "POST" and form.is_valid():
            plan, closed = self.plan_or_close(request, unit, form)
            if closed:
                return HttpResponseRedirect(reverse("admin:organization_unit_change", args=[unit.pk]))
        context = self.admin_site.each_context(request) | {
            "title": _("Close %(unit)s") % {"unit": unit.name},
            "opts": self.opts, "unit": unit, "form": form, "plan": plan,
            "successor": plan and Unit.objects.get(pk=form.cleaned_data["successor"]),
        }  # fmt: skip
        return TemplateResponse(request, "organization/close_unit.html", context)

    def plan_or_close(self, request, unit, form):
        """(what would move, whether it was done). What the database or a rule forbids is said on the page."""
        asked = (unit.pk, form.cleaned_data["successor"], form.cleaned_data["day"], timezone.localdate())
        try:
            if "confirmed" not in request.POST:
                return reorganisation.plan(*asked), False
            reorganisation.close(*asked)
        except reorganisation.ClosingRefused as refusal:
            form.add_error(None, str(refusal))
            return None, False
        except DatabaseError as error:
            if (said := sentence(error)) is None:
                raise
            form.add_error(None, said)
            return None, False
        messages.success(request, _("%(unit)s was closed.") % {"unit": unit.name})
        return None, True
