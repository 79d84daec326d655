"""The auditor's page of looks: who looked at whom, by account, file and day, with what is unusual on top."""

from datetime import timedelta

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from organization import event_words, looks
from organization.admin.trail_filters import day_of, midnight
from organization.models import Account, SecurityEvent

RIGHT = "organization.view_securityevent"
ROWS_A_PAGE = 50
DAYS = 30  # what is shown unless days are asked for


def looks_page(request):
    """GET since, until (days, both included), account (user name), file (number of a file)."""
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    asked, typed, unknown = what_is_asked(request)
    found = Paginator(looks.events(asked), ROWS_A_PAGE).get_page(request.GET.get("p"))
    for event in found.object_list:
        event.told_reason, event.told_detail = event_words.reason(event), event_words.detail(event)
    context = admin.site.each_context(request) | {
        "opts": SecurityEvent._meta, "title": _("Who looked at whom"), "typed": typed, "unknown": unknown,
        "events": found, "lookers": looks.lookers(asked), "query": urlencode({k: v for k, v in typed.items() if v}),
    }  # fmt: skip
    return render(request, "organization/looks.html", context)


def what_is_asked(request):
    """(Asked, what the form shows again, whether a name or number was typed that nobody has)."""
    today = timezone.localdate()
    until = day_of(request.GET.get("until", "")) or today
    since = day_of(request.GET.get("since", "")) or until - timedelta(days=DAYS)
    name, file = request.GET.get("account", "").strip()[:150], request.GET.get("file", "").strip()
    account = Account.objects.filter(username__iexact=name).first() if name else None
    number = int(file) if file.isascii() and file.isdecimal() and len(file) < 18 else None
    unknown = bool((name and account is None) or (file and number is None))
    actor, member = (account.pk if account else None), number
    if unknown:
        actor, member = (actor or 0) if name else actor, 0 if file and number is None else member
    asked = looks.Asked(midnight(since), midnight(until + timedelta(days=1)), actor, member)
    typed = {"since": since.isoformat(), "until": until.isoformat(), "account": name, "file": file}
    return asked, typed, unknown
