"""Databases of their own: empty and migrated, for what fills a whole database."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connections
from psycopg2.sql import SQL, Identifier

ROOT = Path(__file__).resolve().parents[3]
DROP = SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")


@contextmanager
def empty_database(name):
    """Both connections are turned to a new, migrated database; afterwards it is gone and they are as before."""
    name += os.environ.get("PYTEST_XDIST_WORKER", "")
    owner, site = connections["owner"], connections["default"]
    usual = owner.settings_dict["NAME"], site.settings_dict["NAME"]
    with owner._nodb_cursor() as cursor:
        cursor.execute(DROP.format(Identifier(name)))
        cursor.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    try:
        turn(name, name)
        call_command("migrate", database="owner", verbosity=0, skip_checks=True)
        yield
    finally:
        turn(*usual)
        with owner._nodb_cursor() as cursor:
            cursor.execute(DROP.format(Identifier(name)))


def turn(owner, site):
    for alias, name in (("owner", owner), ("default", site)):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def environment(var_dir, **more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "DEMO_"))}
    return {**kept, "VAR_DIR": str(var_dir), **more}


def manage(var_dir, *arguments, **more):
    """A command as it is typed, on the server of that directory."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment(var_dir, **more), capture_output=True,
        text=True, timeout=180, check=False,
    )  # fmt: skip
