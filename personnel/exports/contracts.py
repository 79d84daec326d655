"""The board of contracts as a workbook: the numbers by unit, and the contracts that somebody has to look at."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from organization.belonging import Reach
from organization.models import Unit
from personnel.contracts import standings
from personnel.exports.export import RIGHT, ExportRefused, record
from personnel.exports.xlsx import Sheet, write_book
from personnel.models import Contract
from personnel.people import Selection

HEADER = ("序号", "姓名", "档案单位", "情形", "种类", "第几次固定期限", "用工主体", "起", "止", "签订日期")
WIDTHS = (6, 10, 20, 22, 14, 14, 26, 12, 12, 12)
TOGETHER = tuple(slug for slug, standing in standings.STANDINGS.items() if standing.is_open)


@dataclass(frozen=True)
class Board:
    """What the board was asked for, and its table of numbers."""

    table: dict
    day: date
    unit: Unit
    within: Reach
    force: str | None


def book(board: Board, account) -> tuple[BinaryIO, str]:
    """The workbook, read from its start, and its name; the export is on record. Raises ExportRefused."""
    if not account.has_perm(RIGHT):
        raise ExportRefused("not_allowed", _("Your role exports no people."))
    made = f"{account.name}（{account.username}） {timezone.localtime():%Y-%m-%d %H:%M}"
    file = tempfile.TemporaryFile(dir=settings.VAR_DIR)  # noqa: SIM115 - it goes to the caller
    try:
        with translation.override("zh-hans"):
            rows = listed(board.day, board.within, board.force)
            write_book(file, [_numbers(board), Sheet("明细", rows, HEADER, WIDTHS)], footer=made)
        force = {"force": board.force} if board.force else {}
        asked = Selection(day=board.day, unit=board.unit.code, service=force)
        record(asked, "", rows=len(rows), layout="contracts", format="xlsx", numbers="none", columns="、".join(HEADER))
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file, f"{board.unit.name}合同情况-{board.day:%Y%m%d}.xlsx"


def listed(day: date, within: Reach, force: str | None = None) -> list[tuple[str, ...]]:
    """A row for each contract and standing to be looked at, by standing and unit. A query a standing."""
    rows: list[tuple[str, ...]] = []
    for slug in TOGETHER:
        found = standings.standing(slug, day, [force] if force else ()).filter(within.q())
        found = found.numbered().with_employer().select_related("member", "unit").order_by("unit_id", "member_id", "id")
        label = str(standings.STANDINGS[slug].label)
        rows += [_row(contract, label) for contract in found]
    return [(str(n), *row[1:]) for n, row in enumerate(rows, 1)]


def _row(contract: Contract, label: str) -> tuple[str, ...]:
    kind, term = str(Contract.Kind(contract.kind).label), contract.term  # type: ignore[attr-defined]
    name = contract.employer_name or ""  # type: ignore[attr-defined]
    days = (contract.starts_on, contract.last_day, contract.signed_on)
    return (
        "", contract.member.name, str(contract.unit), label, kind, str(term or ""), name,
        *(day.isoformat() if day else "" for day in days),
    )  # fmt: skip


def _numbers(board: Board) -> Sheet:
    table, day = board.table, board.day
    rows: Sequence[dict] = [*table["rows"], table["total"]]
    cells = [(str(row["label"]), *(str(cell["value"]) for cell in row["cells"])) for row in rows]
    header = [str(each) for each in table["headers"]]
    title = [f"{board.unit.name}合同情况表", f"截至{day.year}年{day.month}月{day.day}日"]
    return Sheet("合同情况", cells, header, (22, *[12] * (len(header) - 1)), above=title, is_form=True)
