"""The staged lines back in a workbook: the bad ones to be corrected and sent again, or the whole file, marked.

A line leaves its sheet here, so it takes along what merged ranges and ditto marks gave it there.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping

from django.db.models import QuerySet

from organization.models import Account
from personnel.exports import marked
from personnel.models import RosterImport, StagedRow
from personnel.roster import answers, mapping, prepared, staged_lines, staging
from personnel.roster.filling import fill
from personnel.roster.shapes import Cell
from personnel.roster.source import Source
from personnel.roster.terms import Terms

Line = tuple[int, int]  # place of the sheet, row


def bad_rows(roster: RosterImport, account: Account) -> bytes:
    """The rows that cannot be imported, a sheet for each sheet, each with its reasons."""
    left = roster.own_rows.filter(fate__in=prepared.LEFT)
    said = _said(left)
    if not prepared.stand_alone(roster):
        return _marked(roster, said, _cells(roster, account), said)
    rows = list(roster.staged.filter(fate__in=prepared.LEFT).order_by("sheet", "number"))
    opened = zip(rows, staged_lines.open_all(rows), strict=True)
    return _marked(roster, said, {(row.sheet, row.number): cells for row, (cells, _values) in opened}, said)


def whole(roster: RosterImport, account: Account) -> bytes:
    """The lists as they were sent, row by row, with title, sums and signatures; the bad rows marked."""
    lines, said = _by_sheet(_cells(roster, account)), _said(roster.own_rows.all())
    rest = _by_sheet(staged_lines.open_rest(roster))
    return marked.whole(
        _original(roster.sheets[place], lines[place], rest.get(place, {}), {
            number: _messages(said.get((place, number), ())) for number in lines[place]
        })
        for place in sorted(lines)
    )  # fmt: skip


def _headers(sheet: Mapping) -> list[str]:
    """The headers of a sheet from column A on; a column without a header or a value is blank, and keeps its place."""
    named = {index: header for index, header, _field in sheet["columns"]}
    return [named.get(place, "") for place in range(max(named, default=-1) + 1)]


def _by_sheet(cells: Mapping[Line, list[Cell]]) -> dict[int, dict[int, list[Cell]]]:
    found: dict[int, dict[int, list[Cell]]] = {}
    for (place, number), row in cells.items():
        found.setdefault(place, {})[number] = row
    return found


def _original(
    sheet: Mapping, lines: Mapping[int, list[Cell]], rest: Mapping[int, list[Cell]], messages: Mapping
) -> marked.Original:
    rows, numbers = {**rest, **lines}, sorted(lines)
    listed = [rows.get(number, []) for number in range(1, max(rows) + 1)]
    # What a range over several people says was given to each of them.
    merged = [
        (top, left, bottom, right)
        for top, left, bottom, right in sheet["merged"]
        if bisect_left(numbers, top + 1) == bisect_right(numbers, bottom + 1)
    ]
    return marked.Original(sheet["name"], sheet["header_row"], listed, lines.keys(), messages, _headers(sheet), merged)


def keep_filled(roster: RosterImport, source: Source, terms: Terms) -> None:
    """Complete the bad rows before the rows above them, which they take values from, are gone."""
    lines = list(roster.own_rows.filter(fate__in=prepared.LEFT))
    cells = _filled(source, terms, {line.sheet for line in lines})
    for line in lines:
        line.cells = staged_lines.seal(cells[line.sheet, line.number], line.pk)
    StagedRow.objects.bulk_update(lines, ["cells"], batch_size=1000)


def _said(rows: QuerySet[StagedRow]) -> dict[Line, list]:
    """What is said of lines, by their places and in the order of these."""
    listed = rows.order_by("sheet", "number").values_list("sheet", "number", "findings")
    return {(sheet, number): findings for sheet, number, findings in listed}


def _cells(roster: RosterImport, account: Account) -> dict[Line, list[Cell]]:
    """The cells of all lines, with what they take from the lines above them."""
    source = staged_lines.source_of(roster, staged_lines.rows_of(roster))
    listed = [place for place, table in enumerate(source.layout.tables) if table.lines]
    return _filled(source, staging.terms_for(roster, account), listed)


def _marked(
    roster: RosterImport, lines: Iterable[Line], cells: Mapping[Line, list[Cell]], said: Mapping[Line, list]
) -> bytes:
    found: dict[int, list[Line]] = {}
    for line in lines:
        found.setdefault(line[0], []).append(line)
    sheets = ((roster.sheets[place], rows) for place, rows in found.items())
    return marked.bad_rows_of(
        (
            sheet["name"],
            _headers(sheet),
            [(line[1], cells[line], _messages(said.get(line, ()))) for line in rows],
        )
        for sheet, rows in sheets
    )


def _filled(source: Source, terms: Terms, places: Iterable[int]) -> dict[Line, list[Cell]]:
    """The lines of some tables with the values that they take from above."""
    remembered = answers.remembered(source.layout.tables, terms)
    found: dict[Line, list[Cell]] = {}
    for place in places:
        table = source.layout.tables[place]
        mapping.map_columns(table, terms.answers, force=terms.force or None, remembered=remembered)
        found |= {(place, line.number): line.cells for line in fill(table, terms.answers, remembered).lines}
    return found


def _messages(findings: Iterable[list]) -> marked.Messages:
    """What keeps a line out, by column letter; "" is the line itself."""
    found: dict[str, list[str]] = {}
    for kind, column, _code, message, *_rest in findings:
        if kind != "Notice":
            found.setdefault(column, []).append(message)
    return {column: "；".join(messages) for column, messages in found.items()}
