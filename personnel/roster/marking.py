"""The staged lines back in a workbook: the bad ones to be corrected and sent again, or the whole file, marked."""

from collections.abc import Iterable

from personnel.exports import marked
from personnel.models import RosterImport, StagedRow
from personnel.roster import staging

BAD = ("reject", "ask")


def bad_rows(roster: RosterImport) -> bytes:
    """The rows that cannot be imported, a sheet for each sheet, each with its reasons."""
    return marked.bad_rows_of(
        (sheet["name"], _headers(sheet), rows)
        for sheet, rows in _by_sheet(roster, roster.staged.filter(fate__in=BAD))
    )


def whole(roster: RosterImport) -> bytes:
    """All rows as they were sent, the bad ones marked."""
    return marked.bad_rows_of(
        (sheet["name"], _headers(sheet), rows)
        for sheet, rows in _by_sheet(roster, roster.staged.all())
    )


def _headers(sheet: dict) -> list[str]:
    """The headers from column A on, also where the list begins further right."""
    headers = [""] * (1 + max((index for index, _header, _field in sheet["columns"]), default=-1))
    for index, header, _field in sheet["columns"]:
        headers[index] = header
    return headers


def _by_sheet(roster: RosterImport, lines) -> Iterable[tuple[dict, list]]:
    found: dict[int, list] = {}
    for line in lines.order_by("sheet", "number"):
        found.setdefault(line.sheet, []).append((line.number, staging.open_cells(line), _messages(line)))
    return [(roster.sheets[place], rows) for place, rows in found.items()]


def _messages(line: StagedRow) -> dict[str, str]:
    """What keeps a line out, by column letter; "" is the line itself."""
    found: dict[str, list[str]] = {}
    for kind, column, _code, message, *_rest in line.findings:
        if kind != "Notice":
            found.setdefault(column, []).append(message)
    return {column: "；".join(messages) for column, messages in found.items()}
