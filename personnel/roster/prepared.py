"""A roster that was previewed and has nothing to ask, kept ready as the rows that its confirmation will write.

They hold as long as nothing that they were made from is different: neither the lines, nor what the register knows of
their people, nor units, rules and employers, nor the day. A confirmation that finds it so writes them as they are, and
need not read, clean and judge the lines again; else it does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

import orjson
from django.db import connection
from psycopg2 import Binary

from organization.keyring import sealer
from organization.scope import current
from personnel import bulk
from personnel.columns import Columns, are_the_same
from personnel.models import RosterImport, StagedRoster, StagedWrite
from personnel.roster import answers, mapping, merging, recording, state
from personnel.roster.examination import Examined
from personnel.roster.merging import Write
from personnel.roster.newcomers import Newcomers
from personnel.roster.terms import Terms

LEFT = ("reject", "ask")  # what stays behind when the rest is imported
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


@dataclass(frozen=True)
class Ready:
    """A roster that is being prepared: what stood before, and the keys of what will be written; none if it is open."""

    roster: RosterImport
    examined: Examined
    stood: dict[int, dict]
    keys: recording.Keys | None
    places: Sequence[int]

    @property
    def is_decided(self) -> bool:
        return self.keys is not None


def keep(roster: RosterImport, examined: Examined) -> None:
    """Prepare what a confirmation will write, unless something is open. The lines are staged already."""
    ready = begin(roster, examined)
    with connection.cursor() as cursor, bulk.Writer() as writer:
        put_down(ready, cursor, writer)
    finish(ready)


def begin(roster: RosterImport, examined: Examined) -> Ready:
    """What has to be asked of the database before anything is prepared; what was prepared before is gone."""
    StagedWrite.objects.filter(roster=roster.pk).delete()
    if not is_decided(examined):
        return Ready(roster, examined, {}, None, [])
    with connection.cursor() as cursor:
        stood = recording.before(cursor, examined.plan)
        keys = merging.reserved(cursor, examined.plan)
        return Ready(roster, examined, stood, keys, bulk.keys(cursor, StagedWrite, _most_writes(examined)))


def put_down(ready: Ready, cursor, writer: bulk.Writer) -> None:
    """Prepare the rows that a confirmation will write."""
    if ready.keys is None:
        return
    whose = (ready.roster.pk, ready.roster.unit_id, current().actor)
    wanted = merging.writes(ready.examined.plan, ready.roster, ready.stood, ready.keys)
    for place, each in zip(ready.places, wanted, strict=False):
        sealed = sealer().seal_bytes(_spelled(each), table=TABLE, column=COLUMN, row=place)
        writer.write(cursor.execute, _INSERT, [place, *whose, Binary(sealed)])
    if next(wanted, None) is not None:
        raise RuntimeError("there are more kinds of writes than keys were taken for")


def finish(ready: Ready) -> None:
    """Note what the rows depend on; the lines are staged by now."""
    depends_on: dict[str, Any] = {}
    if ready.keys is not None:
        depends_on["headers"] = sorted({mapping.header_key(table) for table in ready.examined.source.layout.tables})
        depends_on["takes"] = any(step.row.took for step in ready.examined.plan.steps if step.fate in LEFT)
        depends_on["state"], youngest = state.of(ready.roster, ready.examined.terms)
        if state.was_changed(ready.roster, youngest, ready.examined.since):
            depends_on = {}  # what stands now is not what was judged
    StagedRoster.objects.filter(roster=ready.roster).update(depends_on=depends_on)


def holds(roster: RosterImport, terms: Terms) -> bool:
    """Whether what was prepared may be written as it is. Holds the files of the people until the commit."""
    opened = StagedRoster.objects.filter(roster=roster).values_list("depends_on", flat=True).first()
    if not opened:
        return False
    terms = replace(terms, remembered=answers.remembered_of(opened["headers"], terms))
    return opened["state"] == state.of(roster, terms, lock=True)[0]


def stand_alone(roster: RosterImport) -> bool:
    """Whether the lines that stay behind have cells of their own, and took nothing from the lines above them."""
    depends_on = StagedRoster.objects.filter(roster=roster).values_list("depends_on", flat=True).first() or {}
    return depends_on.get("takes") is False and not roster.own_rows.filter(fate__in=LEFT, cells=None).exists()


def write(roster: RosterImport) -> None:
    """Write what was prepared. Raises merging.Lost or, where somebody else has registered a person, IntegrityError."""
    with connection.cursor() as cursor:
        places = list(StagedWrite.objects.filter(roster=roster.pk).order_by("pk").values_list("pk", flat=True))
        with bulk.Writer() as writer:
            # To ask of each newcomer whether others were first takes a seventh of the commit: it is judged again then.
            merging.write(cursor, _kept(places, cursor, writer), roster, writer, newcomers_are="record")


_INSERT = (
    "INSERT INTO personnel_stagedwrite (id, roster_id, unit_id, actor, content_sealed) VALUES (%s, %s, %s, %s, %s)"
)


def _most_writes(examined: Examined) -> int:
    """Kinds of writes times blocks of rows; keys that are not needed are left."""
    return 7 * (1 + len(examined.plan.steps) // merging.ROWS_AT_ONCE) + 2  # the first people come in smaller ones


def _kept(places: Sequence[int], cursor, writer: bulk.Writer) -> Iterator[Newcomers | Write]:
    """What was prepared. The next is asked for before one is handed on, so that it waits for none that is written."""
    asked = [writer.write(_fetched, cursor, place) for place in places[:1]]
    for place, following in zip_longest(places, places[1:]):
        content = sealer().open_bytes(asked.pop().result(), table=TABLE, column=COLUMN, row=place)
        if following:
            asked.append(writer.write(_fetched, cursor, following))
        yield _read(content)


def _fetched(cursor, place: int) -> memoryview:
    cursor.execute("SELECT content_sealed FROM personnel_stagedwrite WHERE id = %s", [place])
    return cursor.fetchone()[0]


# --- spelling ---------------------------------------------------------------------------------------------------------


def _spelled(each: Newcomers | Write) -> bytes:
    """JSON of the columns; days and bytes as the database reads them."""
    if isinstance(each, Newcomers):
        told: list[Any] = [_shortened(part) for part in (each.own, each.values, each.service)]
    else:
        told = [each.how, each.table, each.columns.varying, each.columns.constants, each.columns.count]
    return orjson.dumps(told, default=_without_word)


def _read(content: bytes) -> Newcomers | Write:
    told = orjson.loads(content)
    if len(told) > 3:
        how, table, *columns = told
        return Write(how, table, Columns(*columns))
    count = len(told[0]["member_id"])
    return Newcomers(*(_at_full_length(part, count) for part in told))


def _shortened(part: Mapping[str, Sequence | None]) -> dict[str, Sequence | None]:
    """Of columns whose values are all the same but one of them."""
    return {key: values[:1] if values and are_the_same(values) else values for key, values in part.items()}


def _at_full_length(part: Mapping[str, list | None], count: int) -> dict[str, Any]:
    return {key: values * count if values and len(values) == 1 else values for key, values in part.items()}


def _without_word(value: bytes) -> str:
    """What JSON has no word for."""
    return rf"\x{value.hex()}"
