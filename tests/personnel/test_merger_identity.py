"""Whatever scores, ties, appeals and faults in the middle: everybody is in one outcome, and in one service a day."""

from collections import Counter

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organization.scope import as_account, as_root
from personnel.assessment import appeals
from personnel.merger import candidates, carrying_out, proposing, reverting
from personnel.merger.candidates import simulate
from personnel.models import Assessment, Assignment, Placement
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

PEOPLE = 7
BEFORE = ((candidates, "FREEZE"), (proposing, "DECIDE"))
BACK = ("FREE", "TAKE_AWAY", "GO_ON")
FAULTS = ("END_SERVICES", "BEGIN_SERVICES", "LAND", "LEAVE", "RAISE_TASKS")


@pytest.fixture
def world(account):
    """Seven of the patrol, an examiner who proposes, one who confirms, and one who hears appeals."""
    officer, second, judge = account("hr"), account("governance"), account("hr")
    members = patrol(PEOPLE)
    with as_root("test"):  # one of them serves elsewhere as well, and one begins on the day itself
        Assignment.objects.filter(member=members[0]).update(share=60)
        serve(members[0], share=40, share_from=60)
        Assignment.objects.filter(member=members[1]).update(started_on=TODAY)
        Assignment.objects.filter(member=members[2]).update(cohort=2003)
    found = cycle()
    examiner(found, officer)
    return {"members": members, "cycle": found, "people": (officer, second, judge)}


def in_the_past(members):
    """Services as they stand: of each person, force, from and until."""
    with as_root("test"):
        rows = Assignment.objects.filter(member__in=members).order_by("member_id", "started_on", "pk")
        return list(rows.values_list("member", "force", "started_on", "ended_on", "ending"))


def expected(points, mark, is_exempt):
    if is_exempt:
        return "absorbed"
    if points is None:
        return "pending"
    return "absorbed" if points >= mark else "transferred"


scores = st.lists(st.none() | st.sampled_from((0, 40, 59, 60, 61, 100)), min_size=PEOPLE, max_size=PEOPLE)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    points=scores,
    mark=st.sampled_from((0, 59, 60, 100)),
    exempt=st.booleans(),
    heard=st.integers(0, PEOPLE - 1),
    faults=st.tuples(st.sampled_from(BEFORE), st.sampled_from(FAULTS), st.sampled_from(BACK)),
)
def test_everybody_lands_exactly_once_or_nothing_happens(world, points, mark, exempt, heard, faults):
    sid = transaction.savepoint()
    try:
        one_merger(world, points, mark, exempt, heard, faults)
    finally:
        transaction.savepoint_rollback(sid)


def one_merger(world, points, mark, exempt, heard, faults):
    members, (officer, second, judge) = world["members"], world["people"]
    score(world["cycle"], officer, {m: p for m, p in zip(members, points, strict=True) if p is not None})
    given_programme = programme(world["cycle"], exempt_cohorts=[2003] if exempt else [])
    wanted = {m.pk: expected(p, mark, exempt and n == 2) for n, (m, p) in enumerate(zip(members, points, strict=True))}
    with as_account(officer):
        told = simulate(given_programme, [mark * 100], TODAY)["marks"][0]
    assert Counter({name: told[name] for name in ("absorbed", "transferred", "pending", "exited")}) == Counter(
        {"absorbed": 0, "transferred": 0, "pending": 0, "exited": 0} | Counter(wanted.values())
    )
    if set(wanted.values()) == {"pending"}:
        return
    before = in_the_past(members)
    broken(*faults[0], lambda: propose(given_programme, officer, mark=mark * 100))
    with as_root("test"):
        assert not Placement.objects.filter(programme=given_programme).exists()
    propose(given_programme, officer, mark=mark * 100)
    confirm(given_programme, second)
    if wanted[members[heard].pk] == "transferred" and mark < 100:
        hear(world, members[heard], judge)
        wanted[members[heard].pk] = "absorbed"
    broken(carrying_out, faults[1], lambda: carry_out(given_programme, officer))
    assert in_the_past(members) == before
    carry_out(given_programme, officer)
    if wanted[members[1].pk] != "pending":
        wanted[members[1].pk] = "pending"  # who begins on the day itself is refused by name
    with as_root("test"):
        landed = dict(Placement.objects.filter(programme=given_programme).values_list("member", "outcome"))
    assert landed == wanted
    check_services(members, wanted)
    after = in_the_past(members)
    broken(reverting, faults[2], lambda: revert(given_programme, officer))
    assert in_the_past(members) == after
    revert(given_programme, officer)
    assert in_the_past(members) == before


def hear(world, member, judge):
    with as_account(judge), transaction.atomic():
        sheet = Assessment.objects.get(cycle=world["cycle"], member=member)
        found = appeals.record(sheet, judge, TODAY, "成绩有误")
        appeals.decide(found, judge, is_upheld=True, reason="补分", scores=[10_000] * 5)


def broken(module, statement, step):
    """Take a step with a statement that fails in the middle."""
    usual = getattr(module, statement)
    setattr(module, statement, "SELECT 1 / 0")
    try:
        with pytest.raises(DatabaseError, match="division by zero"):
            step()
    finally:
        setattr(module, statement, usual)


def check_services(members, wanted):
    force_of = {"absorbed": "auxiliary", "transferred": "joint_defence", "pending": "patrol"}
    with connection.cursor() as cursor, as_root("test"):
        cursor.execute(
            "SELECT member_id, array_agg(force) FROM personnel_assignment WHERE member_id = ANY (%s)"
            " AND started_on <= %s AND (ended_on IS NULL OR ended_on > %s) AND share_from = 0 GROUP BY 1",
            [[m.pk for m in members], TODAY, TODAY],
        )
        assert dict(cursor.fetchall()) == {key: [force_of[outcome]] for key, outcome in wanted.items()}
