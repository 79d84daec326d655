"""People of the register as a roster is held against them, as far as the sender may see them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import CharField
from psycopg2.sql import SQL, Composable, Identifier

from organization import divisions
from personnel.bulk import listed
from personnel.models import Assignment
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


@dataclass(slots=True)
class Service:
    """A service that the reader may see; `values` are its columns that the roster may change, None for blank."""

    id: int
    unit: int
    force: str
    values: dict[str, Any]

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


@dataclass(slots=True)
class Known:
    """A member of the register: id, unit that keeps the file, name, digest of the phone, columns that the roster may
    change, services seen; names of contacts where the roster has some."""

    id: int
    unit: int
    name: str
    phone: bytes
    values: dict[str, Any]
    services: list[Service] = field(default_factory=list)
    contacts: frozenset[str] = frozenset()


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
    columns = [column for column in PERSON_COLUMNS if column in filled]
    cursor.execute(
        SQL("SELECT id_digest, {} FROM personnel_member m {}").format(
            listed(["id", "unit_id", "name", "phone_digest", *columns]), whom
        ),
        given,
    )
    found = {
        bytes(digest): Known(key, unit, name, bytes(phone or b""), dict(zip(columns, values, strict=True)))
        for digest, key, unit, name, phone, *values in cursor.fetchall()
    }
    if found:
        _add_services(found, filled)
    if found and "contact_name" in filled:
        _add_contacts(found)
    return found


_TEXTS = frozenset(field.attname for field in Assignment._meta.concrete_fields if isinstance(field, CharField))
# What a roster may change without having values for it, or what is needed to see whether days agree.
_ALWAYS = frozenset(("sponsor", "employer_id", "share", "started_on", "ended_on", "ending"))
_CONTRACT = frozenset(("contract_from", "contract_until"))
COMPARED = frozenset((*PERSON_COLUMNS, *SERVICE_COLUMNS, "contact_name"))


def _blank_is_null(column: str) -> Composable:
    return SQL("NULLIF({}, '')").format(Identifier(column)) if column in _TEXTS else Identifier(column)


def _add_services(found: Mapping[bytes, Known], filled: Collection[str]) -> None:
    wanted = _ALWAYS.union(filled, () if _CONTRACT.isdisjoint(filled) else _CONTRACT)
    columns = [column for column in SERVICE_COLUMNS if column in wanted]
    by_key = {known.id: known for known in found.values()}
    with connection.cursor() as cursor:
        cursor.execute(
            SQL(
                "SELECT id, member_id, unit_id, force, {} FROM personnel_assignment"
                " WHERE member_id = ANY (%s) ORDER BY id"
            ).format(SQL(", ").join(map(_blank_is_null, columns))),
            [list(by_key)],
        )
        for key, member, unit, force, *values in cursor.fetchall():
            by_key[member].services.append(Service(key, unit, force, dict(zip(columns, values, strict=True))))


def _add_contacts(found: Mapping[bytes, Known]) -> None:
    by_key = {known.id: known for known in found.values()}
    names = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT member_id, name FROM personnel_emergencycontact WHERE member_id = ANY (%s)", [list(by_key)]
        )
        for member, name in cursor.fetchall():
            names[member].add(name)
    for member, told in names.items():
        by_key[member].contacts = frozenset(told)
