"""A roster that was previewed and has nothing to ask, kept ready as the rows that its confirmation will write.

They hold as long as nothing that they were made from is different: neither the lines, nor what the register knows of
their people, nor units, rules and employers, nor the day. A confirmation that finds it so writes them as they are, and
need not read, clean and judge the lines again; else it does.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import connection
from psycopg2 import Binary

from organization.keyring import sealer
from organization.models import Unit
from organization.scope import current
from personnel import bulk
from personnel.bulk import Rows
from personnel.models import RosterImport, StagedRoster, StagedWrite
from personnel.roster import examination, mapping, merging, recording, register
from personnel.roster.examination import Examined
from personnel.roster.merging import Write
from personnel.roster.shapes import short_hash
from personnel.roster.terms import Terms

TABLE, COLUMN = StagedWrite._meta.db_table, "content_sealed"


def is_decided(examined: Examined) -> bool:
    """Answers are remembered for the next file, requests are sent to other units: those the confirmation sees to.

    Rows that cannot be imported are decided: they stay behind.
    """
    return not (
        examined.plan.counts["ask"]
        or examined.terms.answers
        or examined.questions
        or any(step.request for step in examined.plan.steps)
    )


def keep(roster: RosterImport, examined: Examined) -> None:
    """Prepare what a confirmation will write, unless something is open. The lines are staged already."""
    StagedWrite.objects.filter(roster=roster.pk).delete()
    depends_on: dict[str, Any] = {}
    if is_decided(examined):
        depends_on["headers"] = sorted({mapping.header_key(table) for table in examined.source.layout.tables})
        depends_on["state"] = _state(roster, examined.terms)
        _keep(roster, examined)
    StagedRoster.objects.filter(roster=roster).update(depends_on=depends_on)


def holds(roster: RosterImport, terms: Terms) -> bool:
    """Whether what was prepared may be written as it is. Holds the files of the people until the commit."""
    opened = StagedRoster.objects.filter(roster=roster).values_list("depends_on", flat=True).first()
    if not opened:
        return False
    terms = replace(terms, remembered=examination.remembered_of(opened["headers"], terms))
    return opened["state"] == _state(roster, terms, lock=True)


def write(roster: RosterImport) -> None:
    """Write what was prepared. Raises merging.Lost."""
    with connection.cursor() as cursor:
        merging.write(cursor, _kept(roster), bulk.Here())


def _state(roster: RosterImport, terms: Terms, *, lock: bool = False) -> str:
    """A hash of all that the judgement depends on. Rows are told by key and transaction: any change gives them a new
    one. People whom the register does not know are not asked for: those that it learns of meanwhile are Lost."""
    given = (
        terms.today,
        terms.unit,
        terms.force,
        terms.forces,
        terms.is_whole,
        sorted(terms.answers.items()),
        sorted(terms.remembered.items()),
        [*Unit.objects.open_on(terms.today).order_by("code").values_list("code", "name", "aliases")],
        sorted(map(repr, register.rules())),
    )
    with connection.cursor() as cursor:
        if lock:  # in the order in which every roster takes them
            cursor.execute(
                "SELECT FROM personnel_member"
                " WHERE id IN (SELECT member_id FROM personnel_stagedrow WHERE roster_id = %s)"
                " ORDER BY id_digest FOR NO KEY UPDATE",
                [roster.pk],
            )
        with bulk.hashed(cursor):
            cursor.execute(_ROWS, {"roster": roster.pk})
            found = cursor.fetchone()
    return short_hash(*map(repr, given), repr(found))


_ROWS = """
WITH line AS MATERIALIZED (SELECT id, xmin, member_id FROM personnel_stagedrow WHERE roster_id = %(roster)s),
person AS MATERIALIZED (SELECT DISTINCT member_id FROM line WHERE member_id IS NOT NULL)
SELECT (SELECT (count(*), sum(hashint8extended(id, xmin::text::bigint)))::text FROM line),
  (SELECT (count(*), sum(hashint8extended(m.id, m.xmin::text::bigint)))::text
   FROM personnel_member m JOIN person p ON p.member_id = m.id),
  (SELECT (count(*), sum(hashint8extended(a.id, a.xmin::text::bigint)))::text
   FROM personnel_assignment a JOIN person p ON p.member_id = a.member_id),
  (SELECT (count(*), sum(hashint8extended(c.id, c.xmin::text::bigint)))::text
   FROM personnel_emergencycontact c JOIN person p ON p.member_id = c.member_id),
  (SELECT (count(*), sum(hashint8extended(id, xmin::text::bigint)))::text FROM personnel_formernumber),
  (SELECT (count(*), sum(hashint8extended(id, xmin::text::bigint)))::text FROM organization_employer)
"""


def _keep(roster: RosterImport, examined: Examined) -> None:
    whose = (roster.pk, roster.unit_id, current().actor)
    with connection.cursor() as cursor:
        stood = recording.before(cursor, examined.plan)
        keys = merging.reserved(cursor, examined.plan)
        places = iter(bulk.keys(cursor, StagedWrite, _most_writes(examined)))
        with bulk.Writer() as writer:
            written = []
            for each in merging.writes(examined.plan, roster, stood, keys):
                place = next(places)
                sealed = sealer().seal_bytes(_spelled(each), table=TABLE, column=COLUMN, row=place)
                written.append(writer.write(cursor.execute, _INSERT, [place, *whose, Binary(sealed)]))
    for one in written:
        one.result()


_INSERT = (
    "INSERT INTO personnel_stagedwrite (id, roster_id, unit_id, actor, content_sealed) VALUES (%s, %s, %s, %s, %s)"
)


def _most_writes(examined: Examined) -> int:
    """Kinds of writes times blocks of rows; keys that are not needed are left."""
    return 6 * (1 + len(examined.plan.steps) // merging.ROWS_AT_ONCE)


def _kept(roster: RosterImport) -> Iterator[Write]:
    for place in StagedWrite.objects.filter(roster=roster.pk).order_by("pk").values_list("pk", flat=True):
        content = StagedWrite.objects.values_list("content", flat=True).get(pk=place)
        yield _read(sealer().open_bytes(content, table=TABLE, column=COLUMN, row=place))


# --- spelling ---------------------------------------------------------------------------------------------------------


def _spelled(each: Write) -> bytes:
    """A line that says what it is, and the rows as COPY reads them."""
    told = (each.how, each.table, each.order, each.rows.columns, each.rows.constants, each.rows.count)
    return json.dumps(told, default=_without_word).encode() + b"\n" + each.rows.text


def _read(content: bytes) -> Write:
    first, _end, text = content.partition(b"\n")
    how, table, order, columns, constants, count = json.loads(first, object_hook=_revived)
    return Write(how, table, Rows(columns, text, constants, count), order)


def _without_word(value: date | bytes) -> dict[str, str]:
    """What JSON has no word for."""
    return {"": value.hex()} if isinstance(value, bytes) else {"day": value.isoformat()}


def _revived(value: dict) -> Any:
    if value.keys() == {"day"}:
        return date.fromisoformat(value["day"])
    return bytes.fromhex(value[""]) if value.keys() == {""} else value
