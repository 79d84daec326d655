"""What every chart is given and what it hands to its template."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from dashboards.charts.text import tidy

NARROW = 360
WIDE = 720
GAP = 8.0
TONES = 8


@dataclass(frozen=True, slots=True)
class Datum:
    """One category and the people (or units) counted in it.

    `href`, if any, is the address on this site of the list that holds exactly these people: it begins with `/` or `?`.
    """

    label: str
    count: int
    href: str = ""

    def __post_init__(self):
        if self.count < 0:
            raise ValueError(f"a count is never negative: {self.count}")
        check_href(self.href)


def check_href(href: str) -> None:
    """Raises ValueError for an address that leaves this site or runs script (`javascript:`, `//host`)."""
    if href and (href[0] not in "/?" or href[1:2] in {"/", "\\"}):
        raise ValueError(f"not an address on this site: {href!r}")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text; `x`, `y` are its anchor on the base line, in view-box units."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in view-box units; `tone` 1 to 8 is its colour in the style sheet."""

    x: float
    y: float
    width: float
    height: float
    tone: int = 1


@dataclass(frozen=True, slots=True)
class TableRow:
    """The figures of one mark as text, for the table behind a chart."""

    label: str
    href: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The table behind a chart. `headers` has one more entry than each row has cells; `total` may be None."""

    headers: tuple[str, ...]
    rows: tuple[TableRow, ...]
    total: TableRow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Common part of all charts: rendered by including `template` with the chart as `chart`.

    `key` is unique on its page (it begins the ids that name the picture); `linked` says whether any mark is a link,
    in which case the picture must not have the role `img`, whose content assistive technology skips.
    """

    template = ""

    key: str
    title: str
    desc: str
    width: float
    height: float
    linked: bool
    empty: bool
    table: Table

    @property
    def wide(self) -> bool:
        """Whether the picture wants the whole row of a page rather than a column."""
        return self.width > NARROW * 1.5


def number(count: int) -> str:
    """A count as it is printed: digits grouped by three."""
    return f"{count:,}"


def percent(share: Decimal) -> str:
    """A share (0.0 to 100.0) as it is printed."""
    return f"{share}%"


def tone(index: int) -> int:
    """The colour of the series at that position, counted from zero."""
    return index % TONES + 1


def sentence(label: str, count: int, note: str) -> str:
    """What a mark says when pointed at or read aloud, with the label in full."""
    return _("%(label)s: %(count)s (%(note)s)") % {"label": tidy(label), "count": number(count), "note": note}


def describe(data: Sequence[Datum]) -> str:
    """A description for a chart of categories whose caller gives none."""
    total = sum(datum.count for datum in data)
    if not total:
        return _("Nothing was counted.")
    largest = max(data, key=lambda datum: datum.count)
    return _("%(categories)s categories, %(total)s in all; the largest is %(label)s with %(count)s.") % {
        "categories": number(len(data)),
        "total": number(total),
        "label": tidy(largest.label),
        "count": number(largest.count),
    }


def share_table(data: Sequence[Datum], parts: Sequence[Decimal], header: str = "") -> Table:
    """Count and share of each category, and their sum."""
    total = sum(datum.count for datum in data)
    return Table(
        headers=(header or _("Category"), _("Count"), _("Share")),
        rows=tuple(
            TableRow(tidy(datum.label), datum.href, (number(datum.count), percent(share)))
            for datum, share in zip(data, parts, strict=True)
        ),
        total=TableRow(_("Total"), "", (number(total), percent(sum(parts, Decimal("0.0"))))),
    )


def with_others(data: Iterable[Datum], keep: int, label: str, href: str = "") -> list[Datum]:
    """The `keep` largest categories, largest first, and one for the rest; nothing is cut when the rest is one.

    The label of the rest may contain `%(n)d`, the number of categories put together.
    """
    ranked = sorted(data, key=lambda datum: -datum.count)
    rest = ranked[keep:]
    if len(rest) < 2:
        return ranked
    return [*ranked[:keep], Datum(str(label) % {"n": len(rest)}, sum(datum.count for datum in rest), href)]


def widths(counts: Sequence[int], length: float, least: float = 1.5) -> list[float]:
    """The length divided in proportion; what was counted stays visible, the longest pieces pay for it."""
    total = sum(counts)
    if not total:
        return [0.0] * len(counts)
    exact = [length * (count / total) for count in counts]
    shown = [max(piece, least) if count else 0.0 for piece, count in zip(exact, counts, strict=True)]
    spare = sum(piece - least for piece in shown if piece > least)
    excess = sum(shown) - length
    if excess > spare:
        return exact
    if excess <= 0:
        return shown
    return [piece - (piece - least) * excess / spare if piece > least else piece for piece in shown]


def rounded(value: float) -> float:
    """To a tenth of a unit: finer is invisible and only lengthens the page."""
    return round(value, 1)


def any_link(data: Iterable[Datum]) -> bool:
    """Whether any of them leads somewhere."""
    return any(datum.href for datum in data)


__all__ = ["Chart", "Datum", "Line", "Table", "TableRow"]
