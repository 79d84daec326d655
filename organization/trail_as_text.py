"""The migration operation from which on the trail keeps what an INSERT wrote as text."""

from collections.abc import Iterator

from organization.protection import DatabaseOperation, sql_file
from organization.table_kinds import protections

WITH_TRAIL = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'trail_insert'"


class KeepCreatedAsText(DatabaseOperation):
    """Backwards the texts become jsonb again."""

    def forwards(self, names):
        yield sql_file("organization", "trail_as_text")
        yield from self.functions_again()

    def backwards(self, names):
        yield sql_file("organization", "trail_as_text_back")
        yield from self.functions_again()

    def functions_again(self) -> Iterator[str]:
        """The trail functions of all tables that have one by now, whichever app they are of."""
        with self.connection.cursor() as cursor:
            cursor.execute(WITH_TRAIL)
            tables = {table for (table,) in cursor.fetchall()}
        for table, protection in protections().items():
            if table in tables:
                protection.connection = self.connection
                yield protection.trail_function_sql()

    def describe(self):
        return "Keep what an INSERT wrote as text"
