"""Changing several people at once: who and what, then old and new for each, then it is written."""

import re
from uuid import uuid4

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organization.refused_by_database import sentence
from personnel.admin.people_filters import selection
from personnel.bulk_edit import carrying_out
from personnel.bulk_edit.carrying_out import MOST, EditRefused
from personnel.bulk_edit.fields import PERSON, ValuesForm
from personnel.bulk_edit.planning import plan
from personnel.models import Member

BATCH = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def bulk_page(request):
    """GET the people of a list and the fields; POST previews, with `carry_out` writes, with `back` asks again."""
    if not request.user.has_perm(PERSON):
        raise PermissionDenied
    form = ValuesForm(request.POST or None, account=request.user)
    if request.method == "POST" and "back" not in request.POST and form.is_valid():
        members, values = ticked(request), form.values()
        try:
            carrying_out.checked(members, values, request.user)
            if "carry_out" in request.POST and (answer := carried_out(request, members, values)):
                return answer
            return preview(request, form, members, values)
        except EditRefused as refusal:
            messages.error(request, str(refusal))
            if refusal.code == "done_already":
                return redirect(listed(request))
    return choosing(request, form)


def listed(request) -> str:
    return f"{reverse('admin:personnel_card_changelist')}?{request.GET.urlencode()}"


def ticked(request) -> list[int]:
    keys = request.POST.getlist("member")
    return sorted({int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) < 18})


def context_of(request, **more):
    shared = {"title": _("Change several people"), "query": request.GET.urlencode()}
    return admin.site.each_context(request) | shared | more


def choosing(request, form):
    asked = selection(request)
    files = Member.objects.filter(pk__in=asked.people(), erased_on=None).select_related("unit")
    people = list(files.order_by("unit_id", "id")[: MOST + 1])
    is_too_many = len(people) > MOST
    chosen = set(ticked(request)) if request.method == "POST" else {person.pk for person in people}
    context = context_of(
        request, form=form, people=[] if is_too_many else [(each, each.pk in chosen) for each in people],
        is_too_many=is_too_many, most=MOST,
    )  # fmt: skip
    return render(request, "personnel/bulk_edit/choose.html", context)


def preview(request, form, members, values):
    rows = plan(members, values, request.user, timezone.localdate())
    context = context_of(
        request, form=form, members=members, rows=[row for row in rows if not row.skipped],
        skipped=[row for row in rows if row.skipped], seen=carrying_out.version(members), batch=str(uuid4()),
        sent=[(name, value) for name, value in request.POST.items() if name in form.fields],
    )  # fmt: skip
    return render(request, "personnel/bulk_edit/preview.html", context)


def carried_out(request, members, values):
    """The answer after writing; None to show the preview anew. Raises EditRefused."""
    seen, batch = request.POST.get("seen", ""), request.POST.get("batch", "")
    if not (seen.isascii() and seen.isdecimal() and len(seen) < 18 and BATCH.fullmatch(batch)):
        return None
    try:
        with transaction.atomic():
            done = carrying_out.carry_out(
                members, values, request.user, timezone.localdate(), seen=int(seen), batch=batch
            )
    except DatabaseError as error:
        reason = sentence(error)
        if reason is None:
            raise
        messages.error(request, _("Nothing was changed. %(reason)s") % {"reason": reason})
        return None
    if done.changed_since:
        said = _("Nothing was changed: meanwhile somebody changed the files of %(names)s. Please look again.")
        messages.error(request, said % {"names": "、".join(done.changed_since[:10])})
        return None
    said = ngettext("%(count)d person was changed.", "%(count)d people were changed.", done.people)
    messages.success(request, said % {"count": done.people})
    return redirect(listed(request))
