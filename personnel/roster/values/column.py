"""A column of a roster: what becomes of its cells, of which most hold a few words again and again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from personnel.roster.shapes import Cell, CellError
from personnel.roster.values import numbers, plain
from personnel.roster.values.cell import BLANK, Cleaned

CellCleaner = Callable[[Cell], Cleaned]
# Columns whose cells hardly repeat: remembering what became of them costs more than it saves.
_EACH_ITS_OWN = frozenset(
    {"name", "former_name", "id_number", "phone", "contact_name", "contact_phone", "address", "badge"}
    | {"household_address"}
)
_NOT_REMEMBERED = frozenset({bool, CellError})  # True is the same key as 1


@dataclass(slots=True)
class Column:
    """A column that is cleaned: `seen` remembers what became of a cell."""

    index: int
    field: str
    clean: CellCleaner
    seen: dict[Cell, Cleaned]

    def found(self, cells: Sequence[Cell]) -> list[Cleaned]:
        """What becomes of each cell; errors of formulas are blank."""
        seen, clean = self.seen, self.clean
        if not _NOT_REMEMBERED.isdisjoint(map(type, cells)):
            return [BLANK if type(cell) is CellError else clean(cell) for cell in cells]
        if self.field in _EACH_ITS_OWN:
            if (at_once := _AT_ONCE.get(self.field)) and (plain := at_once(cells)):
                return plain
            return [clean(cell) if one is None else one for cell, one in zip(cells, map(seen.get, cells), strict=True)]
        for cell in set(cells) - seen.keys():
            seen[cell] = clean(cell)
        return list(map(seen.__getitem__, cells))


_AT_ONCE: dict[str, Callable[[Sequence[Cell]], list[Cleaned] | None]] = {
    "phone": numbers.plain_phones,
    "contact_phone": numbers.plain_phones,
    **{field: partial(plain.plain_texts, plain.LENGTHS[field]) for field in ("address", "household_address")},
}
