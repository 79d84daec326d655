"""Migration operations that put a table behind the scope and into the audit trail: one line a table.

Protect("personnel_member")                         # own unit_id
Protect("personnel_bankaccount", "file")       # follows its member's unit
Protect("personnel_assignment", "history")     # keeps the unit where it happened
Protect("personnel_photo", "file", withheld=("image_sealed",))  # too large for the trail, which says that it changed
Protect("axes_accessattempt", "gate")          # sessions, attempts, second factors: the gate's alone
"""

from collections.abc import Iterable

from django.conf import settings
from django.db.migrations.operations.base import Operation

from organization import policies
from organization.policies import RANGE, Policies
from organization.trail_triggers import TRAIL_TRIGGERS, trail_function

STAGED_FOR = policies.STAGED_FOR  # a migration takes it from here
AUDITED = frozenset({"own", "file", "history", "unit", "account", "rules"})


def sql_file(app: str, name: str) -> str:
    """The text of app/sql/name.sql."""
    return (settings.BASE_DIR / app / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def function_again(app: str, name: str, function: str) -> str:
    """The text of one function of app/sql/name.sql, to be put back in place of a later version."""
    text = sql_file(app, name)
    start = text.index(f"FUNCTION {function}(")
    return "CREATE OR REPLACE " + text[start : text.index("$$;", start) + 3]


def roles(connection) -> dict[str, str]:
    """Database roles by part; all but the site's login carry the database's name."""
    name = connection.settings_dict["NAME"]
    return {
        "owner": connection.settings_dict["USER"],
        "site": settings.DATABASES["default"]["USER"],
        "gate": f"{name}_gate",
        "staff": f"{name}_staff",
        "whole": f"{name}_whole",
        "heir": f"{name}_heir",
    }


class DatabaseOperation(Operation):
    """Runs the SQL that a subclass composes from names known to the code; changes no model state."""

    reversible = True

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        self.connection = schema_editor.connection
        self.run(schema_editor, self.forwards(roles(schema_editor.connection)))

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        self.connection = schema_editor.connection
        self.run(schema_editor, self.backwards(roles(schema_editor.connection)))

    def forwards(self, names) -> Iterable[str]:
        """The SQL, given the name in the database of each role."""
        raise NotImplementedError

    def backwards(self, names) -> Iterable[str]:
        raise NotImplementedError

    @staticmethod
    def run(schema_editor, statements):
        for statement in statements:
            schema_editor.execute(statement, params=None)


class CreateRoles(DatabaseOperation):
    """The roles behind the site's login; creation may be repeated."""

    parts: tuple[str, ...] = ("gate", "staff", "whole")

    def forwards(self, names):
        for part in self.parts:
            inherits = "INHERIT" if part == "heir" else "NOINHERIT"
            yield (
                f'DO $$ BEGIN CREATE ROLE "{names[part]}" NOLOGIN {inherits}; '
                f"EXCEPTION WHEN duplicate_object THEN NULL; END $$"
            )
            if part == "heir":
                yield f'GRANT "{names["staff"]}" TO "{names["heir"]}"'
            yield f'GRANT "{names[part]}" TO "{names["site"]}"'
            yield f'GRANT USAGE ON SCHEMA public TO "{names[part]}"'
        yield f'GRANT SELECT ON django_migrations TO "{names["site"]}"'

    def backwards(self, names):
        for part in ("gate", "staff", "whole"):
            yield f'DROP OWNED BY "{names[part]}"'
            yield f'DROP ROLE "{names[part]}"'

    def describe(self):
        return "Create the database roles of the site"


class Protect(Policies, DatabaseOperation):
    """Row-level security and audit trail for one table.

    kind: own (has a unit_id), file (unit_id follows the member), history (unit_id never changes), unit, account,
    card (derived by trigger: read only), hub (between a record and what hangs on it: its triggers' alone),
    event (insert only), record (insert only, read in range), staged (one's own, for a day), personal (one's own
    settings; rows with the flag `shared` are read in the same unit), rules (read by all, written by the office), view,
    gate, or public (reference data).
    Web roles never get DELETE, except at the gate and of what they staged; `Undoable` adds what an undo takes back.
    """

    def __init__(
        self, table, kind="own", *, key="id", unit="unit_id", parent=None, force=False, withheld=(), shared=None
    ):
        self.table, self.kind, self.key, self.unit, self.force = table, kind, key, unit, force
        self.withheld, self.shared = withheld, shared
        self.parent = parent or (("personnel_member", "member_id") if kind == "file" else None)

    def deconstruct(self):
        return (
            "Protect",
            [self.table, self.kind],
            {name: getattr(self, name) for name in ("key", "unit", "parent", "force", "withheld", "shared")},
        )

    def describe(self):
        return f"Put {self.table} behind the scope and into the trail"

    def forwards(self, names):
        yield from getattr(self, f"policies_{self.kind}")({part: f'"{name}"' for part, name in names.items()})
        if self.parent:
            yield self.filled_unit_sql(*self.parent)
        if self.kind in AUDITED:
            yield self.trail_sql()

    def backwards(self, names):
        quoted = ", ".join(f'"{names[part]}"' for part in ("gate", "staff", "whole"))
        yield f"REVOKE ALL ON {self.table} FROM {quoted}"
        if self.kind in ("view", "gate", "public"):
            return
        yield f"ALTER TABLE {self.table} DISABLE ROW LEVEL SECURITY"
        yield (
            "DO $$ DECLARE p text; BEGIN FOR p IN SELECT policyname FROM pg_policies "  # noqa: S608 (names of the code)
            f"WHERE tablename = '{self.table}' LOOP "
            f"EXECUTE format('DROP POLICY %I ON {self.table}', p); END LOOP; END $$"
        )
        for trigger in (
            "trail_insert",
            "trail_update",
            "trail_delete",
            "key_never_changes",
            "unit_is_filled",
            "place_never_changes",
        ):
            yield f"DROP TRIGGER IF EXISTS {trigger} ON {self.table}"
        for function in ("trail", "fill_unit"):
            yield f"DROP FUNCTION IF EXISTS {function}_{self.table}()"

    def filled_unit_sql(self, table, column):
        """A row that names no unit takes that of the row it hangs on, as far as the writer may see it."""
        return f"""
CREATE FUNCTION fill_unit_{self.table}() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  SELECT p.unit_id INTO NEW.unit_id FROM {table} p WHERE p.id = NEW.{column};
  RETURN NEW;
END $$;
CREATE TRIGGER unit_is_filled BEFORE INSERT ON {self.table} FOR EACH ROW
  WHEN (NEW.unit_id IS NULL) EXECUTE FUNCTION fill_unit_{self.table}();
"""  # noqa: S608 (names of the code)

    def trail_sql(self):
        return self.trail_function_sql() + TRAIL_TRIGGERS.format(table=self.table, key=self.key)

    def trail_function_sql(self):
        return trail_function(
            self.connection,
            self.table,
            key=self.key,
            unit=self.unit,
            member=self.member,
            withheld=self.withheld,
        )

    @property
    def member(self):
        """The column that names the member a row belongs to, or None."""
        return "id" if self.table == "personnel_member" else "member_id" if self.kind in ("file", "history") else None


class Undoable(DatabaseOperation):
    """Lets web roles delete rows of a protected table while, and as far as, an undo takes them back.

    `created` selects the keys of those rows (values of `key`); it sees what the undoing account sees. `only` says that
    the table has a policy for all commands already, which is narrowed. A table that several kinds of work take rows
    back from has a policy for each, named after it; `first` is the one that brought the grant.
    """

    def __init__(self, table, created, *, only=True, key="id", named="undo", first=True):
        self.table, self.created, self.only, self.key, self.named, self.first = table, created, only, key, named, first

    def deconstruct(self):
        more = {name: getattr(self, name) for name in ("only", "key", "named", "first")}
        return ("Undoable", [self.table, self.created], more)

    def describe(self):
        return f"Let an undo delete what its batch created in {self.table}"

    def forwards(self, names):
        kind = "RESTRICTIVE" if self.only else "PERMISSIVE"
        for part, reach in (("staff", f"unit_id {RANGE} AND "), ("whole", "")):
            yield f'GRANT DELETE ON {self.table} TO "{names[part]}"'
            yield (
                f'CREATE POLICY of_{part}_{self.named} ON {self.table} AS {kind} FOR DELETE TO "{names[part]}"'
                f" USING ({reach}{self.key} IN ({self.created}))"
            )

    def backwards(self, names):
        for part in ("staff", "whole"):
            if self.first:
                yield f'REVOKE DELETE ON {self.table} FROM "{names[part]}"'
            yield f"DROP POLICY of_{part}_{self.named} ON {self.table}"


class Retrail(Protect):
    """Writes the trail function of a protected table anew, after its columns changed."""

    def forwards(self, names):
        yield self.trail_function_sql()

    def backwards(self, names):
        return []

    def deconstruct(self):
        return ("Retrail", *super().deconstruct()[1:])

    def describe(self):
        return f"Let the trail know the columns of {self.table}"
