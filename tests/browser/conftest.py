"""The real site in the real browser: the start command serves the demo district on a database of its own."""

import fcntl
import functools
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from config import localpg

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "var" / "screenshots"  # VAR_DIR of a test run is gone when it ends
# The same browser without windows and menus is first: the pages cost a quarter less.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# With its demo district, started once and stopped: the pattern for the others.
MADE = Path(os.environ["VAR_DIR"]) / "office-made"
# Each worker's own.
OFFICE = Path(os.environ["VAR_DIR"]) / f"office-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
START_SECONDS = 240  # ten times what it takes on an idle machine
PASSWORD = "only-for-browser-tests-7"
FAILED = pytest.StashKey[bool]()
WITHOUT_REPEATS = {"exclude": [["tbody tr:nth-child(n+12)"]]}  # rows like those above them take seconds to be measured


@pytest.hookimpl(tryfirst=True)  # before the groups are read
def pytest_collection_modifyitems(items):
    """Browser tests share a site: one for every second module, so that two workers are busy to the end.

    Without a browser they say why they do not run.
    """
    here = Path(__file__).parent
    modules = sorted(path.name for path in here.glob("test_*.py"))
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group(f"browser {modules.index(item.path.name) % 2}"))
            if not CHROMIUM:
                item.add_marker(
                    pytest.mark.skip(reason="no Chromium: on Debian, apt-get install chromium fonts-noto-cjk")
                )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@dataclass(frozen=True)
class Site:
    """Where the site serves, the password of its demo accounts, and its first process."""

    url: str
    password: str
    pid: int


@pytest.fixture(scope="package")
def site():
    """`manage.py run`, as an office starts it, with a server of its own. Started once, always stopped."""
    settle(OFFICE)
    with running_site(OFFICE, DEMO_PASSWORD=PASSWORD) as started:
        yield Site(started.url, PASSWORD, started.process.pid)


def settle(directory):
    """Make the office's directory: for the first worker by starting the site, for the next as a copy of that."""
    with MADE.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not MADE.exists():
            with running_site(directory, DEMO_PASSWORD=PASSWORD):
                pass
            localpg.cluster(directory).stop()
            subprocess.run(["cp", "-a", directory, MADE], check=True)
        else:
            subprocess.run(["cp", "-a", MADE, directory], check=True)
            localpg.cluster(directory).socket_record.unlink()  # its server's socket lies elsewhere


@dataclass(frozen=True)
class Started:
    """A site that runs: its address, its first process, and what it writes."""

    url: str
    process: subprocess.Popen
    log: Path


@contextmanager
def running_site(var_dir, expected=200, **environment):
    """Start the site on a free port and wait until it answers with the expected health. Yields a Started."""
    port = free_port()
    usual = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DATABASE_ADMIN_URL")}
    log = Path(var_dir) / "site.log"
    log.parent.mkdir(mode=0o711, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run"],
            cwd=ROOT,
            env=usual | {"VAR_DIR": str(var_dir), "PORT": str(port), "HOST": "127.0.0.1"} | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        started = Started(f"http://127.0.0.1:{port}", process, log)
        wait_until_it_serves(started, expected)
        yield started
    finally:
        end(process)


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_it_serves(started, expected):
    deadline = time.monotonic() + START_SECONDS
    while status_of(f"{started.url}/health/") != expected:
        if started.process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"The site did not start:\n{started.log.read_text(errors='replace')[-4000:]}", pytrace=False)
        time.sleep(0.1)


def status_of(url):
    """The status of an answer; 0 where there is none."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def end(process):
    """Stop the site as a service manager does; if that does not help, with all its processes."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="package")
def browser():
    # For the package only: while it runs, Django takes this thread for an asynchronous one and refuses the database.
    from playwright.sync_api import sync_playwright

    with (
        whole_pages(),
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS) as browser,
    ):
        yield browser


@contextmanager
def whole_pages():
    """Let a click or a key return when the page it led to is there whole.

    By themselves they wait until the new page begins to come. Whoever counts its rows then, or reads its title, finds
    what has come by chance.
    """
    from playwright.sync_api import Locator, Page

    acts = [(kind, name) for kind in (Locator, Page) for name in ("click", "dblclick", "press")]
    before = {act: getattr(*act) for act in acts}
    for kind, name in acts:
        setattr(kind, name, and_the_page(before[kind, name]))
    yield
    for (kind, name), act in before.items():
        setattr(kind, name, act)


def and_the_page(act):
    @functools.wraps(act)
    def acted(target, *args, **options):
        answer = act(target, *args, **options)
        window = getattr(target, "page", target)
        if not window.is_closed() and not options.get("no_wait_after"):
            window.wait_for_load_state()
        return answer

    return acted


@pytest.fixture
def complaints():
    """What the console or the server complained of during the test; it must be empty at the end.

    A test that provokes a refusal looks at it and clears it.
    """
    return []


@pytest.fixture(scope="package")
def logins():
    """{account: cookies} of logins that no window uses at the moment; the next test goes on with them."""
    return {}


@pytest.fixture
def page(browser, site, complaints, logins, request):
    """Opens a window, logged in: page("village"). page(None) is nobody; width=390 is a telephone.

    Who logged in for an earlier test comes back with that test's cookies, and types the password again where they are
    worth nothing any more. Two windows of one test never share a login, unless it opens the second in the first's.
    """
    contexts, used = [], {}

    def opened(username=None, *, width=1280, height=800, **options):
        context = browser.new_context(
            base_url=site.url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": height},
            **options,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        window = watched(context.new_page(), complaints)
        if username:
            come_back(window, logins.pop(username, ())) or log_in(window, username, site.password)
            used[username] = context.cookies()
        return window

    yield opened
    if request.node.stash.get(FAILED, False):
        photograph(contexts, request.node.name)
    for context in contexts:
        context.close()
    logins.update(used)
    assert complaints == []


def watched(window, complaints):
    """Note script errors, refusals of the content policy and answers of 500 and above."""
    window.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    window.on("console", lambda entry: entry.type == "error" and complaints.append(f"console: {entry.text}"))
    window.on("response", lambda answer: answer.status >= 500 and complaints.append(f"{answer.status}: {answer.url}"))
    return window


def come_back(window, cookies):
    """Whether the front page opens with these cookies."""
    if not cookies:
        return False
    window.context.add_cookies(cookies)
    window.goto("/")
    return "/login/" not in window.url


def log_in(window, username, password):
    window.goto("/login/")
    window.fill("[name=username]", username)
    window.fill("[name=password]", password)
    window.click("#login-form [type=submit]")
    window.wait_for_url(lambda url: "/login/" not in url)


def photograph(contexts, name):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for number, context in enumerate(contexts):
        for window in context.pages:
            window.screenshot(path=SCREENSHOTS / f"{name}-{number}.png", full_page=True)


@pytest.fixture
def accessible(complaints):
    """Check a page with axe: accessible(window) fails on violations that keep people out.

    Axe puts styles into the page to measure colours, which the policy refuses: what is said meanwhile is its own.
    """
    from axe_playwright_python.sync_playwright import Axe

    def check(window):
        said_before = complaints.copy()
        found = Axe().run(window, context=WITHOUT_REPEATS).response["violations"]
        window.wait_for_timeout(50)  # what the console said has come by then
        complaints[:] = said_before
        grave = [
            f"{one['id']}: {one['help']} {[node['html'] for node in one['nodes']]}" for one in found if is_grave(one)
        ]
        assert grave == []

    return check


def is_grave(violation):
    return violation["impact"] in ("serious", "critical")
