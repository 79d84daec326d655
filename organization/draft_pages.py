"""What the script of a long form asks: what is kept of this page, and to keep what was typed. Answers are JSON.

And the answer to a form that was saved already.
"""

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from organization import drafts


@never_cache
@login_required
@require_GET
def unsaved(request):
    """{"drafts": [{"key", "page", "at"}]}: unsaved work of this account, of the page `?page=`."""
    page = request.GET.get("page", "").partition("?")[0]
    found = drafts.unsaved(page) if page else []
    return JsonResponse({"drafts": [{"key": one.key, "page": one.page, "at": clock(one.at)} for one in found]})


@never_cache
@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def draft(request, key):
    """GET: {"typed": [[name, value, ...]]} or null. POST of `page` and `typed` keeps it, of `drop` throws it away.

    Kept is only what the account typed for whom the page was made (`who`): another may have logged in meanwhile.
    """
    if request.method == "GET":
        return JsonResponse({"typed": drafts.opened(key)})
    if request.POST.get("who") != str(request.user.pk):
        return JsonResponse({"kept": None, "who": "other"})
    if "drop" in request.POST:
        drafts.drop(key)
        return JsonResponse({"kept": None})
    typed = pairs(request.POST.get("typed", ""))
    is_kept = typed is not None and drafts.keep(request.user, key, request.POST.get("page", ""), typed)
    return JsonResponse({"kept": clock(timezone.now()) if is_kept else None})


def saved_before(request, otherwise: str):
    """To where the same page led when it was sent before, or to `otherwise`; None for one that was not saved yet."""
    before = drafts.saved_before(request)
    if before is None:
        return None
    told = {"at": clock(before.saved_at)}
    messages.warning(request, _("This page was saved already, at %(at)s; nothing was saved twice.") % told)
    return redirect(before.led_to or otherwise)


def pairs(text: str) -> drafts.Typed | None:
    """The fields that a script sent; None for what is no list of pairs."""
    try:
        found = json.loads(text)
        return drafts.kept(found) if isinstance(found, list) else None
    except (ValueError, TypeError, RecursionError):
        return None


def clock(moment):
    """The time of day, with the day where that is another."""
    local = timezone.localtime(moment)
    if local.date() == timezone.localdate():
        return time_format(local, "H:i")
    return date_format(local, "SHORT_DATETIME_FORMAT")
