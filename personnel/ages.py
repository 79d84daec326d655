"""Who joined a force above the age that its rule allows. Source: requirement 48.

The rules are those that rosters are judged by (`personnel.roster.eligibility`): full years on the day of joining, by
the newest rule of the force that was valid on that day.
"""

from datetime import date

from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, Subquery

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
    valid = Q(valid_until=None) | Q(valid_until__gt=OuterRef("started_on"))
    rules = EligibilityRule.objects.filter(valid, force=OuterRef("force"), valid_from__lte=OuterRef("started_on"))
    running = Assignment.objects.on(day).filter(member=OuterRef("member"), force=OuterRef("force"))
    joined = Assignment.objects.filter(member=OuterRef("pk"), force__in=limited_forces(), started_on__lte=day)
    aged = joined.exclude(beginning__in=NO_JOINING).alias(
        age=FullYears(F("started_on"), OuterRef("birth_date")),
        oldest=Subquery(rules.order_by("-valid_from").values("max_age")[:1]),
    )
    return Exists(aged.filter(Exists(running), age__gt=F("oldest")))
