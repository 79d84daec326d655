"""Sheets of an .xls file: calamine reads the values, the records tell the rest."""

import io
from collections.abc import Iterator

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from personnel.roster.reading import biff, cells
from personnel.roster.reading.cells import Budget, Error, Grid
from personnel.roster.reading.compound import Compound
from personnel.roster.reading.limits import Limits, Refused

_WORKBOOKS = ("Workbook", "WORKBOOK", "Book", "BOOK")
_OTHER_KINDS = {"WordDocument": "document", "PowerPoint Document": "document", "WpsContent": "document"}


def read(data: bytes, limits: Limits) -> tuple[bool, Iterator[Grid]]:
    """(whether days are counted from 1904, the sheets). Raises Refused, also while the sheets are taken."""
    compound = Compound(data)
    stream = _workbook(compound)
    about = biff.read_globals(stream)
    if len(about.starts) > limits.sheets:
        raise Refused("too_many_sheets", limit=limits.sheets)
    return about.has_1904_dates, _grids(data, stream, about, Budget(limits))


def _workbook(compound: Compound) -> bytes:
    names = compound.entries
    if "EncryptedPackage" in names or "EncryptionInfo" in names:
        raise Refused("encrypted")
    if "_VBA_PROJECT_CUR" in names or "_VBA_PROJECT" in names:
        raise Refused("macros")
    for name in _WORKBOOKS:
        if name in names:
            return compound.stream(name)
    raise Refused("unsupported", kind=next((_OTHER_KINDS[name] for name in names if name in _OTHER_KINDS), "binary"))


def _grids(data: bytes, stream: bytes, about: biff.Globals, budget: Budget) -> Iterator[Grid]:
    looks = [biff.look(stream, start, set()) for start in about.starts]
    for name, found in zip(about.names, looks, strict=True):  # before calamine makes room for every cell up to the last
        budget.spend(name, found.rows, found.columns, found.merged)
        budget.spend_cells(found.cells)
    calamine = CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets = calamine.sheets_metadata
    if len(sheets) != len(looks):
        raise Refused("damaged")
    for index, sheet in enumerate(sheets):
        if sheet.typ != SheetTypeEnum.WorkSheet:
            continue
        found = looks[index]
        values = calamine.get_sheet_by_index(index)
        rows = cells.cleaned(values.iter_rows(), values.start[1] if values.start else 0)
        months = cells.possible_months(rows)
        if months:
            styles = biff.look(stream, about.starts[index], months).formats
            cells.show_months(rows, months, {place: about.decimals(style) for place, style in styles.items()})
        for position, text in found.errors.items():
            cells.put(rows, position, Error(text))
        merged = [(*first, *last) for first, last in values.merged_cell_ranges or ()]
        yield Grid(sheet.name, sheet.visible != SheetVisibleEnum.Visible, [rows], merged, found.drawn, found.comments)
