"""The real server: gunicorn as in config/gunicorn.py over loopback, a bounded number of requests."""

import http.client
import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter, sleep

from django.conf import settings
from django.urls import reverse

from tests.bench.clock import Times
from tests.bench.markdown import table as markdown
from tests.bench.site import browser

ROOT = Path(__file__).resolve().parents[2]
REQUESTS = 120
EMPTY = "空请求"
HEADERS = ("页面", "并发", "中位 ms", "p95 ms", "每秒请求", "÷空请求（中位）")


def table(var_dir: Path, username: str = "hr", *, with_figures: bool = True) -> str:
    """What the server gives; `username` is of the root."""
    client, _ = browser(username)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    pages = {
        EMPTY: "/health/",
        "人员名单 首页": reverse("admin:personnel_card_changelist"),
    }
    if with_figures:
        pages |= {"力量总览 今天": reverse("dashboards:strength"), "工作台": reverse("admin:index")}
    rows, empty = [], {}
    with gunicorn(var_dir) as port:
        for name, path in pages.items():
            for clients in (1, 8):
                times, seconds = _requests(port, path, "" if name == EMPTY else cookie, clients)
                empty.setdefault(clients, times.median)
                rows.append([
                    name, clients, f"{1000 * times.median:.1f}", f"{1000 * times.p95:.1f}",
                    f"{REQUESTS / seconds:.0f}", f"{times.median / empty[clients]:.1f}",
                ])  # fmt: skip
    return markdown(HEADERS, rows)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def gunicorn(var_dir: Path):
    port = free_port()
    environment = os.environ | {"VAR_DIR": str(var_dir), "PORT": str(port), "HOST": "127.0.0.1"}
    server = subprocess.Popen([sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py"], cwd=ROOT, env=environment)
    try:
        wait_for(port, "/health/", 60)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def wait_for(port: int, path: str, seconds: float) -> float:
    """Seconds until the page comes. Raises TimeoutError."""
    begun = perf_counter()
    while perf_counter() - begun < seconds:
        try:
            if _get(port, path, "")[0] == 200:
                return perf_counter() - begun
        except OSError:
            pass
        sleep(0.02)
    raise TimeoutError(f"{path} did not come within {seconds} s")


def _get(port, path, cookie, connection=None):
    connection = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    response = connection.getresponse()
    return response.status, response.read()


def _requests(port, path, cookie, clients) -> tuple[Times, float]:
    """REQUESTS requests by so many clients at a time, each on its own kept connection, and how long all took."""

    def client(count):
        found = []
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            for _ in range(count):
                begun = perf_counter()
                status, _body = _get(port, path, cookie, connection)
                found.append(perf_counter() - begun)
                if status != 200:
                    raise RuntimeError(f"{path} answers {status}")
        return found

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(client, [2] * clients))  # warm-up: both processes have the page loaded
        begun = perf_counter()
        seconds = [value for found in pool.map(client, [REQUESTS // clients] * clients) for value in found]
        return Times(seconds), perf_counter() - begun
