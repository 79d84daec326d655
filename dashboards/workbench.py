"""The page after login: what waits for this account, what its unit lacks, and its figures."""

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dashboards import merger_work
from dashboards.administrators import waiting_for_administrator
from dashboards.asked import SEES_FIGURES, Asked
from dashboards.charts.shapes import number
from dashboards.lists import LISTS
from dashboards.navigation import IMPORTS
from organization import rights
from personnel import figures
from personnel.figures.population import PROFESSIONAL
from personnel.models import Force, RosterImport
from personnel.models.roster import STAGED_FOR

# What each role can do something about; finance and training have nothing to mend here.
EXPIRING = ("contracts-ended", "contracts-30", "contracts-60", "contracts-90")
FILES = ("without-phone", "without-education", "without-service")
SQUADS = ("squads-empty", "squads-small", "squads-leaderless")
GAPS = {
    "clerk": (*FILES, *SQUADS),
    "staff": (*FILES, *SQUADS, "employers-unfiled"),
    "hr": (*FILES, "employers-unfiled"),
    "governance": (*SQUADS, "posts-vacant"),
}
MOST_ROSTERS = 5
WRONG = frozenset({"contracts-ended", "squads-empty", "employers-unfiled"})


def context(request) -> dict:
    """What templates/admin/index.html asks for, by role."""
    account = request.user
    if account.role in rights.ADMINISTRATORS:
        return {"waiting": waiting_for_administrator(account), "actions": []}
    if not account.has_perm(SEES_FIGURES):
        return {}
    today = timezone.localdate()
    asked = Asked(account, account.unit, today, today)
    shown = {"figures": key_figures(asked), "actions": actions(asked)}
    if account.has_perm("personnel.change_member"):
        shown["waiting"] = counted(asked, EXPIRING)
    if account.has_perm(IMPORTS):
        shown["waiting"] = unconfirmed(account) + shown.get("waiting", [])
    if merging := merger_work.waiting(account, today):
        shown["waiting"] = merging + shown.get("waiting", [])
    if account.role in GAPS:
        shown["gaps"] = counted(asked, GAPS[account.role])
    return shown


def counted(asked: Asked, slugs) -> list[dict]:
    """The lists that are not empty, as {label, count, url, level}."""
    squads = figures.squads_at_risk(asked.day, asked.within) if set(slugs) & set(SQUADS) else []
    found = []
    for slug in slugs:
        count = _squads(slug, squads) if slug in SQUADS else LISTS[slug].rows(asked).count()
        if count:
            row = {"label": LISTS[slug].title, "count": number(count), "url": asked.listing(slug)}
            found.append(row | ({"level": "error"} if slug in WRONG else {}))
    return found


def _squads(slug, squads):
    test = {"squads-empty": "is_empty", "squads-small": "is_small", "squads-leaderless": "is_leaderless"}[slug]
    return sum(getattr(squad, test) for squad in squads)


def clock(moment) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def unconfirmed(account) -> list[dict]:
    """Rosters that this account sent and did not confirm yet; each is kept for a day."""
    since = timezone.now() - STAGED_FOR
    sent = RosterImport.objects.filter(account=account.pk, committed_at=None, sent_at__gt=since).exclude(counts={})
    return [
        {
            "label": _("Roster to be confirmed: %(file)s") % {"file": roster.file_name},
            "count": number(roster.counts.get("rows", 0)),
            "url": reverse("admin:personnel_rosterimport_change", args=[roster.pk]),
            "hint": _("kept until %(until)s") % {"until": clock(roster.sent_at + STAGED_FOR)},
        }
        for roster in sent.order_by("-pk")[:MOST_ROSTERS]
    ]


def key_figures(asked: Asked) -> list[dict]:
    people = figures.strength(asked.day, asked.within)
    moved = figures.movement(asked.day, asked.within)
    items: list[dict] = [{"label": _("People serving"), "value": number(people["total"]), "url": asked.people()}]
    for force in Force:
        count = people[f"force.{force.value}"]
        if count or force.value in rights.FORCES_WRITTEN.get(asked.account.role or "", PROFESSIONAL):
            url = asked.people(force=force.value)
            items.append({"label": capfirst(force.label), "value": number(count), "url": url})
    net = _("net %+d") % moved["net"]
    items += [
        {"label": LISTS["joined"].title, "value": number(moved["joined"]), "url": asked.listing("joined"), "note": net},
        {"label": LISTS["left"].title, "value": number(moved["left"]), "url": asked.listing("left")},
    ]
    return items


def actions(asked: Asked) -> list[dict]:
    found = [
        {"label": _("List of people"), "url": asked.people(), "primary": False},
        {"label": _("Strength"), "url": asked.page(), "primary": False},
    ]
    if asked.account.has_perm("personnel.add_member"):
        found.insert(0, {"label": _("Add a person"), "url": reverse("admin:personnel_member_add"), "primary": True})
    if asked.account.has_perm(IMPORTS):
        found.insert(
            1, {"label": _("Send a roster"), "url": reverse("admin:personnel_rosterimport_add"), "primary": False}
        )
    return found
