"""The worker beside the site: a process of its own, so that a long job slows nobody's page."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 5  # for a job at the end of the site; what it has not written by then it will do again


@contextmanager
def beside() -> Iterator[None]:
    """Run `manage.py work` for as long as the block, and no longer than the processes that hold its input."""
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "work", "--beside"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C in the terminal is for the site
    )
    try:
        yield
    finally:
        if worker.stdin:
            worker.stdin.close()
        try:
            worker.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
