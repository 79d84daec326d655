"""The running server, seen from outside: which processes work in a data directory, and how they are ended.

A pid file proves nothing: after a crash its number may belong to nobody, to a zombie or to another program. A
PostgreSQL process is recognised by its name and its working directory, which is the data directory. Where there is no
/proc the number in the pid file is believed, as PostgreSQL itself does.
"""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PROC_STATUS = Path("/proc/self/status")
SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}


def pid_in_file(data: Path) -> int | None:
    """The number in the data directory's postmaster.pid, whatever it is worth."""
    try:
        return int((data / "postmaster.pid").read_text(errors="replace").split()[0])
    except (OSError, ValueError, IndexError):
        return None


def socket_in_file(data: Path) -> str:
    """The socket directory named in the data directory's postmaster.pid; empty if there is none."""
    try:
        return (data / "postmaster.pid").read_text(errors="replace").splitlines()[4]
    except (OSError, IndexError):
        return ""


def postmaster(data: Path) -> int | None:
    """The pid of the live server of this data directory, or None."""
    pid = pid_in_file(data)
    return pid if pid is not None and pid > 0 and serves(pid, data) else None


def serves(pid: int, data: Path) -> bool:
    """True when the process is a live PostgreSQL process of this data directory."""
    if not PROC_STATUS.exists():
        return exists(pid)
    status = status_of(pid)
    if status.get("Name") != "postgres" or is_dead(status):
        return False
    try:
        return os.path.samefile(f"/proc/{pid}/cwd", data)
    except FileNotFoundError:
        return False
    except PermissionError:  # a server with more rights than we have: taking it for dead could cost the data
        return int(status["Uid"].split()[0]) == data.stat().st_uid


def alive(pid: int) -> bool:
    """True when the process exists and is no zombie."""
    return exists(pid) and not (PROC_STATUS.exists() and is_dead(status_of(pid)))


def status_of(pid: int) -> dict[str, str]:
    """What the kernel says of a process: Name, State, Uid, ...; empty if there is none."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(errors="replace").splitlines()
    except OSError:
        return {}
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def is_dead(status: dict[str, str]) -> bool:
    return status.get("State", "X")[0] in "ZX"


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def leftovers(data: Path) -> list[int]:
    """Every PostgreSQL process of this data directory, the server and what survived it."""
    if not PROC_STATUS.exists():
        return []
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and serves(int(name), data)]


def clear_the_way(data: Path, socket_dir: Path) -> None:
    """After a crash: wait for surviving backends, end them if they stay, and remove the marks of a server that is gone.

    Call it only while holding the start lock and with no live server. The pid file of a dead process is left to
    PostgreSQL, which also checks the shared memory named in it; of a zombie or another program it would be believed.
    """
    for patience, number in ((10, signal.SIGQUIT), (5, signal.SIGKILL)):
        if wait_until(lambda: not leftovers(data), patience):
            break
        for survivor in leftovers(data):
            with suppress(ProcessLookupError):
                os.kill(survivor, number)
    named = pid_in_file(data)  # negative: a single-user backend wrote it
    if not wait_until(lambda: not leftovers(data), 5):
        return  # PostgreSQL will refuse to start, and say why
    if named is None or exists(abs(named)):
        (data / "postmaster.pid").unlink(missing_ok=True)
    for mark in socket_dir.glob(".s.PGSQL.*"):  # the socket's own lock file names the same process
        mark.unlink(missing_ok=True)


def end(data: Path, pid: int, mode: str, seconds: float) -> bool:
    """Ask the server to stop (smart, fast or immediate) and wait; True when it is gone."""
    with suppress(ProcessLookupError):
        os.kill(pid, SIGNALS[mode])
    return wait_until(lambda: not serves(pid, data), seconds)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Ask every 20 ms until the condition holds; False when the seconds are over."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
