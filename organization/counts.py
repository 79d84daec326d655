"""Columns of numbers beside units and employers, which upper apps bring along.

`organization` imports no upper app, so an app that counts something for a unit registers a function when it starts:

    counts.register("unit", _("people serving"), personnel.headcount.by_unit, right="personnel.view_card")

The function takes (keys, day) and returns {key: number}; a key left out is shown as a dash. Keys are unit codes (each
meaning the whole subtree) or ids of employers. A unit outside the reader's scope is not asked for: its name is public,
what it counts is not. One function is one query, however many keys there are.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from organization.covering import covered
from organization.models import Unit
from organization.models.unit import SpanHigh

KINDS = ("unit", "employer")


@dataclass(frozen=True)
class Column:
    """One registered number: heading, function that counts, right to see it, and where it leads (or nowhere)."""

    kind: str
    label: str
    function: Callable[[Sequence[int], date], dict[int, int]]
    right: str
    link: Callable[[int], str] | None = None


_columns: list[Column] = []


def register(kind: str, label, function, *, right: str, link=None) -> None:
    """Add a column to the list of units or of employers; registering the same function again changes nothing."""
    if kind not in KINDS:
        raise ValueError(kind)
    if all(column.function is not function for column in _columns):
        _columns.append(Column(kind, label, function, right, link))


def columns(kind: str, account) -> list[Column]:
    """The columns that this account may see."""
    return [column for column in _columns if column.kind == kind and account.has_perm(column.right)]


def of_units(column: Column, codes: Iterable[int], day: date) -> dict[int, int]:
    """The column's numbers of those units that the running scope covers."""
    inside = covered(codes)
    return column.function(inside, day) if inside else {}


def units_below(codes: Sequence[int], day: date) -> dict[int, tuple[int, int]]:
    """{code: (open units below, closed units below)}, for each of the codes, in one query."""
    below = Unit.objects.filter(code__gt=OuterRef("code"), code__lte=SpanHigh(OuterRef("code"))).order_by()
    closed = Q(closed_on__isnull=False, closed_on__lte=day)
    counted = {
        "open_below": below.exclude(closed),
        "closed_below": below.filter(closed),
    }
    rows = Unit.objects.filter(code__in=codes).annotate(**{name: _number(units) for name, units in counted.items()})
    return {code: (is_open, is_closed) for code, is_open, is_closed in rows.values_list("code", *counted)}


def _number(rows):
    total = rows.annotate(all=Value(1)).values("all").annotate(total=Count("pk")).values("total")
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)
