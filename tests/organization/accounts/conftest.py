"""A door to knock at: people with passwords, browsers, and what was recorded."""

import pytest
from django.test import Client

from organization.models import Account, SecurityEvent
from organization.scope import as_root, gate
from tests.conftest import DISTRICT, VILLAGE

PASSWORD = "梅雨 落在 东山 Brook-17"
LOGIN = "/login/"
PAGE = "/password_change/done/"  # the page of the admin that shows least


@pytest.fixture(autouse=True)
def one_name(settings):
    """The name that the test client asks for, and no other."""
    settings.ALLOWED_HOSTS = ["testserver"]


@pytest.fixture
def person(account):
    """Makes an account of a real office that knows its password: person("clerk", VILLAGE, username="li")."""

    def make(role="clerk", unit=VILLAGE, password=PASSWORD, **fields):
        made = account(role, unit, **{"is_demo": False} | fields)
        with as_root("test", duty="secadmin"):
            made.set_password(password)
            made.save(update_fields=["password"])
        return made

    return make


@pytest.fixture
def official(person):
    """Makes somebody at the district: official("hr")."""
    return lambda role, **fields: person(role, DISTRICT, **fields)


@pytest.fixture
def browser(db):
    return Client


def log_in(client, account, password=PASSWORD, **extra):
    """Type a user name and a password, as it is or as somebody spells it; answers the response."""
    username = getattr(account, "username", account)
    return client.post(LOGIN, {"username": username, "password": password}, **extra)


def is_in(client):
    """Does an ordinary page open?"""
    return client.get(PAGE).status_code == 200


def again(account):
    """The account as the database has it."""
    with gate():
        return Account.objects.select_related("unit").get(pk=account.pk)


def events(kind=None):
    """What the auditor would read, oldest first."""
    with as_root("test", duty="auditor"):
        rows = SecurityEvent.objects.order_by("id")
        return list(rows.filter(kind=kind) if kind else rows)
