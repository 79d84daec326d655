"""What a roster changes of a service's days and share: said before, or refused with its row; nothing is half done."""

from datetime import date

import pytest

from organization.models import Unit
from organization.scope import as_account, as_root
from personnel.models import Assignment, RosterImport
from personnel.roster import jobs, undoing
from personnel.roster.source import open_file
from personnel.roster.staging import terms_of
from tests.conftest import OTHER_VILLAGE, VILLAGE
from tests.factories import MemberFactory, serve
from tests.personnel.roster.files import xlsx
from tests.personnel.roster.people import name, number, person
from tests.personnel.roster.sending import fates, people, said, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(root):
    return MemberFactory(unit=Unit.objects.get(code=VILLAGE), name=name(1), id_number=number(1))


@pytest.fixture
def imported(clerk):
    """Sends rows, looks at them, imports them: imported(rows) -> the sentence that says why not, or ""."""

    def run(rows):
        with as_account(clerk):
            source = open_file(xlsx({"花名册": rows}), "册.xlsx")
            roster = jobs.take_in(source, terms_of(clerk, VILLAGE), clerk)
            told = jobs.import_staged(roster, clerk, partial=False)
            return told, [(line.number, line.fate) for line in roster.staged.order_by("number")] if told else []

    return run


def test_who_left_before_today_without_a_day_of_joining_is_told_so_in_the_preview(clerk):
    examined = send(clerk, people(person(1, 入队时间=None, 离队日期="2020-01-01"), more=["离队日期"]))
    assert said(examined.problems) == [(2, "G", "填了离队日期，没有填入队日期；请补上入队日期")]


def test_a_beginning_moved_into_an_earlier_service_is_told_in_the_preview(clerk, member):
    serve(member, since="2010-01-01", until="2012-01-01")
    serve(member, since="2014-07-01", post="队员")
    assert fates(send(clerk, people(person(1, 入队时间="2013-01-01")))) == ["change"]
    examined = send(clerk, people(person(1, 入队时间="2011-01-01")))
    assert said(examined.problems) == [(2, "G", "该人员2010-01-01至2012-01-01已有服务记录，时间重叠")]


@pytest.mark.parametrize("share", ["专职", "兼职70%"])
def test_a_share_that_makes_more_than_full_time_is_told_in_the_preview(clerk, member, share):
    serve(member, since="2014-07-01", share=60, post="队员")
    serve(member, since="2015-01-01", share=40, share_from=60, force="patrol", sponsor="")
    examined = send(clerk, people(person(1, 专兼职=share), more=["专兼职"]))
    assert (len(examined.problems), fates(examined)) == (1, ["reject"])
    assert examined.problems[0].code == "overlap"


def test_a_second_share_that_fits_is_imported_wherever_it_stood(imported, clerk, member):
    serve(member, since="2014-07-01", share=40, share_from=60, post="队员")
    serve(member, since="2010-01-01", until="2011-01-01", share=60)
    rows = people(person(1, 专兼职="兼职50%"), more=["专兼职"])
    assert imported(rows) == ("", [])
    service = Assignment.objects.get(ended_on=None)
    assert (service.share, service.share_from) == (50, 50)
    with as_account(clerk):
        undoing.undo(RosterImport.objects.get(), clerk)
    service.refresh_from_db()
    assert (service.share, service.share_from) == (40, 60)


def test_a_change_that_meets_a_service_the_clerk_does_not_see_is_named_with_its_row(imported, member):
    with as_root("test"):
        serve(member, since="2010-01-01", until="2012-01-01", unit=Unit.objects.get(code=OTHER_VILLAGE))
        serve(member, since="2014-07-01", post="队员")
    rows = people(person(1, 入队时间="2011-01-01"), person(2))
    told, lines = imported(rows)
    assert "没有导入任何内容" in told
    assert "花名册 2" in told
    assert lines == [(2, "reject"), (3, "create")]
    with as_root("test"):
        assert Assignment.objects.filter(started_on=date(2014, 7, 1)).count() == 1
