"""Many contracts ended before their time: judged twice, written once, and nobody loses one unseen."""

from datetime import timedelta

import pytest
from django.db import transaction

from organization.models import TrailEntry
from organization.scope import as_account, as_root
from personnel.contracts import closing, writing
from personnel.contracts.closing import Ending
from personnel.contracts.planning import digest
from personnel.contracts.renewing import members_of
from personnel.contracts.writing import ContractsRefused
from personnel.models import Contract
from tests.conftest import OTHER_VILLAGE
from tests.personnel.contracting import DAY, TODAY, body, contract, worker

TODAY_LAST = Ending(TODAY + DAY, "agreed", "协商一致")


@pytest.fixture
def employer(db):
    return body()


@pytest.fixture
def running(employer):
    """Three people whose contracts run for another hundred days."""
    last = TODAY + timedelta(days=100)
    return [contract(worker(employer, name=f"甲{n}试用"), employer, last=last) for n in range(3)]


def planned(account, contracts, ending=TODAY_LAST):
    with as_account(account):
        return closing.plan([one.pk for one in contracts], ending, account)


def end(account, contracts, ending=TODAY_LAST, seen=None):
    keys = [one.pk for one in contracts]
    with as_account(account), transaction.atomic():
        plan = lambda: closing.plan(keys, ending, account)  # noqa: E731
        return writing.carry_out(plan, members_of(keys), seen or digest(plan()), closing.write)


def ended():
    with as_root("test"):
        rows = Contract.objects.exclude(ended_on=None).order_by("pk")
        return list(rows.values_list("pk", "ended_on", "ending", "ending_note"))


def reasons(rows):
    return [row.skipped for row in rows]


def test_all_of_them_end_on_one_day_for_one_reason(running, clerk):
    assert end(clerk, running[:2]) == 2
    assert ended() == [(one.pk, TODAY + DAY, "agreed", "协商一致") for one in running[:2]]


def test_a_second_press_ends_nothing_and_says_why(running, clerk):
    end(clerk, running)
    with pytest.raises(ContractsRefused) as refusal:
        end(clerk, running, Ending(TODAY, "resigned"))
    assert refusal.value.code == "nothing_left"
    assert reasons(planned(clerk, running)) == [closing.ENDED_ALREADY] * 3
    assert {ending for _pk, _day, ending, _note in ended()} == {"agreed"}


def test_what_changed_since_the_preview_is_told_and_nothing_ended(running, clerk):
    seen = digest(planned(clerk, running))
    with as_root("test"):
        Contract.objects.filter(pk=running[0].pk).update(ended_on=TODAY, ending="resigned")
    with pytest.raises(ContractsRefused) as refusal:
        end(clerk, running, seen=seen)
    assert refusal.value.code == "changed_since"
    assert len(ended()) == 1


def test_another_day_or_reason_than_was_seen_is_not_written(running, clerk):
    seen = digest(planned(clerk, running))
    for other in (Ending(TODAY, "agreed", "协商一致"), Ending(TODAY + DAY, "dismissed", "协商一致")):
        with pytest.raises(ContractsRefused) as refusal:
            end(clerk, running, other, seen=seen)
        assert refusal.value.code == "changed_since"
    assert ended() == []


def test_who_cannot_be_ended_is_named_with_the_reason(employer, clerk):
    rows = {
        closing.OVER_BY_ITSELF: contract(worker(employer), employer, last=TODAY),
        closing.NOT_BEGUN: contract(
            worker(employer), employer, TODAY + DAY, TODAY + timedelta(days=50), signed=False
        ),
        closing.BY_MISTAKE: contract(
            worker(employer), employer, TODAY - DAY, TODAY + timedelta(9), ended_on=TODAY - DAY, ending="mistake"
        ),
        closing.NOT_YOURS: contract(
            worker(employer, force="auxiliary"), employer, last=TODAY + timedelta(days=9)
        ),
    }  # fmt: skip
    found = {row.member: row.skipped for row in planned(clerk, rows.values())}
    assert found == {one.member_id: reason for reason, one in rows.items()}


def test_who_serves_on_without_another_contract_is_noted(employer, running, clerk):
    covered = running[0]
    with as_root("test"):
        Contract.objects.create(
            member=covered.member, unit_id=covered.unit_id, employer=body("另一试用公司"), kind="open_ended",
            starts_on=TODAY - DAY,
        )  # fmt: skip
        running[1].member.assignments.update(ended_on=TODAY, ending="resigned")
    notes = {row.member: row.notes for row in planned(clerk, running)}
    assert notes == {
        covered.member_id: (), running[1].member_id: (), running[2].member_id: (closing.SERVES_ON,),
    }  # fmt: skip


def test_two_contracts_of_one_person_end_together(employer, running, clerk):
    other = contract(running[0].member, body("另一试用公司"), last=TODAY + timedelta(days=9))
    assert end(clerk, [running[0], other]) == 2


def test_all_of_them_are_in_the_trail_under_one_batch(running, clerk, account):
    end(clerk, running)
    with as_account(account("auditor")):
        entries = TrailEntry.objects.filter(table="personnel_contract", action="U", batch__startswith="contracts-")
        assert len({entry.batch for entry in entries}) == 1
        assert entries.count() == 3


def test_a_contract_of_another_village_is_neither_told_of_nor_ended(running, stranger):
    assert planned(stranger, running) == []
    with pytest.raises(ContractsRefused):
        end(stranger, running)
    assert ended() == []


def test_a_file_that_moved_away_meanwhile_is_not_ended(running, clerk):
    seen = digest(planned(clerk, running))
    with as_root("test"):
        running[0].member.unit_id = OTHER_VILLAGE
        running[0].member.save()
    with pytest.raises(ContractsRefused):
        end(clerk, running, seen=seen)
    assert ended() == []


def test_the_number_of_questions_does_not_grow_with_the_people(employer, running, clerk, django_assert_num_queries):
    with as_account(clerk), django_assert_num_queries(5):
        closing.plan([running[0].pk], TODAY_LAST, clerk)
    more = [contract(worker(employer), employer, last=TODAY + timedelta(days=30)) for _ in range(5)]
    with as_account(clerk), django_assert_num_queries(5):
        closing.plan([one.pk for one in (*running, *more)], TODAY_LAST, clerk)
