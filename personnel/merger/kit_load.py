"""The kit that a merger would take, for several marks at once: what those who would be absorbed lack, by size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from personnel.kit.shortages import items_by_key, place
from personnel.merger.candidates import JUDGED, given
from personnel.models import KitItem, Programme

# What is mandatory in the force on the day of the merger, without what they hold already.
LOAD = (
    JUDGED  # noqa: S608 - constants of the code
    + """
, held AS (
  SELECT k.member_id, k.item_id, sum(k.count) AS pieces
  FROM personnel_kitissue k WHERE k.returned_on IS NULL GROUP BY 1, 2
), needed AS (
  SELECT j.total, j.settled, e.item_id, COALESCE(s.size, '') AS size,
         sum(GREATEST(e.count - COALESCE(h.pieces, 0), 0)) AS pieces
  FROM judged j
  JOIN personnel_kitsetentry e
    ON e.force = %(into)s AND e.valid_from <= %(day)s AND (e.valid_until IS NULL OR e.valid_until > %(day)s)
  JOIN personnel_kititem i ON i.id = e.item_id
  LEFT JOIN personnel_kitsize s ON s.member_id = j.member_id AND s.scale_id = i.scale_id
  LEFT JOIN held h ON h.member_id = j.member_id AND h.item_id = e.item_id
  WHERE j.settled IS NULL OR j.settled = 'absorbed'
  GROUP BY 1, 2, 3, 4
)
SELECT n.item_id, n.size, m.place, sum(n.pieces)::integer
FROM needed n CROSS JOIN unnest(%(marks)s::integer[]) WITH ORDINALITY AS m (mark, place)
WHERE n.settled = 'absorbed' OR n.total >= m.mark * 100
GROUP BY 1, 2, 3
"""
)


@dataclass(frozen=True)
class Load:
    """Pieces of an item in a size ("" without one) at each mark; `is_unknown`: in sizes that nobody wrote down."""

    item: KitItem
    size: str
    pieces: list[int]

    @property
    def is_unknown(self) -> bool:
        return bool(self.item.scale_id) and not self.size


def kit_load(programme: Programme, marks: Sequence[int], today: date) -> list[Load]:
    """By item and size, in the order of the catalogue; nothing where nothing is mandatory. Two queries."""
    items = items_by_key()
    found: dict[tuple[int, str], list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(LOAD, given(programme, marks=list(marks), today=today, into=programme.into_force))
        for item, size, at, pieces in cursor.fetchall():
            found.setdefault((item, size), [0] * len(marks))[at - 1] = pieces
    loads = [Load(items[item], size, pieces) for (item, size), pieces in found.items() if any(pieces)]
    return sorted(loads, key=lambda load: (load.item.pk, place(load.item, load.size)))
