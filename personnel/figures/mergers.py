"""How the merger of the forces stands (D2). Source: requirements 3, 7 and 18 to 20."""

from datetime import date, datetime, time, timedelta

from django.db import connection
from django.utils import timezone

from organization.belonging import Reach
from personnel.merger.candidates import OUTCOMES
from personnel.models import Appeal, Assignment, MergerTask, Placement, Programme

HEADS = ("candidates", "assessed", "passed", *OUTCOMES, "appeals_open", "tasks_open", "wrong_employer")
COUNT = """
SELECT count(*),
       count(t.total),
       count(*) FILTER (WHERE t.total >= %(mark)s * 100),
       count(*) FILTER (WHERE landed.outcome = 'absorbed'),
       count(*) FILTER (WHERE landed.outcome = 'transferred'),
       count(*) FILTER (WHERE landed.outcome = 'exited')
FROM merger_candidates(%(programme)s) c
LEFT JOIN personnel_assessment t ON t.member_id = c.member_id AND t.cycle_id = %(cycle)s
LEFT JOIN LATERAL (
  SELECT p.outcome FROM personnel_placement p JOIN personnel_placementbatch b ON b.id = p.batch_id
  WHERE p.programme_id = %(programme)s AND p.member_id = c.member_id AND b.carried_out_at < %(until)s) landed ON true
WHERE (c.unit_id BETWEEN %(low)s AND %(high)s OR c.unit_id = ANY (%(joined)s::bigint[]))
  AND c.unit_id <> ALL (%(gone)s::bigint[])
"""


def programme_on(day: date) -> Programme | None:
    """The programme that counts on a day: of those whose assessment had begun, the one of the latest day."""
    begun = Programme.objects.filter(cycle__starts_on__lte=day)
    return begun.select_related("cycle").order_by("-merged_on", "-pk").first()


def merger(day: date, within: Reach) -> dict[str, int]:
    """Heads of the programme of that day in these units; all 0 where there is none.

    candidates = absorbed + transferred + exited + pending, whatever happens: a candidate is one row with one outcome.
    `wrong_employer` are those absorbed whose service has another employer than the programme says.
    """
    programme = programme_on(day)
    if programme is None:
        return dict.fromkeys(HEADS, 0)
    until = timezone.make_aware(datetime.combine(day + timedelta(1), time()))
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT,
            within.params()
            | {"programme": programme.pk, "cycle": programme.cycle_id, "mark": programme.pass_mark, "until": until},
        )
        candidates, assessed, passed, absorbed, transferred, exited = cursor.fetchone()
    of_it = Placement.objects.filter(within.q(), programme=programme)
    absorbed_services = Assignment.objects.on(day).filter(pk__in=of_it.filter(outcome="absorbed").values("new_service"))
    return {
        "candidates": candidates,
        "assessed": assessed,
        "passed": passed,
        "pending": candidates - absorbed - transferred - exited,
        "absorbed": absorbed,
        "transferred": transferred,
        "exited": exited,
        "appeals_open": Appeal.objects.undecided().filter(within.q(), assessment__cycle=programme.cycle_id).count(),
        "tasks_open": MergerTask.objects.undone().filter(within.q(), batch__programme=programme).count(),
        "wrong_employer": absorbed_services.exclude(employer=programme.employer_id).count(),
    }
