"""Guards and those who employ them. Source: requirements 5, 31 and 32."""

from datetime import date

from django.db import connection

from organization.belonging import Reach
from organization.figures import declared_guards
from organization.models import Employer
from personnel.models import Assignment, Force

# Who serves full time is one service; only of the others the services of a person are put together.
_GUARDS = """
WITH guard AS (
  SELECT a.employer_id, NULL::bigint AS part_time, count(*) AS full_time
  FROM personnel_assignment a WHERE {running} AND a.share = 100 GROUP BY 1
  UNION ALL
  SELECT a.employer_id, a.member_id, 0 FROM personnel_assignment a WHERE {running} AND a.share < 100
), employed AS (
  SELECT guard.*, COALESCE(e.nature = ANY (%(institutions)s), false) AS in_institution
  FROM guard LEFT JOIN organization_employer e ON e.id = guard.employer_id
)
SELECT count(DISTINCT employer_id), count(DISTINCT employer_id) FILTER (WHERE in_institution),
  COALESCE(sum(full_time), 0)::bigint + count(DISTINCT part_time),
  COALESCE(sum(full_time) FILTER (WHERE in_institution), 0)::bigint
    + count(DISTINCT part_time) FILTER (WHERE in_institution)
FROM employed
"""


def guards(day: date, within: Reach, force: str | None = None) -> dict[str, int]:
    """Employers with guards in these units, how many guards are named here, how many were declared, and the difference.

    Institutions are government offices, associations and schools. All 0 when another force is asked for.
    """
    if force not in (None, Force.GUARD):
        return dict.fromkeys(["employers", "institutions", "named", "in_institutions", "declared", "difference"], 0)
    running = (
        f"{within.inside('a.unit_id')} AND a.force = 'guard'"
        " AND a.started_on <= %(day)s AND (a.ended_on IS NULL OR a.ended_on > %(day)s)"
    )
    with connection.cursor() as cursor:
        values = within.params() | {"day": day, "institutions": list(Employer.INSTITUTIONS)}
        cursor.execute(_GUARDS.format(running=running), values)
        employers, institutions, named, in_institutions = cursor.fetchone()
    declared = declared_guards(day, within)
    return {
        "employers": employers,
        "institutions": institutions,
        "named": named,
        "in_institutions": in_institutions,
        "declared": declared,
        "difference": declared - named,
    }


def services(day: date, within: Reach):
    """Services of guards that run on that day."""
    return Assignment.objects.on(day).filter(within.q(), force=Force.GUARD)


def employers(day: date, within: Reach, *, institutions: bool = False):
    """The employers that `guards` counts, as far as they are in sight: a company of another town is not."""
    found = Employer.objects.filter(pk__in=services(day, within).values("employer"))
    return found.filter(nature__in=Employer.INSTITUTIONS) if institutions else found
