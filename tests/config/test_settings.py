"""Production settings: what they refuse, and that Django's own deployment checks are content with them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAFE = {
    "PRODUCTION": "1",
    "DEBUG": "0",
    "ALLOWED_HOSTS": "qunfang.invalid",
    "SECRET_KEY": "a-key-of-sixty-random-characters-0123456789-abcdefghijklmnopqrstu",
}


@pytest.fixture
def manage(tmp_path):
    """Runs manage.py in a process and directory of its own: manage("check", DEBUG="1")."""

    def run(*arguments, **environment):
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=os.environ
            | {"VAR_DIR": str(tmp_path / "var"), "DATABASE_URL": "postgres://site@localhost/none"}
            | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_the_deployment_checks_are_content_with_production_settings(manage):
    found = manage("check", "--deploy", "--fail-level", "WARNING", **SAFE)
    assert (found.returncode, found.stderr) == (0, "")


@pytest.mark.parametrize(
    ("unsafe", "named"),
    [
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"DEBUG": "1"}, "DEBUG"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "django-insecure-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"}, "SECRET_KEY"),
    ],
)
def test_production_refuses_to_start_unsafely_and_names_the_setting(manage, unsafe, named):
    refused = manage("check", **SAFE | unsafe)
    assert refused.returncode != 0
    assert named in refused.stderr


def test_the_secret_key_is_made_once_and_only_the_owner_reads_it(manage, tmp_path):
    first, second = (
        manage("shell", "-c", "from django.conf import settings; print(settings.SECRET_KEY)") for _ in "12"
    )
    assert first.stdout == second.stdout
    assert len(first.stdout.strip()) >= 50
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o077 == 0


def test_no_migration_is_missing(manage):
    found = manage("makemigrations", "--check", "--dry-run")
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"host": "127.0.0.1.evil.example"}])
def test_a_strange_host_name_is_refused(client, db, headers):
    assert client.get("/login/", headers=headers).status_code == 400


def test_a_forwarded_host_name_is_ignored(client, db):
    answer = client.get("/", headers={"host": "localhost", "x-forwarded-host": "evil.example"})
    assert answer.status_code == 302
    assert "evil" not in answer["Location"]
