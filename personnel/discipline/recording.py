"""Recording a case: the service of the day of the incident says where it happened and in which force."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from organization.models import Account
from personnel.discipline.terms import CHANGE, RECORD, DisciplineRefused
from personnel.models import Assignment, DisciplineCase, Member
from personnel.models.discipline import next_case_id

FACTS = ("occurred_on", "reported_on", "category", "source", "summary")
NOT_SERVING = _("%(name)s did not serve on %(day)s. Please check the person and the day of the incident.")
SEVERAL = _("%(name)s served in several places on %(day)s. Please choose where it happened.")


def services_on(member: Member, day: date) -> list[Assignment]:
    """The services of that day in sight, the larger share first."""
    return list(member.assignments.on(day).select_related("unit").order_by("-share", "pk"))


def service_on(member: Member, day: date, chosen: int | None = None) -> Assignment:
    """The service that a case of that day speaks of. Raises DisciplineRefused where there is none, or no only one."""
    found = services_on(member, day)
    told = {"name": member.name, "day": day.isoformat()}
    if not found:
        raise DisciplineRefused("not_serving", NOT_SERVING, **told)
    if len(found) == 1:
        return found[0]
    service = next((each for each in found if each.pk == chosen), None)
    if service is None:
        raise DisciplineRefused("several", SEVERAL, **told)
    return service


def record(service: Assignment, facts: Mapping[str, Any], account: Account) -> DisciplineCase:
    """Write a case down in the caller's transaction. Raises DisciplineRefused."""
    if not account.has_perm(RECORD):
        raise DisciplineRefused("not_yours", _("Your role does not record discipline cases."))
    case = DisciplineCase(
        pk=next_case_id(), member_id=service.member_id, unit_id=service.unit_id, service=service, force=service.force,
        recorded_by=account.pk, **{name: facts[name] for name in FACTS},
    )  # fmt: skip
    case.save(force_insert=True)
    return case


def correct(case: DisciplineCase, facts: Mapping[str, Any], account: Account) -> DisciplineCase:
    """Change what is said of the incident, as long as no decision is proposed. Raises DisciplineRefused."""
    case = locked(case.pk)
    if not account.has_perm(CHANGE):
        raise DisciplineRefused("not_yours", _("Your role does not record discipline cases."))
    if case.proposed_at:
        message = _("A decision is proposed already. Take the proposal back first, then correct the case.")
        raise DisciplineRefused("proposed", message)
    refuse_withdrawing(case)
    if case.summary is None:
        raise DisciplineRefused("erased", _("What this case said of the person was erased. It is not entered again."))
    served, day = case.service, facts["occurred_on"]
    # The days of a service may have been corrected since: the day on record stands until another one is typed.
    if day != case.occurred_on and (served.started_on > day or (served.ended_on and served.ended_on <= day)):
        told = {"day": day.isoformat(), "unit": case.unit}
        message = _("The person did not serve in %(unit)s on %(day)s. If it happened elsewhere, withdraw this case.")
        raise DisciplineRefused("not_serving", message, **told)
    for name in FACTS:
        setattr(case, name, facts[name])
    case.save(update_fields=FACTS)
    return case


def locked(key: int) -> DisciplineCase:
    """The case with its row locked, so that a second press waits. Raises DisciplineRefused."""
    case = DisciplineCase.objects.select_for_update(of=("self",)).filter(pk=key).first()
    if case is None:
        raise DisciplineRefused("gone", _("This case is not in your register any more."))
    if case.withdrawn_at:
        raise DisciplineRefused("withdrawn", _("This case was withdrawn."))
    return case


def refuse_withdrawing(case: DisciplineCase) -> None:
    """A case that may have been recorded by mistake waits for that to be settled. Raises DisciplineRefused."""
    if case.withdrawal_asked_at:
        message = _("The withdrawal of this case was asked for. That is to be confirmed or refused first.")
        raise DisciplineRefused("withdrawing", message)
