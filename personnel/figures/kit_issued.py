"""How far those who serve have their kit (D2.5). Source: requirements 17 and 22 to 24.

By the unit that keeps the file, as contracts are: kit goes along with it. No file is kept by a closed unit.
"""

from datetime import date
from typing import Any

from django.db import connection

from organization.belonging import Reach
from organization.figures import rate
from personnel.kit.shortages import OF_FORCE, STILL_OLD_OF_FORCE
from personnel.models import KitCampaign

KEYS = ("required", "complete", "pieces", "pieces_issued", "still_old")
OF_SETS = f"""
SELECT p.town, count(*), count(*) FILTER (WHERE p.is_complete), sum(p.pieces)::integer, sum(p.held)::integer
FROM (
  SELECT w.member_id, w.unit_id - w.unit_id %% 1000 AS town, bool_and(w.held >= w.pieces) AS is_complete,
         sum(w.pieces) AS pieces, sum(LEAST(w.held, w.pieces)) AS held
  FROM kit_of_sets(%(day)s) w WHERE {OF_FORCE} GROUP BY 1, 2) p
GROUP BY 1
"""  # noqa: S608 - constants of the code
STILL_OLD = f"SELECT o.unit_id - o.unit_id %% 1000, count(*) FROM {STILL_OLD_OF_FORCE} GROUP BY 1"  # noqa: S608 - likewise


def campaign_on(day: date) -> KitCampaign | None:
    """The campaign whose kit was the last to come into use by that day."""
    worn = KitCampaign.objects.filter(opened_on__isnull=False, in_use_on__lte=day)
    return worn.select_related("scheme").order_by("-in_use_on", "-pk").first()


def by_town(day: date, within: Reach, force: str | None = None) -> dict[int, dict[str, int]]:
    """{town: counts} in order of code; keys are KEYS. Two queries.

    `required` are people for whom something is mandatory on the day, `complete` those who have all of it; pieces
    likewise. `still_old` are recipients of the campaign that counts who lack some of it or hold some of another scheme.
    """
    asked: dict[str, Any] = {"day": day, "low": within.low, "high": within.high, "force": force}
    found: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(OF_SETS, asked)
        for town, *counts in cursor.fetchall():
            found[town] = dict.fromkeys(KEYS, 0) | dict(zip(KEYS, counts, strict=False))
        if campaign := campaign_on(day):
            cursor.execute(STILL_OLD, asked | {"campaign": campaign.pk})
            for town, people in cursor.fetchall():
                found.setdefault(town, dict.fromkeys(KEYS, 0))["still_old"] = people
    return dict(sorted(found.items()))


def kit(day: date, within: Reach, force: str | None = None) -> dict[str, float]:
    """The same of all, with the rate of `complete` as a fraction."""
    towns = by_town(day, within, force).values()
    sums = {key: sum(town[key] for town in towns) for key in KEYS}
    return {**sums, "rate": rate(sums["complete"], sums["required"])}
