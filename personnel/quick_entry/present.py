"""The members that serve in a unit now, as rows of the grid, for correction."""

from collections.abc import Sequence
from datetime import date

from personnel import concurrency
from personnel.exports import numbers
from personnel.exports.columns import COLUMNS, FULL_TIME, Places
from personnel.exports.people import Block, blocks
from personnel.people import Selection
from personnel.quick_entry.columns import GridColumn
from personnel.quick_entry.grid import GridRow, fingerprint, most_rows


def rows(unit: int, force: str, columns: Sequence[GridColumn], day: date) -> list[GridRow]:
    """Who serves in this very unit on that day, whose file the reader sees; not more than a form can hold."""
    most = most_rows(columns) * 3 // 4  # and room for new ones
    found: list[tuple[int, dict[str, str]]] = []
    for block in blocks(Selection(day=day, unit=unit, service={"force": force}), numbers.PLAIN):
        found += _people(block, unit, columns)
        if len(found) >= most:
            break
    seen = concurrency.versions([member for member, _cells in found[:most]])
    return [
        GridRow(number, cells, seen.get(member, 0), fingerprint(cells))
        for number, (member, cells) in enumerate(found[:most], 1)
    ]


def _people(block: Block, unit: int, columns: Sequence[GridColumn]) -> list[tuple[int, dict[str, str]]]:
    places = Places() if len(block) else None
    texts = {column.key: list(_texts(column.key, block, places)) for column in columns}
    return [
        (member, {key: column[at] or "" for key, column in texts.items()})
        for at, (member, place) in enumerate(zip(block.card["member_id"], block.card["unit_id"], strict=True))
        if place == unit and block.file["file"][at] is not None
    ]


def _texts(key: str, block: Block, places):
    """As lists have it; of part time they do not say how much, and a correction has to."""
    if key == "share":
        return [FULL_TIME if share == 100 else f"{share}%" if share else "" for share in block.service["share"]]
    return COLUMNS[key].texts(block, places)
