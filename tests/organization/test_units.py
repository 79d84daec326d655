"""Units in the admin: the tree, its numbers, opening, renaming, closing, and who may do so."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization.models import Team, Unit
from organization.scope import as_root
from personnel.models import Member
from tests.conftest import DISTRICT, OTHER_TOWN, OTHER_VILLAGE, SECOND_VILLAGE, STATION, TOWN, VILLAGE
from tests.factories import MemberFactory, serve

LIST, ADD = "/organization/unit/", "/organization/unit/add/"
NEW = {"code": "440199002", "name": "南湾街道", "aliases": "", "opened_on": "2014-01-01", "population": ""}


@pytest.fixture
def governance(account):
    return account("governance", username="governance")


def page(unit):
    return f"{LIST}{unit}/change/"


def close_page(unit):
    return f"{LIST}{unit}/close/"


def rows(response):
    """{name: TreeRow} of a tree page."""
    return {row.unit.name: row for row in response.context["cl"].rows}


def numbers(response, name):
    """The registered numbers of a row by the English heading."""
    columns = response.context["cl"].columns
    found = rows(response)[name].numbers
    return {column.function.__name__: number.value for column, number in zip(columns, found, strict=True)}


# --- the tree ----------------------------------------------------------------------------------------------------


def test_the_tree_is_indented_by_level_and_counts_what_lies_below(root, visitor, governance):
    response = visitor(governance).get(LIST)
    tree = rows(response)
    assert [row.unit.pk for row in tree.values()] == sorted(row.unit.pk for row in tree.values())
    assert [(name, row.depth) for name, row in tree.items()] == [
        ("穗安区", 0),
        *[("东塘街道", 1), ("东塘第一社区", 2), ("东塘第二社区", 2)],
        *[("西陂镇", 1), ("西陂村", 2)],
        *[("穗安分局", 1), ("东塘派出所", 1)],
    ]
    assert [tree[name].open_below for name in ("穗安区", "东塘街道", "西陂村")] == [7, 2, 0]
    assert 'class="tree-depth-2' in response.content.decode()


def test_the_ways_on_from_a_unit_are_those_right_below_and_never_all_the_villages(root):
    towns = {TOWN, OTHER_TOWN, STATION // 10**5 * 10**5, STATION}
    city, province = DISTRICT // 10**8 * 10**8, DISTRICT // 10**10 * 10**10
    for unit, expected in ((province, {DISTRICT}), (city, {DISTRICT}), (DISTRICT, {DISTRICT} | towns)):
        assert set(Unit.objects.ways_on(unit).values_list("code", flat=True)) == expected
    assert set(Unit.objects.ways_on(TOWN, [DISTRICT]).values_list("code", flat=True)) == {
        DISTRICT, TOWN, VILLAGE, SECOND_VILLAGE,
    }  # fmt: skip


def test_people_are_counted_once_in_a_common_ancestor_and_volunteers_apart(root, visitor, governance):
    member = MemberFactory()
    serve(member, share=50)
    serve(member, share=50, share_from=50, unit_id=SECOND_VILLAGE)
    serve(MemberFactory(), force="volunteer")
    serve(MemberFactory(), until="2013-01-01")
    response = visitor(governance).get(LIST)
    counted = [
        numbers(response, name)["by_unit"] for name in ("东塘第一社区", "东塘第二社区", "东塘街道", "穗安区", "西陂镇")
    ]
    assert counted == [1, 1, 1, 1, 0]


def test_three_people_see_all_some_and_their_own_units(root, visitor, governance, clerk, stranger):
    for member in MemberFactory.create_batch(2):
        serve(member)
    seen = {who.username: list(rows(visitor(who).get(LIST))) for who in (governance, clerk, stranger)}
    assert len(seen["governance"]) == 8
    assert (seen["clerk"], seen["stranger"]) == (["东塘第一社区"], ["西陂村"])
    assert numbers(visitor(stranger).get(LIST), "西陂村")["by_unit"] == 0


def test_administrators_see_units_but_no_number_of_people(root, visitor, account):
    response = visitor(account("secadmin", is_demo=True)).get(LIST)
    assert len(rows(response)) == 8
    assert response.context["cl"].columns == []


def test_a_count_outside_the_scope_is_never_asked_for(root, clerk):
    from organization import counts
    from organization.scope import as_account

    asked = []
    column = counts.Column("unit", "x", lambda codes, day: asked.extend(codes) or {}, "")
    with as_account(clerk):
        counts.of_units(column, [DISTRICT, TOWN, VILLAGE, OTHER_VILLAGE], date(2014, 7, 1))
    assert asked == [VILLAGE]


def test_the_tree_takes_the_same_queries_for_ten_and_for_a_hundred_units(root, visitor, governance):
    browser = visitor(governance)
    browser.get(LIST)
    used = []
    for more in (2, 90):
        Unit.objects.bulk_create(
            Unit(code=440199_005_000 + more + n, name=f"新村{more + n}", root_id=DISTRICT) for n in range(more)
        )
        with CaptureQueriesContext(connection) as queries:
            assert len(rows(browser.get(LIST))) >= 8 + more
        used.append(len(queries))
    assert used[0] == used[1]


def test_all_units_are_offered_only_where_some_are_left_out(governance, visitor):
    browser = visitor(governance)
    assert "显示全部" not in browser.get(LIST).content.decode()
    assert "显示全部" in browser.get(LIST, {"q": "东"}).content.decode()
    assert "显示全部" in browser.get(LIST, {"inside": TOWN}).content.decode()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=第一", ["东塘第一社区"]),
        ("q=老东塘", ["东塘街道"]),
        ("q=440199 100", ["西陂镇", "西陂村"]),
        ("q=4401991002", ["西陂村"]),
        ("inside=440199001000", ["东塘街道", "东塘第一社区", "东塘第二社区"]),
        ("level=village", ["东塘第一社区", "东塘第二社区", "西陂村"]),
        ("level=functional", ["穗安分局", "东塘派出所"]),
        ("level=district", ["穗安区"]),
        ("standing=closed", ["东塘第二社区"]),
        ("inside=999999999999&level=district", ["穗安区"]),
        ("inside=’&level=district", ["穗安区"]),
    ],
)
def test_units_are_found_by_name_alias_code_place_level_and_standing(root, visitor, governance, query, names):
    Unit.objects.filter(pk=TOWN).update(aliases=["老东塘镇"])
    Unit.objects.filter(pk=SECOND_VILLAGE).update(closed_on=date(2014, 7, 1), successor=VILLAGE)
    assert list(rows(visitor(governance).get(f"{LIST}?{query}"))) == names


def test_a_place_outside_ones_own_unit_filters_nothing(root, visitor, clerk):
    assert list(rows(visitor(clerk).get(f"{LIST}?inside={OTHER_TOWN}"))) == ["东塘第一社区"]


# --- opening and renaming ----------------------------------------------------------------------------------------


def test_a_unit_is_opened(root, visitor, governance):
    assert visitor(governance).post(ADD, NEW | {"aliases": "南湾镇、南湾"}).status_code == 302
    unit = Unit.objects.get(pk=440199_002_000)
    assert (unit.name, unit.aliases, unit.opened_on, unit.kind) == (
        "南湾街道",
        ["南湾镇", "南湾"],
        date(2014, 1, 1),
        "street",
    )


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("440198001", "440199 000 000"),
        ("440199003001", "440199 003 000"),
        ("4401990021", "6"),
        ("abc", "abc"),
        (str(TOWN), None),
        ("440199000001", None),
        ("９", "9"),
    ],
)
def test_a_code_that_breaks_a_rule_is_refused_in_a_sentence(root, visitor, governance, code, said):
    response = visitor(governance).post(ADD, NEW | {"code": code})
    errors = response.context["adminform"].form.errors
    assert list(errors) == ["code"]
    assert said is None or said in str(errors)


def test_squads_open_below_a_functional_unit(root, visitor, governance):
    assert visitor(governance).post(ADD, NEW | {"code": f"{STATION + 1}", "name": "巡逻一中队"}).status_code == 302
    assert Unit.objects.get(pk=STATION + 1).kind == "squad"


def test_a_new_name_keeps_the_old_one_and_the_code_stays(root, visitor, governance):
    browser = visitor(governance)
    change = {"code": "440199888000", "name": "东塘镇", "aliases": "塘镇", "population": "120", "opened_on": ""}
    assert browser.post(page(TOWN), change).status_code == 302
    unit = Unit.objects.get(pk=TOWN)
    assert (unit.name, unit.aliases, unit.population) == ("东塘镇", ["塘镇", "东塘街道"], 120)
    assert not Unit.objects.filter(pk=440199_888_000).exists()


def test_taking_an_old_name_back_leaves_no_double_alias():
    unit = Unit(name="甲")
    for name in ("乙", "甲", "乙", "乙"):
        unit.rename(name)
    assert (unit.name, unit.aliases) == ("乙", ["甲"])


@pytest.mark.parametrize("role", ["staff", "hr", "finance", "sysadmin"])
def test_others_than_governance_change_no_unit(root, visitor, account, role):
    browser = visitor(account(role, TOWN if role == "staff" else DISTRICT, is_demo=True))
    assert browser.get(page(TOWN)).status_code == 200
    assert [browser.post(url, NEW).status_code for url in (ADD, page(TOWN), close_page(TOWN))] == [403] * 3
    assert Unit.objects.get(pk=TOWN).name == "东塘街道"


def test_nobody_deletes_a_unit(root, visitor, governance):
    assert visitor(governance).post(f"{LIST}{VILLAGE}/delete/", {"post": "yes"}).status_code == 403
    assert Unit.objects.filter(pk=VILLAGE).exists()


def test_a_unit_elsewhere_has_no_page_but_is_offered_by_pickers(root, visitor, clerk):
    browser = visitor(clerk)
    assert browser.get(page(OTHER_VILLAGE)).status_code == 302
    query = {"app_label": "personnel", "model_name": "assignment", "field_name": "using_unit", "term": "西陂"}
    offered = browser.get("/autocomplete/", query).json()["results"]
    assert {row["id"] for row in offered} == {str(OTHER_TOWN), str(OTHER_VILLAGE)}


# --- closing -----------------------------------------------------------------------------------------------------


def test_closing_shows_what_moves_and_asks_before_it_does_it(root, visitor, governance):
    serve(MemberFactory(), since="2013-01-01")
    browser = visitor(governance)
    asked = {"successor": SECOND_VILLAGE, "day": "2014-07-01"}
    shown = browser.post(close_page(VILLAGE), asked)
    assert shown.status_code == 200
    assert not shown.context["plan"].problems
    assert Member.objects.get().unit_id == VILLAGE
    assert browser.post(close_page(VILLAGE), asked | {"confirmed": "1"}).status_code == 302
    assert Member.objects.get().unit_id == SECOND_VILLAGE
    assert "2014-07-01" in browser.get(LIST).content.decode()
    assert browser.get(close_page(VILLAGE)).status_code == 403


def test_successors_are_open_units_of_the_same_sort_those_of_the_own_town_first(root, visitor, governance):
    form = visitor(governance).get(close_page(OTHER_VILLAGE)).context["form"]
    assert [(town, [code for code, _name in units]) for town, units in form.fields["successor"].choices[1:]] == [
        ("东塘街道", [VILLAGE, SECOND_VILLAGE])
    ]
    form = visitor(governance).get(close_page(STATION)).context["form"]
    assert [code for _town, units in form.fields["successor"].choices[1:] for code, _name in units] == [440199_900_000]


def test_a_closing_that_breaks_a_rule_is_explained_and_not_offered(root, visitor, governance):
    browser = visitor(governance)
    asked = {"successor": OTHER_TOWN, "day": "2014-07-01"}
    assert [slug for slug, _said in browser.post(close_page(TOWN), asked).context["plan"].problems] == ["units_below"]
    refused = browser.post(close_page(TOWN), asked | {"confirmed": "1"})
    assert refused.context["form"].non_field_errors()
    assert Unit.objects.get(pk=TOWN).closed_on is None


def test_the_root_offers_no_closing(root, visitor, governance):
    assert visitor(governance).get(close_page(DISTRICT)).status_code == 403


# --- employers' and teams' doors are on the unit's page ----------------------------------------------------------


def test_a_unit_leads_to_its_team_or_to_establishing_one(root, visitor, governance):
    browser = visitor(governance)
    assert f"/organization/team/add/?unit={VILLAGE}" in browser.get(page(VILLAGE)).content.decode()
    with as_root():
        team = Team.objects.establish(Unit.objects.get(pk=VILLAGE), date(2014, 1, 1), Team.Seat.POLICE_ROOM)
    assert f"/organization/team/{team.pk}/change/" in browser.get(page(VILLAGE)).content.decode()
