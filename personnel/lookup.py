"""Looking one number up: in one's own register, and, as a bare yes or no, in everybody else's."""

from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext_lazy as _

from organization.keyring import sealer
from personnel.models import Member

ELSEWHERE = _("This document number is registered with another unit. You can ask for a transfer.")
USED_UP = _("Too many numbers were looked up within an hour; please go on later, or ask the town's staff.")


@dataclass(frozen=True)
class Found:
    """`member` is the file in the own register, or None; `elsewhere` is None when the questions are used up."""

    member: Member | None
    elsewhere: bool | None


def number(text: str, *, quietly: bool = False) -> Found:
    """Who bears this normalised document number. Asking about other units is an event; `quietly` records a hit only."""
    digest = sealer().digest(text, purpose="id")
    member = Member.objects.filter(id_digest=digest).first()
    return Found(member, False if member else _elsewhere(digest, quietly))


def phone(text: str):
    """The members of the own register with this phone number."""
    return Member.objects.filter(phone_digest=sealer().digest(text, purpose="phone"))


def _elsewhere(digest: bytes, quietly: bool) -> bool | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT registered_elsewhere(%s, %s)", [digest, quietly])
        return cursor.fetchone()[0]
