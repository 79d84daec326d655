"""Rows in bulk: COPY into a temporary table, then one INSERT, since COPY is refused where policies are forced.

Rows are model instances, so that defaults, seals, digests and readings are those of the models themselves.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from io import StringIO
from itertools import islice

from django.db import models
from psycopg2.sql import SQL, Composable, Identifier, Literal

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
STAGE = Identifier("demo_stage")
ROWS_AT_ONCE = 4000


class Inserts:
    """Turns rows into text while those before them are written by a thread of their own: two processors at work.

    The thread writes in the order given, one statement at a time. Until the block is left the cursor belongs to it; an
    error of the database is raised by a later `insert` or on leaving.
    """

    def __init__(self, cursor) -> None:
        self._cursor = cursor
        self._writer = ThreadPoolExecutor(max_workers=1)
        self._written: Future | None = None

    def __enter__(self):
        return self

    def __exit__(self, kind, *error) -> None:
        with self._writer:
            if kind is None:
                self._wait()

    def insert(self, model: type[models.Model], rows: Iterable[models.Model]) -> None:
        """Write the rows, so many in a statement; those without key get it from the database."""
        rows = iter(rows)
        while some := list(islice(rows, ROWS_AT_ONCE)):
            has_key = some[0].pk is not None
            fields = [field for field in model._meta.concrete_fields if has_key or not field.primary_key]
            table, columns = _names(model, fields)
            text = _text(fields, some)
            self._wait()
            self._written = self._writer.submit(_write, self._cursor, table, columns, text)

    def _wait(self) -> None:
        if self._written:
            self._written.result()


def _write(cursor, table: Identifier, columns: Composable, text: StringIO) -> None:
    cursor.execute(
        SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(STAGE, columns, table)
    )
    size = text.tell() + 1
    text.seek(0)
    # Read at one go: each further time this thread would wait until the other one lets go of the interpreter.
    cursor.copy_expert(SQL("COPY {} FROM STDIN").format(STAGE), text, size=size)
    cursor.execute(SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(table, columns, columns, STAGE))
    cursor.execute(SQL("DROP TABLE {}").format(STAGE))


def keys(cursor, model: type[models.Model], count: int) -> list[int]:
    """New keys for so many rows, from the table's own sequence."""
    field = model._meta.pk
    sequence = SQL("pg_get_serial_sequence({}, {})").format(Literal(model._meta.db_table), Literal(field.column))
    cursor.execute(SQL("SELECT nextval({}) FROM generate_series(1, %s)").format(sequence), [count])
    return [key for (key,) in cursor.fetchall()]


def analyze(cursor, tables: Sequence[str]) -> None:
    """Tell the planner what is in these tables."""
    cursor.execute(SQL("ANALYZE {}").format(SQL(", ").join(map(Identifier, tables))))


def _names(model, fields):
    return Identifier(model._meta.db_table), SQL(", ").join(Identifier(field.column) for field in fields)


def _text(fields, rows) -> StringIO:
    text = StringIO()
    for row in rows:
        text.write("\t".join([_cell(field.pre_save(row, add=True)) for field in fields]))
        text.write("\n")
    return text


def _cell(value) -> str:
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if value is None:
        return r"\N"
    if isinstance(value, bytes):
        return r"\\x" + value.hex()
    if isinstance(value, int | date):
        return str(value)
    raise TypeError(f"no spelling for {type(value).__name__}")
