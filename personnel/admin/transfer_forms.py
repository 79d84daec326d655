"""Forms of transfers: who is asked for and what they shall do, and the answer."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization import rights
from organization.models import Unit
from personnel import codes, identity, names
from personnel.models import Assignment, Force
from personnel.transfers.asking import Wanted

KINDS = {
    "move": _("transfer: the person moves here, the services elsewhere end"),
    "second": _("second, part-time service: the person stays where they are"),
}
USUAL_SHARE = 50


class AskForm(forms.Form):
    """A person by number and name, and the service that is meant for them."""

    document = forms.ChoiceField(label=_("Kind of document"), choices=codes.choices("document"), initial="resident_id")
    id_number = forms.CharField(
        label=_("Document number"), max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    name = forms.CharField(label=pgettext_lazy("person", "name"), max_length=50)
    unit_code = forms.TypedChoiceField(label=_("To which unit"), coerce=int)
    force = forms.ChoiceField(label=_("Force"))
    sponsor = forms.ChoiceField(
        label=_("Run by"),
        required=False,
        choices=[("", "---------"), *Assignment.Sponsor.choices],
        help_text=_("For joint defence only."),
    )
    kind = forms.ChoiceField(label=_("What for"), choices=list(KINDS.items()), initial="move", widget=forms.RadioSelect)
    share = forms.IntegerField(
        label=_("Share of full time (%)"),
        min_value=1,
        max_value=Assignment.FULL_TIME - 1,
        required=False,
        initial=USUAL_SHARE,
        help_text=_("For a second service: 1 to 99. For volunteers this does not matter."),
    )
    post = forms.CharField(label=_("Post"), max_length=40, required=False)

    def __init__(self, *args, account, **kwargs):
        super().__init__(*args, **kwargs)
        ours = rights.FORCES_WRITTEN.get(account.role, ())
        self.fields["force"].choices = [choice for choice in Force.choices if choice[0] in ours]
        units = Unit.objects.below(account.unit_id).open_on(timezone.localdate())
        self.fields["unit_code"].choices = [(str(code), name) for code, name in units.values_list("code", "name")]
        self.fields["unit_code"].initial = str(account.unit_id)
        self.fields["sponsor"].initial = {"clerk": "village", "staff": "town"}.get(account.role, "")

    def clean_name(self):
        name = names.clean_name(self.cleaned_data["name"])
        if (problem := names.name_problem(name)) is not None:
            raise forms.ValidationError(problem)
        return name

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("id_number") and cleaned.get("document"):
            try:
                cleaned["id_number"] = identity.check_document(
                    cleaned["document"], cleaned["id_number"], timezone.localdate()
                )
            except ValueError as error:
                self.add_error("id_number", str(error))
        is_joint_defence = cleaned.get("force") == Force.JOINT_DEFENCE
        if is_joint_defence and not cleaned.get("sponsor") and "sponsor" not in self.errors:
            self.add_error("sponsor", _("Joint defence is run by a town or by a village; please choose."))
        if cleaned.get("kind") == "second" and not cleaned.get("share") and "share" not in self.errors:
            self.add_error("share", _("A second service takes between 1 and 99 percent of full time."))
        return cleaned

    def wanted(self) -> Wanted:
        given = self.cleaned_data
        return Wanted(
            number=given["id_number"],
            name=given["name"],
            unit=given["unit_code"],
            force=given["force"],
            sponsor=given["sponsor"] if given["force"] == Force.JOINT_DEFENCE else "",
            post=given["post"],
            share=Assignment.FULL_TIME if given["kind"] == "move" else given["share"],
        )


class AnswerForm(forms.Form):
    """Agree, or refuse and say why."""

    decision = forms.ChoiceField(choices=[("agreed", _("agree")), ("refused", _("refuse"))])
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
