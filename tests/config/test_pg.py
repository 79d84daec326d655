"""`manage.py pg`, on a server of its own."""

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config import localpg
from config.localpg.binaries import program
from config.management.commands.pg import Command

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.xdist_group("pg")  # one worker starts the server


@pytest.fixture(scope="module")
def var_dir():
    directory = Path(tempfile.mkdtemp(prefix="qunfang-test-"))
    directory.chmod(0o711)
    try:
        yield directory
    finally:
        local = localpg.cluster(directory)
        local.stop("immediate")
        shutil.rmtree(local.socket_dir)
        shutil.rmtree(directory)


@pytest.fixture
def pg(var_dir, settings, capsys):
    """Runs the command and returns the JSON of the last line of its output."""
    settings.VAR_DIR, settings.EMBEDDED = var_dir, True

    def run(*arguments):
        try:
            call_command(Command(), *map(str, arguments))
        finally:
            run.said, run.explained = capsys.readouterr()
        return json.loads(run.said.splitlines()[-1])

    return run


def manage(var_dir, *arguments):
    """The command as it is typed, without any of our connections."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    command = [sys.executable, "manage.py", "pg", *arguments]
    environment = {**kept, "VAR_DIR": str(var_dir)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_status_says_whether_the_server_runs_and_starts_nothing(pg):
    pg("start")
    assert pg("status")["status"] == "running"
    assert pg("stop") == {"status": "stopped"}
    with pytest.raises(SystemExit, match="1"):
        pg("status")
    assert json.loads(pg.said)["status"] == "stopped"


def test_the_typed_command_needs_no_database_and_does_not_start_one(pg, var_dir):
    pg("start")
    pg("stop")
    done = manage(var_dir, "status")
    assert (done.returncode, json.loads(done.stdout)["status"]) == (1, "stopped"), done.stderr
    assert localpg.cluster(var_dir).status() == "stopped"


def test_it_explains_itself(var_dir):
    done = manage(var_dir, "--help")
    assert done.returncode == 0, done.stderr
    assert "psql" in done.stdout


def test_psql_passes_its_arguments_on_and_connects_as_the_superuser(pg, var_dir):
    done = manage(var_dir, "psql", "-At", "-c", "SELECT current_user, current_database()")
    assert (done.returncode, done.stdout) == (0, "postgres|qunfang\n"), done.stderr


def test_a_dump_is_private_complete_and_never_overwrites(pg, var_dir, tmp_path):
    pg("start")
    file = tmp_path / "备份.dump"
    answer = pg("dump", "-o", file)
    assert answer == {"file": str(file), "bytes": file.stat().st_size}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    listing = subprocess.run([program("pg_restore"), "--list", file], capture_output=True, text=True, check=True)
    assert "dbname: qunfang" in listing.stdout
    with pytest.raises(CommandError) as refused:
        pg("dump", "-o", file)
    assert refused.value.returncode == 2
    assert str(file) in json.loads(pg.said)["error"]["message"]
    assert file.stat().st_size == answer["bytes"]


def test_a_dump_without_a_name_goes_to_the_closed_dumps_directory(pg, var_dir):
    file = Path(pg("dump")["file"])
    assert file.parent == var_dir / "dumps"
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_failed_dump_leaves_no_file(var_dir, pg, tmp_path):
    pg("start")
    file = tmp_path / "none.dump"
    with pytest.raises(localpg.LocalPgError, match="missing"):
        localpg.dump(localpg.cluster(var_dir), "missing", file)
    assert not file.exists()


def test_it_says_plainly_that_the_database_is_another_server(pg, settings):
    settings.EMBEDDED = False
    with pytest.raises(CommandError, match="DATABASE_URL") as refused:
        pg("start")
    assert refused.value.returncode == 2
    assert json.loads(pg.said)["error"]["code"] == "other_server"


def test_a_refusal_says_what_to_do(pg, var_dir):
    pg("stop")
    data = localpg.cluster(var_dir).data
    data.chmod(0o755)
    try:
        with pytest.raises(CommandError, match="chmod 700") as refused:
            pg("start")
        assert refused.value.returncode == 2
    finally:
        data.chmod(0o700)
