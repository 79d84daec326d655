"""The record of an import: what became of every row, and what stood there before."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from personnel.bulk import Rows, rows_of
from personnel.models import RosterImport
from personnel.roster.shapes import Finding, Question
from personnel.roster.steps import Plan, Step


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
    found = {}
    for step in changed:
        person = {key: _plain(old) for key, (old, _given) in step.changes.items() if key != "phone"}
        if "phone" in step.changes:
            person |= phones[step.member_id]
        service = {key: _plain(old) for key, (old, _given) in step.service_changes.items()}
        if service:
            service["id"] = step.service_id
        found[id(step)] = {name: told for name, told in (("member", person), ("service", service)) if told}
    return found


def _old_phones(cursor, members: list[int]) -> dict[int, dict[str, str | None]]:
    cursor.execute(
        "SELECT id, encode(phone_sealed, 'hex'), encode(phone_digest, 'hex') FROM personnel_member WHERE id = ANY (%s)",
        [members],
    )
    return {key: {"phone_sealed": sealed, "phone_digest": digest} for key, sealed, digest in cursor.fetchall()}


def _plain(value):
    return value.isoformat() if isinstance(value, date) else value


def rows(steps: Sequence[Step], roster: RosterImport, stood_before: dict[int, dict], keys: Keys) -> Rows:
    """What became of every row, and what stood before where something was changed."""
    places = {sheet["name"]: place for place, sheet in enumerate(roster.sheets)}
    ids = list(map(id, steps))
    stood = [stood_before.get(key) for key in ids]
    return rows_of(
        {
            "number": [step.row.number for step in steps],
            "roster_id": [roster.pk] * len(steps),
            "unit_id": [step.unit or roster.unit_id for step in steps],
            "sheet": [places[step.row.sheet] for step in steps],
            "fate": [step.fate for step in steps],
            "member_id": [_member(step, keys) for step in steps],
            "service_id": [keys.services.get(key) for key in ids],
            "contact_id": [keys.contacts.get(key) for key in ids],
            "request_id": [keys.requests.get(key) for key in ids],
            "before": [_json(before) if before else None for before in stood],
            "findings": [findings_told(step.row.findings) for step in steps],
        }
    )


def _member(step: Step, keys: Keys) -> int | None:
    if step.member:
        return step.member.id if step.fate != "reject" else None
    return keys.members.get(id(step))


_json = json.JSONEncoder(ensure_ascii=False).encode


def findings_told(findings: Sequence[Finding]) -> str:
    """The findings of a row as they are kept, in JSON."""
    return _json([told(one) for one in findings]) if findings else "[]"


def told(finding: Finding) -> list[str]:
    """A finding as it is kept: kind, column, code and the sentence in the language of who reads it now."""
    if isinstance(finding, Question):
        return ["Question", finding.column, finding.code, without_numbers(str(finding.message)), finding.id]
    return [type(finding).__name__, finding.column, finding.code, without_numbers(str(finding.message))]


# Long enough for a document or a phone; a sentence may quote a cell in which somebody put it by mistake.
# A time to the minute or second, as in names of files, is none.
_LIKE_A_NUMBER = re.compile(r"(?<!\d)(?!20\d{10}(?:\d\d)?(?!\d))(\d{3})[\d ]{7,}[\dXx]")


def holds_a_number(text: str) -> bool:
    """Whether something in it looks like a document number or a phone."""
    return bool(_LIKE_A_NUMBER.search(text))


def without_numbers(text: str) -> str:
    """A sentence as it may be kept unsealed: of what looks like a number its first three digits."""
    return _LIKE_A_NUMBER.sub(r"\1***", text)


def notices(findings: Iterable[Finding]) -> list[dict]:
    """Notices in short: of those of one kind and column of a sheet the first, and how many rows it is said of."""
    found: dict[tuple, dict] = {}
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
    return list(found.values())
