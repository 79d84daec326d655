"""Rows in bulk: COPY into a temporary table, then one INSERT, since COPY is refused where policies are forced.

Rows are model instances, so that defaults, seals, digests and readings are those of the models themselves.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from io import StringIO

from django.db import models
from psycopg2.sql import SQL, Identifier, Literal

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
STAGE = Identifier("demo_stage")


def insert(cursor, model: type[models.Model], rows: Iterable[models.Model]) -> None:
    """Write the rows in one statement; those without key get it from the database."""
    rows = list(rows)
    if not rows:
        return
    has_key = rows[0].pk is not None
    fields = [field for field in model._meta.concrete_fields if has_key or not field.primary_key]
    table, columns = _names(model, fields)
    cursor.execute(
        SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(STAGE, columns, table)
    )
    cursor.copy_expert(SQL("COPY {} FROM STDIN").format(STAGE), _text(fields, rows))
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
    text.seek(0)
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
