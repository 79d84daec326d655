"""A throw-away site with the demo district: what `make run` makes of an empty directory, without its accounts' people.

The cluster is made as tests make theirs, then started again with the durable settings of `make run`: fsync,
synchronous commits, full page writes, WAL for replicas and its share of memory. Otherwise saving and loading would
look faster than they are. It is removed at the end, however that comes.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.localpg import cluster, temporary_cluster

PASSWORD = "bench-bench-bench"
SEED = 1


@contextmanager
def opened() -> Iterator[Path]:
    """An empty, migrated, durable database and Django set up for it; yields its VAR_DIR."""
    with temporary_cluster() as throw_away:
        throw_away.stop()
        var_dir = throw_away.home.parent
        durable = cluster(var_dir)
        durable.start()
        durable.ensure_database("qunfang")
        for name in ("DATABASE_URL", "DATABASE_ADMIN_URL", "PRODUCTION", "DEBUG"):
            os.environ.pop(name, None)
        os.environ |= {"VAR_DIR": str(var_dir), "DJANGO_SETTINGS_MODULE": "config.settings"}
        _set_up()
        yield var_dir
        _close()


def _set_up() -> None:
    import django
    from django.conf import settings

    from config import start
    from config.catalogue import compile_stale

    compile_stale()
    django.setup()
    settings.ROOT_URLCONF = "tests.bench.stock"
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    start.migrate()
    start.collect_static_files()


def _close() -> None:
    from django.db import connections

    connections.close_all()


def browser(username: str):
    """A client logged in as a demo account, and the account."""
    from django.test import Client

    from organization.models import Account
    from organization.scope import gate

    client = Client()
    with gate():
        account = Account.objects.select_related("unit").get(username=username)
        client.force_login(account)
    return client, account
