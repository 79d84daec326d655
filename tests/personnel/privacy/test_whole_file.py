"""The copy of a file holds all that is kept of its person, in words, and a new table cannot be forgotten."""

from datetime import date

import pytest
from django.apps import apps
from django.urls import reverse

from organization import events
from organization.models import SecurityEvent
from organization.scope import as_account, as_root
from personnel.models import CorrectionRequest, ImportedRow, Member, NoticeGiven, NoticeText, RosterImport
from personnel.privacy import whole_file
from tests.conftest import OTHER_VILLAGE
from tests.personnel.exports.reading import sheets


@pytest.fixture
def address(long_gone):
    return reverse("admin:personnel_member_copy", args=[long_gone.pk])


def told(member):
    return {part.title: [list(row) for row in part.rows] for part in whole_file.parts(member)}


def everything(member):
    return "|".join(text for part in whole_file.parts(member) for row in part.rows for text in row)


def test_it_holds_every_table_in_full_and_in_words(long_gone, officer):
    with as_root("test"):
        NoticeGiven.objects.create(
            member=long_gone,
            notice=NoticeText.objects.create(title="告知书", valid_from=date(2022, 1, 1), body="内容"),
            given_on=date(2022, 2, 1),
            given_by=officer.pk,
        )
        CorrectionRequest.objects.create(
            member=long_gone, wrong="学历不对", brought_by="本人", received_on=date(2026, 1, 5),
            due_on=date(2026, 1, 26), recorded_by=officer.pk,
        )  # fmt: skip
        roster = RosterImport.objects.create(
            unit_id=long_gone.unit_id, account=1, account_name="陈发", file_name="名单.xlsx", sha256="0" * 64, size=1
        )
        ImportedRow.objects.create(
            roster=roster, unit_id=long_gone.unit_id, sheet=0, number=3, fate="change", member_id=long_gone.pk,
            before={"member": {"address": "老宅", "phone_sealed": "00ff"}},
        )  # fmt: skip
    with as_account(officer):
        events.record("reveal", member=long_gone.pk, reason="电话核实")
        found = everything(Member.objects.get(pk=long_gone.pk))
    for word in (
        "旧试用", long_gone.id_number, "13912345678", "东塘路九号", "副队长", "联系人", "13700001111",
        "6222021234567890", "学历不对", "名单.xlsx", "老宅", "电话核实", "2022-02-01",
    ):  # fmt: skip
        assert word in found
    assert "00ff" not in found


def test_codes_are_told_in_words(long_gone, officer):
    with as_account(officer):
        found = told(Member.objects.get(pk=long_gone.pk))
    person = dict(next(iter(found.values())))
    assert "初中毕业" in person.values()
    assert "71" not in person.values()


def test_every_table_about_members_is_in_the_copy_or_left_out_for_a_reason():
    """A model that gets a member, by relation or by key, fails here until somebody decides."""
    related = {each.related_model._meta.label_lower for each in whole_file.relations()}
    about = {
        model._meta.label_lower
        for model in apps.get_models()
        if {"member", "member_id"} & {each.name for each in model._meta.concrete_fields}
    }
    assert about == related | whole_file.BY_KEY | whole_file.LEFT_OUT.keys()


def test_the_copy_is_made_for_a_reason_and_on_record(long_gone, officer, visitor, address, account):
    browser = visitor(officer)
    assert "errornote" in browser.post(address, {"reason": " "}).content.decode()
    answer = browser.post(address, {"reason": "本人持身份证申请", "xlsx": "1"})
    book = sheets(b"".join(answer.streaming_content))
    assert long_gone.id_number in str(book)
    with as_account(account("auditor")):
        event = SecurityEvent.objects.get(kind="export")
        assert (event.member, event.reason, event.detail["layout"]) == (long_gone.pk, "本人持身份证申请", "person")


def test_it_can_be_printed(long_gone, officer, visitor, address):
    page = visitor(officer).post(address, {"reason": "本人申请", "paper": "1"}).content.decode()
    assert long_gone.id_number in page
    assert "农信社" in page


@pytest.mark.parametrize(("role", "status"), [("clerk", 403), ("governance", 403), ("hr", 200)])
def test_only_the_personnel_office_makes_copies(long_gone, account, visitor, address, role, status):
    asker = account(role, long_gone.unit_id) if role == "clerk" else account(role)
    assert visitor(asker).get(address).status_code == status


def test_a_file_of_another_place_is_answered_like_a_missing_one(long_gone, account, visitor):
    from tests.conftest import STATION

    browser = visitor(account("hr", STATION))
    for key in (long_gone.pk, 987654321):
        assert browser.get(reverse("admin:personnel_member_copy", args=[key])).status_code == 404


def test_nobody_learns_who_looked_at_a_file_out_of_sight(long_gone, account):
    with as_root("test"):
        events.record("reveal", member=long_gone.pk, reason="核实")
    with as_account(account("clerk", OTHER_VILLAGE)):
        assert whole_file._looks(long_gone).rows == []


def test_the_number_of_questions_does_not_grow_with_the_rows(long_gone, officer, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.factories import serve

    def asked():
        with as_account(officer), CaptureQueriesContext(connection) as queries:
            whole_file.parts(Member.objects.get(pk=long_gone.pk))
        return len(queries)

    few = asked()
    with as_root("test"):
        for year in range(1990, 2008):
            serve(long_gone, since=f"{year}-01-01", until=f"{year}-12-01")
    assert asked() == few
