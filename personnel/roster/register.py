"""What the register knows of the people of a roster, as far as the sender may see it: a handful of queries."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import CharField
from psycopg2.sql import SQL, Composable, Identifier

from organization import divisions
from organization.models import Employer, Unit
from personnel.bulk import listed
from personnel.models import Assignment, EligibilityRule
from personnel.roster.eligibility import Rule
from personnel.roster.fields import FIELDS
from personnel.roster.places import Place, Places, plain
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
_ASKED = SQL("(SELECT substring(%(digests)s FROM place FOR 32) FROM generate_series(1, %(size)s, 32) AS place)")


def _in_one(digests: Sequence[bytes]) -> dict[str, Any]:
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
class Register:
    """All that a roster is judged against. `employers` are ids by plain name; `serving` is (digest, member, name, unit,
    force) of the people of the unit, where a whole roster was sent."""

    members: Mapping[bytes, Known]
    elsewhere: frozenset[bytes]
    places: Places
    rules: Sequence[Rule]
    employers: Mapping[str, list[int]]
    namesakes: frozenset[tuple[str, date]]
    serving: Sequence[tuple[bytes, int, str, int, str]] = ()


def registered_elsewhere(digests: Sequence[bytes]) -> Collection[bytes]:
    """Those of a roster's numbers that other units have registered; that it was asked is an event."""
    if not digests:
        return []
    with connection.cursor() as cursor:
        cursor.execute(SQL("SELECT registered_elsewhere(ARRAY{})").format(_ASKED), _in_one(digests))
        return [bytes(digest) for (digest,) in cursor.fetchall()]


Elsewhere = Callable[[Sequence[bytes]], Collection[bytes]]  # which of these numbers are registered with other units


def look_up(
    people: Mapping[bytes, tuple[str, date | None]],
    terms: Terms,
    *,
    lock: bool,
    filled: Collection[str],
    elsewhere: Elsewhere = registered_elsewhere,
) -> Register:
    """What is known of these people: {digest: (name, birth date)}. `lock` holds their files until the commit.

    Only what the roster may change is read: `filled` are the fields that it has values for.
    """
    digests = list(people)
    members = _members(digests, lock, filled)
    missing = [digest for digest in digests if digest not in members]
    return Register(
        members=members,
        elsewhere=frozenset(elsewhere(missing)),
        places=places(terms),
        rules=rules(),
        employers=_employers() if "employer" in filled else {},
        namesakes=_namesakes({people[digest] for digest in missing}),
        serving=_serving(terms) if terms.is_whole else (),
    )


def places(terms: Terms) -> Places:
    """The open units of the whole office: names are public, and a foreign one gets a plain refusal."""
    units = Unit.objects.open_on(terms.today).values_list("code", "name", "aliases")
    return Places(Place(code, name, tuple(aliases)) for code, name, aliases in units)


def rules() -> list[Rule]:
    return [
        Rule(**row)
        for row in EligibilityRule.objects.values(
            "force", "valid_from", "valid_until", "min_age", "max_age", "is_max_age_hard", "min_education",
            "is_education_hard", "source",
        )
    ]  # fmt: skip


def _members(digests: list[bytes], lock: bool, filled: Collection[str]) -> dict[bytes, Known]:
    columns = [column for column in PERSON_COLUMNS if column in filled]
    with connection.cursor() as cursor:
        if lock:  # in one order, so that two rosters of the same people wait for each other instead of dying
            cursor.execute(
                SQL(
                    "SELECT FROM personnel_member m JOIN {} AS asked (digest) ON m.id_digest = asked.digest"
                    " ORDER BY m.id_digest FOR NO KEY UPDATE OF m"
                ).format(_ASKED),
                _in_one(digests),
            )
        cursor.execute(
            SQL(
                "SELECT id_digest, {} FROM personnel_member m JOIN {} AS asked (digest) ON m.id_digest = asked.digest"
            ).format(listed(["id", "unit_id", "name", "phone_digest", *columns]), _ASKED),
            _in_one(digests),
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


def _employers() -> dict[str, list[int]]:
    found = defaultdict(list)
    for name, key in Employer.objects.filter(ended_on=None).values_list("name", "id"):
        found[plain(name)].append(key)
    return dict(found)


def _namesakes(people: Collection[tuple[str, date | None]]) -> frozenset[tuple[str, date]]:
    pairs = [(name, born) for name, born in people if born]
    if not pairs:
        return frozenset()
    names, births = zip(*pairs, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.name, c.birth_date"
            " FROM unnest(string_to_array(%s, chr(10)), string_to_array(%s, ',')::date[]) AS asked (name, birth_date)"
            ' JOIN personnel_card c ON c.name = asked.name COLLATE "C" AND c.birth_date = asked.birth_date',
            ["\n".join(names), ",".join(map(str, births))],  # no cleaned name has more than one line
        )
        return frozenset(cursor.fetchall())


def _serving(terms: Terms) -> list[tuple[bytes, int, str, int, str]]:
    low, high = divisions.span(terms.unit)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.id_digest, m.id, m.name, a.unit_id, a.force FROM personnel_assignment a"
            " JOIN personnel_member m ON m.id = a.member_id"
            " WHERE a.unit_id BETWEEN %s AND %s AND a.started_on <= %s AND (a.ended_on IS NULL OR a.ended_on > %s)"
            " AND a.force = ANY (%s)",
            [low, high, terms.today, terms.today, list(terms.forces)],
        )
        return [(bytes(digest), *rest) for digest, *rest in cursor.fetchall()]
