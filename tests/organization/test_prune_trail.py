"""Old entries go after the retention time, and their going is recorded."""

import json

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connections, transaction

from organization.management.commands import prune_trail
from organization.models import SecurityEvent
from organization.scope import as_root

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


def write(age):
    """An entry and an event, so many days old."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO organization_trail (action, table_name, row, at)"
            " VALUES ('I', 'pruned', %s, now() - %s * interval '1 day')",
            [age, age],
        )
        cursor.execute(
            "INSERT INTO organization_securityevent (kind, username, reason, detail, origin, request, at)"
            " VALUES ('login', 'pruned', '', '{}', '', '', now() - %s * interval '1 day')",
            [age],
        )


def ages(table="organization_trail WHERE table_name = 'pruned'"):
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT extract(day FROM now() - at)::int FROM {table} ORDER BY 1")
        return [age for (age,) in cursor.fetchall()]


def prune(capsys, *arguments):
    call_command("prune_trail", *arguments)
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_what_is_older_goes_in_batches_and_what_is_younger_stays(capsys, monkeypatch):
    monkeypatch.setattr(prune_trail, "ROWS_AT_ONCE", 2)
    for age in (10, 179, 190, 199, 201, 300, 400, 500):
        write(age)
    answer = prune(capsys, "--older-than", "200")
    assert answer["removed"] == {"organization_trail": 4, "organization_securityevent": 4}
    assert ages() == [10, 179, 190, 199]
    assert ages("organization_securityevent WHERE username = 'pruned'") == [10, 179, 190, 199]
    with as_root("test", duty="auditor"):
        event = SecurityEvent.objects.filter(kind="pruned").latest("id")
    assert (event.detail["older_than"], event.detail["organization_trail"], event.origin) == (200, 4, "prune_trail")


def test_the_usual_time_is_that_of_the_settings(capsys, settings):
    write(3 * 365 - 1)
    write(3 * 365 + 1)
    assert prune(capsys)["removed"]["organization_trail"] == 1


def test_nothing_younger_than_half_a_year_is_removed(capsys):
    write(181)
    with pytest.raises(SystemExit) as refusal:
        call_command("prune_trail", "--older-than", "179")
    assert refusal.value.code == 2
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["error"]["code"] == "too_young"
    assert ages() == [181]


def test_a_run_with_nothing_to_do_leaves_no_event(capsys):
    prune(capsys, "--older-than", "36500")
    with as_root("test", duty="auditor"):
        assert not SecurityEvent.objects.filter(kind="pruned").exists()


def test_the_database_too_refuses_to_lose_young_events():
    write(10)
    for statement in ("DELETE FROM organization_securityevent", "UPDATE organization_securityevent SET reason = 'x'"):
        with pytest.raises(DatabaseError, match="is kept"), transaction.atomic(using="owner"):
            connections["owner"].cursor().execute(statement)
