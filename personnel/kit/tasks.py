"""Kit tasks of a merger: done when the person has what is mandatory for the force that absorbed him or her."""

from collections.abc import Collection
from datetime import date

from django.db import connection

# What is mandatory on the day it is worn; a force without any such entry says nothing, and the task is left to people.
DONE = """
UPDATE personnel_mergertask t SET done_on = %(day)s
FROM personnel_placementbatch b JOIN personnel_programme g ON g.id = b.programme_id
WHERE t.batch_id = b.id AND t.kind = 'kit' AND t.done_on IS NULL AND b.reverted_at IS NULL
  AND t.member_id = ANY (%(members)s)
  AND EXISTS (SELECT FROM personnel_kitsetentry e WHERE e.force = g.into_force
              AND e.valid_from <= %(worn_on)s AND (e.valid_until IS NULL OR e.valid_until > %(worn_on)s))
  AND NOT EXISTS (
    SELECT FROM personnel_kitsetentry e WHERE e.force = g.into_force
      AND e.valid_from <= %(worn_on)s AND (e.valid_until IS NULL OR e.valid_until > %(worn_on)s)
      AND e.count > COALESCE((SELECT sum(k.count) FROM personnel_kitissue k
                              WHERE k.member_id = t.member_id AND k.item_id = e.item_id AND k.returned_on IS NULL), 0))
"""


def mark_done(members: Collection[int], day: date, *, worn_on: date | None = None) -> int:
    """Mark what was done by what these people were issued on that day; how many tasks were."""
    worn = max(day, worn_on) if worn_on else day
    with connection.cursor() as cursor:
        cursor.execute(DONE, {"members": sorted(members), "day": day, "worn_on": worn})
        return cursor.rowcount
