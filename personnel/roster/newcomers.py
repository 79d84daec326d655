"""People whom the register does not know yet, from the rows of a roster to the rows of the tables.

What takes long is done last: at a confirmation it is done while the database writes the people before them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, compress
from operator import not_
from typing import Any

from organization.keyring import sealer
from personnel import columns, identity, names
from personnel.columns import Rows
from personnel.models import Assignment, Member, RosterImport
from personnel.roster import recording
from personnel.roster.known import PERSON_COLUMNS
from personnel.roster.recording import Keys
from personnel.roster.steps import Step

MEMBER = Member._meta.db_table
NULLABLE = frozenset(
    field.attname for model in (Member, Assignment) for field in model._meta.concrete_fields if field.null
)
PERSON_BLANKS = {
    **dict.fromkeys(("name", "id_number", "phone", "sex", "birth_date")),
    "document": "resident_id",
    **{key: None if key in NULLABLE else "" for key in PERSON_COLUMNS},
}
SERVICE_BLANKS = {
    **dict.fromkeys(("share", "beginning", "cohort", "employer_id")),
    **dict.fromkeys(("started_on", "ended_on", "contract_from", "contract_until")),
    **dict.fromkeys(("category", "sponsor", "post", "grade", "badge", "former_title", "ending", "ending_note"), ""),
}


@dataclass(frozen=True)
class Newcomers:
    """People whom the register does not know yet, by columns of values that JSON has words for.

    `own` are keys, unit, force and where each stands in the file; `values` the fields of the rows; `service` what the
    services begin with, as far as it is not the same as in the row: of such columns there is but the name.
    """

    own: Mapping[str, Sequence]
    values: Mapping[str, Sequence]
    service: Mapping[str, Sequence | None]

    def people(self) -> Rows:
        """The rows of the people: numbers sealed, names read."""
        keys = self.own["member_id"]
        people = filled(self.values, PERSON_BLANKS, len(keys))
        numbers, phoned = people.pop("id_number"), people.pop("phone")
        readings = list(map(names.readings, people["name"]))
        digest = partial(sealer().digest, purpose="id")
        return columns.rows_of(
            {
                "id": keys,
                "unit_id": self.own["unit_id"],
                **people,
                "pinyin": [pinyin[:120] for pinyin, _initials, _others in readings],
                "initials": [initials[:30] for _pinyin, initials, _others in readings],
                "other_pinyin": [(others or ("",))[0][:120] for _pinyin, _initials, others in readings],
                "id_sealed": sealer().seal_all(numbers, table=MEMBER, column="id_sealed", rows=keys),
                "id_digest": list(map(digest, numbers)),
                "id_mask": list(map(identity.mask, numbers)),
                **phones(phoned, keys),
            }
        )


def told(steps: Sequence[Step], keys: Keys, roster: RosterImport) -> Newcomers:
    """What has to be known of these steps, of which each begins a file, to write them."""
    ids = list(map(id, steps))
    values = columns.transposed([step.row.values for step in steps])
    service = columns.transposed([step.new_service or {} for step in steps])
    return Newcomers(
        {
            "member_id": list(map(keys.members.__getitem__, ids)),
            "service_id": list(map(keys.services.__getitem__, ids)),
            "contact_id": list(map(keys.contacts.get, ids)),
            "unit_id": [step.unit for step in steps],
            "force": [step.force for step in steps],
            **recording.places(steps, roster),
        },
        values,
        {key: None if values.get(key) == column else column for key, column in service.items()},
    )


def services(come: Sequence[Newcomers], at_once: int) -> Iterator[Rows]:
    """The rows of the services of all of them, so many at a time."""
    given = (
        {**{key: each.values[key] if column is None else column for key, column in each.service.items()}, **each.own}
        for each in come
    )
    for some in _in_the_order_of_the_file(given, at_once):
        count = len(some["service_id"])
        yield columns.rows_of(
            {
                "id": some["service_id"],
                **{key: some[key] for key in ("member_id", "unit_id", "force")},
                "share_from": [0] * count,
                **filled(some, SERVICE_BLANKS, count),
            }
        )


def records(come: Sequence[Newcomers], roster: RosterImport, at_once: int) -> Iterator[tuple[str, Rows]]:
    """The records of what became of their rows, with the table of each: together, but those with more to tell."""
    plain: list[recording.Line] = []
    for some in _in_the_order_of_the_file((each.own for each in come), at_once):
        are_plain = [
            contact is None and said == recording.NOTHING_SAID
            for contact, said in zip(some["contact_id"], some["findings"], strict=True)
        ]
        fates = ["create"] * len(are_plain)
        own = (some[key] for key in ("member_id", "service_id", "sheet", "number"))
        plain += compress(zip(some["unit_id"], fates, *own, strict=True), are_plain)
        if not all(are_plain):
            rest = {key: list(compress(column, map(not_, are_plain))) for key, column in some.items()}
            yield recording.ROW, columns.rows_of(recording.table(rest, fates[: len(rest["number"])], roster))
    if plain:
        yield recording.BLOCK, recording.blocks(plain, roster).rows()


def _in_the_order_of_the_file(parts: Iterable[Mapping[str, Sequence]], at_once: int) -> Iterator[dict[str, Sequence]]:
    """The columns of all parts in one order, so many rows at a time.

    It is that of the people's keys as well: where each goes to the end, it goes fast.
    """
    several = list(parts)
    together = {
        key: [*chain.from_iterable(part.get(key) or [None] * len(part["member_id"]) for part in several)]
        for key in set[str]().union(*several)
    }
    keys = together.get("member_id", [])
    order = sorted(range(len(keys)), key=keys.__getitem__)
    for first in range(0, len(order), at_once):
        some = order[first : first + at_once]
        yield {key: list(map(column.__getitem__, some)) for key, column in together.items()}


# --- columns ----------------------------------------------------------------------------------------------------------


def filled(given: Mapping[str, Sequence], blanks: Mapping[str, Any], count: int) -> dict[str, Sequence]:
    """The columns that have a blank, which stands where there is no value."""
    return {
        key: [blank if value is None else value for value in given[key]] if key in given else [blank] * count
        for key, blank in blanks.items()
    }


def phones(numbers: Sequence[str | None], keys: Sequence[int]) -> dict[str, list[bytes | None]]:
    """Phones as they are stored, for the members with these keys."""
    digest = partial(sealer().digest, purpose="phone")
    return {
        "phone_sealed": sealer().seal_all(
            [phone or None for phone in numbers], table=MEMBER, column="phone_sealed", rows=keys
        ),
        "phone_digest": [digest(phone) if phone else None for phone in numbers],
    }
