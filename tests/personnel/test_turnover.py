"""Joiners and leavers: opening + in - out = closing, told one by one, against a count that shares no code with it."""

import random
from collections import Counter
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization import reorganisation
from organization.belonging import reach
from organization.models import SecurityEvent, Unit
from organization.scope import as_account, as_root
from personnel import figures
from personnel.figures import turnover as module
from personnel.figures.turnover import turnover
from personnel.models import Assignment
from tests.conftest import DISTRICT, OTHER_TOWN, OTHER_VILLAGE, SECOND_VILLAGE, STATION, TOWN, VILLAGE
from tests.factories import MemberFactory, serve
from tests.personnel.exports.reading import sheets

FIRST, LAST = date(2014, 7, 1), date(2014, 7, 31)
PAGE = "/dashboards/turnover/"
JULY = "since=2014-07-01&on=2014-07-31"


def at(code):
    return Unit.objects.get(code=code)


def told(unit=TOWN, first=FIRST, last=LAST, force=None):
    return turnover(first, last, reach(unit), force)


def kinds(found):
    return Counter(one.kind for one in found.movers)


@pytest.fixture
def july(root):
    """A July in the town: each way to come, go, move and stay, once; and somebody of another town."""
    serve(MemberFactory(name="一直在"))
    serve(MemberFactory(name="新招"), since="2014-07-01")
    serve(MemberFactory(name="调入"), since="2014-07-31", beginning="transferred")
    serve(MemberFactory(name="辞职"), until="2014-07-01")
    serve(MemberFactory(name="退休"), until="2014-07-31", ending="retired")
    serve(MemberFactory(name="八月走"), until="2014-08-01")
    serve(MemberFactory(name="六月走"), until="2014-06-30")
    serve(MemberFactory(name="志愿者"), since="2014-07-05", force="volunteer")
    moved, passed, away, other = (MemberFactory(name=name) for name in ("内部调", "来又走", "走又回", "哨兵员"))
    serve(moved, until="2014-07-10", ending="transferred")
    serve(moved, since="2014-07-10", unit=at(SECOND_VILLAGE), beginning="transferred")
    serve(passed, since="2014-07-03", until="2014-07-20")
    serve(away, until="2014-07-03")
    serve(away, since="2014-07-20", beginning="returned")
    serve(other, since="2014-07-09", unit=at(OTHER_VILLAGE))
    return moved


def test_each_is_told_in_one_group_with_how_it_began_or_ended(july):
    found = told()
    assert (found.opening, found.closing) == (6, 6)
    assert found.counts("joined") == {"recruited": 1, "transferred": 1}
    assert found.counts("left") == {"resigned": 1, "retired": 1}
    assert kinds(found) == {"joined": 2, "left": 2, "moved": 1, "passed": 1, "away": 1}
    (move,) = found.of("moved")
    assert (move.member, move.unit, move.earlier, move.on) == (july.pk, SECOND_VILLAGE, (VILLAGE,), date(2014, 7, 10))


def test_a_move_is_one_for_the_village_and_none_for_the_district(july):
    assert told(VILLAGE).counts("left") == {"resigned": 1, "retired": 1, "transferred": 1}
    assert told(SECOND_VILLAGE).counts("joined") == {"transferred": 1}
    assert told(DISTRICT).of("moved")


def test_a_force_by_itself_is_its_own_range(root):
    member = MemberFactory()
    serve(member, until="2014-07-10", ending="merged")
    serve(member, since="2014-07-10", force="auxiliary", beginning="merged")
    assert kinds(told()) == {}
    assert told(force="joint_defence").counts("left") == {"merged": 1}
    assert told(force="auxiliary").counts("joined") == {"merged": 1}


def test_a_unit_that_was_closed_is_no_move(root, account):
    serve(MemberFactory(), since="2013-01-01")
    with as_account(account("governance")):
        reorganisation.close(VILLAGE, OTHER_VILLAGE, date(2014, 7, 10), date(2014, 7, 10))
        for unit in (DISTRICT, OTHER_TOWN, OTHER_VILLAGE):
            assert (told(unit).opening, told(unit).closing, told(unit).movers) == (1, 1, ())


def test_too_many_are_refused_and_said(july, visitor, clerk, monkeypatch):
    monkeypatch.setattr(module, "MOST_PEOPLE", 1)
    answer = visitor(clerk).get(f"{PAGE}?{JULY}", follow=True)
    assert answer.redirect_chain
    assert 'class="error"' in answer.content.decode()


# --- against a slow count ---------------------------------------------------------------------------------------------

PLACES = (VILLAGE, SECOND_VILLAGE, TOWN, OTHER_VILLAGE, STATION)
START, DAYS = date(2014, 1, 1), 120


def careers(chance, members):
    """Two halves of a person's time, each filled with services one after the other, some touching, some with gaps."""
    for member in members:
        for half in (0, 50):
            day = START + timedelta(days=chance.randint(-20, 60))
            for _service in range(chance.randint(0, 4)):
                end = day + timedelta(days=chance.randint(1, 50))
                is_open = chance.random() < 0.2
                yield serve(
                    member,
                    since=day.isoformat(),
                    until=None if is_open else end.isoformat(),
                    unit=at(chance.choice(PLACES)),
                    force=chance.choice(["joint_defence", "guard", "patrol"]),
                    share=50,
                    share_from=half,
                    beginning=chance.choice(Assignment.Beginning.values),
                    **({} if is_open else {"ending": chance.choice(Assignment.Ending.values)}),
                )
                if is_open:
                    break
                day = end + timedelta(days=chance.choice([0, 0, 1, 7]))


def told_slowly(rows, low, high, first, last, force):
    """Day by day over the raw rows: {member: (kind, possible ways)}, opening, closing."""
    before = first - timedelta(days=1)
    people = {}
    for member, unit, of, since, until, beginning, ending in rows:
        if low <= unit <= high and force in (None, of):
            people.setdefault(member, []).append((unit, since, until or date.max, beginning, ending))

    def places(services, day):
        return {unit for unit, since, until, *_ in services if since <= day < until}

    result, opening, closing = {}, 0, 0
    for member, services in people.items():
        days = [before + timedelta(days=n) for n in range((last - before).days + 1)]
        there = [bool(places(services, day)) for day in days]
        opening, closing = opening + there[0], closing + there[-1]
        if there[-1] and not all(there):
            first_day = days[-1]
            while there[days.index(first_day) - 1]:
                first_day -= timedelta(days=1)
            ways = {beginning for _unit, since, _until, beginning, _e in services if since == first_day}
            result[member] = ("away" if there[0] else "joined", ways)
        elif any(there) and not there[-1]:
            gone = max(day for day, is_there in zip(days, there, strict=True) if is_there) + timedelta(days=1)
            ways = {ending for _unit, _since, until, _b, ending in services if until == gone}
            result[member] = ("left" if there[0] else "passed", ways)
        elif all(there) and places(services, before) != places(services, last):
            result[member] = ("moved", None)
    return result, opening, closing


@pytest.mark.parametrize("seed", range(4))
def test_everybody_is_told_as_a_count_day_by_day_tells_it(root, seed):
    chance = random.Random(seed)
    list(careers(chance, MemberFactory.create_batch(40)))
    rows = list(
        Assignment.objects.values_list("member_id", "unit_id", "force", "started_on", "ended_on", "beginning", "ending")
    )
    spans = {DISTRICT: 10**6, TOWN: 1000, VILLAGE: 1, SECOND_VILLAGE: 1, OTHER_TOWN: 1000}
    seen = Counter()
    for _question in range(40):
        unit, force = chance.choice(list(spans)), chance.choice([None, None, "joint_defence", "guard"])
        first = START + timedelta(days=chance.randint(-10, 90))
        last = first + timedelta(days=chance.randint(0, 60))
        slowly, opening, closing = told_slowly(rows, unit, unit + spans[unit] - 1, first, last, force)
        found = told(unit, first, last, force)
        assert (found.opening, found.closing) == (opening, closing)
        assert {one.member: one.kind for one in found.movers} == {who: kind for who, (kind, _ways) in slowly.items()}
        for one in found.movers:
            ways = slowly[one.member][1]
            assert ways is None or one.how in ways
        assert found.opening + len(found.of("joined")) - len(found.of("left")) == found.closing
        seen += kinds(found)
        moved = figures.movement(last, reach(unit), force, before=first - timedelta(days=1))
        assert (moved["joined"], moved["left"]) == (len(found.of("joined")), len(found.of("left")))
    assert set(seen) == {"joined", "left", "moved", "passed", "away"}, "a kind that never came up was not tried"


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def town(account):
    return account("staff", TOWN, username="town")


def test_the_strength_page_leads_there_with_its_question(july, visitor, town):
    page = visitor(town).get("/dashboards/strength/?on=2014-07-31&force=guard").content.decode()
    assert f'href="{PAGE}?on=2014-07-31&amp;force=guard"' in page


def test_the_page_shows_the_balance_and_every_number_leads_to_its_people(july, visitor, town):
    browser = visitor(town)
    answer = browser.get(f"{PAGE}?{JULY}")
    lines = [*answer.context["balance"], *answer.context["apart"]]
    assert [line["value"] for line in lines] == ["6", "2", "1", "1", "2", "1", "1", "6", "1", "1", "1"]
    for line in lines:
        there = browser.get(line["url"].partition("#")[0])
        count = there.context["page"].paginator.count if "page" in there.context else there.context["cl"].result_count
        assert str(count) == line["value"], line
    page = answer.content.decode()
    assert all(name in page for name in ("新招", "调入"))
    assert "哨兵" not in page


@pytest.mark.parametrize(
    "query",
    [
        "since=x",
        "since=2999-01-01",
        "since=1900-01-01",
        "since=2014-08-01&on=2014-07-01",
        "kind=x&how=x",
        "how=retired",
        "p=x",
    ],
)
def test_what_is_not_understood_is_said_or_left_out(july, visitor, town, query):
    assert visitor(town).get(f"{PAGE}?{query}").status_code == 200


def test_three_people_and_the_page(july, visitor, town, officer, account):
    seen = {}
    for who in (officer, town, account("clerk", OTHER_VILLAGE, username="other")):
        answer = visitor(who).get(f"{PAGE}?{JULY}")
        seen[who.username] = (answer.context["balance"][-1]["value"], "新招" in answer.content.decode())
    assert seen == {"officer": ("7", True), "town": ("6", True), "other": ("1", False)}
    assert visitor(town).get(f"{PAGE}?{JULY}&unit={OTHER_TOWN}").status_code == 404


@pytest.mark.parametrize("role", ["sysadmin", "secadmin", "auditor"])
def test_administrators_see_no_movement(july, visitor, account, role):
    browser = visitor(account(role))
    assert browser.get(PAGE).status_code == browser.post(PAGE).status_code == 403


def test_the_workbook_has_the_balance_and_the_people_and_is_on_record(july, visitor, town, account):
    answer = visitor(town).post(f"{PAGE}?{JULY}")
    data = b"".join(answer.streaming_content)
    book = sheets(data)
    assert list(book) == ["增减汇总", "进", "出", "内部调动", "期内进又出", "期内出又进"]
    balance = {row[0].strip("　"): row[1] for row in book["增减汇总"] if len(row) > 1}
    assert balance["期初人数（2014年6月30日）"] == "6"
    assert (balance["加：进"], balance["减：出"], balance["期末人数（2014年7月31日）"]) == ("2", "2", "6")
    assert {(row[1], row[8]) for row in book["出"][1:]} == {("辞职", "辞职"), ("退休", "退休")}
    ((*_rest, where_from),) = book["内部调动"][1:]
    assert where_from == "东塘第一社区"
    assert all("*" in row[3] for row in book["进"][1:])
    with as_account(account("auditor")):
        event = SecurityEvent.objects.get(kind="export")
    assert (event.username, event.detail["layout"], event.detail["rows"], event.detail["since"]) == (
        "town", "turnover", 7, "2014-07-01",
    )  # fmt: skip
    assert urlsplit(event.origin).path == PAGE


def test_to_look_is_no_export(july, visitor, town, account):
    visitor(town).get(f"{PAGE}?{JULY}")
    with as_account(account("auditor")):
        assert not SecurityEvent.objects.filter(kind="export").exists()


def test_the_page_takes_as_many_queries_for_many_as_for_few(root, visitor, town):
    browser = visitor(town)

    def queries(more):
        with as_root("test"):
            for member in MemberFactory.create_batch(more):
                serve(member, since="2014-07-02")
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(f"{PAGE}?{JULY}").status_code == 200
        return len(captured)

    assert queries(2) == queries(30)
