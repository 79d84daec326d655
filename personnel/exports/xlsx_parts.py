"""The fixed parts of an .xlsx file (ECMA-376): what stands around the cells of a list."""

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

# Positions in cellXfs below. The first is what cells without a style have: text, so that nothing turns into a number.
TEXT, HEADER, FORM, TITLE, LINE, MARKED = range(6)
CLOSED = b"</t></is></c>"
NEXT_ROW = b"</row><row>"

_STYLES = (
    f'{_DECLARED}<styleSheet xmlns="{MAIN}">'
    '<fonts count="4"><font><sz val="11"/><name val="宋体"/><charset val="134"/></font>'
    '<font><b/><sz val="11"/><name val="宋体"/><charset val="134"/></font>'
    '<font><b/><sz val="18"/><name val="宋体"/><charset val="134"/></font>'
    '<font><sz val="11"/><color rgb="FF9C0006"/><name val="宋体"/><charset val="134"/></font></fonts>'
    '<fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE7EDF3"/><bgColor indexed="64"/></patternFill></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFFFC7CE"/><bgColor indexed="64"/></patternFill></fill>'
    "</fills>"
    '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
    '<border><left style="thin"/><right style="thin"/><top style="thin"/><bottom style="thin"/><diagonal/></border>'
    "</borders>"
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="6">'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="2" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"'
    ' applyBorder="1" applyAlignment="1"><alignment horizontal="center" vertical="center" wrapText="1"/></xf>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1"'
    ' applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf>'
    '<xf numFmtId="49" fontId="2" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"'
    ' applyAlignment="1"><alignment horizontal="center" vertical="center"/></xf>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">'
    '<alignment vertical="center"/></xf>'
    '<xf numFmtId="49" fontId="3" fillId="3" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"'
    ' applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def opened(style: int, keeps_spaces: bool) -> bytes:
    """The start of a cell, up to its text."""
    space = ' xml:space="preserve"' if keeps_spaces else ""
    return f'<c{_styled(style)} t="inlineStr"><is><t{space}>'.encode()


def empty(style: int) -> bytes:
    return f"<c{_styled(style)}/>".encode()


def _styled(style: int) -> str:
    return f' s="{style}"' if style else ""


def sheet_start(sheet) -> bytes:
    frozen = sheet.top if sheet.frozen is None else sheet.frozen
    pane = (
        f'<pane ySplit="{frozen}" topLeftCell="A{frozen + 1}" activePane="bottomLeft" state="frozen"/>'
        '<selection pane="bottomLeft"/>'
    )
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(sheet.widths, 1)
    )
    return (
        f'{_DECLARED}<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView workbookViewId="0">{pane if frozen else ""}</sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/>{f"<cols>{columns}</cols>" if columns else ""}<sheetData>'
    ).encode()


def sheet_end(sheet, rows: int, below: int, footer: str) -> bytes:
    """What follows the cells: filter, merged lines, how it prints, who printed it."""
    last = letter(max(len(sheet.header), 1) - 1)
    lines = [*range(1, len(sheet.above) + 1), *range(sheet.top + rows + 1, sheet.top + rows + below + 1)]
    ranges = [f"A{line}:{last}{line}" for line in lines] if last != "A" else []
    ranges += [f"{letter(left)}{top + 1}:{letter(right)}{bottom + 1}" for top, left, bottom, right in sheet.merged]
    merged = "".join(f'<mergeCell ref="{each}"/>' for each in ranges)
    is_filtered = sheet.header and not sheet.is_form
    printed = escape(f"&L{footer.replace('&', '&&')[:200]}&R第 &P 页，共 &N 页")
    text = (
        "</sheetData>"
        + (f'<autoFilter ref="{filtered(sheet, rows).replace("$", "")}"/>' if is_filtered else "")
        + (f'<mergeCells count="{len(ranges)}">{merged}</mergeCells>' if merged else "")
        + '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        + '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
        + f"<headerFooter><oddFooter>{printed}</oddFooter></headerFooter>"
        + '<ignoredErrors><ignoredError sqref="A1:XFD1048576" numberStoredAsText="1"/></ignoredErrors></worksheet>'
    )
    return text.encode()


def filtered(sheet, rows: int) -> str:
    return f"$A${sheet.top}:${letter(len(sheet.header) - 1)}${sheet.top + rows}"


def defined_names(sheet, index: int, name: str, rows: int) -> list[str]:
    """The header on every printed page, and the range that the filter is of."""
    if not sheet.header:
        return []
    quoted = escape("'" + name.replace("'", "''") + "'")
    titles = f"{quoted}!${sheet.top}:${sheet.top}"
    found = [f'<definedName name="_xlnm.Print_Titles" localSheetId="{index}">{titles}</definedName>']
    if not sheet.is_form:
        area = f"{quoted}!{filtered(sheet, rows)}"
        database = '<definedName name="_xlnm._FilterDatabase" hidden="1"'
        found.insert(0, f'{database} localSheetId="{index}">{area}</definedName>')
    return found


def letter(index: int) -> str:
    """Excel's name of a column counted from 0."""
    before, last = divmod(index, 26)
    return (letter(before - 1) if before else "") + chr(ord("A") + last)


def rest(names: Sequence[str], defined: Sequence[str]) -> dict[str, str]:
    """The parts that name the sheets, by their paths in the archive."""
    numbers = range(1, len(names) + 1)
    sheet_type = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{sheet_type}.worksheet+xml"/>' for n in numbers
    )
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, name in zip(numbers, names, strict=True)
    )
    links = "".join(_link(n, "worksheet", f"worksheets/sheet{n}.xml") for n in numbers)
    defined_part = f"<definedNames>{''.join(defined)}</definedNames>" if defined else ""
    return {
        "[Content_Types].xml": f'{_DECLARED}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{sheet_type}.sheet.main+xml"/>{overrides}'
        f'<Override PartName="/xl/styles.xml" ContentType="{sheet_type}.styles+xml"/>'
        '<Override PartName="/docProps/core.xml"'
        ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>',
        "_rels/.rels": f'{_DECLARED}<Relationships xmlns="{PACKAGE}/relationships">'
        f'{_link(1, "officeDocument", "xl/workbook.xml")}<Relationship Id="rId2"'
        f' Type="{PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>',
        "xl/workbook.xml": f'{_DECLARED}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><bookViews><workbookView/>'
        f"</bookViews><sheets>{sheets}</sheets>{defined_part}</workbook>",
        "xl/_rels/workbook.xml.rels": f'{_DECLARED}<Relationships xmlns="{PACKAGE}/relationships">{links}'
        f"{_link(len(names) + 1, 'styles', 'styles.xml')}</Relationships>",
        "xl/styles.xml": _STYLES,
        "docProps/core.xml": f'{_DECLARED}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties"'
        ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}</dcterms:created>'
        "</cp:coreProperties>",
    }


def _link(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
