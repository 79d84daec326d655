"""Migration operations that write the trail functions of all tables anew; from two on whole rows are kept as text."""

from collections.abc import Iterator

from organization.protection import DatabaseOperation, sql_file
from organization.table_kinds import protections

WITH_TRAIL = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'trail_insert'"


class RetrailAll(DatabaseOperation):
    """The functions as the code has them now. They do what those before them did, whichever way the migration goes."""

    def forwards(self, names):
        yield from self.functions_again()

    def backwards(self, names):
        return []

    def describe(self):
        return "Write the trail functions of all tables anew"

    def functions_again(self) -> Iterator[str]:
        """The trail functions of all tables that have one by now, whichever app they are of."""
        with self.connection.cursor() as cursor:
            cursor.execute(WITH_TRAIL)
            tables = {table for (table,) in cursor.fetchall()}
        for table, protection in protections().items():
            if table in tables:
                protection.connection = self.connection
                yield protection.trail_function_sql()


class KeepCreatedAsText(RetrailAll):
    """What an INSERT wrote. Backwards the texts become jsonb again."""

    file = "trail_as_text"

    def forwards(self, names):
        yield sql_file("organization", self.file)
        yield from self.functions_again()

    def backwards(self, names):
        yield sql_file("organization", f"{self.file}_back")
        yield from self.functions_again()

    def describe(self):
        return "Keep what an INSERT wrote as text"


class KeepRemovedAsText(KeepCreatedAsText):
    """What a DELETE took, likewise."""

    file = "trail_removed_as_text"

    def describe(self):
        return "Keep what a DELETE took as text"
