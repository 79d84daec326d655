"""Who joined a force above the age that its rule allows, and who serves above its oldest age. Source: requirement 48.

The rules are those that rosters are judged by (`personnel.roster.eligibility`): full years on the day of joining, by
the newest rule of the force that was valid on that day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery

from personnel.identity import latest_birth_date
from personnel.models import Assignment, EligibilityRule

# Who was transferred or merged into a unit joined the force before.
NO_JOINING = (Assignment.Beginning.TRANSFERRED, Assignment.Beginning.MERGED)


class FullYears(Func):
    """The full years between two days; who was born on 29 February is a year older on 1 March."""

    template = "date_part('year', age(%(expressions)s::timestamp))::integer"
    arg_joiner = "::timestamp, "
    output_field = IntegerField()


def limited_forces():
    """The forces of which some rule says an oldest age; most have none, and their people need not be looked at."""
    return EligibilityRule.objects.exclude(max_age=None).values("force")


def joined_over_age(day: date) -> Exists:
    """Condition on members: they joined a force, in which they serve on that day, above the age of its rule then."""
    return Exists(_above(day, OuterRef("birth_date")).filter(member=OuterRef("pk")))


@dataclass(frozen=True)
class Joining:
    """Somebody joined a force at that age, in full years, and nobody above `oldest` was to."""

    force: str
    day: date
    age: int
    oldest: int


def joinings(members: Sequence[int], day: date) -> dict[int, Joining]:
    """{member: the last joining above the age}, of those given who did; one query for a page of people."""
    found = _above(day, F("member__birth_date")).filter(member__in=members).order_by("member_id", "started_on", "pk")
    rows = found.values_list("member", "force", "started_on", "age", "oldest")
    return {member: Joining(*told) for member, *told in rows}


def limits_in_service(day: date) -> dict[str, date]:
    """{force: the last birth date of those too old to serve in it on that day}, of forces whose rule says an age."""
    rules = EligibilityRule.objects.filter(Q(valid_until=None) | Q(valid_until__gt=day), valid_from__lte=day)
    newest = dict(rules.order_by("valid_from").values_list("force", "leaving_age"))
    return {force: latest_birth_date(age + 1, day) for force, age in newest.items() if age is not None}


def serving_over_age(day: date) -> Q:
    """Condition on members: they serve on that day in a force whose rule of that day says that they are too old."""
    found = Q(pk=None)
    for force, born in limits_in_service(day).items():
        running = Assignment.objects.on(day).filter(member=OuterRef("pk"), force=force)
        found |= Q(Exists(running), birth_date__lte=born)
    return found


def _above(day: date, birth_date) -> QuerySet:
    """Services that began above the age that was allowed then, in a force in which the person serves on that day."""
    valid = Q(valid_until=None) | Q(valid_until__gt=OuterRef("started_on"))
    rules = EligibilityRule.objects.filter(valid, force=OuterRef("force"), valid_from__lte=OuterRef("started_on"))
    running = Assignment.objects.on(day).filter(member=OuterRef("member"), force=OuterRef("force"))
    joined = Assignment.objects.filter(force__in=limited_forces(), started_on__lte=day).exclude(
        beginning__in=NO_JOINING
    )
    aged = joined.annotate(
        age=FullYears(F("started_on"), birth_date),
        oldest=Subquery(rules.order_by("-valid_from").values("max_age")[:1]),
    )
    return aged.filter(Exists(running), age__gt=F("oldest"))
