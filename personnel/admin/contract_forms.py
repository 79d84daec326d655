"""Forms of contracts: one in the file, and what is said once for many."""

from datetime import date, timedelta

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization import rights
from organization.asking import EARLIEST
from organization.guarded_admin import RefusableForm
from organization.models import Account, Employer
from personnel.contracts.planning import EMPLOYER_HIDDEN
from personnel.contracts.signing import Offer
from personnel.contracts.terms import KEEP, LEAVE, OPEN_ENDED, THIRD, Terms
from personnel.models import Contract
from personnel.models.contract import MISTAKE
from personnel.spans import years_after

DAY = timedelta(days=1)
LATEST = date(2200, 1, 1)
SIGNED_AHEAD = _("A contract cannot have been signed on a day to come.")
OUT_OF_TIME = _("This day lies too far away; please check the year.")
FULL_NAME = _("Full name; blank: the employer that the service names.")
NOT_YOURS = _("Another office writes the file of this person; please ask them.")


def day_field(label, **more):
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **{"required": False, **more}
    )


def out_of_time(day: date | None) -> bool:
    return day is not None and not EARLIEST <= day < LATEST


class ContractForm(RefusableForm):
    """One contract. People say its last day; the database keeps the first day after it."""

    last_day = forms.DateField(
        label=_("contract until"), required=False, widget=AdminDateWidget,
        help_text=_("Last day of the contract; blank: open-ended."),
    )  # fmt: skip
    writer: Account | None = None

    class Meta:
        model = Contract
        fields: list[str] = []  # the admin names them

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["last_day"].initial = self.instance.last_day
        if "employer" in self.fields and self.instance.employer_id and not self._sees_employer():
            self.fields["employer"] = forms.CharField(label=self.fields["employer"].label, disabled=True)
            self.initial["employer"] = EMPLOYER_HIDDEN

    def _sees_employer(self):
        return Employer.objects.filter(pk=self.instance.employer_id).exists()

    def _get_validation_exclusions(self):
        found = super()._get_validation_exclusions() - {"ends_on"}
        return found | ({"employer"} if self._is_hidden() else set())

    def _is_hidden(self):
        return "employer" in self.fields and not isinstance(self.fields["employer"], forms.ModelChoiceField)

    def clean_member(self):
        member = self.cleaned_data["member"]
        ours = rights.FORCES_WRITTEN.get((self.writer and self.writer.role) or "", ())
        if member.erased_on or not member.is_written_by(ours):
            raise forms.ValidationError(NOT_YOURS)
        return member

    def clean_signed_on(self):
        day = self.cleaned_data["signed_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(SIGNED_AHEAD)
        return day

    def clean(self):
        cleaned = super().clean() or {}
        for name in ("starts_on", "last_day", "signed_on", "ended_on"):
            if out_of_time(cleaned.get(name)):
                self.add_error(name, OUT_OF_TIME)
        last = cleaned.get("last_day")
        start = cleaned.get("starts_on")
        if start and last and last < start:
            self.add_error("last_day", _("The contract ends before it starts."))
        elif "last_day" not in self.errors:
            self.instance.ends_on = last and last + DAY
        if cleaned.get("ending") == MISTAKE and start:
            cleaned["ended_on"] = start  # never in force
        if self._is_hidden():
            cleaned.pop("employer", None)
        return cleaned


class EmployerMixin:
    """An employer by its full name, as bulk edits ask for it; None where that of the service counts."""

    def clean_employer(self):
        name = self.cleaned_data["employer"].strip()
        if not name:
            return None
        found = list(Employer.objects.filter(name=name)[:2])
        if len(found) != 1:
            raise forms.ValidationError(_("There is no employer of exactly this name here, or more than one."))
        return found[0]


class TermsForm(forms.Form):
    """Kind, length, signing and what becomes of a third fixed term."""

    TERMS = [("1", _("one year")), ("2", _("two years")), ("3", _("three years")), ("5", _("five years")),
             ("day", _("until the last day given below"))]  # fmt: skip

    kind = forms.ChoiceField(label=_("Kind of contract"), required=False)
    term = forms.ChoiceField(label=_("Length"), choices=TERMS, initial="1")
    last_day = day_field(_("Last day of the term"))
    signed_on = day_field(_("Signed on"), help_text=_("Blank where they are only to be signed; enter it later."))
    third = forms.ChoiceField(
        label=_("Third fixed term in a row"), choices=list(THIRD.items()), initial=LEAVE,
        help_text=_("After two fixed terms with an employer an open-ended contract may be claimed (art. 14)."),
    )  # fmt: skip
    may_keep_kind = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        as_before = [("", _("as before"))] if self.may_keep_kind else []
        self.fields["kind"].choices = [*as_before, *Contract.Kind.choices]
        self.fields["signed_on"].widget.attrs["max"] = timezone.localdate().isoformat()

    def clean_signed_on(self):
        day = self.cleaned_data["signed_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(SIGNED_AHEAD)
        if out_of_time(day):
            raise forms.ValidationError(OUT_OF_TIME)
        return day

    def clean(self):
        cleaned = super().clean() or {}
        if out_of_time(cleaned.get("last_day")):
            self.add_error("last_day", OUT_OF_TIME)
        needs_day = cleaned.get("term") == "day" and cleaned.get("kind") != OPEN_ENDED
        if needs_day and not cleaned.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", _("Please give the last day."))
        return cleaned

    def terms(self) -> Terms:
        given = self.cleaned_data
        is_day = given["term"] == "day"
        last = given.get("last_day")
        return Terms(
            given["kind"], years=None if is_day else int(given["term"]), until=last + DAY if is_day and last else None,
            signed_on=given.get("signed_on"), third=given["third"],
        )  # fmt: skip


class CalendarForm(TermsForm):
    """The common last day, alone or with whole years after it."""

    BEYOND = [
        ("0", _("until that day only (bridging term)")),
        ("1", _("and one whole year after it, in one contract")),
        ("2", _("and two whole years after it, in one contract")),
        ("3", _("and three whole years after it, in one contract")),
    ]

    term = forms.ChoiceField(label=_("How far"), choices=BEYOND, initial="0")
    last_day = day_field(_("Common last day"), required=True)

    field_order = ("last_day", "term", "kind", "signed_on", "third")

    def terms(self) -> Terms:
        given = self.cleaned_data
        until = years_after(given["last_day"] + DAY, int(given["term"]))
        return Terms(given["kind"], until=until, signed_on=given.get("signed_on"), third=given["third"])


class SignForm(EmployerMixin, TermsForm):
    """First contracts: with whom, from when, and whether others end."""

    employer = forms.CharField(label=_("Employer"), required=False, max_length=100, help_text=FULL_NAME)
    starts_on = day_field(_("First day"), required=True)
    ends_others = forms.BooleanField(
        label=_("Contracts with other employers end on that day (employer changed)"), required=False
    )

    field_order = ("employer", "kind", "starts_on", "term", "last_day", "signed_on", "third", "ends_others")
    may_keep_kind = False

    def clean(self):
        cleaned = super().clean()
        if out_of_time(cleaned.get("starts_on")):
            self.add_error("starts_on", OUT_OF_TIME)
        start, last = cleaned.get("starts_on"), cleaned.get("last_day")
        if cleaned.get("term") == "day" and start and last and last < start:
            self.add_error("last_day", _("The contract ends before it starts."))
        return cleaned

    def offer(self) -> Offer:
        given = self.cleaned_data
        return Offer(self.terms(), given["employer"], given["starts_on"], ends_others=given["ends_others"])


class RosterForm(EmployerMixin, forms.Form):
    """Contracts whose days the rosters gave: what else has to be said."""

    employer = forms.CharField(label=_("Employer"), required=False, max_length=100, help_text=FULL_NAME)
    kind = forms.ChoiceField(label=_("Kind of contract"), choices=Contract.Kind.choices)
    is_signed = forms.BooleanField(
        label=_("They were signed on their first day"), required=False,
        help_text=_("Otherwise they wait until somebody enters the day of signing."),
    )  # fmt: skip

    def offer(self) -> Offer:
        given = self.cleaned_data
        return Offer(Terms(given["kind"], third=KEEP), given["employer"], is_signed=given["is_signed"])
