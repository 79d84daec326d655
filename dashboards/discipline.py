"""The board of discipline (D5.2): cases per thousand by unit and force, each number leading to its list."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards.asked import Asked
from dashboards.charts.shapes import number
from dashboards.strength_tables import right_at
from organization import figures as of_organization
from personnel.admin.contract_filters import RIGHT_HERE
from personnel.discipline.terms import VIEW
from personnel.figures import discipline as figures
from personnel.models import Force
from personnel.models.discipline import HANDLING_DAYS
from personnel.people import PROFESSIONAL

NEEDED = VIEW
SMALL = gettext_lazy("too few people")
COLUMNS = {
    "cases": gettext_lazy("Cases"),
    "average": gettext_lazy("People on average"),
    "per_thousand": gettext_lazy("Per 1,000 people"),
    "rank": gettext_lazy("Rank"),
    "decided": gettext_lazy("Decided"),
    "timely": gettext_lazy("In time"),
    "undecided": gettext_lazy("Undecided"),
    "overdue": gettext_lazy("Overdue"),
}
LISTED = ("cases", "decided", "undecided", "overdue")


def context(asked: Asked) -> dict:
    """What templates/dashboards/discipline.html asks for."""
    children = of_organization.children(asked.unit.code)
    board = figures.board(asked.day, asked.within, [child.code for child in children], asked.force)
    here, *places = board.places
    ranks = board.rank(places)
    rows = [_row(asked, board.whole, _("Total"), "")] if not children else _units(asked, children, places, ranks)
    if children and (here.average or any(here.counts.values())):
        cells = _cells(asked, here, None, {"inside": asked.unit.code, "right": RIGHT_HERE})
        rows.insert(0, {"label": right_at(asked.unit), "url": "", "cells": cells})
    return {
        "day": asked.day, "today": asked.today, "unit": asked.unit, "trail": asked.trail(), "units": children,
        "forces": Force.choices, "force": asked.force or "", "headline": headline(asked, board.whole),
        "cases": listed(asked, ""),
        "tables": [
            {
                "title": _("Discipline by unit"),
                "headers": [_("Unit"), *map(str, COLUMNS.values())],
                "rows": rows,
                "total": _row(asked, board.whole, _("Total"), "") if children else None,
                "note": note(),
            },
            {
                "title": _("Discipline by force"),
                "headers": [_("Force"), *map(str, COLUMNS.values())],
                "rows": _forces(asked, board),
                "note": _("Volunteers are counted where they are asked for alone."),
            },
        ],
    }  # fmt: skip


def note() -> str:
    return _(
        "Cases decided in the twelve months up to the day, and not unfounded, by the unit where they happened; people "
        "on average are half of those at the beginning and at the end. Below %(n)d people there is no rate. The lowest "
        "rate is ranked first; equals share a rank. In time: decided within %(days)d days from the report."
    ) % {"n": figures.SMALLEST, "days": HANDLING_DAYS}


def listed(asked: Asked, standing: str, **more) -> str:
    """Address of the list of the cases of a number."""
    told: dict = {
        "standing": standing, "inside": asked.unit.code, "on": asked.day.isoformat(),
        "force": asked.force or PROFESSIONAL, **more,
    }  # fmt: skip
    given = {name: value for name, value in told.items() if value}
    return f"{reverse('admin:personnel_disciplinecase_changelist')}?{urlencode(given)}"


def page(asked: Asked, unit: int) -> str:
    told: dict = {"on": asked.day.isoformat(), "unit": unit, "force": asked.force}
    given = {name: value for name, value in told.items() if value}
    return f"{reverse('dashboards:discipline')}?{urlencode(given)}"


def headline(asked: Asked, whole: figures.Standing) -> list[dict]:
    people = _("%(people)s people on average") % {"people": _average(whole)}
    decided = _("%(timely)s of %(decided)s") % {
        "timely": number(whole.counts["timely"]),
        "decided": number(whole.counts["decided"]),
    }

    def counted(key, label):
        return {"label": label, "value": number(whole.counts[key]), "url": listed(asked, key)}

    return [
        counted("cases", _("Cases of twelve months")),
        {"label": _("Per 1,000 people"), "value": _rate(whole), "note": people},
        {"label": _("Decided in time"), "value": _share(whole), "note": decided, "url": listed(asked, "timely")},
        counted("undecided", _("Undecided cases")),
        counted("overdue", _("Overdue cases")),
    ]


def _units(asked: Asked, children: Sequence, places: Sequence, ranks: Sequence) -> list[dict]:
    return [
        {
            "label": child.name,
            "url": page(asked, child.code),
            "cells": _cells(asked, standing, rank, {"inside": child.code}),
        }
        for child, standing, rank in zip(children, places, ranks, strict=True)
        if standing.average or any(standing.counts.values())
    ]


def _forces(asked: Asked, board: figures.Board) -> list[dict]:
    ranks = board.rank([*board.forces.values()])
    return [
        {"label": capfirst(Force(force).label), "url": "", "cells": _cells(asked, standing, rank, {"force": force})}
        for (force, standing), rank in zip(board.forces.items(), ranks, strict=True)
    ]


def _row(asked: Asked, standing: figures.Standing, label: str, url: str) -> dict:
    return {"label": label, "url": url, "cells": _cells(asked, standing, None, {})}


def _cells(asked: Asked, standing: figures.Standing, rank: int | None, more: Mapping) -> list[dict]:
    told = {key: number(standing.counts[key]) for key in LISTED} | {
        "average": _average(standing), "per_thousand": _rate(standing), "rank": "–" if rank is None else number(rank),
        "timely": _share(standing),
    }  # fmt: skip
    return [
        {"value": told[key], "url": listed(asked, key, **more) if key in LISTED and standing.counts[key] else ""}
        for key in COLUMNS
    ]


def _average(standing: figures.Standing) -> str:
    return f"{standing.average:,.1f}".removesuffix(".0")


def _rate(standing: figures.Standing) -> str:
    return str(SMALL) if standing.per_thousand is None else f"{standing.per_thousand:.2f}"


def _share(standing: figures.Standing) -> str:
    return "–" if standing.timeliness is None else f"{100 * standing.timeliness:.1f}%"
