"""The table of the people list, prepared for a plain template.

The stock table looks up, formats and escapes each cell by itself: six times as dear as the cells of this one.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext

from personnel import codes
from personnel.models import Assignment, Force
from personnel.models.member import Sex

NOTHING = "-"
DATES = {"birth_date", "contract_until"}
UNBROKEN = DATES | {"unit"}


class Row(NamedTuple):
    """One person: the key of the card, where the name leads, the label of the box, and (class, text) of each cell."""

    key: str
    url: str
    label: str
    name: str
    cells: list[tuple[str, str]]


def table(changelist) -> dict:
    """Heads and rows, whether there are boxes and their name, and by how many columns the list is sorted."""
    headers = list(result_headers(changelist))
    return {
        "headers": headers,
        "has_boxes": "action_checkbox" in changelist.list_display,
        "rows": list(rows(changelist)),
        "box": ACTION_CHECKBOX_NAME,
        "sorted_by": sum(1 for header in headers if header.get("sorted")),
    }


def rows(changelist) -> Iterator[Row]:
    """The rows of the page; the name is always the first column (`list_columns.FIRST`)."""
    keys = [key for key in changelist.list_display if key not in {"action_checkbox", "name"}]
    columns = [(f"field-{key} nowrap" if key in UNBROKEN else f"field-{key}", _CELLS[key]()) for key in keys]
    label = gettext("Select this object for an action - {}")
    to_file, to_card = (_address(changelist, model) for model in ("member", "card"))
    for card in changelist.result_list:
        before, after = to_file if card.has_file else to_card
        key = card.member_id if card.has_file else card.pk
        cells = [(css, text(card) or NOTHING) for css, text in columns]
        yield Row(str(card.pk), f"{before}{key}{after}", label.format(card.name), card.name, cells)


def _address(changelist, model: str) -> tuple[str, str]:
    """A page's address with the conditions of the list, before and after the key."""
    stock = {"preserved_filters": changelist.preserved_filters, "opts": changelist.opts}
    url = add_preserved_filters(stock, reverse(f"admin:personnel_{model}_change", args=[0]))
    before, mark, after = url.partition("/0/")
    return before + mark[0], mark[-1] + after


def _same(column: Callable) -> Callable[[], Callable]:
    return lambda: column


def _of_service(name: str) -> Callable:
    return lambda card: card.service and getattr(card.service, name)


def _named(choices, of: Callable) -> Callable[[], Callable]:
    """The name of a code, in the reader's language: the names are looked up once a page."""

    def column():
        names = {code: str(label) for code, label in choices}
        return lambda card: names.get(code := of(card), code)

    return column


def _day(day) -> str:
    return date_format(day, use_l10n=True) if day else ""


def _since(card) -> str:
    if not card.service:
        return ""
    until = card.service.ended_on
    return f"{card.service.started_on} – {until}" if until else str(card.service.started_on)


def _age(card) -> str:
    """Full years on the day of the list; as text, since a number would be formatted once more."""
    day, born = card.day, card.birth_date
    return str(day.year - born.year - ((day.month, day.day) < (born.month, born.day)))


# Of each column what makes, once a page, its function from card to text.
_CELLS: dict[str, Callable[[], Callable]] = {
    "sex": _named(Sex.choices, lambda card: card.sex),
    "age": _same(_age),
    "birth_date": _same(lambda card: _day(card.birth_date)),
    "mask": _same(lambda card: card.mask),
    "unit": _same(lambda card: card.unit.name),
    "force": _named(Force.choices, _of_service("force")),
    "sponsor": _named(Assignment.Sponsor.choices, _of_service("sponsor")),
    "category": _named(Assignment.Category.choices, _of_service("category")),
    "post": _same(_of_service("post")),
    "grade": _same(_of_service("grade")),
    "badge": _same(_of_service("badge")),
    "employer": _same(lambda card: card.service and card.service.employer and card.service.employer.name),
    "education": _named(codes.choices("education"), lambda card: card.education),
    "occupation": _named(codes.choices("occupation"), lambda card: card.occupation),
    "since": _same(_since),
    "contract_until": _same(lambda card: _day(card.service and card.service.contract_until)),
}
