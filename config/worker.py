"""The worker beside the site: a process of its own, so that a long job slows nobody's page, and one that minds it.

`python -m config.worker` starts `manage.py work --beside`, and again whenever that ends, until its own input ends. It
does nothing else, so that nothing ends it: a worker may be killed in the middle of a job, by the system short of memory
or by hand, and the job must not wait for the next start of the site.
"""

import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 5  # for a job at the end of the site; what it has not written by then it will do again
LOOK_EVERY_SECONDS = 1
AT_ONCE_SECONDS = 10  # a worker that ends sooner is started again later and later
LONGEST_PAUSE_SECONDS = 60


@contextmanager
def beside() -> Iterator[None]:
    """Have a worker for as long as the block, and no longer than the processes that hold its minder's input."""
    minder = subprocess.Popen(
        [sys.executable, "-m", "config.worker"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C in the terminal is for the site
    )
    try:
        yield
    finally:
        if minder.stdin:
            minder.stdin.close()
        _wait(minder, PATIENCE_SECONDS + 2 * LOOK_EVERY_SECONDS)


def mind() -> None:
    """Start the worker again whenever it ends, until standard input ends; each time later, if it ends at once.

    The worker has the same input, so that it outlives whoever minds it, and not the site.
    """
    pause = LOOK_EVERY_SECONDS
    while True:
        worker = subprocess.Popen([sys.executable, "manage.py", "work", "--beside"], cwd=ROOT)
        begun = time.monotonic()
        while worker.poll() is None:
            if _input_ended(LOOK_EVERY_SECONDS):
                _wait(worker, PATIENCE_SECONDS)
                return
        if time.monotonic() - begun > AT_ONCE_SECONDS:
            pause = LOOK_EVERY_SECONDS
        sys.stderr.write(f"manage.py work ended ({worker.returncode}); it is started again\n")
        if _input_ended(pause):
            return
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def _wait(process: subprocess.Popen[bytes], patience: float) -> None:
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _input_ended(seconds: float) -> bool:
    return bool(select.select([sys.stdin], [], [], seconds)[0])


if __name__ == "__main__":
    mind()
