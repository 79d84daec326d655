"""A throw-away cluster for tests: fast, durable in nothing, gone when its user is gone, however that one ends.

`with` and atexit remove it in the ordinary course (failed tests and Ctrl-C included). For the rest (kill -9, a crash of
the interpreter) a small watcher process holds the reading end of a pipe whose writing end only we have: the kernel
closes it with us, the watcher wakes up and clears away. See watcher.py.
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from . import process, records
from .account import server_account
from .server import Cluster, cluster

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def temporary_cluster() -> Iterator[Cluster]:
    """A running cluster in a temporary directory, removed on leaving."""
    directory = Path(tempfile.mkdtemp(prefix="qunfang-test-")).resolve()
    if os.geteuid() == 0:
        directory.chmod(0o711)  # the server runs as another user and must pass
    made = cluster(directory, durable=False)
    watcher = watch(directory)
    owner = os.getpid()

    def clear() -> None:
        if os.getpid() == owner:  # a forked child leaves through here too
            remove(directory)

    atexit.register(clear)
    try:
        made.start()
        yield made
    finally:
        clear()
        atexit.unregister(clear)
        watcher.communicate()


def watch(directory: Path) -> subprocess.Popen[bytes]:
    """A process that removes the cluster as soon as this one is gone."""
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "config.localpg.watcher", directory],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def remove(directory: Path) -> None:
    """Stop the cluster of a temporary directory at once and delete everything it left; safe to repeat."""
    made = cluster(directory, durable=False)
    if made.data.exists():
        with suppress(Exception):  # the directory may go away under us: whoever is faster clears it
            made.stop("immediate")
        process.wait_until(lambda: not process.leftovers(made.data), 5)
    if socket_dir := records.read_socket_dir(made.socket_record, server_account(made.data).uid):
        shutil.rmtree(socket_dir, ignore_errors=True)
    shutil.rmtree(directory, ignore_errors=True)
