"""Founding an office: its root and its units. Done once, by the owner of the database."""

from collections.abc import Iterable

from django.db import transaction

from organization.models import Installation, Unit

OWNER = "owner"


def found(
    root: int, name: str, units: Iterable[tuple[int, str]], *, is_demo: bool = False, opened_on=None
) -> Installation:
    """Write the installation, its root unit and the given (code, name) units; runs on the owner's connection."""
    with transaction.atomic(using=OWNER):
        installation = Installation.objects.using(OWNER).create(root=root, name=name, is_demo=is_demo)
        rows = {root: name} | dict(units)
        Unit.objects.using(OWNER).bulk_create(
            Unit(code=code, name=title, root=installation, opened_on=opened_on) for code, title in sorted(rows.items())
        )
    return installation
