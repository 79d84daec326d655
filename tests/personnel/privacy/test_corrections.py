"""A request for correction is recorded with the day on which an answer is due, and answered once."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from organization.scope import as_account, as_root
from personnel import working_days
from personnel.models import CorrectionRequest
from personnel.privacy import terms

ADD = reverse("admin:personnel_correctionrequest_add")
LIST = reverse("admin:personnel_correctionrequest_changelist")


def asked(member, **more):
    return {
        "member": member.pk, "wrong": "学历写错", "wanted": "大专", "brought_by": "本人，持身份证",
        "received_on": timezone.localdate().isoformat(),
    } | more  # fmt: skip


@pytest.fixture
def request_of(long_gone, clerk, visitor):
    visitor(clerk).post(ADD, asked(long_gone))
    with as_root("test"):
        return CorrectionRequest.objects.get()


def change(correction):
    return reverse("admin:personnel_correctionrequest_change", args=[correction.pk])


def test_it_is_due_in_fifteen_working_days(request_of, clerk):
    assert request_of.due_on == working_days.after(timezone.localdate(), 15)
    assert request_of.recorded_by == clerk.pk
    assert request_of.unit_id == clerk.unit_id


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-11-02", "2026-11-23"),
        ("2026-09-24", "2026-10-22"),  # across two holidays and one Saturday that was worked
        ("2026-02-10", "2026-03-09"),
    ],
)
def test_an_answer_is_due_by_the_calendar_that_lapses_requests(root, received, due):
    received = date.fromisoformat(received)
    assert terms.correction_due(received) == date.fromisoformat(due)
    assert terms.correction_due(received) == working_days.after(received, 15)


def test_a_refusal_needs_a_reason(request_of, clerk, visitor):
    browser = visitor(clerk)
    page = browser.post(change(request_of), {"outcome": "refused", "reason": "", "answered_on": ""})
    assert page.status_code == 200
    assert "errorlist" in page.content.decode()
    assert browser.post(change(request_of), {"outcome": "refused", "reason": "与证件一致"}).status_code == 302
    with as_root("test"):
        found = CorrectionRequest.objects.get()
        assert (found.outcome, found.answered_on, found.answered_by) == ("refused", timezone.localdate(), clerk.pk)


def test_an_answer_is_given_once(request_of, clerk, visitor):
    browser = visitor(clerk)
    browser.post(change(request_of), {"outcome": "done", "reason": "已改"})
    assert browser.post(change(request_of), {"outcome": "refused", "reason": "不改"}).status_code == 403
    with as_root("test"):
        assert CorrectionRequest.objects.get().outcome == "done"


@pytest.mark.parametrize("half", [
    {"outcome": "done"}, {"answered_on": date(2026, 11, 1)}, {"reason": "已改"}, {"answered_by": 1},
    {"outcome": "refused", "answered_on": date(2099, 1, 1), "answered_by": 1},
    {"due_on": date(2000, 1, 1)}, {"wrong": ""}, {"brought_by": ""},
])  # fmt: skip
def test_no_half_state_has_a_spelling(request_of, half):
    with as_root("test"), pytest.raises(IntegrityError), transaction.atomic():
        CorrectionRequest.objects.update(**half)


def test_what_is_overdue_is_listed(request_of, clerk, visitor):
    with as_root("test"):
        CorrectionRequest.objects.update(received_on=date(2026, 1, 1), due_on=date(2026, 1, 22))
        assert CorrectionRequest.objects.overdue(date(2026, 1, 22)).count() == 0
        assert CorrectionRequest.objects.overdue(date(2026, 1, 23)).count() == 1
    assert "学历写错" in visitor(clerk).get(f"{LIST}?standing=overdue").content.decode()


def test_a_day_in_the_future_is_refused_in_the_form(long_gone, clerk, visitor):
    page = visitor(clerk).post(ADD, asked(long_gone, received_on="2099-01-01"))
    assert page.status_code == 200
    with as_root("test"):
        assert not CorrectionRequest.objects.exists()


def test_the_district_sees_it_the_own_village_too_and_a_stranger_nothing(request_of, officer, clerk, stranger, visitor):
    with as_account(officer):
        assert CorrectionRequest.objects.count() == 1
    assert visitor(clerk).get(change(request_of)).status_code == 200
    with as_account(stranger):
        assert not CorrectionRequest.objects.exists()
    assert visitor(stranger).get(change(request_of)).status_code == 302
    with as_account(stranger), pytest.raises(IntegrityError), transaction.atomic():
        CorrectionRequest.objects.create(
            member_id=request_of.member_id, unit_id=stranger.unit_id, wrong="x", brought_by="x",
            received_on=date(2026, 1, 1), due_on=date(2026, 2, 1), recorded_by=stranger.pk,
        )  # fmt: skip


def test_an_empty_list_says_how_a_request_is_recorded_and_offers_no_form_without_a_person(root, clerk, visitor):
    page = visitor(clerk).get(LIST).content.decode()
    assert '<p class="nothing-here">' in page
    assert f'href="{ADD}' not in page


def test_a_list_that_is_empty_by_its_filter_says_nothing_of_the_whole(request_of, clerk, visitor):
    assert "nothing-here" not in visitor(clerk).get(f"{LIST}?standing=answered").content.decode()
    assert "nothing-here" not in visitor(clerk).get(LIST).content.decode()
