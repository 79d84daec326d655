"""Who is in the register as the roster says is told at once; what comes of it is what a comparison would say."""

from datetime import date

import pytest

from organization.scope import as_account
from personnel.models import Assignment, Member
from personnel.roster import alike, jobs, staging
from personnel.roster.examination import examine
from personnel.roster.source import open_file
from personnel.roster.staging import terms_of
from tests.conftest import VILLAGE
from tests.personnel.roster.files import xlsx
from tests.personnel.roster.people import HEADER, person, table

pytestmark = pytest.mark.django_db

MORE = ("文化程度", "备注", "合同开始日期", "合同到期日", "紧急联系人", "紧急联系电话")
COLUMNS = [*HEADER, *(title for title in MORE if title not in HEADER)]
ODD = r"反斜杠\N 与 \t 和 “引号”"


def sent(clerk, rows):
    """The roster as it was judged, and its record."""
    with as_account(clerk):
        terms = terms_of(clerk, VILLAGE)
        source = open_file(xlsx({"花名册": table(rows, COLUMNS)}), "册.xlsx", terms)
        examined = examine(source, terms)
        roster = staging.record(source, terms, clerk)
        staging.stage(source, roster, examined)
        return examined, roster


def brought(clerk, rows):
    _examined, roster = sent(clerk, rows)
    with as_account(clerk):
        assert jobs.import_staged(roster, clerk, partial=False) == ""


def told(examined):
    """What is to be done; which service stays as it is need not be known."""
    return [
        (step.fate, step.effect, step.member_id, step.service_id * (step.fate == "change"), step.changes,
         step.service_changes)
        for step in examined.plan.steps
    ]  # fmt: skip


CHANGES = {
    "nothing": {},
    "a phone": {"联系电话": "13900000077"},
    "no phone": {"联系电话": None},
    "a name": {"姓名": "王改名"},
    "education": {"文化程度": "大专"},
    "a remark gone": {"备注": None},
    "a remark": {"备注": "新的"},
    "a post": {"职务": "中队长"},
    "a first day": {"入队时间": "2015-03-01"},
    "the end of the contract": {"合同到期日": "2029-12-31"},
    "a contact": {"紧急联系人": "李联系", "紧急联系电话": "13900000078"},
    "another sex": {"性别": "女"},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("stood", [{}, {"备注": ODD, "合同开始日期": "2020-01-01", "合同到期日": "2026-12-31"}])
def test_whatever_changes_a_roster_is_judged_alike_with_and_without_it(clerk, monkeypatch, stood, change):
    brought(clerk, [person(1) | stood, person(2) | stood, person(3)])
    rows = [person(1) | stood | change, person(2) | stood, person(3), person(4)]

    at_once, _roster = sent(clerk, rows)

    monkeypatch.setattr(alike, "note", lambda steps, filled: None)
    assert told(at_once) == told(sent(clerk, rows)[0])
    assert at_once.plan.counts["unchanged"] >= 2


def test_people_as_they_are_known_are_not_compared_field_by_field(clerk, monkeypatch):
    brought(clerk, [person(1) | {"备注": ODD}, person(2)])
    monkeypatch.setattr("personnel.roster.comparing._compare_member", None)
    examined, _roster = sent(clerk, [person(1) | {"备注": ODD}, person(2)])
    assert examined.plan.counts["unchanged"] == 2


def test_somebody_with_an_earlier_service_is_compared(clerk):
    brought(clerk, [person(1)])
    with as_account(clerk):
        member = Member.objects.get()
        now = Assignment.objects.get()
        Assignment.objects.create(
            member=member, unit_id=VILLAGE, force=now.force, sponsor=now.sponsor, started_on=date(2009, 1, 1),
            ended_on=date(2010, 1, 1), ending="other",
        )  # fmt: skip
    examined, _roster = sent(clerk, [person(1)])
    assert [(step.fate, step.service_id) for step in examined.plan.steps] == [("unchanged", now.pk)]
