"""Sheets of an .xlsx package. Calamine reads the values, from a package of our own making.

That package holds nothing but worksheets, shared strings and formats whose XML was looked at, under plain names: what
else the file may contain (macros, links to other files, pictures, entries of the same name) has no way into a parser.
"""

import io
import zipfile
from collections.abc import Iterator

from python_calamine import CalamineSheet, CalamineWorkbook

from personnel.roster.reading import cells, worksheet
from personnel.roster.reading.ahead import Ahead
from personnel.roster.reading.cells import Budget, Error, Grid
from personnel.roster.reading.limits import Limits, Refused
from personnel.roster.reading.package import Package, elements, opened
from personnel.roster.reading.workbook import Listed, Workbook, count_of, listed

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_BUILT_IN_DECIMALS = {2: 2, 4: 2, 7: 2, 8: 2, 10: 2, 39: 2, 40: 2, 43: 2, 44: 2}


def read(data: bytes, limits: Limits, ahead: Ahead) -> tuple[bool, Iterator[Grid]]:
    """(whether days are counted from 1904, the sheets). Raises Refused, also while the sheets are taken."""
    package = opened(data, limits)
    book = listed(package, limits)
    return book.has_1904_dates, _grids(package, book, Budget(limits), ahead)


def _grids(package: Package, book: Workbook, budget: Budget, ahead: Ahead) -> Iterator[Grid]:
    styles = package.small_xml(book.styles) if book.styles else b""
    xmls = [package.xml(sheet.part) for sheet in book.sheets]
    are_plain = [_check_size(sheet.name, xml, budget) for sheet, xml in zip(book.sheets, xmls, strict=True)]
    blocks = [worksheet.blocks(xmls.pop(0)) for _ in book.sheets]
    strings = package.xml(book.strings) if book.strings else b""
    together = [xml for each in blocks for xml in each]
    is_plain = [plain for plain, each in zip(are_plain, blocks, strict=True) for _xml in each]
    calamine = _for_calamine(together, strings, styles, book.has_1904_dates)

    def values_of(at: int) -> CalamineSheet:
        xml, together[at] = together[at], b""
        if is_plain[at]:
            budget.spend_cells(worksheet.cells(xml))
        return calamine.get_sheet_by_index(at)

    values = ahead.each(values_of, len(together))
    decimals = _Decimals(styles)
    for sheet in book.sheets:
        yield _grid(package, sheet, _Reader(blocks.pop(0), values, decimals, budget))


def _check_size(sheet: str, xml: bytes, budget: Budget) -> bool:
    """Refuse a sheet that reaches too far, before anything is made of it. Whether it is plain: then its cells are
    counted block by block, before each is read, so that the first rows need not wait for the last."""
    merged = xml.count(b"mergeCell ")
    if worksheet.is_plain(xml):
        rows, columns = worksheet.extent(xml)
        if columns <= 26:
            columns = 0
        budget.spend(sheet, rows, columns, merged)
        return True
    found = worksheet.walk(xml, set())
    budget.spend(sheet, found.rows, found.columns, merged)
    budget.spend_cells(found.cells)
    return False


def _for_calamine(xmls: list[bytes], strings: bytes, styles: bytes, has_1904_dates: bool) -> CalamineWorkbook:
    names = [f"sheet{number}" for number in range(1, len(xmls) + 1)]
    source = io.BytesIO()
    with zipfile.ZipFile(source, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types"/>')
        archive.writestr("_rels/.rels", _related("officeDocument", {"main": "xl/workbook.xml"}))
        archive.writestr("xl/workbook.xml", _workbook_xml(names, has_1904_dates))
        targets = {name: f"worksheets/{name}.xml" for name in names}
        archive.writestr("xl/_rels/workbook.xml.rels", _related("worksheet", targets))
        if strings:
            archive.writestr("xl/sharedStrings.xml", strings)
        if styles:
            archive.writestr("xl/styles.xml", styles)
        for name, xml in zip(names, xmls, strict=True):
            archive.writestr(f"xl/worksheets/{name}.xml", xml)
    source.seek(0)
    return CalamineWorkbook.from_filelike(source)


def _workbook_xml(names: list[str], has_1904_dates: bool) -> str:
    sheets = "".join(f'<sheet name="{name}" sheetId="{i}" r:id="{name}"/>' for i, name in enumerate(names, 1))
    properties = f'<workbookPr date1904="{int(has_1904_dates)}"/>'
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">{properties}<sheets>{sheets}</sheets></workbook>'


def _related(kind: str, targets: dict[str, str]) -> str:
    inside = "".join(
        f'<Relationship Id="{name}" Type="{_RELATIONS}/{kind}" Target="{target}"/>' for name, target in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


def _grid(package: Package, sheet: Listed, reader: "_Reader") -> Grid:
    grid = Grid(sheet.name, sheet.is_hidden)
    grid.pictures = count_of(package, sheet.part, "drawing", "pic")
    grid.comments = count_of(package, sheet.part, "comments", "comment")
    grid.blocks = reader.blocks(grid, has_pictures="xl/cellimages.xml" in package)
    return grid


class _Reader:
    """Reads the rows of a sheet block by block. `values` are calamine's sheets, one for each block of all sheets."""

    def __init__(
        self, xmls: list[bytes], values: Iterator[CalamineSheet], decimals: "_Decimals", budget: Budget
    ) -> None:
        self.xmls, self.values, self.decimals, self.budget = xmls, values, decimals, budget

    def blocks(self, grid: Grid, *, has_pictures: bool) -> Iterator[list[list]]:
        above = 0
        for at, xml in enumerate(self.xmls):
            values = next(self.values)
            top, left = values.start or (above, 0)
            if top < above:  # rows stand in order, or no program reads them
                raise Refused("damaged")
            rows: list[list] = [[] for _ in range(top - above)]
            rows += cells.cleaned(values.to_python(), left)
            grid.merged += [(*first, *last) for first, last in values.merged_cell_ranges or ()]
            if has_pictures:
                grid.pictures += cells.take_out_pictures(rows)
            grid.pictures += self._look_up(rows, above, xml)
            self.xmls[at] = b""
            self.budget.check_again(grid.name, above, rows)
            yield rows
            above += len(rows)

    def _look_up(self, rows: list[list], above: int, xml: bytes) -> int:
        """Put in what calamine leaves out: errors, and numbers as they are shown where that makes a difference.

        Returns the number of pictures placed in cells.
        """
        months = cells.possible_months(rows)
        found = worksheet.look(xml, {(r + above, c) for r, c in months})
        styles = {(r - above, c): self.decimals.of(style) for (r, c), style in found.formats.items()}
        cells.show_months(rows, months, styles)
        for (r, c), text in found.errors.items():
            if r < above:
                raise Refused("damaged")
            cells.put(rows, (r - above, c), Error(text))
        return len(found.pictures)


class _Decimals:
    """How many decimals a cell format shows, by its index in the style sheet; that is read when it is first asked."""

    def __init__(self, styles: bytes) -> None:
        self._styles = styles
        self._formats: list[int] | None = None
        self._custom: dict[int, int] = {}

    def of(self, style: int) -> int:
        if self._formats is None:
            self._formats = self._read()
        number = self._formats[style] if style < len(self._formats) else 0
        return self._custom.get(number, _BUILT_IN_DECIMALS.get(number, 1))

    def _read(self) -> list[int]:
        formats: list[int] = []
        is_inside = False
        for name, attributes in elements(self._styles) if self._styles else ():
            if name == "numFmt":
                code = attributes.get("formatCode", "")
                self._custom[_whole(attributes.get("numFmtId", ""))] = cells.decimals_of(code)
            elif name in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
                is_inside = name == "cellXfs"
            elif name == "xf" and is_inside:
                formats.append(_whole(attributes.get("numFmtId", "")))
        return formats


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0
