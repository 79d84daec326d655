"""`manage.py run` and the keeper, as an office meets them: a durable server of their own, real processes."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from config import keeper, localpg, start
from tests.browser.conftest import end, free_port, running_site, status_of

ROOT = Path(__file__).resolve().parents[2]
EMPTY = {"DEMO": "0"}
pytestmark = pytest.mark.xdist_group("run")  # one worker makes the office


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """The data directory of an office that was started once and stopped; its database is migrated and empty."""
    directory = tmp_path_factory.mktemp("office") / "var"
    with running_site(directory, **EMPTY):
        pass
    yield directory
    localpg.cluster(directory).stop("immediate")


def answers(url, status, seconds):
    """True as soon as the address answers with the status; False when the seconds are over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if status_of(url) == status:
            return True
        time.sleep(0.05)
    return False


def run(var_dir, **environment):
    """`manage.py run` to its end, which is a refusal."""
    return subprocess.run(
        [sys.executable, "manage.py", "run"],
        cwd=ROOT,
        env=os.environ | {"VAR_DIR": str(var_dir), "DEMO": "0", "HOST": "", "PORT": ""} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_site_stops_the_server_it_started(office):
    with running_site(office, **EMPTY):
        assert localpg.cluster(office).status() == "running"
    assert localpg.cluster(office).status() == "stopped"


def test_two_first_starts_at_once_make_one_database_and_both_serve(tmp_path):
    var_dir = tmp_path / "var"
    usual = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DATABASE_ADMIN_URL")}
    ports = [free_port(), free_port()]
    sites = [
        subprocess.Popen(
            [sys.executable, "manage.py", "run"],
            cwd=ROOT,
            env=usual | {"VAR_DIR": str(var_dir), "HOST": "", "PORT": str(port)} | EMPTY,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for port in ports
    ]
    try:
        assert [answers(f"http://127.0.0.1:{port}/login/", 200, 60) for port in ports] == [True, True]
    finally:
        for site in sites:
            end(site)
        localpg.cluster(var_dir).stop("immediate")


def test_the_site_leaves_a_server_alone_that_was_running_before(office):
    local = localpg.cluster(office)
    local.start()
    with running_site(office, **EMPTY):
        pass
    assert local.status() == "running"
    local.stop()


def test_a_second_start_prepares_nothing_again(office):
    stamp = (office / "static.stamp").stat().st_mtime_ns
    with running_site(office, **EMPTY) as site:
        assert status_of(f"{site.url}/login/") == 200
    assert "manage.py setup" in site.log.read_text()
    assert "正在准备数据库" not in site.log.read_text()
    assert (office / "static.stamp").stat().st_mtime_ns == stamp


def test_a_database_that_was_killed_comes_back_within_ten_seconds(office):
    with running_site(office, **EMPTY) as site:
        localpg.cluster(office).stop("immediate")
        assert status_of(f"{site.url}/login/") == 503
        assert status_of(f"{site.url}/health/") == 503
        assert answers(f"{site.url}/login/", 200, seconds=10)


def test_a_site_started_before_its_database_says_so_in_chinese_and_recovers(office):
    local = localpg.cluster(office)
    addresses = {
        "DATABASE_URL": local.url(localpg.SITE, "qunfang"),
        "DATABASE_ADMIN_URL": local.url(localpg.OWNER, "qunfang"),
    }
    with running_site(office, expected=503, **EMPTY, **addresses) as site:
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{site.url}/login/", timeout=10)
        assert (refused.value.code, refused.value.headers["Retry-After"]) == (503, "10")
        assert "系统暂时无法使用" in refused.value.read().decode()

        local.start()
        assert answers(f"{site.url}/login/", 200, seconds=10)
    local.stop()


def test_whatever_kills_the_site_its_workers_and_its_server_end_too(office):
    with running_site(office, **EMPTY) as site:
        site.process.kill()
        assert answers(f"{site.url}/health/", 0, seconds=10)
        deadline = time.monotonic() + 10
        while localpg.cluster(office).status() != "stopped" and time.monotonic() < deadline:
            time.sleep(0.1)
        assert localpg.cluster(office).status() == "stopped"


def workers(var_dir):
    """The processes that do the long jobs of the site with this directory."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command, environment = (process / "cmdline").read_bytes(), (process / "environ").read_bytes()
        except OSError:  # gone, or somebody else's
            continue
        if command.endswith(b"work\0--beside\0") and f"VAR_DIR={var_dir}".encode() in environment.split(b"\0"):
            found.append(int(process.name))
    return found


def another_worker(var_dir, than, seconds=15):
    """The worker that comes in place of one; None when none came."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if others := [worker for worker in workers(var_dir) if worker != than]:
            return others[0]
        time.sleep(0.1)
    return None


def test_a_worker_that_was_killed_is_started_again_and_ends_with_the_site(office):
    with running_site(office, **EMPTY):
        first = another_worker(office, than=None)
        os.kill(first, signal.SIGKILL)
        second = another_worker(office, than=first)
        assert second
        os.kill(second, signal.SIGTERM)
        assert another_worker(office, than=second)
    assert workers(office) == []


def parent_of(process):
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def test_a_worker_whose_minder_was_killed_goes_on_and_ends_with_the_site(office):
    with running_site(office, **EMPTY):
        worker = another_worker(office, than=None)
        os.kill(parent_of(worker), signal.SIGKILL)
        time.sleep(3)
        assert workers(office) == [worker]
    deadline = time.monotonic() + 10
    while workers(office) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert workers(office) == []


def test_a_port_in_use_is_one_clear_sentence(tmp_path):
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        refused = run(tmp_path, PORT=str(other.getsockname()[1]))
    assert refused.returncode == 2
    assert len(refused.stderr.strip().splitlines()) == 1
    assert "已被其他程序占用" in refused.stderr


@pytest.mark.parametrize("login", [localpg.OWNER, localpg.SUPERUSER])
def test_the_site_refuses_a_login_that_sees_everything(office, login):
    local = localpg.cluster(office)
    local.start()
    refused = run(office, DATABASE_URL=local.url(login, "qunfang"))
    local.stop()
    assert refused.returncode == 2
    assert "NOINHERIT" in refused.stderr


@pytest.mark.parametrize("port", ["http", "0", "70000"])
def test_a_port_that_is_none_is_named(tmp_path, port):
    refused = run(tmp_path, PORT=port)
    assert refused.returncode == 2
    assert port in refused.stderr


@pytest.mark.parametrize("host", ["192.0.2.7", "0.0.0.0"])
def test_listening_to_others_without_a_name_for_them_is_refused(tmp_path, host):
    refused = run(tmp_path, HOST=host, ALLOWED_HOSTS="localhost,127.0.0.1")
    assert refused.returncode == 2
    assert "ALLOWED_HOSTS" in refused.stderr


def test_static_files_are_collected_again_only_when_one_changed(settings, tmp_path):
    settings.VAR_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    own = tmp_path / "own"
    own.mkdir()
    (own / "a.css").write_text("a { color: red }")
    settings.STATICFILES_DIRS = [own]

    assert start.collect_static_files()
    assert not start.collect_static_files()
    (own / "a.css").write_text("a { color: green }")
    assert start.collect_static_files()


def test_the_keeper_ends_with_the_pipe_and_leaves_the_server_running(office):
    local = localpg.cluster(office)
    local.start()
    guard = keeper.beside(office, stop=False)
    with pytest.raises(subprocess.TimeoutExpired):
        guard.wait(0.5)
    guard.communicate(timeout=10)
    assert guard.returncode == 0
    assert local.status() == "running"
    local.stop()


def test_ctrl_c_ends_the_site_without_a_stack_trace(office):
    with running_site(office, **EMPTY) as site:
        os.killpg(site.process.pid, signal.SIGINT)  # the terminal tells every process in the foreground
        assert site.process.wait(20) == 0
    assert "Traceback" not in site.log.read_text()
