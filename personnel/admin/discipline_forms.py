"""What is typed about a discipline case: the incident, the decision, why it is withdrawn."""

from django import forms
from django.core.validators import MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization.asking import EARLIEST
from personnel.discipline import recording
from personnel.discipline.terms import DisciplineRefused
from personnel.forms import TOO_EARLY
from personnel.models import Assignment, DisciplineCase
from personnel.models.discipline import SUMMARY_LENGTH

FUTURE = _("This day lies in the future.")
BEFORE_INCIDENT = _("The report cannot come before the incident.")
NO_DOCUMENT = _("This outcome needs the number of the document that says so.")


def _field(name):
    return DisciplineCase._meta.get_field(name)


class DayField(forms.DateField):
    """A day that has come."""

    def __init__(self, **given):
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, validators=[MinValueValidator(EARLIEST, TOO_EARLY)], **given)

    def clean(self, value):
        day = super().clean(value)
        if day and day > timezone.localdate():
            raise forms.ValidationError(FUTURE)
        return day


class FactsForm(forms.Form):
    """The incident. Where the person served in several places on that day, it asks which one it was."""

    occurred_on = DayField(label=_field("occurred_on").verbose_name)
    reported_on = DayField(label=_field("reported_on").verbose_name, help_text=_field("reported_on").help_text)
    service = forms.TypedChoiceField(
        label=_("where it happened"), required=False, coerce=int, empty_value=None, widget=forms.HiddenInput
    )
    category = forms.ChoiceField(
        label=_field("category").verbose_name, choices=[("", "---------"), *DisciplineCase.Category.choices]
    )
    source = forms.ChoiceField(
        label=_field("source").verbose_name, choices=[("", "---------"), *DisciplineCase.Source.choices]
    )
    summary = forms.CharField(
        label=_field("summary").verbose_name,
        help_text=_field("summary").help_text,
        max_length=SUMMARY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5, "cols": 60, "maxlength": SUMMARY_LENGTH}),
    )

    def __init__(self, *given, member=None, **more):
        super().__init__(*given, **more)
        self.member = member  # None where the place is known already
        self._found: Assignment | None = None

    def clean(self):
        cleaned = super().clean() or {}
        occurred, reported = cleaned.get("occurred_on"), cleaned.get("reported_on")
        if occurred and reported and reported < occurred:
            self.add_error("reported_on", BEFORE_INCIDENT)
        if occurred and self.member:
            self._place(occurred)
        return cleaned

    def service_found(self) -> Assignment:
        """The service of the day, of a form that is valid."""
        if self._found is None:
            raise ValueError("asked before the form was found right")
        return self._found

    def _place(self, day):
        """The service of that day; asked for in the form where it is not the only one."""
        text = self.data.get("service", "")
        chosen = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
        self.errors.pop("service", None)  # its choices are those of the day
        try:
            self._found = recording.service_on(self.member, day, chosen)
        except DisciplineRefused as refusal:
            if refusal.code == "several":
                self._ask(day)
            self.add_error("occurred_on" if refusal.code == "not_serving" else "service", str(refusal))

    def _ask(self, day):
        services = recording.services_on(self.member, day)
        field = self.fields["service"]
        field.widget = forms.RadioSelect()
        field.choices = [
            (each.pk, f"{each.unit} · {each.get_force_display()} {each.post}".strip()) for each in services
        ]


class DecisionForm(forms.Form):
    decided_on = DayField(label=_field("decided_on").verbose_name)
    outcome = forms.ChoiceField(
        label=_field("outcome").verbose_name, choices=[("", "---------"), *DisciplineCase.Outcome.choices]
    )
    document = forms.CharField(
        label=_field("document").verbose_name,
        max_length=60,
        required=False,
        help_text=_("May be left blank for an unfounded case and for a talk."),
    )

    def __init__(self, *given, case, **more):
        super().__init__(*given, **more)
        self.case = case

    def clean_decided_on(self):
        day = self.cleaned_data["decided_on"]
        if day < self.case.reported_on:
            told = {"day": self.case.reported_on.isoformat()}
            raise forms.ValidationError(_("The decision cannot come before the report of %(day)s."), params=told)
        return day

    def clean(self):
        cleaned = super().clean() or {}
        outcome = cleaned.get("outcome")
        if outcome and outcome not in DisciplineCase.WITHOUT_DOCUMENT and not cleaned.get("document"):
            self.add_error("document", NO_DOCUMENT)
        return cleaned


class WithdrawalForm(forms.Form):
    reason = forms.CharField(
        label=_field("withdrawal_reason").verbose_name,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60, "maxlength": 200}),
    )
