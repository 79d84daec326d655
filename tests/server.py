"""A throw-away server for the whole run, started before the settings are read (`-p tests.server`).

TEST_DATABASE_URL and TEST_DATABASE_ADMIN_URL run the tests on another server instead.
`python -m tests.server COMMAND ...` runs one command on such a server.
"""

import atexit
import os
import subprocess
import sys
from contextlib import ExitStack

MARK = "QUNFANG_TEST_SERVER"


def start() -> None:
    """Point the settings at a server of our own; workers of a parallel run share their parent's."""
    if os.environ.get(MARK):
        return
    # Hundreds of processes follow, of this site: none shall compile it again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    from config.catalogue import compile_stale
    from config.localpg import temporary_cluster

    compile_stale()
    stack = ExitStack()
    atexit.register(stack.close)
    local = stack.enter_context(temporary_cluster())
    os.environ[MARK] = "1"
    os.environ["VAR_DIR"] = str(local.home.parent)
    if os.environ.get("TEST_DATABASE_URL"):
        os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
        os.environ["DATABASE_ADMIN_URL"] = os.environ["TEST_DATABASE_ADMIN_URL"]
        return
    (local.home.parent / "static").mkdir()  # empty, as long as nothing is collected there
    local.ensure_database("qunfang")
    os.environ.pop("DATABASE_URL", None)


start()

if __name__ == "__main__":
    raise SystemExit(subprocess.run(sys.argv[1:], check=False).returncode)
