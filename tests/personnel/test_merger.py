"""A merger: everybody lands exactly once, by two people, as a whole or not at all."""

from datetime import timedelta

import pytest
from django.contrib.postgres.functions import TransactionNow
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from organization.models import TrailEntry
from organization.scope import as_account, as_root
from personnel.assessment import appeals
from personnel.discipline import recording
from personnel.merger import proposing
from personnel.merger.candidates import mark_for_places, simulate
from personnel.merger.terms import MergerRefused
from personnel.models import Appeal, Assessment, Assignment, MergerTask, Placement, PlacementBatch, Programme
from tests.conftest import OTHER_TOWN, TOWN
from tests.factories import serve
from tests.personnel.assessed import (
    TODAY,
    carry_out,
    confirm,
    cycle,
    examiner,
    patrol,
    programme,
    propose,
    revert,
    score,
)


@pytest.fixture
def officer(account):
    return account("hr", username="officer")


@pytest.fixture
def second(account):
    return account("governance", username="second")


@pytest.fixture
def assessed(db, officer):
    """Three who pass, two who fail, one without a score; {"members", "cycle", "programme"}."""
    members = [*patrol(4), *patrol(2, OTHER_TOWN)]
    found = cycle()
    examiner(found, officer)
    score(found, officer, dict(zip(members[:5], (60, 59, 88, 75, 40), strict=True)))
    return {"members": members, "cycle": found, "programme": programme(found)}


def outcomes(of_programme):
    with as_root("test"):
        rows = Placement.objects.filter(programme=of_programme).order_by().values_list("outcome").annotate(Count("pk"))
        return dict(rows)


def services(member):
    with as_root("test"):
        return list(Assignment.objects.filter(member=member).order_by("started_on", "pk"))


def test_simulation_counts_heads_by_outcome_and_town_for_every_mark_in_one_query(
    assessed, officer, django_assert_num_queries
):
    with as_account(officer), django_assert_num_queries(1):
        found = simulate(assessed["programme"], [6000, 5900, 10_000, 0], TODAY)
    assert found["candidates"] == 6
    assert [(m["mark"], m["absorbed"], m["transferred"], m["pending"], m["exited"]) for m in found["marks"]] == [
        (60, 3, 2, 1, 0), (59, 4, 1, 1, 0), (100, 0, 5, 1, 0), (0, 5, 0, 1, 0),
    ]  # fmt: skip
    assert found["marks"][0]["by_town"] == {
        str(TOWN): {"pending": 0, "absorbed": 3, "transferred": 1, "exited": 0},
        str(OTHER_TOWN): {"pending": 1, "absorbed": 0, "transferred": 1, "exited": 0},
    }


def test_a_number_of_places_becomes_the_lowest_mark_that_keeps_it(assessed, officer):
    with as_account(officer):
        marks = {places: mark_for_places(assessed["programme"], places) for places in (0, 1, 2, 4, 5, 9)}
        for places, mark in marks.items():
            assert simulate(assessed["programme"], [mark], TODAY)["marks"][0]["absorbed"] <= places
    assert marks == {0: 8801, 1: 7501, 2: 6001, 4: 4001, 5: 0, 9: 0}


def test_a_town_simulates_its_own_people_only(assessed, account):
    with as_account(account("staff", OTHER_TOWN)):
        assert simulate(assessed["programme"], [6000], TODAY)["candidates"] == 2
    with as_account(account("staff", TOWN)):
        assert simulate(assessed["programme"], [6000], TODAY)["candidates"] == 4


def test_everybody_lands_once_with_service_employer_and_tasks(assessed, officer, second):
    given = assessed["programme"]
    propose(given, officer)
    confirm(given, second)
    done = carry_out(given, officer)
    assert (done.counts.candidates, done.counts.absorbed, done.counts.transferred, done.counts.pending) == (6, 3, 2, 1)
    assert outcomes(given) == {"absorbed": 3, "transferred": 2, "pending": 1}
    old, new = services(assessed["members"][0])
    assert (old.force, old.ended_on, old.ending) == ("patrol", TODAY, "merged")
    assert (new.force, new.started_on, new.beginning, new.unit_id) == ("auxiliary", TODAY, "merged", TOWN)
    assert (new.employer_id, new.former_title, new.cohort, new.share) == (given.employer_id, "公建治安员", 2012, 100)
    old, new = services(assessed["members"][1])
    assert (new.force, new.sponsor, new.unit_id, new.employer_id) == ("joint_defence", "town", TOWN, old.employer_id)
    assert [each.force for each in services(assessed["members"][5])] == ["patrol"]
    with as_root("test"):
        kinds = MergerTask.objects.order_by().values_list("kind").annotate(Count("pk"))
        assert dict(kinds) == {"contract": 5, "kit": 3, "training": 3}


def test_the_trail_names_the_batch_of_every_changed_service(assessed, officer, second, account):
    propose(assessed["programme"], officer)
    confirm(assessed["programme"], second)
    batch = carry_out(assessed["programme"], officer).batch
    with as_account(account("auditor")):
        entries = TrailEntry.objects.filter(table="personnel_assignment", batch=batch.trail_batch)
        assert entries.count() == 10
        assert {entry.actor for entry in entries} == {officer.pk}


def test_a_former_title_that_is_there_already_stays(db, officer, second):
    members = patrol(1, former_title="协管员")
    found = cycle()
    examiner(found, officer)
    score(found, officer, {members[0]: 90})
    given = programme(found)
    propose(given, officer)
    confirm(given, second)
    carry_out(given, officer)
    assert services(members[0])[1].former_title == "协管员"


def test_exempt_years_of_recruitment_pass_without_a_score(db, officer, second):
    old, new = patrol(1, cohort=2003, since="2003-09-01"), patrol(1)
    found = cycle()
    given = programme(found, exempt_cohorts=[2003])
    propose(given, officer)
    confirm(given, second)
    carry_out(given, officer)
    assert [services(each[0])[-1].force for each in (old, new)] == ["auxiliary", "patrol"]


def test_the_programme_says_where_those_go_who_fail_and_what_follows(assessed, officer, second):
    given = assessed["programme"]
    with as_root("test"):
        terms = {"failed_sponsor": "village", "follow_ups": ["kit"], "indicators": ["title"]}
        Programme.objects.filter(pk=given.pk).update(**terms)
    propose(given, officer)
    confirm(given, second)
    carry_out(given, officer)
    new = services(assessed["members"][1])[1]
    assert (new.force, new.sponsor) == ("joint_defence", "village")
    with as_root("test"):
        assert dict(MergerTask.objects.order_by().values_list("kind").annotate(Count("pk"))) == {"kit": 3}


def test_training_counts_only_where_it_follows(assessed):
    with pytest.raises(IntegrityError, match="asks_for_training_that_it_gives"), as_root("test"), transaction.atomic():
        Programme.objects.filter(pk=assessed["programme"].pk).update(follow_ups=["contract"])


@pytest.mark.parametrize("change", [{"failed_sponsor": "village"}, {"follow_ups": ["training"]}])
def test_what_becomes_of_people_is_settled_by_a_proposal(assessed, officer, change):
    propose(assessed["programme"], officer)
    with pytest.raises(DatabaseError, match="stands on these terms"), as_root("test"), transaction.atomic():
        Programme.objects.filter(pk=assessed["programme"].pk).update(**change)


def test_carrying_out_takes_as_many_statements_for_many_as_for_few(db, officer, second):
    found = cycle()
    examiner(found, officer)

    def statements(name, people):
        members = patrol(people)
        score(found, officer, dict.fromkeys(members, 90))
        given = programme(found, name=name)
        propose(given, officer)
        confirm(given, second)
        with CaptureQueriesContext(connection) as captured:
            carry_out(given, officer)
        return len(captured)

    few = statements("少", 1)
    assert statements("多", 9) == few < 30


# --- two people ---------------------------------------------------------------------------------------------


def test_nobody_confirms_their_own_proposal(assessed, officer):
    propose(assessed["programme"], officer)
    with pytest.raises(MergerRefused) as refusal:
        confirm(assessed["programme"], officer)
    assert refusal.value.code == "own_proposal"


def test_the_database_refuses_ones_own_confirmation_and_one_in_another_name(assessed, officer, second):
    batch = propose(assessed["programme"], officer)
    for by in (officer.pk, second.pk):
        with as_account(officer), pytest.raises(DatabaseError), transaction.atomic():
            PlacementBatch.objects.filter(pk=batch.pk).update(
                confirmed_at=TransactionNow(), confirmed_by=by, appeals_until=TODAY
            )


def test_nobody_lands_by_a_proposal_that_was_not_carried_out(assessed, officer, second):
    propose(assessed["programme"], officer)
    confirm(assessed["programme"], second)
    with as_account(officer):
        one = Placement.objects.filter(verdict="absorbed").first()
    with as_account(officer), pytest.raises(DatabaseError, match="nobody lands twice"), transaction.atomic():
        Placement.objects.filter(pk=one.pk).update(outcome="absorbed", new_service=one.service)


def test_a_second_row_of_one_person_has_no_spelling(assessed, officer):
    propose(assessed["programme"], officer)
    with as_account(officer):
        one = Placement.objects.first()
        one.pk, one.batch, one.verdict = None, None, ""
        with pytest.raises(IntegrityError, match="placement_each_person_once"), transaction.atomic():
            one.save(force_insert=True)


def test_what_is_not_confirmed_is_not_carried_out(assessed, officer):
    propose(assessed["programme"], officer)
    with pytest.raises(MergerRefused) as refusal:
        carry_out(assessed["programme"], officer)
    assert refusal.value.code == "not_confirmed"


def test_those_who_fail_need_a_reason(assessed, officer, second):
    propose(assessed["programme"], officer)
    with pytest.raises(MergerRefused) as refusal:
        confirm(assessed["programme"], second, reason="  ")
    assert refusal.value.code == "no_reason"


def test_who_is_held_back_at_the_confirmation_stays_pending(assessed, officer, second):
    propose(assessed["programme"], officer)
    confirm(assessed["programme"], second, held_back=[assessed["members"][1].pk])
    carry_out(assessed["programme"], officer)
    assert outcomes(assessed["programme"]) == {"absorbed": 3, "transferred": 1, "pending": 2}


def test_a_proposal_that_is_sent_back_leaves_everybody_pending_and_another_can_be_made(assessed, officer, second):
    from personnel.merger import proposing

    propose(assessed["programme"], officer)
    with as_account(second), transaction.atomic():
        proposing.send_back(assessed["programme"], second, "请核对成绩", TODAY)
    assert outcomes(assessed["programme"]) == {"pending": 6}
    assert propose(assessed["programme"], officer, mark=4000).mark == 4000


@pytest.mark.parametrize(("role", "unit"), [("staff", TOWN), ("finance", 440199_000_000), ("clerk", 440199_001_001)])
def test_other_roles_take_no_step(assessed, account, role, unit):
    with pytest.raises((MergerRefused, DatabaseError)):
        propose(assessed["programme"], account(role, unit))


# --- appeals ------------------------------------------------------------------------------------------------


def test_who_stands_in_confirms_when_it_is_late_and_not_before(assessed, officer, account):
    stand_in = account("hr", username="stand-in")
    given = assessed["programme"]
    with as_root("test"):
        Programme.objects.filter(pk=given.pk).update(
            confirming_roles=["governance"], standin_roles=["hr"], confirm_by=TODAY
        )
    propose(given, officer)
    with as_account(stand_in), pytest.raises(MergerRefused) as refused:
        proposing.confirm(given, stand_in, TODAY, "低于合格线")
    assert refused.value.code == "not_yours"
    with as_account(officer), pytest.raises(MergerRefused) as refused:
        proposing.confirm(given, officer, TODAY + timedelta(days=1), "低于合格线")
    assert refused.value.code == "own_proposal"
    with as_account(stand_in):
        assert proposing.confirm(given, stand_in, TODAY + timedelta(days=1), "低于合格线").confirmed_by == stand_in.pk


def test_nobody_stands_in_without_a_day(assessed):
    with pytest.raises(IntegrityError), as_root("test"), transaction.atomic():
        Programme.objects.filter(pk=assessed["programme"].pk).update(standin_roles=["hr"], confirm_by=None)


def test_who_stands_in_is_settled_by_a_proposal(assessed, officer):
    propose(assessed["programme"], officer)
    with pytest.raises(DatabaseError), as_account(officer), transaction.atomic():
        Programme.objects.filter(pk=assessed["programme"].pk).update(standin_roles=["hr"], confirm_by=TODAY)


def appeal(of, account, member, day=TODAY):
    with as_account(account):
        sheet = Assessment.objects.get(cycle=of["cycle"], member=member)
        return appeals.record(sheet, account, day, "成绩有误")


def test_an_upheld_appeal_before_the_carry_out_changes_where_the_person_lands(assessed, officer, second, account):
    town, judge = account("staff", TOWN), account("hr", username="judge")
    propose(assessed["programme"], officer)
    confirm(assessed["programme"], second)
    failed = assessed["members"][1]
    found = appeal(assessed, town, failed)
    with pytest.raises(MergerRefused) as refusal:
        carry_out(assessed["programme"], officer)
    assert refusal.value.code == "appeals_open"
    assert refusal.value.people[0]["name"] == failed.name
    with as_account(officer), pytest.raises(appeals.AppealRefused) as own:
        appeals.decide(found, officer, is_upheld=True, reason="补分", scores=[6500] * 5)
    assert own.value.code == "own_work"
    with as_account(judge), transaction.atomic():
        appeals.decide(found, judge, is_upheld=True, reason="勤务记录漏记", scores=[6500] * 5)
    assert carry_out(assessed["programme"], officer).counts.absorbed == 4
    assert services(failed)[-1].force == "auxiliary"


def test_the_database_keeps_examiner_and_proposer_from_deciding(assessed, officer, second):
    propose(assessed["programme"], officer)
    confirm(assessed["programme"], second)
    found = appeal(assessed, second, assessed["members"][1])
    with (
        as_account(officer),
        pytest.raises(IntegrityError, match="neither_examiner_nor_proposer"),
        transaction.atomic(),
    ):
        Appeal.objects.filter(pk=found.pk).update(
            decided_at=TransactionNow(), decided_by=officer.pk, is_upheld=False, reason="不改"
        )


def test_an_appeal_after_its_days_is_refused(assessed, officer, second):
    propose(assessed["programme"], officer)
    confirm(assessed["programme"], second)
    with pytest.raises(IntegrityError, match="appeal_within_its_days"):
        appeal(assessed, second, assessed["members"][1], TODAY.replace(day=2))


def test_nothing_is_carried_out_before_the_days_for_appeals_are_over(db, officer, second):
    members = patrol(1)
    found = cycle()
    examiner(found, officer)
    score(found, officer, {members[0]: 90})
    given = programme(found, appeal_days=5)
    propose(given, officer)
    confirm(given, second)
    with pytest.raises(MergerRefused) as refusal:
        carry_out(given, officer, TODAY.replace(day=5))
    assert refusal.value.code == "appeals_run"
    assert carry_out(given, officer, TODAY.replace(day=6)).counts.absorbed == 1


# --- safe twice, named refusals, back again -----------------------------------------------------------------


def test_carrying_out_twice_does_it_once(assessed, officer, second):
    propose(assessed["programme"], officer)
    confirm(assessed["programme"], second)
    carry_out(assessed["programme"], officer)
    with pytest.raises(MergerRefused) as refusal:
        carry_out(assessed["programme"], officer)
    assert refusal.value.code == "carried_out_already"
    assert len(services(assessed["members"][0])) == 2


def test_who_left_meanwhile_is_named_stays_pending_and_leaves_with_the_next_proposal(assessed, officer, second):
    propose(assessed["programme"], officer)
    confirm(assessed["programme"], second)
    gone = assessed["members"][0]
    with as_root("test"):
        Assignment.objects.filter(member=gone).update(ended_on=TODAY, ending="resigned")
    done = carry_out(assessed["programme"], officer)
    assert [(one["name"], one["code"]) for one in done.refused] == [(gone.name, "ended")]
    assert outcomes(assessed["programme"]) == {"absorbed": 2, "transferred": 2, "pending": 2}
    propose(assessed["programme"], officer)
    confirm(assessed["programme"], second)
    carry_out(assessed["programme"], officer)
    assert outcomes(assessed["programme"]) == {"absorbed": 2, "transferred": 2, "pending": 1, "exited": 1}


def test_a_service_that_begins_on_the_day_itself_is_refused_by_name(db, officer, second):
    late, early = patrol(1, since="2014-07-01"), patrol(1)
    found = cycle()
    examiner(found, officer)
    score(found, officer, {late[0]: 90, early[0]: 90})
    given = programme(found)
    propose(given, officer)
    confirm(given, second)
    done = carry_out(given, officer)
    assert [(one["member"], one["code"]) for one in done.refused] == [(late[0].pk, "begun")]


def test_other_services_run_on(db, officer, second):
    members = patrol(1, share=60)
    with as_root("test"):
        other = serve(members[0], share=40, share_from=60)
    found = cycle()
    examiner(found, officer)
    score(found, officer, {members[0]: 90})
    given = programme(found)
    propose(given, officer)
    confirm(given, second)
    carry_out(given, officer)
    with as_root("test"):
        assert Assignment.objects.get(pk=other.pk).ended_on is None
        assert Assignment.objects.get(force="auxiliary").share == 60


def test_a_merger_is_taken_back_as_a_whole_and_can_be_made_again(assessed, officer, second):
    given = assessed["programme"]
    propose(given, officer)
    confirm(given, second)
    carry_out(given, officer)
    revert(given, officer)
    assert outcomes(given) == {"pending": 6}
    assert all([each.ended_on for each in services(member)] == [None] for member in assessed["members"])
    with as_root("test"):
        assert not MergerTask.objects.standing().exists()
    propose(given, officer)
    confirm(given, second)
    assert carry_out(given, officer).counts.absorbed == 3


def test_a_discipline_case_of_a_service_that_the_merger_began_keeps_the_whole_merger(assessed, officer, second):
    given, person = assessed["programme"], assessed["members"][2]
    propose(given, officer)
    confirm(given, second)
    carry_out(given, officer)
    told = {"occurred_on": TODAY, "reported_on": TODAY, "category": "work", "source": "self", "summary": "试用情节"}
    with as_account(officer):
        begun = Assignment.objects.get(member=person, force="auxiliary")
        recording.record(begun, told, officer)
    with pytest.raises(MergerRefused) as refusal:
        revert(given, officer)
    assert (refusal.value.code, refusal.value.params["names"]) == ("has_case", person.name)
    assert outcomes(given)["absorbed"] == 3


def test_a_later_change_of_one_service_keeps_the_whole_merger(assessed, officer, second):
    given, changed = assessed["programme"], assessed["members"][2]
    propose(given, officer)
    confirm(given, second)
    carry_out(given, officer)
    with as_account(officer):
        Assignment.objects.filter(member=changed, force="auxiliary").update(grade="三级")
    with pytest.raises(MergerRefused) as refusal:
        revert(given, officer)
    assert [one["name"] for one in refusal.value.people] == [changed.name]
    assert outcomes(given)["absorbed"] == 3


def test_services_are_deleted_by_nothing_but_a_merger_taken_back(assessed, officer, second):
    given = assessed["programme"]
    propose(given, officer)
    confirm(given, second)
    batch = carry_out(given, officer).batch
    with as_account(officer), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.batch', %s, true)", [batch.trail_batch])
        cursor.execute("DELETE FROM personnel_assignment")
        assert cursor.rowcount == 0


def test_terms_stay_while_a_proposal_stands(assessed, officer):
    from datetime import timedelta

    propose(assessed["programme"], officer)
    given = assessed["programme"]
    given.merged_on += timedelta(1)
    with as_account(officer), pytest.raises(DatabaseError, match="stands on these terms"), transaction.atomic():
        given.save()
