"""Who was checked and who is to be taken in: nearly all auxiliary police, patrol and guards, part of the joint defence,
and a handful of entries in each state. Those approved are of people who are in the register already."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain
from random import Random
from typing import Any

from django.utils import timezone

from organization.keyring import sealer
from organization.models import Account
from organization.office import OWNER
from personnel.bulk import keys
from personnel.demo import names
from personnel.demo.draw import lots
from personnel.demo.jobs import ACCOUNTS
from personnel.demo.numbers import HOME, Numbers
from personnel.demo.places import DISTRICT
from personnel.demo.staging import Inserts
from personnel.models import BackgroundCheck, Entry

WRITTEN = (Entry, BackgroundCheck)
CHECKED = {"auxiliary": 0.985, "patrol": 0.985, "guard": 0.96, "joint_defence": 0.85}
OFFICES = {"auxiliary": "穗安分局政治处", "patrol": "穗安分局政治处"}
STATION = "辖区派出所"
LATELY = 360  # days
SENIOR_SECONDARY = "61"  # GB/T 4658
SERVING = """
SELECT DISTINCT ON (m.id) m.id, m.unit_id, a.force, a.started_on, a.sponsor, m.name, m.sex, m.birth_date, m.education,
  a.beginning = 'recruited' AND a.unit_id = m.unit_id
FROM personnel_member m JOIN personnel_assignment a ON a.member_id = m.id
WHERE a.force <> 'volunteer' AND a.ended_on IS NULL AND a.started_on <= %(day)s
  AND m.unit_id BETWEEN %(low)s AND %(high)s
ORDER BY m.id, a.share DESC, a.id
"""


@dataclass
class Made:
    """Rows to be written; `entry_of` says by which entry a member came."""

    entries: list[Entry] = field(default_factory=list)
    checks: list[BackgroundCheck] = field(default_factory=list)
    entry_of: dict[int, Entry] = field(default_factory=dict)


def load_entries(cursor, day: date, seed: int) -> None:
    """Write them, on the owner's connection; people, services and accounts are there already."""
    cursor.execute(SERVING, {"day": day, "low": DISTRICT, "high": DISTRICT + 10**6 - 1})
    serving = cursor.fetchall()
    accounts = {account.username: account for account in Account.objects.using(OWNER).all()}
    made, rng = Made(), lots(seed, "entries")
    for each in _approved(serving, day):
        entry = _entry(accounts, day, **each)
        made.entries.append(entry)
        made.entry_of[each["member_id"]] = entry
    fresh = Newcomers(cursor, rng)
    for username, standing in _waiting(day):
        entry, found = _entry(accounts, day, **fresh.person(), **_place(username), **standing[0]), standing[1]
        made.entries.append(entry)
        if found:
            made.checks.append(_check(accounts, entry.proposed_on, entry.force, found, rng, entry=entry))
    for entry, key in zip(made.entries, keys(cursor, Entry, len(made.entries)), strict=True):
        entry.pk = key
    drawn = keys(cursor, BackgroundCheck, len(made.checks) + len(serving))  # as many as there can be
    checks = chain(made.checks, _checks(accounts, serving, made, lots(seed, "checks")))
    with Inserts(cursor) as write:
        write.insert(Entry, iter(made.entries))
        write.insert(BackgroundCheck, map(_keyed, checks, drawn))  # made while those before them are written


def _approved(serving, day: date) -> Iterator[dict[str, Any]]:
    """A few of those who joined lately: of the villages with an account, and of the personnel office's forces."""
    wanted = {"auxiliary": 3, "patrol": 2, "guard": 2, "joint_defence": 4}
    for member, unit, force, since, sponsor, name, sex, born, education, was_recruited in serving:
        is_ours = force != "joint_defence" or unit in ACCOUNTS.values()
        if was_recruited and (day - since).days < LATELY and is_ours and wanted[force]:
            wanted[force] -= 1
            by = next((user for user, code in ACCOUNTS.items() if code == unit), "hr")
            by = by if force == "joint_defence" else "hr"
            yield {
                "member_id": member, "made_for": member, "unit_id": unit, "force": force, "sponsor": sponsor,
                "name": name, "sex": sex, "birth_date": born, "education": education, "starts_on": since,
                "by": by, "proposed_on": since - timedelta(20), "decision": "approved",
                "decided_on": since - timedelta(2), "decider": "governance" if by == "hr" else "hr",
            }  # fmt: skip


def _waiting(day: date) -> Iterator[tuple[str, tuple[dict[str, Any], str]]]:
    """(who proposes, (what, outcome of the check or "")): people who are not in the register."""
    soon = day + timedelta(14)
    yield "village", ({"starts_on": soon, "proposed_on": day - timedelta(2)}, "")
    yield "village", ({"starts_on": soon, "proposed_on": day - timedelta(6)}, "cleared")
    yield "village2", ({"starts_on": soon, "proposed_on": day - timedelta(1), "force": "volunteer"}, "")
    yield "hr", ({"starts_on": soon, "proposed_on": day - timedelta(5), "force": "auxiliary"}, "cleared")
    yield "hr2", ({"starts_on": soon, "proposed_on": day - timedelta(1), "force": "patrol"}, "")
    yield (
        "village",
        (
            {
                "starts_on": day, "proposed_on": day - timedelta(12), "decision": "declined",
                "decided_on": day - timedelta(4), "decider": "hr", "answer": "不符合进队条件",
            },
            "not_cleared",
        ),
    )  # fmt: skip
    yield (
        "village2",
        (
            {
                "starts_on": day, "proposed_on": day - timedelta(9), "decision": "withdrawn",
                "decided_on": day - timedelta(3), "decider": "village2",
            },
            "",
        ),
    )  # fmt: skip


def _place(username: str) -> dict[str, Any]:
    is_village = username in ACCOUNTS
    unit = ACCOUNTS[username] if is_village else ACCOUNTS["village"] // 1000 * 1000
    return {"by": username, "unit_id": unit}


def _entry(accounts, day: date, *, by: str, decider: str = "", force: str = "joint_defence", **values) -> Entry:
    if force == "joint_defence":
        values.setdefault("sponsor", "village")
    else:
        values["sponsor"] = ""
    if force == "auxiliary" and not values.get("member_id"):
        values["education"] = SENIOR_SECONDARY
    if decider:
        values |= {"decided_by": accounts[decider].pk, "decider_name": accounts[decider].name}
    proposer = accounts[by]
    at = _at(values["proposed_on"])
    return Entry(
        force=force, way="open", proposed_by=proposer.pk, proposer_name=proposer.name, proposed_at=at, **values
    )


def _checks(accounts, serving, made: Made, rng: Random) -> Iterator[BackgroundCheck]:
    for member, unit, force, since, *_rest in serving:
        entry = made.entry_of.get(member)
        if rng.random() < CHECKED[force] or entry:
            before = since - timedelta(rng.randint(3, 15))
            whose = {"member_id": member, "made_for": member, "unit_id": unit, "entry": entry}
            yield _check(accounts, before, force, "cleared", rng, **whose)


def _keyed(check: BackgroundCheck, key: int) -> BackgroundCheck:
    check.pk, check.entry_id = key, check.entry.pk if check.entry else None
    return check


def _check(accounts, checked_on: date, force: str, outcome: str, rng: Random, **whose) -> BackgroundCheck:
    entry = whose["entry"]
    return BackgroundCheck(
        force=force, checked_on=checked_on, office=OFFICES.get(force, STATION), outcome=outcome,
        document=f"穗公审〔{checked_on.year}〕{rng.randint(1, 9999)}号", recorded_by=accounts["hr"].pk,
        recorder_name=accounts["hr"].name, recorded_at=_at(checked_on),
        **{"unit_id": entry.unit_id if entry else None} | whose,
    )  # fmt: skip


@lru_cache(maxsize=20_000)  # the same days come again and again
def _at(day: date) -> Any:
    """In the morning of that day, as it is written into the database."""
    return timezone.make_aware(datetime.combine(day, time(10))).isoformat()


class Newcomers:
    """Makes people whose numbers nobody in the register has."""

    def __init__(self, cursor, rng: Random) -> None:
        self._cursor, self._rng, self._numbers = cursor, rng, Numbers(rng)

    def person(self) -> dict[str, Any]:
        sex = "female" if self._rng.random() < 0.2 else "male"
        born = date(1990, 1, 1) + timedelta(self._rng.randrange(3000))
        number = self._number(born, sex)
        return {
            "name": names.full_name(self._rng, sex, born.year), "sex": sex, "birth_date": born, "education": "71",
            "id_number": number, "phone": self._numbers.phone(),
        }  # fmt: skip

    def _number(self, born: date, sex: str) -> str:
        while True:
            number = self._numbers.id_number(born, sex, HOME)
            digest = sealer().digest(number, purpose="id")
            self._cursor.execute("SELECT FROM personnel_member WHERE id_digest = %s", [digest])
            if not self._cursor.fetchone():
                return number
