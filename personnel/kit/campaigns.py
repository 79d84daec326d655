"""Opening a campaign with its recipients, adding those who came later, closing it; and how far it is."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organization.models import Account
from personnel.kit.terms import RUN, KitRefused, check, check_running, locked
from personnel.models import KitCampaign, KitSetEntry

# Whoever serves in one of the forces on that day; of several services the larger one says the force.
ELIGIBLE = """
SELECT DISTINCT ON (a.member_id) a.member_id, m.unit_id, a.force
FROM personnel_assignment a JOIN personnel_member m ON m.id = a.member_id
WHERE a.force = ANY (%(forces)s) AND a.started_on <= %(day)s AND (a.ended_on IS NULL OR a.ended_on > %(day)s)
  AND m.erased_on IS NULL
  AND NOT EXISTS (SELECT FROM personnel_kitrecipient r WHERE r.campaign_id = %(campaign)s AND r.member_id = a.member_id)
ORDER BY a.member_id, a.share DESC, a.id
"""
COUNT = f"SELECT count(*) FROM ({ELIGIBLE}) e"  # noqa: S608 - constants of this module
INVITE = f"""
INSERT INTO personnel_kitrecipient (campaign_id, member_id, unit_id, force)
SELECT %(campaign)s, e.member_id, e.unit_id, e.force FROM ({ELIGIBLE}) e ORDER BY e.member_id
ON CONFLICT (campaign_id, member_id) DO NOTHING
"""  # noqa: S608 - likewise
PROGRESS = """
SELECT p.town, count(*), count(*) FILTER (WHERE p.given = p.wanted), count(*) FILTER (WHERE p.given = 0),
       count(*) FILTER (WHERE p.without_size)
FROM (
  SELECT w.member_id, w.unit_id - w.unit_id %% 1000 AS town, count(*) AS wanted,
         count(*) FILTER (WHERE w.is_given) AS given,
         bool_or(NOT w.is_given AND w.scale_id IS NOT NULL AND w.size IS NULL) AS without_size
  FROM kit_wanted(%(campaign)s, %(day)s) w GROUP BY 1, 2) p
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True)
class Progress:
    """People of a town, or of all: recipients who serve, with everything, with nothing, and with no size on record."""

    town: int
    people: int
    complete: int
    none: int
    without_size: int

    @property
    def missing(self) -> int:
        return self.people - self.complete

    @property
    def standings(self) -> list[tuple[str, int]]:
        """By key of `recipients.STANDINGS`, in the order of the page's columns."""
        return [
            ("all", self.people), ("complete", self.complete), ("missing", self.missing), ("none", self.none),
            ("size", self.without_size),
        ]  # fmt: skip


def mandatory(campaign: KitCampaign):
    """What is issued: the entries of its forces on the day from which it is worn."""
    of_scheme = Q(item__scheme=campaign.scheme_id) | Q(item__scheme=None)
    entries = KitSetEntry.objects.on(campaign.in_use_on).filter(of_scheme, force__in=campaign.forces)
    return entries.select_related("item__scheme", "item__scale").order_by("force", "item_id")


def eligible(campaign: KitCampaign, day: date) -> int:
    """How many serve in its forces on that day and are no recipients, as far as the asker sees."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, _asked(campaign, day))
        return cursor.fetchone()[0]


def open_campaign(campaign: KitCampaign, account: Account, today: date) -> int:
    """Write down the recipients and open it, in the caller's transaction; how many there are. Raises KitRefused."""
    check(account, RUN)
    campaign = locked(campaign)
    if campaign.opened_on is not None:
        raise KitRefused("opened_already", _("This campaign was opened already."))
    if not mandatory(campaign).exists():
        message = _("Nothing of this scheme is mandatory for these forces on %(day)s. Enter that first.")
        raise KitRefused("nothing_mandatory", message, day=campaign.in_use_on)
    people = _invite(campaign, campaign.issue_on)
    if not people:
        raise KitRefused("nobody", _("Nobody serves in these forces on the first day of the campaign."))
    if not KitCampaign.objects.filter(pk=campaign.pk).update(opened_on=today):
        raise KitRefused("not_yours", _("Only the office in charge does this."))
    return people


def add_newcomers(campaign: KitCampaign, account: Account, today: date) -> int:
    """Whoever serves in its forces today becomes a recipient as well; how many did. Raises KitRefused."""
    check(account, RUN)
    campaign = locked(campaign)
    check_running(campaign)
    return _invite(campaign, today)


def close(campaign: KitCampaign, account: Account, today: date) -> None:
    """Nothing is issued in it any more. Raises KitRefused."""
    check(account, RUN)
    campaign = locked(campaign)
    check_running(campaign)
    if not KitCampaign.objects.filter(pk=campaign.pk).update(closed_on=today):
        raise KitRefused("not_yours", _("Only the office in charge does this."))


def progress(campaign: KitCampaign, day: date) -> list[Progress]:
    """By town, in order of code; one query."""
    with connection.cursor() as cursor:
        cursor.execute(PROGRESS, {"campaign": campaign.pk, "day": day})
        return [Progress(*row) for row in cursor.fetchall()]


def total(towns: list[Progress]) -> Progress:
    sums = [sum(getattr(town, name) for town in towns) for name in ("people", "complete", "none", "without_size")]
    return Progress(0, *sums)


def _invite(campaign: KitCampaign, day: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(INVITE, _asked(campaign, day))
        return cursor.rowcount


def _asked(campaign: KitCampaign, day: date) -> dict:
    return {"campaign": campaign.pk, "forces": campaign.forces, "day": day}
