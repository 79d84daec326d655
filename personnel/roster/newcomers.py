"""People whom the register does not know yet, from the rows of a roster to the rows of the table.

What takes long is done last: at a confirmation it is done while the database writes the people before them.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import itemgetter
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
_BLANKS = {
    **dict.fromkeys(("name", "id_number", "phone", "sex", "birth_date")),
    "document": "resident_id",
    **{key: None if key in NULLABLE else "" for key in PERSON_COLUMNS},
}
Newcomers = dict[str, Sequence]  # columns of values that JSON has words for; numbers are not sealed yet


def columns(steps: Sequence[Step], keys: Keys) -> Newcomers:
    """What is to be written of these steps, of which each begins a file."""
    found = table([step.row.values for step in steps], _BLANKS)
    return {
        "id": [keys.members[id(step)] for step in steps],
        "unit_id": [step.unit for step in steps],
        "id_digest": [step.digest.hex() for step in steps],
        **found,
        "phone": [phone or None for phone in found["phone"]],
        "birth_date": bulk.spelled(found["birth_date"]),
    }


def table(given: Sequence[Mapping[str, Any]], blanks: Mapping[str, Any]) -> dict[str, Sequence]:
    """The columns of rows: those that have a blank, which stands where a row has no value."""
    present = set[str]().union(*given)
    filled = [key for key in blanks if key in present]
    found = dict(zip(filled, zip(*map(_getter(filled), given), strict=True), strict=True)) if filled else {}
    return {
        key: [blank if value is None else value for value in found[key]] if key in found else [blank] * len(given)
        for key, blank in blanks.items()
    }


def _getter(keys: Sequence[str]) -> Callable[[Mapping[str, Any]], Sequence]:
    """What takes the values of these keys out of a row, None where there is none: nearly all rows have all of them."""
    at_once = itemgetter(*keys, keys[0])  # never one alone, which would come without a tuple

    def values(row: Mapping[str, Any]) -> Sequence:
        try:
            return at_once(row)[:-1]
        except KeyError:
            return tuple(map(row.get, keys))

    return values


def finished(rows: Rows | Newcomers) -> Rows:
    """Rows as they are written. Of people what takes long: numbers sealed, names read, all of it spelled."""
    if isinstance(rows, Rows):
        return rows
    people = rows.copy()
    numbers, phoned, ids = people.pop("id_number"), people.pop("phone"), people["id"]
    readings = list(map(names.readings, people["name"]))
    return bulk.rows_of(
        people
        | {
            "pinyin": [pinyin[:120] for pinyin, _initials, _others in readings],
            "initials": [initials[:30] for _pinyin, initials, _others in readings],
            "other_pinyin": [(others or ("",))[0][:120] for _pinyin, _initials, others in readings],
            "id_sealed": sealer().seal_all(numbers, table=MEMBER, column="id_sealed", rows=ids),
            "id_digest": list(map(bytes.fromhex, people["id_digest"])),
            "id_mask": list(map(identity.mask, numbers)),
            **phones(phoned, ids),
        }
    )


def phones(numbers: Sequence[str | None], keys: Sequence[int]) -> dict[str, list[bytes | None]]:
    """Phones as they are stored, for the members with these keys."""
    digest = partial(sealer().digest, purpose="phone")
    return {
        "phone_sealed": sealer().seal_all(
            [phone or None for phone in numbers], table=MEMBER, column="phone_sealed", rows=keys
        ),
        "phone_digest": [digest(phone) if phone else None for phone in numbers],
    }
