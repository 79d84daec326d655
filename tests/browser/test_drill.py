"""Storms and faults against the running site: three rounds of each in `make test`, a hundred in `make drill`."""

import os
import random
import re
import signal
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from http.cookiejar import CookieJar

import pytest

from config import localpg
from tests.browser.conftest import OFFICE
from tests.factories import id_number

ROUNDS = int(os.environ.get("ROUNDS", "3"))
SAVES_AT_ONCE = 10
VILLAGES = {"village": "440199001001", "village2": "440199100201"}
PARAMETERS = [
    "unit", "on", "force", "status", "sex", "age", "education", "former", "q", "p", "o", "ids", "e", "all", "level",
]  # fmt: skip
PARAMETERS += ["_popup", "_to_field"]
VALUES = ["", "0", "-1", "440199001001", "440199100201", "9" * 30, "2014-02-30", "0001-01-01", "9999-12-31", "a" * 3000]
VALUES += ["男", "'", "%00", "\x00", "1,2", "[]", "<script>", "{{7*7}}", "1.2", "１２", "professional", "serving"]
pytestmark = pytest.mark.drill


class Visitor:
    """A browser without a window: cookies, forms, no redirects followed."""

    def __init__(self, site, username):
        self.site = site
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies), Unmoved())
        self.ask("/login/")
        self.ask("/login/", username=username, password=site.password)

    def ask(self, path, **form):
        """(status, text) of an answer; 0 where there is none. With fields, a POST with its token."""
        data = urllib.parse.urlencode(form | {"csrfmiddlewaretoken": self.token}).encode() if form else None
        try:
            with self.opener.open(f"{self.site.url}{path}", data=data, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    @property
    def token(self):
        return next((cookie.value for cookie in self.cookies if cookie.name == "csrftoken"), "")

    def enter(self, name, number, village):
        """Save a new person as the form does; the status tells whether it was acknowledged."""
        form = {"document": "resident_id", "id_number": number, "name": name, "unit": village, "education": "71"}
        service = {
            "force": "joint_defence",
            "sponsor": "village",
            "started_on": "2014-07-01",
            "beginning": "recruited",
            "share": 100,
        }
        management = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1}
        form |= {f"assignments-{key}": value for key, value in management.items()}
        form |= {f"assignments-0-{key}": value for key, value in service.items()}
        return self.ask("/personnel/member/add/", **form)[0]


class Unmoved(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


@pytest.fixture(scope="module")
def visitors(site):
    return {name: [Visitor(site, name) for _ in range(2)] for name in VILLAGES}


def names_in(page):
    return set(re.findall(r'/change/[^"]*">([^<]+)</a>', page))


def test_two_villages_asking_at_once_never_see_each_other(visitors):
    def people(name, page):
        status, text = page.ask("/personnel/card/?all=")
        assert status == 200
        return name, names_in(text)

    with ThreadPoolExecutor(4) as pool:
        own = {name: people(name, pages[0])[1] for name, pages in visitors.items()}
        asked = [
            pool.submit(people, name, page)
            for _ in range(5 * ROUNDS)
            for name, pages in visitors.items()
            for page in pages
        ]
        for answer in asked:
            name, seen = answer.result()
            assert seen == own[name]
    assert own["village"]
    assert own["village"] != own["village2"]


def test_every_save_that_was_acknowledged_survives_the_killing_of_the_database(visitors):
    local = localpg.cluster(OFFICE)
    page, village = visitors["village"][0], VILLAGES["village"]
    for attempt in range(ROUNDS):
        people = {
            f"甲{chr(0x4E00 + attempt)}{chr(0x4E00 + n)}": id_number(attempt * 20 + n, date(1972, 2, 3))
            for n in range(SAVES_AT_ONCE)
        }
        with ThreadPoolExecutor(SAVES_AT_ONCE) as pool:
            saves = {name: pool.submit(page.enter, name, number, village) for name, number in people.items()}
            time.sleep(random.uniform(0.05, 0.6))
            postmaster = int((local.home / "data" / "postmaster.pid").read_text().split()[0])
            os.kill(postmaster, signal.SIGKILL)
            statuses = {name: save.result() for name, save in saves.items()}
        assert set(statuses.values()) <= {302, 503, 0}
        wait_until_it_answers(page)
        for name, status in statuses.items():
            found = name in page.ask(f"/personnel/card/?q={urllib.parse.quote(name)}")[1].split("changelist-form")[-1]
            assert found or status != 302, name


def wait_until_it_answers(page):
    """Until database and site are whole: a session of a server just killed may still answer the site once."""
    deadline = time.monotonic() + 120  # many times what a restart takes; how long it takes is not asked here
    local = localpg.cluster(OFFICE)
    while local.status() != "running" or page.ask("/health/")[0] != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize(
    "path", ["/personnel/card/", "/dashboards/strength/", "/organization/unit/", "/personnel/member/1/history/"]
)
def test_no_address_ends_in_an_error_of_the_server(visitors, path):
    chance = random.Random(ROUNDS)
    page = visitors["village"][1]
    for _ in range(10 * ROUNDS):
        query = urllib.parse.urlencode(
            [(chance.choice(PARAMETERS), chance.choice(VALUES)) for _ in range(chance.randint(1, 4))]
        )
        status, _text = page.ask(f"{path}?{query}")
        assert status < 500, query
