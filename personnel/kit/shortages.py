"""What is short, in a campaign or against what is mandatory, by item, size and town; and who goes without."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from organization import divisions
from personnel.models import KitCampaign, KitItem

OF_CAMPAIGN = """
SELECT w.item_id, COALESCE(w.size, ''), w.unit_id - w.unit_id %% 1000,
       sum(w.pieces)::integer, (sum(w.pieces) FILTER (WHERE w.is_given))::integer
FROM kit_wanted(%(campaign)s, %(day)s) w WHERE w.unit_id BETWEEN %(low)s AND %(high)s GROUP BY 1, 2, 3
"""
OF_SETS = """
SELECT w.item_id, COALESCE(w.size, ''), w.unit_id - w.unit_id %% 1000,
       sum(w.pieces)::integer, sum(LEAST(w.held, w.pieces))::integer
FROM kit_of_sets(%(day)s) w WHERE w.unit_id BETWEEN %(low)s AND %(high)s GROUP BY 1, 2, 3
"""
BY_UNIT = """
SELECT p.unit_id, count(*), count(*) FILTER (WHERE p.lacking = 0), count(*) FILTER (WHERE p.has_nothing)
FROM (
  SELECT w.member_id, w.unit_id, count(*) FILTER (WHERE w.held < w.pieces) AS lacking,
         bool_and(w.held = 0) AS has_nothing
  FROM kit_of_sets(%(day)s) w WHERE w.unit_id BETWEEN %(low)s AND %(high)s GROUP BY 1, 2) p
GROUP BY 1 HAVING count(*) FILTER (WHERE p.lacking > 0) > 0 ORDER BY 1
"""
# Of those for whom something is mandatory, who serve in one force, where one is asked for.
OF_FORCE = """
w.unit_id BETWEEN %(low)s AND %(high)s AND (%(force)s::text IS NULL OR w.member_id IN (
  SELECT a.member_id FROM personnel_assignment a
  WHERE a.force = %(force)s AND a.started_on <= %(day)s AND (a.ended_on IS NULL OR a.ended_on > %(day)s)))
"""
WITHOUT = f"""
SELECT m.id, m.name, m.unit_id, array_agg(w.item_id ORDER BY w.item_id)
FROM kit_of_sets(%(day)s) w JOIN personnel_member m ON m.id = w.member_id
WHERE w.held < w.pieces AND {OF_FORCE}
GROUP BY m.id ORDER BY m.unit_id, m.id
"""  # noqa: S608 - constants of this module
STILL_OLD_OF_FORCE = """
kit_still_old(%(campaign)s, %(day)s) o
JOIN personnel_kitrecipient r ON r.campaign_id = %(campaign)s AND r.member_id = o.member_id
WHERE o.unit_id BETWEEN %(low)s AND %(high)s AND (%(force)s::text IS NULL OR r.force = %(force)s)
"""
STILL_OLD = f"""
SELECT m.id, m.name, m.unit_id, f.lacking, f.old
FROM (SELECT o.* FROM {STILL_OLD_OF_FORCE}) f JOIN personnel_member m ON m.id = f.member_id ORDER BY m.unit_id, m.id
"""  # noqa: S608 - likewise


@dataclass(frozen=True)
class Short:
    """Pieces of an item in a size ("" without) in a town (a code)."""

    item: KitItem
    size: str
    town: int
    wanted: int
    given: int

    @property
    def missing(self) -> int:
        return self.wanted - self.given

    @property
    def counts(self) -> tuple[int, int, int]:
        return self.wanted, self.given, self.missing


@dataclass(frozen=True)
class Person:
    """Somebody who lacks items, or still holds some of an old scheme; `unit` is a code."""

    member: int
    name: str
    unit: int
    lacks: list[KitItem]
    old: list[KitItem]


def shortages(campaign: KitCampaign | None, day: date, unit: int) -> list[Short]:
    """What is wanted and was given below a unit, by item, size (in the order of its scale) and town."""
    items = items_by_key()
    asked = _asked(day, unit)
    with connection.cursor() as cursor:
        if campaign:
            cursor.execute(OF_CAMPAIGN, asked | {"campaign": campaign.pk})
        else:
            cursor.execute(OF_SETS, asked)
        found = [Short(items[item], size, town, wanted, given or 0) for item, size, town, wanted, given in cursor]
    return sorted(found, key=lambda one: (one.item.pk, place(one.item, one.size), one.town))


def place(item: KitItem, size: str) -> int:
    """Where a size stands in its scale; one that nobody knows comes last."""
    sizes = item.scale.sizes if item.scale else []
    return sizes.index(size) if size in sizes else len(sizes)


def by_unit(day: date, unit: int) -> list[tuple[int, int, int, int]]:
    """[(unit, people with something mandatory, complete, with nothing)] of units where somebody lacks something."""
    with connection.cursor() as cursor:
        cursor.execute(BY_UNIT, _asked(day, unit))
        return cursor.fetchall()


def without(day: date, unit: int, force: str | None = None) -> list[Person]:
    """Who lacks something mandatory, in the order of units; of those who serve in a force, if asked."""
    items = items_by_key()
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT, _asked(day, unit, force))
        return [Person(key, name, at, [items[i] for i in lacking], []) for key, name, at, lacking in cursor]


def still_old(campaign: KitCampaign, day: date, unit: int, force: str | None = None) -> list[Person]:
    """Who is not in the new scheme, of the recipients of a force if asked; nobody before it is worn."""
    items = items_by_key()
    asked = _asked(day, unit, force) | {"campaign": campaign.pk}
    with connection.cursor() as cursor:
        cursor.execute(STILL_OLD, asked)
        return [
            Person(key, name, at, [items[i] for i in lacking or ()], [items[i] for i in old or ()])
            for key, name, at, lacking, old in cursor
        ]


def items_by_key() -> dict[int, KitItem]:
    return KitItem.objects.select_related("scheme", "scale").in_bulk()


def _asked(day: date, unit: int, force: str | None = None) -> dict:
    low, high = divisions.span(unit)
    return {"day": day, "low": low, "high": high, "force": force}
