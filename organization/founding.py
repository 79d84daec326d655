"""A real office begins: its root, its units, its three administrators and its keys, all at once or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import connections, transaction
from django.utils.translation import gettext_lazy as _

from organization import division_table, divisions
from organization.keyfile import create_keys
from organization.models import Account, Installation, Unit
from organization.office import OWNER, found
from organization.refusal import Refusal

ROOT_LEVELS = ("province", "city", "district")
ADMINISTRATORS = ("sysadmin", "secadmin", "auditor")


class CannotFound(Refusal):
    """The office cannot begin like this. Codes: installed, root_level, name_missing, divisions."""


@dataclass(frozen=True)
class Issued:
    """An administrator's way in: the password is nowhere else and works once."""

    username: str
    role: str
    name: str
    password: str


def set_up(root: int, name: str, holders: Mapping[str, str], rows: Iterable[division_table.Row] = ()) -> list[Issued]:
    """Found the office of that code, load its divisions and make an account for each administrator in `holders`.

    `holders` is {role: full name}. Raises CannotFound ("divisions" with `problems`), and then nothing was written.
    """
    if divisions.level(root) not in ROOT_LEVELS or divisions.kind(root) == "unknown":
        raise CannotFound("root_level", _("An office has the code of a district, a city or a province."))
    if not name.strip():
        raise CannotFound("name_missing", _("The office needs a name."))
    with transaction.atomic(using=OWNER):
        _begin()
        found(root, name.strip(), [])
        if rows and (problems := division_table.load(rows).problems):
            raise CannotFound(
                "divisions", _("The table of divisions has problems; nothing was set up."), problems=problems
            )
        unit = Unit.objects.using(OWNER).get(code=root)
        issued = [_administrator(role, holders[role], unit) for role in ADMINISTRATORS]
    if not settings.SEALING_KEYS.exists():
        create_keys(settings.SEALING_KEYS, settings.SEALING_SUITE)
    return issued


def _begin() -> None:
    """One office a database, also when two begin at once; the trail says where these rows come from."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT set_config('app.origin', 'setup', true)")
        cursor.execute("LOCK TABLE organization_installation IN EXCLUSIVE MODE")
    if Installation.objects.using(OWNER).exists():
        raise CannotFound("installed", _("This database serves an office already; nothing was changed."))


def _administrator(role: str, name: str, unit: Unit) -> Issued:
    account = Account.objects.db_manager(OWNER).create_account(role, None, name=name, unit=unit, role=role)
    return Issued(account.username, role, name, account.issue_password())
