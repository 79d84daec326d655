"""Closing a unit: its accounts, employers and files go to the successor, its past stays."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from organization import reorganisation
from organization.models import Account, Employer, Post, Team, Unit
from organization.scope import as_account, as_root, current
from personnel.models import Appointment, Assignment, BankAccount, Member
from tests.conftest import DISTRICT, OTHER_TOWN, OTHER_VILLAGE, SECOND_VILLAGE, STATION, TOWN, VILLAGE
from tests.factories import EmployerFactory, MemberFactory, serve

TODAY, DAY = date(2014, 9, 1), date(2014, 7, 1)


@pytest.fixture
def governance(account):
    return account("governance", username="governance")


def close(unit=VILLAGE, successor=SECOND_VILLAGE, day=DAY, today=TODAY):
    return reorganisation.close(unit, successor, day, today)


def refused(*args, **fields):
    with pytest.raises(reorganisation.ClosingRefused) as refusal, transaction.atomic():
        close(*args, **fields)
    return {slug for slug, _sentence in refusal.value.problems}


def test_accounts_employers_and_files_move_and_the_past_stays(root, governance, account):
    clerk = account("clerk", VILLAGE)
    employer = EmployerFactory(unit_id=VILLAGE)
    member = MemberFactory()
    BankAccount.objects.create(member=member, bank="农村商业银行", number="6222021234567890")
    serve(member, since="2013-01-01")
    with as_account(governance):
        close()
    assert Account.objects.get(pk=clerk.pk).unit_id == SECOND_VILLAGE
    assert Employer.objects.get(pk=employer.pk).unit_id == SECOND_VILLAGE
    assert Member.objects.get(pk=member.pk).unit_id == SECOND_VILLAGE
    assert BankAccount.objects.get(member=member).unit_id == SECOND_VILLAGE
    services = member.assignments.order_by("started_on").values_list(
        "unit", "started_on", "ended_on", "beginning", "ending"
    )
    assert list(services) == [
        (VILLAGE, date(2013, 1, 1), DAY, "recruited", "transferred"),
        (SECOND_VILLAGE, DAY, None, "transferred", ""),
    ]
    unit = Unit.objects.get(pk=VILLAGE)
    assert (unit.closed_on, unit.successor_id) == (DAY, SECOND_VILLAGE)
    assert reorganisation.heirs() == {VILLAGE: SECOND_VILLAGE}


def test_a_service_goes_on_with_everything_it_carried(root, governance):
    employer = EmployerFactory(unit_id=TOWN)
    carried = {
        "force": "auxiliary",
        "category": "clerical",
        "post": "内勤",
        "grade": "三级",
        "badge": "F001",
        "share": 60,
        "employer": employer,
        "contract_from": date(2014, 1, 1),
        "contract_until": date(2014, 12, 31),
        "ending": "expired",
    }
    before = serve(MemberFactory(), since="2014-01-01", until="2015-01-01", **carried)
    with as_account(governance):
        close()
    after = Assignment.objects.get(unit=SECOND_VILLAGE)
    moved = {"id", "unit", "started_on", "beginning"}
    for field in Assignment._meta.concrete_fields:
        if field.name not in moved:
            assert getattr(after, field.attname) == getattr(before, field.attname), field.name


def test_services_that_ended_before_are_left_alone(root, governance):
    service = serve(MemberFactory(), since="2013-01-01", until="2014-07-01")
    with as_account(governance):
        close()
    assert Assignment.objects.get() == service
    assert Assignment.objects.get().ending == "resigned"


def test_people_attached_to_a_closing_station_go_on_at_its_successor(root, governance):
    new_station = Unit.objects.create(code=440199_902_000, name="新塘派出所", root_id=DISTRICT)
    serve(MemberFactory(), force="auxiliary", using_unit_id=STATION)
    with as_account(governance):
        close(STATION, new_station.pk)
    served = Assignment.objects.order_by("started_on").values_list("unit", "using_unit", "ended_on")
    assert list(served) == [(VILLAGE, STATION, DAY), (VILLAGE, new_station.pk, None)]


def test_the_headcount_of_every_day_is_what_it_was_and_adds_up(root, governance):
    for member in MemberFactory.create_batch(20):
        serve(member, since="2013-01-01")
    with as_account(governance):
        close()

    def heads(unit, day):
        return Assignment.objects.on(day).filter(unit__in=Unit.objects.below(unit)).values("member").distinct().count()

    assert [heads(unit, date(2014, 6, 30)) for unit in (VILLAGE, SECOND_VILLAGE, TOWN)] == [20, 0, 20]
    assert [heads(unit, DAY) for unit in (VILLAGE, SECOND_VILLAGE, TOWN)] == [0, 20, 20]


def test_the_team_is_disbanded_and_its_appointments_end(root, governance):
    team = Team.objects.establish(Unit.objects.get(pk=VILLAGE), date(2014, 1, 1), Team.Seat.POLICE_ROOM)
    Appointment.objects.create(post=team.posts.first(), official="梁建国", started_on=date(2014, 1, 1))
    with as_account(governance):
        close()
    assert Team.objects.get().disbanded_on == DAY
    assert set(Post.objects.values_list("abolished_on", flat=True)) == {DAY}
    assert Appointment.objects.get().ended_on == DAY


def test_all_of_it_is_in_the_trail_under_one_batch_and_the_actor(root, governance):
    serve(MemberFactory(), since="2013-01-01")
    with as_account(governance):
        batch = close()
    with as_root(duty="auditor"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, action, actor FROM organization_trail_masked WHERE batch = %s ORDER BY id", [batch]
        )
        written = cursor.fetchall()
    assert {actor for _table, _action, actor in written} == {governance.pk}
    assert [(table, action) for table, action, _actor in written] == [
        ("personnel_member", "U"),
        ("personnel_assignment", "U"),
        ("personnel_assignment", "I"),
        ("organization_unit", "U"),
    ]


def test_leaving_gives_back_the_narrower_rights(root, governance):
    with as_account(governance):
        close()
        assert (current().duty, current().forces, current().batch) == ("governance", (), "")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            serve(MemberFactory(unit_id=SECOND_VILLAGE, unit=None))


@pytest.mark.parametrize(
    ("unit", "successor", "day", "problem"),
    [
        (VILLAGE, TOWN, DAY, "level"),
        (TOWN, STATION, DAY, "level"),
        (TOWN, OTHER_TOWN, DAY, "units_below"),
        (DISTRICT, OTHER_TOWN, DAY, "root"),
        (VILLAGE, VILLAGE, DAY, "not_found"),
        (VILLAGE, SECOND_VILLAGE, date(2014, 9, 2), "future"),
    ],
)
def test_a_closing_that_makes_no_sense_is_refused(root, governance, unit, successor, day, problem):
    with as_account(governance):
        assert problem in refused(unit, successor, day)
    assert not Unit.objects.exclude(closed_on=None).exists()


def test_a_chain_of_successors_ends_in_an_open_unit_and_never_in_a_circle(root, governance):
    with as_account(governance):
        close(VILLAGE, SECOND_VILLAGE)
        assert refused(SECOND_VILLAGE, VILLAGE) == {"successor_closed"}
        assert refused(VILLAGE, OTHER_VILLAGE) == {"closed"}
        close(SECOND_VILLAGE, OTHER_VILLAGE, date(2014, 8, 1))
    assert reorganisation.heirs() == {VILLAGE: OTHER_VILLAGE, SECOND_VILLAGE: OTHER_VILLAGE}


def test_a_service_that_begins_on_the_closing_day_must_be_settled_first(root, governance):
    serve(MemberFactory(), since="2014-07-01")
    with as_account(governance):
        assert refused() == {"services_younger"}


def test_one_who_sees_one_end_only_closes_nothing(root, account):
    MemberFactory()
    with as_account(account("staff", TOWN)):
        assert refused(VILLAGE, OTHER_VILLAGE) == {"outside"}
        assert refused(OTHER_VILLAGE, VILLAGE) == {"outside"}
    assert Member.objects.get().unit_id == VILLAGE


def test_a_preview_counts_and_writes_nothing(root, governance):
    serve(MemberFactory())
    with as_account(governance):
        plan = reorganisation.plan(VILLAGE, SECOND_VILLAGE, DAY, TODAY)
    assert [number for _label, number in plan.moving] == [0, 0, 0, 1, 1, 0, 0, 0]
    assert plan.problems == ()
    assert Member.objects.get().unit_id == VILLAGE


def test_closing_a_unit_takes_the_same_statements_for_ten_times_the_people(root, governance, django_assert_num_queries):
    from django.test.utils import CaptureQueriesContext

    used = []
    for unit, people in ((VILLAGE, 3), (OTHER_VILLAGE, 30)):
        for member in MemberFactory.create_batch(people, unit_id=unit, unit=None):
            serve(member, since="2013-01-01")
        with as_account(governance), CaptureQueriesContext(connection) as queries:
            close(unit, SECOND_VILLAGE)
        used.append(len(queries))
    assert used[0] == used[1]
