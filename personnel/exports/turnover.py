"""Who came and who left as a workbook: the balance, and a sheet for each kind of mover."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from organization.models import Unit
from organization.refusal import StrOrPromise
from personnel.exports.columns import Places, words
from personnel.exports.export import RIGHT, ExportRefused, record
from personnel.exports.xlsx import Sheet, write_book
from personnel.figures.turnover import AWAY, JOINED, LEFT, MOVED, PASSED, Mover, Turnover
from personnel.models import Assignment, Card
from personnel.people import Selection

BEGAN: dict[str, StrOrPromise] = {each.value: each.label for each in Assignment.Beginning}
ENDED: dict[str, StrOrPromise] = {each.value: each.label for each in Assignment.Ending}
SHEETS = {JOINED: "进", LEFT: "出", MOVED: "内部调动", PASSED: "期内进又出", AWAY: "期内出又进"}
HEADER = (
    "序号",
    "姓名",
    "性别",
    "证件号码",
    "出生日期",
    "所属镇街",
    "所属村居",
    "队伍类别",
    "方式或原因",
    "日期",
    "原单位",
)
WIDTHS = (6, 10, 6, 21, 12, 14, 16, 14, 16, 12, 24)


@dataclass(frozen=True, slots=True)
class Named:
    """A mover with the card that names the person; without one where the card lies out of sight."""

    mover: Mover
    card: Card | None


def named(movers: Sequence[Mover]) -> list[Named]:
    """The movers with their cards, in one query."""
    cards = Card.objects.filter(member__in={one.member for one in movers}, unit__in={one.unit for one in movers})
    known = {(card.member_id, card.unit_id): card for card in cards}
    return [Named(one, known.get((one.member, one.unit))) for one in movers]


def how(mover: Mover) -> str:
    """How it began or ended, in the language of the reader."""
    first, second = (ENDED, BEGAN) if mover.kind in (LEFT, PASSED) else (BEGAN, ENDED)
    return str(first.get(mover.how) or second.get(mover.how, ""))


def book(found: Turnover, unit: Unit, force: str | None, account) -> tuple[BinaryIO, str]:
    """The workbook, read from its start, and its name. Numbers are masked; the export is on record.

    Raises ExportRefused.
    """
    if not account.has_perm(RIGHT):
        raise ExportRefused("not_allowed", _("Your role exports no people."))
    made = f"{account.name}（{account.username}） {timezone.localtime():%Y-%m-%d %H:%M}"
    file = tempfile.TemporaryFile(dir=settings.VAR_DIR)  # noqa: SIM115 - it goes to the caller
    try:
        with translation.override("zh-hans"):
            write_book(file, [_balance(found, unit, force), *_sheets(found)], footer=made)
        asked = Selection(day=found.last, unit=unit.code, service={"force": force} if force else {})
        record(
            asked, "", rows=len(found.movers), layout="turnover", format="xlsx", numbers="masked",
            columns="、".join(HEADER), since=found.first.isoformat(),
        )  # fmt: skip
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file, f"{unit.name}人员增减-{found.first:%Y%m%d}-{found.last:%Y%m%d}.xlsx"


def _balance(found: Turnover, unit: Unit, force: str | None) -> Sheet:
    rows: list[tuple[str, ...]] = [(f"期初人数（{_chinese(found.before)}）", str(found.opening))]
    for kind, sign in ((JOINED, "加：进"), (LEFT, "减：出")):
        rows.append((sign, str(len(found.of(kind)))))
        rows += [
            (f"　　{(BEGAN if kind == JOINED else ENDED)[key]}", str(count))
            for key, count in sorted(found.counts(kind).items())
        ]
    rows.append((f"期末人数（{_chinese(found.last)}）", str(found.closing)))
    rows += [(f"另：{SHEETS[kind]}（不计入进出）", str(len(found.of(kind)))) for kind in (MOVED, PASSED, AWAY)]
    who = words("force").get(force, "") if force else "四支专业队伍"
    return Sheet(
        "增减汇总", rows, ("项目", "人数"), (36, 12),
        above=[f"{unit.name}人员增减表", f"{_chinese(found.first)}至{_chinese(found.last)}　　{who}"], is_form=True,
    )  # fmt: skip


def _sheets(found: Turnover) -> Iterable[Sheet]:
    places, forces = Places(), words("force")
    for kind, name in SHEETS.items():
        if people := named(found.of(kind)):
            yield Sheet(name, [_row(n, one, places, forces) for n, one in enumerate(people, 1)], HEADER, WIDTHS)


def _row(number: int, one: Named, places: Places, forces) -> tuple[str, ...]:
    card, mover = one.card, one.mover
    return (
        str(number),
        card.name if card else "",
        card.get_sex_display() if card else "",
        card.mask if card else "",
        card.birth_date.isoformat() if card else "",
        *places.of(mover.unit),
        forces.get(mover.force, ""),
        how(mover),
        mover.on.isoformat(),
        "、".join(places.names.get(code, "") for code in mover.earlier),
    )


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
