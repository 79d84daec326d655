"""The strength page: any unit below the own, any day, and every figure opens the people it counts."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboards import strength
from dashboards.asked import Asked
from dashboards.kit_lists import KIT_LISTS
from dashboards.lists import LISTS
from dashboards.quality_lists import QUALITY_LISTS
from organization.models import Team, Unit
from personnel import figures
from tests.conftest import DISTRICT, OTHER_TOWN, OTHER_VILLAGE, SECOND_VILLAGE, STATION, TOWN, VILLAGE
from tests.factories import EmployerFactory, MemberFactory, serve

PAGE = "/dashboards/strength/"
DAY = date(2014, 7, 15)
ON = {"on": DAY.isoformat()}


@pytest.fixture
def town(account):
    return account("staff", TOWN, username="town")


@pytest.fixture
def office(account):
    return account("governance", username="office")


@pytest.fixture
def people(root):
    """Five in the town: two men and three women, one of them in two villages, and a volunteer; one in another town."""
    second = Unit.objects.get(code=SECOND_VILLAGE)
    serve(MemberFactory(birth_date=date(1990, 1, 1), education="61"), since="2013-01-01")
    serve(MemberFactory(education=None), since="2014-07-02", sponsor="town")
    serve(MemberFactory(sex="female"), since="2013-01-01", force="auxiliary", category="clerical")
    both = MemberFactory(sex="female", birth_date=date(1985, 1, 1))
    serve(both, since="2013-01-01", share=50)
    serve(both, since="2013-01-01", share=50, share_from=50, unit=second)
    school = EmployerFactory(nature="school", unit_id=VILLAGE, declared_guards=3)
    serve(MemberFactory(sex="female", unit=second), since="2013-01-01", force="guard", employer=school)
    serve(MemberFactory(), since="2013-01-01", until="2014-07-05")
    serve(MemberFactory(), since="2013-01-01", force="volunteer")
    serve(MemberFactory(unit=Unit.objects.get(code=OTHER_VILLAGE)), since="2013-01-01")


def links(page):
    return {unescape(href) for href in re.findall(r'href="(/personnel/card/\?[^"]+)"', page.content.decode())}


def figures_of(response):
    """{address: numbers} of everything on the page that leads somewhere, and says how many."""
    found = {}
    for item in response.context["headline"]:
        found[item["url"]] = int(item["value"].split(" / ")[0].replace(",", ""))
    tables = response.context["tables"]
    for row in [row for table in tables for row in (*table["rows"], table["total"])]:
        for cell in row["cells"]:
            if cell.get("url"):
                assert found.setdefault(cell["url"], int(cell["value"])) == int(cell["value"])
    for chart in response.context["charts"]:
        for row in chart.table.rows:
            if row.href and not row.href.startswith(PAGE):
                assert found.setdefault(row.href, int(row.cells[0])) == int(row.cells[0])
    return found


def opened(response):
    """How many rows a list says it has."""
    return response.context["cl"].result_count if "cl" in response.context else response.context["page"].paginator.count


def test_the_headline_counts_each_person_once(people, town, visitor):
    response = visitor(town).get(PAGE, ON)
    headline = {item["label"]: item["value"] for item in response.context["headline"]}
    assert response.status_code == 200
    assert list(headline.values())[:4] == ["5", "1", "1", "1"]


@pytest.mark.parametrize(
    "asked", [{}, {"force": "joint_defence"}, {"unit": VILLAGE}, {"unit": SECOND_VILLAGE, "force": "guard"}]
)
def test_every_figure_opens_as_many_rows_as_it_says(people, town, visitor, asked):
    Team.objects.establish(Unit.objects.get(code=VILLAGE), date(2014, 1, 1), "police_room")
    serve(MemberFactory(unit=Unit.objects.get(code=TOWN)), since="2013-01-01")
    client = visitor(town)
    counted = figures_of(client.get(PAGE, ON | asked))
    assert len(counted) > 10
    assert {url: opened(client.get(url)) for url in counted} == counted


@pytest.mark.parametrize("force", ["", "auxiliary", "joint_defence", "volunteer"])
def test_every_figure_of_those_right_at_the_town_opens_them(people, town, visitor, force):
    at_town = Unit.objects.get(code=TOWN)
    for more in (
        {"sponsor": "town"},
        {"force": "auxiliary", "category": "clerical"},
        {"force": "guard"},
        {"force": "volunteer"},
    ):
        serve(MemberFactory(unit=at_town), since="2013-01-01", **more)
    serve(MemberFactory(unit=at_town, sex="female", birth_date=date(1995, 1, 1)), since="2013-01-01", sponsor="town")
    client = visitor(town)
    table = client.get(PAGE, ON | {"force": force}).context["tables"][0]
    cells = table["rows"][0]["cells"][:-1]  # the last is the rate
    assert table["rows"][0]["label"] == strength.right_at(at_town)
    counted = {cell["url"]: int(cell["value"]) for cell in cells if cell["value"] != "0"}
    assert len(counted) == {"": 5, "auxiliary": 3, "joint_defence": 5, "volunteer": 3}[force]
    assert {url: opened(client.get(url)) for url in counted} == counted


def test_every_warning_opens_as_many_rows_as_it_says(people, office, visitor):
    for unit in (VILLAGE, SECOND_VILLAGE, STATION, OTHER_VILLAGE):
        Team.objects.establish(Unit.objects.get(code=unit), date(2014, 1, 1), "police_room")
    client = visitor(office)
    warnings = client.get(PAGE, ON).context["warnings"]
    assert [int(item["count"]) for item in warnings] == [2, 3, 5, 1, 1, 6]
    for item in warnings:
        page = client.get(item["url"])
        assert opened(page) == int(item["count"])
        for row in page.context["table"]["rows"] if "squads" in item["url"] else []:
            assert opened(client.get(row["cells"][0]["url"])) == row["cells"][0]["value"]


def test_the_addresses_in_the_html_are_those_of_the_figures(people, town, visitor):
    response = visitor(town).get(PAGE, ON)
    assert {url for url in figures_of(response) if url.startswith("/personnel/card/")} <= links(response)


@pytest.mark.parametrize("slug", sorted(LISTS | KIT_LISTS | QUALITY_LISTS))
def test_a_list_opens_for_whoever_has_its_right_and_is_missing_for_the_others(people, town, account, visitor, slug):
    for who in (town, account("finance", username="money")):
        expected = 200 if who.has_perm((LISTS | KIT_LISTS | QUALITY_LISTS)[slug].right) else 404
        assert visitor(who).get(f"/dashboards/lists/{slug}/", ON).status_code == expected


# --- whose figures

FOREIGN = [OTHER_TOWN, OTHER_VILLAGE, DISTRICT, STATION]
NO_UNIT = [440199_001_999, "all", "-1", "440199001 OR 1=1", "9" * 40, "%00", "①"]


@pytest.mark.parametrize("unit", FOREIGN + NO_UNIT)
@pytest.mark.parametrize("address", [PAGE, "/dashboards/lists/joined/"])
def test_what_is_no_unit_of_mine_gets_one_and_the_same_answer(people, town, visitor, address, unit):
    client = visitor(town)
    missing = client.get(address, {"unit": "440199001998"})
    answer = client.get(address, {"unit": unit})
    assert (answer.status_code, missing.status_code) == (404, 404)
    neutral = re.compile(rb"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|csrf[^>]*")
    assert neutral.sub(b"", answer.content) == neutral.sub(b"", missing.content)


@pytest.mark.parametrize("address", [PAGE, "/dashboards/lists/joined/"])
@pytest.mark.parametrize("role", ["sysadmin", "secadmin", "auditor"])
def test_administrators_see_no_figures(db, account, visitor, role, address):
    assert visitor(account(role, is_demo=True)).get(address).status_code == 403


def test_nobody_sees_figures_without_logging_in(db, client):
    assert client.get(PAGE).status_code == 302


def test_three_people_see_all_some_and_nothing(people, office, town, stranger, visitor):
    totals = [visitor(who).get(PAGE, ON).context["headline"][0]["value"] for who in (office, town, stranger)]
    assert totals == ["6", "5", "1"]


def test_a_cell_of_one_opens_nobody_outside_the_scope(people, town, visitor):
    """B17: the filters of a small cell, put on another unit or the whole district, show what the scope shows."""
    client = visitor(town)
    small = [url for url, count in figures_of(client.get(PAGE, ON)).items() if 0 < count < 3 and "/card/" in url]
    assert small
    for url in small:
        for foreign in (OTHER_TOWN, OTHER_VILLAGE, DISTRICT):
            answer = client.get(re.sub(r"unit=\d+", f"unit={foreign}", url))
            units = {card.unit_id for card in answer.context["cl"].result_list} if answer.status_code == 200 else set()
            assert units <= {TOWN, VILLAGE, SECOND_VILLAGE}


# --- any day


@pytest.mark.parametrize("text", ["2014-02-30", "yesterday", "2014-7-1", "99999-01-01", "0001-01-01", "无"])
def test_a_day_that_is_none_is_said_and_today_is_shown(people, town, visitor, text):
    response = visitor(town).get(PAGE, {"on": text})
    assert response.context["day"] == timezone.localdate()
    assert len(list(response.context["messages"])) == 1


def test_a_day_to_come_is_refused_with_a_sentence(people, town, visitor):
    tomorrow = timezone.localdate() + timedelta(days=1)
    response = visitor(town).get(PAGE, {"on": tomorrow.isoformat()})
    assert response.context["day"] == timezone.localdate()
    assert "messagelist" in response.content.decode()


def test_an_unknown_force_is_all_forces(people, town, visitor):
    assert visitor(town).get(PAGE, ON | {"force": "militia"}).context["headline"][0]["value"] == "5"


# --- little to show


def test_a_unit_where_nobody_serves_says_what_to_do(db, account, visitor):
    response = visitor(account("clerk", SECOND_VILLAGE)).get(PAGE)
    assert response.status_code == 200
    assert response.context["warnings"][0]["hint"]
    assert response.context["headline"][0]["value"] == "0"


def test_a_village_has_no_units_below(people, town, visitor):
    response = visitor(town).get(PAGE, ON | {"unit": VILLAGE})
    assert response.context["units"] == []
    assert [unit.code for unit in response.context["trail"]] == [TOWN]
    assert len(response.context["tables"]) == 1


def test_who_serves_right_at_the_town_has_a_row(people, town, visitor):
    serve(MemberFactory(unit=Unit.objects.get(code=TOWN)), since="2013-01-01")
    rows = visitor(town).get(PAGE, ON).context["tables"][0]["rows"]
    assert [row["cells"][5]["value"] for row in rows] == ["1", "4", "2"]


# --- as quick with many as with few


def test_the_number_of_queries_does_not_grow_with_units_and_people(people, office, visitor):
    client = visitor(office)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(PAGE, ON)
        return len(captured)

    few = queries()
    for unit in (VILLAGE, SECOND_VILLAGE, OTHER_VILLAGE, STATION):
        Team.objects.establish(Unit.objects.get(code=unit), date(2014, 1, 1), "police_room")
        for _ in range(5):
            serve(MemberFactory(unit=Unit.objects.get(code=unit)))
    assert queries() == few


def test_the_page_and_the_figures_say_the_same(people, town):
    asked = Asked(town, town.unit, DAY, DAY)
    shown = strength.context(asked)["headline"][0]["value"]
    assert int(shown) == figures.strength(DAY, asked.within)["total"]
