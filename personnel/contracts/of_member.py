"""The contracts of one person, as the page of the file shows them."""

from datetime import date

from django.db.models import Q
from django.utils import timezone

from personnel.models import Assignment, Contract, Member
from personnel.models.contract import OVER


def of_member(member: Member) -> list[Contract]:
    """The contracts of a person in sight, newest first, as the page of the file shows them."""
    today = timezone.localdate()
    found = list(Contract.objects.filter(member=member).numbered().with_employer().order_by("-starts_on", "-pk"))
    for contract in found:
        contract.is_running = contract.runs_on(today)
    return found


def of_service(service: Assignment) -> Contract | None:
    """The last signed labour contract that ran on a day of the service, with its employer where it names one."""
    found = Contract.objects.meant().alias(over=OVER).filter(member=service.member_id, signed_on__isnull=False)
    found = found.filter(Q(over=None) | Q(over__gt=service.started_on)).exclude(kind=Contract.Kind.AGREEMENT)
    if service.ended_on:
        found = found.filter(starts_on__lt=service.ended_on)
    if service.employer_id:
        found = found.filter(employer=service.employer_id)
    return found.order_by("-starts_on", "-pk").first()


def first_values(member: Member, today: date) -> dict:
    """What the form of a person's next contract most likely says: as the service that runs, after the last contract."""
    service = member.assignments.on(today).order_by("-share", "pk").first()
    last = Contract.objects.meant().filter(member=member).order_by("-starts_on").first()
    found: dict = {"member": member.pk, "starts_on": (last and last.over_on) or today}
    if service:
        found |= {
            "employer": service.employer_id,
            "recruiter": service.recruiter_id,
            "using_unit": service.using_unit_id,
        }
    return found
