from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization import divisions
from organization.admin.unit_forms import code_of_new_unit
from organization.models import Unit
from personnel.reorganising import orders
from personnel.reorganising.orders import Order

CODE_HELP = _("The new code, 9 digits for a town, 12 for a village; it has not been used before.")


def choices(account) -> list:
    """Open towns and villages below the account's unit, by town: [(town, [(code, name)])]."""
    groups: dict[int, list] = {}
    names: dict[int, str] = {}
    for unit in Unit.objects.below(account.unit_id).filter(closed_on=None).order_by("code"):
        if unit.level in ("town", "village"):
            town = unit.pk - unit.pk % 1000
            names.setdefault(town, unit.name)
            groups.setdefault(town, []).append((unit.pk, f"{unit.name} {divisions.format_code(unit.pk)}"))
    return [(names[town], units) for town, units in groups.items()]


class ReorganisationForm(forms.Form):
    """Which day, and one unit or several; subclasses say what becomes of them. `order()` puts it together."""

    day = forms.DateField(
        label=_("From the day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("First day of the new order; today or earlier."),
    )

    def __init__(self, *args, account, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = timezone.localdate()
        offered = choices(account)
        for name in ("units", "unit", "successor"):
            if name in self.fields:
                several = isinstance(self.fields[name], forms.TypedMultipleChoiceField)
                self.fields[name].choices = offered if several else [("", "---------"), *offered]

    def order(self, members=frozenset()) -> Order:
        raise NotImplementedError

    def clean_code(self):
        code = self.cleaned_data.get("code")
        return code_of_new_unit(code, "-") if code else None

    def clean_name(self):
        return self.cleaned_data["name"].replace("\0", "").strip()


class MergeForm(ReorganisationForm):
    units = forms.TypedMultipleChoiceField(
        label=_("Units that go into another"), coerce=int, widget=forms.SelectMultiple(attrs={"size": 12})
    )
    successor = forms.TypedChoiceField(label=_("Unit that takes them in"), coerce=int)
    field_order = ["units", "successor", "day"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("successor") in cleaned.get("units", ()):
            self.add_error("successor", _("A unit cannot go into itself; choose another one here or above."))
        return cleaned

    def order(self, members=frozenset()):
        units = Unit.objects.in_bulk([*self.cleaned_data["units"], self.cleaned_data["successor"]])
        successor = units.pop(self.cleaned_data["successor"])
        return orders.merge(list(units.values()), successor, self.cleaned_data["day"])


class RenumberForm(ReorganisationForm):
    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int)
    code = forms.CharField(label=_("New code"), max_length=24, help_text=CODE_HELP)
    name = forms.CharField(
        label=_("New name"), max_length=60, required=False, help_text=_("Leave blank if it keeps its name.")
    )
    field_order = ["unit", "code", "name", "day"]

    def order(self, members=frozenset()):
        unit = Unit.objects.get(pk=self.cleaned_data["unit"])
        return orders.renumber(unit, self.cleaned_data["code"], self.cleaned_data["name"], self.cleaned_data["day"])


class SplitForm(ReorganisationForm):
    unit = forms.TypedChoiceField(label=_("Unit that is split"), coerce=int)
    successor = forms.TypedChoiceField(
        label=_("Existing unit that people go to"), coerce=int, required=False, empty_value=None
    )
    code = forms.CharField(label=_("Or a new unit: its code"), max_length=24, required=False, help_text=CODE_HELP)
    name = forms.CharField(label=_("Name of the new unit"), max_length=60, required=False)
    field_order = ["unit", "successor", "code", "name", "day"]

    def clean(self):
        cleaned = super().clean()
        is_new = bool(cleaned.get("code"))
        if is_new == bool(cleaned.get("successor")) and not self.errors:
            self.add_error("successor", _("Choose an existing unit, or give code and name of a new one; not both."))
        if is_new and not cleaned.get("name"):
            self.add_error("name", _("A new unit needs a name."))
        if cleaned.get("successor") and cleaned["successor"] == cleaned.get("unit"):
            self.add_error("successor", _("A unit cannot go into itself; choose another one here or above."))
        return cleaned

    def order(self, members=frozenset()):
        unit = Unit.objects.get(pk=self.cleaned_data["unit"])
        is_new = bool(self.cleaned_data["code"])
        to = self.cleaned_data["code"] or self.cleaned_data["successor"]
        name = self.cleaned_data["name"] if is_new else ""
        return orders.split(unit, to, members, self.cleaned_data["day"], name)
