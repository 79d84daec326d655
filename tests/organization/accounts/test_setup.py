"""A real office begins: no default account, no default password, one office a database."""

import json
import os
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings as live
from django.core.management import call_command
from django.db import DatabaseError, transaction

from organization.founding import ADMINISTRATORS
from organization.models import Account, Installation, Unit
from organization.scope import as_root
from tests.factories import AccountFactory
from tests.organization.accounts.conftest import LOGIN

OWNER = "owner"
TABLE = "code,name\n440298001000,东山街道\n440298001001,东山第一社区\n"
both = pytest.mark.django_db(databases=["default", OWNER])


@pytest.fixture
def empty():
    """The database before anybody founded an office; the transaction gives it back."""
    Unit.objects.using(OWNER).all()._raw_delete(OWNER)
    Installation.objects.using(OWNER).all()._raw_delete(OWNER)


def run(*arguments):
    """Exit code, last line of the output as JSON, and what was said beside it."""
    out, err = StringIO(), StringIO()
    try:
        call_command("setup", *arguments, "--no-input", stdout=out, stderr=err)
        code = 0
    except SystemExit as end:
        code = end.code
    return code, json.loads(out.getvalue().splitlines()[-1]), err.getvalue()


@both
def test_setup_founds_the_office_with_its_units_and_three_administrators(empty, tmp_path):
    table = tmp_path / "divisions.csv"
    table.write_text(TABLE, encoding="gb18030")
    code, said, _told = run("--root", "440298", "--name", "某某区", "--divisions", str(table), "--auditor", "何审")
    assert code == 0
    assert [(a["username"], a["role"]) for a in said["accounts"]] == [(role, role) for role in ADMINISTRATORS]
    assert Unit.objects.using(OWNER).count() == 3
    assert not Installation.objects.using(OWNER).get().is_demo
    for account in said["accounts"]:
        stored = Account.objects.using(OWNER).get(username=account["username"])
        assert stored.check_password(account["password"])
        assert stored.must_change_password
        assert stored.needs_second_factor
    assert Account.objects.using(OWNER).get(username="auditor").name == "何审"


@both
def test_no_two_passwords_are_alike_and_none_is_chosen_by_the_caller(empty):
    _code, said, told = run("--root", "440298", "--name", "某某区")
    passwords = {account["password"] for account in said["accounts"]}
    assert len(passwords) == 3
    assert all(password in told for password in passwords)
    with pytest.raises(Exception, match="unrecognized"):
        call_command("setup", "--password", "admin")


@both
def test_setup_refuses_a_database_that_serves_an_office_already():
    before = Unit.objects.using(OWNER).count()
    code, said, _told = run("--root", "440298", "--name", "某某区")
    assert (code, said["refused"]["code"]) == (2, "installed")
    assert Unit.objects.using(OWNER).count() == before


@both
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--root", "440298001", "--name", "某镇"), "root_level"),
        (("--root", "44", "--name", "某省"), "length"),
        (("--name", "某区"), "missing"),
        (("--root", "440298"), "name_missing"),
    ],
)
def test_setup_refuses_what_is_no_office(empty, arguments, code):
    exit_code, said, _told = run(*arguments)
    assert (exit_code, said["refused"]["code"]) == (2, code)
    assert not Installation.objects.using(OWNER).exists()


@both
def test_a_faulty_table_sets_up_nothing_and_names_its_lines(empty, tmp_path):
    table = tmp_path / "divisions.csv"
    table.write_text(TABLE + "440298009001,无上级村\n", encoding="utf-8")
    code, said, told = run("--root", "440298", "--name", "某某区", "--divisions", str(table))
    assert (code, said["refused"]["code"]) == (2, "divisions")
    assert "4" in told
    assert not Installation.objects.using(OWNER).exists()


@both
def test_a_real_office_takes_no_demonstration_account(empty):
    run("--root", "440298", "--name", "某某区")
    unit = Unit.objects.using(OWNER).get()
    with pytest.raises(DatabaseError, match="demonstration"), transaction.atomic(using=OWNER):
        Account.objects.using(OWNER).create(username="demo", name="演示", unit=unit, role="hr", is_demo=True)


# --- production ---------------------------------------------------------------------------------------------------


def test_production_settings_refuse_to_serve_a_demonstration(db, client, settings):
    settings.PRODUCTION = True
    assert client.get("/health/").status_code == 200  # asks for no table, so it cannot know yet
    refused = client.get(LOGIN)
    assert refused.status_code == 503
    assert "csrftoken" not in refused.cookies


def test_a_demonstration_is_served_outside_production(db, client):
    assert client.get(LOGIN).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"DEBUG": "1"}, "DEBUG"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "django-insecure-" + "a" * 50}, "SECRET_KEY"),
    ],
)
def test_production_refuses_to_start_with_unsafe_settings(tmp_path, wrong, reason):
    ended = started(tmp_path, wrong)
    assert ended.returncode
    assert "ImproperlyConfigured" in ended.stderr
    assert reason in ended.stderr


def test_production_starts_with_safe_settings_and_makes_a_key_of_its_own(tmp_path):
    show = "import config.settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE)"
    ended = started(tmp_path, {}, show)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split() == ["__Host-session", "__Host-csrf", "True"]
    key = tmp_path / "secret_key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert len(key.read_text()) > 50


def test_two_installations_have_different_keys(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        started(tmp_path / name, {})
    assert (tmp_path / "one/secret_key").read_text() != (tmp_path / "two/secret_key").read_text()


def test_a_key_that_others_may_read_is_refused(tmp_path):
    started(tmp_path, {})
    (tmp_path / "secret_key").chmod(0o644)
    assert "0600" in started(tmp_path, {}).stderr


def started(var, wrong, code="import config.settings"):
    """A new process with production settings, and one thing wrong."""
    safe = {"PRODUCTION": "1", "ALLOWED_HOSTS": "office.example", "VAR_DIR": str(var), "PATH": os.environ["PATH"]}
    address = "postgres://site:x@localhost/qunfang"  # read, not opened
    environment = safe | {"DATABASE_URL": address, "DATABASE_ADMIN_URL": address} | wrong
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=live.BASE_DIR, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_there_is_no_account_in_a_new_database(db):
    with as_root("test", duty="sysadmin"):
        assert not Account.objects.exists()
        assert AccountFactory.build().password.endswith("unusable")
