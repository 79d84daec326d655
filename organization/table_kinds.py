"""Which kind of protection each table has, as the migrations declare it: see `Protect` for what a kind means."""

from functools import cache

from django.db.migrations.loader import MigrationLoader

from organization.protection import Protect, Undoable
from organization.reservation import OnlyFor

# Tables of libraries that hold nothing about anybody: what is applied, what may be permitted, a log that nothing is
# written to (the trail takes its place). No web role reads them.
FRAMEWORK = frozenset(
    {"django_migrations", "auth_permission", "auth_group", "auth_group_permissions", "django_admin_log"}
)
# Read through its masked view alone, written by its triggers alone.
TRAIL = "organization_trail"


@cache
def protections() -> dict[str, Protect]:
    """How each table or view is protected: in the order of the migrations, a later one may change it."""
    return {
        operation.table: operation
        for _key, migration in sorted(MigrationLoader(None).disk_migrations.items())
        for operation in migration.operations
        if isinstance(operation, Protect)
    }


@cache
def kinds() -> dict[str, str]:
    """{table or view: kind}: the kinds of `Protect`, "trail" and "framework"."""
    declared = {table: protection.kind for table, protection in protections().items()}
    return declared | dict.fromkeys(FRAMEWORK, "framework") | {TRAIL: "trail"}


@cache
def undoable() -> frozenset[str]:
    """Tables of which an undo may delete what its batch created."""
    return frozenset(
        operation.table
        for migration in MigrationLoader(None).disk_migrations.values()
        for operation in migration.operations
        if isinstance(operation, Undoable)
    )


@cache
def reserved() -> dict[str, tuple[str, ...]]:
    """{table: duties that alone come near it}."""
    return {
        operation.table: operation.duties
        for migration in MigrationLoader(None).disk_migrations.values()
        for operation in migration.operations
        if isinstance(operation, OnlyFor)
    }
