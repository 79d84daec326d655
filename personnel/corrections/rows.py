"""Rows as JSON and back: what a correction took away or changed is put back exactly as it stood."""

import json
from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.db import connection, models
from psycopg2.extras import Json
from psycopg2.sql import SQL, Identifier

Row = dict[str, Any]


def model_of(table: str) -> type[models.Model]:
    return next(model for model in apps.get_models() if model._meta.db_table == table)


def insert(table: str, rows: Sequence[Row]) -> None:
    """Write the rows as they were; a column that came into being since has its default."""
    if not rows:
        return
    whole = _whole(table, rows)
    columns = _columns(table, whole)
    with connection.cursor() as cursor:
        cursor.execute(
            SQL(
                "INSERT INTO {table} ({columns})"
                " SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s) ORDER BY id"
            ).format(table=Identifier(table), columns=SQL(", ").join(map(Identifier, columns))),
            [Json(whole)],
        )


def restore(table: str, rows: Sequence[Row]) -> int:
    """Change rows that exist back to what they were; how many there were."""
    if not rows:
        return 0
    columns = [column for column in _columns(table, rows) if column != "id"]
    with connection.cursor() as cursor:
        cursor.execute(
            SQL(
                "UPDATE {table} t SET {sets} FROM jsonb_populate_recordset(NULL::{table}, %s) r WHERE t.id = r.id"
            ).format(
                table=Identifier(table),
                sets=SQL(", ").join(SQL("{0} = r.{0}").format(Identifier(column)) for column in columns),
            ),
            [Json(list(rows))],
        )
        return cursor.rowcount


def stand(table: str, keys: Sequence[int]) -> list[Row]:
    """The rows as they stand now."""
    with connection.cursor() as cursor:
        cursor.execute(
            SQL("SELECT to_jsonb(t)::text FROM {} t WHERE id = ANY (%s) ORDER BY id").format(Identifier(table)),
            [list(keys)],
        )
        return [json.loads(text) for (text,) in cursor.fetchall()]


def _columns(table: str, rows: Sequence[Row]) -> list[str]:
    """Columns that table and rows have in common."""
    return [field.column for field in model_of(table)._meta.concrete_fields if field.column in rows[0]]


def _whole(table: str, rows: Sequence[Row]) -> list[Row]:
    fields = model_of(table)._meta.concrete_fields
    new = {each.column: each.get_default() for each in fields if each.column and each.column not in rows[0]}
    return [new | row for row in rows]
