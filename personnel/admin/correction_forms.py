"""Forms of the corrections: a number and why, a reason, and what stays when two files become one."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from personnel import codes, identity
from personnel.corrections import numbers


class ReasonForm(forms.Form):
    """Why something is corrected; `seen` is the last change of the file that the page showed."""

    reason = forms.CharField(
        label=_("Reason"), min_length=2, max_length=200,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_reason(self):
        return self.cleaned_data["reason"].replace("\0", "")


class NumberForm(ReasonForm):
    """The number as it should be. `correction` is what it makes of the file."""

    document = forms.ChoiceField(label=_("Kind of document"), choices=codes.choices("document"))
    id_number = forms.CharField(
        label=_("Right document number"), max_length=30,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )  # fmt: skip
    field_order = ("document", "id_number", "reason", "seen")

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, **kwargs)
        self.member = member
        self.correction = self.other = None

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        if "document" not in cleaned or "id_number" not in cleaned:
            return cleaned
        try:
            self.correction = numbers.judged(
                self.member, cleaned["document"], cleaned["id_number"], timezone.localdate()
            )
        except (numbers.NotCorrectable, identity.IdNumberError) as refusal:
            self.other = refusal.params.get("member")
            self.add_error("id_number", str(refusal))
        else:
            cleaned["id_number"] = self.correction.number
        return cleaned
