"""Horizontal bars: counts by unit, by force, by any list of categories."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.charts import listing
from dashboards.charts.shapes import (
    NARROW,
    Box,
    Chart,
    Datum,
    any_link,
    describe,
    percent,
    rounded,
    sentence,
    share_table,
)
from dashboards.shares import shares

BAR_HEIGHT = 12
LEAST_BAR = 60
LEAST_MARK = 1.5


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of the chart: `mark` is the bar, `track` the length a bar can have, `says` the whole of it in words."""

    href: str
    says: str
    row: listing.Row
    track: Box
    mark: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart(Chart):
    template = "dashboards/charts/bars.svg"

    bars: tuple[Bar, ...]


def bar_chart(
    key: str, title: str, data: Sequence[Datum], *, desc: str = "", header: str = "", width: float = NARROW
) -> BarChart:
    """One bar a category, in the order given, with count and share of their sum.

    `key` is unique on the page; `header` names the categories in the table behind. The height follows from the
    number of rows; whoever has hundreds and wants few calls `with_others` first.
    """
    data = list(data)
    parts = shares([datum.count for datum in data])
    bars: tuple[Bar, ...] = ()
    height = 0.0
    if data:
        at = listing.columns(data, parts, width, indent=0.0, bar=LEAST_BAR)
        width = at.width
        rows = listing.rows(data, parts, at)
        height = rows[-1].y + rows[-1].height
        longest = max(datum.count for datum in data) or 1
        bars = tuple(
            Bar(
                href=datum.href,
                says=sentence(datum.label, datum.count, percent(share)),
                row=row,
                track=_box(at, row, at.bar_width),
                mark=_box(at, row, _length(datum.count, longest, at.bar_width)),
            )
            for datum, share, row in zip(data, parts, rows, strict=True)
        )
    return BarChart(
        key=key,
        title=title,
        desc=desc or describe(data),
        width=width,
        height=rounded(height),
        linked=any_link(data),
        empty=not data,
        table=share_table(data, parts, header),
        bars=bars,
    )


def _length(count: int, longest: int, whole: float) -> float:
    return max(whole * (count / longest), LEAST_MARK) if count else 0.0


def _box(at: listing.Columns, row: listing.Row, length: float) -> Box:
    return Box(at.bar_x, rounded(row.middle - BAR_HEIGHT / 2), rounded(length), BAR_HEIGHT)
