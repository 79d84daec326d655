"""How far the real names are proved (D1): people by level in each unit, each number leading to its people."""

from django.utils.translation import gettext as _

from dashboards.asked import Asked
from dashboards.charts.shapes import number, percent
from dashboards.shares import shares
from dashboards.strength_tables import right_at
from organization import figures as of_organization
from personnel.figures import realname
from personnel.models import Force
from personnel.realname import levels


def context(asked: Asked) -> dict:
    """What templates/dashboards/realname.html asks for."""
    children = of_organization.children(asked.unit.code)
    everybody, here, *places = realname.by_unit(
        asked.day, asked.within, [child.code for child in children], asked.force
    )
    columns = [slug for slug in levels.CHOICES if slug in levels.LEVELS or everybody[slug]]
    return {
        "day": asked.day,
        "today": asked.today,
        "unit": asked.unit,
        "trail": asked.trail(),
        "units": children,
        "forces": Force.choices,
        "force": asked.force or "",
        "headline": [_item(asked, slug, everybody[slug]) for slug in columns],
        "table": {
            "title": _("Real names by unit"),
            "headers": [_("Unit"), *(levels.CHOICES[slug] for slug in columns), _("Total")],
            "rows": [
                *([] if children else [_row(asked, asked.unit, everybody, columns)]),
                *([_row(asked, None, here, columns)] if children and any(here.values()) else []),
                *(_row(asked, child, counts, columns) for child, counts in zip(children, places, strict=True)),
            ],
            "total": (_row(asked, asked.unit, everybody, columns) | {"label": _("Total"), "url": ""}),
            "note": _(
                "Each level includes the ones before it: who is confirmed by the unit has shown a document as well. "
                "Shares of a row add up to 100.0%."
            ),
        },
    }


def _item(asked, slug, count):
    url = asked.people(level=slug) if count else ""
    return {"label": str(levels.CHOICES[slug]), "value": number(count), "url": url, "note": ""}


def _row(asked, unit, counts, columns):
    """A row of counts with their shares. Those right at a unit have no list of people of their own."""
    parts = shares([counts[slug] for slug in columns])
    cells = []
    for slug, share in zip(columns, parts, strict=True):
        count = counts[slug]
        url = asked.people(unit=unit.code, level=slug) if unit and count else ""
        cells.append({"value": f"{number(count)} · {percent(share)}" if count else "0", "url": url})
    total = sum(counts.values())
    cells.append({"value": number(total), "url": asked.people(unit=unit.code) if unit and total else ""})
    if unit is None:
        return {"label": right_at(asked.unit), "cells": cells}
    return {"label": unit.name, "url": asked.realname(unit.code), "cells": cells}
