"""Imports that come twice, collide, or die with the site or its database; a hundred rounds of each in `make drill`."""

import json
import os
import random
import signal
import time
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest

from config import localpg
from tests.browser.conftest import OFFICE
from tests.browser.test_drill import ROUNDS, VILLAGES, Visitor, wait_until_it_answers
from tests.personnel.roster.people import number, person
from tests.security.sending import book

ROWS = 500
PAGE = "/personnel/rosterimport/"
NOTHING_SAVED, UNAVAILABLE = "没有保存", "暂时无法使用"
pytestmark = pytest.mark.drill
_rounds = iter(range(10**6))


def people(count=ROWS):
    """Rows of people whom no other round has."""
    born = date(1961, 1, 1) + timedelta(days=next(_rounds))
    rows = (person(n, 身份证号=number(n, born)) for n in range(1, 999))
    return [row for row in rows if not row["身份证号"].endswith("000")][:count]


class Sender(Visitor):
    """A visitor who sends rosters."""

    def __init__(self, site, username):
        super().__init__(site, username)
        self.unit = VILLAGES[username]

    def send(self, rows):
        """The number of the roster that now waits."""
        parts = {"unit_code": self.unit, "force": "joint_defence", "csrfmiddlewaretoken": self.token}
        body, kind = multipart(parts, "花名册.xlsx", book(rows))
        request = urllib.request.Request(f"{self.site.url}{PAGE}add/", body, {"Content-Type": kind})
        with pytest.raises(urllib.error.HTTPError) as moved:
            self.opener.open(request, timeout=60)
        assert moved.value.code == 302, moved.value.read().decode()
        return int(moved.value.headers["Location"].split("/")[3])

    def confirm(self, roster):
        """(status, text): 302 has been committed, 503 and 0 may be anything."""
        return self.ask(f"{PAGE}{roster}/import/", partial="1")


def multipart(fields, name, data):
    mark = uuid.uuid4().hex
    head = "".join(
        f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()
    )
    file = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return f"{head}{file}".encode() + data + f"\r\n--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


@contextmanager
def register():
    """A cursor that sees everything."""
    local = localpg.cluster(OFFICE)
    with local.connected("qunfang") as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def told(sql, *values):
    with register() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()


def what_became_of(roster):
    """("imported" or "waiting", people created, trail of people, trail of services), once its transaction has ended."""
    with register() as cursor:
        cursor.execute("SELECT committed_at IS NOT NULL FROM personnel_rosterimport WHERE id = %s FOR UPDATE", [roster])
        is_imported = cursor.fetchone()[0]
        found = []
        for sql in (
            "SELECT count(*) FROM personnel_importedline r JOIN personnel_member m ON m.id = r.member_id"
            " WHERE r.roster_id = %s AND r.fate = 'create'",
            "SELECT count(*) FROM organization_trail WHERE batch = %s::text AND table_name = 'personnel_member'",
            "SELECT count(*) FROM organization_trail WHERE batch = %s::text AND table_name = 'personnel_assignment'",
        ):
            cursor.execute(sql, [roster])
            found.append(cursor.fetchone()[0])
    return ("imported" if is_imported else "waiting"), *found


def created(roster):
    """How many people the preview promised."""
    return told("SELECT (counts ->> 'create')::int FROM personnel_rosterimport WHERE id = %s", roster)[0]


def people_in_all():
    return told("SELECT count(*) FROM personnel_member")[0]


@pytest.fixture(scope="module")
def senders(site):
    return [Sender(site, "village") for _ in range(2)]


@pytest.fixture(autouse=True)
def _taken_back(senders):
    """Other tests of this site find its people as they were."""
    before = told("SELECT COALESCE(max(id), 0) FROM personnel_rosterimport")[0]
    yield
    with register() as cursor:
        cursor.execute(
            "SELECT id FROM personnel_rosterimport WHERE id > %s AND committed_at IS NOT NULL ORDER BY id DESC",
            [before],
        )
        imports = [number for (number,) in cursor.fetchall()]
    for roster in imports:
        senders[0].ask(f"{PAGE}{roster}/undo/", confirmed="1")


def test_of_confirmations_at_one_instant_one_imports_and_the_others_are_told(senders):
    for _ in range(ROUNDS):
        roster = senders[0].send(people())
        promised, before = created(roster), people_in_all()
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(Sender.confirm, senders * 2, [roster] * 4))
        assert {status for status, _text in answers} == {302}
        assert what_became_of(roster) == ("imported", promised, promised, promised)
        assert people_in_all() == before + promised
        events = told(
            "SELECT count(*) FROM organization_securityevent WHERE kind = 'import' AND detail ->> 'roster' = %s",
            str(roster),
        )
        assert events == (1,)
        assert "已于" in "".join(sender.ask(f"{PAGE}{roster}/change/")[1] for sender in senders)


@pytest.fixture(scope="module")
def usual(senders):
    """How many seconds an import takes here when nothing dies."""
    roster = senders[0].send(people())
    start = time.monotonic()
    assert senders[0].confirm(roster)[0] == 302
    took = time.monotonic() - start
    senders[0].ask(f"{PAGE}{roster}/undo/", confirmed="1")
    return took


def all_or_nothing(sender, roster, usual, harm):
    """Confirm while something dies; what became of it is one or the other. Returns it with status and text."""
    promised, before = created(roster), people_in_all()
    assert promised > ROWS * 0.9
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(sender.confirm, roster)
        time.sleep(random.uniform(0, 1.2 * usual))
        harm()
        status, text = answer.result()
    wait_until_it_answers(sender)
    state, *written = what_became_of(roster)
    assert written == ([promised] * 3 if state == "imported" else [0] * 3)
    assert people_in_all() == before + written[0]
    assert status in (302, 503, 0)
    assert state == "imported" or status != 302
    assert state == "waiting" or NOTHING_SAVED not in text
    return status, text


def import_after_all(sender, roster):
    """What still waits is imported by trying again."""
    if what_became_of(roster)[0] == "waiting":
        assert sender.confirm(roster)[0] == 302
    promised = what_became_of(roster)[1]
    assert what_became_of(roster) == ("imported", promised, promised, promised)
    assert promised > ROWS * 0.9


def test_an_import_whose_web_process_is_killed_is_whole_or_not_there(senders, site, usual):
    for _ in range(ROUNDS):
        roster = senders[0].send(people())
        all_or_nothing(senders[0], roster, usual, lambda: kill_web_processes(site.pid))
        import_after_all(senders[0], roster)


def kill_web_processes(first):
    """Kill -9 of the site's workers: the children of its first process that are the same program."""
    program = Path(f"/proc/{first}/cmdline").read_bytes()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, IndexError):
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            if parent == first and stat.with_name("cmdline").read_bytes() == program:
                os.kill(int(stat.parent.name), signal.SIGKILL)


def test_an_import_whose_connection_is_cut_is_whole_or_not_there(senders, usual):
    for _ in range(ROUNDS):
        roster = senders[0].send(people())
        status, text = all_or_nothing(senders[0], roster, usual, cut_connections)
        assert status == 302 or UNAVAILABLE in text
        import_after_all(senders[0], roster)


def cut_connections():
    with register() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [localpg.SITE])


def test_an_import_whose_database_is_killed_is_whole_or_not_there(senders, usual):
    local = localpg.cluster(OFFICE)
    for _ in range(ROUNDS):
        roster = senders[0].send(people())
        postmaster = int((local.home / "data" / "postmaster.pid").read_text().split()[0])
        all_or_nothing(senders[0], roster, usual, partial(os.kill, postmaster, signal.SIGKILL))
        import_after_all(senders[0], roster)


def test_overlapping_rosters_at_one_instant_end_in_one_order_or_the_other(senders):
    """Half of the people are there already and are changed by both, the others are new in both; a form saves too."""
    for _ in range(ROUNDS):
        known = people(120)
        first = senders[0].send(known[:60])
        assert senders[0].confirm(first)[0] == 302
        versions = [[row | {"职务": post} for row in known] for post in ("甲岗", "乙岗")]
        rosters = [senders[0].send(versions[0]), senders[1].send(versions[1][::-1])]
        single = person(999, 身份证号=number(999, date(1962, 1, 1) + timedelta(days=next(_rounds))))
        with ThreadPoolExecutor(3) as pool:
            confirmed = [pool.submit(sender.confirm, roster) for sender, roster in zip(senders, rosters, strict=True)]
            saved = pool.submit(senders[0].enter, single["姓名"], known[90]["身份证号"], senders[0].unit)
        assert {answer.result()[0] for answer in confirmed} == {302}
        assert saved.result() in (200, 302, 409)
        for sender, roster in zip(senders, rosters, strict=True):  # who came second was told, looks again, confirms
            if what_became_of(roster)[0] == "waiting":
                assert sender.confirm(roster)[0] == 302
        with register() as cursor:
            cursor.execute(
                "SELECT a.post, count(*), count(DISTINCT a.member_id) FROM personnel_assignment a WHERE a.member_id IN"
                " (SELECT member_id FROM personnel_importedline WHERE roster_id = ANY (%s)) GROUP BY a.post",
                [rosters],
            )
            posts = cursor.fetchall()
        assert len([post for post, *_ in posts if post in ("甲岗", "乙岗")]) == 1, posts
        assert all(rows == members for _post, rows, members in posts)
        reasons = told(
            "SELECT COALESCE(jsonb_agg(reason), '[]') FROM organization_securityevent"
            " WHERE kind = 'import_failed' AND detail ->> 'roster' = ANY (%s)",
            [str(roster) for roster in rosters],
        )[0]
        assert "deadlock" not in json.dumps(reasons)


def test_no_file_of_a_roster_stays_behind(senders):
    """Neither of one that waits nor of those whose process died."""
    senders[0].send(people(20))
    kept = [path for path in OFFICE.rglob("*.xls*") if OFFICE / "pg" not in path.parents]
    assert kept == []
    assert not list(Path("/tmp").glob("*.upload*"))
