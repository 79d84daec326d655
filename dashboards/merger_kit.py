"""The kit of the two forces of a merger by town (D2.5): who has all that is mandatory, who is still in the old."""

from django.utils.translation import gettext as _

from dashboards.asked import Asked
from dashboards.charts.shapes import number
from organization.models import Unit
from personnel.figures.kit_issued import KEYS, by_town
from personnel.models import Force


def kit_table(asked: Asked, forces: tuple[str, ...]) -> dict | None:
    """A table as templates/dashboards/strength.html shows it; None where nothing is mandatory for either force."""
    found = {force: by_town(asked.day, asked.within, force) for force in forces}
    towns = sorted({town for of_force in found.values() for town in of_force})
    if not towns:
        return None
    names = dict(Unit.objects.filter(pk__in=towns).values_list("code", "name"))
    nobody = dict.fromkeys(KEYS, 0)

    def row(label, counts: dict[str, dict[str, int]], unit: int | None):
        cells = [cell for force in forces for cell in of_force(asked, force, counts[force], unit)]
        return {"label": label, "cells": cells}

    sums = {force: {key: sum(town[key] for town in found[force].values()) for key in KEYS} for force in forces}
    headers = (_("%(force)s: all issued"), _("%(force)s: rate"), _("%(force)s: still in the old scheme"))
    return {
        "title": _("Kit by town"),
        "headers": [_("Town"), *(text % {"force": Force(force).label} for force in forces for text in headers)],
        "rows": [
            row(names.get(town, town), {force: found[force].get(town, nobody) for force in forces}, town)
            for town in towns
        ],
        "total": row(_("Total"), sums, None),
        "note": _("Of those who serve and for whom kit is mandatory, by where the file is kept; the links lead to "
                  "who lacks some of it."),
    }  # fmt: skip


def of_force(asked: Asked, force: str, counts: dict[str, int], unit: int | None) -> list[dict]:
    """How many have everything of how many, the share of it, and how many are still in the old scheme."""
    required, complete = counts["required"], counts["complete"]
    at = {"force": force} | ({"unit": str(unit)} if unit else {})
    return [
        {"value": f"{number(complete)} / {number(required)}", "url": asked.listing("without-kit", **at)},
        {"value": f"{100 * complete / required:.1f}%" if required else "–"},
        {"value": number(counts["still_old"]), "url": asked.listing("old-kit", **at)},
    ]
