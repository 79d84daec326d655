"""The file of a person: entering, reading and correcting it."""

from functools import partial

from django.contrib import admin, messages
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization import rights
from organization.guarded_admin import GuardedAdmin, Refused
from personnel import lookup
from personnel.admin import (
    certificates,
    check_pages,
    correction_pages,
    endings,
    file_pages,
    file_sections,
    numbers,
    photos,
)
from personnel.admin.file_parts import (
    AssignmentInline,
    EmergencyContactInline,
    HealthRecordInline,
    units_of,
    without_links,
)
from personnel.forms import MemberForm, NewMemberForm
from personnel.models import Assignment, Member
from personnel.realname import pages as realname


@admin.register(Member)
class MemberAdmin(GuardedAdmin):
    tells_changes = False  # its form does, of the whole file
    form = MemberForm
    search_fields = ["name", "pinyin", "initials"]
    ordering = ["unit_id", "id"]
    inlines = [AssignmentInline, EmergencyContactInline, HealthRecordInline]
    list_display = ["name"]
    change_form_template = "personnel/member_form.html"

    class Media:
        js = ["personnel/entry.js"]

    IDENTITY = [("id_number", "document"), ("name", "former_name"), ("sex", "birth_date"), "is_another_person"]
    KNOWN_IDENTITY = [("shown_number", "document"), ("name", "former_name"), ("sex", "birth_date", "age")]
    CONTACT = [("unit", "phone"), ("education", "political"), ("address",)]
    MORE = [
        ("ethnicity", "marital", "military"),
        ("occupation", "household"),
        ("graduate_school", "major"),
        ("native_place", "household_address"),
        ("specialty", "remark"),
    ]

    def get_model_perms(self, request):
        """Not in the index: people are listed by their cards, and entered from there."""
        return {}

    # --- who may do what --------------------------------------------------------------------------

    def has_change_permission(self, request, obj=None):
        if not super().has_change_permission(request, obj):
            return False
        ours = rights.FORCES_WRITTEN.get(request.user.role, ())
        return obj is None or (obj.erased_on is None and obj.is_written_by(ours))

    def get_inlines(self, request, obj):
        return self.inlines if obj else [AssignmentInline]

    # --- the form ---------------------------------------------------------------------------------

    def get_form(self, request, obj=None, change=False, **kwargs):
        kwargs["form"] = MemberForm if obj else NewMemberForm
        form = super().get_form(request, obj, change=change, **kwargs)
        form.reader = request.user
        return form

    def get_fieldsets(self, request, obj=None):
        identity = self.KNOWN_IDENTITY if obj else self.IDENTITY
        contact = [("unit", "shown_phone"), *self.CONTACT[1:]] if self.phone_is_masked(request, obj) else self.CONTACT
        first = [*identity, "seen"] if self.has_change_permission(request, obj) and obj else identity
        return [
            (_("Identity"), {"fields": first}),
            (_("Contact and education"), {"fields": contact}),
            (_("More about the person"), {"classes": ["collapse"], "fields": self.MORE}),
        ]

    def get_readonly_fields(self, request, obj=None):
        return ["document", "shown_number", "sex", "birth_date", "age", "unit", "shown_phone"] if obj else []

    def phone_is_masked(self, request, obj):
        return obj is not None and request.user.role not in rights.PLAIN_NUMBER_ROLES

    def get_changeform_initial_data(self, request):
        initial = super().get_changeform_initial_data(request)
        return {"unit": request.user.unit_id} | initial

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "unit":
            kwargs["queryset"] = units_of(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return without_links(super().formfield_for_dbfield(db_field, request, **kwargs), db_field)

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if request.method == "GET" and inline.model is Assignment and obj._state.adding:
            kwargs["initial"] = [first_service(request)]
        if inline.model is Assignment and (ending := endings.asked(request)):
            kwargs["form_kwargs"] = {"ending": ending}
        return kwargs

    @admin.display(description=_("document number"))
    def shown_number(self, member):
        return numbers.shown(member, "id_number")

    @admin.display(description=_("phone"))
    def shown_phone(self, member):
        return numbers.masked_phone(member.phone)

    @admin.display(description=_("age"))
    def age(self, member):
        return member.age_on(timezone.localdate())

    def save_model(self, request, obj, form, change):
        """All else is right by now: only now ask whether another unit has this person, so that no miss goes unseen."""
        if not change:
            ask = partial(lookup.is_elsewhere, obj.id_number, quietly=True)
            if (answer := ask()) is not False:
                raise Refused(lookup.USED_UP if answer is None else lookup.ELSEWHERE, record=ask)
        super().save_model(request, obj, form, change)

    # --- where to go next -------------------------------------------------------------------------

    def changelist_view(self, request, extra_context=None):
        """People are listed by their cards."""
        return redirect(reverse("admin:personnel_card_changelist"))

    def response_add(self, request, obj, post_url_continue=None):
        if "_addanother" in request.POST:
            service = obj.assignments.first()
            messages.success(
                request, _("%(name)s was saved. Enter the next person of this squad.") % {"name": obj.name}
            )
            query = f"?unit={obj.unit_id}" + (f"&force={service.force}&sponsor={service.sponsor}" if service else "")
            return self.settled(request, HttpResponseRedirect(request.path + query))
        return super().response_add(request, obj, post_url_continue)

    def get_urls(self):
        named = [
            path("check/", self.admin_site.admin_view(self.check_view), name="personnel_member_check"),
            path("find/", self.admin_site.admin_view(numbers.find), name="personnel_member_find"),
            path(
                "<int:pk>/reveal/<slug:field>/",
                self.admin_site.admin_view(numbers.reveal),
                name="personnel_member_reveal",
            ),
            path(
                "<int:pk>/number/",
                self.admin_site.admin_view(correction_pages.number_page),
                name="personnel_member_number",
            ),
            path(
                "<int:pk>/withdraw/",
                self.admin_site.admin_view(correction_pages.withdraw_page),
                name="personnel_member_withdraw",
            ),
            path("<int:pk>/copy/", self.admin_site.admin_view(file_pages.copy_page), name="personnel_member_copy"),
        ]
        return [
            *named,
            *photos.urls(self),
            *certificates.urls(self),
            *realname.urls(self.admin_site),
            *check_pages.urls(self.admin_site),
            *super().get_urls(),
        ]

    def check_view(self, request):
        """POST a number while it is being typed: what it says, and whether it is registered."""
        if request.method != "POST" or not self.has_add_permission(request):
            return JsonResponse({}, status=403)
        return JsonResponse(numbers.check(request.POST.get("document", ""), request.POST.get("id_number", "")))

    def render_change_form(self, request, context, *args, **kwargs):
        member = context.get("original")
        context["may_reveal"] = request.user.has_perm("personnel.reveal_member")
        context["may_see_account"] = request.user.has_perm("personnel.view_bankaccount")
        context["may_correct"] = member and self.has_change_permission(request, member)
        context["photo"] = photos.panel(self, request, kwargs.get("obj"))
        if member:
            context |= file_sections.of(member, request.user, may_correct=context["may_correct"])
        return super().render_change_form(request, context, *args, **kwargs)


def first_service(request):
    """What the first service of a new person most likely is, for this account."""
    ours = rights.FORCES_WRITTEN.get(request.user.role, ("joint_defence",))
    force = request.GET.get("force") if request.GET.get("force") in ours else ours[0]
    sponsor = {"clerk": "village", "staff": "town"}.get(request.user.role, "") if force == "joint_defence" else ""
    return {"force": force, "sponsor": request.GET.get("sponsor") or sponsor, "started_on": timezone.localdate()}
