"""The lists of people in a book: which sheets hold one, its header, its rows, and what was left out."""

from django.utils.translation import gettext_lazy as _

from organization.refusal import StrOrPromise, fill
from personnel.roster import content
from personnel.roster.header_rows import LAST_FIRST_ROW, Header, find_header, guess_header
from personnel.roster.lines import read_lines
from personnel.roster.recording import without_numbers
from personnel.roster.shapes import Book, Column, FileRefused, Layout, Line, Notice, Sheet, Table


def tables(book: Book) -> Layout:
    """The list of people of each visible sheet; `Column.field` is still "".

    Raises FileRefused: "no_table" if no sheet has a header that is known, "no_rows" if nobody stands below any.
    """
    layout = Layout([])
    empty_lists = [sheet.name for sheet in book.sheets if _read(sheet, layout) == "no_rows"]
    if not layout.tables:
        raise _refusal(empty_lists)
    layout.notices.sort(key=lambda notice: notice.sheet in layout.skipped)  # as sheets are told of: lists first
    return layout


def _refusal(empty_lists: list[str]) -> FileRefused:
    if empty_lists:
        message = _(
            "Nobody is listed below the header of sheet %(sheets)s. Fill in at least one row and send it again."
        )
        return FileRefused("no_rows", message, sheets="、".join(empty_lists))
    message = _(
        "No list of people was found. A header row with 姓名 and 身份证号 is needed "
        "within the first %(rows)d rows of a visible sheet."
    )
    return FileRefused("no_table", message, rows=LAST_FIRST_ROW)


def _read(sheet: Sheet, layout: Layout) -> str:
    """Put the sheet's table into the layout, or the reason why there is none; returns the reason's code."""
    if sheet.is_hidden:
        return _skip(sheet, layout, "hidden", fill(_("Hidden sheet left out: %(sheet)s"), {"sheet": sheet.name}))
    if not any(any(cell is not None for cell in row) for row in sheet.rows):
        return _skip(sheet, layout, "empty", fill(_("Empty sheet left out: %(sheet)s"), {"sheet": sheet.name}))
    header = find_header(sheet) or guess_header(sheet)
    if header is None:
        message = _("Sheet left out, as it has no header row with name and ID number: %(sheet)s")
        return _skip(sheet, layout, "no_header", fill(message, {"sheet": sheet.name}))
    body = read_lines(sheet, header)
    layout.notices += body.notices
    if not body.lines:
        message = _("Sheet left out, as nobody is listed below its header: %(sheet)s")
        return _skip(sheet, layout, "no_rows", fill(message, {"sheet": sheet.name}))
    columns = _columns(header, body.lines)
    above = [Line(number, cells) for number, cells in enumerate(sheet.rows[: header.bottom + 1], 1) if cells]
    table = Table(sheet.name, header.bottom + 1, columns, body.lines, sheet.merged, above + body.rest)
    layout.tables.append(table)
    layout.notices += _also(sheet, header)
    return ""


def _skip(sheet: Sheet, layout: Layout, code: str, why: StrOrPromise) -> str:
    layout.skipped[sheet.name] = why
    layout.notices.append(Notice(sheet.name, None, "", f"sheet_{code}", why))
    return code


def _columns(header: Header, lines: list[Line]) -> list[Column]:
    """All columns that have a header or a value."""
    names = [without_numbers(name) for name in header.names]
    names += [""] * (max(len(line.cells) for line in lines) - len(names))
    # The rest of a header in merged cells is a column only if it holds something.
    owned = [name and name != before for before, name in zip(["", *names], names, strict=False)]
    return [Column(at, name) for at, name in enumerate(names) if owned[at] or _has_values(at, lines)]


def _has_values(at: int, lines: list[Line]) -> bool:
    return any(len(line.cells) > at and not content.is_blank(line.cells[at]) for line in lines)


def _also(sheet: Sheet, header: Header) -> list[Notice]:
    """What a sheet holds besides cells, and that its columns were guessed."""
    found = []
    if sheet.pictures:
        message = fill(_("Pictures that were not imported: %(count)d"), {"count": sheet.pictures})
        found.append(Notice(sheet.name, None, "", "pictures", message))
    if sheet.comments:
        message = fill(_("Comments that were not imported: %(count)d"), {"count": sheet.comments})
        found.append(Notice(sheet.name, None, "", "comments", message))
    if header.is_guessed:
        guessed = "、".join(f"{Column(at, '').letter} {name}" for at, name in enumerate(header.names) if name)
        message = fill(
            _("There is no header row; columns were recognised by their values: %(columns)s"), {"columns": guessed}
        )
        found.append(Notice(sheet.name, header.top + 1, "", "header_guessed", message))
    return found
