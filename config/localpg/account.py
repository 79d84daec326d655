"""The system user that runs the server: ourselves, or, for root, an unprivileged one (PostgreSQL refuses root)."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from .errors import N_, LocalPgError

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """A user and group id, and a command prefix when becoming that user takes more than the ids."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()

    @property
    def identity(self) -> dict:
        """Arguments of subprocess.run that become this user."""
        if self.prefix or self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    @property
    def name(self) -> str:
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return str(self.uid)


def server_account(data: Path) -> Account:
    """Who runs the server of this data directory: its owner where root asks, else whoever asks."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if data.exists() and data.stat().st_uid != 0:
        owner = data.stat()
        return Account(owner.st_uid, owner.st_gid)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise LocalPgError(
        N_("PostgreSQL does not run as root and there is no user 'postgres' or 'nobody': start as an ordinary user.")
    )


def with_access(account: Account, *paths: Path) -> Account:
    """The account, able to enter every directory above `paths`; parents are never opened.

    Below a closed parent (a clone in /root) the server gets the one capability that reads past directory permissions,
    bound so that it can gain no other. Raises LocalPgError where that is impossible.
    """
    if account.uid == os.geteuid() or first_closed(account, paths) is None:
        return account
    privileged = replace(account, prefix=reading_prefix(account))
    closed = first_closed(privileged, paths)
    if closed is None:
        return privileged
    raise LocalPgError(
        N_(
            "The database server runs as the user '%(user)s', who may not enter %(directory)s: put the program into a"
            " directory that others may enter, such as /srv/qunfang, or start it as an ordinary user."
        ),
        user=account.name,
        directory=closed,
    )


def reading_prefix(account: Account) -> tuple[str, ...]:
    # no_setuid_fixup: access(2), with which initdb looks for its sibling programs, drops capabilities without it.
    return (
        shutil.which("setpriv") or "setpriv",
        f"--reuid={account.uid}",
        f"--regid={account.gid}",
        "--clear-groups",
        "--no-new-privs",
        "--securebits=+no_setuid_fixup",
        "--bounding-set=-all,+dac_read_search",
        "--inh-caps=-all,+dac_read_search",
        "--ambient-caps=-all,+dac_read_search",
    )


def first_closed(account: Account, paths: tuple[Path, ...]) -> Path | None:
    """The first of the paths and their parents that the account may not enter, by trying."""
    ways = [step for path in paths for step in (*reversed(path.parents), path)]
    script = 'for step; do test -x "$step" || { printf %s "$step"; exit 1; }; done'
    try:
        done = subprocess.run(  # noqa: S603
            [*account.prefix, "/bin/sh", "-c", script, "sh", *ways],
            check=False,
            **account.identity,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:  # no setpriv, or no right to change user
        return ways[-1]
    return None if done.returncode == 0 else Path(os.fsdecode(done.stdout or os.fsencode(ways[-1])))
