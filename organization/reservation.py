"""Tables that some duties alone come near, whatever their scope: a policy beside the others, which only narrows them.

A right keeps a page from a role; this keeps the rows from it, so that no list, figure, export or forgotten filter tells
of them.
"""

from organization.protection import DatabaseOperation


class OnlyFor(DatabaseOperation):
    """Lets web roles near the rows of a protected table only while an account of one of these duties acts."""

    NAME = "of_duties"

    def __init__(self, table, duties):
        self.table, self.duties = table, tuple(duties)

    def deconstruct(self):
        return ("OnlyFor", [self.table, self.duties], {})

    def describe(self):
        return f"Keep {self.table} from all but {', '.join(self.duties)}"

    def forwards(self, names):
        duties = ", ".join(f"'{duty}'" for duty in self.duties)
        # Heirs are members of staff, so the policy binds them too. Not `IN`: the planner would take one row in a
        # hundred to pass, and look through the whole table again for each member.
        yield (
            f'CREATE POLICY {self.NAME} ON {self.table} AS RESTRICTIVE TO "{names["staff"]}", "{names["whole"]}"'
            f" USING (array_position(ARRAY[{duties}], current_setting('app.duty', true)) > 0)"
        )

    def backwards(self, names):
        yield f"DROP POLICY {self.NAME} ON {self.table}"
