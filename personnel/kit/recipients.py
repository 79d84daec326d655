"""The recipients of a campaign who still serve: what each was given, what is missing, whether a size is."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization import divisions
from personnel.kit.campaigns import mandatory
from personnel.models import KitCampaign, KitScale

STANDINGS = {
    "missing": _("something missing"),
    "size": _("no size on record"),
    "none": _("nothing given"),
    "complete": pgettext_lazy("kit", "complete"),
    "all": _("all"),
}
PEOPLE = """
SELECT m.id, m.name, m.birth_date, m.unit_id, count(*), count(*) FILTER (WHERE w.is_given),
       array_agg(w.scale_id ORDER BY w.item_id)
         FILTER (WHERE NOT w.is_given AND w.scale_id IS NOT NULL AND w.size IS NULL)
FROM kit_wanted(%(campaign)s, %(day)s) w JOIN personnel_member m ON m.id = w.member_id
WHERE w.unit_id BETWEEN %(low)s AND %(high)s
GROUP BY m.id ORDER BY m.unit_id, m.id
"""


@dataclass(frozen=True)
class Recipient:
    """A person: how many items are wanted and given, the scales of those that wait for a size; `unit` is a code."""

    member: int
    name: str
    birth_date: date
    unit: int
    wanted: int
    given: int
    scales: frozenset[int]

    @property
    def standing(self) -> str:
        """A key of STANDINGS."""
        if self.given == self.wanted:
            return "complete"
        return "size" if self.scales else "none" if not self.given else "missing"

    @property
    def told(self):
        return STANDINGS[self.standing]

    def fits(self, standing: str) -> bool:
        tests = {
            "all": True, "complete": self.given == self.wanted, "missing": self.given < self.wanted,
            "none": not self.given, "size": bool(self.scales),
        }  # fmt: skip
        return tests[standing]


def recipients(campaign: KitCampaign, day: date, unit: int, standing: str = "all") -> list[Recipient]:
    """Those below a unit, in the order of units; one query."""
    low, high = divisions.span(unit)
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"campaign": campaign.pk, "day": day, "low": low, "high": high})
        found = [
            Recipient(member, name, born, at, wanted, given, frozenset(scales or ()))
            for member, name, born, at, wanted, given, scales in cursor.fetchall()
        ]
    return [one for one in found if one.fits(standing)]


def scales(campaign: KitCampaign) -> list[KitScale]:
    """The scales in which something of the campaign is made."""
    keys = {entry.item.scale_id for entry in mandatory(campaign)} - {None}
    return list(KitScale.objects.filter(pk__in=keys))
