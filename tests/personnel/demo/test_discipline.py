"""The discipline cases of the demo: all states, and nowhere but in squads that bear no place's name."""

from datetime import date

import pytest

from organization.belonging import reach
from organization.models import Account
from organization.scope import as_account
from personnel.demo.discipline import COURSES, SQUADS
from personnel.demo.load import load
from personnel.demo.places import DISTRICT
from personnel.discipline import standings
from personnel.figures import discipline as figures
from personnel.models import DisciplineCase
from tests.personnel.demo.databases import empty_database

DAY = date(2014, 7, 1)


@pytest.fixture(scope="module")
def cases(django_db_blocker):
    with django_db_blocker.unblock(), empty_database("demo_discipline"):
        load(DAY, 5, "a-password-for-tests", scale=0.3)
        office = Account.objects.using("owner").select_related("unit").get(username="governance")
        with as_account(office):
            yield list(DisciplineCase.objects.select_related("unit").order_by("pk"))


def test_there_is_a_case_of_each_course_in_every_state(cases):
    assert len(cases) == len(COURSES)
    assert {standings.step(case) for case in cases} == set(standings.TOLD)
    assert {case.outcome for case in cases} == {"", *DisciplineCase.Outcome.values}


def test_no_village_or_town_has_a_case(cases):
    assert all(SQUADS[0] <= case.unit_id <= SQUADS[1] for case in cases)
    assert {case.unit.name[:6] for case in cases} <= {"巡逻特勤大队", "机动巡防大队"}


def test_the_summaries_open_and_the_figures_are_worth_looking_at(cases):
    assert all(case.summary for case in cases)
    board = figures.board(DAY, reach(DISTRICT))
    assert {key: board.whole.counts[key] > 0 for key in figures.KEYS} == dict.fromkeys(figures.KEYS, True)
    assert board.whole.counts["timely"] < board.whole.counts["decided"]
    assert DisciplineCase.objects.dismissed_still_serving(DAY).count() == 1
