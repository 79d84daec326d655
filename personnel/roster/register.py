"""What the register knows of the people of a roster, as far as the sender may see it: a handful of queries."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from psycopg2.sql import SQL

from organization import divisions
from organization.models import Employer, Unit
from personnel.models import EligibilityRule
from personnel.roster.eligibility import Rule
from personnel.roster.fetching import ASKED, Fetched, in_one, of_digests, oldest_at_work
from personnel.roster.known import COMPARED, Known
from personnel.roster.places import Place, Places, plain
from personnel.roster.terms import Terms


@dataclass(frozen=True, slots=True)
class Register:
    """All that a roster is judged against. `employers` are ids by plain name; `serving` is (digest, member, name, unit,
    force) of the people of the unit, where a whole roster was sent. What a transaction of `since` or later changed may
    have been read before or after."""

    members: Mapping[bytes, Known]
    elsewhere: frozenset[bytes]
    places: Places
    rules: Sequence[Rule]
    employers: Mapping[str, list[int]]
    namesakes: frozenset[tuple[str, date]]
    since: int
    serving: Sequence[tuple[bytes, int, str, int, str]] = ()


def registered_elsewhere(digests: Sequence[bytes]) -> Collection[bytes]:
    """Those of a roster's numbers that other units have registered; that it was asked is an event."""
    if not digests:
        return []
    with connection.cursor() as cursor:
        cursor.execute(SQL("SELECT registered_elsewhere(ARRAY{})").format(ASKED), in_one(digests))
        return [bytes(digest) for (digest,) in cursor.fetchall()]


Elsewhere = Callable[[Sequence[bytes]], Collection[bytes]]  # which of these numbers are registered with other units


def look_up(
    people: Mapping[bytes, tuple[str, date | None]],
    terms: Terms,
    *,
    lock: bool,
    filled: Collection[str],
    elsewhere: Elsewhere = registered_elsewhere,
    fetched: Fetched | None = None,
) -> Register:
    """What is known of these people: {digest: (name, birth date)}. `lock` holds their files until the commit.

    Only what the roster may change is read: `filled` are the fields that it has values for. Whoever was fetched with
    these is not read again, unless to be locked.
    """
    digests = list(people)
    if lock or not (fetched and fetched.fields.issuperset(COMPARED.intersection(filled))):
        fetched = Fetched({}, frozenset(), oldest_at_work())
    known = {digest: fetched.members[digest] for digest in digests if digest in fetched.members}
    members = known | of_digests([digest for digest in digests if digest not in known], lock, filled)
    missing = [digest for digest in digests if digest not in members]
    return Register(
        members=members,
        elsewhere=frozenset(elsewhere(missing)),
        places=places(terms),
        rules=rules(),
        employers=_employers() if "employer" in filled else {},
        namesakes=_namesakes({people[digest] for digest in missing}),
        since=fetched.since,
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
