"""The demo district's rows in bulk, while two processors work.

Rows are model instances, so that defaults, seals, digests and readings are those of the models themselves.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from itertools import islice
from operator import attrgetter

from django.db import models
from psycopg2.sql import SQL, Identifier

from personnel import bulk, columns
from personnel.models.fields import SealedField

ROWS_AT_ONCE = 4000


class Inserts:
    """Turns rows into text while those before them are written beside it.

    Until the block is left the cursor belongs to the writer; an error of the database is raised by a later `insert` or
    on leaving.
    """

    def __init__(self, cursor) -> None:
        self._cursor = cursor
        self._writer = bulk.Writer()
        self._written: Future | None = None

    def __enter__(self):
        return self

    def __exit__(self, kind, *error) -> None:
        with self._writer:
            if kind is None:
                self._wait()

    def insert(self, model: type[models.Model], rows: Iterable[models.Model]) -> None:
        """Write the rows, so many in a statement; those without key get it from the database."""
        for block in spelled(model, rows):
            self._wait()
            self._written = self._writer.write(bulk.insert, self._cursor, model._meta.db_table, block)

    def _wait(self) -> None:
        if self._written:
            self._written.result()


def spelled(model: type[models.Model], rows: Iterable[models.Model]) -> Iterator[columns.Rows]:
    """The rows as text, so many at once."""
    rows = iter(rows)
    while some := list(islice(rows, ROWS_AT_ONCE)):
        has_key = some[0].pk is not None
        fields = [field for field in model._meta.concrete_fields if has_key or not field.primary_key]
        fields.sort(key=lambda field: isinstance(field, SealedField))  # digests and masks first, of the open text
        yield columns.rows_of({str(field.column): _saved(field, some) for field in fields})


def _saved(field: models.Field, rows: Sequence[models.Model]) -> list:
    """What saving each row would write into the column."""
    if type(field).pre_save is models.Field.pre_save:
        return list(map(attrgetter(field.attname), rows))
    return [field.pre_save(row, add=True) for row in rows]


def analyze(cursor, tables: Sequence[str]) -> None:
    """Tell the planner what is in these tables."""
    cursor.execute(SQL("ANALYZE {}").format(SQL(", ").join(map(Identifier, tables))))
