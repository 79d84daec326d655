"""How good the register of those who serve is: real names (D1.6), documents to be seen, ages.

Of people whose files are in sight; whose file another unit keeps is told there. Sources: requirements 14, 39 and 48.
"""

from datetime import date, timedelta

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.db.models.functions import Length

from organization.belonging import Reach
from organization.figures import rate
from personnel import ages
from personnel.figures.population import forces_counted
from personnel.models import Assignment, Member
from personnel.realname import levels

UNSEEN_DAYS = 30  # of serving, after which a document should have been seen


def verified(day: date, within: Reach, force: str | None = None) -> QuerySet[Member]:
    """People serving whose number was checked, or whose document was seen. No number is registered twice."""
    return _files().filter(_serving(day, within, force), levels.is_verified(day))


def unseen(day: date, within: Reach, force: str | None = None) -> QuerySet[Member]:
    """People with a service of more than 30 days whose document nobody saw."""
    return _files().filter(_serving_long(day, within, force), ~Q(levels.is_seen(day)))


def counts(day: date, within: Reach, force: str | None = None) -> dict[str, int]:
    """How many people `verified` and `unseen` list, under these names, in one query."""
    found = {
        "is_verified": levels.is_verified(day),
        "is_unseen": Q(_serving_long(day, within, force)) & ~Q(levels.is_seen(day)),
    }
    serving = _files().filter(_serving(day, within, force)).values("pk")
    marked = serving.annotate(**{name: ExpressionWrapper(each, BooleanField()) for name, each in found.items()})
    return marked.aggregate(
        verified=Count("pk", filter=Q(is_verified=True)), unseen=Count("pk", filter=Q(is_unseen=True))
    )


def over_age(day: date, within: Reach, force: str | None = None) -> QuerySet[Member]:
    """People serving who joined above the age of their force's rule."""
    serving = _serving(day, within, force, force__in=ages.limited_forces())
    return _files().filter(serving, ages.joined_over_age(day))


def serving_over_age(day: date, within: Reach, force: str | None = None) -> QuerySet[Member]:
    """People who serve above the oldest age of their force's rule."""
    serving = _serving(day, within, force, force__in=list(ages.limits_in_service(day)))
    return _files().filter(serving, ages.serving_over_age(day))


def real_names(day: date, within: Reach, force: str | None, total: int) -> dict[str, float]:
    """Numbers of people; `rate` is the share of those verified in all who serve, who are `total`, a fraction."""
    found = counts(day, within, force)
    return {
        "verified": found["verified"],
        "rate": rate(found["verified"], total),
        "unseen_30": found["unseen"],
    }


def _files() -> QuerySet[Member]:
    return Member.objects.alias(mask_length=Length("id_mask")).order_by()


def _serving(day, within, force, **more) -> Exists:
    running = Assignment.objects.on(day).filter(within.q(), force__in=forces_counted(force), member=OuterRef("pk"))
    return Exists(running.filter(**more))


def _serving_long(day, within, force) -> Exists:
    return _serving(day, within, force, started_on__lt=day - timedelta(UNSEEN_DAYS))
