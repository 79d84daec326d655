"""The side of the web server: starts a child process, gives it the bytes, and hears what it tells in lines."""

import atexit
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
_SOON, _WAITS = 0.6, 600  # seconds: who sends one roster mostly sends the next soon, or none today
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")


Child = subprocess.Popen[bytes]


class CutOff(Exception):
    """The child died, took too long or told too much."""


def program(module: str) -> str:
    """What a child runs: `main` of the module."""
    return f"import sys; sys.path[:0] = sys.argv[1:]; from {module} import main; main()"


def lines(
    run: str,
    library: str | None,
    data: bytes,
    limits: Any,
    longest: int,
    *,
    meanwhile: Callable[[], None] | None = None,
    more_to_come: bool = False,
) -> Iterator[bytes]:
    """The lines that a child tells of the data; `library` is a file of the package that reads them. Raises CutOff.

    The limits are the first line that it hears, as JSON. `meanwhile` is called once the child is at work. Where there
    is `more_to_come`, the next child is started soon after this one ends, and waits with everything imported.
    """
    with _waiting.take(run, library) or _started(run, library) as child:
        given = json.dumps(asdict(limits)).encode() + b"\n"
        feeder = threading.Thread(target=_feed, args=(child.stdin, given, data), daemon=True)
        watchdog = threading.Timer(limits.patience * limits.seconds_for(len(data)), child.kill)
        feeder.start()
        watchdog.start()
        try:
            if meanwhile:
                meanwhile()
            yield from _heard(child.stdout, limits.answer_bytes, longest)
        except CutOff:
            more_to_come = False  # a program that fails is not left waiting
            raise
        finally:
            watchdog.cancel()
            child.kill()
            feeder.join()
            if more_to_come:
                _waiting.put(run, library)


def _started(run: str, library: str | None) -> Child:
    installed = str(Path(library or "").parents[1])
    # Isolated (-I, -S): neither the working directory nor the environment can put other modules in the way.
    command = [sys.executable, "-I", "-S", "-c", run, str(_PROJECT), installed]
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    pipe = subprocess.PIPE
    return subprocess.Popen(  # noqa: S603 (no word of the command comes from outside)
        command,
        stdin=pipe,
        stdout=pipe,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd="/",
        pipesize=_AHEAD,
    )


class _Waiting:
    """Children that have imported everything and wait for bytes: one of each program, for some minutes.

    Starting and importing take a third of a second, longer than most rosters. Each child still reads one file only.
    When this process ends, however that comes, their input ends and so do they.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._children: dict[tuple[int, str, str | None], tuple[Child, threading.Timer]] = {}

    def take(self, run: str, library: str | None) -> Child | None:
        """One that waits, if there is one and it lives; whoever takes it has it alone."""
        with self._lock:
            child, timer = self._children.pop((os.getpid(), run, library), (None, None))
        if timer:
            timer.cancel()
        return child if child and child.poll() is None else None

    def put(self, run: str, library: str | None) -> None:
        """Let one wait, unless one does: soon, when what the last one told has been dealt with."""
        self._later(_SOON, self._start, run, library)

    def _start(self, run: str, library: str | None) -> None:
        key = os.getpid(), run, library  # a process that was forked from this one has none of its children
        with self._lock:
            if key not in self._children:
                self._children[key] = _started(run, library), self._later(_WAITS, self._dismiss, run, library)

    def _later(self, seconds: float, function: Callable, *given) -> threading.Timer:
        timer = threading.Timer(seconds, function, given)
        timer.daemon = True
        timer.start()
        return timer

    def dismiss_all(self) -> None:
        for pid, run, library in list(self._children):
            if pid == os.getpid():
                self._dismiss(run, library)

    def _dismiss(self, run: str, library: str | None) -> None:
        if child := self.take(run, library):
            with child:
                child.kill()


_waiting = _Waiting()
atexit.register(_waiting.dismiss_all)


def _feed(stdin: IO[bytes] | None, given: bytes, data: bytes) -> None:
    with contextlib.suppress(OSError, ValueError):  # the child has ended before it took all
        if stdin is not None:
            stdin.write(given)
            stdin.write(data)
            stdin.close()


def _heard(stdout: IO[bytes] | None, left: int, longest: int) -> Iterator[bytes]:
    while stdout is not None:
        line = stdout.readline(min(left, longest) + 1)
        left -= len(line)
        if left < 0 or not line.endswith(b"\n"):
            raise CutOff
        yield line
