"""Rows in bulk: COPY into a temporary table, since COPY is refused where policies are forced; SQL goes on there."""

import gc
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from functools import cache
from io import BytesIO
from threading import Semaphore
from typing import Any
from zlib import crc32

from django.db import models
from psycopg2.sql import SQL, Composable, Identifier, Literal, Placeholder

from organization.scope import current
from personnel.columns import Rows

LYING_READY = 3
_USUAL_TURN = sys.getswitchinterval()


@contextmanager
def staged(cursor, like: str, rows: Rows) -> Iterator[Identifier]:
    """Within the block the columns of the text, as those of a table, are a temporary table, which is handed out.

    A scan of it finds the rows in the order of the text. It stays until the end of the transaction and is emptied after
    the block: to make one for each few thousand rows takes longer than to fill it. Each scope has its own: the table
    belongs to the role that made it.
    """
    scope = current()
    told = repr((rows.columns, scope.role, scope.unit_low, scope.unit_high)).encode()
    stage = Identifier(f"bulk_{like}_{crc32(told):08x}")
    cursor.execute(
        SQL("CREATE TEMP TABLE IF NOT EXISTS {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA; {}").format(
            stage, listed(rows.columns), Identifier(like), _HASHED
        )
    )
    # Read at one go: each further time this thread would wait until the other one lets go of the interpreter.
    size = len(rows.text) + 1
    cursor.copy_expert(SQL("COPY {} FROM STDIN").format(stage), BytesIO(rows.text), size)
    yield stage
    cursor.execute(SQL("TRUNCATE {}; {}").format(stage, _AS_USUAL))


# Joins of many fresh rows, of which the planner knows nothing, are hashed: row by row they would take minutes.
_HASHED, _AS_USUAL = SQL("SET LOCAL enable_nestloop = off"), SQL("SET LOCAL enable_nestloop = on")


@contextmanager
def hashed(cursor) -> Iterator[None]:
    """Within the block joins are hashed."""
    cursor.execute(_HASHED)
    yield
    cursor.execute(_AS_USUAL)


def insert(cursor, table: str, rows: Rows) -> None:
    """Write the rows, in their order; what a constraint refuses is raised."""
    if not rows.count:
        return
    with staged(cursor, table, rows) as stage:
        cursor.execute(
            SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(Identifier(table), *_columns(rows), stage),
            [*rows.constants.values()],
        )


def insert_new(cursor, table: str, rows: Rows) -> set[int]:
    """Write the rows, in their order, but those that a unique or exclusion constraint refuses; the others' keys."""
    if not rows.count:
        return set()
    with staged(cursor, table, rows) as stage:
        cursor.execute(
            SQL("INSERT INTO {} ({}) SELECT {} FROM {} ON CONFLICT DO NOTHING RETURNING id").format(
                Identifier(table), *_columns(rows), stage
            ),
            [*rows.constants.values()],
        )
        return {key for (key,) in cursor.fetchall()}


def _columns(rows: Rows) -> tuple[Composable, Composable]:
    """The names of all columns, and where their values come from."""
    given = [listed(rows.columns)] if rows.columns else []
    return listed([*rows.columns, *rows.constants]), SQL(", ").join([*given, *[Placeholder()] * len(rows.constants)])


def keys(cursor, model: type[models.Model], count: int) -> Sequence[int]:
    """New keys for so many rows, from the table's own sequence, in ascending order."""
    if not count:
        return range(0)
    field = model._meta.pk
    sequence = SQL("pg_get_serial_sequence({}, {})").format(Literal(model._meta.db_table), Literal(field.column))
    # As a subquery the name is looked up once, not for each key. Mostly nobody else takes any meanwhile: then the first
    # and the last tell all of them.
    cursor.execute(
        SQL(
            "SELECT min(key), max(key)"
            " FROM (SELECT nextval((SELECT {}::regclass)) AS key FROM generate_series(1, %s)) AS taken"
        ).format(sequence),
        [count],
    )
    first, last = cursor.fetchone()
    if last - first + 1 == count:
        return range(first, last + 1)
    cursor.execute(SQL("SELECT nextval((SELECT {}::regclass)) FROM generate_series(1, %s)").format(sequence), [count])
    return sorted(key for (key,) in cursor.fetchall())


def listed(columns: Iterable[str]) -> Composable:
    return SQL(", ").join(map(Identifier, columns))


def copied(cursor, query: Composable, given: Any) -> list[str]:
    """The rows that a query finds, each a line as COPY spells it: a third of the time of taking all of them apart."""
    text = BytesIO()
    cursor.copy_expert(cursor.mogrify(SQL("COPY ({}) TO STDOUT").format(query), given), text)
    return text.getvalue().decode().split("\n")[:-1]


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the search for cycles: a hundred thousand living objects would be looked at again and again.

    A fifth of the time of a large roster. Nested or in several threads whoever switched it off switches it on again.
    What lives on then is counted among the old at once, not looked through as new.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not _is_frozen():
                gc.freeze()
                gc.unfreeze()
            gc.enable()


@cache
def _is_frozen() -> bool:
    """Whether somebody froze what lived at the start: once, as counting it takes longer than a small roster."""
    return bool(gc.get_freeze_count())


class Writer:
    """Writes to the database in a thread of its own while the rows after these are prepared: two processors at work.

    One statement at a time, in the order given. Within the block the cursor belongs to the thread; `result` waits, and
    so does the end of the block, which raises what any statement had raised. Whoever prepares faster than is written
    waits too: text that lies ready would fill the memory. Within the block the interpreter is handed over ten times as
    often: after each statement the thread would wait longer for it than most statements take.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._room = Semaphore(LYING_READY)
        self._failure: Exception | None = None

    def __enter__(self) -> "Writer":
        sys.setswitchinterval(_USUAL_TURN / 10)
        return self

    def __exit__(self, kind: type | None, *error) -> None:
        self._pool.shutdown()
        sys.setswitchinterval(_USUAL_TURN)
        if self._failure and kind is None:
            raise self._failure

    def write(self, function: Callable, *given) -> Future:
        self._room.acquire()
        return self._pool.submit(copy_context().run, self._run, function, *given)  # in the scope of whoever asks

    def _run(self, function: Callable, *given):
        """After a failure the database says of every statement only that it comes too late; the first says why."""
        try:
            if self._failure:
                raise self._failure
            return function(*given)
        except Exception as failure:
            self._failure = failure
            raise
        finally:
            self._room.release()
