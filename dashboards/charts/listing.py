"""Rows of label, count and share, set in columns like a table: shared by bars and strips."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dashboards.charts.shapes import GAP, Datum, Line, number, percent, rounded
from dashboards.charts.text import FONT_SIZE, LINE_HEIGHT, fit, measure, tidy

ROW_PADDING = 9
LABEL_PART = 0.4


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns lie; `width` may exceed what was asked for when the figures are very long."""

    label_x: float
    label_width: float
    bar_x: float
    bar_width: float
    count_x: float
    width: float


def columns(data: Sequence[Datum], parts: Sequence[Decimal], width: float, indent: float, bar: float) -> Columns:
    """Columns for these rows: figures take what they need, labels up to their part; `bar` is a bar's least length."""
    count_width = max(measure(number(datum.count)) for datum in data)
    share_width = max(measure(percent(share)) for share in parts)
    figures = count_width + share_width + 2 * GAP
    longest = max(measure(tidy(datum.label)) for datum in data)
    limit = (width - indent) * LABEL_PART if bar else width - indent - figures
    label_width = min(longest, max(limit, 4 * FONT_SIZE))
    needed = indent + label_width + bar + (GAP if bar else 0) + figures
    width = max(width, needed)
    bar_x = indent + label_width + GAP
    return Columns(
        label_x=indent,
        label_width=label_width,
        bar_x=rounded(bar_x),
        bar_width=rounded(width - figures - bar_x) if bar else 0.0,
        count_x=rounded(width - share_width - GAP),
        width=rounded(width),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the area that is its link, its label in one or two lines, its figures (anchored at their end)."""

    y: float
    height: float
    lines: tuple[Line, ...]
    count: Line
    share: Line

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def rows(data: Sequence[Datum], parts: Sequence[Decimal], at: Columns, top: float = 0.0) -> list[Row]:
    """The rows from `top` downwards, each as high as its label needs, none touching the next."""
    result = []
    for datum, share in zip(data, parts, strict=True):
        label = fit(datum.label, at.label_width) or ("—",)
        height = len(label) * LINE_HEIGHT + ROW_PADDING
        first = top + (height - len(label) * LINE_HEIGHT) / 2 + FONT_SIZE
        figures_y = rounded(top + height / 2 + FONT_SIZE * 0.36)
        result.append(
            Row(
                y=rounded(top),
                height=height,
                lines=tuple(Line(at.label_x, rounded(first + i * LINE_HEIGHT), text) for i, text in enumerate(label)),
                count=Line(at.count_x, figures_y, number(datum.count)),
                share=Line(at.width, figures_y, percent(share)),
            )
        )
        top += height
    return result
