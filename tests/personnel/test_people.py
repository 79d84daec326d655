"""The list of people: the right ones, each once, and as quick with a hundred as with ten."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organization.models import Unit
from organization.scope import as_account
from personnel.admin.cards import is_above_districts
from personnel.models import Card
from personnel.people import Selection, named
from tests.conftest import DISTRICT, OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, serve

DAY = date(2014, 7, 1)
LIST = reverse("admin:personnel_card_changelist")
NAMES = st.text("张海聪𠮷·阿'{,\\", min_size=2, max_size=6)


def counted(**conditions):
    return Selection(day=DAY, **conditions).people().count()


def names(**conditions):
    return [card.name for card in Selection(day=DAY, **conditions).cards().order_by("unit_id", "member_id")]


@pytest.fixture
def people(root):
    second = Unit.objects.get(code=SECOND_VILLAGE)
    serving = MemberFactory(name="曾在岗", sex="male", birth_date=date(1989, 7, 2), education="71", occupation="51")
    serve(serving, since="2013-01-01")
    left = MemberFactory(name="区离队", sex="female")
    serve(left, since="2012-01-01", until="2014-07-01")
    moved = MemberFactory(name="单调动", unit=second, education=None)
    serve(moved, since="2012-01-01", until="2014-01-01", unit=Unit.objects.get(code=VILLAGE))
    serve(moved, since="2014-01-01")
    both = MemberFactory(name="李两处", birth_date=date(1973, 7, 1))
    serve(both, since="2013-01-01", share=50)
    serve(both, since="2013-01-01", share=50, share_from=50, unit=second)
    volunteer = MemberFactory(name="Anna Schmidt")
    serve(volunteer, force="volunteer")


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"unit": TOWN}, ["曾在岗", "李两处", "Anna Schmidt", "单调动"]),
        ({"unit": SECOND_VILLAGE}, ["单调动", "李两处"]),
        ({"unit": TOWN, "status": "left"}, ["区离队"]),
        ({"unit": VILLAGE, "status": "left"}, ["区离队", "单调动"]),
        ({"unit": TOWN, "status": "all"}, ["曾在岗", "区离队", "单调动", "李两处", "Anna Schmidt"]),
        ({"service": {"force": "professional"}}, ["曾在岗", "李两处", "单调动"]),
        ({"service": {"force": "volunteer"}}, ["Anna Schmidt"]),
        ({"service": {"sponsor": "village"}, "person": {"age": "under_25"}}, ["曾在岗"]),
        ({"person": {"age": "41_up"}}, ["李两处", "Anna Schmidt", "单调动"]),
        ({"person": {"education": "unknown"}}, ["单调动"]),
        ({"person": {"former": "self_employed"}}, ["曾在岗"]),
        ({"person": {"former": "unknown"}}, ["李两处", "Anna Schmidt", "单调动"]),
        ({"text": "曾在岗"}, ["曾在岗"]),
        ({"text": "在岗"}, ["曾在岗"]),
        ({"text": "zengzaigang"}, ["曾在岗"]),
        ({"text": "zeng"}, ["曾在岗"]),
        ({"text": "zzg"}, ["曾在岗"]),
        ({"text": "shan"}, ["单调动"]),
        ({"text": "ann"}, ["Anna Schmidt"]),
        ({"text": "ou", "status": "left"}, ["区离队"]),
        ({"text": "'; DROP TABLE"}, []),
        ({"status": "left", "service": {"force": "professional"}, "text": "q"}, ["区离队"]),
        ({"status": "all", "service": {"force": "professional"}, "person": {"sex": "female"}}, ["区离队"]),
    ],
)
def test_a_selection_lists_each_person_once(people, conditions, expected):
    assert sorted(names(**({"unit": DISTRICT} | conditions))) == sorted(expected)
    assert counted(**({"unit": DISTRICT} | conditions)) == len(expected)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # each example takes back what it wrote
@given(name=NAMES, part=st.data())
def test_a_part_of_a_name_finds_the_same_people_above_and_below(root, clerk, name, part):
    start = part.draw(st.integers(0, len(name) - 1))
    text = part.draw(st.sampled_from([name[start:], name[: start + 1], name[::-1], name + name, "%", "_"]))
    with transaction.atomic():
        serve(MemberFactory(name=name), since="2013-01-01")
        asked = {"unit": VILLAGE, "text": text}
        expected = [name] if text in name and not text.isascii() else []
        assert [one for one in names(**asked) if one == name] == expected
        with as_account(clerk):
            assert [one for one in names(**asked) if one == name] == expected
        transaction.set_rollback(True)


def test_whoever_sees_all_finds_parts_of_names_by_an_index(people):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    assert "card_by_character" in Card.objects.filter(named("在岗")).order_by().explain()


@pytest.mark.parametrize("most", [1, 2, 3, 4, 5, 50])
@pytest.mark.parametrize("conditions", [{}, {"status": "all"}, {"text": "李"}, {"person": {"sex": "female"}}])
def test_people_are_counted_up_to_a_limit_whoever_serves_twice(people, most, conditions):
    conditions = {"unit": DISTRICT} | conditions
    assert Selection(day=DAY, **conditions).count(most) == min(most, len(names(**conditions)))


def test_who_serves_in_many_units_is_one_person_also_where_counting_stops_early(root):
    units = list(Unit.objects.filter(code__in=[VILLAGE, SECOND_VILLAGE, TOWN, OTHER_VILLAGE]))
    busy, other = MemberFactory(), MemberFactory()
    for place, unit in enumerate(units):
        serve(busy, since="2013-01-01", share=25, share_from=25 * place, unit=unit)
    serve(other, since="2013-01-01")
    assert Selection(day=DAY, unit=DISTRICT).count(2) == 2


def test_a_day_in_the_past_lists_those_who_served_then(people):
    past = Selection(day=date(2013, 6, 1), unit=VILLAGE).cards()
    assert {card.name for card in past} == {"曾在岗", "区离队", "单调动", "李两处", "Anna Schmidt"}


@pytest.mark.parametrize(("role", "most"), [("clerk", 19), ("hr", 20)])
def test_a_page_takes_as_many_queries_for_a_hundred_people_as_for_ten(root, visitor, account, role, most):
    from django.test.utils import CaptureQueriesContext

    browser = visitor(account(role, VILLAGE if role == "clerk" else DISTRICT))

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert browser.get("/personnel/card/").status_code == 200
        return len(captured)

    queries()  # the first request of a process looks at more
    for member in MemberFactory.create_batch(10):
        serve(member)
    few = queries()
    for member in MemberFactory.create_batch(90):
        serve(member)
    assert queries() == few <= most


@pytest.mark.parametrize("address", ["?on=0001-01-01&age=25_40", "?on=31.12.2014", "?ids=x,%D9%A3"])
def test_what_an_address_says_that_cannot_be_is_left_out(people, visitor, clerk, address):
    page = visitor(clerk).get(f"/personnel/card/{address}")
    assert page.status_code == 200


def test_a_foreign_unit_in_the_address_shows_the_own_one(people, visitor, clerk):
    assert visitor(clerk).get(f"/personnel/card/?unit={OTHER_VILLAGE}").context["cl"].selection.unit == VILLAGE


def test_the_list_is_sorted_by_what_its_heads_offer_and_by_nothing_else(people, visitor, account):
    page = visitor(account("hr", username="sorter"))

    def shown(order):
        return [card.name for card in page.get(LIST, {"on": DAY.isoformat(), "o": order}).context["cl"].result_list]

    heads = page.get(LIST).context["cl"].list_display
    usual, by_age = shown(""), shown(-heads.index("age"))
    assert shown(-heads.index("sex")) == usual
    assert by_age != usual
    assert sorted(by_age) == sorted(usual)


@pytest.mark.parametrize(("unit", "expected"), [(None, False), (VILLAGE, False), (DISTRICT, False),
                                                (440100000000, True), (440000000000, True)])  # fmt: skip
def test_cities_and_provinces_count_less_and_sort_by_name_only(unit, expected):
    assert is_above_districts(Selection(day=DAY, unit=unit)) is expected
