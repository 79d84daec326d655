"""People whom the register does not know yet, from the rows of a roster to the rows of the table.

What takes long is done last: at a confirmation it is done while the database writes the people before them.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from organization.keyring import sealer
from personnel import bulk, identity, names
from personnel.bulk import Rows
from personnel.models import Assignment, Member
from personnel.roster.known import PERSON_COLUMNS
from personnel.roster.recording import Keys
from personnel.roster.steps import Step

MEMBER = Member._meta.db_table
NULLABLE = frozenset(
    field.attname for model in (Member, Assignment) for field in model._meta.concrete_fields if field.null
)
PERSON_BLANKS = [(key, None if key in NULLABLE else "") for key in PERSON_COLUMNS]
Newcomers = dict[str, list]  # columns of values that JSON has words for; numbers are not sealed yet


def columns(steps: Sequence[Step], keys: Keys) -> Newcomers:
    """What is to be written of these steps, of which each begins a file."""
    given = [step.row.values for step in steps]
    filled = set[str]().union(*given)
    same = {key: [blank] * len(given) for key, blank in PERSON_BLANKS if key not in filled}
    return {
        "id": [keys.members[id(step)] for step in steps],
        "unit_id": [step.unit for step in steps],
        "name": [values["name"] for values in given],
        "document": [values.get("document") or "resident_id" for values in given],
        "id_number": [values["id_number"] for values in given],
        "id_digest": [step.digest.hex() for step in steps],
        "phone": [values.get("phone") or None for values in given],
        "sex": [values["sex"] for values in given],
        "birth_date": [values["birth_date"].isoformat() for values in given],
        **{key: column(given, key, blank) for key, blank in PERSON_BLANKS if key in filled},
        **same,
    }


def finished(rows: Rows | Newcomers) -> Rows:
    """Rows as they are written. Of people what takes long: numbers sealed, names read, all of it spelled."""
    if isinstance(rows, Rows):
        return rows
    table = rows.copy()
    numbers, phoned, ids = table.pop("id_number"), table.pop("phone"), table["id"]
    readings = list(map(names.readings, table["name"]))
    return bulk.rows_of(
        table
        | {
            "pinyin": [pinyin[:120] for pinyin, _initials, _others in readings],
            "initials": [initials[:30] for _pinyin, initials, _others in readings],
            "other_pinyin": [(others or ("",))[0][:120] for _pinyin, _initials, others in readings],
            "id_sealed": sealer().seal_all(numbers, table=MEMBER, column="id_sealed", rows=ids),
            "id_digest": list(map(bytes.fromhex, table["id_digest"])),
            "id_mask": list(map(identity.mask, numbers)),
            **phones(phoned, ids),
        }
    )


def column(given: Sequence[Mapping[str, Any]], key: str, blank: Any) -> list:
    """The values of a field, `blank` where there is none."""
    return [blank if (value := values.get(key)) is None else value for values in given]


def phones(numbers: Sequence[str | None], keys: Sequence[int]) -> dict[str, list[bytes | None]]:
    """Phones as they are stored, for the members with these keys."""
    digest = partial(sealer().digest, purpose="phone")
    return {
        "phone_sealed": sealer().seal_all(
            [phone or None for phone in numbers], table=MEMBER, column="phone_sealed", rows=keys
        ),
        "phone_digest": [digest(phone) if phone else None for phone in numbers],
    }
