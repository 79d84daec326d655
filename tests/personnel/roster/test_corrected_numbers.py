"""A roster that still carries a number corrected since is about the same person."""

from datetime import date

import pytest

from organization.scope import as_account, as_root
from personnel.corrections import numbers
from personnel.models import Member
from personnel.roster.shapes import Notice
from tests.conftest import VILLAGE
from tests.factories import MemberFactory, serve
from tests.personnel.roster.people import name, number, person
from tests.personnel.roster.sending import fates, people, said, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, params=[numbers.MANY, 0], ids=["few", "many"])
def size(request, monkeypatch):
    """A large roster looks at the corrections before it sends its numbers."""
    monkeypatch.setattr(numbers, "MANY", request.param)


WRONG, RIGHT = number(1), number(1, date(1985, 1, 3))


@pytest.fixture
def corrected(clerk):
    """Somebody who was registered as number 1 until it was corrected."""
    with as_root("test"):
        member = MemberFactory(unit_id=VILLAGE, name=name(1), id_number=WRONG, birth_date=date(1985, 3, 1))
        serve(member)
    with as_account(clerk):
        numbers.correct(member, numbers.judged(member, "resident_id", RIGHT, date(2014, 7, 1)), "看错", clerk)
    return member


def test_the_row_with_the_old_number_finds_the_same_member_and_says_so(clerk, corrected):
    examined = send(clerk, people(person(1), person(2)))
    assert fates(examined) == ["change", "create"]
    assert examined.plan.steps[0].member_id == corrected.pk
    assert ("corrected_number", "D") in [(one.code, one.column) for one in examined.plan.findings(Notice)]


def test_old_and_new_number_in_one_file_are_one_person_twice(clerk, corrected):
    examined = send(clerk, people(person(1), person(1, 身份证号=RIGHT)))
    assert fates(examined) == ["change", "reject"]
    assert [row for row, *_rest in said(examined.problems)] == [3]


def test_somebody_else_with_that_number_is_somebody_else(clerk, corrected):
    examined = send(clerk, people(person(1, 姓名="真主人")))
    assert fates(examined) == ["create"]


def test_whoever_bears_the_number_now_goes_before_who_bore_it(clerk, corrected):
    with as_root("test"):
        bearer = MemberFactory(unit_id=VILLAGE, name=name(1), id_number=WRONG, birth_date=date(1985, 3, 1))
        serve(bearer)
    assert send(clerk, people(person(1))).plan.steps[0].member_id == bearer.pk


def test_a_number_corrected_back_is_no_old_number_any_more(clerk, corrected):
    with as_account(clerk):
        member = Member.objects.get(pk=corrected.pk)
        numbers.correct(member, numbers.judged(member, "resident_id", WRONG, date(2014, 7, 1)), "改回", clerk)
    (step,) = send(clerk, people(person(1))).plan.steps
    assert step.member_id == corrected.pk
    assert "corrected_number" not in [one.code for one in step.row.findings]
