"""Forms of a merger: its terms, the marks to compare, the confirmation."""

from django import forms
from django.utils.translation import gettext_lazy as _

from organization import rights
from organization.guarded_admin import RefusableForm
from organization.models import Employer
from organization.models.account import Role
from personnel.admin.score_forms import ManyField, PointsField
from personnel.merger.terms import CONFIRM, PROPOSE
from personnel.models import FollowUp, Indicator, PlacementBatch, Programme
from personnel.models.merger import all_follow_ups, all_indicators, confirming_roles, proposing_roles

MOST_MARKS = 12
SETTLED = frozenset({
    "from_force", "into_force", "merged_on", "cycle", "employer", "exempt_cohorts", "appeal_days", "confirming_roles",
    "standin_roles", "failed_sponsor", "follow_ups",
})  # fmt: skip


class YearsField(forms.CharField):
    """Years with commas between them."""

    def prepare_value(self, value):
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value):
        parts = [part.strip() for part in super().to_python(value).replace("，", ",").replace("、", ",").split(",")]
        years = [part for part in parts if part]
        if not all(len(year) == 4 and year.isascii() and year.isdecimal() for year in years):
            raise forms.ValidationError(_("Write years of four digits with commas between them, such as 2003, 2004."))
        return [int(year) for year in years]

    def has_changed(self, initial, data):
        """Other commas are no other years."""
        try:
            return self.to_python(data) != self.to_python(self.prepare_value(initial) or "")
        except forms.ValidationError:
            return True


class ProgrammeForm(RefusableForm):
    pass_mark = PointsField(label=_("Pass mark"), initial=6_000)
    exempt_cohorts = YearsField(
        label=_("Years of recruitment that pass without assessment"),
        required=False,
        help_text=_("Years with commas between them, such as 2003; blank for none."),
    )
    proposing_roles = ManyField(label=_("Who proposes"), initial=proposing_roles)
    confirming_roles = ManyField(
        label=_("Who confirms"), initial=confirming_roles, help_text=_("Never the person who proposed.")
    )

    standin_roles = ManyField(
        label=_("Who stands in"), required=False, initial=list,
        help_text=_("Confirms as well, once the day by which it should have been confirmed is over."),
    )  # fmt: skip
    follow_ups = ManyField(
        label=_("What is to be done afterwards"), required=False, choices=FollowUp, initial=all_follow_ups,
        help_text=_("Who is transferred has a contract to sign only."),
    )  # fmt: skip
    indicators = ManyField(label=_("Indicators of unification"), choices=Indicator, initial=all_indicators)

    class Meta:
        model = Programme
        fields = [
            "name", "from_force", "into_force", "merged_on", "cycle", "pass_mark", "exempt_cohorts", "failed_sponsor",
            "former_title", "employer", "appeal_days", "follow_ups", "task_days", "proposing_roles",
            "confirming_roles", "confirm_by", "standin_roles", "indicators",
        ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, right in (("proposing_roles", PROPOSE), ("confirming_roles", CONFIRM), ("standin_roles", CONFIRM)):
            if name in self.fields:
                self.fields[name].choices = [(role, label) for role, label in Role.choices if has(role, right)]
        if "employer" in self.fields:
            self.fields["employer"].queryset = Employer.objects.filter(nature=Employer.Nature.SUB_BUREAU)

    def clean(self):
        """What two people stand for is not changed beneath them; the database refuses it as well."""
        cleaned = super().clean()
        fixed = set(self.changed_data) & SETTLED
        if self.instance.pk and fixed and PlacementBatch.objects.standing().filter(programme=self.instance).exists():
            for name in sorted(fixed):
                self.add_error(name, _("A proposal stands on these terms; send it back, or take it back, first."))
        return cleaned


def has(role, right):
    return right in rights.permissions(role)


class MarksForm(forms.Form):
    """Cut scores and numbers of places to lay side by side."""

    marks = forms.CharField(label=_("Pass marks"), required=False, max_length=200)
    places = forms.CharField(
        label=_("Places"), required=False, max_length=200, help_text=_("How many can be absorbed at most.")
    )

    def clean_marks(self):
        field = PointsField()
        return [field.clean(part) for part in parts_of(self.cleaned_data["marks"])]

    def clean_places(self):
        parts = parts_of(self.cleaned_data["places"])
        if not all(part.isascii() and part.isdecimal() and len(part) < 8 for part in parts):
            raise forms.ValidationError(_("Write whole numbers with commas between them."))
        return [int(part) for part in parts]

    def clean(self):
        cleaned = super().clean()
        if len(cleaned.get("marks", ())) + len(cleaned.get("places", ())) > MOST_MARKS:
            raise forms.ValidationError(_("At most %(n)d at a time."), params={"n": MOST_MARKS})
        return cleaned


def parts_of(text):
    return [
        part.strip() for part in text.replace("，", ",").replace("、", ",").replace(" ", ",").split(",") if part.strip()
    ]


class ProposeForm(forms.Form):
    mark = PointsField(label=_("Pass mark"))


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3, "cols": 60})
    )
