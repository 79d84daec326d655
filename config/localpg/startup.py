"""How a stopped cluster comes up: made on first use, checked, cleared of what a crash left, launched, waited for.

Everything here runs while the caller holds the cluster's lock.
"""

import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg2

from . import conf, process, records, roles
from .account import Account, server_account, with_access
from .binaries import MAJOR, launch, program, run
from .errors import N_, LocalPgError

if TYPE_CHECKING:
    from .server import Cluster

START_SECONDS = 300  # recovery after a crash replays up to max_wal_size


def start(cluster: "Cluster") -> None:
    """Bring the server up and its roles in order. Raises LocalPgError with what to do."""
    account = with_access(server_account(cluster.data), cluster.home, program("postgres").parent)
    if not cluster.data.exists():
        initialise(cluster, account)
    check(cluster, account)
    pid = process.postmaster(cluster.data)
    if pid is None:
        pid = raise_server(cluster, account)
    elif process.socket_in_file(cluster.data) != str(records.read_socket_dir(cluster.socket_record, account.uid)):
        raise LocalPgError(
            N_("The server (process %(pid)s) runs, but its socket is gone: run `manage.py pg stop`, then start again."),
            pid=pid,
        )
    wait_for_answer(cluster, pid)
    with cluster.connected() as connection:
        roles.provision(connection, records.make_passwords(cluster.passwords_file, roles.ROLES))


def initialise(cluster: "Cluster", account: Account) -> None:
    """Make the data directory beside its place and move it there when it is whole."""
    passwords = records.make_passwords(cluster.passwords_file, roles.ROLES)
    made = cluster.home / "data.new"
    records.make_directory_for(account, made, empty=True)
    first_password = cluster.home / "first-password"
    records.write_private(first_password, passwords[roles.SUPERUSER], account.uid)
    quick = [] if cluster.durable else ["--no-sync", "--no-data-checksums"]
    try:
        run(
            account,
            "initdb",
            *("--pgdata", made, "--username", roles.SUPERUSER, "--pwfile", first_password, "--encoding=UTF8"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--auth-local=scram-sha-256", "--auth-host=scram-sha-256", "--no-instructions", *quick),
        )
    finally:
        first_password.unlink(missing_ok=True)
    records.append_and_sync(made / "postgresql.conf", "\ninclude = '../server.conf'\n")
    made.rename(cluster.data)
    records.sync_directory(cluster.home)


def check(cluster: "Cluster", account: Account) -> None:
    """Refuse a data directory that this server cannot or must not use."""
    data = cluster.data
    found = data.stat()
    if found.st_uid != account.uid:
        owner = Account(found.st_uid, found.st_gid).name
        raise LocalPgError(
            N_("%(data)s belongs to '%(owner)s', not to '%(user)s': start as '%(owner)s' or give it to '%(user)s'."),
            data=data,
            owner=owner,
            user=account.name,
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise LocalPgError(N_("%(data)s is open to other users: close it with chmod 700."), data=data)
    try:
        version = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError as error:
        raise LocalPgError(
            N_("%(data)s is not a database directory: move it away and start again."), data=data
        ) from error
    if version != str(MAJOR):
        raise LocalPgError(
            N_(
                "%(data)s was made by PostgreSQL %(version)s, this is PostgreSQL %(major)s: save it with the version of"
                " this program that made it (`manage.py pg dump`), move the directory away, start again, and load the"
                " file with pg_restore."
            ),
            data=data,
            version=version,
            major=MAJOR,
        )


def raise_server(cluster: "Cluster", account: Account) -> int:
    """Write the settings and start the server process. Returns its pid."""
    socket_dir = records.make_socket_dir(cluster.socket_record, account)
    records.make_directory_for(account, cluster.log)
    text = conf.settings(socket_dir, durable=cluster.durable)
    records.write_private(cluster.home / "server.conf", text, account.uid)
    process.clear_the_way(cluster.data, socket_dir)
    with (cluster.home / "start.log").open("wb") as log:
        return launch(account, [program("postgres"), "-D", cluster.data], log.fileno())


def wait_for_answer(cluster: "Cluster", pid: int) -> None:
    """Return when a connection succeeds: a pid or a socket file is no proof."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        alive = process.alive(pid)
        try:
            with cluster.connected():
                return
        except psycopg2.OperationalError as error:
            if "password authentication failed" in str(error):
                raise LocalPgError(
                    N_("The server refuses the password in %(file)s: put back the file that belongs to this data."),
                    file=cluster.passwords_file,
                ) from error
        if not alive or time.monotonic() > deadline:
            raise LocalPgError(N_("The server did not start: %(reason)s"), reason=reason(cluster))
        time.sleep(0.03)


def reason(cluster: "Cluster") -> str:
    """The server's last words about it, with the file they are in."""
    logs = sorted(cluster.log.glob("*.log"), key=lambda path: path.stat().st_mtime)
    for path in [cluster.home / "start.log", *logs[-1:]]:
        if words := last_fatal(path):
            return f"{words} ({path})"
    return str(cluster.home / "start.log")


def last_fatal(path: Path) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    fatal = [line.partition(": ")[2].strip() for line in lines if "FATAL: " in line or "PANIC: " in line]
    return fatal[-1] if fatal else ""
