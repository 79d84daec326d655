"""The private files beside the data directory: the passwords, where the socket lies, who is starting the server.

They belong to the owner of the directory they lie in, also where root writes them, and nobody else may read them.
"""

import fcntl
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .account import Account
from .conf import PORT
from .errors import N_, LocalPgError

SOCKET_PATH_BYTES = 107


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Hold the directory's lock, waiting for it. The kernel drops it with its holder; programs do not inherit it."""
    with (home / "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_home(home: Path) -> None:
    """Make the directory, ours alone; a server of another user may enter, not list it. Parents stay as they are."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        own = home.stat().st_uid == os.geteuid()
        if os.geteuid() == 0 and own and stat.S_IMODE(home.stat().st_mode) != 0o711:
            home.chmod(0o711)
        with (home / "lock").open("a"):
            pass
    except PermissionError as error:
        raise LocalPgError(
            N_("%(directory)s cannot be written: start as its owner, or set VAR_DIR to a directory of yours."),
            directory=home,
        ) from error


def write_private(path: Path, text: str, uid: int) -> None:
    """Write a 0600 file of user `uid`, whole or not at all."""
    temporary = path.with_name(f"{path.name}.new")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(handle)
        if uid != os.geteuid():
            os.fchown(handle, uid, -1)
    temporary.replace(path)
    sync_directory(path.parent)


def append_and_sync(path: Path, text: str) -> None:
    """Add to an existing file, through no link: where root writes, the directory is another user's."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(handle)


def sync_directory(path: Path) -> None:
    """Make the names in a directory survive a power cut."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_passwords(path: Path) -> dict[str, str]:
    """Passwords by role. The file has the form of ~/.pgpass, so psql and pg_dump read it too."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise LocalPgError(N_("%(file)s can be read by others: close it with chmod 600."), file=path)
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except PermissionError as error:
        raise LocalPgError(N_("%(file)s cannot be read: start as the user who owns it."), file=path) from error
    return dict(line.rsplit(":", 2)[1:] for line in lines if line.count(":") == 4)


def make_passwords(path: Path, roles: tuple[str, ...]) -> dict[str, str]:
    """Add a random password for every role that has none yet."""
    passwords = read_passwords(path)
    if missing := [role for role in roles if role not in passwords]:
        passwords |= {role: secrets.token_urlsafe(24) for role in missing}
        text = "".join(f"*:*:*:{role}:{password}\n" for role, password in passwords.items())
        write_private(path, text, path.parent.stat().st_uid)
    return passwords


def read_socket_dir(record: Path, uid: int) -> Path | None:
    """The recorded socket directory, if it still is a closed directory of user `uid`, the server's.

    After a restart of the machine it is gone, and somebody else may have made one of that name to be told passwords.
    """
    try:
        path = Path(record.read_text(encoding="utf-8").strip())
        found = path.lstat()
    except (OSError, ValueError):
        return None
    closed = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
    return path if closed and found.st_uid == uid else None


def make_socket_dir(record: Path, account: Account) -> Path:
    """The recorded socket directory, or a new one with a short, unguessable name: a socket path ends at 107 bytes."""
    if found := read_socket_dir(record, account.uid):
        return found
    place = "/tmp" if os.access("/tmp", os.W_OK | os.X_OK) else None  # noqa: S108 - mkdtemp makes a closed, random name
    path = Path(tempfile.mkdtemp(prefix="qunfang-", dir=place))
    if len(os.fsencode(path / f".s.PGSQL.{PORT}")) > SOCKET_PATH_BYTES:
        path.rmdir()
        raise LocalPgError(N_("%(path)s is too long for a socket: set TMPDIR to a short path."), path=path)
    if account.uid != os.geteuid():
        os.chown(path, account.uid, account.gid)
    write_private(record, f"{path}\n", record.parent.stat().st_uid)
    return path


def make_directory_for(account: Account, path: Path, *, empty: bool = False) -> None:
    """Make a 0700 directory of the server's user, `empty` of what an interrupted first start may have left."""
    if empty:
        shutil.rmtree(path, ignore_errors=True)
    if not path.exists():
        path.mkdir(mode=0o700)
        if account.uid != os.geteuid():
            os.chown(path, account.uid, account.gid)
