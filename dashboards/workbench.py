"""The page after login: what waits for this account, what its unit lacks, and its figures."""

from dataclasses import replace
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dashboards import changes, contract_work, discipline_work, entry_work, kit_work, merger_work, quota_work
from dashboards.administrators import waiting_for_administrator
from dashboards.asked import SEES_FIGURES, Asked
from dashboards.charts.shapes import number
from dashboards.lists import FILE_GAPS, LISTS, ours
from dashboards.navigation import CONFIRMATIONS, IMPORTS
from dashboards.owed import owed
from organization import divisions, drafts, rights
from personnel import figures, gaps
from personnel.confirmation.pages import forces_of
from personnel.confirmation.progress import standings
from personnel.corrections.duplicates import Pairs, can_be_searched
from personnel.entries.terms import PROPOSE
from personnel.figures.population import PROFESSIONAL
from personnel.headcount import COUNTED_LEVELS
from personnel.models import ConfirmationCycle, Force, RosterImport, TransferConsent, TransferRequest, WithdrawnFile
from personnel.models.roster import STAGED_FOR

# What each role can do something about; finance and training have nothing to mend here.
REMIND_DAYS = 30  # before lists are due
FILES = (*FILE_GAPS, "without-service")
SQUADS = ("squads-empty", "squads-small", "squads-leaderless")
GAPS = {
    "clerk": (*FILES, *SQUADS),
    "staff": (*FILES, *SQUADS, "employers-unfiled"),
    "hr": (*FILES, "serving-unchecked", "without-contract-ours", "employers-unfiled"),
    "governance": (*SQUADS, "posts-of-leavers", "posts-vacant"),
}
MOST_ROSTERS = 5
WRONG = frozenset({"not-serving", "squads-empty", "employers-unfiled", "posts-of-leavers"})


def context(request) -> dict:
    """What templates/admin/index.html asks for, by role."""
    account = request.user
    if account.role in rights.ADMINISTRATORS:
        return {"waiting": waiting_for_administrator(account), "actions": []}
    if not account.has_perm(SEES_FIGURES):
        return {}
    today = timezone.localdate()
    asked = Asked(account, account.unit, today, today)
    level = divisions.level(account.unit.code)
    shown: dict = {"actions": actions(asked)}
    if level != "province":  # three million people are counted when somebody asks, not whenever somebody logs in
        shown["figures"] = key_figures(asked)
    acts_here = level in COUNTED_LEVELS  # above a district others have to act, and counting takes too long
    if account.has_perm("personnel.change_member"):
        shown["waiting"] = contract_work.waiting(asked) if acts_here else []
        shown["changed"] = changed(asked, request) if acts_here else None
    if account.has_perm(IMPORTS):
        shown["waiting"] = unconfirmed(account) + shown.get("waiting", [])
    if acts_here and account.has_perm(CONFIRMATIONS) and (due := unsigned(asked)):
        shown["waiting"] = due + shown.get("waiting", [])
    if typed := unsaved():
        shown["waiting"] = typed + shown.get("waiting", [])
    if rows := transfers(account, today):
        shown["waiting"] = rows + shown.get("waiting", [])
    for rows in (
        owed(account, today),
        entry_work.waiting(account, today),
        kit_work.waiting(account, today),
        quota_work.waiting(asked) if acts_here else [],
        merger_work.waiting(account, today),
        discipline_work.waiting(asked) if acts_here else [],
    ):
        if rows:
            shown["waiting"] = rows + shown.get("waiting", [])
    if acts_here and account.role in GAPS:
        shown["gaps"] = counted(asked, GAPS[account.role]) + corrections(asked)
    return shown


def counted(asked: Asked, slugs) -> list[dict]:
    """The lists that are not empty, as {label, count, url, level}."""
    squads = figures.squads_at_risk(asked.day, asked.within) if set(slugs) & set(SQUADS) else []
    known = {slug: _squads(slug, squads) for slug in SQUADS}
    if set(slugs) & set(FILE_GAPS):
        counts = gaps.file_counts(asked.day, asked.within, ours(asked), FILE_GAPS)
        known |= dict.fromkeys(FILE_GAPS, 0) | counts
    found = []
    for slug in slugs:
        if count := known[slug] if slug in known else LISTS[slug].rows(asked).count():
            row = {"label": LISTS[slug].title, "count": number(count), "url": asked.listing(slug)}
            found.append(row | ({"level": "error"} if slug in WRONG else {}))
    return found


def _squads(slug, squads):
    test = {"squads-empty": "is_empty", "squads-small": "is_small", "squads-leaderless": "is_leaderless"}[slug]
    return sum(getattr(squad, test) for squad in squads)


def unsigned(asked: Asked) -> list[dict]:
    """Lists that wait for a signature: from 30 days before they are due, and when a cycle passed without one."""
    cycle = ConfirmationCycle.objects.on(asked.day).first()
    if cycle is None:
        return []
    is_near = cycle.due_on - asked.day <= timedelta(days=REMIND_DAYS)
    found = []
    for force in forces_of(asked.account):
        waiting = [one for one in standings(asked.day, asked.within, force) if one.state != "signed"]
        late = sum(one.state == "overdue" for one in waiting)
        count = len(waiting) if is_near else late
        if count:
            told = {"force": Force(force).label, "due": cycle.due_on.isoformat()}
            row = {
                "label": _("Lists of %(force)s to be confirmed by %(due)s") % told,
                "count": number(count),
                "url": f"{reverse('admin:personnel_rostersnapshot_changelist')}?force={force}",
            }
            hint = {"hint": _("%(n)d overdue") % {"n": late}, "level": "error"} if late else {}
            found.append(row | hint)
    return found


def changed(asked: Asked, request) -> list[dict] | None:
    """What others changed in the files of the unit since the account was here before; None at its first time."""
    since = changes.last_here(request)
    if since is None:
        return None
    asked = replace(asked, since=since)
    counts = changes.counts(asked)
    return [
        {
            "label": label,
            "count": number(counts[slug]),
            "url": asked.listing(slug, since=since.isoformat()),
            "hint": _("by others, since %(since)s") % {"since": clock(since)},
        }
        for slug, label in changes.KINDS.items()
        if counts[slug]
    ]


def corrections(asked: Asked) -> list[dict]:
    """Files that may be two of one person, and files that were withdrawn, for those who write files."""
    if not asked.account.has_perm("personnel.change_member"):
        return []
    unit, forces = asked.unit.code, rights.FORCES_WRITTEN.get(asked.account.role or "", ())
    pairs = Pairs(asked.within, forces).count() if can_be_searched(unit) else 0
    rows = [
        (_("Likely duplicates"), pairs, "admin:personnel_filemerge_duplicates"),
        (_("Withdrawn files"), WithdrawnFile.objects.standing().count(), "admin:personnel_withdrawnfile_changelist"),
    ]
    return [{"label": label, "count": number(count), "url": reverse(page)} for label, count, page in rows if count]


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


def unsaved() -> list[dict]:
    """Forms that this account typed into and did not save; each is kept for a day after the last word."""
    return [
        {
            "label": _("Unsaved work, typed at %(at)s") % {"at": clock(one.at)},
            "count": number(1),
            "url": one.page,
            "hint": _("kept until %(until)s") % {"until": clock(one.at + drafts.KEPT_FOR)},
        }
        for one in drafts.unsaved()[:MOST_ROSTERS]
    ]


def transfers(account, today) -> list[dict]:
    """What other units ask of this one, and what they answered."""
    found = []
    if account.has_perm("personnel.decide_transferconsent"):
        waiting = TransferConsent.objects.decidable_by(account).count()
        label = _("Transfer requests waiting for my decision")
        found.append((label, waiting, "admin:personnel_transferconsent_changelist", "mine"))
    if account.has_perm("personnel.add_transferrequest"):
        answered = TransferRequest.objects.lately_answered(account, today).count()
        label = _("Answers to my transfer requests")
        found.append((label, answered, "admin:personnel_transferrequest_changelist", "lately"))
    return [
        {"label": label, "count": number(count), "url": f"{reverse(page)}?standing={standing}"}
        for label, count, page, standing in found
        if count
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
    if asked.account.has_perm(PROPOSE):
        found.insert(1, {"label": _("Propose a person"), "url": reverse("admin:personnel_entry_add"), "primary": False})
    if asked.account.has_perm(IMPORTS):
        found[1:1] = [
            {"label": _("Quick entry"), "url": reverse("admin:personnel_rosterimport_quick"), "primary": False},
            {"label": _("Send a roster"), "url": reverse("admin:personnel_rosterimport_add"), "primary": False},
        ]
    if asked.account.has_perm(discipline_work.VIEW):
        found.append({"label": _("Discipline"), "url": reverse("dashboards:discipline"), "primary": False})
    if asked.account.has_perm(kit_work.ISSUE):
        found.append({"label": _("Kit"), "url": reverse("admin:personnel_kitcampaign_changelist"), "primary": False})
    return found
