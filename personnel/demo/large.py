"""A city or a province of demo districts, one after the other: what is written of one is forgotten before the next.

Another process draws, seals and spells the districts to come. The triggers stay, since each writes the trail and the
cards of a whole statement at once; indexes, references and the exclusion of overlaps are taken off meanwhile.
"""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connections, models
from psycopg2.sql import SQL, Identifier, Literal

from organization.keyring import sealer
from organization.models import Account, Employer, Post, Team, Unit
from organization.office import OWNER, found
from personnel import bulk, columns
from personnel.demo import neighbours
from personnel.demo.discipline import load_discipline
from personnel.demo.entries import load_entries
from personnel.demo.kit import load_kit
from personnel.demo.load import WRITTEN, Keys, account_of, described, refuse_if_founded, tables, writing
from personnel.demo.logins import logins
from personnel.demo.mergers import load_mergers
from personnel.demo.neighbours import Ground
from personnel.demo.places import Place
from personnel.demo.size import Size
from personnel.demo.staging import Inserts, analyze, spelled
from personnel.demo.worker import begin
from personnel.models import Assignment, BankAccount, Card, EmergencyContact, HealthRecord, Member

LARGE = (Member, Card, Assignment, BankAccount, EmergencyContact, HealthRecord)
TRAIL = "organization_trail"
AHEAD = 2  # districts drawn but not yet written
# Keys that a district has for itself.
RESERVED = {Member: 60_000, Employer: 4_000, Team: 400, Post: 2_000}

TAKE_OFF = """
CREATE TEMP TABLE taken_off ON COMMIT DROP AS
SELECT 1 AS step, format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname) AS off,
  3 AS back_step,
  format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS back
FROM pg_constraint
WHERE contype = 'f' AND (conrelid = ANY (%(tables)s::regclass[]) OR confrelid = ANY (%(tables)s::regclass[]))
UNION ALL
SELECT 2, format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
  2, format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint
WHERE contype IN ('u', 'x') AND conrelid = ANY (%(tables)s::regclass[]) AND conname <> %(kept)s
UNION ALL
SELECT 3, format('DROP INDEX %%s', indexrelid::regclass), 1, pg_get_indexdef(indexrelid)
FROM pg_index
WHERE indrelid = ANY (%(tables)s::regclass[]) AND NOT EXISTS (
  SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
"""
OFF = """
DO $$ DECLARE statement text;
BEGIN
  FOR statement IN SELECT off FROM taken_off ORDER BY step, off LOOP EXECUTE statement; END LOOP;
END $$
"""
BACK = """
DO $$ DECLARE statement text;
BEGIN
  FOR statement IN SELECT back FROM taken_off ORDER BY back_step, back LOOP EXECUTE statement; END LOOP;
END $$
"""
KEPT = "card_one_a_member_and_unit"  # by it the triggers see that somebody has a card already


@dataclass
class Loaded:
    """What was written: the units, and how many people and services."""

    day: date
    root: tuple[int, str]
    units: list[tuple[int, str]]
    people: int = 0
    services: int = 0


@dataclass(frozen=True)
class Drawn:
    """A district ready to be written: its units, and the rows of its tables in their order."""

    ground: Ground
    units: list[Place]
    rows: list[tuple[str, columns.Rows]]
    people: int
    services: int


def load_large(
    day: date, seed: int, password: str, scale: str, *, share: float = 1.0, tell: Callable[[int, int, int], None]
) -> Loaded:
    """Write a "city" or "province" in one transaction; `share` makes fewer people of the same units.

    `tell` is called after each district with its number, how many there are, and the people so far.
    """
    grounds, (root, name) = neighbours.grounds(scale), neighbours.root(scale)
    sealer()  # the key file is there before another process looks for it
    with writing() as cursor, drawing(grounds, day, seed, share) as districts:
        refuse_if_founded()
        found(root, name, [*neighbours.above(scale), *((ground.code, ground.name) for ground in grounds)], is_demo=True)
        made = Loaded(day, (root, name), neighbours.above(scale))
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        reserve(cursor, len(grounds))
        with taken_off(cursor):
            for number, drawn in enumerate(districts, 1):
                write(cursor, drawn, root, made)
                if number == 1:  # mergers and kit are those of the first district
                    accounts(cursor, scale, password)
                    load_mergers(day, seed)
                    load_kit(cursor, day, seed)
                    load_discipline(cursor, day, seed)
                    load_entries(cursor, day, seed)
                tell(number, len(grounds), made.people)
        analyze(cursor, [TRAIL, *(model._meta.db_table for model in WRITTEN)])
    settle()
    return made


def write(cursor, drawn: Drawn, root: int, made: Loaded) -> None:
    """The rows of a district, and what is to be told of it."""
    units = described(drawn.units, drawn.ground)
    Unit.objects.using(OWNER).bulk_create(
        Unit(code=unit.code, name=unit.name, aliases=unit.aliases, population=unit.population, root_id=root)
        for unit in units[1:]
    )
    Unit.objects.using(OWNER).bulk_update(units[:1], ["aliases", "population"])
    for table, rows in drawn.rows:
        bulk.insert(cursor, table, rows)
    made.units += [(unit.code, unit.name) for unit in units]
    made.people += drawn.people
    made.services += drawn.services


def accounts(cursor, scale: str, password: str) -> None:
    hashed = make_password(password)
    with Inserts(cursor) as new:
        new.insert(Account, [account_of(login, hashed) for login in logins(scale)])


# --- the other process ------------------------------------------------------------------------------------------------


@contextmanager
def drawing(grounds: list[Ground], day: date, seed: int, share: float) -> Iterator[Iterable[Drawn]]:
    """The districts in their order, drawn some ahead in other processes, which end with the block or with this one."""
    workers = max(1, (os.cpu_count() or 1) - 1)
    pool = ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), begin, (os.getpid(), str(settings.SEALING_KEYS))
    )
    try:
        yield ahead(pool, [partial(draw, ground, day, seed, share) for ground in grounds], workers + AHEAD)
    finally:
        pool.shutdown(cancel_futures=True)


def ahead(pool, calls: list[Callable[[], Drawn]], most: int) -> Iterator[Drawn]:
    """The results in order; no more than `most` lie ready, so that the memory stays as it is."""
    waiting: deque = deque()
    for call in calls:
        waiting.append(pool.submit(call))
        if len(waiting) >= most:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def draw(ground: Ground, day: date, seed: int, share: float) -> Drawn:
    """A district with keys of its own, spelled for COPY."""
    size = Size().scaled(share * (neighbours.SMALLER if ground.number else 1))
    with bulk.uncollected():
        made = neighbours.drawn(ground, day, seed, size)
        first = {model: 1 + ground.number * count for model, count in RESERVED.items()}
        counts: dict[type[models.Model], Sequence] = {
            Member: made.people,
            Employer: made.employers,
            Team: made.teams,
            Post: made.posts,
        }
        keys = Keys(*(range(first[model], first[model] + len(rows)) for model, rows in counts.items()))
        rows = [(model._meta.db_table, block) for model, each in tables(made, keys) for block in spelled(model, each)]
    return Drawn(ground, made.units, rows, len(made.people), len(made.services))


# --- the database -----------------------------------------------------------------------------------------------------


def reserve(cursor, districts: int) -> None:
    """What the sequences give from now on lies behind the keys of all districts."""
    for model, count in RESERVED.items():
        sequence = SQL("pg_get_serial_sequence({}, 'id')").format(Literal(model._meta.db_table))
        cursor.execute(SQL("SELECT setval({}, %s)").format(sequence), [districts * count])


@contextmanager
def taken_off(cursor) -> Iterator[None]:
    """Within the block the large tables have neither indexes nor references but their keys; afterwards all of them."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute(TAKE_OFF, {"tables": [TRAIL, *(model._meta.db_table for model in LARGE)], "kept": KEPT})
    cursor.execute(OFF)
    yield
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute(BACK)


def settle() -> None:
    """Mark what was written as seen by all: else the first readers would do it, page by page."""
    large: tuple[type[models.Model], ...] = (Member, Card, Assignment)
    with connections[OWNER].cursor() as cursor:
        for model in large:
            cursor.execute(SQL("VACUUM {}").format(Identifier(model._meta.db_table)))
