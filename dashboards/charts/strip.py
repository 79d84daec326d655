"""A proportion strip: one whole, divided."""

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
    tone,
    widths,
)
from dashboards.shares import shares

STRIP_HEIGHT = 18
SWATCH = 10
BELOW_STRIP = 6
SEAM = 1


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its piece of the strip (`mark`) and its row in the key below, with the colour repeated in `swatch`."""

    href: str
    says: str
    row: listing.Row
    mark: Box
    swatch: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class StripChart(Chart):
    template = "dashboards/charts/strip.svg"

    track: Box
    parts: tuple[Part, ...]


def strip_chart(
    key: str, title: str, data: Sequence[Datum], *, desc: str = "", header: str = "", width: float = NARROW
) -> StripChart:
    """The whole as one strip, its parts in the order given, each with count and share in a key below."""
    data = list(data)
    portions = shares([datum.count for datum in data])
    parts: tuple[Part, ...] = ()
    height = 0.0
    if data:
        at = listing.columns(data, portions, width, indent=SWATCH + 6, bar=0)
        width = at.width
        rows = listing.rows(data, portions, at, top=STRIP_HEIGHT + BELOW_STRIP)
        height = rows[-1].y + rows[-1].height
        marks = pieces([datum.count for datum in data], Box(0, 0, width, STRIP_HEIGHT))
        parts = tuple(
            Part(
                href=datum.href,
                says=sentence(datum.label, datum.count, percent(share)),
                row=row,
                mark=mark,
                swatch=Box(0, rounded(row.middle - SWATCH / 2), SWATCH, SWATCH, mark.tone),
            )
            for datum, share, row, mark in zip(data, portions, rows, marks, strict=True)
        )
    return StripChart(
        key=key,
        title=title,
        desc=desc or describe(data),
        width=width,
        height=rounded(height),
        linked=any_link(data),
        empty=not data,
        table=share_table(data, portions, header),
        track=Box(0, 0, width, STRIP_HEIGHT),
        parts=parts,
    )


def pieces(counts: Sequence[int], whole: Box) -> list[Box]:
    """The box divided in proportion to the counts, with a seam between pieces that are long enough to spare it."""
    result, x = [], whole.x
    for index, length in enumerate(widths(counts, whole.width)):
        shown = length - SEAM if length > 3 * SEAM else length
        result.append(Box(rounded(x), whole.y, rounded(shown), whole.height, tone(index)))
        x += length
    return result
