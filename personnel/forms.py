"""The entry form of a person: fills in what the number says, warns of doubles, and loses nothing that was typed."""

from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from organization import meanwhile, trail_labels
from organization.asking import EARLIEST
from organization.guarded_admin import RefusableForm
from organization.models import Employer, Unit
from organization.scope import current
from personnel import concurrency, identity, lookup, names
from personnel.corrections import numbers
from personnel.models import Assignment, Card, Force, Member

TOO_EARLY = _("The day is too long ago; please check the year.")


class PhoneMixin:
    """Eleven digits of a mobile phone, or a landline with its area code."""

    def clean_phone(self):
        phone = identity.normalise(self.cleaned_data.get("phone") or "").removeprefix("+86")
        if phone and not (phone.isascii() and phone.isdecimal() and 7 <= len(phone) <= 12):
            raise forms.ValidationError(_("A mobile phone has 11 digits; a landline 7 to 12 with its area code."))
        is_mobile, has_area_code = phone.startswith("1"), phone.startswith("0")
        if (len(phone) == 11 and not (is_mobile or has_area_code)) or (is_mobile and len(phone) in (9, 10, 12)):
            raise forms.ValidationError(_("A mobile phone has 11 digits and begins with 1; please check it."))
        return phone or None


class MemberForm(PhoneMixin, RefusableForm):
    """Changing a file. Number, sex and birth date stay; a mistyped number is corrected by a workflow of its own."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reader = None  # the account for whose eyes changes are told

    class Meta:
        model = Member
        fields: list[str] = []  # the admin names them

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and not self.instance._state.adding:
            self.fields["seen"].initial = concurrency.version(self.instance.pk)
        if "phone" in self.fields:
            self.fields["phone"] = forms.CharField(
                label=_("Phone"), required=False, max_length=20, initial=self.instance.phone
            )

    def clean_name(self):
        name = names.clean_name(self.cleaned_data["name"])
        problem = names.name_problem(name)
        if problem is not None:
            raise forms.ValidationError(problem)
        return name

    def clean(self):
        cleaned = super().clean()
        if not self.instance._state.adding:
            self._refuse_to_overwrite()
        return cleaned

    def _refuse_to_overwrite(self):
        changes = concurrency.changes_since(self.instance.pk, self.cleaned_data.get("seen") or 0)
        if not changes:
            return
        for told in trail_labels.tell(changes, self.reader):
            self.add_error(None, meanwhile.sentence(told))
        self.add_error(None, _("Your entries are kept below. Compare, then save again if yours are to stand."))
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = changes[-1].pk


class NewMemberForm(MemberForm):
    """Entering a person. The number decides sex and birth date; a namesake born the same day must be confirmed."""

    id_number = forms.CharField(
        label=_("Document number"), max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    is_another_person = forms.BooleanField(
        label=_("This is another person"),
        required=False,
        help_text=_("Tick this if the person named above is really somebody else."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in ("sex", "birth_date"):
            self.fields[field].required = False
        self.twins = []
        if not self.is_bound:
            self.fields["is_another_person"].widget = forms.HiddenInput()

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("id_number") and cleaned.get("document"):
            self._clean_number(cleaned)
        for field in ("sex", "birth_date"):
            if not cleaned.get(field) and field not in self.errors and "id_number" not in self.errors:
                self.add_error(field, _("Please fill this in; the number of this document does not tell it."))
        if not self.errors:
            self._look_for_doubles(cleaned)
        if not self.twins:
            self.fields["is_another_person"].widget = forms.HiddenInput()
        return cleaned

    def _clean_number(self, cleaned):
        today = timezone.localdate()
        try:
            cleaned["id_number"] = identity.check_document(cleaned["document"], cleaned["id_number"], today)
        except identity.IdNumberError as error:
            self.add_error("id_number", str(error))
            return
        if len(cleaned["id_number"]) == 18 and cleaned["document"] != "passport":
            told = identity.parse(cleaned["id_number"], today)
            if cleaned.get("sex") and cleaned["sex"] != told.sex:
                self.add_error("sex", _("The 17th digit of the number says otherwise; please check number and sex."))
            cleaned["birth_date"], cleaned["sex"] = told.birth_date, told.sex

    def _look_for_doubles(self, cleaned):
        member = lookup.bearer(cleaned["id_number"])
        former = None if member else numbers.namesake_before(cleaned["id_number"], cleaned["name"])
        if member:
            self.add_error("id_number", _already_here(member))
        elif former:
            self.add_error("id_number", str(numbers.notice(former)))
            self.add_error("id_number", _already_here(former.member))
        else:
            self._look_for_twins(cleaned)

    def _look_for_twins(self, cleaned):
        self.twins = list(Card.objects.filter(name=cleaned["name"], birth_date=cleaned["birth_date"])[:3])
        if self.twins and not cleaned.get("is_another_person"):
            self.add_error(
                "name",
                _(
                    "Somebody of this name and birth date is in the register already. "
                    "Is this another person? Then tick the box below."
                ),
            )


def _already_here(member):
    from django.urls import reverse

    return format_html(
        '{} <a href="{}">{}</a>',
        _("This person is in your register already:"),
        reverse("admin:personnel_member_change", args=[member.pk]),
        member.name,
    )


class AssignmentForm(forms.ModelForm):
    """A service; a unit left blank is that of the file. What the reader may not see or write is left as it is."""

    kept: frozenset[str] = frozenset()  # fields that saving leaves out
    may_begin_later = False  # than today

    class Meta:
        model = Assignment
        fields: list[str] = []  # the admin names them

    def __init__(self, *args, person=None, ending=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person
        if ending and self.instance.pk == ending["service"] and self.instance.ended_on is None:
            self.initial |= ending["values"]
        if "unit" in self.fields:
            self.fields["unit"].required = False
        self.is_kept = bool(self.instance.pk) and self.instance.force not in current().forces
        if "employer" in self.fields and self.instance.employer_id and not self._sees_employer():
            self.fields["employer"] = forms.CharField(label=self.fields["employer"].label)
            self.initial["employer"] = _("an employer in another place")
            self._keep("employer")
        if self.is_kept:
            self._keep(*self.fields)

    def _sees_employer(self):
        try:
            return self.instance.employer is not None  # joined, a hidden one is None
        except Employer.DoesNotExist:
            return False

    def _keep(self, *names):
        """Show these fields as they are, whatever is sent for them."""
        self.kept |= {*names}
        for name in names:
            self.fields[name].disabled = True
        if self.is_kept and "force" in names:
            self.fields["force"].choices = Force.choices
            self.fields["unit"].queryset = Unit.objects.filter(pk=self.instance.unit_id)

    def _get_validation_exclusions(self):
        return super()._get_validation_exclusions() | self.kept

    def _is_said_to_begin_later(self):
        """Here, and not by an approval that came ahead of the first day."""
        return not self.may_begin_later and "started_on" in self.changed_data

    def clean(self):
        cleaned = super().clean()
        if self.is_kept:
            return {}
        if "unit" in self.fields and not cleaned.get("unit") and self.person.unit_id:
            cleaned["unit"] = self.instance.unit if self.instance.unit_id else self.person.unit
        if cleaned.get("force") == "volunteer":
            cleaned["share"] = 0
        elif (share := cleaned.get("share")) is not None and not 1 <= share <= Assignment.FULL_TIME:
            # Left to the database, a refusal would undo the record of the question whether another unit has the person.
            self.add_error("share", _("The share lies between 1 and 100; for a volunteer it is 0."))
        started, born = cleaned.get("started_on"), self.person.birth_date
        if started and started > timezone.localdate() and self._is_said_to_begin_later():
            self.add_error("started_on", _("This day lies in the future."))
        if started and born and identity.age_on(born, started) < 18:
            self.add_error("started_on", _("The service begins before the 18th birthday."))
        for name in ("contract_from", "contract_until"):
            if cleaned.get(name) and cleaned[name] < EARLIEST:
                self.add_error(name, TOO_EARLY)
        for name in self.kept:
            cleaned.pop(name, None)
        return cleaned


class AssignmentFormSet(forms.BaseInlineFormSet):
    """Tells each service whose it is, also while the person is not saved yet."""

    def get_form_kwargs(self, index):
        return super().get_form_kwargs(index) | {"person": self.instance}
