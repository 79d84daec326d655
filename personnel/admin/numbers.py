"""Numbers on the page: plain for those who keep them, masked for the rest, revealed one by one with a reason."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from organization import events, rights
from organization.scope import current
from personnel import codes, identity, lookup
from personnel.corrections import numbers as former
from personnel.entries.checking import checks_of, told_outcomes
from personnel.entries.terms import REVEALS_CHECKS
from personnel.forms import PhoneMixin
from personnel.models import BankAccount, EmergencyContact, HealthRecord, Member

REVEALED = {
    "id_number": _("document number"),
    "phone": _("phone"),
    "contact": _("emergency contact"),
    "account": _("account number"),
    "check": _("background check"),
}
RIGHTS = {"account": "personnel.reveal_bankaccount", "check": REVEALS_CHECKS}


def masked_phone(phone):
    return phone[:3] + "*" * (len(phone) - 3) if phone else "-"


def shown(member, field):
    """The number itself for those who keep it, its mask for everybody else."""
    return getattr(member, field) if current().duty in rights.PLAIN_NUMBER_ROLES else member.id_mask


class ContactForm(PhoneMixin, forms.ModelForm):
    """Where phones are masked, one left blank on a contact that exists stays as it is."""

    phone = forms.CharField(label=_("Phone"), max_length=20)

    class Meta:
        model = EmergencyContact
        fields = ["name", "relation", "phone"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and current().duty not in rights.PLAIN_NUMBER_ROLES:
            self.initial["phone"] = ""
            self.fields["phone"].required = False
            self.fields["phone"].help_text = _("Left blank, the number on record stays.")

    def clean_phone(self):
        return super().clean_phone() or (self.instance.phone if self.instance.pk else None)


class HealthForm(forms.ModelForm):
    condition = forms.ChoiceField(label=_("State of health"), choices=codes.choices("health"))
    blood_type = forms.ChoiceField(label=_("Blood type"), choices=[("", "-"), *codes.choices("blood")], required=False)
    height = forms.IntegerField(label=_("Height (cm)"), min_value=80, max_value=250, required=False)

    class Meta:
        model = HealthRecord
        fields = ["condition", "blood_type", "height", "checked_on"]

    def clean_height(self):
        return str(self.cleaned_data["height"]) if self.cleaned_data.get("height") else None


def check(document, text):
    """What a number says, as JSON for the entry form: error, or sex, birth date, age; and who bears it already."""
    today = timezone.localdate()
    try:
        number = identity.check_document(document, text, today)
    except (identity.IdNumberError, ValueError) as error:
        return {"error": str(error)}
    answer: dict[str, object] = {"number": number}
    if len(number) == 18 and document != "passport":
        told = identity.parse(number, today)
        answer |= {
            "sex": told.sex,
            "birth_date": told.birth_date.isoformat(),
            "age": identity.age_on(told.birth_date, today),
        }
    found = lookup.number(number)
    if found.member:
        answer["known"] = {
            "name": found.member.name,
            "url": reverse("admin:personnel_member_change", args=[found.member.pk]),
        }
    if found.elsewhere:
        answer["warning"] = str(lookup.ELSEWHERE)
    return answer


def find(request):
    """POST from the search box: a document number or phone goes to its file, so that it never stands in an address."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not request.user.has_perm("personnel.view_card"):
        raise PermissionDenied
    people = reverse("admin:personnel_card_changelist")
    text = request.POST.get("q", "").strip()
    kept = {key: value for key, value in request.GET.items() if key != "q" and value}
    key = identity.normalise(text)
    if not any(letter.isdecimal() for letter in key):
        return redirect(f"{people}?{urlencode(kept | {'q': text} if text else kept)}")
    if not may_try_numbers(request.user):
        events.record("lookup", refused=True)
        messages.warning(request, _("You see numbers masked and cannot search by them; please search by name."))
        return redirect(people)
    if len(key) == 15 and key.isascii() and key.isdecimal():
        key = identity.upgrade15(key)
    found = _bearers(key)
    before = [] if found else former.former_bearers(key)
    found = found or [each.member for each in before]
    events.record("lookup", found=len(found))
    for each in before:
        messages.info(request, str(former.notice(each)))
    if len(found) == 1:
        return redirect(reverse("admin:personnel_member_change", args=[found[0].pk]))
    if found:
        return redirect(
            f"{people}?{urlencode({'status': 'all', 'ids': ','.join(str(member.pk) for member in found[:50])})}"
        )
    messages.warning(request, _("Nobody in your register has this number."))
    return redirect(people)


def may_try_numbers(account) -> bool:
    """A mask and the birth date beside it leave 500 candidates: whoever may try them learns the number."""
    return account.role in rights.PLAIN_NUMBER_ROLES or account.has_perm("personnel.reveal_member")


def _bearers(key):
    """Members of the own register whose document number or phone this is."""
    member = lookup.bearer(key)
    return [member] if member else list(lookup.phone(key)[:50])


def reveal(request, pk, field):
    """One number in full, for those with the right and a reason; each look is an event."""
    if field not in REVEALED:
        raise Http404
    if not request.user.has_perm(RIGHTS.get(field, "personnel.reveal_member")):
        raise PermissionDenied
    member = Member.objects.filter(pk=pk).first()
    if member is None:
        raise Http404
    context = admin.site.each_context(request) | {"member": member, "title": REVEALED[field], "field": field}
    reason = request.POST.get("reason", "").strip()
    if request.method == "POST" and len(reason) >= 2:
        events.record("reveal", member=member.pk, unit=member.unit_id, reason=reason, field=field)
        context |= {"number": _number(member, field), "reason": reason}
    elif request.method == "POST":
        context["error"] = _("Please say why you need the number.")
    return render(request, "personnel/reveal.html", context)


def _number(member, field):
    if field == "account":
        account = BankAccount.objects.filter(member=member).first()
        return account.number if account else "-"
    if field == "check":
        return told_outcomes(checks_of(member_id=member.pk)) or "-"
    if field == "contact":
        return "；".join(f"{each.name} {each.phone}" for each in member.emergency_contacts.order_by("id")) or "-"
    return getattr(member, field) or "-"
