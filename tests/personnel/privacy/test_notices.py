"""People are told what is kept of them: a version of a text, on a day, with their name on paper."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from organization.scope import as_root
from personnel.models import NoticeGiven, NoticeText
from tests.factories import MemberFactory, serve

PAGE, PAPER = reverse("admin:personnel_card_notice"), reverse("admin:personnel_card_notice_paper")
DAY = {"given_on": "2026-01-05"}


@pytest.fixture
def notice(root):
    return NoticeText.objects.create(
        title="个人信息告知书", valid_from=date(2022, 1, 1), body="我们保存……\n\n您可以查阅。"
    )


@pytest.fixture
def serving(village):
    members = [MemberFactory(unit=village) for _ in range(3)]
    for member in members:
        serve(member)
    return members


def test_it_is_put_on_record_for_a_whole_list_once_each(notice, serving, clerk, visitor):
    browser = visitor(clerk)
    browser.post(PAGE, DAY)
    browser.post(PAGE, {"given_on": "2026-02-01"})
    with as_root("test"):
        given = NoticeGiven.objects.order_by("member")
        assert [(each.member_id, each.given_on, each.given_by) for each in given] == [
            (member.pk, date(2026, 1, 5), clerk.pk) for member in serving
        ]


def test_and_for_one_person(notice, serving, clerk, visitor):
    visitor(clerk).post(f"{PAGE}?status=all&ids={serving[1].pk}", DAY)
    with as_root("test"):
        assert NoticeGiven.objects.get().member_id == serving[1].pk


def test_the_youngest_valid_version_is_given(notice, serving, clerk, visitor):
    with as_root("test"):
        NoticeText.objects.create(title="新告知书", valid_from=date(2025, 1, 1), body="新")
        NoticeText.objects.create(title="将来的", valid_from=date(2099, 1, 1), body="未来")
    assert "新告知书" in visitor(clerk).get(PAGE).content.decode()


@pytest.mark.parametrize("day", ["", "2021-12-31", "2099-01-01", "gestern"])
def test_the_day_lies_between_the_text_and_today(notice, serving, clerk, visitor, day):
    visitor(clerk).post(PAGE, {"given_on": day})
    with as_root("test"):
        assert not NoticeGiven.objects.exists()


def test_on_paper_it_bears_each_name(notice, serving, clerk, visitor):
    page = visitor(clerk).get(PAPER).content.decode()
    assert all(f"{member.name}：" in page for member in serving)
    assert page.count("privacy-sheet") == 3


def test_without_a_text_the_page_says_what_to_do(serving, clerk, visitor):
    browser = visitor(clerk)
    assert "errornote" in browser.get(PAGE).content.decode()
    assert browser.get(PAPER).status_code == 302


def test_a_text_that_was_given_stays_as_it_was(notice, serving, clerk, visitor):
    visitor(clerk).post(PAGE, DAY)
    with as_root("test"), pytest.raises(IntegrityError, match="stays as it was given"), transaction.atomic():
        NoticeText.objects.update(body="改了")


def test_a_stranger_gives_nobody_of_another_village_a_notice(notice, serving, stranger, visitor):
    visitor(stranger).post(f"{PAGE}?status=all&ids={serving[0].pk}", DAY)
    with as_root("test"):
        assert not NoticeGiven.objects.exists()
