"""Databases of their own: empty and migrated, for what fills a whole database."""

import os
import subprocess
import sys
from pathlib import Path

from tests.databases import migrated_database

ROOT = Path(__file__).resolve().parents[3]


def empty_database(name):
    """Both connections are turned to a new, migrated database; afterwards it is gone and they are as before."""
    return migrated_database(name + os.environ.get("PYTEST_XDIST_WORKER", ""))


def environment(var_dir, **more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "DEMO_"))}
    return {**kept, "VAR_DIR": str(var_dir), **more}


def manage(var_dir, *arguments, **more):
    """A command as it is typed, on the server of that directory."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment(var_dir, **more), capture_output=True,
        text=True, timeout=180, check=False,
    )  # fmt: skip
