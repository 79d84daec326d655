"""Forms that ask for one day of many contracts: that of their signing, or the last one of those that end early."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from personnel.admin.contract_forms import DAY, OUT_OF_TIME, SIGNED_AHEAD, day_field, out_of_time
from personnel.contracts.closing import REASONS, Ending


class EndingForm(forms.Form):
    """The last day and the reason for contracts that end before their time."""

    last_day = day_field(_("Last day in force"), required=True)
    reason = forms.ChoiceField(label=_("Why they end early"), choices=[("", "---------"), *REASONS])
    note = forms.CharField(label=_("Reason in words"), required=False, max_length=120)

    def clean_last_day(self):
        day = self.cleaned_data["last_day"]
        if out_of_time(day):
            raise forms.ValidationError(OUT_OF_TIME)
        return day

    def ending(self) -> Ending:
        given = self.cleaned_data
        return Ending(given["last_day"] + DAY, given["reason"], given["note"])


class SignedForm(forms.Form):
    """The day on which several were signed."""

    day = day_field(_("Signed on"), required=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["day"].widget.attrs["max"] = timezone.localdate().isoformat()

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise forms.ValidationError(SIGNED_AHEAD)
        if out_of_time(day):
            raise forms.ValidationError(OUT_OF_TIME)
        return day
