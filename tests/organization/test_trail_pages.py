"""The auditor's lists: read, narrowed down and exported by the auditor alone."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from organization import events
from organization.admin import trail
from organization.models import SecurityEvent, TrailEntry
from organization.scope import as_account
from organization.trail_export import csv_file, harmless
from personnel.models import Member
from tests.conftest import OTHER_TOWN, TOWN, VILLAGE
from tests.factories import MemberFactory

ENTRIES, EVENTS = "admin:organization_trailentry", "admin:organization_securityevent"
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def auditor(account):
    return account("auditor", username="auditor")


@pytest.fixture
def changed(root, clerk):
    """A member of the village whom the clerk has renamed in a request."""
    member = MemberFactory(name="李大同")
    with as_account(clerk, request="request-1", address="10.1.2.3", origin="/personnel/member/1/change/"):
        Member.objects.filter(pk=member.pk).update(name="=李小同")
    return member


def listed(browser, name=ENTRIES, **query):
    return list(browser.get(reverse(f"{name}_changelist"), query).context["cl"].result_list)


def test_the_auditor_reads_who_changed_which_fields_from_where(changed, auditor, visitor):
    browser = visitor(auditor)
    page = browser.get(reverse(f"{ENTRIES}_changelist"), headers=ENGLISH).content.decode()
    for text in ("陈试用 (clerk)", "member", "Name", "10.1.2.3", "东塘第一社区", "request-1"):
        assert text in page
    entry = entry_of(changed, auditor)
    page = browser.get(reverse(f"{ENTRIES}_change", args=[entry.pk]), headers=ENGLISH).content.decode()
    assert "<del>李大同</del> → <ins>=李小同</ins>" in page
    assert "/personnel/member/1/change/" in page


def entry_of(member, auditor):
    with as_account(auditor):
        return TrailEntry.objects.filter(member=member.pk).latest("id")


@pytest.mark.parametrize("role", ["clerk", "staff", "hr", "finance", "training", "governance", "sysadmin", "secadmin"])
def test_nobody_else_opens_the_lists_or_exports_them(root, account, visitor, role):
    who = account(role, {"clerk": VILLAGE, "staff": TOWN}.get(role, 440199_000_000))
    browser = visitor(who)
    for name in (ENTRIES, EVENTS):
        assert browser.get(reverse(f"{name}_changelist")).status_code == 403
        assert browser.post(reverse(f"{name}_export")).status_code == 403


def test_the_auditor_changes_and_adds_nothing(changed, auditor, visitor):
    browser = visitor(auditor)
    entry = entry_of(changed, auditor)
    assert browser.get(reverse(f"{ENTRIES}_add")).status_code == 403
    assert browser.post(reverse(f"{ENTRIES}_change", args=[entry.pk]), {"member": 1}).status_code == 403
    assert browser.post(reverse(f"{ENTRIES}_delete", args=[entry.pk]), {"post": "yes"}).status_code == 403


def test_entries_are_narrowed_down_by_each_filter_and_by_request(changed, auditor, stranger, visitor):
    with as_account(stranger, batch="batch-7"):
        MemberFactory(unit_id=stranger.unit_id, unit=None)
    browser = visitor(auditor)
    today = timezone.localdate()
    mine = entry_of(changed, auditor)

    def found(**query):
        return mine in listed(browser, **query)

    assert found()
    assert found(since=today, until=today)
    assert not found(until=today - timedelta(days=1))
    assert not found(since=today + timedelta(days=1))
    assert found(account="CLERK")
    assert not found(account="stranger")
    assert not found(account="nobody")
    assert found(table="personnel_member")
    assert not found(table="organization_unit")
    assert found(action__exact="U")
    assert not found(action__exact="I")
    assert found(inside=TOWN)
    assert not found(inside=OTHER_TOWN)
    assert found(q=" request-1 ")
    assert not found(q="request")
    assert [entry.batch for entry in listed(browser, q="batch-7")] == ["batch-7"]
    assert found(since=today, account="clerk", table="personnel_member", action__exact="U", inside=VILLAGE)


@pytest.mark.parametrize("days", ["", "0", "2014-02-30", "9999-12-31", "0001-01-01", "x" * 400, "'; --"])
def test_a_day_that_is_none_is_left_out(root, auditor, visitor, days):
    browser = visitor(auditor)
    assert browser.get(reverse(f"{ENTRIES}_changelist"), {"since": days, "until": days}).status_code == 200


def test_a_page_of_the_list_takes_as_many_queries_for_fifty_entries_as_for_five(root, auditor, visitor):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert visitor(auditor).get(reverse(f"{ENTRIES}_changelist")).status_code == 200
        return len(captured)

    MemberFactory.create_batch(3)
    few = queries()
    MemberFactory.create_batch(60)
    assert queries() == few


def exported(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_an_export_holds_what_the_list_shows_and_is_an_event(changed, auditor, visitor):
    browser = visitor(auditor)
    answer = browser.post(f"{reverse(f'{ENTRIES}_export')}?q=request-1", headers=ENGLISH)
    assert "attachment" in answer["Content-Disposition"]
    header, row = exported(answer)
    assert header[:3] == ["number", "time", "who"]
    assert row[2:5] == ["陈试用 (clerk)", "changed", "member"]
    assert row[8] == "Name: 李大同 → =李小同"
    with as_account(auditor):
        event = SecurityEvent.objects.latest("id")
    assert (event.kind, event.actor, event.detail["rows"]) == ("export", auditor.pk, 1)
    assert event.detail["filters"] == "q=request-1"


def test_events_are_listed_narrowed_down_and_exported(root, clerk, auditor, visitor):
    with as_account(clerk, request="request-2"):
        events.record("reveal", member=1, reason="=1+1", field="phone")
    events.record("login_failed", username="=cmd")
    browser = visitor(auditor)
    assert {event.kind for event in listed(browser, EVENTS)} >= {"reveal", "login_failed"}
    assert [event.kind for event in listed(browser, EVENTS, account="clerk")] == ["reveal"]
    assert [event.kind for event in listed(browser, EVENTS, account="=cmd")] == ["login_failed"]
    assert [event.kind for event in listed(browser, EVENTS, kind__exact="reveal", since=timezone.localdate())] == [
        "reveal"
    ]
    assert [event.kind for event in listed(browser, EVENTS, q="request-2")] == ["reveal"]
    rows = exported(browser.post(f"{reverse(f'{EVENTS}_export')}?kind__exact=login_failed"))
    assert len(rows) == 2
    assert "'=cmd" in rows[1]


def test_an_export_of_too_many_rows_is_refused_with_a_sentence(changed, auditor, visitor, monkeypatch):
    monkeypatch.setattr(trail, "MOST_EXPORTED", 0)
    answer = visitor(auditor).post(f"{reverse(f'{ENTRIES}_export')}?action__exact=U", headers=ENGLISH, follow=True)
    assert answer.redirect_chain[0][0].endswith("/?action__exact=U")
    assert "choose fewer days" in answer.content.decode()
    with as_account(auditor):
        assert not SecurityEvent.objects.filter(kind="export").exists()


def test_a_page_alone_exports_nothing(root, auditor, visitor):
    assert visitor(auditor).get(reverse(f"{ENTRIES}_export")).status_code == 405


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠"])
def test_no_cell_begins_like_a_formula(start):
    assert harmless(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize(("value", "text"), [("李", "李"), ("a=b", "a=b"), (None, ""), (7, "7"), ("", "")])
def test_other_cells_stay_as_they_are(value, text):
    assert harmless(value) == text


def test_a_csv_file_opens_in_a_spreadsheet_with_quotes_commas_and_line_breaks():
    answer = csv_file(["甲"], [['a,"b"\nc']], "审计.csv")
    body = b"".join(answer.streaming_content)
    assert body.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(body.decode("utf-8-sig")))) == [["甲"], ['a,"b"\nc']]
