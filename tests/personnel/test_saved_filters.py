"""Filters and columns that an account keeps for its list: its own, shared in the unit, read anew when opened."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from organization.scope import as_account
from personnel import list_columns, saved_filters
from personnel.admin.people_filters import CHOICES
from personnel.models import SavedFilter
from personnel.saved_filters import FilterRefused
from tests.conftest import OTHER_TOWN, TOWN, VILLAGE
from tests.factories import MemberFactory, serve
from tests.personnel.exports.reading import first_sheet

LIST, PAGE = reverse("admin:personnel_card_changelist"), reverse("admin:personnel_card_filters")
COLUMNS, EXPORT = reverse("admin:personnel_card_columns"), reverse("admin:personnel_card_export")


@pytest.fixture
def staff(account):
    return account("staff", TOWN, username="staff")


@pytest.fixture
def colleague(account):
    return account("staff", TOWN, username="colleague")


def save(account, name="女队员", query="sex=female", *, is_shared=False):
    with as_account(account):
        saved_filters.save(account, name, query, is_shared=is_shared)
        return SavedFilter.objects.get(actor=account.pk, name=name)


def seen(account):
    with as_account(account):
        return {each.name for each in SavedFilter.objects.all()}


# --- whose they are ---------------------------------------------------------------------------------------------------


def test_a_filter_is_its_owners_alone(staff, colleague, clerk, officer):
    save(staff)
    assert seen(staff) == {"女队员"}
    assert seen(colleague) == seen(clerk) == seen(officer) == set()


def test_a_shared_one_is_seen_in_the_same_unit_and_nowhere_else(staff, colleague, clerk, officer, account):
    save(staff, is_shared=True)
    assert seen(colleague) == {"女队员"}
    assert seen(clerk) == seen(officer) == seen(account("staff", OTHER_TOWN)) == set()


def test_only_its_owner_deletes_or_changes_it(staff, colleague):
    kept = save(staff, is_shared=True)
    with as_account(colleague):
        assert not saved_filters.delete(colleague, kept.pk)
        assert SavedFilter.objects.update(name="别人的") == 0
    with as_account(staff):
        assert saved_filters.delete(staff, kept.pk)
    assert seen(staff) == set()


def test_nobody_saves_one_in_anothers_name(staff, colleague):
    with as_account(staff), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        SavedFilter.objects.create(unit_id=TOWN, actor=colleague.pk, name="x", query="sex=male")


def test_a_name_is_used_once(staff, colleague):
    save(staff)
    with pytest.raises(FilterRefused) as refused:
        save(staff, query="sex=male")
    assert refused.value.code == "name_taken"
    save(colleague)


# --- what they hold ---------------------------------------------------------------------------------------------------


def test_only_what_the_list_knows_is_kept():
    asked = {
        "sex": "female", "force": "army", "age": "under_25", "unit": str(VILLAGE), "on": "2014-01-01", "ids": "1,2",
        "id__gt": "0", "member__name__startswith": "李", "next": "//evil.example", "q": "李",
    }  # fmt: skip
    kept = saved_filters.conditions(saved_filters.canonical(asked, CHOICES))
    assert kept == {"sex": "female", "age": "under_25", "unit": str(VILLAGE), "q": "李"}


def test_a_number_that_was_searched_is_not_kept():
    assert saved_filters.canonical({"q": "440199198003150018"}, CHOICES) == ""


@given(st.dictionaries(st.text(max_size=8) | st.sampled_from([*CHOICES, "unit", "q"]), st.text(max_size=20)))
def test_reading_a_kept_filter_again_gives_the_same(asked):
    once = saved_filters.canonical(asked, CHOICES)
    assert saved_filters.canonical(saved_filters.conditions(once), CHOICES) == once


def test_a_filter_of_another_range_is_read_in_ones_own(staff, clerk, visitor, root):
    """A shared or old filter may name a unit that its reader does not have: the list is then that of the own unit."""
    serve(MemberFactory(name="自己人"))
    page = visitor(clerk).get(f"{LIST}?unit={OTHER_TOWN}&opened=1")
    assert page.context["cl"].selection.unit == VILLAGE


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_conditions_of_the_list_are_saved_and_opened(staff, visitor, root):
    browser = visitor(staff)
    browser.post(f"{PAGE}?sex=female&force=patrol", {"save": "1", "name": "女治安员"})
    assert "女治安员" in browser.get(PAGE).content.decode()
    with as_account(staff):
        assert saved_filters.conditions(SavedFilter.objects.get().query) == {"sex": "female", "force": "patrol"}


def test_the_list_opens_with_the_filter_that_was_set(staff, visitor):
    kept = save(staff)
    browser = visitor(staff)
    browser.post(PAGE, {"usual": str(kept.pk)})
    assert browser.get(LIST)["Location"] == f"{LIST}?sex=female&opened=1"
    assert browser.get(f"{LIST}?opened=0").status_code == 200
    browser.post(PAGE, {"whole": "1"})
    assert browser.get(LIST).status_code == 200


def test_a_colleagues_filter_that_is_gone_opens_the_whole_list(staff, colleague, visitor):
    kept = save(staff, is_shared=True)
    browser = visitor(colleague)
    browser.post(PAGE, {"usual": str(kept.pk)})
    with as_account(staff):
        saved_filters.delete(staff, kept.pk)
    assert browser.get(LIST).status_code == 200


def test_nobody_opens_lists_with_a_filter_out_of_sight(staff, clerk, visitor):
    kept = save(staff)
    visitor(clerk).post(PAGE, {"usual": str(kept.pk)})
    assert visitor(clerk).get(LIST).status_code == 200


@pytest.mark.parametrize(
    "sent", [{"save": "1", "name": " "}, {"save": "1", "name": "无条件"}, {"delete": "x"}, {"usual": "9"}, {}]
)
def test_odd_posts_are_answered(staff, visitor, sent):
    assert visitor(staff).post(PAGE, sent, follow=True).status_code == 200
    assert seen(staff) == set()


# --- columns ----------------------------------------------------------------------------------------------------------


def headers(browser):
    listed = browser.get(f"{LIST}?opened=0").context["cl"].list_display
    return [each for each in listed if each != "action_checkbox"]


def test_the_list_has_the_columns_of_the_account_in_its_order(staff, colleague, visitor, root):
    serve(MemberFactory(name="张试用"), grade="三级", badge="T1")
    browser = visitor(staff)
    browser.post(COLUMNS, {"place-grade": "1", "place-unit": "3", "place-badge": "2", "place-name": "9"})
    assert headers(browser) == ["name", "grade", "badge", "unit"]
    assert "三级" in browser.get(f"{LIST}?opened=0").content.decode()
    assert headers(visitor(colleague)) == list(list_columns.USUAL)


def test_every_column_can_be_shown(staff, visitor, root, account):
    serve(MemberFactory(name="张试用"))
    browser = visitor(staff)
    browser.post(COLUMNS, {f"place-{key}": str(place) for place, key in enumerate(list_columns.CHOICES, 1)})
    assert set(headers(browser)) == set(list_columns.CHOICES)


def test_the_usual_columns_come_back(staff, visitor):
    browser = visitor(staff)
    browser.post(COLUMNS, {"place-grade": "1"})
    browser.post(COLUMNS, {"usual": "1"})
    assert headers(browser) == list(list_columns.USUAL)


@pytest.mark.parametrize("place", ["-1", "x", "9" * 30, "1.5"])
def test_an_odd_place_is_no_place(staff, visitor, place):
    browser = visitor(staff)
    browser.post(COLUMNS, {"place-grade": place, "place-nothing": "1"})
    assert headers(browser) == ["name"]


def test_an_export_can_have_the_same_columns(staff, visitor, root):
    serve(MemberFactory(name="张试用"), grade="三级")
    browser = visitor(staff)
    browser.post(COLUMNS, {"place-unit": "2", "place-grade": "1"})
    answer = browser.post(EXPORT, {"layout": "mine", "format": "xlsx", "reason": ""})
    header, first, *_rest = first_sheet(b"".join(answer.streaming_content))
    assert header == ["姓名", "层级", "所属镇街", "所属村居"]
    assert first[:2] == ["张试用", "三级"]


def test_every_column_has_its_columns_in_an_export():
    from personnel.exports.columns import COLUMNS as EXPORTED

    assert {column for _label, columns in list_columns.CHOICES.values() for column in columns} <= EXPORTED.keys()
