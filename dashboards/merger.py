"""The merger dashboard (D2): how far the merger is, by outcome and by town, and what is to be looked at."""

from datetime import timedelta

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards.asked import Asked
from dashboards.charts import WIDE, Datum, Stack, stacked_chart, strip_chart
from dashboards.charts.shapes import number
from dashboards.merger_kit import kit_table
from organization import figures as of_organization
from organization.models import Unit
from personnel import figures
from personnel.figures.mergers import by_town, programme_on
from personnel.merger import unification
from personnel.models import Indicator, Programme

NEEDED = "personnel.view_programme"
WITHOUT_PLACEMENT_DAYS = 15
OUTCOMES = {
    "absorbed": gettext_lazy("absorbed"),
    "transferred": gettext_lazy("transferred to joint defence"),
    "exited": gettext_lazy("left"),
    "pending": gettext_lazy("pending"),
}
COLUMNS = {
    "candidates": gettext_lazy("Candidates"),
    "assessed": gettext_lazy("Assessed"),
    "passed": gettext_lazy("Passed"),
    **OUTCOMES,
}


def context(asked: Asked) -> dict:
    """What templates/dashboards/strength.html asks for; without a programme only the question and a sentence."""
    shown: dict = {
        "day": asked.day,
        "today": asked.today,
        "unit": asked.unit,
        "trail": asked.trail(),
        "units": of_organization.children(asked.unit.code),
    }
    programme = programme_on(asked.day)
    if programme is None:
        return shown | {"warnings": [{"label": _("No merger had begun on this day."), "count": 0}]}
    heads, towns = figures.merger(asked.day, asked.within), by_town(programme, asked.day, asked.within)
    names = dict(Unit.objects.filter(pk__in=towns).values_list("code", "name"))
    shown |= {
        "headline": headline(programme, heads),
        "warnings": warnings(asked, programme, heads),
        "charts": charts(programme, heads, towns, names),
        "tables": [town_table(programme, heads, towns, names)],
    }
    if heads["absorbed"]:
        shown["tables"].append(unified_table(asked, programme, names))
    if table := kit_table(asked, (programme.into_force, programme.from_force)):
        shown["tables"].append(table)
    return shown


def page_of(programme: Programme) -> str:
    return reverse("admin:personnel_programme_change", args=[programme.pk])


def placements(programme: Programme, town: int | None = None, outcome: str = "") -> str:
    asked = {"programme__id__exact": programme.pk, "inside": town, "outcome__exact": outcome}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse('admin:personnel_placement_changelist')}?{query}"


def headline(programme: Programme, heads: dict[str, int]) -> list[dict]:
    rate = f"{100 * heads['passed'] / heads['assessed']:.1f}%" if heads["assessed"] else "–"
    appeals = reverse("admin:personnel_appeal_changelist")
    results = reverse("admin:personnel_assessmentcycle_results", args=[programme.cycle_id])
    return [
        {
            "label": _("Candidates"), "value": number(heads["candidates"]), "url": page_of(programme),
            "note": programme.name,
        },
        {
            "label": _("Assessed"), "value": number(heads["assessed"]), "url": results,
            "note": _("%(rate)s pass") % {"rate": rate},
        },
        *(
            {"label": str(label), "value": number(heads[name]), "url": placements(programme, outcome=name)}
            for name, label in OUTCOMES.items()
        ),
        {
            "label": _("Undecided appeals"), "value": number(heads["appeals_open"]),
            "url": f"{appeals}?standing=undecided",
        },
        {
            "label": _("Tasks to be done"), "value": number(heads["tasks_open"]),
            "url": f"{reverse('admin:personnel_mergertask_changelist')}?standing=open",
        },
    ]  # fmt: skip


def warnings(asked: Asked, programme: Programme, heads: dict[str, int]) -> list[dict]:
    """What should not be: results below the mark for weeks without a placement, absorbed people of another employer."""
    found = []
    scored_by = programme.cycle.closed_on or programme.cycle.ends_on
    waiting = heads["failed"] - heads["transferred"]
    if waiting > 0 and scored_by + timedelta(WITHOUT_PLACEMENT_DAYS) < asked.day:
        label = _("Below the pass mark for more than %(days)d days without a placement") % {
            "days": WITHOUT_PLACEMENT_DAYS
        }
        found.append({"label": label, "count": number(waiting), "url": page_of(programme), "level": "error"})
    if heads["wrong_employer"]:
        label = _("Absorbed, but not employed by the sub-bureau")
        url = reverse("admin:personnel_programme_unification", args=[programme.pk]) + "?indicator=title"
        found.append({"label": label, "count": number(heads["wrong_employer"]), "url": url, "level": "error"})
    if heads["candidates"] != sum(heads[name] for name in OUTCOMES):
        found.append({"label": _("The heads do not add up to the candidates"), "count": "!", "level": "error"})
    return found


def charts(programme: Programme, heads: dict[str, int], towns, names) -> list:
    data = [Datum(str(label), heads[name], placements(programme, outcome=name)) for name, label in OUTCOMES.items()]
    stacks = [
        Stack(
            str(names.get(town, town)),
            tuple(
                Datum(str(label), of_town[name], placements(programme, town, name)) for name, label in OUTCOMES.items()
            ),
        )
        for town, of_town in towns.items()
    ]
    return [
        strip_chart("by-outcome", _("By outcome"), data, header=_("Outcome")),
        stacked_chart("by-town", _("By town"), stacks, header=_("Town"), width=WIDE),
    ]


def town_table(programme: Programme, heads: dict[str, int], towns, names) -> dict:
    def row(label, counts, town=None):
        cells = [
            {"value": number(counts[key]), "url": placements(programme, town, key) if key in OUTCOMES else ""}
            for key in COLUMNS
        ]
        return {"label": label, "cells": cells}

    return {
        "title": _("Merger by town"),
        "headers": [_("Town"), *map(str, COLUMNS.values())],
        "rows": [row(names.get(town, town), counts, town) for town, counts in towns.items()],
        "total": row(_("Total"), heads),
        "note": _("Candidates are absorbed, transferred, left or pending, each of them exactly once."),
    }


def unified_table(asked: Asked, programme: Programme, names) -> dict:
    """Completion of the unification by town: who meets it of those who should, and the mean of the indicators."""
    page = reverse("admin:personnel_programme_unification", args=[programme.pk])
    rows = unification.completion(programme, asked.day)
    indicators = programme.indicators

    def cells(met: dict, people: int):
        shares = [met[name] / people if people else 0 for name in indicators]
        shown = [
            {"value": f"{number(met[name])} / {number(people)}", "url": f"{page}?indicator={name}"}
            for name in indicators
        ]
        return [*shown, {"value": f"{100 * sum(shares) / len(shares):.1f}%"}]

    total = {name: sum(row[name] for row in rows) for name in indicators}
    return {
        "title": _("Unification by town"),
        "headers": [_("Town"), *(str(Indicator(name).label) for name in indicators), _("Mean")],
        "rows": [{"label": names.get(row["town"], row["town"]), "cells": cells(row, row["people"])} for row in rows],
        "total": {"label": _("Total"), "cells": cells(total, sum(row["people"] for row in rows))},
    }
