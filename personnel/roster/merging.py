"""Writing a judged roster: a handful of statements in the caller's transaction, whatever the number of rows."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from io import StringIO
from typing import Any

from django.db import connection
from django.utils import timezone
from psycopg2.sql import SQL, Identifier

from organization.keyring import sealer
from organization.scope import current
from personnel import bulk, identity, names
from personnel.models import Assignment, EmergencyContact, Member, RosterImport
from personnel.roster import recording
from personnel.roster.judging import Plan, Step
from personnel.roster.register import PERSON_COLUMNS, SERVICE_COLUMNS

MEMBER, SERVICE, CONTACT = (model._meta.db_table for model in (Member, Assignment, EmergencyContact))
SERVICE_BLANKS = dict.fromkeys(
    ("category", "sponsor", "post", "grade", "badge", "former_title", "ending", "ending_note"), ""
)
ROWS_AT_ONCE = 4000
NULLABLE = frozenset(
    field.attname for model in (Member, Assignment) for field in model._meta.concrete_fields if field.null
)
PERSON_BLANKS = [(column, None if column in NULLABLE else "") for column in PERSON_COLUMNS]
Prepared = tuple[str, list[str], StringIO]  # table, columns, rows as COPY reads them


class Overtaken(Exception):
    """Somebody else registered people of the roster ("registered_meanwhile"), or they serve where the sender does not
    see it ("serves_already"). `steps` are the rows concerned. Nothing may stay: the caller rolls back."""

    def __init__(self, code: str, steps: Sequence[Step]) -> None:
        super().__init__(code)
        self.code, self.steps = code, steps


def merge(plan: Plan, roster: RosterImport) -> None:
    """Write every step that is not rejected, skipped or open, and a record of each row. Raises Overtaken."""
    with connection.cursor() as cursor:
        before = recording.before(cursor, plan)
        created = [step for step in plan.steps if step.fate == "create"]
        changed = [step for step in plan.steps if step.fate == "change"]
        begun = [step for step in (*created, *changed) if step.new_service]
        with_contact = [step for step in (*created, *changed) if _has_new_contact(step)]
        keys = recording.Keys(
            members=_keys(cursor, Member, created),
            services=_keys(cursor, Assignment, begun),
            contacts=_keys(cursor, EmergencyContact, with_contact),
            requests=_ask_other_units(cursor, [step for step in plan.steps if step.request]),
        )
        # In the order of the digests: two rosters with the same new people then wait for each other instead of dying.
        in_order = sorted(created, key=lambda step: step.digest)
        with bulk.Writer() as writer:
            members = [
                writer.write(bulk.insert_new, cursor, *_members(some, keys), "id_digest") for some in _some(in_order)
            ]
            writer.write(_update, cursor, *_changed_members([step for step in changed if step.changes]))
            services = [writer.write(bulk.insert_new, cursor, *_services(some, keys), "id") for some in _some(begun)]
            writer.write(_update, cursor, *_changed_services([step for step in changed if step.service_changes]))
            writer.write(bulk.insert, cursor, *_contacts(with_contact, keys))
            record = writer.write(bulk.insert, cursor, *recording.rows(plan, roster, before, keys))
        _refuse_lost("registered_meanwhile", members, in_order, keys.members)
        _refuse_lost("serves_already", services, begun, keys.services)
        record.result()  # raises what any statement before it had raised


def _some(steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
    """A few thousand at a time, so that the first are being written while the next are prepared."""
    return (steps[first : first + ROWS_AT_ONCE] for first in range(0, len(steps), ROWS_AT_ONCE))


def _keys(cursor, model, steps: Sequence[Step]) -> dict[int, int]:
    """New keys by the `id()` of the step."""
    return dict(zip(map(id, steps), bulk.keys(cursor, model, len(steps)), strict=True)) if steps else {}


def _refuse_lost(code: str, answers: Sequence[Future], steps: Sequence[Step], keys: dict[int, int]) -> None:
    written = set[int]().union(*(answer.result() for answer in answers))
    if len(written) < len(steps):
        raise Overtaken(code, [step for step in steps if keys[id(step)] not in written])


# --- people -----------------------------------------------------------------------------------------------------------


def _members(steps: Sequence[Step], keys: recording.Keys) -> Prepared:
    columns = ["id", "unit_id", "name", "pinyin", "initials", "other_pinyin", "document", "id_sealed", "id_digest",
               "id_mask", "sex", "birth_date", "phone_sealed", "phone_digest", *PERSON_COLUMNS]  # fmt: skip
    return MEMBER, columns, bulk.text_of(_member(step, keys.members[id(step)]) for step in steps)


def _member(step: Step, key: int) -> list[Any]:
    given, seal = step.row.values, sealer()
    number, phone = given["id_number"], given.get("phone")
    pinyin, initials, others = names.readings(given["name"])
    return [
        key, step.unit, given["name"], pinyin[:120], initials[:30], (others or ("",))[0][:120],
        given.get("document") or "resident_id",
        seal.seal(number, table=MEMBER, column="id_sealed", row=key), step.digest, identity.mask(number),
        given["sex"], given["birth_date"], *_phone(phone, key),
        *[blank if (value := given.get(column)) is None else value for column, blank in PERSON_BLANKS],
    ]  # fmt: skip


def _phone(phone: str | None, key: int) -> tuple[bytes | None, bytes | None]:
    if not phone:
        return None, None
    seal = sealer()
    return seal.seal(phone, table=MEMBER, column="phone_sealed", row=key), seal.digest(phone, purpose="phone")


def _changed_members(steps: Sequence[Step]) -> Prepared:
    columns = ["id", "phone_sealed", "phone_digest", *PERSON_COLUMNS]
    rows = []
    for step in sorted(steps, key=lambda step: step.member_id):
        phone = step.row.values["phone"] if "phone" in step.changes else None
        rows.append([step.member_id, *_phone(phone, step.member_id), *(_new(step, key) for key in PERSON_COLUMNS)])
    return MEMBER, columns, bulk.text_of(rows)


def _new(step: Step, key: str):
    return step.changes[key][1] if key in step.changes else None


def _update(cursor, table: str, columns: Sequence[str], text: StringIO) -> None:
    """From rows of a key and new values; None leaves a column as it is, since a blank cell takes nothing away."""
    sets = SQL(", ").join(SQL("{0} = COALESCE(s.{0}, t.{0})").format(Identifier(column)) for column in columns[1:])
    if not text.tell():
        return
    with bulk.staged(cursor, table, columns, text):
        cursor.execute(
            SQL("UPDATE {} t SET {} FROM {} s WHERE s.id = t.id").format(
                Identifier(table), sets, Identifier(bulk.STAGE)
            )
        )


# --- services ---------------------------------------------------------------------------------------------------------


def _services(steps: Sequence[Step], keys: recording.Keys) -> Prepared:
    columns = ["id", "member_id", "unit_id", "force", "share", "share_from", "beginning", "cohort", "employer_id",
               "started_on", "ended_on", "contract_from", "contract_until", *SERVICE_BLANKS]  # fmt: skip
    rows = (_service(step, keys.services[id(step)], keys.members.get(id(step)), columns) for step in steps)
    return SERVICE, columns, bulk.text_of(rows)


def _service(step: Step, key: int, member: int | None, columns: Sequence[str]) -> list[Any]:
    given = SERVICE_BLANKS | {"share_from": 0} | (step.new_service or {})
    told = given | {"id": key, "member_id": member or step.member_id, "unit_id": step.unit, "force": step.force}
    return [told.get(column) for column in columns]


def _changed_services(steps: Sequence[Step]) -> Prepared:
    columns = ["id", *SERVICE_COLUMNS]
    in_order = sorted(steps, key=lambda step: step.service_id)
    rows = ([step.service_id, *(_new_of(step, column) for column in columns[1:])] for step in in_order)
    return SERVICE, columns, bulk.text_of(rows)


def _new_of(step: Step, key: str):
    return step.service_changes[key][1] if key in step.service_changes else None


# --- contacts and requests --------------------------------------------------------------------------------------------


def _has_new_contact(step: Step) -> bool:
    name, phone = (step.row.values.get(f"contact_{part}") for part in ("name", "phone"))
    return bool(name and phone) and not (step.member and name in step.member.contacts)


def _contacts(steps: Sequence[Step], keys: recording.Keys) -> Prepared:
    columns = ["id", "unit_id", "member_id", "name", "relation", "phone_sealed"]
    rows = []
    for step in steps:
        member = keys.members.get(id(step)) or step.member_id
        sealed = sealer().seal(step.row.values["contact_phone"], table=CONTACT, column="phone_sealed", row=member)
        unit = step.member.unit if step.member else step.unit
        rows.append([keys.contacts[id(step)], unit, member, step.row.values["contact_name"], "", sealed])
    return CONTACT, columns, bulk.text_of(rows)


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
