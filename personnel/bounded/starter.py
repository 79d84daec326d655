"""The side of the web server: starts a child process, gives it the bytes, and hears what it tells in lines."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

_PROJECT = Path(__file__).resolve().parents[2]
# The environment of the server holds its secrets; the child needs no more than a loader needs.
_AHEAD = 2**20  # bytes that the child may be ahead of whoever hears it
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")


class CutOff(Exception):
    """The child died, took too long or told too much."""


def program(module: str) -> str:
    """What a child runs: `main` of the module."""
    return f"import sys; sys.path[:0] = sys.argv[2:]; from {module} import main; main()"


def lines(
    run: str,
    library: str | None,
    data: bytes,
    limits: Any,
    longest: int,
    *,
    meanwhile: Callable[[], None] | None = None,
) -> Iterator[bytes]:
    """The lines that a child tells of the data; `library` is a file of the package that reads them. Raises CutOff.

    The limits are its first argument, as JSON. `meanwhile` is called once the child is at work.
    """
    installed = str(Path(library or "").parents[1])
    # Isolated (-I, -S): neither the working directory nor the environment can put other modules in the way.
    command = [sys.executable, "-I", "-S", "-c", run, json.dumps(asdict(limits)), str(_PROJECT), installed]
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 (no word of the command comes from outside)
        command,
        stdin=pipe,
        stdout=pipe,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd="/",
        pipesize=_AHEAD,
    ) as child:
        feeder = threading.Thread(target=_feed, args=(child.stdin, data), daemon=True)
        watchdog = threading.Timer(limits.patience * limits.seconds_for(len(data)), child.kill)
        feeder.start()
        watchdog.start()
        try:
            if meanwhile:
                meanwhile()
            yield from _heard(child.stdout, limits.answer_bytes, longest)
        finally:
            watchdog.cancel()
            child.kill()
            feeder.join()


def _feed(stdin: IO[bytes] | None, data: bytes) -> None:
    with contextlib.suppress(OSError, ValueError):  # the child has ended before it took all
        if stdin is not None:
            stdin.write(data)
            stdin.close()


def _heard(stdout: IO[bytes] | None, left: int, longest: int) -> Iterator[bytes]:
    while stdout is not None:
        line = stdout.readline(min(left, longest) + 1)
        left -= len(line)
        if left < 0 or not line.endswith(b"\n"):
            raise CutOff
        yield line
