"""The rule of tables whose rows move with their member: a foreign key that is checked once for each statement.

PostgreSQL looks into each table that has a foreign key once for every row that goes or changes its key.
"""

from django.db.models import BaseConstraint


class FollowsMember(BaseConstraint):
    """`unit_id` and `member_id` are those of a member that is there, and stay so; both are never NULL.

    Rows that go along are deleted with their member, one for each; others keep it from being deleted. The functions
    are those of sql/follow_by_statement.sql, which find the tables by their triggers.
    """

    columns = ("unit_id", "member_id")

    def __init__(self, *, name, goes_along=False):
        super().__init__(name=name)
        self.goes_along = goes_along

    def constraint_sql(self, model, schema_editor):
        # Triggers come after their table.
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def create_sql(self, model, schema_editor):
        table = schema_editor.quote_name(model._meta.db_table)
        # Without another argument the rows of the table stay in the way of a deletion.
        given = f"'{self.name}', 'goes along'" if self.goes_along else f"'{self.name}'"
        return (
            f"CREATE TRIGGER follows_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows "
            f"FOR EACH STATEMENT EXECUTE FUNCTION rows_follow_member({given}); "
            f"CREATE TRIGGER follows_update AFTER UPDATE ON {table} "
            f"REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows "
            f"FOR EACH STATEMENT EXECUTE FUNCTION rows_follow_member({given})"
        )

    def remove_sql(self, model, schema_editor):
        table = schema_editor.quote_name(model._meta.db_table)
        return f"DROP TRIGGER follows_insert ON {table}; DROP TRIGGER follows_update ON {table}"

    def validate(self, model, instance, exclude=None, using=None):
        """The database alone can see both ends."""

    def deconstruct(self):
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | ({"goes_along": True} if self.goes_along else {})

    def __eq__(self, other):
        return isinstance(other, FollowsMember) and self.deconstruct() == other.deconstruct()

    __hash__ = BaseConstraint.__hash__


def follows_member_itself(name):
    """For a table of the file that nearly everybody has rows in: they move with their member, which does not go as long
    as they are there. Without a dossier on the way: one that moves costs more than it saves."""
    return FollowsMember(name=name)
