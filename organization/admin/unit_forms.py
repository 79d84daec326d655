"""Forms of a unit: its code read as people write it, its other names one a line, and how it closes."""

import re

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization import division_table, divisions
from organization.covering import covers
from organization.guarded_admin import RefusableForm
from organization.models import Installation, Unit

CODE_HELP = _(
    "6, 9 or 12 digits. Digits 7 to 9: 001 to 099 streets, 100 to 199 towns, 200 to 399 townships, 900 to 999 "
    "sub-bureau, police stations and special squads. Digits 10 to 12: 001 to 199 communities, 200 to 399 villages; "
    "below a functional unit 001 and up are its squads."
)


class NamesField(forms.CharField):
    """Several names, one a line; commas of either width part them too."""

    widget = forms.Textarea(attrs={"rows": 3, "cols": 40})

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def has_changed(self, initial, data):
        return self.clean(data) != (initial or [])

    def clean(self, value):
        names = [part.strip() for part in re.split(r"[\n,，、;；]", super().clean(value) or "")]
        if any(len(name) > divisions.MAX_NAME_LENGTH for name in names):
            raise forms.ValidationError(_("A name has at most 60 characters."))
        return list(dict.fromkeys(name for name in names if name))


def code_of_new_unit(text: str, name: str) -> int:
    """The code of a unit to be, as typed. Raises ValidationError for one that is malformed or lies nowhere."""
    root = Installation.objects.values_list("pk", flat=True).get()
    row = division_table.Row(1, text, name)
    digits = re.sub(r"\D", "", row.code)
    above = divisions.parents(int(digits.ljust(12, "0"))) if 6 <= len(digits) <= 12 else ()
    plan = division_table.judge([row], root, Unit.objects.filter(pk__in=above))
    if wrong := [str(problem.message) for problem in plan.problems if problem.column == "code"]:
        raise forms.ValidationError(wrong)
    return plan.new[0][0]


class UnitForm(RefusableForm):
    """A unit. Its code is given once; a new name keeps the old one among the other names."""

    code = forms.CharField(label=_("Code"), max_length=24, help_text=CODE_HELP)
    aliases = NamesField(
        label=_("Other names"),
        required=False,
        help_text=_("One a line: former and colloquial names under which rosters may call it."),
    )

    class Meta:
        model = Unit
        fields = "__all__"

    def clean_code(self):
        self.instance.root_id = Installation.objects.values_list("pk", flat=True).get()
        return code_of_new_unit(self.cleaned_data["code"], self.data.get(self.add_prefix("name")) or "-")

    def save(self, commit=True):
        if not self.instance._state.adding and "name" in self.changed_data:
            name, self.instance.name = self.instance.name, self.initial["name"]
            self.instance.rename(name)
        return super().save(commit)


class ClosingForm(forms.Form):
    """Which unit succeeds, and from which day on."""

    successor = forms.TypedChoiceField(label=_("Successor"), coerce=int)
    day = forms.DateField(
        label=_("Closed on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("First day on which the unit no longer exists; today or earlier."),
    )

    def __init__(self, *args, unit, **kwargs):
        super().__init__(*args, initial={"day": timezone.localdate()}, **kwargs)
        self.fields["successor"].choices = [("", "---------"), *successors(unit)]


def successors(unit):
    """Open units of the same sort in the same district, by town: [(town, [(code, name)])], one's own town first."""
    district = next((code for code in divisions.parents(unit.pk) if divisions.level(code) == "district"), unit.root_id)
    units = Unit.objects.below(district).filter(closed_on=None).at_level(unit.level).exclude(pk=unit.pk)
    near = [other for other in units if other.is_functional == unit.is_functional and covers(other.pk)]
    parents = {other.pk: divisions.parents(other.pk)[0] for other in near}
    names = dict(Unit.objects.filter(pk__in=set(parents.values())).values_list("code", "name"))
    groups: dict[int, list[tuple[int, str]]] = {}
    for other in near:
        groups.setdefault(parents[other.pk], []).append((other.pk, f"{other.name} {divisions.format_code(other.pk)}"))
    own = divisions.parents(unit.pk)[0]
    ordered = sorted(groups, key=lambda parent: (parent != own, parent))
    return [(names.get(parent, divisions.format_code(parent)), groups[parent]) for parent in ordered]
