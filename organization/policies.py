"""The policies of row-level security, by kind of table: what each means stands with `Protect`, which puts them up."""

import re

RANGE = (
    "BETWEEN NULLIF(current_setting('app.unit_low', true), '')::bigint"
    " AND NULLIF(current_setting('app.unit_high', true), '')::bigint"
)
MAY_ADMINISTER = "current_setting('app.duty', true) IN ('staff', 'sysadmin', 'secadmin')"
IS_SELF = "id = NULLIF(current_setting('app.actor', true), '')::bigint"
IS_AUDITOR = "current_setting('app.duty', true) = 'auditor'"
VISIBLE_MEMBER = "EXISTS (SELECT FROM personnel_member m WHERE m.id = member_id)"
STAGED_FOR = "interval '1 day'"
FORCE_IS_OURS = "force = ANY (string_to_array(current_setting('app.forces', true), ','))"
_SETTING = re.compile(
    r"NULLIF\(current_setting\('app\.\w+', true\), ''\)::bigint"
    r"|(string_to_array\(current_setting\('app\.\w+', true\), ','\))"
)


def asked_once(check: str) -> str:
    """What is checked of each new row, with the settings read once a statement.

    Not so what is read: by the settings themselves the planner knows how many rows they leave.
    """
    return _SETTING.sub(lambda found: f"(SELECT {found[0]})" + ("::text[]" if found[1] else ""), check)


class Policies:
    """SQL of the policies and grants of one table. `q` are the quoted names of the roles by part."""

    table: str
    key: str
    unit: str | None
    force: bool
    shared: str | None

    def secured(self, q):
        yield f"ALTER TABLE {self.table} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {self.table} FORCE ROW LEVEL SECURITY"
        yield f"CREATE POLICY of_owner ON {self.table} TO {q['owner']} USING (true) WITH CHECK (true)"

    def usable(self, q, verbs, to=("staff", "whole")):
        who = ", ".join(q[part] for part in to)
        yield f"GRANT {verbs} ON {self.table} TO {who}"
        if "INSERT" in verbs and self.key == "id":
            yield (
                f"DO $$ BEGIN EXECUTE format('GRANT USAGE ON SEQUENCE %s TO {who}', "
                f"pg_get_serial_sequence('{self.table}', 'id')); END $$"
            )

    def policy(self, name, role, command, using="", check=""):
        using = f" USING ({using})" if using else ""
        check = f" WITH CHECK ({asked_once(check)})" if check else ""
        return f"CREATE POLICY {name} ON {self.table} FOR {command} TO {role}{using}{check}"

    def policies_own(self, q):
        inside = f"{self.unit} {RANGE}"
        yield from self.secured(q)
        yield self.policy("of_staff", q["staff"], "ALL", inside, inside)
        yield self.policy("of_whole", q["whole"], "ALL", "true", "true")
        yield from self.usable(q, "SELECT, INSERT, UPDATE")

    policies_file = policies_own

    def policies_history(self, q):
        """Only the unit that keeps the file adds history; what happened stays where it happened."""
        inside, ours = f"{self.unit} {RANGE}", FORCE_IS_OURS if self.force else "true"
        yield from self.secured(q)
        for role, reach in (("staff", inside), ("whole", "true")):
            yield self.policy(f"of_{role}", q[role], "SELECT", reach)
            yield self.policy(f"of_{role}_new", q[role], "INSERT", check=f"{reach} AND {ours} AND {VISIBLE_MEMBER}")
            yield self.policy(f"of_{role}_change", q[role], "UPDATE", f"{reach} AND {ours}", f"{reach} AND {ours}")
        yield from self.usable(q, "SELECT, INSERT, UPDATE")
        yield (
            f"CREATE TRIGGER place_never_changes BEFORE UPDATE OF {self.unit}, member_id ON {self.table} FOR EACH ROW "
            f"WHEN (OLD.{self.unit} IS DISTINCT FROM NEW.{self.unit} OR OLD.member_id IS DISTINCT FROM NEW.member_id) "
            "EXECUTE FUNCTION refuse_change('unit')"
        )

    def policies_card(self, q):
        yield from self.secured(q)
        yield self.policy("of_staff", q["staff"], "SELECT", f"{self.unit} {RANGE}")
        yield self.policy("of_whole", q["whole"], "SELECT", "true")
        yield from self.usable(q, "SELECT")

    def policies_hub(self, q):
        yield from self.secured(q)

    def policies_unit(self, q):
        """Unit names are public; a unit is written by those whose range it lies in."""
        inside = f"{self.unit} {RANGE}"
        yield from self.secured(q)
        for role, reach in (("staff", inside), ("whole", "true")):
            yield self.policy(f"of_{role}", q[role], "SELECT", "true")
            yield self.policy(f"of_{role}_new", q[role], "INSERT", check=reach)
            yield self.policy(f"of_{role}_change", q[role], "UPDATE", reach, reach)
        yield self.policy("of_gate", q["gate"], "SELECT", "true")
        yield from self.usable(q, "SELECT, INSERT, UPDATE")
        yield from self.usable(q, "SELECT", to=("gate",))

    def policies_account(self, q):
        """The gate reads accounts to let them in; staff see their range, and write it or themselves."""
        inside = f"{self.unit} {RANGE}"
        yield from self.secured(q)
        for role, reach in (("staff", inside), ("whole", "true")):
            may = f"{reach} AND ({MAY_ADMINISTER} OR {IS_SELF})"
            yield self.policy(f"of_{role}", q[role], "SELECT", reach)
            yield self.policy(f"of_{role}_new", q[role], "INSERT", check=may)
            yield self.policy(f"of_{role}_change", q[role], "UPDATE", may, may)
        yield self.policy("of_gate", q["gate"], "SELECT", "true")
        yield self.policy("of_gate_login", q["gate"], "UPDATE", "true", "true")
        yield from self.usable(q, "SELECT, INSERT, UPDATE")
        yield f"GRANT SELECT, UPDATE (last_login, issued_used_at, password) ON {self.table} TO {q['gate']}"

    def policies_record(self, q):
        """Written once by whoever acts there, read in the range; it is a log itself, so no trail is kept of it."""
        inside = f"{self.unit} {RANGE}"
        yield from self.secured(q)
        for role, reach in (("staff", inside), ("whole", "true")):
            yield self.policy(f"of_{role}", q[role], "SELECT", reach)
            yield self.policy(f"of_{role}_new", q[role], "INSERT", check=reach)
        yield from self.usable(q, "SELECT, INSERT")

    def policies_staged(self, q):
        """What an account is working on: its own alone, in its range, and not longer than a day."""
        mine = f"actor = NULLIF(current_setting('app.actor', true), '')::bigint AND staged_at > now() - {STAGED_FOR}"
        yield from self.secured(q)
        for role, reach in (("staff", f"{mine} AND {self.unit} {RANGE}"), ("whole", mine)):
            yield self.policy(f"of_{role}", q[role], "ALL", reach, reach)
        yield from self.usable(q, "SELECT, INSERT, UPDATE, DELETE")
        # The gate clears away what nobody sees any more: it deletes without looking.
        yield self.policy("of_gate_old", q["gate"], "DELETE", f"staged_at <= now() - {STAGED_FOR}")
        yield f"GRANT DELETE ON {self.table} TO {q['gate']}"

    def policies_personal(self, q):
        """What an account keeps for itself and throws away again; nobody else sees it, a superior neither."""
        mine = "actor = NULLIF(current_setting('app.actor', true), '')::bigint"
        yield from self.secured(q)
        for role in ("staff", "whole"):
            yield self.policy(f"of_{role}", q[role], "ALL", mine, f"{mine} AND {self.unit} {RANGE}")
            if self.shared:
                here = f"{self.unit} = NULLIF(current_setting('app.unit_low', true), '')::bigint"
                yield self.policy(f"of_{role}_shared", q[role], "SELECT", f"{self.shared} AND {here}")
        yield from self.usable(q, "SELECT, INSERT, UPDATE, DELETE")

    def policies_rules(self, q):
        """Rules of the whole office: everybody reads them, only an account of the root writes them."""
        yield from self.secured(q)
        yield self.policy("of_staff", q["staff"], "SELECT", "true")
        yield self.policy("of_whole", q["whole"], "ALL", "true", "true")
        yield from self.usable(q, "SELECT", to=("staff",))
        yield from self.usable(q, "SELECT, INSERT, UPDATE", to=("whole",))

    def policies_event(self, q):
        yield from self.secured(q)
        for role in ("gate", "staff", "whole"):
            yield self.policy(f"of_{role}_new", q[role], "INSERT", check="true")
        for role in ("staff", "whole"):
            yield self.policy(f"of_{role}", q[role], "SELECT", IS_AUDITOR)
        yield from self.usable(q, "INSERT", to=("gate", "staff", "whole"))
        yield from self.usable(q, "SELECT")

    def policies_view(self, q):
        yield from self.usable(q, "SELECT")

    def policies_gate(self, q):
        yield from self.usable(q, "SELECT, INSERT, UPDATE, DELETE", to=("gate",))

    def policies_public(self, q):
        yield from self.usable(q, "SELECT", to=("gate", "staff", "whole"))
