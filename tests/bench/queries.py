"""The statements of a request: how many, and the reading ones again, alone, under the scopes in which they ran."""

from contextlib import contextmanager
from itertools import groupby

from django.db import connection

from organization.scope import current, entered

READS = ("SELECT", "WITH")


class Statements:
    """What ran on the site's connection while it listened."""

    def __init__(self) -> None:
        self.count = 0
        self.reads: list = []  # (scope, sql, parameters), without those of the gate: sessions and log-in

    @contextmanager
    def heard(self):
        with connection.execute_wrapper(self._hear):
            yield self

    def _hear(self, execute, sql, params, many, context):
        self.count += 1
        is_read = sql.lstrip().upper().startswith(READS) and "set_config(" not in sql
        if is_read and not many and current().role in {"staff", "whole"}:
            self.reads.append((current(), sql, params))
        return execute(sql, params, many, context)

    def again(self) -> None:
        """Run the reads once more and fetch their rows; no object, no template."""
        for scope, reads in groupby(self.reads, key=lambda read: read[0]):
            with entered(scope), connection.cursor() as cursor:
                for _, sql, params in reads:
                    cursor.execute(sql, params)
                    cursor.fetchall()
