"""A copy of a database in one private file."""

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from .binaries import program
from .errors import N_, LocalPgError

if TYPE_CHECKING:
    from .server import Cluster


def dump(cluster: "Cluster", dbname: str, path: Path) -> int:
    """Write the database to `path` (pg_dump's custom format, mode 0600, synced). Returns its size in bytes.

    Refuses to overwrite; a failed dump leaves no file. The server must run.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise LocalPgError(N_("%(file)s exists already: name another file."), file=path) from error
    except OSError as error:
        raise LocalPgError(
            N_("%(file)s cannot be written (%(reason)s): name another file."), file=path, reason=error.strerror
        ) from error
    with os.fdopen(handle, "wb") as file:
        done = subprocess.run(  # noqa: S603
            [program("pg_dump"), "--format=custom", "--no-password"],
            check=False,
            env=cluster.client_environment(dbname),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.PIPE,
        )
        os.fsync(handle)
        size = os.fstat(handle).st_size
    if done.returncode:
        path.unlink()
        reason = done.stderr.decode(errors="replace").strip()
        raise LocalPgError(N_("%(program)s failed: %(reason)s"), program="pg_dump", reason=reason)
    return size
