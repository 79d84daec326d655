"""Forms of entries: who is proposed for what, what a background check said, the answer."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization import rights
from organization.asking import EARLIEST
from organization.models import Unit
from personnel import lookup
from personnel.entries.checking import Found
from personnel.entries.proposing import Wanted
from personnel.entries.terms import DAYS_AHEAD
from personnel.forms import TOO_EARLY, NewMemberForm
from personnel.models import Assignment, BackgroundCheck, Entry, Force, Member

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ProposalForm(NewMemberForm):
    """Judged as the form by which people are entered; somebody who served here before is no double."""

    force = forms.ChoiceField(label=_("Force"))
    sponsor = forms.ChoiceField(
        label=_("Run by"),
        required=False,
        choices=[("", "---------"), *Assignment.Sponsor.choices],
        help_text=_("For joint defence only."),
    )
    post = forms.CharField(label=_("Post"), max_length=40, required=False)
    starts_on = forms.DateField(label=_("Planned first day"), widget=DAY)
    way = forms.ChoiceField(label=_("How the person was found"), choices=Entry.Way.choices)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    exception = forms.CharField(
        label=_("Why in spite of the rule"),
        max_length=200,
        required=False,
        help_text=_("Only if the rule of the force advises against it, by age or education."),
    )
    field_order = [
        "document", "id_number", "name", "sex", "birth_date", "is_another_person", "phone", "education",
        "unit", "force", "sponsor", "post", "starts_on", "way", "reason", "exception",
    ]  # fmt: skip

    class Meta:
        model = Member
        fields = ["document", "name", "sex", "birth_date", "phone", "education", "unit"]
        widgets = {"birth_date": DAY}

    def __init__(self, *args, account, **kwargs):
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        ours = rights.FORCES_WRITTEN.get(account.role, ())
        self.fields["force"].choices = [choice for choice in Force.choices if choice[0] in ours]
        self.fields["unit"].queryset = Unit.objects.below(account.unit_id).open_on(today)
        self.fields["unit"].empty_label = None
        self.fields["unit"].initial = account.unit_id
        self.fields["unit"].label = _("Unit")
        self.fields["starts_on"].initial = today
        self.fields["sponsor"].initial = {"clerk": "village", "staff": "town"}.get(account.role, "")
        for name in ("sex", "birth_date"):
            self.fields[name].help_text = _("Left blank, the document number tells it.")
        self.order_fields(self.field_order)

    def clean_starts_on(self):
        day, today = self.cleaned_data["starts_on"], timezone.localdate()
        if day < today:
            raise forms.ValidationError(
                _("Nobody serves before the approval: give today or a later day. Who serves already is entered.")
            )
        if day > today + timedelta(days=DAYS_AHEAD):
            raise forms.ValidationError(_("The day is more than %(days)d days ahead.") % {"days": DAYS_AHEAD})
        return day

    def clean(self):
        cleaned = super().clean()
        is_joint_defence = cleaned.get("force") == Force.JOINT_DEFENCE
        if is_joint_defence and not cleaned.get("sponsor") and "sponsor" not in self.errors:
            self.add_error("sponsor", _("Joint defence is run by a town or by a village; please choose."))
        return cleaned

    def _look_for_doubles(self, cleaned):
        if not lookup.bearer(cleaned["id_number"]):
            super()._look_for_doubles(cleaned)

    def wanted(self) -> Wanted:
        given = self.cleaned_data
        return Wanted(
            document=given["document"], number=given["id_number"], name=given["name"], sex=given["sex"],
            birth_date=given["birth_date"], unit=given["unit"].pk, force=given["force"],
            sponsor=given["sponsor"] if given["force"] == Force.JOINT_DEFENCE else "", post=given["post"],
            starts_on=given["starts_on"], way=given["way"], phone=given["phone"],
            education=given["education"] or None, reason=given["reason"].strip(),
            exception=given["exception"].strip(),
        )  # fmt: skip


class CheckForm(forms.Form):
    """What a background check is recorded by; what was found is not kept anywhere."""

    checked_on = forms.DateField(label=_("Checked on"), widget=DAY)
    office = forms.CharField(label=_("Checking office"), max_length=60, help_text=_("Such as the police station."))
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=BackgroundCheck.Outcome.choices, widget=forms.RadioSelect, required=True
    )
    document = forms.CharField(
        label=_("Number of the document"),
        max_length=60,
        help_text=_("Of the paper on which the office answered. What it found is not written down here."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_checked_on(self):
        day = self.cleaned_data["checked_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("The check cannot have been made on a day to come."))
        if day < EARLIEST:
            raise forms.ValidationError(TOO_EARLY)
        return day

    def found(self) -> Found:
        return Found(**self.cleaned_data)


class AnswerForm(forms.Form):
    """Why an entry is declined; the unit reads it."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class TakingBackForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=120)
