"""Words that all steps of an entry share: who may do what, how far ahead, and which forces ask for a check."""

from datetime import date

from django.db.models import Q

from organization import rights
from organization.scope import current
from personnel.models import EligibilityRule, Force

VIEW, PROPOSE, DECIDE = "personnel.view_entry", "personnel.add_entry", "personnel.decide_entry"
SEES_CHECKS, CHECKS = "personnel.view_backgroundcheck", "personnel.add_backgroundcheck"
REVEALS_CHECKS = "personnel.reveal_backgroundcheck"
DAYS_AHEAD = 60  # of the first day, when somebody is proposed


def needs_check(force: str, day: date) -> bool:
    """Whether nobody joins the force unchecked on that day; without a rule, all but volunteers are checked."""
    return force in forces_checked(day)


def forces_checked(day: date) -> list[str]:
    """The forces of which everybody has to be checked, by the newest rule of each on that day. One query."""
    valid = Q(valid_until=None) | Q(valid_until__gt=day)
    rules = EligibilityRule.objects.filter(valid, valid_from__lte=day).order_by("valid_from")
    told = dict(rules.values_list("force", "needs_check"))
    return [force for force in Force.values if told.get(force, force != Force.VOLUNTEER)]


def sees_checks() -> bool:
    """Whether the account of the current scope may know who was checked."""
    return SEES_CHECKS in rights.permissions(current().duty)
