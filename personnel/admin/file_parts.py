"""What is entered with a person: services, whom to call, health."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization import rights
from organization.models import Unit
from personnel.admin import endings, numbers
from personnel.forms import AssignmentForm, AssignmentFormSet
from personnel.models import Assignment, EmergencyContact, HealthRecord, Member


def units_of(request):
    """The open units that this account may write people into."""
    return Unit.objects.below(request.user.unit_id).open_on(timezone.localdate())


def without_links(field, db_field):
    """A choice of units leads nowhere else: a clerk neither adds nor changes them here."""
    if db_field.is_relation and field is not None:
        for verb in ("add", "change", "view", "delete"):
            setattr(field.widget, f"can_{verb}_related", False)
    return field


class AssignmentInline(admin.StackedInline):
    model = Assignment
    form = AssignmentForm
    formset = AssignmentFormSet
    extra = 0
    autocomplete_fields = ["using_unit", "recruiter", "employer"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("force", "sponsor", "category"),
                    ("unit", "post", "grade"),
                    ("started_on", "beginning", "share"),
                ]
            },
        ),
        (
            _("Employer, contract, number"),
            {
                "classes": ["collapse"],
                "fields": [
                    ("using_unit", "recruiter", "employer"),
                    ("contract_from", "contract_until"),
                    ("badge", "former_title", "cohort"),
                ],
            },
        ),
        (_("End of service"), {"classes": ["collapse"], "fields": [("ended_on", "ending", "ending_note")]}),
    ]

    def get_fieldsets(self, request, obj=None):
        """Whoever was led here to end a service sees what is filled in."""
        found = super().get_fieldsets(request, obj)
        if not endings.asked(request):
            return found
        return [*found[:-1], (found[-1][0], {"fields": found[-1][1]["fields"]})]

    def get_min_num(self, request, obj=None, **kwargs):
        return 0 if obj else 1

    def get_max_num(self, request, obj=None, **kwargs):
        return None if obj else 1

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "unit":
            kwargs["queryset"] = units_of(request)
            kwargs["empty_label"] = _("the unit that keeps the file")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return without_links(super().formfield_for_dbfield(db_field, request, **kwargs), db_field)

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "force":
            ours = rights.FORCES_WRITTEN.get(request.user.role, ())
            kwargs["choices"] = [("", "---------")] + [choice for choice in db_field.choices if choice[0] in ours]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def get_formset(self, request, obj=None, **kwargs):
        # A new person has one service, checked before anything is asked or written: with several, the database could
        # refuse the whole after the question whether another unit has this person, and undo the record of the question.
        kwargs |= {"validate_min": True, "validate_max": obj is None}
        formset = super().get_formset(request, obj, **kwargs)
        if obj is None:
            formset.form = type(
                "FirstServiceForm", (formset.form,), {"use_required_attribute": False, "empty_permitted": False}
            )
        return formset

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("unit", "using_unit", "recruiter", "employer")

    def has_delete_permission(self, request, obj=None):
        return False


class EmergencyContactInline(admin.TabularInline):
    model = EmergencyContact
    form = numbers.ContactForm
    readonly_fields = ["shown_phone"]
    extra = 0

    def get_fields(self, request, obj=None):
        if request.user.role in rights.PLAIN_NUMBER_ROLES:
            return ["name", "relation", "phone"]
        may_write = self.admin_site.get_model_admin(Member).has_change_permission(request, obj)
        return ["name", "relation", "shown_phone", *(["phone"] if may_write else [])]

    @admin.display(description=_("phone"))
    def shown_phone(self, contact):
        return numbers.masked_phone(contact.phone) if contact.pk else "-"

    def has_delete_permission(self, request, obj=None):
        return False


class HealthRecordInline(admin.StackedInline):
    model = HealthRecord
    form = numbers.HealthForm
    fields = [("condition", "blood_type"), ("height", "checked_on")]
    extra = 0
    max_num = 1

    def has_delete_permission(self, request, obj=None):
        return False
