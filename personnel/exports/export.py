"""An export from the order to the file: what may be had is decided here, and every file that is made is on record."""

import hashlib
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization import events
from organization.models import Unit
from organization.refusal import Refusal
from personnel import list_columns
from personnel.bulk import uncollected
from personnel.exports import numbers
from personnel.exports.columns import COLUMNS, Column, rows, words
from personnel.exports.csv import write_csv
from personnel.exports.layouts import HOUSE, LAYOUTS, LIST, MINE, Layout
from personnel.exports.people import blocks
from personnel.exports.xlsx import Sheet, write_book
from personnel.people import PROFESSIONAL, Selection

RIGHT = "personnel.export_card"
MOST_WITHOUT_REASON = 500
SHORTEST_REASON = 2
SIGNATURES = ("单位负责人", "审核人", "填表人", "联系电话", "填报日期")


class ExportRefused(Refusal):
    """Codes: not_allowed, layout_not_found, format_not_found, reason_needed."""


@dataclass(frozen=True)
class Order:
    """What is asked for. `full` asks for plain numbers, `reason` says what they are needed for."""

    selection: Selection
    layout: str = LIST
    format: str = "xlsx"
    full: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Exported:
    """The finished file, which has no name on the disk and is read from its start; the name is for the receiver."""

    file: BinaryIO
    rows: int
    name: str
    sha256: str


def export(order: Order, account) -> Exported:
    """Write what the account may see of the people asked for. Raises ExportRefused; nothing is left then.

    Runs in the account's own scope, within its transaction: the record and the file come from one look.
    """
    layout, shown = checked(order, account)
    columns = layout.columns_for(account.has_perm)
    made = f"{account.name}（{account.username}） {timezone.localtime():%Y-%m-%d %H:%M}"
    # In the site's own directory, since /tmp is often memory; it is unlinked from the start.
    file = tempfile.TemporaryFile(dir=settings.VAR_DIR)  # noqa: SIM115 - it goes to the caller
    try:
        people = rows(columns, blocks(order.selection, shown))
        with uncollected():
            if order.format == "csv":
                count = write_csv(file, [column.header for column in columns], people, footer=f"制表人：{made}")
            else:
                count = write_book(file, [_sheet(order, layout, columns, people)], footer=made)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        _record(order, shown, columns, count, digest)
    except BaseException:
        file.close()
        raise
    return Exported(file, count, _name(order, layout, account), digest)


def checked(order: Order, account) -> tuple[Layout, str]:
    """The layout, and how numbers are shown. Raises ExportRefused before anything is read."""
    if not account.has_perm(RIGHT):
        raise ExportRefused("not_allowed", _("Your role exports no people."))
    layout = LAYOUTS.get(order.layout)
    if layout is None:
        raise ExportRefused("layout_not_found", _("There is no such layout."))
    if layout.key == MINE:
        layout = replace(layout, columns=tuple(COLUMNS[key] for key in list_columns.exported(account)))
    if order.format not in layout.formats:
        raise ExportRefused("format_not_found", _("This layout is not written in this format."))
    return layout, numbers_shown(order.selection, account, full=order.full, reason=order.reason)


def numbers_shown(selection: Selection, account, *, full: bool, reason: str) -> str:
    """How numbers stand in a list, on paper or in a file. Raises ExportRefused."""
    if full and not numbers.may_ask_in_full(account.role or ""):
        raise ExportRefused("not_allowed", _("Your role sees no full numbers."))
    shown = numbers.shown_to(account.role or "", full=full)
    check_reason(selection, shown, reason, is_asked=full)
    return shown


def check_reason(selection: Selection, shown: str, reason: str, *, is_asked: bool = False) -> None:
    """Full numbers that were asked for, or of more than 500 people, need a reason. Raises ExportRefused."""
    if len(reason.strip()) >= SHORTEST_REASON:
        return
    if is_asked:
        raise ExportRefused("reason_needed", _("Please say why you need the full numbers."))
    if shown == numbers.PLAIN and selection.people()[: MOST_WITHOUT_REASON + 1].count() > MOST_WITHOUT_REASON:
        message = _("The list has full numbers of more than %(most)d people: please say what it is for.")
        raise ExportRefused("reason_needed", message, most=MOST_WITHOUT_REASON)


def _sheet(order: Order, layout: Layout, columns: tuple[Column, ...], people: Iterator) -> Sheet:
    header, widths = [column.header for column in columns], [column.width for column in columns]
    if layout.key != HOUSE:
        return Sheet(layout.title, people, header, widths)
    unit, day = unit_name(order.selection), order.selection.day
    date = f"{day.year}年{day.month}月{day.day}日"
    signed = "　　　　　".join(f"{word}：" for word in SIGNATURES)
    return Sheet(
        layout.title,
        people,
        header,
        widths,
        above=[f"{unit}{force_name(order.selection)}花名册", f"单位：{unit}　　　　日期：{date}"],
        below=lambda count: [f"合计：{count}人", signed],
        is_form=True,
    )


def unit_name(selection: Selection) -> str:
    """The unit that a list is of; "" for all that is in sight."""
    unit = Unit.objects.filter(code=selection.unit).first() if selection.unit else None
    return unit.name if unit else ""


def force_name(selection: Selection) -> str:
    """The force that a list is of, as titles have it."""
    force = selection.service.get("force")
    return words("force").get(force, "") if force and force != PROFESSIONAL else "群防群治队伍"


def _name(order: Order, layout: Layout, account) -> str:
    stem = f"{unit_name(order.selection)}{layout.title}-{timezone.localtime():%Y%m%d-%H%M}-{account.username}"
    return f"{stem}.{order.format}"


def _record(order: Order, shown: str, columns: tuple[Column, ...], count: int, digest: str) -> None:
    record(
        order.selection,
        order.reason,
        rows=count,
        layout=order.layout,
        format=order.format,
        numbers=shown,
        columns="、".join(column.header for column in columns),
        sha256=digest,
    )


def record(selection: Selection, reason: str, **detail) -> None:
    """Put an export on record, with what its list was narrowed down to, and whose it is where it is one person's."""
    is_of_one = len(selection.members) == 1 and detail.get("rows") == 1
    events.record(
        "export",
        unit=selection.unit,
        member=selection.members[0] if is_of_one else None,
        reason=reason.strip(),
        filters=filters(selection),
        **detail,
    )


def filters(selection: Selection) -> Mapping[str, object]:
    """The conditions of a list as the record keeps them; digits of a searched text could be a number of somebody's."""
    text = re.sub(r"\d", "*", selection.text.strip())
    asked = {"on": selection.day.isoformat(), "status": selection.status, **selection.service, **selection.person}
    return asked | ({"q": text} if text else {}) | ({"ids": len(selection.members)} if selection.members else {})
