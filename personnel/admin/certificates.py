"""Certificates in the browser: issued from the page of a member, listed, and printed."""

import uuid

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization import events, rights
from organization.asking import EARLIEST
from organization.guarded_admin import GuardedAdmin
from organization.refused_by_database import sentence
from personnel.admin import numbers
from personnel.certificates import issuing, wording
from personnel.models import Certificate, Member

ISSUE = "personnel.add_certificate"
REVEAL = "personnel.reveal_member"


class CertificateForm(forms.Form):
    """Which service is certified, as of which day, what for."""

    what = forms.ChoiceField(label=gettext_lazy("Certificate"), widget=forms.RadioSelect)
    day = forms.DateField(
        label=gettext_lazy("As of day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    purpose = forms.CharField(
        label=gettext_lazy("Needed for"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Printed on the paper, such as a bank loan; may be left blank."),
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *given, member, forces, **more):
        super().__init__(*given, **more)
        today = timezone.localdate()
        self.services = {f"{kind}-{row.pk}": (kind, row) for kind, row in issuing.services_of(member, forces, today)}
        self.fields["what"].choices = [
            (key, f"{Certificate.Kind(kind).label}: {row.unit} {row} – {row.ended_on or ''}")
            for key, (kind, row) in self.services.items()
        ]
        self.fields["what"].initial = next(iter(self.services), None)
        self.fields["day"].widget.attrs["max"] = today.isoformat()

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise ValidationError(_("The day lies in the future."))
        if day < EARLIEST:
            raise ValidationError(_("There is nothing of so early a day."))
        return day

    def draft(self):
        kind, service = self.services[self.cleaned_data["what"]]
        chosen = self.cleaned_data
        return issuing.Draft(kind, service, chosen["day"], chosen["token"], chosen["purpose"])


def urls(members):
    """The address below a member where certificates are issued."""
    view = members.admin_site.admin_view(lambda request, pk: issue_page(members, request, pk))
    return [path("<int:pk>/certificate/", view, name="personnel_member_certificate")]


def issue_page(members, request, pk):
    """GET asks which certificate; POST issues it and leads to the paper."""
    if not request.user.has_perm(ISSUE):
        raise PermissionDenied
    member = Member.objects.filter(pk=pk).first()
    if member is None:
        raise Http404
    if not members.has_change_permission(request, member):
        raise PermissionDenied
    initial = {"day": timezone.localdate(), "token": uuid.uuid4()}
    forces = rights.FORCES_WRITTEN.get(request.user.role, ())
    form = CertificateForm(request.POST or None, member=member, forces=forces, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                certificate = issuing.issue(form.draft(), request.user)
            return redirect(reverse("admin:personnel_certificate_change", args=[certificate.pk]))
        except issuing.IssuedAlready as refusal:
            form.add_error(None, str(refusal))
            form.data = request.POST.copy()
            form.data["token"] = str(uuid.uuid4())
        except IntegrityError as error:
            said = sentence(error)
            if said is None:
                raise
            form.add_error("day", said)
    issued = Certificate.objects.filter(member=member)
    context = {
        "member": member,
        "form": form,
        "issued": issued,
        "title": _("Employment certificates"),
        "opts": Member._meta,
    }
    return render(request, "personnel/certificate/issue.html", admin.site.each_context(request) | context)


@admin.register(Certificate)
class CertificateAdmin(GuardedAdmin):
    list_display = ["number", "kind", "name", "unit_name", "day", "issued_at", "account_name"]
    list_filter = ["kind", "year"]
    search_fields = ["name"]
    ordering = ["-id"]
    nothing_here = gettext_lazy("No certificate was issued yet. It is issued from the file of the person.")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description=gettext_lazy("number"), ordering="id")
    def number(self, certificate):
        return certificate.number

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """The paper itself, ready to be printed."""
        if not self.has_view_permission(request) or object_id is None:
            raise PermissionDenied
        certificate = self.get_object(request, object_id)
        if certificate is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return paper(request, certificate)


def paper(request, certificate):
    """The certificate on A4; its document number in full for those who keep it, or who say why they need it."""
    member = Member.objects.filter(pk=certificate.member_id).first()  # None where the file has moved on
    reason = request.POST.get("reason", "").strip()
    may_reveal = member is not None and request.user.has_perm(REVEAL)
    shown = numbers.shown(member, "id_number") if member else certificate.mask
    if request.method == "POST" and may_reveal and len(reason) >= 2:
        events.record("reveal", member=member.pk, unit=member.unit_id, reason=reason, field="id_number")
        shown = member.id_number
    context = {
        "certificate": certificate,
        "heading": wording.title(certificate),
        "sentences": wording.sentences(certificate, shown),
        "issued_on": wording.chinese(timezone.localtime(certificate.issued_at).date()),
        "may_reveal": may_reveal and shown == certificate.mask,
    }
    return render(request, "papers/certificate.html", context)
