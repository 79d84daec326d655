"""What can be changed for many at once, and the form in which it is said."""

from dataclasses import dataclass

from django import forms
from django.core.validators import MinValueValidator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from organization.asking import EARLIEST
from organization.models import Account, Employer
from organization.refusal import StrOrPromise
from personnel.forms import TOO_EARLY
from personnel.models import Assignment, Member

PERSON, SERVICE = "personnel.change_member", "personnel.change_assignment"
OF_PERSON = ("education", "political", "marital", "occupation", "military", "household")
OF_SERVICE = ("post", "grade", "category", "employer", "contract_from", "contract_until")


@dataclass(frozen=True)
class Field:
    """A field of the file or of the service that runs; `needs` is the right that writes it."""

    key: str
    model: type[Member] | type[Assignment]
    needs: str

    @property
    def column(self):
        return self.model._meta.get_field(self.key)

    @property
    def label(self) -> StrOrPromise:
        return capfirst(self.column.verbose_name)

    def told(self, row) -> str:
        """The field's value in a row, as people read it."""
        value = getattr(row, self.key)
        words = dict(self.column.flatchoices).get(value, value)
        return "" if words is None else str(words)


FIELDS = {
    **{key: Field(key, Member, PERSON) for key in OF_PERSON},
    **{key: Field(key, Assignment, SERVICE) for key in OF_SERVICE},
}


def writable(account: Account) -> list[Field]:
    return [field for field in FIELDS.values() if account.has_perm(field.needs)]


class ValuesForm(forms.Form):
    """A tick for each field that is to change, and its new value; a blank one clears the field."""

    def __init__(self, *given, account: Account, **more):
        super().__init__(*given, **more)
        self.keys = [field.key for field in writable(account)]
        for field in writable(account):
            self.fields[f"set_{field.key}"] = forms.BooleanField(label=field.label, required=False)
            self.fields[field.key] = self._value_of(field)

    @staticmethod
    def _value_of(field: Field) -> forms.Field:
        if field.key == "employer":
            return forms.CharField(label=field.label, required=False, max_length=100)
        made = field.column.formfield(required=False)
        if isinstance(made, forms.DateField):
            made.validators = [*made.validators, MinValueValidator(EARLIEST, TOO_EARLY)]
            made.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return made

    def pairs(self):
        """(tick, value) of each field, for the page."""
        return [(self[f"set_{key}"], self[key]) for key in self.keys]

    def clean_employer(self):
        name = (self.cleaned_data.get("employer") or "").strip()
        if not name:
            return None
        found = list(Employer.objects.filter(name=name)[:2])
        if len(found) != 1:
            raise forms.ValidationError(_("There is no employer of exactly this name here, or more than one."))
        return found[0]

    def clean(self):
        cleaned = super().clean() or {}
        chosen = [key for key in self.keys if cleaned.get(f"set_{key}")]
        if not chosen:
            raise forms.ValidationError(_("Please tick what is to change."))
        for key in self.keys:  # what is not ticked is not asked
            if key not in chosen:
                self.errors.pop(key, None)
        return cleaned

    def values(self) -> dict:
        """{field: new value}: of texts and choices that may not be NULL, "" for nothing."""
        found = {}
        for key in self.keys:
            if self.cleaned_data.get(f"set_{key}"):
                value = self.cleaned_data.get(key)
                found[key] = (None if FIELDS[key].column.null else "") if value in (None, "") else value
        return found
