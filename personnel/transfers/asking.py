"""Asking for a person. Whoever asks learns that it was sent, and nothing else, whether or not somebody fits."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from organization import events
from organization.keyring import sealer
from organization.models import Account
from organization.refusal import Refusal
from organization.refused_by_database import UNIQUE, sentence
from personnel import lookup
from personnel.models import TransferRequest
from personnel.transfers import lapsing

AN_HOUR = 20
USED_UP = _("You asked for too many people within an hour; please go on later.")
OWN = _("The file of this person is kept by this unit already; open it in the list of people.")


@dataclass(frozen=True)
class Wanted:
    """Who is asked for, by normalised number and cleaned name, and what they shall do where; `share` 100 moves them."""

    number: str
    name: str
    unit: int
    force: str
    sponsor: str = ""
    post: str = ""
    share: int = 100


class AskingRefused(Refusal):
    """Not asked. Codes: used_up, own, or repeated; none of them tells anything of other units."""


def ask(wanted: Wanted, asker: Account, today: date) -> TransferRequest:
    """Send the request. Raises AskingRefused."""
    _queue_up(asker)
    if _asked_lately(asker) >= AN_HOUR:
        raise AskingRefused("used_up", USED_UP)
    known = lookup.bearer(wanted.number)
    if known and known.unit_id == wanted.unit:
        raise AskingRefused("own", OWN)
    try:
        with transaction.atomic():
            sent = TransferRequest.objects.create(
                unit_id=wanted.unit, name=wanted.name, id_digest=sealer().digest(wanted.number, purpose="id"),
                force=wanted.force, sponsor=wanted.sponsor, post=wanted.post, share=wanted.share,
                asked_by=asker.pk, asked_on=today,
            )  # fmt: skip
    except IntegrityError as error:
        raise AskingRefused("repeated", sentence(error) or UNIQUE) from None
    events.record("lookup", unit=wanted.unit, transfer_request=sent.pk)
    return sent


def withdraw(pk: int, today: date) -> bool:
    """Give an open request up; False when it was answered already, or is not there."""
    lapsing.hold(pk)
    return bool(
        TransferRequest.objects.open().filter(pk=pk).update(answer=TransferRequest.Answer.WITHDRAWN, answered_on=today)
    )


def _queue_up(asker: Account) -> None:
    """Requests of one account go one after the other, so that each is counted before the next."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('transfer_request', %s))", [asker.pk])


def _asked_lately(asker: Account) -> int:
    lately = TransferRequest.objects.filter(asked_by=asker.pk, asked_at__gt=Now() - timedelta(hours=1))
    return lately[: AN_HOUR + 1].count()
