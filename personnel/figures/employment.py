"""Guards and those who employ them. Source: requirements 5, 31 and 32."""

from datetime import date

from django.db.models import Count, Q

from organization.belonging import Reach
from organization.figures import declared_guards
from organization.models import Employer
from personnel.models import Assignment, Force

_INSTITUTION = Q(employer__nature__in=Employer.INSTITUTIONS)


def guards(day: date, within: Reach, force: str | None = None) -> dict[str, int]:
    """Employers with guards in these units, how many guards are named here, how many were declared, and the difference.

    Institutions are government offices, associations and schools. All 0 when another force is asked for.
    """
    if force not in (None, Force.GUARD):
        return dict.fromkeys(["employers", "institutions", "named", "in_institutions", "declared", "difference"], 0)
    counts = services(day, within).aggregate(
        employers=Count("employer", distinct=True),
        institutions=Count("employer", distinct=True, filter=_INSTITUTION),
        named=Count("member", distinct=True),
        in_institutions=Count("member", distinct=True, filter=_INSTITUTION),
    )
    declared = declared_guards(day, within)
    return counts | {"declared": declared, "difference": declared - counts["named"]}


def services(day: date, within: Reach):
    """Services of guards that run on that day."""
    return Assignment.objects.on(day).filter(within.q(), force=Force.GUARD)


def employers(day: date, within: Reach, *, institutions: bool = False):
    """The employers that `guards` counts, as far as they are in sight: a company of another town is not."""
    found = Employer.objects.filter(pk__in=services(day, within).values("employer"))
    return found.filter(nature__in=Employer.INSTITUTIONS) if institutions else found
