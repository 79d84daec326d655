"""Rows in bulk: COPY into a temporary table, since COPY is refused where policies are forced; SQL goes on there."""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from io import StringIO
from typing import Any

from django.db import models
from psycopg2.sql import SQL, Composable, Identifier, Literal

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


STAGE = "bulk_stage"


@contextmanager
def staged(cursor, like: str, columns: Sequence[str], text: StringIO) -> Iterator[None]:
    """Within the block some columns of a table, filled from the text, are the temporary table `bulk_stage`."""
    cursor.execute(
        SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
            Identifier(STAGE), listed(columns), Identifier(like)
        )
    )
    size = text.tell() + 1
    text.seek(0)
    # Read at one go: each further time this thread would wait until the other one lets go of the interpreter.
    cursor.copy_expert(SQL("COPY {} FROM STDIN").format(Identifier(STAGE)), text, size)
    with hashed(cursor):
        yield
    cursor.execute(SQL("DROP TABLE {}").format(Identifier(STAGE)))


@contextmanager
def hashed(cursor) -> Iterator[None]:
    """Joins of many fresh rows, of which the planner knows nothing, are hashed: row by row they would take minutes."""
    cursor.execute("SET LOCAL enable_nestloop = off")
    yield
    cursor.execute("SET LOCAL enable_nestloop = on")


def insert(cursor, table: str, columns: Sequence[str], text: StringIO) -> None:
    """Write the rows; what a constraint refuses is raised."""
    if not text.tell():
        return
    with staged(cursor, table, columns, text):
        cursor.execute(
            SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
                Identifier(table), listed(columns), listed(columns), Identifier(STAGE)
            )
        )


def insert_new(cursor, table: str, columns: Sequence[str], text: StringIO, order: str) -> set[int]:
    """Write the rows in that order, but those that a unique or exclusion constraint refuses; the keys of the others."""
    if not text.tell():
        return set()
    with staged(cursor, table, columns, text):
        cursor.execute(
            SQL("INSERT INTO {} ({}) SELECT {} FROM {} ORDER BY {} ON CONFLICT DO NOTHING RETURNING id").format(
                Identifier(table), listed(columns), listed(columns), Identifier(STAGE), Identifier(order)
            )
        )
        return {key for (key,) in cursor.fetchall()}


def keys(cursor, model: type[models.Model], count: int) -> list[int]:
    """New keys for so many rows, from the table's own sequence."""
    field = model._meta.pk
    sequence = SQL("pg_get_serial_sequence({}, {})").format(Literal(model._meta.db_table), Literal(field.column))
    cursor.execute(SQL("SELECT nextval({}) FROM generate_series(1, %s)").format(sequence), [count])
    return [key for (key,) in cursor.fetchall()]


def listed(columns: Iterable[str]) -> Composable:
    return SQL(", ").join(map(Identifier, columns))


def text_of(rows: Iterable[Iterable]) -> StringIO:
    """The rows as COPY reads them, positioned behind the last. TypeError for a value without spelling."""
    spell = _SPELLINGS
    text = StringIO()
    for row in rows:
        text.write("\t".join([spell[type(value)](value) for value in row]))
        text.write("\n")
    return text


def _spell_text(value: str) -> str:
    return value if value.isalnum() else value.translate(_ESCAPES)


# By exact type, since this is asked a million times for a large roster.
_SPELLINGS: dict[type, Callable[[Any], str]] = {
    str: _spell_text,
    type(None): lambda value: r"\N",
    bytes: lambda value: r"\\x" + value.hex(),
    int: str,
    bool: lambda value: "t" if value else "f",
    date: str,
}


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the search for cycles: a hundred thousand living objects would be looked at again and again.

    A fifth of the time of a large roster. Nested or in several threads whoever switched it off switches it on again.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Writer:
    """Writes to the database in a thread of its own while the rows after these are prepared: two processors at work.

    One statement at a time, in the order given. Within the block the cursor belongs to the thread; `result` waits.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._failure: Exception | None = None

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *error) -> None:
        self._pool.shutdown()

    def write(self, function: Callable, *given) -> Future:
        return self._pool.submit(self._run, function, *given)

    def _run(self, function: Callable, *given):
        """After a failure the database says of every statement only that it comes too late; the first says why."""
        if self._failure:
            raise self._failure
        try:
            return function(*given)
        except Exception as failure:
            self._failure = failure
            raise
