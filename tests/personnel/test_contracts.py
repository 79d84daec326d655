"""A contract of a member with an employer: what the database forbids, and how it stands on a day."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from organization.models import TrailEntry
from organization.scope import as_account, as_root
from personnel.contracts.standings import STANDINGS, employed, on_rosters, signed, standing, without
from personnel.models import Assignment, Contract, Member
from personnel.spans import months_after, months_before, years_after
from tests.conftest import OTHER_VILLAGE, TOWN
from tests.factories import MemberFactory, serve
from tests.personnel.contracting import DAY, TODAY, body, contract, day, worker


@pytest.fixture
def employer(db):
    return body()


@pytest.fixture
def member(employer):
    return worker(employer)


def on(days):
    return TODAY + timedelta(days=days)


# --- what cannot be ---------------------------------------------------------------------------------------------------


def refused(match, *given, **fields):
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        contract(*given, **fields)


def test_two_contracts_with_one_employer_never_run_on_one_day(member, employer):
    contract(member, employer, day("2020-01-01"), day("2020-12-31"))
    refused("one_at_a_time", member, employer, day("2020-12-31"), day("2021-12-31"))
    refused("one_at_a_time", member, employer, day("2019-06-01"), day("2020-01-01"))
    contract(member, employer, day("2021-01-01"), day("2021-12-31"))
    contract(member, employer, day("2022-01-01"), kind="open_ended")
    refused("one_at_a_time", member, employer, day("2030-01-01"), day("2030-12-31"))
    contract(member, body("另一试用公司"), day("2020-01-01"), day("2020-12-31"))
    contract(worker(employer, name="杨试用"), employer, day("2020-01-01"), day("2020-12-31"))


def test_a_contract_ended_early_makes_room_for_the_next(member, employer):
    old = contract(member, employer, day("2020-01-01"), day("2020-12-31"))
    with as_root("test"):
        Contract.objects.filter(pk=old.pk).update(ended_on=day("2020-06-01"), ending="agreed")
    refused("one_at_a_time", member, employer, day("2020-05-31"), day("2021-05-31"))
    contract(member, employer, day("2020-06-01"), day("2021-05-31"))


def test_what_was_entered_by_mistake_is_in_nobodys_way(member, employer):
    start = day("2020-01-01")
    contract(member, employer, start, day("2020-12-31"), ended_on=start, ending="mistake")
    contract(member, employer, start, day("2020-12-31"))
    with as_root("test"):
        assert Contract.objects.in_force(day("2020-03-01")).count() == 1


@pytest.mark.parametrize(
    ("fields", "match"),
    [
        ({"last": "2019-12-31"}, "ends_after_it_starts"),
        ({"kind": "open_ended", "last": "2020-12-31"}, "open_ended_has_no_end"),
        ({"kind": "dispatch", "ends_on": None}, "of_a_term_has_an_end"),
        ({"ended_on": "2020-06-01"}, "ends_early_for_a_reason"),
        ({"ending": "agreed"}, "ends_early_for_a_reason"),
        ({"ended_on": "2021-06-01", "ending": "agreed"}, "ends_early_within_its_term"),
        ({"ended_on": "2020-01-01", "ending": "agreed"}, "ends_early_within_its_term"),
        ({"ended_on": "2020-06-01", "ending": "mistake"}, "ends_early_within_its_term"),
        ({"kind": "handshake"}, "kind_is_known"),
    ],
)
def test_dates_and_kind_do_not_contradict_each_other(member, employer, fields, match):
    given = {
        "member": member, "unit_id": member.unit_id, "employer": employer, "starts_on": "2020-01-01",
        "ends_on": "2021-01-01",
    }  # fmt: skip
    if last := fields.pop("last", None):
        given["ends_on"] = date.fromisoformat(last) + DAY
    with as_root("test"), pytest.raises(IntegrityError, match=match), transaction.atomic():
        Contract.objects.create(**{**given, **fields})


def test_nobody_signs_on_a_day_to_come(member, employer):
    refused("signed by today", member, employer, signed_on=on(1))
    made = contract(member, employer)
    with as_root("test"), pytest.raises(IntegrityError, match="signed by today"), transaction.atomic():
        Contract.objects.filter(pk=made.pk).update(signed_on=on(1))


# --- where it lies ----------------------------------------------------------------------------------------------------


def test_a_contract_follows_the_file_and_is_in_the_trail(member, employer, account):
    contract(member, employer)
    with as_root("test"):
        Member.objects.filter(pk=member.pk).update(unit_id=OTHER_VILLAGE)
        assert Contract.objects.get().unit_id == OTHER_VILLAGE
    with as_account(account("auditor")):
        assert set(TrailEntry.objects.filter(table="personnel_contract").values_list("action", flat=True)) == {"I", "U"}


def test_the_district_and_the_own_town_see_a_contract_and_a_stranger_does_not(
    member, employer, clerk, officer, stranger, account
):
    made = contract(member, employer)
    for who in (clerk, officer, account("staff", TOWN)):
        with as_account(who):
            assert Contract.objects.count() == 1
    with as_account(stranger):
        assert not Contract.objects.exists()
        assert Contract.objects.filter(pk=made.pk).update(number="x") == 0
    with as_account(stranger), pytest.raises(DatabaseError), transaction.atomic():
        Contract.objects.create(member_id=member.pk, unit_id=member.unit_id, employer=employer, starts_on=TODAY,
                                kind="open_ended")  # fmt: skip


def test_no_role_deletes_a_contract(member, employer, officer):
    contract(member, employer)
    with as_account(officer):
        assert Contract.objects.all().delete()[0] == 0


# --- how it stands ----------------------------------------------------------------------------------------------------


def slugs(of_day=TODAY):
    with as_root("test"):
        return {slug for slug in STANDINGS if standing(slug, of_day).exists()}


@pytest.mark.parametrize(
    ("days", "slug"),
    [(0, "ending-30"), (30, "ending-30"), (31, "ending-60"), (60, "ending-60"), (61, "ending-90"), (90, "ending-90")],
)
def test_an_end_is_told_in_bands_that_touch_without_overlap(member, employer, days, slug):
    contract(member, employer, last=on(days))
    assert slugs() == {"in-force", slug}


def test_an_end_far_away_or_followed_already_is_not_told(member, employer):
    contract(member, employer, last=on(91))
    assert slugs() == {"in-force"}
    other = worker(employer, name="杨试用")
    contract(other, employer, last=on(5))
    contract(other, employer, on(6), on(300))
    assert slugs() == {"in-force", "coming"}


def test_a_contract_that_ended_is_told_as_long_as_the_person_serves_without_another(member, employer):
    old = contract(member, employer, last=on(-1))
    assert slugs() == {"ended", "over"}
    new = contract(member, body("接替试用公司"), TODAY, on(300))
    assert slugs() == {"in-force", "other-employer", "over"}
    with as_root("test"):
        Contract.objects.filter(pk=new.pk).update(ending="mistake", ended_on=TODAY)
        Assignment.objects.filter(member=member).update(ended_on=TODAY, ending="resigned")
    assert slugs() == {"over"}
    assert old.last_day == on(-1)


def test_what_is_not_signed_a_month_after_the_beginning_is_told(member, employer):
    contract(member, employer, months_before(TODAY, 1) + DAY, on(200), signed=False)
    assert slugs() == {"to-sign"}
    other = worker(employer, name="杨试用")
    contract(other, employer, months_before(TODAY, 1), on(200), signed=False)
    assert slugs() == {"to-sign", "unsigned"}


def test_a_contract_of_somebody_who_left_and_of_another_employer_is_told(member, employer):
    contract(member, body("他处试用公司"), last=on(200))
    assert slugs() == {"in-force", "other-employer"}
    with as_root("test"):
        Assignment.objects.update(ended_on=TODAY, ending="resigned")
    assert slugs() == {"in-force", "left"}


def test_fixed_terms_with_one_employer_are_counted_and_the_third_is_told_before_it_begins(member, employer):
    contract(member, employer, on(-800), on(-401))
    contract(member, body("他处试用公司"), on(-2000), on(-1800))
    contract(member, employer, on(-400), on(-380), ended_on=on(-400), ending="mistake")
    last = contract(member, employer, on(-400), on(20))
    with as_root("test"):
        assert Contract.objects.numbered().get(pk=last.pk).term == 2
        assert list(standing("third", TODAY)) == [last]
    first = worker(employer, name="杨试用")
    contract(first, employer, last=on(20))
    agreed = contract(worker(employer, name="何试用"), employer, last=on(20), kind="agreement")
    with as_root("test"):
        assert Contract.objects.numbered().get(pk=agreed.pk).term is None
        assert list(standing("third", TODAY)) == [last]


def test_a_past_day_shows_what_stood_then(member, employer):
    contract(member, employer, day("2020-01-01"), day("2020-12-31"))
    assert slugs(day("2020-12-31")) == {"in-force", "ending-30"}
    assert slugs(day("2021-01-01")) == {"ended", "over"}
    assert slugs(day("2019-12-31")) == {"coming"}


def test_who_serves_is_to_be_employed_and_volunteers_are_not(employer):
    signed_one = worker(employer)
    contract(signed_one, employer)
    never = worker(employer, name="杨试用")
    new = worker(employer, name="何试用", since=str(months_before(TODAY, 1) + DAY))
    with as_root("test"):
        volunteer = MemberFactory()
        serve(volunteer, force="volunteer")
        assert set(employed(TODAY)) == {signed_one, never, new}
        assert set(signed(TODAY)) == {signed_one}
        assert set(without(TODAY)) == {never}
        Assignment.objects.filter(member=never).update(contract_from="2014-01-01", contract_until="2014-12-31")
        assert [one.member_id for one in on_rosters(TODAY, ["joint_defence"])] == [never.pk]
        assert not on_rosters(TODAY, ["guard"])


def test_the_number_of_questions_does_not_grow(member, employer, django_assert_num_queries):
    for _ in range(2):
        contract(worker(employer), employer)
        with as_root("test"), django_assert_num_queries(1):
            list(Contract.objects.numbered().with_employer().select_related("member", "unit"))


def test_a_hidden_employer_leaves_the_contract_in_sight(member, clerk):
    contract(member, body("远处试用公司", unit_id=OTHER_VILLAGE))
    with as_account(clerk):
        (row,) = Contract.objects.with_employer()
        assert row.employer_name is None


# --- spans ------------------------------------------------------------------------------------------------------------

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@given(DAYS, st.integers(1, 36))
def test_the_day_so_many_months_before_is_the_latest_of_which_they_are_over(of, months):
    found = months_before(of, months)
    assert months_after(found, months) <= of < months_after(found + DAY, months)


def test_a_year_after_a_leap_day_is_the_first_of_march():
    assert years_after(date(2024, 2, 29), 1) == date(2025, 3, 1)
    assert years_after(date(2024, 7, 1), 3) == date(2027, 7, 1)
    assert months_after(date(2024, 12, 31), 2) == date(2025, 3, 1)
