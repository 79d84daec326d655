"""Roles and databases of the cluster: an administrator, an owner who migrates, and the site's powerless login."""

import psycopg2
from psycopg2.errors import DuplicateDatabase, UniqueViolation
from psycopg2.extensions import connection as Connection
from psycopg2.sql import SQL, Identifier, Literal

SUPERUSER = "postgres"
OWNER = "qunfang_owner"
SITE = "qunfang"

POWERS = {
    OWNER: "LOGIN INHERIT CREATEROLE CREATEDB NOSUPERUSER NOREPLICATION NOBYPASSRLS",
    # NOINHERIT: the site must take a role for each request; without one it sees nothing.
    SITE: "LOGIN NOINHERIT NOCREATEROLE NOCREATEDB NOSUPERUSER NOREPLICATION NOBYPASSRLS",
}
ROLES = (SUPERUSER, *POWERS)


def complete(connection: Connection) -> bool:
    """True when every role exists."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)", [list(ROLES)])
        return cursor.fetchone() == (len(ROLES),)


def provision(connection: Connection, passwords: dict[str, str]) -> None:
    """Create the roles that are missing, and give all of them their powers and passwords; safe to repeat."""
    with connection, connection.cursor() as cursor:
        for role, powers in POWERS.items():
            cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [role])
            if not cursor.rowcount:
                cursor.execute(SQL("CREATE ROLE {}").format(Identifier(role)))
            cursor.execute(
                SQL("ALTER ROLE {} WITH {} PASSWORD {}").format(Identifier(role), SQL(powers), Literal(passwords[role]))
            )
        # The owner connects to `postgres` to create databases; nobody else has anything to do in the stock databases.
        for name in ("postgres", "template1"):
            close_database(cursor, name, OWNER)


def ensure_database(connection: Connection, name: str) -> None:
    """Create the database, owned by the owner and open to the two logins only. The connection is in autocommit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        if cursor.rowcount:
            return
        try:
            cursor.execute(SQL("CREATE DATABASE {} OWNER {}").format(Identifier(name), Identifier(OWNER)))
        except (DuplicateDatabase, UniqueViolation):  # another process was faster; the latter where both were at it
            return
        close_database(cursor, name, OWNER, SITE)


def close_database(cursor: "psycopg2.extensions.cursor", name: str, *logins: str) -> None:
    """Let only these logins connect. USAGE of schema public stays with everybody, as on any other server."""
    cursor.execute(SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(Identifier(name)))
    cursor.execute(
        SQL("GRANT CONNECT ON DATABASE {} TO {}").format(Identifier(name), SQL(", ").join(map(Identifier, logins)))
    )
