"""Certificates of service and of leaving: what they say, who issues them, and that they stay as they were issued."""

import re
import uuid
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from organization.models import SecurityEvent, Unit
from organization.scope import as_account, as_root
from personnel.certificates import issuing, wording
from personnel.models import Assignment, Certificate, Contract, Member
from tests.conftest import OTHER_VILLAGE, TOWN, VILLAGE
from tests.factories import EmployerFactory, MemberFactory, id_number, serve

BORN = date(1980, 3, 15)
NUMBER = id_number(9, BORN)
LIST = "/personnel/certificate/"


@pytest.fixture
def member(root):
    """Somebody who served in the village, left, and came back."""
    member = MemberFactory(name="李试用", birth_date=BORN, id_number=NUMBER)
    serve(member, since="2012-03-01", until="2014-07-01", post="队员", contract_from=date(2012, 3, 1),
          contract_until=date(2015, 2, 28))  # fmt: skip
    serve(member, since="2015-01-01", post="队长", beginning="returned")
    return member


@pytest.fixture
def issue():
    """Issue one for the first or last service: issue(account, member, "service", day)."""

    def make(account, member, kind, day=date(2016, 1, 1), **fields):
        with as_account(account):
            service = member.assignments.order_by("started_on")[0 if kind == "leaving" else 1]
            return issuing.issue(
                issuing.Draft(kind, service, day, fields.pop("token", uuid.uuid4()), **fields), account
            )

    return make


def page_of(member):
    return f"/personnel/member/{member.pk}/certificate/"


def chosen(member, kind="service", **fields):
    service = member.assignments.order_by("started_on")[0 if kind == "leaving" else 1]
    day = timezone.localdate().isoformat()
    return {"what": f"{kind}-{service.pk}", "day": day, "purpose": "", "token": str(uuid.uuid4())} | fields


def text(answer):
    return re.sub(r"<[^>]+>", "", answer.content.decode())


def test_a_leaving_certificate_tells_the_contract_on_record_before_that_of_the_roster(member, clerk, issue):
    employer = EmployerFactory(unit_id=member.unit_id)
    for start, over in (("2011-03-01", "2012-03-01"), ("2012-03-01", "2014-03-01"), ("2014-03-01", "2016-03-01")):
        Contract.objects.create(member=member, employer=employer, starts_on=start, ends_on=over, signed_on=start)
    made = issue(clerk, member, "leaving")
    assert (f"{made.contract_from}", f"{made.contract_until}") == ("2014-03-01", "2016-02-29")


def test_a_page_that_is_changed_and_sent_again_does_not_pass_off_the_old_paper_as_the_new(member, clerk, visitor):
    browser, sent = visitor(clerk), chosen(member, purpose="办理贷款")
    browser.post(page_of(member), sent)
    answer = browser.post(page_of(member), sent | {"purpose": "办理签证"})
    assert answer.status_code == 200
    assert "〔" in str(answer.context["form"].non_field_errors())
    page = answer.content.decode()
    assert 'value="办理签证"' in page
    assert re.search(rf'value="{sent["what"]}"[^>]* checked', page)
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    assert browser.post(page_of(member), sent | {"purpose": "办理签证", "token": token}).status_code == 302
    with as_root("test"):
        assert set(Certificate.objects.values_list("purpose", flat=True)) == {"办理贷款", "办理签证"}


# --- what it says -----------------------------------------------------------------------------------------------------


def test_a_certificate_of_service_says_the_facts_of_the_register(member, clerk, issue):
    made = issue(clerk, member, "service", purpose="办理贷款")
    said = "".join(wording.sentences(made, NUMBER))
    assert said == (
        f"兹证明李试用（男，居民身份证号码：{NUMBER}）自2015年1月1日起在东塘街道东塘第一社区联防队工作，职务：队长，"
        "截至2016年1月1日在职。本证明用于办理贷款。特此证明。"
    )


def test_a_certificate_of_leaving_says_term_length_and_day_but_not_why(member, clerk, issue):
    made = issue(clerk, member, "leaving")
    said = "".join(wording.sentences(made, NUMBER))
    assert "自2012年3月1日起至2014年6月30日止" in said
    assert "工作年限2年4个月" in said
    assert "劳动合同期限自2012年3月1日至2015年2月28日" in said
    assert "已于2014年7月1日离职" in said
    assert "辞职" not in said


def test_what_the_register_says_later_does_not_change_it(member, clerk, issue):
    made = issue(clerk, member, "service")
    with as_root("test"):
        Member.objects.filter(pk=member.pk).update(name="李改名")
        Assignment.objects.filter(member=member).update(post="班长")
    with as_account(clerk):
        said = "".join(wording.sentences(Certificate.objects.get(pk=made.pk), NUMBER))
    assert "李试用" in said
    assert "队长" in said


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(1, 9000))
def test_the_length_of_service_is_whole_years_and_months(start, days):
    end = start + timedelta(days=days)
    told = wording.length(start, end)
    years, months, rest = ([int(n) for n in re.findall(rf"(\d+){unit}", told)] or [0] for unit in ("年", "个月", "天"))
    if rest[0]:
        assert days < 31
        assert rest[0] == days
    else:
        assert (years[0] * 12 + months[0]) * 28 <= days <= (years[0] * 12 + months[0] + 1) * 31
        assert months[0] < 12


# --- what the database forbids ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "day"),
    [("service", date(2014, 12, 31)), ("leaving", date(2014, 6, 30)), ("leaving", date(2012, 1, 1))],
)
def test_nothing_is_certified_that_was_not_so_on_the_day(member, clerk, issue, kind, day):
    with pytest.raises(IntegrityError, match="says_what_was_so"), transaction.atomic():
        issue(clerk, member, kind, day)


def test_a_running_service_has_no_certificate_of_leaving(member, clerk):
    running = member.assignments.order_by("started_on")[1]
    with as_account(clerk), pytest.raises(IntegrityError, match="says_what_was_so"), transaction.atomic():
        issuing.issue(issuing.Draft("leaving", running, date(2016, 1, 1), uuid.uuid4()), clerk)


def test_numbers_run_by_unit_and_year(member, clerk, account, issue):
    town = account("staff", TOWN)
    made = [issue(one, member, "service") for one in (clerk, town, clerk)]
    assert [(one.issuer_id, one.serial) for one in made] == [(VILLAGE, 1), (TOWN, 1), (VILLAGE, 2)]
    assert made[0].number == f"群防证〔{timezone.localdate().year}〕第0001号"


def test_the_same_form_sent_twice_is_one_certificate(member, clerk, issue):
    token = uuid.uuid4()
    assert issue(clerk, member, "service", token=token) == issue(clerk, member, "service", token=token)
    assert Certificate.objects.count() == 1


@pytest.mark.parametrize(
    "statement", ["UPDATE personnel_certificate SET purpose = 'x'", "DELETE FROM personnel_certificate"]
)
def test_nobody_changes_what_was_issued(member, clerk, issue, statement):
    issue(clerk, member, "service")
    with as_account(clerk), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# --- the pages --------------------------------------------------------------------------------------------------------


def test_a_clerk_issues_one_from_the_page_of_the_member(member, visitor, clerk):
    browser = visitor(clerk)
    assert page_of(member) in browser.get(f"/personnel/member/{member.pk}/change/").content.decode()
    asked = browser.get(page_of(member))
    assert [value.split("-")[0] for value, _label in asked.context["form"].fields["what"].choices] == [
        "service",
        "leaving",
    ]
    answer = browser.post(page_of(member), chosen(member), follow=True)
    paper = text(answer)
    assert all(word in paper for word in ("在职证明", NUMBER, "东塘第一社区", "（单位盖章）", "第0001号"))
    made = Certificate.objects.get()
    assert (made.account, made.account_name, made.member_id) == (clerk.pk, clerk.name, member.pk)
    assert "第0001号" in text(browser.get(page_of(member)))
    assert "第0001号" in text(browser.get(LIST))


def test_pressing_twice_issues_one(member, visitor, clerk):
    browser, sent = visitor(clerk), chosen(member)
    assert browser.post(page_of(member), sent)["Location"] == browser.post(page_of(member), sent)["Location"]
    assert Certificate.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"what": ""}, {"what": "leaving-0"}, {"day": ""}, {"day": "2999-01-01"}, {"day": "1900-01-01"}, {"day": "x"},
     {"day": "2014-12-31"}, {"token": "x"}, {"purpose": "长" * 61}],
)  # fmt: skip
def test_what_cannot_be_is_said_in_the_form(member, visitor, clerk, wrong):
    answer = visitor(clerk).post(page_of(member), chosen(member) | wrong)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Certificate.objects.exists()


def test_a_service_of_somebody_else_cannot_be_slipped_in(member, visitor, clerk):
    other = serve(MemberFactory())
    answer = visitor(clerk).post(page_of(member), chosen(member) | {"what": f"service-{other.pk}"})
    assert answer.context["form"].errors
    assert not Certificate.objects.exists()


def test_volunteers_have_no_employment_to_be_certified(root, visitor, clerk):
    volunteer = MemberFactory()
    serve(volunteer, force="volunteer")
    assert not visitor(clerk).get(page_of(volunteer)).context["form"].services


def test_three_people_and_a_certificate(member, visitor, clerk, stranger, account, issue):
    made = issue(clerk, member, "service")
    address = f"{LIST}{made.pk}/change/"
    seen = {
        who.username: visitor(who).get(address, follow=True).status_code
        for who in (clerk, stranger, account("hr", username="district"))
    }
    stranger_sees = visitor(stranger).get(address, follow=True)
    assert "李试用" not in text(stranger_sees)
    assert seen["clerk"] == seen["district"] == 200
    assert visitor(stranger).get(page_of(member)).status_code == 404
    assert visitor(stranger).post(page_of(member), chosen(member)).status_code == 404
    assert Certificate.objects.count() == 1


def test_a_force_of_others_is_not_certified(member, visitor, officer):
    assert visitor(officer).get(page_of(member)).status_code == 403
    assert visitor(officer).post(page_of(member), chosen(member)).status_code == 403


@pytest.mark.parametrize("role", ["finance", "training", "governance", "sysadmin", "secadmin", "auditor"])
def test_roles_that_keep_no_files_issue_and_see_none(member, visitor, account, clerk, issue, role):
    made = issue(clerk, member, "service")
    browser = visitor(account(role))
    for address in (page_of(member), LIST, f"{LIST}{made.pk}/change/"):
        assert browser.get(address).status_code == 403


def test_the_number_is_masked_until_a_reason_is_given(member, visitor, clerk, account, officer, issue):
    address = f"{LIST}{issue(clerk, member, 'service').pk}/change/"
    browser = visitor(officer)
    assert NUMBER not in text(browser.get(address))
    assert NUMBER not in text(browser.post(address, {"reason": " "}))
    assert NUMBER in text(browser.post(address, {"reason": "盖章"}))
    with as_account(account("auditor")):
        event = SecurityEvent.objects.get(kind="reveal")
    assert (event.member, event.reason) == (member.pk, "盖章")


def test_after_the_file_has_moved_on_the_unit_keeps_its_copy_masked(member, visitor, clerk, issue):
    made = issue(clerk, member, "service")
    with as_root("test"):
        Member.objects.filter(pk=member.pk).update(unit=Unit.objects.get(code=OTHER_VILLAGE))
    paper = text(visitor(clerk).get(f"{LIST}{made.pk}/change/"))
    assert NUMBER not in paper
    assert NUMBER[:6] + "*" * 12 in paper
