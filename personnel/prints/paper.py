"""What goes onto paper: which people, which columns, how many on a page. Every print is on record like an export."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization import divisions
from personnel.exports.columns import COLUMNS, Column, rows
from personnel.exports.export import RIGHT, ExportRefused, force_name, numbers_shown, record, unit_name
from personnel.exports.numbers import MASKED
from personnel.exports.people import blocks
from personnel.models import Force, Photo
from personnel.people import Selection

MOST_ROWS, MOST_CARDS = 2_000, 200
SEES_PHOTOS = "personnel.view_photo"

# Rows of a landscape page: the first has the title, the last the signatures.
FIRST_PAGE, NEXT_PAGE, SIGNATURES, LEFT_WITH_THEM = 19, 21, 4, 3
CARDS_A_PAGE = 10

_PERSON = ("seq", "name", "sex", "birth_date", "id_number", "phone", "education")
_SERVICE = ("force", "post", "started_on")
Row = TypeVar("Row")


@dataclass(frozen=True)
class Order:
    """What is to be printed. `full` asks for plain numbers, `reason` says what they are needed for."""

    selection: Selection
    title: str = ""
    full: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Roster:
    """A roster in pages: each a list of rows of texts; the last has room for signatures and the stamp."""

    title: str
    unit: str
    day: str
    columns: Sequence[Column]
    pages: list[list[tuple[str, ...]]]
    people: int
    made: str


@dataclass(frozen=True, slots=True)
class WorkCard:
    """A work card: what is printed on it, and whose photo."""

    member: int
    name: str
    unit: str
    force: str
    post: str
    badge: str
    has_photo: bool


def roster(order: Order, account) -> Roster:
    """The people of the selection in pages. Raises ExportRefused."""
    shown = _checked(order, account, MOST_ROWS)
    columns = columns_of(order.selection, account)
    found = list(rows(columns, blocks(order.selection, shown)))
    told = "、".join(column.header for column in columns)
    record(order.selection, order.reason, rows=len(found), layout="roster", format="paper", numbers=shown, columns=told)
    return Roster(
        order.title.strip() or title_of(order.selection),
        unit_name(order.selection),
        _day(order.selection),
        columns,
        paged(found),
        len(found),
        f"{account.name} {timezone.localtime():%Y-%m-%d %H:%M}",
    )


def work_cards(order: Order, account) -> list[list[WorkCard]]:
    """The cards of the people of the selection, ten a page. Raises ExportRefused."""
    if not account.has_perm(SEES_PHOTOS):
        raise ExportRefused("not_allowed", _("Your role prints no work cards."))
    _checked(order, account, MOST_CARDS)
    found = _work_cards(order.selection)
    told = "、".join(COLUMNS[key].header for key in ("name", "village", "force", "post", "badge"))
    record(
        order.selection,
        order.reason,
        rows=len(found),
        layout="work_cards",
        format="paper",
        numbers="none",
        columns=told,
    )
    return [found[start : start + CARDS_A_PAGE] for start in range(0, len(found), CARDS_A_PAGE)]


def title_of(selection: Selection) -> str:
    return f"{unit_name(selection)}{force_name(selection)}花名册"


def columns_of(selection: Selection, account) -> list[Column]:
    """The columns that the account may see and that say something in this list."""
    level = divisions.level(selection.unit) if selection.unit else "district"
    places = {"village": (), "town": ("village",)}.get(level, ("town", "village"))
    last = "employer" if selection.service.get("force") == Force.GUARD else "remark"
    keys = [*_PERSON, *places, *_SERVICE, *([last] if len(places) < 2 or last == "employer" else [])]
    return [COLUMNS[key] for key in keys if not COLUMNS[key].needs or account.has_perm(COLUMNS[key].needs)]


def paged(found: Sequence[Row]) -> list[list[Row]]:
    """The rows page by page, never without a page; the last leaves room for the signatures.

    Where it would not, a few rows go over, so that nobody signs an empty page.
    """
    pages, left = [list(found[:FIRST_PAGE])], list(found[FIRST_PAGE:])
    while left:
        pages.append(left[:NEXT_PAGE])
        left = left[NEXT_PAGE:]
    room = (FIRST_PAGE if len(pages) == 1 else NEXT_PAGE) - SIGNATURES
    if len(pages[-1]) > room:
        last = pages[-1]
        pages[-1:] = [last[:-LEFT_WITH_THEM], last[-LEFT_WITH_THEM:]]
    return pages


def _checked(order: Order, account, most: int) -> str:
    """How numbers are shown. Raises ExportRefused before anything is read."""
    if not account.has_perm(RIGHT):
        raise ExportRefused("not_allowed", _("Your role exports no people."))
    count = order.selection.people()[: most + 1].count()
    if not count:
        raise ExportRefused("nobody", _("There is nobody in this list; please choose another day, unit or standing."))
    if count > most:
        message = _("At most %(most)d people are printed at once: please narrow the list, or export it.")
        raise ExportRefused("too_many", message, most=most)
    return numbers_shown(order.selection, account, full=order.full, reason=order.reason)


def _work_cards(selection: Selection) -> list[WorkCard]:
    columns = [COLUMNS[key] for key in ("name", "town", "village", "force", "post", "badge")]
    people = list(blocks(selection, MASKED))
    members = [member for block in people for member in block.card["member_id"]]
    pictured = set(Photo.objects.there().filter(member__in=members).values_list("member_id", flat=True))
    texts = rows(columns, people)
    return [
        WorkCard(member, name, f"{town}{village}", force, post, badge, member in pictured)
        for member, (name, town, village, force, post, badge) in zip(members, texts, strict=True)
    ]


def _day(selection: Selection) -> str:
    return f"{selection.day.year}年{selection.day.month}月{selection.day.day}日"
