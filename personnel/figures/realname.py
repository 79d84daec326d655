"""How far the real names of those who serve are proved, by unit. Source: requirement 14."""

from collections.abc import Sequence
from datetime import date

from django.db.models import BigIntegerField, Case, Count, F, Func, IntegerField, Value, When
from django.db.models.functions import Coalesce

from organization.belonging import Reach
from personnel.figures.population import forces_counted
from personnel.models import Assignment
from personnel.realname import levels

KEYS = tuple(levels.CHOICES)


class Place(Func):
    """Which of the units right below a code lies in, by their codes in ascending order; 0 for the unit above."""

    function = "width_bucket"
    template = "%(function)s(%(expressions)s::bigint[])"
    output_field = IntegerField()


def by_unit(day: date, within: Reach, units: Sequence[int], force: str | None = None) -> tuple[dict[str, int], ...]:
    """People by level: of all, of those right at the unit above, and of each of `units` (codes right below, ascending).

    Each person counts once at each place; keys are those of `levels.CHOICES`, all present. Two queries.
    """
    serving = Assignment.objects.on(day).filter(within.q(), force__in=forces_counted(force)).order_by()
    serving = serving.annotate(level=Coalesce(levels.of_member("member", day), Value(levels.ELSEWHERE)))
    counted = {None: _counts(serving.values_list("level").annotate(people=Count("member", distinct=True)))}
    if units:
        moved = [When(unit=code, then=Value(home)) for code, home in within.homes.items()]
        home = Case(*moved, default=F("unit"), output_field=BigIntegerField()) if moved else F("unit")
        placed = serving.annotate(place=Place(home, Value(list(units))))
        rows = placed.values_list("place", "level").annotate(people=Count("member", distinct=True))
        for place, level, people in rows:
            counted.setdefault(place, dict.fromkeys(KEYS, 0))[level] = people
    return tuple(counted.get(place, dict.fromkeys(KEYS, 0)) for place in (None, *range(len(units) + 1)))


def _counts(rows) -> dict[str, int]:
    return dict.fromkeys(KEYS, 0) | dict(rows)
