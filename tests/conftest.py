"""The district that tests happen in, and the people who look at it."""

import gc
import os
from datetime import date, timedelta
from functools import partial

import pytest
from django.conf import settings
from django.db import connections
from django.db.models import F
from django.test import Client
from django.test import client as test_client
from django.utils import timezone, translation
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from organization.models import Unit
from organization.office import found
from organization.scope import as_account, as_root, gate
from personnel.models import ConfirmationCycle
from tests.databases import migrated_database
from tests.factories import AccountFactory

DISTRICT = 440199_000_000
TOWN, OTHER_TOWN = 440199_001_000, 440199_100_000
VILLAGE, SECOND_VILLAGE, OTHER_VILLAGE = 440199_001_001, 440199_001_002, 440199_100_201
STATION = 440199_901_000
UNITS = {
    TOWN: "东塘街道",
    VILLAGE: "东塘第一社区",
    SECOND_VILLAGE: "东塘第二社区",
    OTHER_TOWN: "西陂镇",
    OTHER_VILLAGE: "西陂村",
    440199_900_000: "穗安分局",
    STATION: "东塘派出所",
}


def pytest_configure():
    """Pages name static files plainly; the browser tests' own site collects and hashes them. It hashes passwords as an
    office does, too; here they are hashed at once. No example has a deadline, and none is too slow: times are for
    `make bench`, and a busy machine is no fault of the code."""
    hypothesis_settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    hypothesis_settings.load_profile("unhurried")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    test_client.store_rendered_templates = partial(note_page, test_client.store_rendered_templates)


def note_page(note, store, signal, sender, template, context, **more):
    """The test client copies the context of each template that a page is made of; hundreds of them are widgets."""
    if not (template.origin.template_name or "").startswith("django/forms/"):
        note(store, signal, sender, template, context, **more)


# What takes long comes first, so that two workers are busy to the end; a browser, which waits, beside what computes.
LONG = ("browser 0", "demo", "run", "browser 1", "localpg", "tests/test_access.py")


def pytest_collection_modifyitems(items):
    if os.environ.get("PYTEST_XDIST_WORKER"):
        items.sort(key=lambda item: LONG.index(_unit(item)) if _unit(item) in LONG else len(LONG))


def pytest_collection_finish():
    """What is there when the tests begin stays to the end: searching it for garbage again and again finds none."""
    gc.collect()
    gc.freeze()


def _unit(item):
    """The group that a test goes to a worker with; without one, its module."""
    group = item.get_closest_marker("xdist_group")
    return group.args[0] if group else item.nodeid.partition("::")[0]


def pytest_make_parametrize_id(val, argname):
    """A file that is built for a test has the time in it: its bytes are no name that two workers agree on."""
    return argname if isinstance(val, bytes) and len(val) > 40 else None


@pytest.fixture(scope="session")
def django_db_setup(django_db_modify_db_settings, django_db_blocker):
    """The owner makes the database; the site's login then works in it, as in an office."""
    with django_db_blocker.unblock(), migrated_database(connections["owner"].creation._get_test_db_name()):
        settings.DATABASES["default"]["NAME"] = connections["default"].settings_dict["NAME"]
        found(DISTRICT, "穗安区", UNITS.items(), is_demo=True)
        connections["owner"].close()
        with django_db_blocker.block():
            yield


@pytest.fixture(autouse=True)
def office_language():
    """Every test begins in the office's language, whatever a browser asked for in the test before."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def day():
    return date(2014, 7, 1)


@pytest.fixture
def root(db):
    """Acts as the office over everything; leave it with `as_account` for somebody else's eyes."""
    with as_root("test"):
        yield


@pytest.fixture
def no_list_is_due(db):
    """Lists are to be signed in months, whatever day it is: no workbench reminds of them."""
    today = timezone.localdate()
    with as_root("test"):
        cycle = ConfirmationCycle.objects.on(today).get()
        ConfirmationCycle.objects.filter(starts_on=cycle.ends_on).update(starts_on=F("ends_on") - timedelta(days=1))
        ConfirmationCycle.objects.filter(pk=cycle.pk).update(ends_on=today + timedelta(days=90))


@pytest.fixture
def account(db):
    """Makes an account: account("clerk", VILLAGE)."""

    def make(role, unit=DISTRICT, **fields):
        with as_root("test", duty="sysadmin"):
            return AccountFactory(role=role, unit=Unit.objects.get(code=unit), **fields)

    return make


@pytest.fixture
def clerk(account):
    return account("clerk", VILLAGE, username="clerk")


@pytest.fixture
def stranger(account):
    return account("clerk", OTHER_VILLAGE, username="stranger")


@pytest.fixture
def officer(account):
    return account("hr", username="officer")


@pytest.fixture
def seen_by():
    return as_account


@pytest.fixture
def visitor(db):
    """A browser that is logged in as an account: visitor(clerk).get("/")."""

    def log_in(account):
        client = Client()
        with gate():
            client.force_login(account)
            if account.needs_second_factor:
                device = TOTPDevice.objects.create(user=account, confirmed=True)
                session = client.session
                session[DEVICE_ID_SESSION_KEY] = device.persistent_id
                session.save()
        return client

    return log_in
