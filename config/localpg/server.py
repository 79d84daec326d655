"""The cluster: what it is called, where it lies, how one connects to it; started, stopped, asked how it is."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg2
from psycopg2.extensions import connection as Connection

from . import conf, process, records, roles, startup
from .account import server_account
from .errors import N_, LocalPgError

STOP_SECONDS = 60


def cluster(var_dir: Path, *, name: str = "pg", durable: bool = True) -> "Cluster":
    """The cluster kept in `var_dir`/`name`. Nothing is created or started yet."""
    return Cluster(Path(var_dir).resolve() / name, durable=durable)


@dataclass(frozen=True)
class Cluster:
    """One data directory and its private files. `durable=False` is for throw-away servers: a power cut destroys it."""

    home: Path
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def socket_record(self) -> Path:
        return self.home / "socket"

    @property
    def passwords_file(self) -> Path:
        """A 0600 file in the form of ~/.pgpass."""
        return self.home / "passwords"

    @property
    def socket_dir(self) -> Path:
        """Directory of the server's socket, made where there is none, so it is known before the server starts."""
        account = server_account(self.data)
        if found := records.read_socket_dir(self.socket_record, account.uid):
            return found
        with self._locked():
            return records.make_socket_dir(self.socket_record, account)

    def password(self, role: str) -> str:
        """Password of SUPERUSER, OWNER or SITE, made where there is none, so it is known before the server starts."""
        found = records.read_passwords(self.passwords_file)
        if role not in found:
            with self._locked():
                found = records.make_passwords(self.passwords_file, roles.ROLES)
        return found[role]

    def url(self, role: str, dbname: str) -> str:
        """A URL that psycopg2 and django-environ both take."""
        login = f"{quote(role, safe='')}:{quote(self.password(role), safe='')}"
        place = urlencode({"host": str(self.socket_dir), "port": conf.PORT})
        return f"postgres://{login}@/{quote(dbname, safe='')}?{place}"

    def django(self, role: str, dbname: str) -> dict[str, Any]:
        """The entry of Django's DATABASES for this role and database."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": dbname,
            "USER": role,
            "PASSWORD": self.password(role),
            "HOST": str(self.socket_dir),
            "PORT": str(conf.PORT),
        }

    def status(self) -> str:
        """`absent` (never started), `stopped`, `starting` (or recovering, or shutting down) or `running`."""
        if not self.data.exists():
            return "absent"
        records.read_passwords(self.passwords_file)
        try:
            with self.connected():
                return "running"
        except psycopg2.OperationalError:
            return "starting" if process.postmaster(self.data) else "stopped"

    def start(self) -> None:
        """Return when the server answers and its roles exist, whoever started it. Raises LocalPgError."""
        if not self._ready():
            with self._locked():
                if not self._ready():
                    startup.start(self)

    def stop(self, mode: str = "fast") -> None:
        """End the server: `fast` ends sessions, `smart` waits for them, `immediate` crashes it. Raises LocalPgError."""
        if not self.home.exists():
            return
        with self._locked():
            pid = process.postmaster(self.data)
            if pid is not None and not process.end(self.data, pid, mode, STOP_SECONDS):
                raise LocalPgError(
                    N_("The server (process %(pid)s) did not stop in %(seconds)s s: use `pg stop --mode immediate`."),
                    pid=pid,
                    seconds=STOP_SECONDS,
                )

    def ensure_database(self, name: str) -> None:
        """Create the database where it does not exist, owned by OWNER. The server must run."""
        with self.connected() as connection:
            connection.autocommit = True
            roles.ensure_database(connection, name)

    def client_environment(self, dbname: str) -> dict[str, str]:
        """Environment in which psql and pg_dump connect as the superuser; the password is on no command line."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return kept | {
            "PGHOST": str(self.socket_dir),
            "PGPORT": str(conf.PORT),
            "PGUSER": roles.SUPERUSER,
            "PGPASSFILE": str(self.passwords_file),
            "PGDATABASE": dbname,
            "PGCLIENTENCODING": "UTF8",
        }

    def _ready(self) -> bool:
        try:
            with self.connected() as connection:
                return roles.complete(connection)
        except psycopg2.OperationalError:
            return False

    @contextmanager
    def _locked(self) -> Iterator[None]:
        records.make_home(self.home)
        with records.locked(self.home):
            yield

    @contextmanager
    def connected(self, dbname: str = "postgres") -> Iterator[Connection]:
        """A connection as the superuser. Raises psycopg2.OperationalError where there is no answer."""
        found = records.read_socket_dir(self.socket_record, server_account(self.data).uid)
        if found is None:
            raise psycopg2.OperationalError("no socket directory")
        with closing(
            psycopg2.connect(
                host=str(found),
                port=conf.PORT,
                user=roles.SUPERUSER,
                password=records.read_passwords(self.passwords_file).get(roles.SUPERUSER, ""),
                dbname=dbname,
                connect_timeout=10,
            )
        ) as connection:
            yield connection
