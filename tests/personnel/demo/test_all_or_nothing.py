"""A load that cannot be finished leaves an empty database empty."""

from datetime import date

import pytest
from django.db import connections, transaction

from organization.office import found
from personnel.demo import load as loading
from personnel.demo.load import DemoRefused, load
from tests.personnel.demo.databases import empty_database

DAY, PASSWORD = date(2014, 7, 1), "a-password-for-tests"


@pytest.fixture(scope="module")
def empty(django_db_blocker):
    with django_db_blocker.unblock(), empty_database("demo_empty"):
        yield


def asked(question):
    with connections["owner"].cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchall()


def test_nothing_of_a_load_that_breaks_stays_behind(empty, monkeypatch):
    def broken(*args):
        raise RuntimeError("broken")

    monkeypatch.setattr(loading, "analyze", broken)  # the last step before the commit
    with pytest.raises(RuntimeError, match="broken"):
        load(DAY, 5, PASSWORD, scale=0.01)
    assert asked("SELECT count(*) FROM organization_installation") == [(0,)]
    with_migrations = (
        "'personnel_eligibilityrule', 'personnel_privacyterm', 'personnel_confirmationcycle',"
        " 'personnel_kitscale', 'personnel_kititem'"
    )
    assert asked(f"SELECT table_name FROM organization_trail WHERE table_name NOT IN ({with_migrations})") == []


def test_an_office_that_is_no_demo_is_left_alone(empty):
    with transaction.atomic(using="owner"):
        found(440199_000_000, "穗安区", [])
        with pytest.raises(DemoRefused) as refused:
            load(DAY, 5, PASSWORD, scale=0.01)
        transaction.set_rollback(True, using="owner")
    assert refused.value.code == "not_demo"
