"""The people of a selection in blocks: cards in order of units, with the files and services that are in sight.

A block takes one query more, whatever the number of people, and only one block is held at a time. Whose file lies
elsewhere has a card only: the database shows no more, and no column needs to know.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any

from django.db import connection

from personnel.exports import numbers
from personnel.models import Force
from personnel.people import PROFESSIONAL, Selection

AT_ONCE = 5000

OF_CARDS = ("member_id", "unit_id", "name", "mask", "sex", "birth_date", "education", "occupation")
OF_FILES = (
    "file", "former_name", "document", "id_number", "ethnicity", "political", "graduate_school", "major", "marital",
    "military", "phone", "native_place", "household", "household_address", "address", "specialty", "remark",
)  # fmt: skip
OF_SERVICES = (
    "force", "category", "sponsor", "share", "post", "grade", "badge", "employer", "started_on", "ended_on", "ending",
    "contract_from", "contract_until",
)  # fmt: skip
# Of several services in the unit: one that the list asks for, before one that has ended, before an earlier one. Both
# tables are read by index: a hash of them would be built again for every block, which is quadratic for a long list.
FILES_AND_SERVICES = """
SELECT m.id, m.former_name, m.document, m.id_sealed, m.ethnicity, m.political, m.graduate_school, m.major, m.marital,
       m.military, m.phone_sealed, m.native_place, m.household, m.household_address, m.address,
       m.specialty, m.remark,
       s.force, s.category, s.sponsor, s.share, s.post, s.grade, s.badge, e.name, s.started_on::text,
       s.ended_on::text, s.ending, s.contract_from::text, s.contract_until::text
FROM unnest(%(members)s::bigint[], %(units)s::bigint[]) WITH ORDINALITY AS listed (member, unit, place)
LEFT JOIN LATERAL (SELECT * FROM personnel_member WHERE id = listed.member LIMIT 1) m ON true
LEFT JOIN LATERAL (
  SELECT * FROM personnel_assignment a
  WHERE a.member_id = listed.member AND a.unit_id = listed.unit AND a.started_on <= %(day)s
  ORDER BY a.force = ANY (%(forces)s) AND %(category)s IN ('', a.category) AND %(sponsor)s IN ('', a.sponsor) DESC,
           a.ended_on IS NULL OR a.ended_on > %(day)s DESC, a.started_on DESC, a.id
  LIMIT 1
) s ON true
LEFT JOIN organization_employer e ON e.id = s.employer_id
ORDER BY listed.place
"""


@dataclass
class Block:
    """People in one order: each field a column of as many values, None where there is no file or no service.

    `first` is the number of its first person, from 1; `shown` says how numbers are (`numbers`).
    """

    first: int
    day: date
    shown: str
    card: dict[str, Sequence]
    file: dict[str, Sequence]
    service: dict[str, Sequence]

    def __len__(self) -> int:
        return len(self.card["name"])

    @cached_property
    def id_numbers(self) -> Sequence[str]:
        if self.shown != numbers.PLAIN:
            return self.card["mask"]
        plain = numbers.opened("id_sealed", self.file["file"], self.file["id_number"])
        return [number or mask for number, mask in zip(plain, self.card["mask"], strict=True)]

    @cached_property
    def phones(self) -> list[str]:
        plain = numbers.opened("phone_sealed", self.file["file"], self.file["phone"])
        return plain if self.shown == numbers.PLAIN else list(map(numbers.masked_phone, plain))


def blocks(selection: Selection, shown: str) -> Iterator[Block]:
    """The people that a list of this selection shows, each once. Runs in the transaction it is called in."""
    return _blocks(selection.cards(), selection, shown)


def blocks_of(cards, day: date, shown: str) -> Iterator[Block]:
    """The people of a queryset of cards, as on that day."""
    return _blocks(cards, Selection(day=day), shown)


def _blocks(cards, selection: Selection, shown: str) -> Iterator[Block]:
    with connection.cursor() as cursor:
        # Every row will be fetched; without this the plan is made for a first few.
        cursor.execute("SET LOCAL cursor_tuple_fraction = 1")
    rows = cards.order_by("unit_id", "member_id").values_list(*OF_CARDS).iterator(chunk_size=AT_ONCE)
    first = 1
    while found := list(islice(rows, AT_ONCE)):
        card = _columns(OF_CARDS, found)
        rest = _columns((*OF_FILES, *OF_SERVICES), _files_and_services(card, selection))
        file, service = ({name: rest[name] for name in names} for names in (OF_FILES, OF_SERVICES))
        yield Block(first, selection.day, shown, card, file, service)
        first += len(found)


def _files_and_services(card: dict[str, Sequence], selection: Selection) -> list[tuple]:
    asked = selection.service
    professional = [force for force in Force.values if force != Force.VOLUNTEER]
    forces = {None: Force.values, PROFESSIONAL: professional}.get(asked.get("force"), [asked.get("force")])
    given: dict[str, Any] = {
        "members": list(card["member_id"]),
        "units": list(card["unit_id"]),
        "day": selection.day,
        "forces": forces,
        "category": asked.get("category", ""),
        "sponsor": asked.get("sponsor", ""),
    }
    with connection.cursor() as cursor:
        cursor.execute(FILES_AND_SERVICES, given)
        return cursor.fetchall()


def _columns(names: Sequence[str], rows: Sequence[tuple]) -> dict[str, Sequence]:
    return dict(zip(names, zip(*rows, strict=True), strict=True))
