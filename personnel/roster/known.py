"""People of the register as a roster is held against them, as far as the sender may see them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import CharField
from psycopg2.sql import SQL, Composable, Identifier

from organization import divisions
from personnel.bulk import NOTHING, copied, unescaped
from personnel.models import Assignment, Member
from personnel.roster.fields import FIELDS
from personnel.roster.terms import Terms

# Columns of a person that a roster may fill and that are held against it; the phone is compared by its digest.
PERSON_COLUMNS = tuple(
    key for key, each in FIELDS.items() if each.of == "member" and key not in ("name", "id_number", "document", "phone")
)
SERVICE_COLUMNS = (
    "category",
    "sponsor",
    "employer_id",
    "post",
    "grade",
    "badge",
    "share",
    "started_on",
    "ended_on",
    "ending",
    "ending_note",
    "contract_from",
    "contract_until",
)


# Digests as one value that the database takes apart: a parameter for each takes many times as long. As a table to join,
# whose size the planner knows; as an array it would be searched from end to end for each member.
ASKED = SQL("(SELECT substring(%(digests)s FROM place FOR 32) FROM generate_series(1, %(size)s, 32) AS place)")


def in_one(digests: Sequence[bytes]) -> dict[str, Any]:
    """The parameters of ASKED."""
    together = b"".join(digests)
    return {"digests": together, "size": len(together)}


@dataclass(frozen=True, slots=True)
class Shape:
    """Which columns were read, in the order in which a person and a service are told: as COPY spells them, with tabs.

    A person begins with the name; a service with its key, unit, force and last day, and ends with `settled`: what a
    roster may change without a look at anything else.
    """

    person: tuple[str, ...]
    service: tuple[str, ...]
    settled: tuple[str, ...]

    @classmethod
    def of(cls, filled: Collection[str]) -> "Shape":
        """What has to be read for a roster that has values for these fields."""
        wanted = _ALWAYS.union(filled, () if _CONTRACT.isdisjoint(filled) else _CONTRACT)
        service = [column for column in SERVICE_COLUMNS if column in wanted and column != "ended_on"]
        settled = tuple(column for column in service if column in _SETTLED)
        return cls(
            ("name", *(key for key in ("phone", *PERSON_COLUMNS) if key in filled)),
            ("ended_on", *(column for column in service if column not in _SETTLED), *settled),
            settled,
        )


@dataclass
class Service:
    """A service that the reader may see."""

    id: int
    unit: int
    force: str
    told: str
    shape: Shape

    @cached_property
    def values(self) -> dict[str, Any]:
        """The columns that the roster may change, None for blank."""
        return _taken_apart(self.shape.service, self.told)

    @property
    def ended_on(self) -> date | None:
        return self.values["ended_on"]

    @property
    def share(self) -> int:
        return self.values["share"]

    def is_running(self, day: date) -> bool:
        return self.ended_on is None or self.ended_on > day

    def overlaps(self, start: date, end: date | None) -> bool:
        return (self.ended_on is None or self.ended_on > start) and (end is None or self.values["started_on"] < end)


@dataclass
class Known:
    """A member of the register: key, unit that keeps the file, names of contacts where the roster has some.

    All else is taken apart when it is asked for: in most rosters most people are as they are known, and that is seen
    from what is told of them as a whole.
    """

    id: int
    unit: int
    told: str
    told_services: str
    shape: Shape
    contacts: frozenset[str] = frozenset()

    @cached_property
    def _told(self) -> dict[str, Any]:
        return _taken_apart(self.shape.person, self.told)

    @property
    def name(self) -> str:
        return self._told["name"]

    @property
    def phone(self) -> str:
        """The digest in hexadecimal; "" where there is none."""
        return self._told["phone"] or ""

    @cached_property
    def values(self) -> dict[str, Any]:
        """The columns that the roster may change, None for blank."""
        return {key: value for key, value in self._told.items() if key not in ("name", "phone")}

    @cached_property
    def services(self) -> list[Service]:
        told = self.told_services.split("\n") if self.told_services else []
        return [self._service(*each.split("\t", 3)) for each in told]

    def only_service(self, unit: int, force: str, settled: str) -> Service | None:
        """The service in this unit and force of which that is told, if it has no end and there is no other."""
        key, of_unit, of_force, told = self.told_services.split("\t", 3) if self.told_services else [""] * 4
        if (
            of_unit == str(unit)
            and of_force == force
            and told.startswith(NOTHING)
            and told.split("\t", len(self.shape.service) - len(self.shape.settled))[-1] == settled
        ):
            return self._service(key, of_unit, of_force, told)
        return None

    def _service(self, key: str, unit: str, force: str, told: str) -> Service:
        return Service(int(key), int(unit), force, told, self.shape)


@dataclass(frozen=True, slots=True)
class Fetched:
    """People of the sender's unit that were read before the roster was, with what such rosters fill.

    `since` is the oldest transaction that was at work then.
    """

    members: Mapping[bytes, Known]
    fields: frozenset[str]
    since: int


def fetch(terms: Terms, fields: Collection[str], most: int) -> Fetched | None:
    """The people of the unit, with what a roster of these fields may change; none if there are more than so many."""
    low, high = divisions.span(terms.unit)
    since = oldest_at_work()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT FROM personnel_member WHERE unit_id BETWEEN %s AND %s LIMIT %s) AS here",
            [low, high, most + 1],
        )
        if not 0 < cursor.fetchone()[0] <= most:
            return None
        found = _read(cursor, SQL("WHERE unit_id BETWEEN %(low)s AND %(high)s"), {"low": low, "high": high}, fields)
    return Fetched(found, frozenset(fields), since)


def oldest_at_work() -> int:
    """The oldest transaction that has not ended: what one before it wrote, whoever reads from now on has seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return cursor.fetchone()[0]


def of_digests(digests: list[bytes], lock: bool, filled: Collection[str]) -> dict[bytes, Known]:
    """Those whose numbers have these digests."""
    if not digests:
        return {}
    with connection.cursor() as cursor:
        if lock:  # in one order, so that two rosters of the same people wait for each other instead of dying
            cursor.execute(
                SQL(
                    "SELECT FROM personnel_member m JOIN {} AS asked (digest) ON m.id_digest = asked.digest"
                    " ORDER BY m.id_digest FOR NO KEY UPDATE OF m"
                ).format(ASKED),
                in_one(digests),
            )
        asked = SQL("JOIN {} AS asked (digest) ON m.id_digest = asked.digest").format(ASKED)
        return _read(cursor, asked, in_one(digests), filled)


def _read(cursor, whom: Composable, given: Mapping[str, Any], filled: Collection[str]) -> dict[bytes, Known]:
    shape = Shape.of(filled)
    people = copied(
        cursor,
        SQL("SELECT encode(id_digest, 'hex'), id, unit_id, {} FROM personnel_member m {}").format(
            SQL(", ").join(map(_as_told, shape.person)), whom
        ),
        given,
    )
    lines = [line.split("\t", 3) for line in people]
    keys = [key for _digest, key, *_rest in lines]
    services = _services(cursor, keys, shape) if keys else {}
    contacts = _contacts(cursor, keys) if keys and "contact_name" in filled else {}
    nobody: frozenset[str] = frozenset()
    return {
        bytes.fromhex(digest): Known(int(key), int(unit), told, services.get(key, ""), shape, contacts.get(key, nobody))
        for digest, key, unit, told in lines
    }


_BLANK_IS_NULL = frozenset(
    field.attname
    for model in (Member, Assignment)
    for field in model._meta.concrete_fields
    if isinstance(field, CharField)
)
# What a roster may change without having values for it, or what is needed to see whether days agree.
_ALWAYS = frozenset(("sponsor", "employer_id", "share", "started_on", "ended_on", "ending"))
_CONTRACT = frozenset(("contract_from", "contract_until"))
_SETTLED = frozenset(("post", "grade", "badge", "started_on", *_CONTRACT))
COMPARED = frozenset((*PERSON_COLUMNS, *SERVICE_COLUMNS, "contact_name", "phone"))


def _as_told(column: str) -> Composable:
    if column == "phone":
        return SQL("encode(phone_digest, 'hex')")
    return SQL("NULLIF({}, '')").format(Identifier(column)) if column in _BLANK_IS_NULL else Identifier(column)


def _services(cursor, keys: Sequence[str], shape: Shape) -> dict[str, str]:
    """What is told of the services of the people with these keys, those of one person on lines of their own."""
    told = copied(
        cursor,
        SQL(
            "SELECT member_id, id, unit_id, force, {} FROM personnel_assignment"
            " WHERE member_id = ANY (string_to_array(%s, ',')::bigint[]) ORDER BY id"
        ).format(SQL(", ").join(map(_as_told, shape.service))),
        [",".join(keys)],
    )
    found: dict[str, str] = {}
    for line in told:
        key, rest = line.split("\t", 1)
        found[key] = f"{found[key]}\n{rest}" if key in found else rest
    return found


def _contacts(cursor, keys: Sequence[str]) -> dict[str, frozenset[str]]:
    names = defaultdict(set)
    cursor.execute(
        "SELECT member_id::text, name FROM personnel_emergencycontact"
        " WHERE member_id = ANY (string_to_array(%s, ',')::bigint[])",
        [",".join(keys)],
    )
    for key, name in cursor.fetchall():
        names[key].add(name)
    return {key: frozenset(told) for key, told in names.items()}


# --- spelling ---------------------------------------------------------------------------------------------------------


def _taken_apart(columns: Sequence[str], told: str) -> dict[str, Any]:
    return {
        column: None if text == NOTHING else _READINGS.get(column, unescaped)(text)
        for column, text in zip(columns, told.split("\t"), strict=True)
    }


_READINGS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("employer_id", "share"), int),
    **dict.fromkeys(("started_on", "ended_on", "contract_from", "contract_until"), date.fromisoformat),
}
