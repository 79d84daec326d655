"""How many people serve below each unit, and how many guards at each employer: columns of the organization's lists."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Count, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from organization import divisions
from organization.models import Employer, Unit
from organization.models.unit import SpanHigh
from personnel.models import Assignment, Force

# Above a district a live count reads too many rows for a list.
COUNTED_LEVELS = frozenset({"district", "town", "village"})


def by_unit(codes: Sequence[int], day: date) -> dict[int, int]:
    """{code: people of the four professional forces who serve in the unit or below it on the day}; each counts once.

    Units above a district are left out.
    """
    counted = [code for code in codes if divisions.level(code) in COUNTED_LEVELS]
    serving = Assignment.objects.on(day).professional()
    inside = serving.filter(unit_id__gte=OuterRef("code"), unit_id__lte=SpanHigh(OuterRef("code")))
    return dict(
        Unit.objects.filter(code__in=counted).annotate(people=_people(inside)).order_by().values_list("code", "people")
    )


def guards(employers: Sequence[int], day: date) -> dict[int, int]:
    """{employer: guards registered by name who serve there on the day}; the declared number stands beside it."""
    named = Assignment.objects.on(day).filter(force=Force.GUARD, employer=OuterRef("pk"))
    return dict(
        Employer.objects.filter(pk__in=employers).annotate(people=_people(named)).order_by().values_list("pk", "people")
    )


def _people(services):
    total = (
        services.order_by()
        .annotate(all=Value(1))
        .values("all")
        .annotate(people=Count("member", distinct=True))
        .values("people")
    )
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)
