"""Forms of assessments: a cycle with its items, lists of scores, appeals and their decisions."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization.guarded_admin import RefusableForm
from organization.models import Account
from organization.models.account import Role
from personnel.assessment import scores
from personnel.models import Appeal, AssessmentCycle, Examiner, Force, Kinship

MAY_SCORE = (Role.HR, Role.STAFF, Role.GOVERNANCE)


class PointsField(forms.CharField):
    """Points with up to two decimals, kept as hundredths."""

    def prepare_value(self, value):
        return scores.shown(value) if isinstance(value, int) else value

    def to_python(self, value):
        try:
            return scores.parse(super().to_python(value))
        except scores.ScoreRefused as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def has_changed(self, initial, data):
        return super().has_changed(scores.shown(initial) if isinstance(initial, int) else initial, data)


class ManyField(forms.MultipleChoiceField):
    """Several of few, as boxes to tick."""

    widget = forms.CheckboxSelectMultiple


class WeightedItemsField(forms.CharField):
    """Items and weights, one a line: 德 20."""

    widget = forms.Textarea(attrs={"rows": 6, "cols": 30})

    def to_python(self, value):
        pairs = [
            line.replace("　", " ").rsplit(None, 1) for line in super().to_python(value).splitlines() if line.strip()
        ]
        for pair in pairs:
            if len(pair) != 2 or not pair[1].removesuffix("%").isdecimal() or not pair[1].removesuffix("%").isascii():
                raise forms.ValidationError(
                    _("Write an item and its weight in each line, such as 德 20: %(line)s"),
                    params={"line": " ".join(pair)[:40]},
                )
        items, weights = [pair[0][:20] for pair in pairs], [int(pair[1].removesuffix("%")[:4]) for pair in pairs]
        if len(set(items)) < len(items):
            raise forms.ValidationError(_("Each item stands in one line only."))
        if pairs and (sum(weights) != 100 or 0 in weights):
            raise forms.ValidationError(
                _("The weights are whole percents above 0 and add up to 100; these add up to %(sum)d."),
                params={"sum": sum(weights)},
            )
        return list(zip(items, weights, strict=True))


class CycleForm(RefusableForm):
    forces = ManyField(label=_("Forces"), choices=Force)
    weighted = WeightedItemsField(label=_("Items and weights (%)"), help_text=_("One a line, such as 德 20."))
    excellent_from = PointsField(label=_("Excellent from"), initial=9_000)
    qualified_from = PointsField(label=_("Qualified from"), initial=7_500)
    basic_from = PointsField(label=_("Basically qualified from"), initial=6_000)

    class Meta:
        model = AssessmentCycle
        fields = [
            "name", "forces", "starts_on", "ends_on", "excellent_from", "qualified_from", "basic_from",
            "excellent_share", "appeal_days",
        ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "weighted" in self.fields:
            pairs = self.instance.weighted_items
            self.initial["weighted"] = "\n".join(f"{item} {weight}" for item, weight in pairs)

    def clean(self):
        cleaned = super().clean()
        if pairs := cleaned.get("weighted"):
            self.instance.items = [item for item, _weight in pairs]
            self.instance.weights = [weight for _item, weight in pairs]
        return cleaned


class ExaminerForm(RefusableForm):
    class Meta:
        model = Examiner
        fields = ["account", "unit", "until"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "account" in self.fields:
            self.fields["account"].queryset = accounts_that_score()
        if "unit" in self.fields:
            self.fields["unit"].required = False

    def clean(self):
        """Left blank, the whole unit of the account."""
        cleaned = super().clean()
        if cleaned.get("account") and not cleaned.get("unit"):
            cleaned["unit"] = cleaned["account"].unit
        return cleaned


class KinshipForm(RefusableForm):
    class Meta:
        model = Kinship
        fields = ["member", "account", "relation", "declared_on", "withdrawn_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "account" in self.fields:
            self.fields["account"].queryset = accounts_that_score()
        if not self.instance.pk and "declared_on" in self.fields:
            self.initial.setdefault("declared_on", timezone.localdate())


def accounts_that_score():
    """As far as the reader sees accounts at all."""
    return Account.objects.filter(role__in=MAY_SCORE, is_active=True).order_by("unit_id", "username")


class ListForm(forms.Form):
    """Scores from a workbook or as pasted cells."""

    file = forms.FileField(label=_("File"), required=False, help_text=_("Excel (.xlsx, .xls) or csv, up to 40 MB."))
    pasted = forms.CharField(
        label=_("or paste cells"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 60, "wrap": "off"}),
        help_text=_("Mark the cells in WPS or Excel together with their headings, copy them and paste them here."),
    )
    partial = forms.BooleanField(
        label=_("Save the good rows and leave the others out"),
        required=False,
        help_text=_("Without this nothing is saved as long as one row is wrong."),
    )

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not cleaned.get("file") and not (cleaned.get("pasted") or "").strip():
            raise forms.ValidationError(_("Choose a file, or paste cells."))
        return cleaned


class AppealForm(forms.ModelForm):
    class Meta:
        model = Appeal
        fields = ["received_on", "grounds"]
        widgets = {"grounds": forms.Textarea(attrs={"rows": 4, "cols": 60})}

    received_on = forms.DateField(label=_("Received on"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean_received_on(self):
        day = self.cleaned_data["received_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day lies in the future."))
        return day


class DecisionForm(forms.Form):
    """What is decided of an appeal: a score for each item where it is upheld."""

    is_upheld = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("yes", _("upheld: the scores below are right")), ("no", _("dismissed: the result stands"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        empty_value=None,
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3, "cols": 60}))

    def __init__(self, *args, sheet, **kwargs):
        super().__init__(*args, **kwargs)
        self.names = [f"score{place}" for place in range(len(sheet.cycle.items))]
        pairs = zip(self.names, sheet.cycle.weighted_items, sheet.scores, strict=True)
        for name, (item, weight), score in pairs:
            self.fields[name] = PointsField(label=f"{item} ({weight}%)", initial=scores.shown(score))

    @property
    def scores(self):
        return [self.cleaned_data[name] for name in self.names]

    @property
    def score_fields(self):
        return [self[name] for name in self.names]
