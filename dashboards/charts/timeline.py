"""A headcount over time: a line over a shaded area, one point a month, from zero."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from django.utils.translation import gettext as _

from dashboards.charts.shapes import (
    GAP,
    NARROW,
    Box,
    Chart,
    Datum,
    Line,
    Table,
    TableRow,
    any_link,
    number,
    rounded,
    sentence,
)
from dashboards.charts.text import FONT_SIZE, LINE_HEIGHT, fit, measure, tidy

ABOVE_PLOT = 24
PLOT_HEIGHT = 130
BASE = ABOVE_PLOT + PLOT_HEIGHT
BELOW_PLOT = LINE_HEIGHT + 6
STEPS = 4
LEAST_PLOT = 200
TELLING_GROWTH = 10
UNKNOWN = "—"


@dataclass(frozen=True, slots=True)
class Point:
    """One month: the dot at `x`, `y` and the slice of the picture that is its link."""

    href: str
    says: str
    x: float
    y: float
    hit: Box


@dataclass(frozen=True, slots=True)
class Note:
    """A centred text: a value above its point, or a month below the axis."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal line of the grid and the count it stands for (anchored at its end, left of the plot)."""

    y: float
    label: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline(Chart):
    """`line` and `area` are lists of points as SVG writes them; `left` and `right` bound the plot."""

    template = "dashboards/charts/timeline.svg"

    left: float
    right: float
    rules: tuple[Rule, ...]
    points: tuple[Point, ...]
    values: tuple[Note, ...]
    months: tuple[Note, ...]
    line: str
    area: str


def timeline(
    key: str, title: str, data: Sequence[Datum], *, desc: str = "", header: str = "", width: float = NARROW
) -> Timeline:
    """Counts in the order of time; the labels are months ("2014-07"), the table behind gives each change.

    The last, largest, smallest and first values are written at their points, as far as they do not collide.
    """
    data = list(data)
    marks = _scale(max((datum.count for datum in data), default=0))
    said, texts = _notable(data), ["".join(fit(datum.label, 7 * FONT_SIZE, lines=1)) for datum in data]
    longest = max(map(measure, texts), default=0.0)
    gutter = max(max(measure(number(mark)) for mark in marks) + GAP, longest / 2)
    width = max(width, gutter + max([LEAST_PLOT, *map(measure, said.values())]))
    right = _right(gutter, width, longest, len(data))
    points = _points(data, rounded(gutter), right, marks[-1])
    line = " ".join(f"{point.x},{point.y}" for point in points)
    return Timeline(
        key=key,
        title=title,
        desc=desc or _describe(data),
        width=rounded(width),
        height=BASE + BELOW_PLOT,
        linked=any_link(data),
        empty=not data,
        table=_table(data, header),
        left=rounded(gutter),
        right=rounded(right),
        rules=tuple(_rule(mark, marks[-1], gutter) for mark in marks),
        points=points,
        values=_values(said, points, gutter, width),
        months=_months(texts, points, longest + GAP, right - gutter),
        line=line,
        area=f"{points[0].x},{BASE} {line} {points[-1].x},{BASE}" if points else "",
    )


def _right(left: float, width: float, longest: float, months: int) -> float:
    """Where the plot ends: its last label is centred half a month before that and must not leave the picture."""
    half_months = 2 * max(months, 1)
    return min(width, (width - longest / 2 - left / half_months) / (1 - 1 / half_months))


def _scale(largest: int) -> list[int]:
    """Round whole numbers from zero to at least the largest count, a handful of them."""
    step = 1
    while step * STEPS < largest:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return [i * step for i in range(-(-max(largest, 1) // step) + 1)]


def _height(count: int, top: int) -> float:
    return rounded(ABOVE_PLOT + PLOT_HEIGHT * (1 - count / top))


def _rule(mark: int, top: int, gutter: float) -> Rule:
    y = _height(mark, top)
    return Rule(y, Line(rounded(gutter - GAP), rounded(y + FONT_SIZE * 0.36), number(mark)))


def _points(data: Sequence[Datum], left: float, right: float, top: int) -> tuple[Point, ...]:
    slot = (right - left) / max(len(data), 1)
    return tuple(
        Point(
            href=datum.href,
            says=sentence(datum.label, datum.count, _change(data, i)),
            x=rounded(left + (i + 0.5) * slot),
            y=_height(datum.count, top),
            hit=Box(rounded(left + i * slot), 0, rounded(slot), BASE),
        )
        for i, datum in enumerate(data)
    )


def _change(data: Sequence[Datum], i: int) -> str:
    """Change against the point before, in percent; a dash where there is nothing sensible to compare with."""
    before = data[i - 1].count if i else 0
    if not before or data[i].count > before * TELLING_GROWTH:
        return UNKNOWN
    return f"{100 * ((data[i].count - before) / before):+.1f}%"


def _notable(data: Sequence[Datum]) -> dict[int, str]:
    """What is written at which point, the most important first."""
    if not data:
        return {}
    counts = [datum.count for datum in data]
    last = len(data) - 1
    order = dict.fromkeys([last, counts.index(max(counts)), counts.index(min(counts)), 0])
    change = "" if (known := _change(data, last)) == UNKNOWN else f" {known}"
    return {i: number(counts[i]) + (change if i == last else "") for i in order}


def _values(said: dict[int, str], points: Sequence[Point], left: float, right: float) -> tuple[Note, ...]:
    """The notes that do not collide with a more important one, each moved to lie within the picture."""
    notes: list[tuple[Note, float]] = []
    for i, text in said.items():
        half = measure(text) / 2
        x = max(left + half, min(points[i].x, right - half))
        if all(abs(x - note.x) > half + other + GAP for note, other in notes):
            notes.append((Note(rounded(x), rounded(points[i].y - 8), text), half))
    return tuple(note for note, _half in notes)


def _months(texts: Sequence[str], points: Sequence[Point], room: float, length: float) -> tuple[Note, ...]:
    """As many labels as there is room for, evenly spaced and counted back from the last, which is always there."""
    every = ceil(room * len(texts) / length) or 1
    y = BASE + LINE_HEIGHT
    return tuple(Note(points[i].x, y, texts[i]) for i in range(len(texts) - 1, -1, -every))[::-1]


def _describe(data: Sequence[Datum]) -> str:
    if not data:
        return _("Nothing was counted.")
    return _("From %(first)s with %(before)s to %(last)s with %(now)s.") % {
        "first": tidy(data[0].label),
        "before": number(data[0].count),
        "last": tidy(data[-1].label),
        "now": number(data[-1].count),
    }


def _table(data: Sequence[Datum], header: str) -> Table:
    return Table(
        headers=(header or _("Month"), _("Count"), _("Against the one before")),
        rows=tuple(
            TableRow(tidy(datum.label), datum.href, (number(datum.count), _change(data, i)))
            for i, datum in enumerate(data)
        ),
    )
