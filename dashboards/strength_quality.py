"""What the strength dashboard says of the register itself: real names, signed lists, documents, ages, entries, checks.

These read files and signed lists as well, so they are told up to a district; above it, the command counts them.
"""

from django.utils.translation import gettext as _

from dashboards.asked import Asked
from dashboards.charts.shapes import number
from dashboards.lists import LISTS
from dashboards.quality_lists import QUALITY_LISTS
from organization import divisions
from personnel.figures import confirmation, entries, quality
from personnel.headcount import COUNTED_LEVELS
from personnel.models import ConfirmationCycle
from personnel.realname import levels

WARNINGS = {  # the list of what is counted
    "unseen-30": "unseen",
    "joined-over-age": "over_age",
    "serving-over-age": "serving_over_age",
    "joined-12-unapproved": "unapproved",
    "serving-unchecked": "serving_unchecked",
}
TITLES = {slug: (QUALITY_LISTS | LISTS)[slug].title for slug in WARNINGS}


def is_told(asked: Asked) -> bool:
    return divisions.level(asked.unit.code) in COUNTED_LEVELS


def counts(asked: Asked) -> dict[str, int]:
    """What `items` and `warnings` are made of; nothing where it is not told."""
    if not is_told(asked):
        return {}
    over_age = quality.over_age(asked.day, asked.within, asked.force).count()
    return {
        **quality.counts(asked.day, asked.within, asked.force),
        "over_age": over_age,
        "serving_over_age": quality.serving_over_age(asked.day, asked.within, asked.force).count(),
        "unapproved": entries.unapproved(asked.day, asked.within, asked.force).count(),
        "serving_unchecked": int(entries.vetting(asked.day, asked.within, asked.force).get("serving_unchecked", 0)),
    }


def items(asked: Asked, total: int, counted: dict[str, int]) -> list[dict]:
    """The rate of real names, and of lists signed in the cycle of the day: {label, value, url, note}."""
    if not counted:
        return []
    found = []
    if total:
        verified = counted["verified"]
        url = asked.people(level=levels.VERIFIED) if verified else ""
        note = _("%(share)s of those who serve") % {"share": _percent(verified, total)}
        found.append({"label": _("Real names verified"), "value": number(verified), "url": url, "note": note})
    lists = confirmation.confirmation(asked.day, asked.within, asked.force)
    if lists["due"]:
        url = asked.listing("lists-signed") if asked.account.has_perm(QUALITY_LISTS["lists-signed"].right) else ""
        cycle = ConfirmationCycle.objects.on(asked.day).get()
        note = _("%(share)s, due by %(day)s") % {
            "share": _percent(lists["signed"], lists["due"]),
            "day": cycle.due_on.isoformat(),
        }
        value = f"{number(lists['signed'])} / {number(lists['due'])}"
        found.append({"label": _("Lists signed"), "value": value, "url": url, "note": note})
    return found


def warnings(asked: Asked, counted: dict[str, int]) -> list[dict]:
    """{label, count, url} of what is not empty."""
    return [
        {"label": TITLES[slug], "count": number(counted[key]), "url": asked.listing(slug)}
        for slug, key in WARNINGS.items()
        if counted.get(key)
    ]


def _percent(part, whole):
    return f"{100 * part / whole:.1f}%"
