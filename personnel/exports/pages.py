"""The pages beside the list of people: choosing how it is exported, and the workbook to be filled in."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization import divisions, rights
from organization.guarded_admin import COUNT_CAP
from organization.models import Unit
from personnel.admin.people_filters import selection
from personnel.exports import numbers
from personnel.exports.columns import rows
from personnel.exports.export import RIGHT, ExportRefused, Order, export, numbers_shown, record
from personnel.exports.forms import ExportForm, TemplateForm
from personnel.exports.people import blocks
from personnel.exports.template import columns_of, template
from personnel.identity import DocumentKind
from personnel.models import Force, Member
from personnel.people import Selection

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def export_page(request):
    """GET asks how; POST answers with the file. The address carries the conditions of the list."""
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    asked = selection(request)
    form = ExportForm(request.POST or None, role=request.user.role)
    if request.method == "POST" and form.is_valid():
        try:
            made = export(Order(asked, **form.cleaned_data), request.user)
        except ExportRefused as refusal:
            if refusal.code == "not_allowed":
                raise PermissionDenied from None
            form.add_error("reason" if refusal.code == "reason_needed" else None, str(refusal))
        else:
            return as_file(made.file, made.name)
    return render(request, "personnel/export.html", context_of(request, asked, form))


def context_of(request, asked: Selection, form: ExportForm) -> dict:
    count = asked.people()[:COUNT_CAP].count()
    return admin.site.each_context(request) | {
        "title": _("Export people"),
        "form": form,
        "template_form": TemplateForm(role=request.user.role),
        "count": count,
        "is_capped": count >= COUNT_CAP,
        "unit": Unit.objects.get(code=asked.unit or request.user.unit_id),
        "asked": asked,
        "query": request.GET.urlencode(),
        "is_masked": numbers.shown_to(request.user.role) == numbers.MASKED,
    }


def template_page(request):
    """GET the workbook of a force, empty or, as an export that is put on record, with the people who serve now."""
    if not request.user.has_perm("personnel.view_card"):
        raise PermissionDenied
    usual = rights.FORCES_WRITTEN.get(request.user.role, (Force.JOINT_DEFENCE.value,))[0]
    force = request.GET.get("force") or usual
    if force not in Force.values:
        raise Http404
    unit = Unit.objects.get(code=selection(request).unit or request.user.unit_id)
    filled = Filled()
    if request.GET.get("filled"):
        try:
            filled = _filled(request, unit, force)
        except ExportRefused as refusal:
            messages.error(request, str(refusal))
            return redirect(f"{reverse('admin:personnel_card_export')}?unit={unit.code}")
    units = Unit.objects.below(unit.code).open_on(timezone.localdate()).values_list("code", "name")
    above = Unit.objects.filter(code__in=divisions.parents(unit.code)).values_list("code", "name")  # its town
    book = template(
        force, units=[*above, *units], unit_name=unit.name,
        members=filled.members, others=filled.others, other_documents=filled.other_documents,
    )  # fmt: skip
    return as_file(io.BytesIO(book), f"{unit.name}{columns_of(force).title}.xlsx")


@dataclass(frozen=True)
class Filled:
    """The rows of those who serve; the names of those whose file another unit keeps, whom a roster cannot bring back;
    whether there are people with another document than an identity card."""

    members: Sequence[tuple[str, ...]] = ()
    others: Sequence[str] = ()
    other_documents: bool = False


def _filled(request, unit: Unit, force: str) -> Filled:
    """Raises ExportRefused."""
    role = request.user.role or ""
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    if not numbers.may_ask_in_full(role):
        message = _("Your role sees no full numbers, without which the workbook cannot be sent back: take it empty.")
        raise ExportRefused("not_allowed", message)
    asked = Selection(day=timezone.localdate(), unit=unit.code, service={"force": force})
    is_masked, reason = numbers.shown_to(role) == numbers.MASKED, request.GET.get("reason", "")
    shown = numbers_shown(asked, request.user, full=is_masked, reason=reason)
    files = Member.objects.filter(pk__in=asked.cards().values("member_id"))
    has_others = files.exclude(document=DocumentKind.RESIDENT_ID).exists()
    columns = columns_of(force, other_documents=has_others).columns
    members, others = list[tuple[str, ...]](), list[str]()
    for block in blocks(asked, shown):
        for file, name, member in zip(block.file["file"], block.card["name"], rows(columns, [block]), strict=True):
            if file:
                members.append(member)
            else:
                others.append(name)
    told = "、".join(column.header for column in columns)
    record(asked, reason, rows=len(members), layout="template", format="xlsx", numbers=shown, columns=told)
    return Filled(members, others, has_others)


def as_file(file, name: str) -> FileResponse:
    """A download that no browser opens as a page."""
    kind = TYPES[name.rpartition(".")[2]]
    answer = FileResponse(file, as_attachment=True, filename=name, content_type=kind)
    answer.headers["X-Content-Type-Options"], answer.headers["Cache-Control"] = "nosniff", "no-store"
    return answer
