"""What a merger asks for is done by the contract that was signed."""

from collections.abc import Sequence
from datetime import date

from django.db import connection

from personnel.models import FollowUp, MergerTask

# Who was absorbed signs with the employer of the programme; who was transferred, for the new service.
SETTLE = """
UPDATE personnel_mergertask t SET done_on = d.signed_on
FROM (
  SELECT t.id, min(c.signed_on) AS signed_on
  FROM personnel_mergertask t
  JOIN personnel_placementbatch b ON b.id = t.batch_id AND b.carried_out_at IS NOT NULL AND b.reverted_at IS NULL
  JOIN personnel_programme g ON g.id = b.programme_id
  JOIN personnel_placement p ON p.batch_id = b.id AND p.member_id = t.member_id
  JOIN personnel_contract c ON c.member_id = t.member_id AND c.signed_on IS NOT NULL AND c.ending <> 'mistake'
    AND (COALESCE(c.ended_on, c.ends_on) IS NULL OR COALESCE(c.ended_on, c.ends_on) > g.merged_on)
    AND CASE p.outcome WHEN 'absorbed' THEN c.employer_id = g.employer_id ELSE c.starts_on >= g.merged_on END
  WHERE t.kind = 'contract' AND t.done_on IS NULL AND t.member_id = ANY (%(members)s)
  GROUP BY t.id) d
WHERE d.id = t.id
"""


def settle(members: Sequence[int]) -> int:
    """Mark the contract tasks of these people done that a signed contract meets; how many."""
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, {"members": [*members]})
        return cursor.rowcount


def waiting():
    """Contract tasks to be done, of the people in sight."""
    return MergerTask.objects.undone().filter(kind=FollowUp.CONTRACT)


def merged_on() -> date | None:
    """The day of the merger whose tasks wait, the latest of several."""
    days = waiting().order_by("-batch__programme__merged_on").values_list("batch__programme__merged_on", flat=True)
    return days.first()
