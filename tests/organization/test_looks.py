"""The auditor sees who looked at whom, and whose looks are far more than those of others."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from organization import events, looks
from organization.scope import as_account, as_root

PAGE = reverse("admin:organization_securityevent_looks")
ALWAYS = looks.Asked(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def look(account, times=1, kind="reveal", **detail):
    with as_account(account):
        for _time in range(times):
            events.record(kind, **detail)


@pytest.fixture
def auditor(account):
    return account("auditor", username="auditor")


@pytest.fixture
def curious(account):
    return account("hr", username="curious")


def seen(auditor, asked=ALWAYS):
    with as_account(auditor):
        return looks.lookers(asked)


def test_looks_are_counted_by_account(auditor, officer, curious):
    look(officer, 2, member=7, reason="核实")
    look(officer, 1, kind="export", rows=250, layout="list")
    look(curious, 1, kind="lookup", found=1)
    look(curious, 1, kind="login")
    found = {each.username: each for each in seen(auditor)}
    assert (found["officer"].looks, found["officer"].rows, found["officer"].people) == (3, 250, 1)
    assert (found["curious"].looks, found["curious"].looked_up) == (1, 1)


def test_whoever_looks_far_more_than_others_stands_on_top(auditor, officer, curious, account):
    look(account("hr", username="usual"), 3)
    look(officer, 3)
    look(curious, 40)
    first, *others = seen(auditor)
    assert (first.username, first.is_many) == ("curious", True)
    assert not any(each.is_many for each in others)


def test_few_looks_stand_out_for_nobody(auditor, officer, curious):
    look(officer, 1)
    look(curious, looks.LEAST_LOOKS - 1)
    assert not any(each.is_many for each in seen(auditor))


def test_they_can_be_asked_for_by_person_account_and_day(auditor, officer, curious):
    look(officer, 1, member=7)
    look(curious, 1, member=8)
    with as_account(auditor):
        at_seven = looks.Asked(ALWAYS.since, ALWAYS.until, member=7)
        assert [each.username for each in looks.events(at_seven)] == ["officer"]
        by_curious = looks.Asked(ALWAYS.since, ALWAYS.until, actor=curious.pk)
        assert [each.member for each in looks.events(by_curious)] == [8]
        long_ago = looks.Asked(ALWAYS.since, ALWAYS.since + timedelta(days=9))
        assert not looks.events(long_ago).exists()
        assert looks.lookers(long_ago) == []


def test_the_page_names_accounts_and_numbers_of_files_but_no_people(auditor, officer, visitor):
    look(officer, 1, member=712345, reason="电话核实", field="phone")
    page = visitor(auditor).get(PAGE).content.decode()
    assert "officer" in page
    assert "712345" in page
    assert "电话核实" in page


@pytest.mark.parametrize(
    "query", ["?account=nobody", "?file=x", "?since=never&until=2026-13-01", "?p=99", "?file=" + "9" * 40]
)
def test_odd_questions_are_answered(auditor, officer, visitor, query):
    look(officer, 1, member=7)
    assert visitor(auditor).get(PAGE + query).status_code == 200


def test_a_name_that_nobody_has_shows_nothing(auditor, officer, visitor):
    look(officer, 1, member=7123)
    page = visitor(auditor).get(PAGE + "?account=nobody").content.decode()
    assert "7123" not in page
    assert "errornote" in page


@pytest.mark.parametrize("role", ["hr", "governance", "sysadmin", "secadmin"])
def test_nobody_but_the_auditor_sees_the_page(account, visitor, role):
    assert visitor(account(role)).get(PAGE).status_code == 403


def test_events_of_the_office_itself_are_not_an_account(auditor):
    with as_root("test"):
        events.record("export", rows=1)
    assert seen(auditor) == []
