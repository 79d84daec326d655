"""Saved work: what is being typed in a long form, kept for its account until it is saved, or for a day.

A page has a key, which its form carries along. A script sends what was typed under that key every few seconds; whoever
opens the form again is offered it. The view that saves the form settles the key in the same transaction: from then on
nothing is kept under it, and a second sending of the same page can be led to where the first one led.
"""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models.functions import Now
from django.http import QueryDict
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from organization.keyring import sealer
from organization.models import Account, Draft
from organization.scope import GATE, current, entered

# The fields by which a form says which page it is of, whose, and where that page is if the form is sent elsewhere.
KEY, WHO, PAGE = "_draft", "_who", "_page"
KEPT_FOR = timedelta(days=1)  # the policy of staged rows says the same
MOST_DRAFTS = 20  # of an account; the oldest make way
MOST_CHARACTERS = 1_000_000  # a Chinese one counts six times, as JSON spells it
MOST_OF_ADDRESS = 500
TABLE, COLUMN = Draft._meta.db_table, "typed_sealed"
Typed = list[list[str]]  # [name, value] of each field, and the text of a choice that was looked up


@dataclass(frozen=True)
class Unsaved:
    """Work that waits to be taken up again: the key and address of its page, and when it was typed."""

    key: uuid.UUID
    page: str
    at: datetime


def key_of(request) -> uuid.UUID | None:
    """The key of the page that was sent, if it has one."""
    return as_key(request.POST.get(KEY, ""))


def as_key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def page_of(request) -> str:
    """The address at which the form that was sent is asked for again."""
    told = request.POST.get(PAGE, "")
    return told if told and is_page(told) else request.get_full_path()


def typed_of(sent) -> Typed:
    """Fields of a form that was sent, as they are kept: no token, no password, and files never come here."""
    return kept([name, value] for name, values in sent.lists() for value in values)


def kept(fields: Iterable) -> Typed:
    """Of [name, value] those that may be kept; of a choice that was looked up its text comes along."""
    told = ([str(name), str(value), *map(str, text[:1])] for name, value, *text in fields)
    return [field for field in told if not _is_secret(field[0])]


def _is_secret(name: str) -> bool:
    return name in ("csrfmiddlewaretoken", KEY, WHO, PAGE) or "password" in name.lower()


def is_page(address: str) -> bool:
    """Whether this is an address on this site, as short as it may be."""
    is_ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return is_ours and address.isprintable() and len(address) <= MOST_OF_ADDRESS


def keep(account: Account, key: uuid.UUID, page: str, typed: Typed, at: datetime | None = None) -> bool:
    """Keep what was typed, in the scope of its account. False when the page was saved meanwhile, or it is too much."""
    text = json.dumps(typed)  # in ASCII: what no encoding can spell may be pasted all the same
    if len(text) > MOST_CHARACTERS or not is_page(page):
        return False
    sealed = sealer().seal(text, table=TABLE, column=COLUMN, row=_row(key))
    now = {"typed": sealed, "page": page, "staged_at": at or timezone.now()}
    if Draft.objects.unsaved().filter(actor=account.pk, key=key).update(**now):
        return True
    # A page that was saved already leaves its row, so that an answer on its way does not bring it back.
    Draft.objects.bulk_create([Draft(unit_id=account.unit_id, actor=account.pk, key=key, **now)], ignore_conflicts=True)
    _make_way(account)
    return Draft.objects.unsaved().filter(actor=account.pk, key=key).exists()


def _make_way(account: Account) -> None:
    newest = Draft.objects.unsaved().filter(actor=account.pk).order_by("-staged_at", "-id")
    Draft.objects.filter(pk__in=list(newest.values_list("pk", flat=True)[MOST_DRAFTS:])).delete()


def keep_sent(request) -> None:
    """Keep what was sent where the answer is a preview, so that neither the way back nor a lost session loses it."""
    if key := key_of(request):
        keep(request.user, key, page_of(request), typed_of(request.POST))


def reopen(request) -> None:
    """The way back from a preview: the request becomes the sending of the page before it, as that is kept."""
    key = key_of(request)
    if key is None or (typed := opened(key)) is None:
        return
    sent = QueryDict(mutable=True)
    for name, value, *_text in typed:
        sent.appendlist(name, value)
    sent[KEY] = str(key)
    request.POST = sent


def unsaved(path: str = "") -> list[Unsaved]:
    """Unsaved work of the account of this scope, the newest first; of the page at this path, or of all."""
    found = Draft.objects.unsaved().filter(actor=current().actor).order_by("-staged_at")
    rows = found.values_list("key", "page", "staged_at")
    return [Unsaved(*row) for row in rows if not path or row[1].partition("?")[0] == path]


def opened(key: uuid.UUID) -> Typed | None:
    """What was typed in that page; None where nothing is kept."""
    row = Draft.objects.unsaved().filter(actor=current().actor, key=key).first()
    return json.loads(sealer().open(row.typed, table=TABLE, column=COLUMN, row=_row(key))) if row else None


def drop(key: uuid.UUID) -> None:
    Draft.objects.unsaved().filter(actor=current().actor, key=key).delete()


def settle(request, led_to: str = "") -> None:
    """The page that was sent is saved: nothing of it is kept any more, but where it led."""
    key = key_of(request)
    if key is None:
        return
    now = {"typed": None, "saved_at": Now(), "led_to": led_to[:MOST_OF_ADDRESS]}
    if not Draft.objects.filter(actor=request.user.pk, key=key).update(**now):
        row = Draft(
            unit_id=request.user.unit_id, actor=request.user.pk, key=key, page=request.path[:MOST_OF_ADDRESS], **now
        )
        Draft.objects.bulk_create([row], ignore_conflicts=True)


def saved_before(request) -> Draft | None:
    """What an earlier sending of the same page led to. Two at one instant wait for each other."""
    key = key_of(request)
    if key is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [str(key), request.user.pk])
    return Draft.objects.filter(actor=request.user.pk, key=key, saved_at__isnull=False).first()


def clear_expired() -> None:
    """Delete what was typed more than a day ago; nobody sees it any more. The gate deletes without looking."""
    with entered(GATE), connection.cursor() as cursor:
        cursor.execute("DELETE FROM organization_draft")


def _row(key: uuid.UUID) -> int:
    """The number that the sealed text is bound to: half of the key, as a key of a table."""
    return key.int >> 65
