"""Stacked horizontal bars: men and women by age band, forces by town."""

from collections.abc import Sequence
from dataclasses import dataclass

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
    check_href,
    describe,
    number,
    percent,
    rounded,
    sentence,
    tone,
)
from dashboards.charts.strip import pieces
from dashboards.charts.text import FONT_SIZE, LINE_HEIGHT, fit, measure, tidy
from dashboards.shares import shares

BAR_HEIGHT = 12
SWATCH = 8
BELOW_LABEL = 4
ROW_GAP = 10


@dataclass(frozen=True, slots=True)
class Stack:
    """What the caller gives for a bar: its label and the counts it is made of, the same series in every bar."""

    label: str
    parts: tuple[Datum, ...]
    href: str = ""

    def __post_init__(self):
        check_href(self.href)

    @property
    def total(self) -> int:
        return sum(part.count for part in self.parts)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar: the piece of the bar (`mark`), and its figures below it (`hit`, `swatch`, `text`, `share`)."""

    href: str
    says: str
    mark: Box
    hit: Box
    swatch: Box
    text: Line
    share: str


@dataclass(frozen=True, slots=True)
class StackBar:
    """A bar with a heading line above and the figures of its segments below; `hit` is the heading's link area."""

    href: str
    says: str
    hit: Box
    label: Line
    total: Line
    track: Box
    segments: tuple[Segment, ...]
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StackedChart(Chart):
    template = "dashboards/charts/stacked.svg"

    bars: tuple[StackBar, ...]


def stacked_chart(
    key: str,
    title: str,
    data: Sequence[Stack],
    *,
    by_share: bool = False,
    desc: str = "",
    header: str = "",
    width: float = NARROW,
) -> StackedChart:
    """One bar a row, divided into its parts, each with its count and its share of the bar.

    Bars are as long as their totals, or, `by_share`, all of one length. Raises ValueError when the rows differ in
    their series.
    """
    data = list(data)
    if len({tuple(str(part.label) for part in stack.parts) for stack in data}) > 1:
        raise ValueError("every bar of a stacked chart has the same series, in the same order")
    width = max([width, *(_needed(stack) for stack in data)])
    longest = max((stack.total for stack in data), default=0) or 1
    bars: list[StackBar] = []
    for stack in data:
        part_of_width = 1.0 if by_share else stack.total / longest
        bars.append(_bar(stack, bars[-1].bottom + ROW_GAP if bars else 0.0, width, part_of_width))
    everything = [part for stack in data for part in stack.parts]
    return StackedChart(
        key=key,
        title=title,
        desc=desc or describe([Datum(stack.label, stack.total) for stack in data]),
        width=rounded(width),
        height=rounded(bars[-1].bottom) if bars else 0.0,
        linked=any_link(everything) or any(stack.href for stack in data),
        empty=not everything,
        table=_table(data, header),
        bars=tuple(bars),
    )


def _bar(stack: Stack, top: float, width: float, part_of_width: float) -> StackBar:
    total_text = number(stack.total)
    (label, *_more) = fit(stack.label, width - measure(total_text) - GAP, lines=1) or ("—",)
    base = top + FONT_SIZE
    track = Box(0, rounded(top + LINE_HEIGHT + BELOW_LABEL), rounded(width), BAR_HEIGHT)
    marks = pieces([p.count for p in stack.parts], Box(0, track.y, width * part_of_width, BAR_HEIGHT))
    segments, bottom = _segments(stack, marks, track.y + BAR_HEIGHT + BELOW_LABEL, width)
    return StackBar(
        href=stack.href,
        says=sentence(stack.label, stack.total, _("total")),
        hit=Box(0, rounded(top), rounded(width), LINE_HEIGHT + 2),
        label=Line(0, rounded(base), label),
        total=Line(rounded(width), rounded(base), total_text),
        track=track,
        segments=segments,
        bottom=rounded(bottom),
    )


def _segments(stack: Stack, marks: Sequence[Box], top: float, width: float) -> tuple[tuple[Segment, ...], float]:
    """The figures of the parts, side by side, on as many lines as it takes; and where the last line ends."""
    result: list[Segment] = []
    x, y = 0.0, top
    for part, share, mark in zip(stack.parts, shares([p.count for p in stack.parts]), marks, strict=True):
        text = _name_and_count(part, percent(share), width)
        taken = SWATCH + 8 + measure(text) + measure(percent(share))
        if x and x + taken > width:
            x, y = 0.0, y + LINE_HEIGHT + 2
        base = y + FONT_SIZE
        result.append(
            Segment(
                href=part.href,
                says=f"{tidy(stack.label)} · {sentence(part.label, part.count, percent(share))}",
                mark=mark,
                hit=Box(rounded(x), rounded(y), rounded(min(taken, width - x)), LINE_HEIGHT + 2),
                swatch=Box(rounded(x), rounded(base - SWATCH - 0.5), SWATCH, SWATCH, tone(len(result))),
                text=Line(rounded(x + SWATCH + 4), rounded(base), text),
                share=percent(share),
            )
        )
        x += taken + GAP * 1.5
    return tuple(result), y + LINE_HEIGHT + 2


def _name_and_count(part: Datum, share: str, width: float) -> str:
    """Name and count of a part; the name gives way when the line is too short for them and the share."""
    room = width - SWATCH - 8 - measure(f" {number(part.count)}{share}")
    name = "".join(fit(part.label, min(room, 10 * FONT_SIZE), lines=1))
    return f"{name} {number(part.count)}".strip()


def _needed(stack: Stack) -> float:
    """The least width at which no figure leaves the picture, with room for a short name before it."""
    figures = (measure(f" {number(part.count)}100.0%") for part in stack.parts)
    return max([measure(number(stack.total)) + GAP, *figures]) + SWATCH + 8 + 4 * FONT_SIZE


def _table(data: Sequence[Stack], header: str) -> Table:
    names = [tidy(part.label) for part in data[0].parts] if data else []
    heads = [head for name in names for head in (name, _("Share"))]
    columns = [sum(counts) for counts in zip(*([p.count for p in stack.parts] for stack in data), strict=True)]
    return Table(
        headers=(header or _("Category"), *heads, _("Total")),
        rows=tuple(TableRow(tidy(s.label), s.href, _cells([p.count for p in s.parts])) for s in data),
        total=TableRow(_("Total"), "", _cells(columns)),
    )


def _cells(counts: Sequence[int]) -> tuple[str, ...]:
    pairs = zip(counts, shares(counts), strict=True)
    return (*(text for count, share in pairs for text in (number(count), percent(share))), number(sum(counts)))
