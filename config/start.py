"""What has to be so before the site serves: a database of this version, collected files, perhaps a demo district.

Every step looks first and does nothing where nothing is to do: a second start takes a second or two.
"""

import errno
import hashlib
import ipaddress
import os
import socket
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.http.request import validate_host
from django.utils.translation import gettext as _

OWNER = "owner"


class CannotStart(Exception):
    """The site must not or cannot start; the message says why and what to do."""


def port_of(text: str) -> int:
    """The port named by PORT; 8000 where it is empty. Raises CannotStart."""
    if not text:
        return 8000
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotStart(_("PORT is %(text)s, but a port is a number from 1 to 65535.") % {"text": text})
    return int(text)


def check_address(host: str, port: int) -> None:
    """Refuse an address that nobody could use, before anything else is done. Raises CannotStart."""
    if not is_local(host) and not has_names_for_others(host):
        raise CannotStart(
            _(
                "The site is to listen on %(host)s, but would refuse every request from there: set ALLOWED_HOSTS to the"
                " names or addresses that people type into the browser, separated by commas."
            )
            % {"host": host}
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise CannotStart(
                    _("The site cannot listen on %(host)s, port %(port)s: %(reason)s.")
                    % {"host": host, "port": port, "reason": error.strerror or error}
                ) from error
            raise CannotStart(
                _(
                    "Port %(port)s is in use by another program: choose another one,"
                    " for example PORT=%(other)s make run."
                )
                % {"port": port, "other": port + 1}
            ) from error


def is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def has_names_for_others(host: str) -> bool:
    try:
        everywhere = ipaddress.ip_address(host.strip("[]")).is_unspecified
    except ValueError:
        everywhere = False
    if everywhere:
        return any(not is_local(name) for name in settings.ALLOWED_HOSTS)
    return validate_host(host, settings.ALLOWED_HOSTS)


def is_migrated() -> bool:
    """True when the database has every migration of this version. Raises OperationalError where it does not answer."""
    alias = OWNER if settings.EMBEDDED else "default"
    executor = MigrationExecutor(connections[alias])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def refuse_powerful_login() -> None:
    """The login must see nothing until a request takes a role: neither owner nor superuser, and inheriting nothing.

    Raises CannotStart.
    """
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT rolbypassrls OR has_table_privilege('personnel_member', 'SELECT') FROM pg_roles"
            " WHERE rolname = current_user"
        )
        if cursor.fetchone()[0]:
            raise CannotStart(
                _(
                    "DATABASE_URL names a login that sees everything by itself: the owner, a superuser, or one that"
                    " inherits. Give the site a login of its own, NOINHERIT and without further powers."
                )
            )


def is_empty() -> bool:
    """True when no office has been founded here."""
    from organization.models import Installation
    from organization.scope import gate

    with gate():
        return not Installation.objects.exists()


def migrate() -> None:
    """Bring the embedded database to this version."""
    call_command("migrate", database=OWNER, interactive=False, verbosity=0)


def fill_with_demo() -> None:
    """Load the fictional district, which prints its accounts and their password; the password is kept for later."""
    from personnel.management.commands.demo import generated_password

    password = os.environ["DEMO_PASSWORD"] = os.environ.get("DEMO_PASSWORD") or generated_password()
    call_command("demo", "--if-empty")
    path = demo_password_file()
    path.touch(mode=0o600)
    path.write_text(password + "\n")


def demo_password_file() -> Path:
    return Path(settings.VAR_DIR) / "demo-password"


def collect_static_files() -> bool:
    """Copy the static files below VAR_DIR when any of them changed. Returns whether they were copied."""
    stamp = Path(settings.VAR_DIR) / "static.stamp"
    now = fingerprint_of_static_files()
    if Path(settings.STATIC_ROOT).is_dir() and stamp.exists() and stamp.read_text() == now:
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(now)
    return True


def fingerprint_of_static_files() -> str:
    """Changes with the name, size or time of any static file, and with the way they are stored."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = os.stat(storage.path(path))
            digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
