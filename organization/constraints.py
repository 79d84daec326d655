"""Constraints that Django does not know by itself."""

from django.db.models import BaseConstraint


class CompositeForeignKey(BaseConstraint):
    """A foreign key over several columns that follows its target: a file's rows move with their member.

    Immediate, so that a row hidden by a policy is refused exactly like a missing one. Rows that go along are deleted
    with their target; others keep it from being deleted.
    """

    def __init__(self, *, name, columns, target, target_columns, goes_along=False):
        super().__init__(name=name)
        self.columns, self.target, self.target_columns = tuple(columns), target, tuple(target_columns)
        self.goes_along = goes_along

    def _body(self, schema_editor):
        quote = schema_editor.quote_name
        own, theirs = (", ".join(map(quote, names)) for names in (self.columns, self.target_columns))
        return (
            f"CONSTRAINT {quote(self.name)} FOREIGN KEY ({own}) REFERENCES {quote(self.target)} ({theirs}) "
            f"ON UPDATE CASCADE{' ON DELETE CASCADE' if self.goes_along else ''} DEFERRABLE INITIALLY IMMEDIATE"
        )

    def constraint_sql(self, model, schema_editor):
        # Deferred until the table it points to has its unique index.
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def create_sql(self, model, schema_editor):
        return f"ALTER TABLE {schema_editor.quote_name(model._meta.db_table)} ADD {self._body(schema_editor)}"

    def remove_sql(self, model, schema_editor):
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def validate(self, model, instance, exclude=None, using=None):
        """The database alone can see both ends."""

    def deconstruct(self):
        path, args, kwargs = super().deconstruct()
        given = {"columns": self.columns, "target": self.target, "target_columns": self.target_columns}
        return path, args, kwargs | given | ({"goes_along": True} if self.goes_along else {})

    def __eq__(self, other):
        return isinstance(other, CompositeForeignKey) and self.deconstruct() == other.deconstruct()

    __hash__ = BaseConstraint.__hash__
