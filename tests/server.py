"""A throw-away server for the whole run, started before the settings are read (`-p tests.server`).

TEST_DATABASE_URL and TEST_DATABASE_ADMIN_URL run the tests on another server instead.
"""

import atexit
import os
from contextlib import ExitStack

MARK = "QUNFANG_TEST_SERVER"


def start() -> None:
    """Point the settings at a server of our own; workers of a parallel run share their parent's."""
    if os.environ.get(MARK):
        return
    from config.localpg import OWNER, SITE, temporary_cluster

    stack = ExitStack()
    atexit.register(stack.close)
    local = stack.enter_context(temporary_cluster())
    os.environ[MARK] = "1"
    os.environ["VAR_DIR"] = str(local.home.parent)
    if os.environ.get("TEST_DATABASE_URL"):
        os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
        os.environ["DATABASE_ADMIN_URL"] = os.environ["TEST_DATABASE_ADMIN_URL"]
        return
    local.ensure_database("qunfang")
    os.environ.pop("DATABASE_URL", None)


start()
