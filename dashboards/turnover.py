"""Who came and who left between two days: the balance of a unit, and the people behind each of its numbers."""

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards.asked import INSTEAD, Asked
from dashboards.charts.shapes import number
from dashboards.list_rows import change_page
from organization.asking import day_asked
from organization.models import Unit
from personnel.exports.export import RIGHT
from personnel.exports.turnover import how, named
from personnel.figures.turnover import AWAY, JOINED, KINDS, LEFT, MOVED, PASSED, Turnover, turnover
from personnel.models import Assignment, Force, Member

ROWS_A_PAGE = 100
TITLES = {
    JOINED: gettext_lazy("people who joined"),
    LEFT: gettext_lazy("people who left"),
    MOVED: gettext_lazy("people who moved within the unit"),
    PASSED: gettext_lazy("people who joined and left in between"),
    AWAY: gettext_lazy("people who left and came back in between"),
}
HOW = {JOINED: dict(Assignment.Beginning.choices), LEFT: dict(Assignment.Ending.choices)}


def first_day(request, asked: Asked) -> date:
    """The first day of the time asked about: as the address has it, else the first of the month."""
    usual = asked.day.replace(day=1)
    text = request.GET.get("since", "").strip()
    day = day_asked(text, asked.today) if text else usual
    if isinstance(day, str):
        messages.warning(request, INSTEAD[day])
        return usual
    if day > asked.day:
        messages.warning(request, _("The first day lies after the last one; these are the days of the month."))
        return usual
    return day


def found(request, asked: Asked) -> Turnover:
    """What the page and the workbook are about. Raises TooMany."""
    return turnover(first_day(request, asked), asked.day, asked.within, asked.force)


def context(request, asked: Asked, told: Turnover) -> dict:
    """What templates/dashboards/turnover.html asks for."""
    kind = request.GET.get("kind") if request.GET.get("kind") in KINDS else JOINED
    chosen = request.GET.get("how", "")
    chosen = chosen if chosen in HOW.get(kind, ()) else ""
    page = Paginator(told.of(kind, chosen), ROWS_A_PAGE).get_page(request.GET.get("p"))
    heading = TITLES[kind] if not chosen else f"{TITLES[kind]}: {HOW[kind][chosen]}"
    return {
        "day": asked.day,
        "first": told.first,
        "today": asked.today,
        "unit": asked.unit,
        "trail": asked.trail(),
        "forces": Force.choices,
        "force": asked.force or "",
        "balance": balance(asked, told),
        "apart": [_line(asked, told, each) for each in (MOVED, PASSED, AWAY)],
        "kind": kind,
        "people": _people(page.object_list, heading, kind),
        "page": page,
        "may_export": asked.account.has_perm(RIGHT),
        "back": asked.page(),
    }


def balance(asked: Asked, told: Turnover) -> list[dict]:
    """Opening, who joined, who left, closing; each number with the way to its people."""
    ends = [(_("At the beginning"), told.opening, told.before), (_("At the end"), told.closing, told.last)]
    opening, closing = (
        {"label": label, "note": day.isoformat(), "value": number(value), "url": asked.people(day=day), "is_sum": True}
        for label, value, day in ends
    )
    return [opening, *_part(asked, told, JOINED, "+"), *_part(asked, told, LEFT, "−"), closing]


def _part(asked, told, kind, sign):
    yield _line(asked, told, kind) | {"sign": sign, "is_sum": True}
    for key, count in sorted(told.counts(kind).items(), key=lambda each: -each[1]):
        yield {"label": HOW[kind][key], "value": number(count), "url": address(asked, told, kind=kind, how=key)}


def _line(asked, told, kind):
    return {"label": TITLES[kind], "value": number(len(told.of(kind))), "url": address(asked, told, kind=kind)}


def address(asked: Asked, told: Turnover, **more: str) -> str:
    """Address of the page about these days, showing the people of one kind."""
    days = {"since": told.first.isoformat(), "on": told.last.isoformat()}
    asked_for = {**days, "unit": str(asked.unit.code), "force": asked.force or "", **more}
    given = {name: value for name, value in asked_for.items() if value}
    return f"{reverse('dashboards:turnover')}?{urlencode(given)}#people"


def _people(movers, heading, kind) -> dict:
    """A table as dashboards/figures_table.html shows it."""
    people = named(movers)
    files = set(Member.objects.filter(pk__in=[one.member for one in movers]).values_list("pk", flat=True))
    codes = {code for one in movers for code in (one.unit, *one.earlier)}
    units = dict(Unit.objects.filter(code__in=codes).values_list("code", "name"))
    forces = dict(Force.choices)
    headers = [_("Person"), _("Unit"), _("Force"), _("How"), _("On"), *([_("Before")] if kind == MOVED else [])]
    rows = []
    for one in people:
        mover, card = one.mover, one.card
        cells = [units.get(mover.unit, ""), forces[Force(mover.force)], how(mover), mover.on.isoformat()]
        cells += ["、".join(units.get(code, "") for code in mover.earlier)] if kind == MOVED else []
        model, pk = ("member", mover.member) if mover.member in files else ("card", card.pk if card else 0)
        rows.append(
            {
                "label": card.name if card else "—",
                "url": change_page(f"personnel_{model}", pk) if pk else "",
                "cells": [{"value": cell or "—"} for cell in cells],
            }
        )
    return {"title": heading, "headers": headers, "rows": rows}
