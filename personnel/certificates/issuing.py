"""Issuing a certificate: which services it may speak of, and the number it gets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization.models import Unit
from organization.refusal import Refusal
from personnel.contracts.of_member import of_service
from personnel.exports.columns import Places
from personnel.models import Assignment, Certificate, Member

ISSUED = _("This page issued %(number)s already, which stays as it is. Press again to issue another one.")
LOCKS = 7263  # the first half of the advisory locks of numbers; the second is the issuer


@dataclass(frozen=True)
class Draft:
    """What is to be certified: a service of a member as the register has it on that day.

    `token` is drawn when the form is shown, so that sending it twice issues one certificate.
    """

    kind: str
    service: Assignment
    day: date
    token: UUID
    purpose: str = ""


class IssuedAlready(Refusal):
    """The form issued one already, of something else. Code: issued_already."""


def services_of(member: Member, forces: Sequence[str], day: date) -> list[tuple[str, Assignment]]:
    """(kind, service) of all that could be certified on that day: running ones as service, ended ones as leaving."""
    known = member.assignments.professional().filter(force__in=forces, started_on__lte=day)
    rows = known.select_related("unit").order_by("-started_on", "id")
    return [
        (Certificate.Kind.LEAVING if row.ended_on and row.ended_on <= day else Certificate.Kind.SERVICE, row)
        for row in rows
    ]


def issue(draft: Draft, account) -> Certificate:
    """Write the certificate under the next number of the account's unit and this year.

    The database refuses one that says what was not so on the day. Raises IssuedAlready.
    """
    year = timezone.localdate().year
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCKS, account.unit_id % 2**31])
    if done := Certificate.objects.filter(token=draft.token).first():
        if (done.kind, done.service_id, done.day, done.purpose) != (
            draft.kind, draft.service.pk, draft.day, draft.purpose,
        ):  # fmt: skip
            raise IssuedAlready("issued_already", ISSUED, number=done.number)
        return done
    last = Certificate.objects.filter(issuer=account.unit_id, year=year).aggregate(last=Max("serial"))["last"]
    return Certificate.objects.create(
        kind=draft.kind,
        issuer_id=account.unit_id,
        issuer_name=_full_name(account.unit),
        year=year,
        serial=(last or 0) + 1,
        day=draft.day,
        purpose=draft.purpose,
        token=draft.token,
        account=account.pk,
        account_name=account.name,
        **_facts(draft.service),
    )


def _facts(service: Assignment) -> dict:
    """What the register says; the days of the contract on record, or else those that the roster gave."""
    member, contract = service.member, of_service(service)
    days = (contract.starts_on, contract.last_day) if contract else (service.contract_from, service.contract_until)
    return {
        "service": service,
        "member": member,
        "name": member.name,
        "sex": member.sex,
        "document": member.document,
        "mask": member.id_mask,
        "unit_id": service.unit_id,
        "unit_name": _full_name(service.unit),
        "force": service.force,
        "post": service.post,
        "started_on": service.started_on,
        "ended_on": service.ended_on,
        "contract_from": days[0],
        "contract_until": days[1],
    }


def _full_name(unit: Unit) -> str:
    """The name with that of the town above it."""
    return "".join(Places().of(unit.pk)) or unit.name
