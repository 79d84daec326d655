"""A judged row as the grid shows it, in the page and in the answer to a row that was left."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from organization.models import TrailEntry
from personnel.models import ImportedRow
from personnel.models.member import Sex
from personnel.quick_entry.grid import Grid
from personnel.roster import staging, values, verdicts
from personnel.roster.examination import Examined
from personnel.roster.shapes import Finding, Notice, Problem, Question
from personnel.roster.steps import Step

LEVELS = {Problem: "problem", Question: "question", Notice: "notice"}
ORDER = ["problem", "question", "change", "notice"]


@dataclass
class JudgedCell:
    """What is said of a cell: the worst level, sentences, and its value as the register would show it."""

    level: str = ""
    messages: list[str] = field(default_factory=list)
    value: str = ""

    def say(self, level: str, message: str) -> None:
        self.level = min(filter(None, (self.level, level)), key=ORDER.index)
        self.messages.append(message)


@dataclass
class JudgedRow:
    """What would become of a row: a fate of imports, or "elsewhere"; its label; what is said of cells and of the whole;
    questions as {id, text, choices}."""

    number: int
    fate: str
    label: str
    cells: dict[str, JudgedCell] = field(default_factory=dict)
    messages: list[tuple[str, str]] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)
    about: str = ""
    member: int = 0
    url: str = ""

    def cell(self, key: str) -> JudgedCell:
        return self.cells.setdefault(key, JudgedCell())

    def say(self, key: str, level: str, message: str) -> None:
        if key:
            self.cell(key).say(level, message)
        else:
            self.messages.append((level, message))


def judged(examined: Examined, grid: Grid) -> dict[int, JudgedRow]:
    """Every row of the grid that was examined, by its number; what concerns the whole is said of the first."""
    found = {step.row.number: _row(step, grid) for step in examined.plan.steps}
    for one in examined.findings:
        if found and not isinstance(one, Notice):
            _say(next(iter(found.values())), one, grid)
    return found


def _row(step: Step, grid: Grid) -> JudgedRow:
    is_elsewhere = any(one.code == "elsewhere" for one in step.row.of(Question))
    fate = "elsewhere" if is_elsewhere else step.fate
    label = _("registered elsewhere") if is_elsewhere else str(ImportedRow.Fate(step.fate).label)
    row = JudgedRow(step.row.number, fate, label, about=_about(step.row.values))
    if step.member:
        row.member, row.url = step.member.id, reverse("admin:personnel_member_change", args=[step.member.id])
    for one in step.row.findings:
        _say(row, one, grid)
    if step.fate == "change":
        _tell_changes(row, step, grid)
    for column in grid.columns:
        value = step.row.values.get(column.key)
        if value is not None and row.cell(column.key).level not in ("problem", "question"):
            row.cell(column.key).value = values.shown(column.key, value)
    return row


def _say(row: JudgedRow, one: Finding, grid: Grid) -> None:
    row.say(grid.key_of(one.column), LEVELS[type(one)], str(one.message))
    if isinstance(one, Question):
        row.questions.append(staging.asked(one))


def _tell_changes(row: JudgedRow, step: Step, grid: Grid) -> None:
    """Old beside new. A number is not repeated: that it changes is enough."""
    in_grid = {column.key for column in grid.columns}
    for key, (old, new) in verdicts.old_and_new(step).items():
        told = {"old": old or _("blank"), "new": new}
        if key in in_grid:
            row.say(key, "change", _("was: %(old)s") % told)
        elif key == "started_on" and not old:
            row.say("", "change", _("A new service begins on %(day)s.") % {"day": new})


def _about(told: Mapping[str, Any]) -> str:
    """Sex and birth date, which the number tells."""
    sex, born = told.get("sex"), told.get("birth_date")
    return f"{Sex(sex).label} {born.isoformat()}" if sex and born else ""


def say_changed(row: JudgedRow, entry: TrailEntry) -> None:
    """Somebody else was at this file since the row was loaded."""
    told = {"who": entry.who, "at": time_format(timezone.localtime(entry.at), "H:i")}
    message = _(
        "%(who)s changed this file at %(at)s, after you opened this page. Open the page anew and look at the row."
    )
    row.fate, row.label = "reject", str(ImportedRow.Fate.REJECT.label)
    row.say("", "problem", message % told)


def told(row: JudgedRow) -> dict[str, Any]:
    """As the script is told."""
    return {
        "row": row.number, "fate": row.fate, "label": row.label, "about": row.about, "url": row.url,
        "cells": {key: {"level": cell.level, "messages": cell.messages, "value": cell.value}
                  for key, cell in row.cells.items()},
        "messages": [list(one) for one in row.messages], "questions": row.questions,
    }  # fmt: skip
