from django import forms
from django.utils.translation import gettext_lazy as _

from organization import rights
from personnel.exports import numbers
from personnel.exports.layouts import LAYOUTS, LIST
from personnel.models import Force

FORMATS = [("xlsx", _("Excel workbook (.xlsx)")), ("csv", _("CSV, for other programs"))]


class ExportForm(forms.Form):
    """How the people of a list are written; what may not be had is refused by the export itself."""

    layout = forms.ChoiceField(
        label=_("Layout"),
        choices=[(layout.key, layout.label) for layout in LAYOUTS.values()],
        initial=LIST,
        widget=forms.RadioSelect,
    )
    format = forms.ChoiceField(
        label=_("Format"),
        choices=FORMATS,
        initial="xlsx",
        help_text=_("Excel spoils document numbers when it opens a CSV file; take the workbook to go on in Excel."),
    )
    full = forms.BooleanField(label=_("Full document numbers and phones"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("Needed for full numbers that are usually masked, and for full numbers of more than 500 people."),
    )

    def __init__(self, *given, role, **more):
        super().__init__(*given, **more)
        sees_masks = numbers.shown_to(role) == numbers.MASKED
        if not (sees_masks and numbers.may_ask_in_full(role)) and not self.is_bound:
            del self.fields["full"]


class TemplateForm(forms.Form):
    """Which workbook to fill in."""

    force = forms.ChoiceField(label=_("Force"), choices=Force.choices)
    filled = forms.BooleanField(label=_("with the people who serve there now"), required=False)

    def __init__(self, *given, role, **more):
        super().__init__(*given, **more)
        ours = rights.FORCES_WRITTEN.get(role, ())
        self.fields["force"].choices = sorted(Force.choices, key=lambda choice: choice[0] not in ours)
        if not numbers.may_ask_in_full(role):
            del self.fields["filled"]
