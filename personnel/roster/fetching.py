"""The people of the register that a roster is held against, as far as the sender may see them: a few queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import CharField
from psycopg2.sql import SQL, Composable, Identifier

from organization import divisions
from personnel.bulk import copied
from personnel.models import Assignment, Member
from personnel.roster.known import Known, Shape
from personnel.roster.terms import Terms

# Digests as one value that the database takes apart: a parameter for each takes many times as long. As a table to join,
# whose size the planner knows; as an array it would be searched from end to end for each member.
ASKED = SQL("(SELECT substring(%(digests)s FROM place FOR 32) FROM generate_series(1, %(size)s, 32) AS place)")


def in_one(digests: Sequence[bytes]) -> dict[str, Any]:
    """The parameters of ASKED."""
    together = b"".join(digests)
    return {"digests": together, "size": len(together)}


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
    nobody: dict[str, bytes] = {}
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


def _contacts(cursor, keys: Sequence[str]) -> dict[str, dict[str, bytes]]:
    """{key: {name: sealed phone}}"""
    found: dict[str, dict[str, bytes]] = defaultdict(dict)
    cursor.execute(
        "SELECT member_id::text, name, phone_sealed FROM personnel_emergencycontact"
        " WHERE member_id = ANY (string_to_array(%s, ',')::bigint[])",
        [",".join(keys)],
    )
    for key, name, phone in cursor.fetchall():
        found[key][name] = bytes(phone)
    return found
