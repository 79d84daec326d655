from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization.asking import EARLIEST
from personnel.models import DocumentSighting


class SeenOnMixin:
    """A day on which something was seen: not to come, and not before there was anything to see."""

    def clean_seen_on(self):
        day = self.cleaned_data["seen_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("The document cannot have been seen on a day to come."))
        if day < EARLIEST:
            raise forms.ValidationError(_("The day is too long ago; please check the year."))
        return day


class SightingForm(SeenOnMixin, forms.Form):
    """Which document was compared, on which day, and whose."""

    document = forms.ChoiceField(label=_("Document seen"), choices=DocumentSighting.Document)
    seen_on = forms.DateField(label=_("Seen on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    members = forms.TypedMultipleChoiceField(coerce=int)

    def __init__(self, *args, offered, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["seen_on"].initial = timezone.localdate()
        self.fields["members"].choices = [(pk, pk) for pk in offered]
        self.fields["members"].error_messages = {
            "required": _("Tick at least one person."),
            "invalid_choice": _("The list changed meanwhile; look at it again and tick anew."),
        }


class TakingBackForm(forms.Form):
    """Why an entry is wrong."""

    reason = forms.CharField(
        label=_("Why the entry is wrong"),
        max_length=120,
        error_messages={"required": _("Say why; the entry itself stays on record.")},
    )

    def clean_reason(self):
        return self.cleaned_data["reason"].replace("\0", "")
