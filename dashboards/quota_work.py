"""Quotas on the dashboard and the workbench: how far they are used, and which are exceeded."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from dashboards.asked import Asked
from dashboards.charts.shapes import number
from personnel.figures.quotas import approved
from personnel.models import Force
from personnel.people import Selection

WRITES = "personnel.change_quota"


def items(asked: Asked, people: Mapping[str, int], quotas: Mapping[str, int]) -> list[dict]:
    """{label, value, url, note} for each force that has a quota: who serves of whom may, and the share."""
    found = []
    for force, most in quotas.items():
        serving = people[f"force.{force}"]
        note = _("%(share)s of the quota") % {"share": f"{100 * serving / most:.1f}%"} if most else ""
        found.append(
            {
                "label": _("Quota of %(force)s") % {"force": Force(force).label},
                "value": f"{number(serving)} / {number(most)}",
                "url": asked.people(force=force),
                "note": note,
            }
        )
    return found


def warnings(asked: Asked, people: Mapping[str, int], quotas: Mapping[str, int]) -> list[dict]:
    """{label, count, url, hint} of the forces with more people than their quota."""
    return [
        _exceeded(asked, force, people[f"force.{force}"], most)
        for force, most in quotas.items()
        if people[f"force.{force}"] > most
    ]


def waiting(asked: Asked) -> list[dict]:
    """The same for the workbench of those who write quotas."""
    if not asked.account.has_perm(WRITES):
        return []
    found = []
    for force, most in approved(asked.day, asked.within).items():
        chosen = Selection(asked.day, asked.unit.code, service={"force": force})
        if (serving := chosen.people().count()) > most:
            found.append(_exceeded(asked, force, serving, most) | {"level": "error"})
    return found


def _exceeded(asked, force, serving, most):
    told = {"most": number(most), "over": number(serving - most)}
    return {
        "label": _("%(force)s above the quota") % {"force": Force(force).label},
        "count": number(serving),
        "url": asked.people(force=force),
        "hint": _("quota %(most)s, %(over)s too many") % told,
    }
