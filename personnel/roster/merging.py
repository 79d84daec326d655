"""Writing a judged roster: a handful of statements in the caller's transaction, whatever the number of rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from operator import not_

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from psycopg2.sql import SQL, Identifier, Placeholder

from organization.scope import current
from personnel import bulk
from personnel.columns import Columns, Rows
from personnel.models import Assignment, EmergencyContact, Member, RosterImport
from personnel.roster import changes, newcomers, recording
from personnel.roster.changes import CONTACT
from personnel.roster.newcomers import MEMBER, Newcomers
from personnel.roster.serving import WHEN_AND_HOW_MUCH
from personnel.roster.steps import Plan, Step

SERVICE = Assignment._meta.db_table
LOST = {MEMBER: "registered_meanwhile", SERVICE: "serves_already"}
ROWS_AT_ONCE = 4000


class Lost(Exception):
    """Rows of a table that a unique or exclusion constraint refused; `written` are the keys of the others."""

    def __init__(self, table: str, written: set[int]) -> None:
        super().__init__(table)
        self.table, self.written = table, written


class Overtaken(Exception):
    """Somebody else registered people of the roster ("registered_meanwhile"), or they serve where the sender does not
    see it ("serves_already"). `steps` are the rows concerned. Nothing may stay: the caller rolls back."""

    def __init__(self, code: str, steps: Sequence[Step]) -> None:
        super().__init__(code)
        self.code, self.steps = code, steps


@dataclass(frozen=True)
class Write:
    """Rows for one table. `how`: "new" where others may be first; "change", by key; or "record", where a refusal is an
    error."""

    how: str
    table: str
    columns: Columns


def merge(plan: Plan, roster: RosterImport) -> None:
    """Write every step that is not rejected, skipped or open, and a record of each row. Raises Overtaken."""
    with connection.cursor() as cursor:
        stood = recording.before(cursor, plan)
        keys = reserved(cursor, plan)
        asking = [step for step in plan.steps if step.request and step.fate == "skip"]  # no question is open
        keys = replace(keys, requests=_ask_other_units(cursor, asking))
        try:
            with bulk.Writer() as writer:
                write(cursor, writes(plan, roster, stood, keys), roster, writer)
        except Lost as lost:
            wanted = keys.members if lost.table == MEMBER else keys.services
            missing = {step for step, key in wanted.items() if key not in lost.written}
            steps = [step for step in plan.steps if id(step) in missing and (lost.table == MEMBER or step.member)]
            raise Overtaken(LOST[lost.table], steps) from lost


def refused(plan: Plan) -> list[Step]:
    """The steps whose change of a service the database refuses by itself, after it refused them all; writes nothing.

    Such a change meets a service that the sender does not see: nobody could tell before.
    """
    found = []
    with connection.cursor() as cursor, transaction.atomic():
        for step in plan.steps:
            if step.fate == "change" and not WHEN_AND_HOW_MUCH.isdisjoint(step.service_changes):
                try:
                    with transaction.atomic():
                        _update(cursor, SERVICE, changes.services([step]).rows())
                except IntegrityError:
                    found.append(step)
        transaction.set_rollback(True)
    return found


def reserved(cursor, plan: Plan) -> recording.Keys:
    """Keys for everything that the plan begins."""
    begun = [step for step in plan.steps if step.fate in ("create", "change")]
    return recording.Keys(
        members=_keys(cursor, Member, [step for step in begun if step.fate == "create"]),
        services=_keys(cursor, Assignment, [step for step in begun if step.new_service]),
        contacts=_keys(cursor, EmergencyContact, [step for step in begun if step.has_new_contact]),
        requests={},
    )


def writes(
    plan: Plan, roster: RosterImport, stood: dict[int, dict], keys: recording.Keys
) -> Iterator[Newcomers | Write]:
    """What is to be written, a few thousand rows at a time, in the order in which it has to be; newcomers are first."""
    # In the order of the digests: two rosters with the same new people then wait for each other instead of dying.
    created = sorted((step for step in plan.steps if step.fate == "create"), key=lambda step: step.digest)
    others = [step for step in plan.steps if step.fate != "create"] if len(created) < len(plan.steps) else []
    changed = [step for step in others if step.fate == "change"]
    for some in _some(created, soon=True):
        yield newcomers.told(some, keys, roster)
    for some in _some([step for step in changed if step.changes]):
        yield Write("change", MEMBER, changes.people(some))
    for some in _some([step for step in changed if step.new_service]):
        yield Write("new", SERVICE, changes.new_services(some, keys))
    for some in _some([step for step in changed if step.service_changes]):
        yield Write("change", SERVICE, changes.services(some))
    for some in _some([step for step in (*created, *changed) if id(step) in keys.contacts]):
        yield Write("record", CONTACT, changes.contacts(some, keys))
    are_plain = [recording.is_plain(step, stood, keys) for step in others]
    if any(are_plain):
        plain = list(compress(others, are_plain))
        yield Write("record", recording.BLOCK, recording.blocks(recording.lines(plain, roster), roster))
    for some in _some(list(compress(others, map(not_, are_plain)))):
        yield Write("record", recording.ROW, recording.rows(some, roster, stood, keys))


def write(
    cursor,
    wanted: Iterable[Newcomers | Write],
    roster: RosterImport,
    writer: bulk.Writer,
    *,
    newcomers_are: str = "new",
) -> None:
    """Write it. Raises Lost, first of people, then of services."""
    answers = []
    for how, table, rows in _laid_out(wanted, roster, newcomers_are):
        answers.append((how, table, rows.count, writer.write(_write, cursor, how, table, rows)))
    for table in LOST:
        new = [(count, answer) for how, name, count, answer in answers if (how, name) == ("new", table)]
        written = set[int]().union(*(answer.result() for _count, answer in new))
        if len(written) < sum(count for count, _answer in new):
            raise Lost(table, written)


def _laid_out(
    wanted: Iterable[Newcomers | Write], roster: RosterImport, newcomers_are: str
) -> Iterator[tuple[str, str, Rows]]:
    """How what goes to which table: of newcomers first the people, then their services, and at last the records."""
    come: list[Newcomers] = []
    has_services = False
    for each in wanted:
        if isinstance(each, Newcomers):
            come.append(each)
            yield newcomers_are, MEMBER, each.people()
            continue
        if not has_services:
            yield from _services(come)
            has_services = True
        yield each.how, each.table, each.columns.rows()
    if not has_services:
        yield from _services(come)
    yield from (("record", table, rows) for table, rows in newcomers.records(come, roster, ROWS_AT_ONCE))


def _services(come: Sequence[Newcomers]) -> Iterator[tuple[str, str, Rows]]:
    return (("record", SERVICE, rows) for rows in newcomers.services(come, ROWS_AT_ONCE))


def _write(cursor, how: str, table: str, rows: Rows) -> set[int] | None:
    if how == "new":
        return bulk.insert_new(cursor, table, rows)
    if how == "change":
        _update(cursor, table, rows)
    else:
        bulk.insert(cursor, table, rows)
    return None


def _some(steps: Sequence[Step], *, soon: bool = False) -> Iterator[Sequence[Step]]:
    """A few thousand at a time; `soon`, fewer at first, so that the database need not wait while the next are made."""
    first, count = 0, ROWS_AT_ONCE // 8 if soon else ROWS_AT_ONCE
    while first < len(steps):
        yield steps[first : first + count]
        first, count = first + count, min(3 * count, ROWS_AT_ONCE)


def _keys(cursor, model, steps: Sequence[Step]) -> dict[int, int]:
    """New keys by the `id()` of the step."""
    return dict(zip(map(id, steps), bulk.keys(cursor, model, len(steps)), strict=True)) if steps else {}


def _update(cursor, table: str, rows: Rows) -> None:
    """From rows of a key and new values; None leaves a column as it is, since a blank cell takes nothing away."""
    same = {column: value for column, value in rows.constants.items() if value is not None}
    changed = {column: SQL("COALESCE(s.{0}, t.{0})").format(Identifier(column)) for column in rows.columns[1:]}
    changed |= {column: Placeholder(column) for column in same}
    sets = [SQL("{} = {}").format(Identifier(column), value) for column, value in changed.items()]
    if table == SERVICE and (share := changed.get("share")):
        # A second service that grows begins sooner, so that both together still end at full time.
        sets.append(SQL("share_from = LEAST(t.share_from, 100 - {})").format(share))
    with bulk.staged(cursor, table, rows) as stage:
        cursor.execute(
            SQL("UPDATE {} t SET {} FROM {} s WHERE s.id = t.id").format(
                Identifier(table), SQL(", ").join(sets), stage
            ),
            same,
        )


def _ask_other_units(cursor, steps: Sequence[Step]) -> dict[int, int]:
    """A request for each person, by the `id()` of the step; one that is open already stays the only one."""
    sent = {}
    for step in steps:
        given = step.row.values
        share = 100 if step.request == "transfer" else min(given.get("share") or 50, 99)
        sponsor = given.get("sponsor") or ("village" if step.unit % 1000 else "town")
        cursor.execute(
            "INSERT INTO personnel_transferrequest"
            " (unit_id, name, id_digest, force, sponsor, post, share, asked_by, asked_on, answer)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, '') ON CONFLICT DO NOTHING RETURNING id",
            [step.unit, given["name"], step.digest, step.force, sponsor if step.force == "joint_defence" else "",
             given.get("post") or "", share, current().actor, timezone.localdate()],
        )  # fmt: skip
        if written := cursor.fetchone():
            sent[id(step)] = written[0]
    return sent
