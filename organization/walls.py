"""Do the walls stand? What a table's declared kind promises, held against what the database says of itself."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.utils.translation import gettext as _

from organization.protection import AUDITED
from organization.table_kinds import kinds, reserved, undoable

SECURED = AUDITED | {"card", "event", "hub", "personal", "record", "staged"}
STAYS = frozenset({"history", "card"})  # with the code of the unit where it happened, for its heirs to read
RANGED = frozenset({"own", "file", "history", "card", "record", "staged"})
# Tables that the gate alone reads, and the view, which has the range in its own text.
ELSEWHERE = frozenset({"gate", "view"})
WEB_ROLES = ("gate", "staff", "whole", "heir")
TRAIL_TRIGGERS = {"trail_insert", "trail_update", "trail_delete", "key_never_changes"}
QUOTED = re.compile(r"'([^']*)'")
PLAIN_TO_THE_LOGIN = "django_migrations"  # is everything applied? The site asks that before anybody has a scope.

TABLES = """
SELECT c.oid, c.relname, c.relrowsecurity AND c.relforcerowsecurity, c.relowner,
       array(SELECT array[a.attname::text, format_type(a.atttypid, NULL)] FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
       array(SELECT t.tgname::text FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgenabled IN ('O', 'A')),
       (SELECT p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE t.tgrelid = c.oid AND t.tgname = 'trail_update')
FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
"""
POLICIES = """
SELECT p.polrelid, p.polname, p.polcmd::text, r.role, pg_get_expr(p.polqual, p.polrelid)
FROM pg_policy p CROSS JOIN LATERAL unnest(p.polroles) AS r (role)
WHERE p.polpermissive OR p.polcmd = 'd'
"""
NARROWING = """
SELECT c.relname::text, r.role, pg_get_expr(p.polqual, p.polrelid)
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid CROSS JOIN LATERAL unnest(p.polroles) AS r (role)
WHERE NOT p.polpermissive AND p.polcmd = '*'
"""
GRANTS = """
SELECT c.oid, g.grantee, g.privilege_type
FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) g
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND g.grantee <> c.relowner
"""
LOGIN = """
SELECT r.rolsuper OR r.rolbypassrls,
       r.rolinherit,
       array(SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
             AND c.relkind IN ('r', 'p') AND pg_has_role(r.oid, c.relowner, 'MEMBER')),
       array(SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
             AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
             AND has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE'))
FROM pg_roles r WHERE r.rolname = %s
"""


@dataclass
class Table:
    """A table or view as the database has it."""

    name: str
    is_secured: bool
    owner: int
    columns: dict[str, str]  # with their types
    triggers: set[str]
    trail_source: str
    policies: list[tuple[str, str, int, str]] = field(default_factory=list)  # name, command, role, condition
    grants: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))


def login_faults(cursor, login: str) -> Iterator[str]:
    """What the site's login could do by itself. It must take a role for each request, and see nothing without one."""
    cursor.execute(LOGIN, [login])
    is_superuser, inherits, owned, readable = cursor.fetchone()
    if is_superuser:
        yield _("The site connects as %(login)s, which no policy binds: a superuser.") % {"login": login}
    elif owned:
        yield _("The site connects as %(login)s, which owns its tables or may become their owner.") % {"login": login}
    elif inherits:
        yield _("The site's login %(login)s inherits the rights of its roles; it has to be NOINHERIT.") % {
            "login": login
        }
    elif seen := sorted(set(readable) - {PLAIN_TO_THE_LOGIN}):
        yield _("The site's login %(login)s sees tables without a scope: %(tables)s.") % {
            "login": login,
            "tables": ", ".join(seen),
        }


def table_faults(cursor, database: str) -> Iterator[str]:
    """What tables lack of the protection that their kind promises; a table without a kind is a fault itself."""
    roles = _roles(cursor, database)
    missing = [f"{database}_{part}" for part in WEB_ROLES if part not in roles]
    if missing:
        yield _("Database roles are missing: %(roles)s.") % {"roles": ", ".join(missing)}
        return
    for table in sorted(_tables(cursor).values(), key=lambda each: each.name):
        kind = kinds().get(table.name)
        if kind is None:
            yield _("Nobody declared how the table %(table)s is protected: its migration lacks Protect.") % {
                "table": table.name
            }
            continue
        for fault in (*_unsecured(table, kind, roles), *_untracked(table, kind), *_open(table, kind, roles)):
            yield f"{table.name}: {fault}"
    yield from _unreserved(cursor, roles)


def _unreserved(cursor, roles: dict[str, int]) -> Iterator[str]:
    """Tables of some duties alone that another could come near."""
    cursor.execute(NARROWING)
    narrowed = {(table, role): condition for table, role, condition in cursor.fetchall()}
    for table, duties in reserved().items():
        for part in ("staff", "whole"):
            condition = narrowed.get((table, roles[part]), "")
            if {*QUOTED.findall(condition)} != {"app.duty", *duties} or " OR " in condition:
                yield _("%(table)s: no policy keeps other duties of %(role)s away") % {"table": table, "role": part}


def model_faults(models: Iterable | None = None) -> Iterator[str]:
    """Models with a unit or a member whose table is of a kind that asks neither."""
    for model in models or apps.get_models():
        names = {each.name for each in model._meta.get_fields() if each.concrete}
        kind = kinds().get(model._meta.db_table)
        if names & {"unit", "member"} and kind not in SECURED | ELSEWHERE:
            yield _("%(model)s has a unit or a member, but its table is not protected by them.") % {
                "model": model._meta.label
            }


def _roles(cursor, database: str) -> dict[str, int]:
    named = {f"{database}_{part}": part for part in WEB_ROLES}
    cursor.execute("SELECT rolname, oid FROM pg_roles WHERE rolname = ANY (%s)", [list(named)])
    return {named[name]: oid for name, oid in cursor.fetchall()}


def _tables(cursor) -> dict[int, Table]:
    cursor.execute(TABLES)
    tables = {
        oid: Table(name, secured, owner, dict(columns), set(triggers), source or "")
        for oid, name, secured, owner, columns, triggers, source in cursor.fetchall()
    }
    cursor.execute(POLICIES)
    for oid, name, command, role, condition in cursor.fetchall():
        if oid in tables:
            tables[oid].policies.append((name, command, role, condition or ""))
    cursor.execute(GRANTS)
    for oid, role, privilege in cursor.fetchall():
        tables[oid].grants[role].add(privilege)
    return tables


def _unsecured(table: Table, kind: str, roles: dict[str, int]) -> Iterator[str]:
    if kind not in SECURED:
        return
    if not table.is_secured:
        yield _("row-level security is not both enabled and forced")
    ours = {table.owner: "owner"} | {oid: part for part, oid in roles.items()}
    for name, command, role, condition in table.policies:
        if role not in ours:
            yield _("the policy %(policy)s is for a role that is not ours") % {"policy": name}
        elif kind in RANGED and ours[role] == "staff" and command != "a" and "app.unit_low" not in condition:
            yield _("the policy %(policy)s lets staff past their own range") % {"policy": name}
        elif ours[role] == "heir" and (command not in "r*" or "app.inherited" not in condition):
            yield _("the policy %(policy)s lets heirs past what they inherited") % {"policy": name}
    # A policy of deletion alone narrows what others allow; it lets nobody read or write.
    needed = {"owner"} if kind == "hub" else {"owner", "staff", "whole"}
    without = (needed | ({"heir"} if kind in STAYS else set())) - {
        ours.get(role) for _name, command, role, _condition in table.policies if command != "d"
    }
    if without:
        yield _("no policy for %(roles)s") % {"roles": ", ".join(sorted(without))}


def _untracked(table: Table, kind: str) -> Iterator[str]:
    if kind not in AUDITED:
        return
    if missing := sorted(TRAIL_TRIGGERS - table.triggers):
        yield _("triggers are missing or switched off: %(triggers)s") % {"triggers": ", ".join(missing)}
    elif unseen := [name for name, kind in table.columns.items() if not _is_written(name, kind, table.trail_source)]:
        yield _("the trail does not write the columns %(columns)s: its migration lacks Retrail") % {
            "columns": ", ".join(unseen)
        }


def _is_written(name: str, kind: str, trail_source: str) -> bool:
    """Whether the trail writes a column, and as what it is: else nobody could read the text of a created row."""
    is_withheld = f'CAST(CASE WHEN n."{name}" IS' in trail_source
    return f'n."{name}"' in trail_source and (is_withheld or f'CAST(n."{name}" AS {kind})' in trail_source)


def _open(table: Table, kind: str, roles: dict[str, int]) -> Iterator[str]:
    """Rights that a kind does not have.

    Nobody deletes but the gate among its own, nobody else comes near those; an undo takes back what its batch created.
    """
    allowed = {part: _allowed(kind, part) for part in roles}
    if table.name in undoable():
        narrowed = {role for _name, command, role, _condition in table.policies if command == "d"}
        for web_role in ("staff", "whole"):
            allowed[web_role] |= {"DELETE"} if roles[web_role] in narrowed else set()
    parts = {oid: part for part, oid in roles.items()}
    for role, held in table.grants.items():
        part = parts.get(role)
        if table.name == PLAIN_TO_THE_LOGIN and held == {"SELECT"}:
            continue
        if too_much := held - allowed.get(part or "", set()):
            yield _("%(role)s has rights it should not have: %(rights)s") % {
                "role": part or (_("another role") if role else "PUBLIC"),
                "rights": ", ".join(sorted(too_much)),
            }


ALL_VERBS = {"SELECT", "INSERT", "UPDATE", "DELETE"}
GATE_MAY = {
    "gate": ALL_VERBS, "public": {"SELECT"}, "staged": {"DELETE"}, "event": {"INSERT"}, "unit": {"SELECT"},
    "account": {"SELECT"},
}  # fmt: skip
OTHERS_MAY = {
    "gate": set[str](), "trail": set[str](), "hub": set[str](), "framework": set[str](), "public": {"SELECT"},
    "staged": ALL_VERBS, "card": {"SELECT"}, "view": {"SELECT"}, "event": {"SELECT", "INSERT"},
    "record": {"SELECT", "INSERT"}, "personal": ALL_VERBS,
}  # fmt: skip


def _allowed(kind: str, part: str) -> set[str]:
    if part == "gate":
        return set(GATE_MAY.get(kind, ()))
    if kind == "rules" and part == "staff":
        return {"SELECT"}
    if part == "heir":
        return set()  # all by way of staff
    return set(OTHERS_MAY.get(kind, {"SELECT", "INSERT", "UPDATE"}))
