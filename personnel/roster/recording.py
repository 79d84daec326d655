"""The record of an import: what became of every row, and what stood there before."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter

from personnel.columns import Columns, array, columns_of
from personnel.models import ImportedBlock, ImportedRow, RosterImport
from personnel.roster.shapes import Finding, Notice, Question
from personnel.roster.steps import Plan, Step

ROW, BLOCK = (model._meta.db_table for model in (ImportedRow, ImportedBlock))
LINES_A_RECORD = 75  # a row that PostgreSQL stores as it is: to pack its lists takes longer than to write them
NOTHING_SAID = "[]"


@dataclass(frozen=True)
class Keys:
    """Keys of what was written, by the `id()` of the step."""

    members: dict[int, int]
    services: dict[int, int]
    contacts: dict[int, int]
    requests: dict[int, int]


def before(cursor, plan: Plan) -> dict[int, dict[str, dict]]:
    """What stands now where a step changes something, by the `id()` of the step; sealed columns in hexadecimal."""
    changed = [step for step in plan.steps if step.fate == "change" and (step.changes or step.service_changes)]
    phones = _old_phones(cursor, [step.member_id for step in changed if "phone" in step.changes])
    shares = _old_shares(cursor, [step.service_id for step in changed if "share" in step.service_changes])
    found = {}
    for step in changed:
        person = {key: _plain(old) for key, (old, _given) in step.changes.items() if key != "phone"}
        if "phone" in step.changes:
            person |= phones[step.member_id]
        service = {key: _plain(old) for key, (old, _given) in step.service_changes.items()}
        if service:
            service |= {"id": step.service_id} | shares.get(step.service_id, {})
        found[id(step)] = {name: told for name, told in (("member", person), ("service", service)) if told}
    return found


def _old_phones(cursor, members: list[int]) -> dict[int, dict[str, str | None]]:
    cursor.execute(
        "SELECT id, encode(phone_sealed, 'hex'), encode(phone_digest, 'hex') FROM personnel_member WHERE id = ANY (%s)",
        [members],
    )
    return {key: {"phone_sealed": sealed, "phone_digest": digest} for key, sealed, digest in cursor.fetchall()}


def _old_shares(cursor, services: list[int]) -> dict[int, dict[str, int]]:
    """Where the shares begin: a share that grows may begin sooner."""
    cursor.execute("SELECT id, share_from FROM personnel_assignment WHERE id = ANY (%s)", [services])
    return {key: {"share_from": share_from} for key, share_from in cursor.fetchall()}


def _plain(value):
    return value.isoformat() if isinstance(value, date) else value


Line = tuple[int, str, int, int | None, int, int]  # unit, fate, member, service, place of the sheet, row


def is_plain(step: Step, stood_before: Mapping[int, dict], keys: Keys) -> bool:
    """Whether of a step that begins no file there is no more to record than whom it is about."""
    own = id(step)
    return step.fate == "unchanged" and not (
        step.row.findings or own in stood_before or own in keys.contacts or own in keys.requests
    )


def lines(steps: Sequence[Step], roster: RosterImport) -> list[Line]:
    """Plain steps as they are recorded."""
    sheets = _places(roster)
    return [
        (step.unit or roster.unit_id, step.fate, step.member_id, None, sheets[step.row.sheet], step.row.number)
        for step in steps
    ]


def blocks(told: Iterable[Line], roster: RosterImport) -> Columns:
    """Lines together: those of a unit and fate, in the order of the members."""
    found: list[tuple] = []
    for (unit, fate), some in groupby(sorted(told, key=itemgetter(0, 1, 2)), itemgetter(0, 1)):
        several = list(some)
        for first in range(0, len(several), LINES_A_RECORD):
            _units, _fates, members, services, sheets, numbers = zip(
                *several[first : first + LINES_A_RECORD], strict=True
            )
            found.append((members[0], members[-1], unit, fate, *map(array, (members, services, sheets, numbers))))
    names = ("lowest", "highest", "unit_id", "fate", "members", "services", "sheets", "numbers")
    table = dict(zip(names, map(list, zip(*found, strict=True)), strict=True))
    return columns_of(table | {"roster_id": [roster.pk] * len(found)})


def rows(steps: Sequence[Step], roster: RosterImport, stood_before: dict[int, dict], keys: Keys) -> Columns:
    """What became of rows that begin no file, and what stood before where something was changed."""
    ids = list(map(id, steps))
    stood = [stood_before.get(key) for key in ids]
    own: dict[str, Sequence] = {
        "unit_id": [step.unit or roster.unit_id for step in steps],
        "member_id": [step.member.id if step.member and step.fate != "reject" else None for step in steps],
        "service_id": list(map(keys.services.get, ids)),
        "contact_id": list(map(keys.contacts.get, ids)),
        **places(steps, roster),
    }
    return columns_of(
        table(own, [step.fate for step in steps], roster)
        | {
            "request_id": list(map(keys.requests.get, ids)),
            "before": [_json(before) if before else None for before in stood],
        }
    )


def _places(roster: RosterImport) -> dict[str, int]:
    return {sheet["name"]: place for place, sheet in enumerate(roster.sheets)}


def places(steps: Sequence[Step], roster: RosterImport) -> dict[str, Sequence]:
    """Where rows stand in the file, and what is said of them."""
    sheets = _places(roster)
    return {
        "number": [step.row.number for step in steps],
        "sheet": [sheets[step.row.sheet] for step in steps],
        "findings": [findings_told(found) if (found := step.row.findings) else NOTHING_SAID for step in steps],
    }


def table(own: Mapping[str, Sequence], fates: Sequence[str], roster: RosterImport) -> dict[str, Sequence]:
    """The columns of records; nothing stood before, and nobody else was asked."""
    count = len(fates)
    return {
        "number": own["number"],
        "roster_id": [roster.pk] * count,
        "fate": fates,
        **{key: own[key] for key in ("unit_id", "sheet", "member_id", "service_id", "contact_id", "findings")},
        "request_id": [None] * count,
        "before": [None] * count,
    }


_json = json.JSONEncoder(ensure_ascii=False).encode


def findings_told(findings: Sequence[Finding]) -> str:
    """The findings of a row as they are kept, in JSON."""
    return _json([told(one) for one in findings])


def told(finding: Finding) -> list[str]:
    """A finding as it is kept: kind, column, code and the sentence in the language of who reads it now."""
    if isinstance(finding, Question):
        return ["Question", finding.column, finding.code, without_numbers(str(finding.message)), finding.id]
    return [type(finding).__name__, finding.column, finding.code, without_numbers(str(finding.message))]


# Long enough for a document or a phone; a sentence may quote a cell in which somebody put it by mistake.
# A time to the minute or second, as in names of files, is none.
_LIKE_A_NUMBER = re.compile(
    r"(?<!\d)(?!20\d{10}(?:\d\d)?(?!\d))(\d{3})(?:[\d ]{7,}[\dXx]|\d{3}-\d{8}-\d{3}[\dXx]|-\d{4}-\d{4})"
)


def holds_a_number(text: str) -> bool:
    """Whether something in it looks like a document number or a phone."""
    return bool(_LIKE_A_NUMBER.search(text))


def without_numbers(text: str) -> str:
    """A sentence as it may be kept unsealed: of what looks like a number its first three digits."""
    return _LIKE_A_NUMBER.sub(r"\1***", text)


def by_sheet(found: Iterable[Notice]) -> dict[str, list[list]]:
    """What the reader of the file had to say, as it is kept with the sheets: the lines do not tell it again."""
    told_of: dict[str, list[list]] = {}
    for one in found:
        told_of.setdefault(one.sheet, []).append([one.row, one.column, one.code, without_numbers(str(one.message))])
    return told_of


def notices(findings: Iterable[Finding]) -> list[dict]:
    """Notices in short: of those of one kind and column of a sheet the first, and of how many rows it is said; where
    the sentences differ, `example` is the row of the first."""
    found: dict[tuple, dict] = {}
    firsts: dict[tuple, tuple[int, str]] = {}
    for one in findings:
        # What is said of a sheet or column stands alone; what is said of rows is counted.
        key = (one.sheet, one.column, one.code, None if one.row else str(one.message))
        told_of = found.setdefault(
            key,
            {
                "sheet": one.sheet,
                "column": one.column,
                "code": one.code,
                "message": without_numbers(str(one.message)),
                "rows": 0,
            },
        )
        told_of["rows"] += 1 if one.row else 0
        if (
            one.row
            and "example" not in told_of
            and str(one.message) != firsts.setdefault(key, (one.row, str(one.message)))[1]
        ):
            told_of["example"] = firsts[key][0]
    return list(found.values())
