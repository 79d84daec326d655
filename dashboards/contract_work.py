"""What waits about contracts for an account that writes them."""

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dashboards.asked import Asked
from dashboards.charts.shapes import number
from organization import rights
from personnel.contracts import standings

NEEDED = "personnel.change_contract"
TOLD = ("ended", "unsigned", "ending-30", "ending-60", "ending-90")
WRONG = frozenset({"ended", "unsigned"})


def waiting(asked: Asked) -> list[dict]:
    """Rows {label, count, url, level} of the workbench, of the forces that the account writes."""
    if not asked.account.has_perm(NEEDED):
        return []
    forces = rights.FORCES_WRITTEN.get(asked.account.role or "", ())
    found = []
    for slug in TOLD:
        if count := standings.standing(slug, asked.day, forces).filter(asked.within.q()).count():
            told = {"standing": slug, "force": "ours"}
            url = f"{reverse('admin:personnel_contract_changelist')}?{urlencode(told)}"
            label = _("Contracts: %(standing)s") % {"standing": standings.STANDINGS[slug].label}
            row = {"label": capfirst(label), "count": number(count), "url": url}
            found.append(row | ({"level": "error"} if slug in WRONG else {}))
    return found + _on_rosters(asked, forces)


def _on_rosters(asked: Asked, forces) -> list[dict]:
    """People of whom a roster gives the days of a contract that is not on record."""
    rows = standings.on_rosters(asked.day, forces).filter(asked.within.q()).order_by().values("member").distinct()
    if not (count := rows.count()):
        return []
    label, url = _("Contracts on rosters, not on record yet"), reverse("admin:personnel_contract_rosters")
    return [{"label": label, "count": number(count), "url": url}]
