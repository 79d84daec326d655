"""What happened under the code of a closed unit is read by those who took its place, though their range lies elsewhere.

A range of codes cannot say it, and a policy that asks for more than a range costs every list its index. So there is a
role beside `staff`, with all its rights, that only an account takes whose range inherited something; its policies add
the inherited codes, for reading alone.
"""

from organization.protection import CreateRoles, DatabaseOperation

INHERITED = "string_to_array(NULLIF(current_setting('app.inherited', true), ''), ',')::bigint[]"
# Of these the ones whose place the account's very own unit has taken.
INHERITED_HERE = "string_to_array(NULLIF(current_setting('app.inherited_here', true), ''), ',')::bigint[]"


class CreateHeirs(CreateRoles):
    """The role of accounts that inherited, in a database whose other roles are there already."""

    parts = ("heir",)

    def backwards(self, names):
        """Nobody takes the role any more; it stays, as its owner is not a member of it and may not drop it."""
        yield f'REVOKE "{names["heir"]}" FROM "{names["site"]}"'

    def describe(self):
        return "Create the database role of accounts whose units took the place of others"


class Inherit(DatabaseOperation):
    """Lets heirs read the rows of a protected table that stayed with the code of a closed unit."""

    def __init__(self, table, *, command="SELECT", besides="", units=INHERITED):
        self.table, self.command, self.besides, self.units = table, command, besides, units

    def deconstruct(self):
        return ("Inherit", [self.table], {name: getattr(self, name) for name in ("command", "besides", "units")})

    def describe(self):
        return f"Let heirs read what of {self.table} stayed with a closed unit"

    def forwards(self, names):
        besides = f"{self.besides} AND " if self.besides else ""
        yield (
            f'CREATE POLICY of_heir ON {self.table} FOR {self.command} TO "{names["heir"]}"'
            f" USING ({besides}unit_id = ANY ({self.units}))"
        )

    def backwards(self, names):
        yield f"DROP POLICY of_heir ON {self.table}"
