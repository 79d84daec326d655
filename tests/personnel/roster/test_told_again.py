"""What a roster tells once more is no news: months, people who left, answers that are still missing."""

import pytest

from organization.models import Unit
from organization.scope import as_account, as_root
from personnel.models import Assignment, RosterAnswer, TransferRequest
from personnel.roster import direct, jobs, marking, undoing
from personnel.roster.examination import examine
from personnel.roster.source import open_file
from personnel.roster.staging import terms_of
from tests.conftest import SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, serve
from tests.personnel.roster.files import xlsx
from tests.personnel.roster.people import name, number, person
from tests.personnel.roster.sending import fates, people, said, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(root):
    return MemberFactory(unit=Unit.objects.get(code=VILLAGE), name=name(1), id_number=number(1))


def bring_in(account, rows, *, answers=None, partial=False, force=""):
    with as_account(account):
        source = open_file(xlsx({"花名册": rows}), "册.xlsx")
        terms = terms_of(account, account.unit_id, force, answers=answers)
        return direct.bring_in(source, terms, account, partial=partial)


@pytest.mark.parametrize("make", [marking.bad_rows, marking.whole])
def test_whether_it_is_january_is_asked_again_of_our_own_workbook(clerk, make):
    with as_account(clerk):
        source = open_file(xlsx({"花名册": people(person(1, 入队时间=2014.1))}), "册.xlsx")
        roster = jobs.take_in(source, terms_of(clerk, VILLAGE), clerk)
        assert roster.counts["ask"] == 1
        again = examine(open_file(make(roster, clerk), "改.xlsx"), terms_of(clerk, VILLAGE))
    assert [one.code for one in again.questions] == ["january_or_october"]
    assert again.plan.counts["ask"] == 1
    assert "未填" not in str(said(again.notices))


def test_nobody_is_asked_of_another_unit_while_a_question_is_open(root, account):
    serve(MemberFactory(unit=Unit.objects.get(code=SECOND_VILLAGE), name=name(1), id_number=number(1)))
    clerk = account("clerk", VILLAGE)
    rows = people(person(1, 专兼职="兼职"), person(2), more=["专兼职"])
    elsewhere = next(one for one in send(clerk, rows).questions if one.code == "elsewhere")
    examined, _roster = bring_in(clerk, rows, answers={elsewhere.id: "second"}, partial=True)
    assert fates(examined) == ["ask", "create"]
    with as_root("test"):
        assert not TransferRequest.objects.exists()


def test_two_columns_of_one_heading_keep_their_own_answers(clerk):
    rows = [[*row, *more] for row, more in zip(people(person(1)), [("喜好", "喜好"), ("足球", "x")], strict=True)]
    first, second = send(clerk, rows).questions
    bring_in(clerk, rows, answers={first.id: "remark", second.id: "ignore"})
    with as_account(clerk):
        assert sorted(RosterAnswer.objects.values_list("about", "choice")) == [("喜好", "remark"), ("喜好#2", "ignore")]
    examined = send(clerk, rows)
    assert (examined.questions, examined.plan.counts["unchanged"]) == ([], 1)


@pytest.mark.parametrize("left", ["2016-01-01", "2016.1"])
def test_an_ended_service_is_told_as_often_as_one_likes(clerk, member, left):
    serve(member, since="2012-07-01", until="2025-01-01", force="volunteer", sponsor="", share=0)
    serve(member, since="2014-07-01", until="2016-01-01", force="volunteer", sponsor="", share=0)
    rows = people(person(1, 离队日期=left, 入队时间="2014-07-01", 联系电话=None, 文化程度=None), more=["离队日期"])
    assert fates(send(clerk, rows, force="volunteer")) == ["unchanged"]


def test_who_left_here_and_serves_next_door_now_is_as_known(root, account, member):
    staff = account("staff", TOWN)
    serve(member, since="2012-07-01", until="2020-12-15")
    serve(member, since="2021-01-01", unit=Unit.objects.get(code=SECOND_VILLAGE))
    rows = people(person(1, 离队日期="2020-12-15", 村居="东塘第一社区", 联系电话=None), more=["离队日期", "村居"])
    assert not send(staff, rows).questions


def test_of_a_month_the_day_that_is_known_counts(clerk, member):
    serve(member, since="2010-01-01", until="2014-07-10")
    serve(member, since="2014-07-15", post="队员")
    rows = people(person(1, 入队时间="2014.7", 专兼职="兼职60%"), more=["专兼职"])
    assert fates(send(clerk, rows)) == ["change"]
    rows = people(person(1, 入队时间="2014.7", 离队日期="2014-07-12"), more=["离队日期"])
    assert [one.code for one in send(clerk, rows).problems] == ["ends_before_start"]


def test_an_undo_after_full_time_puts_a_second_part_back(clerk, member):
    serve(member, since="2012-07-01", until="2020-01-01", share=60)
    serve(member, since="2015-01-01", share=40, share_from=60, post="队员")
    _examined, roster = bring_in(clerk, people(person(1, 入队时间="2021-01-01", 专兼职="专职"), more=["专兼职"]))
    with as_account(clerk):
        assert undoing.undo(roster, clerk).rows == 1
        service = Assignment.objects.get(ended_on=None)
        assert (str(service.started_on), service.share, service.share_from) == ("2015-01-01", 40, 60)
