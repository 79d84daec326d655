"""System checks of the database, and the question that the web process asks before it serves anybody."""

from contextlib import nullcontext

from django.conf import settings
from django.core.checks import Critical, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import InterfaceError, OperationalError, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from organization import walls
from organization.scope import Scope, entered, gate

SITE = "default"
_proved: set[str] = set()


@register(Tags.database)
def walls_stand(app_configs, databases, **kwargs):
    """Every table is protected as it declares, and the site's login sees nothing by itself."""
    return [
        Critical(fault, id="organization.C001", obj=alias)
        for alias in databases or ()
        if not _waits_for_migrations(alias)
        for fault in faults(alias)
    ]


def faults(alias: str = SITE) -> list[str]:
    """What is wrong with the walls, one sentence each; nothing when all is well. Raises OperationalError."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        login = walls.login_faults(cursor, connection.settings_dict["USER"]) if alias == SITE else ()
        return [*login, *walls.table_faults(cursor, connection.settings_dict["NAME"]), *walls.model_faults()]


def refuse_unsafe_start(alias: str = SITE) -> bool:
    """Raise ImproperlyConfigured where it would be unsafe to serve.

    False while the database does not answer: the first request that reaches it asks again. True, at once, from then on.
    """
    if alias in _proved:
        return True
    try:
        with _bare(alias):
            _refuse(alias)
    except (OperationalError, InterfaceError):
        connections[alias].close()
        return False
    _proved.add(alias)
    return True


def _refuse(alias: str) -> None:
    if _waits_for_migrations(alias):
        raise ImproperlyConfigured(_("The database is of another version: run manage.py migrate --database owner."))
    if found := faults(alias):
        said = _("The site does not start, because it would not be safe: %(fault)s")
        raise ImproperlyConfigured(said % {"fault": found[0]})
    if settings.PRODUCTION and _is_demo(alias):
        raise ImproperlyConfigured(_("This database is a demonstration; PRODUCTION does not serve it."))


def _bare(alias: str):
    """The site's login as it comes, whatever scope is open: it is what has to see nothing."""
    return entered(Scope()) if alias == SITE else nullcontext()


def _waits_for_migrations(alias: str) -> bool:
    executor = MigrationExecutor(connections[alias])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _is_demo(alias: str) -> bool:
    from organization.models import Installation

    with gate():
        return Installation.objects.using(alias).filter(is_demo=True).exists()
