"""The board of contracts (D3): signed, ending, lapsed and missing by unit, each number leading to its list."""

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards.asked import Asked
from dashboards.charts.shapes import number
from dashboards.strength_tables import right_at
from organization import figures as of_organization
from personnel.admin.contract_filters import RIGHT_HERE
from personnel.admin.contract_pages import RIGHTS
from personnel.contracts.standings import ENDING
from personnel.exports.export import RIGHT
from personnel.figures import contracts as figures
from personnel.models import Force

NEEDED = "personnel.view_contract"
PEOPLE = {"without": "without-contract", "required": "contracts-required"}  # lists of people, not of contracts
COLUMNS = {
    "required": gettext_lazy("To be employed"),
    "signed": gettext_lazy("Signed"),
    "ending-30": gettext_lazy("30 days"),
    "ending-60": gettext_lazy("60 days"),
    "ending-90": gettext_lazy("90 days"),
    "third": gettext_lazy("Third term"),
    "ended": gettext_lazy("Lapsed"),
    "unsigned": gettext_lazy("Unsigned over a month"),
    "without": gettext_lazy("Without contract"),
}
WARNINGS = {
    "third": gettext_lazy("A third fixed term would follow: an open-ended contract may be claimed (art. 14)"),
    "unsigned": gettext_lazy("Not signed a month after the beginning: double pay may be due (art. 82)"),
    "without": gettext_lazy("Serving for a month without any contract on record"),
    "ended": gettext_lazy("Contract ended, nothing follows, the person serves on"),
    "other-employer": gettext_lazy("Contract with another employer than the service names"),
    "left": gettext_lazy("Contract in force, though the person has left"),
}


def context(asked: Asked) -> dict:
    """What templates/dashboards/contracts.html asks for."""
    children = of_organization.children(asked.unit.code)
    codes = [child.code for child in children]
    everybody, here, *places = figures.by_unit(asked.day, asked.within, codes, asked.force)
    rows = [(child, counts) for child, counts in zip(children, places, strict=True) if any(counts.values())]
    return {
        "day": asked.day, "today": asked.today, "unit": asked.unit, "trail": asked.trail(), "units": children,
        "forces": [(force, label) for force, label in Force.choices if force != Force.VOLUNTEER],
        "force": asked.force or "",
        "headline": headline(asked, everybody),
        "warnings": [
            {"label": str(label), "count": number(everybody[slug]), "url": listed(asked, slug)}
            for slug, label in WARNINGS.items()
            if everybody[slug]
        ],
        "table": {
            "title": _("Contracts by unit"),
            "headers": [_("Unit"), *map(str, COLUMNS.values())],
            "rows": [
                *([_row(asked, None, here)] if children and any(here.values()) else []),
                *(_row(asked, child, counts) for child, counts in rows),
            ],
            "total": _row(asked, asked.unit, everybody) | {"label": _("Total"), "url": ""},
            "note": _(
                "By the unit that keeps the file. 30, 60 and 90 days: contracts with their last day within 30, in 31 "
                "to 60 and in 61 to 90 days that nothing follows yet. Third term is counted among these."
            ),
        },
        "works": works(asked),
        "may_export": asked.account.has_perm(RIGHT),
        "query": query(asked, {}),
    }  # fmt: skip


def query(asked: Asked, more: dict, unit: int | None = None) -> str:
    told: dict = {"on": asked.day.isoformat(), "unit": unit or asked.unit.code, "force": asked.force, **more}
    return urlencode({name: value for name, value in told.items() if value})


def page(asked: Asked, unit: int) -> str:
    return f"{reverse('dashboards:contracts')}?{query(asked, {}, unit)}"


def listed(asked: Asked, slug: str, unit: int | None = None, *, is_right_here: bool = False) -> str:
    """Where the rows of a number are: contracts in their list, people without any in a list of their own."""
    unit = unit or asked.unit.code
    if slug in PEOPLE:
        name = f"{PEOPLE[slug]}-here" if is_right_here else PEOPLE[slug]
        return f"{reverse('dashboards:listing', args=[name])}?{query(asked, {}, unit)}"
    told: dict = {"standing": slug, "inside": unit, "on": asked.day.isoformat(), "force": asked.force}
    told["right"] = RIGHT_HERE if is_right_here else ""
    told = {name: value for name, value in told.items() if value}
    return f"{reverse('admin:personnel_contract_changelist')}?{urlencode(told)}"


def headline(asked: Asked, counts: dict[str, int]) -> list[dict]:
    rate = f"{100 * counts['signed'] / counts['required']:.1f}%" if counts["required"] else "–"
    soon = sum(counts[slug] for slug in ENDING)
    return [
        {"label": _("To be employed"), "value": number(counts["required"]), "url": listed(asked, "required")},
        {"label": _("Signed and in force"), "value": rate, "note": number(counts["signed"])},
        {"label": _("Ending within 30 days"), "value": number(counts["ending-30"]), "url": listed(asked, "ending-30")},
        {"label": _("Ending within 90 days"), "value": number(soon)},
        {"label": _("Without contract"), "value": number(counts["without"]), "url": listed(asked, "without")},
    ]


def works(asked: Asked) -> list[dict]:
    """What can be done about it at once, for those who write contracts."""
    if not asked.account.has_perms(RIGHTS):
        return []
    where: dict = {"inside": asked.unit.code, "force": asked.force or "ours"}

    def address(slug, **more):
        asked = {name: value for name, value in {**where, **more}.items() if value}
        return f"{reverse(f'admin:personnel_contract_{slug}')}?{urlencode(asked)}"

    return [
        {"label": _("Renew what ends within 30 days"), "url": address("renew", standing="ending-30")},
        {"label": _("Renew what has lapsed"), "url": address("renew", standing="ended")},
        {"label": _("Enter the day of signing"), "url": address("signed")},
        {"label": _("Write first contracts"), "url": address("sign")},
        {"label": _("Bring contracts to one calendar"), "url": address("calendar", standing="in-force")},
        {"label": _("Take over contracts from rosters"), "url": address("rosters")},
        # Who has left serves in no force any more; those of other offices are left out by the plan.
        {"label": _("End contracts of people who have left"), "url": address("end", standing="left", force="")},
    ]


def _row(asked: Asked, unit, counts: dict[str, int]) -> dict:
    """A row of counts, of a unit or of the files kept right at the unit asked for; people signed are no list."""
    cells = []
    for slug in COLUMNS:
        count = counts[slug]
        url = listed(asked, slug, unit and unit.code, is_right_here=unit is None) if count and slug != "signed" else ""
        cells.append({"value": number(count), "url": url})
    if unit is None:
        return {"label": right_at(asked.unit), "cells": cells}
    return {"label": unit.name, "url": page(asked, unit.code), "cells": cells}
