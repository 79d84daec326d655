"""Many contracts renewed, brought to one calendar, written first or signed at once: judged twice, written once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from organization.models import TrailEntry
from organization.scope import as_account, as_root
from personnel.contracts import planning, renewing, signing, writing
from personnel.contracts.planning import digest
from personnel.contracts.signing import Offer
from personnel.contracts.terms import KEEP, OPEN, Terms
from personnel.contracts.writing import ContractsRefused
from personnel.models import Assignment, Contract, Member
from personnel.spans import years_after
from tests.conftest import OTHER_VILLAGE, TOWN
from tests.personnel.contracting import DAY, TODAY, body, contract, day, worker

YEAR = Terms(years=1)


@pytest.fixture
def employer(db):
    return body()


@pytest.fixture
def ending(employer):
    """Three people whose contracts end today, in ten and in twenty days."""
    return [
        contract(worker(employer, name=f"甲{n}试用"), employer, last=TODAY + timedelta(days=10 * n)) for n in range(3)
    ]


def renewals(account, contracts, terms=YEAR):
    with as_account(account):
        return renewing.plan([one.pk for one in contracts], terms, account, TODAY)


def renew(account, contracts, terms=YEAR, seen=None):
    keys = [one.pk for one in contracts]
    with as_account(account), transaction.atomic():
        planned = lambda: renewing.plan(keys, terms, account, TODAY)  # noqa: E731
        return writing.carry_out(planned, renewing.members_of(keys), seen or digest(planned()))


def offers(account, members, offer):
    with as_account(account):
        return signing.plan([one.pk for one in members], offer, account, TODAY)


def sign(account, members, offer):
    keys = [one.pk for one in members]
    with as_account(account), transaction.atomic():
        planned = lambda: signing.plan(keys, offer, account, TODAY)  # noqa: E731
        return writing.carry_out(planned, keys, digest(planned()))


def all_of(member):
    with as_root("test"):
        return list(Contract.objects.filter(member=member).order_by("starts_on", "pk"))


def reasons(rows):
    return [str(row.skipped) for row in rows]


# --- renewing ---------------------------------------------------------------------------------------------------------


def test_each_new_contract_begins_when_the_old_one_is_over(ending, clerk):
    assert renew(clerk, ending, replace(YEAR, signed_on=TODAY)) == 3
    for old in ending:
        _old, new = all_of(old.member_id)
        assert (new.starts_on, new.ends_on, new.signed_on) == (old.ends_on, years_after(old.ends_on, 1), TODAY)
        assert (new.kind, new.employer_id, new.unit_id) == (old.kind, old.employer_id, old.unit_id)


def test_a_second_press_writes_nothing_and_says_why(ending, clerk):
    seen = digest(renewals(clerk, ending))
    renew(clerk, ending, seen=seen)
    with pytest.raises(ContractsRefused) as refused:
        renew(clerk, ending, seen=seen)
    assert refused.value.code == "nothing_left"
    assert all("is followed" in reason or "后续" in reason for reason in reasons(renewals(clerk, ending)))
    with as_root("test"):
        assert Contract.objects.count() == 6


def test_what_changed_since_the_preview_is_told_and_nothing_written(ending, clerk):
    seen = digest(renewals(clerk, ending))
    with as_root("test"):
        Assignment.objects.filter(member=ending[0].member_id).update(ended_on=TODAY, ending="resigned")
    with pytest.raises(ContractsRefused) as refused:
        renew(clerk, ending, seen=seen)
    assert refused.value.code == "changed_since"
    with as_root("test"):
        assert Contract.objects.count() == 3


def test_all_of_them_are_in_the_trail_under_one_batch(ending, clerk, account):
    renew(clerk, ending)
    with as_account(account("auditor")):
        entries = TrailEntry.objects.filter(table="personnel_contract", batch__startswith="contracts-")
        assert entries.count() == 3
        assert len({entry.batch for entry in entries}) == 1


def test_who_cannot_be_renewed_is_named_with_the_reason(employer, clerk):
    gone = contract(worker(employer, name="去试用"), employer)
    forever = contract(worker(employer, name="久试用"), employer, kind="open_ended")
    early = contract(worker(employer, name="早试用"), employer, last=TODAY + timedelta(days=9))
    other = contract(worker(employer, name="辅试用", force="auxiliary"), employer)
    with as_root("test"):
        Assignment.objects.filter(member=gone.member_id).update(ended_on=TODAY, ending="resigned")
        Contract.objects.filter(pk=early.pk).update(ended_on=TODAY, ending="agreed")
    rows = {row.name: row.skipped for row in renewals(clerk, [gone, forever, early, other])}
    assert rows == {
        "去试用": planning.SERVES_NOT, "久试用": renewing.OPEN_ALREADY, "早试用": renewing.ENDED_EARLY,
        "辅试用": planning.NOT_YOURS,
    }  # fmt: skip
    with pytest.raises(ContractsRefused) as refused:
        renew(clerk, [gone])
    assert refused.value.code == "nothing_left"


def test_a_third_fixed_term_is_left_out_made_open_ended_or_written_with_a_warning(employer, clerk):
    member = worker(employer)
    contract(member, employer, day("2020-01-01"), TODAY - timedelta(days=365))
    second = contract(member, employer)
    (left,) = renewals(clerk, [second])
    assert left.contract is None
    assert "3" in str(left.skipped)
    (open_ended,) = renewals(clerk, [second], replace(YEAR, third=OPEN))
    assert (open_ended.contract.kind, open_ended.contract.ends_on) == ("open_ended", None)
    (kept,) = renewals(clerk, [second], replace(YEAR, third=KEEP))
    assert (kept.contract.kind, len(kept.notes)) == ("fixed", 1)


def test_a_dispatch_shorter_than_two_years_is_noted(employer, clerk):
    old = contract(worker(employer), employer, kind="dispatch")
    for years, notes in ((1, [planning.SHORT_DISPATCH]), (2, [])):
        (row,) = renewals(clerk, [old], Terms(years=years))
        assert list(row.notes) == notes


def test_a_contract_of_another_village_is_neither_told_of_nor_renewed(ending, stranger):
    assert renewals(stranger, ending) == []
    with pytest.raises(ContractsRefused):
        renew(stranger, ending)


def test_the_number_of_questions_does_not_grow_with_the_people(ending, clerk, django_assert_num_queries):
    with as_account(clerk):
        for contracts in (ending[:1], ending):
            with django_assert_num_queries(5):
                renewing.plan([one.pk for one in contracts], YEAR, clerk, TODAY)


# --- one calendar -----------------------------------------------------------------------------------------------------


def test_different_last_days_become_one_by_bridging_terms(ending, clerk):
    common = TODAY + timedelta(days=200)
    rows = renewals(clerk, ending, Terms(until=common + DAY))
    assert renewing.last_days(rows) == 1
    assert [(row.contract.starts_on, row.contract.last_day) for row in rows] == [
        (old.ends_on, common) for old in ending
    ]


def test_what_ends_on_the_common_day_or_later_needs_no_bridge(ending, clerk):
    rows = renewals(clerk, ending, Terms(until=ending[1].ends_on))
    assert reasons(rows) == ["", str(renewing.TOO_LATE), str(renewing.TOO_LATE)]


@given(st.lists(st.integers(-300, 300), min_size=1, max_size=20), st.integers(1, 400))
def test_after_the_plan_everybody_who_was_bridged_ends_on_the_common_day(ends, ahead):
    """Of the rule alone: where a bridge begins before the common day, it ends with it."""
    until = TODAY + timedelta(days=ahead)
    terms = Terms(until=until)
    starts = [TODAY + timedelta(days=days) for days in ends]
    bridged = [terms.end_of("fixed", start) for start in starts if terms.end_of("fixed", start) > start]
    assert set(bridged) <= {until}
    assert len(bridged) == sum(start < until for start in starts)


# --- first contracts --------------------------------------------------------------------------------------------------


def test_first_contracts_are_written_with_the_employer_of_the_service(employer, clerk):
    members = [worker(employer, name=f"乙{n}试用") for n in range(2)]
    assert sign(clerk, members, Offer(YEAR, starts_on=TODAY)) == 2
    for member in members:
        (made,) = all_of(member)
        assert (made.employer_id, made.starts_on, made.ends_on) == (employer.pk, TODAY, years_after(TODAY, 1))


def test_who_has_one_already_or_no_employer_is_left_out_with_the_reason(employer, clerk):
    has = worker(employer, name="有试用")
    contract(has, employer, last=TODAY + timedelta(days=5))
    written = worker(employer, name="写试用")
    contract(written, employer, last=TODAY + timedelta(days=5), signed=False)
    nobody = worker(None, name="无试用")
    rows = offers(clerk, [has, written, nobody], Offer(YEAR, starts_on=TODAY))
    assert [row.contract for row in rows] == [None] * 3
    assert str(rows[2].skipped) == str(signing.NO_EMPLOYER)
    assert len(set(reasons(rows))) == 3
    (row,) = offers(clerk, [nobody], Offer(YEAR, employer=employer, starts_on=TODAY))
    assert row.contract


def test_contracts_with_others_end_on_the_day_on_which_the_employer_changes(employer, clerk):
    member = worker(employer)
    old = contract(member, body("旧试用公司"), TODAY - timedelta(days=100), TODAY + timedelta(days=100))
    sign(clerk, [member], Offer(YEAR, starts_on=TODAY, ends_others=True))
    ended, new = all_of(member)
    assert (ended.pk, ended.ended_on, ended.ending) == (old.pk, TODAY, "employer")
    assert new.employer_id == employer.pk


def test_contracts_with_others_go_on_beside_it_otherwise(employer, clerk):
    member = worker(employer)
    contract(member, body("旧试用公司"), TODAY - timedelta(days=100), TODAY + timedelta(days=100))
    (row,) = offers(clerk, [member], Offer(YEAR, starts_on=TODAY))
    assert len(row.notes) == 1
    assert row.ending == ()


def test_the_days_of_a_roster_become_a_contract(employer, clerk):
    member, unknown = worker(employer), worker(employer, name="杨试用")
    with as_root("test"):
        Assignment.objects.filter(member=member).update(contract_from="2020-01-01", contract_until="2020-12-31")
    rows = offers(clerk, [member, unknown], Offer(Terms("fixed"), is_signed=True))
    assert [row.skipped for row in rows] == ["", signing.NO_DAYS]
    made = rows[0].contract
    assert (made.starts_on, made.last_day, made.signed_on) == (day("2020-01-01"), day("2020-12-31"), day("2020-01-01"))


# --- the day of signing -----------------------------------------------------------------------------------------------


def test_the_day_of_signing_is_entered_once_and_for_the_own_forces(employer, clerk, officer):
    mine = contract(worker(employer), employer, signed=False)
    theirs = contract(worker(employer, force="auxiliary"), employer, signed=False)
    with as_account(clerk), transaction.atomic():
        assert writing.sign([mine.pk, theirs.pk], clerk, TODAY) == 1
        assert writing.sign([mine.pk, theirs.pk], clerk, TODAY) == 0
    with as_root("test"):
        assert Contract.objects.get(pk=mine.pk).signed_on == TODAY
        assert Contract.objects.get(pk=theirs.pk).signed_on is None


def test_a_file_that_moved_away_meanwhile_is_not_written(ending, clerk, account):
    seen = digest(renewals(clerk, ending))
    with as_root("test"):
        Member.objects.filter(pk=ending[0].member_id).update(unit_id=OTHER_VILLAGE)
    with pytest.raises(ContractsRefused) as refused:
        renew(clerk, ending, seen=seen)
    assert refused.value.code == "changed_since"
    assert len(renewals(account("staff", TOWN), ending)) == 2
