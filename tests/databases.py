"""Databases of the tests. The migrations run once for the whole run; what they made is kept as SQL for the others.

A database is no template for another: the roles behind the site's login are named after it, and policies know roles by
number. The SQL of the first, with the name of the next in its place, makes the next as the migrations would.
"""

import fcntl
import os
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import ProgrammingError, connections
from psycopg2.sql import SQL, Identifier

from config.localpg.binaries import program
from organization.inheritance import CreateHeirs
from organization.protection import CreateRoles, roles

DROP = SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
KEPT = Path(os.environ["VAR_DIR"]) / "migrated"  # one for the workers of a run, gone with its server
NAME = "name-of-the-database"


@contextmanager
def migrated_database(name):
    """Both connections are turned to a new, migrated database; afterwards it is gone and they are as before."""
    owner, site = connections["owner"], connections["default"]
    usual = owner.settings_dict["NAME"], site.settings_dict["NAME"]
    drop(owner, name)
    with owner._nodb_cursor() as cursor:
        cursor.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    try:
        turn(name, name)
        fill(owner)
        yield
    finally:
        turn(*usual)
        drop(owner, name)


def drop(owner, name):
    """Drop the database and whatever is connected; later, while the vacuum, which nobody may end, is at it."""
    for left in reversed(range(20)):
        try:
            with owner._nodb_cursor() as cursor:
                cursor.execute(DROP.format(Identifier(name)))
            return
        except ProgrammingError:
            if not left:
                raise
            time.sleep(1)


def turn(owner, site):
    for alias, name in (("owner", owner), ("default", site)):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def fill(owner):
    """Migrate the empty database; from what was kept, where another test or worker did it before."""
    with KEPT.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = KEPT.read_text(encoding="utf-8") if KEPT.exists() else ""
        if not kept:
            call_command("migrate", database="owner", verbosity=0, skip_checks=True)
            keep(owner)
    if kept:
        copy(owner, kept)


def keep(owner):
    name = owner.settings_dict["NAME"]
    dump = client(owner, "pg_dump", "--no-owner", "--enable-row-security")
    # What PostgreSQL before 17 does not know, and no test needs.
    lines = (line for line in dump.splitlines(keepends=True) if not line.startswith("SET transaction_timeout"))
    KEPT.write_text("".join(lines).replace(name, NAME), encoding="utf-8")


def copy(owner, kept):
    with owner.cursor() as cursor:
        names = roles(owner)
        for statement in (*CreateRoles().forwards(names), *CreateHeirs().forwards(names)):
            if "django_migrations" not in statement:  # there as yet is no table; the SQL has its rights
                cursor.execute(statement)
    owner.close()
    sql = kept.replace(NAME, owner.settings_dict["NAME"])
    client(owner, "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", given=sql)


def client(owner, name, *arguments, given=None):
    """Run a program of PostgreSQL as the owner of the database; answers what it wrote."""
    usual = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    kinds = {"NAME": "PGDATABASE", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "HOST": "PGHOST", "PORT": "PGPORT"}
    to = {kind: str(owner.settings_dict[key]) for key, kind in kinds.items() if owner.settings_dict.get(key)}
    command = [program(name), *arguments]
    done = subprocess.run(
        command, env=usual | to | {"PGCLIENTENCODING": "UTF8"}, input=given, capture_output=True, encoding="utf-8",
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout
