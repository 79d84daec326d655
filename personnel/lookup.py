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


def bearer(number: str) -> Member | None:
    """The file in the own register with this normalised document number."""
    return Member.objects.filter(id_digest=sealer().digest(number, purpose="id")).first()


def number(text: str) -> Found:
    """Who bears this normalised document number, here or elsewhere; asking about elsewhere is an event."""
    member = bearer(text)
    return Found(member, False if member else is_elsewhere(text))


def phone(text: str):
    """The members of the own register with this phone number."""
    return Member.objects.filter(phone_digest=sealer().digest(text, purpose="phone"))


def is_elsewhere(number: str, *, quietly: bool = False) -> bool | None:
    """Whether another unit has registered it; None when the questions of the hour are used up.

    `quietly` counts hits only: for a person whose entry is right but for this, and who is saved at once on a miss.
    """
    return is_digest_elsewhere(sealer().digest(number, purpose="id"), quietly=quietly)


def is_digest_elsewhere(digest: bytes, *, quietly: bool = False) -> bool | None:
    """The same of a number that is known by its digest."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT registered_elsewhere(%s, %s)", [digest, quietly])
        return cursor.fetchone()[0]
