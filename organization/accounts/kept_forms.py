"""A form that was sent after its session had ended: its content waits, sealed, in the login page, and comes back.

The seal is bound to the account that the form was made for, so whoever else logs in there cannot read it. Nothing is
applied: after the login the form is offered as unsaved work.
"""

import base64
import binascii
import json
import uuid
from datetime import datetime
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from organization import drafts
from organization.keyring import sealer
from organization.refusal import Refusal
from organization.scope import as_account
from organization.scope.middleware import origin_of

FIELD = "kept"
COLUMN = "kept_at_the_door"
NOT_TAKEN = "not_taken"  # in the address of the login page: a step was sent, and not taken
HIGHEST_ACCOUNT = 2**62
MOST_CHARACTERS = 200_000  # anybody may send one


def back_to_its_page(request, response):
    """The way to the login page; of a step that was sent without a session it comes back to the page of its button.

    The address of the step itself answers no link, and the step was not taken: it is pressed again.
    """
    if request.method != "POST" or not leads_to_login(response):
        return response
    page = page_before(request)
    return redirect_to_login(page, f"{reverse('admin:login')}?{NOT_TAKEN}=1") if page else response


def leads_to_login(response) -> bool:
    """Whether the answer asks for a login before what was asked for; who logs out is led there for good."""
    led_to = urlsplit(response.headers.get("Location", ""))
    return led_to.path == reverse("admin:login") and REDIRECT_FIELD_NAME in QueryDict(led_to.query)


def page_before(request) -> str:
    """The address on this site of the page that a form was sent from; "" where the browser does not say."""
    origin = f"{request.scheme}://{request.get_host()}"
    told = request.headers.get("Referer", "")
    address = told.removeprefix(origin) if told.startswith(origin) else ""
    return address if drafts.is_page(address) and not address.startswith(reverse("admin:login")) else ""


def is_lost(request, response) -> bool:
    """Whether somebody who is not logged in any more sent a form that is worth keeping."""
    if request.method != "POST" or not leads_to_login(response) or not drafts.key_of(request):
        return False
    if sum(len(name) + len(value) for name, value in drafts.typed_of(request.POST)) > MOST_CHARACTERS:
        return False
    return whose(request) is not None


def whose(request) -> int | None:
    text = request.POST.get(drafts.WHO, "")
    is_number = text.isascii() and text.isdecimal() and len(text) < len(str(HIGHEST_ACCOUNT))
    return int(text) if is_number else None


def login_page(request):
    """The login page, with the form inside."""
    from organization.accounts.forms import LoginForm

    login, page = reverse("admin:login"), drafts.page_of(request)
    context = admin.site.each_context(request) | {
        "title": _("Log in"), "form": LoginForm(request), "app_path": login, REDIRECT_FIELD_NAME: page,
        FIELD: sealed(request, page),
    }  # fmt: skip
    request.current_app = admin.site.name
    return TemplateResponse(request, "admin/login.html", context, headers={"Cache-Control": "no-store"}).render()


def sealed(request, page: str) -> str:
    told = {
        "key": str(drafts.key_of(request)), "page": page, "at": timezone.now().isoformat(),
        "typed": drafts.typed_of(request.POST), "files": bool(request.FILES),
    }  # fmt: skip
    seal = sealer().seal(json.dumps(told), table=drafts.TABLE, column=COLUMN, row=whose(request) or 0)
    return base64.b64encode(seal).decode()


def take_back(request, account) -> None:
    """After a login: what waited in the login page becomes unsaved work of the account, if it is its own."""
    if not request.POST.get(FIELD):
        return
    told = opened(request.POST[FIELD], account)
    if told is None:
        messages.warning(request, _("The form that waited here was somebody else's, or too old; it was not kept."))
        return
    at = datetime.fromisoformat(told["at"])
    with as_account(account, **origin_of(request)):
        drafts.keep(account, uuid.UUID(told["key"]), told["page"], told["typed"], at)
    messages.info(request, _("Nothing was saved yet. Your form is below: restore it, look it over, and save."))
    if told.get("files"):
        messages.warning(request, _("A file that was attached is not kept; please choose it again."))


def opened(text: str, account) -> dict | None:
    """What was sealed for this account within the time that unsaved work is kept; None for anything else."""
    try:
        blob = base64.b64decode(text, validate=True)
        told = json.loads(sealer().open(blob, table=drafts.TABLE, column=COLUMN, row=account.pk))
    except (Refusal, binascii.Error, ValueError):
        return None
    is_fresh = datetime.fromisoformat(told["at"]) > timezone.now() - drafts.KEPT_FOR
    return told if is_fresh else None
