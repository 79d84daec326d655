"""The page after login: what waits, what is missing, the unit's figures; for each role its own."""

import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboards import workbench
from organization import events
from organization.models import Team, Unit
from organization.scope import as_account, as_root, gate
from personnel.confirmation import lists, signing
from personnel.models import Assignment, ConfirmationCycle, Member
from tests.conftest import OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import EmployerFactory, MemberFactory, serve
from tests.personnel.contracting import contract

pytestmark = pytest.mark.usefixtures("no_list_is_due")
TODAY = timezone.localdate()


def at(code):
    return Unit.objects.get(code=code)


def rows(response, section):
    """{last part of the address: count} of a section of the workbench."""
    found = response.context.get(section)
    return found and {row["url"].split("?")[0].rstrip("/").split("/")[-1]: int(row["count"]) for row in found}


def opened(response):
    return response.context["cl"].result_count if "cl" in response.context else response.context["page"].paginator.count


def ending(member, days):
    """Somebody who serves, with a contract of which the last day is so many days ahead."""
    serve(member)
    contract(member, EmployerFactory(unit_id=member.unit_id), TODAY - timedelta(days=400), TODAY + timedelta(days=days))


def standings(response):
    """{standing: count} of what waits about contracts."""
    found = [row for row in response.context["waiting"] if "/personnel/contract/?" in row["url"]]
    return {parse_qs(urlsplit(row["url"]).query)["standing"][0]: int(row["count"]) for row in found}


@pytest.fixture
def people(root):
    """One person without phone, one without education; contracts that ended or end in 0, 30, 31 and 91 days."""
    serve(MemberFactory(phone="13800000001", education=None))
    serve(MemberFactory(education="61"))
    for index, days in enumerate((-1, 0, 30, 31, 91)):
        ending(MemberFactory(phone=f"1380000010{index}"), days)
    MemberFactory(phone="13800000200")
    ending(MemberFactory(phone="13800000300", unit=at(OTHER_VILLAGE)), -1)


def test_a_clerk_sees_what_to_mend_in_the_own_village(people, clerk, visitor):
    response = visitor(clerk).get("/")
    assert standings(response) == {"ended": 1, "ending-30": 2, "ending-60": 1}
    assert rows(response, "gaps") == {
        "without-phone": 1, "without-education": 1, "document-unseen": 7, "without-photo": 7, "without-service": 1,
    }  # fmt: skip
    assert response.context["figures"][0]["value"] == "7"
    assert response.context["actions"][0]["url"] == "/personnel/member/add/"


@pytest.mark.parametrize("role", ["clerk", "staff", "hr", "governance", "finance", "training"])
def test_every_number_opens_as_many_rows_as_it_says(people, account, visitor, role):
    Team.objects.establish(at(SECOND_VILLAGE), TODAY - timedelta(days=1), "police_room")
    EmployerFactory(unit_id=VILLAGE, self_recruiting=True)
    unit = {"clerk": VILLAGE, "staff": TOWN}.get(role)
    client = visitor(account(role, is_demo=True, **({"unit": unit} if unit else {})))
    page = client.get("/")
    numbers = [(row["url"], int(row["count"])) for part in ("waiting", "gaps") for row in page.context.get(part) or []]
    numbers += [(figure["url"], int(figure["value"])) for figure in page.context["figures"]]
    assert len(numbers) >= 7
    for url, count in numbers:
        assert (url, opened(client.get(url))) == (url, count)


def test_only_those_who_can_mend_something_are_told_of_it(people, account, visitor):
    Team.objects.establish(at(SECOND_VILLAGE), TODAY - timedelta(days=1), "police_room")
    governance = visitor(account("governance")).get("/")
    finance = visitor(account("finance")).get("/")
    assert rows(governance, "waiting") is None
    assert rows(governance, "gaps") == {"squads-empty": 1, "squads-leaderless": 1, "posts-vacant": 3}
    assert (rows(finance, "waiting"), rows(finance, "gaps")) == (None, None)


def test_the_personnel_office_mends_its_own_forces_and_checks_all(people, account, visitor):
    serve(MemberFactory(), force="patrol")
    EmployerFactory(unit_id=VILLAGE, self_recruiting=True)
    office = visitor(account("hr", is_demo=True)).get("/")
    assert rows(office, "waiting") == []
    assert rows(office, "gaps") == {
        "without-phone": 1, "document-unseen": 1, "without-photo": 1, "without-service": 1, "employers-unfiled": 1,
        "without-contract-ours": 1, "serving-unchecked": 9,
    }  # fmt: skip


def test_where_too_many_would_be_counted_nothing_is_counted_that_others_have_to_mend(
    people, officer, visitor, monkeypatch
):
    """The office of the tests begins at its district; here that is as if it stood above districts."""
    monkeypatch.setattr(workbench, "COUNTED_LEVELS", frozenset({"town", "village"}))
    with CaptureQueriesContext(connection) as asked:
        page = visitor(officer).get("/")
    assert rows(page, "waiting") == []
    assert rows(page, "gaps") is None
    assert not [one["sql"] for one in asked if "personnel_contract" in one["sql"]]


def test_a_new_village_is_told_how_to_begin(db, clerk, visitor):
    response = visitor(clerk).get("/")
    assert response.context["waiting"] == response.context["gaps"] == []
    assert response.context["actions"][0]["primary"]
    assert response.status_code == 200


def test_the_security_administrator_sees_accounts_that_need_a_hand(db, account, visitor, settings):
    settings.ACCOUNT_FAILURES_AN_HOUR = 20
    now = timezone.now()
    account(None, VILLAGE)
    account("clerk", VILLAGE, issued_at=now)
    account("clerk", VILLAGE, issued_at=now - timedelta(days=30))
    account("clerk", VILLAGE, issued_at=now, issued_used_at=now)
    account("clerk", VILLAGE, username="Guessed")

    with gate():
        for name, failures in (("guessed", 5), ("unknown", 9), ("account1", 1)):
            AccessAttempt.objects.create(
                username=name, ip_address="10.0.0.1", failures_since_start=failures, attempt_time=now
            )
    page = visitor(account("secadmin", is_demo=True)).get("/")
    assert [row["count"] for row in page.context["waiting"]] == ["1", "1", "1", "1"]
    assert "figures" not in page.context
    assert "gaps" not in page.context


def test_the_auditor_sees_refusals_and_failures_of_the_last_days(db, account, visitor):
    with as_root("test"):
        for kind in ("refused", "refused", "login_failed", "login"):
            events.record(kind)
    waiting = visitor(account("auditor", is_demo=True)).get("/").context["waiting"]
    assert [row["count"] for row in waiting] == ["2", "1"]


def test_the_system_administrator_sees_no_business_data(people, account, visitor):
    page = visitor(account("sysadmin", is_demo=True)).get("/")
    assert page.context["waiting"] == []
    assert "figures" not in page.context


def test_the_number_of_queries_does_not_grow_with_the_people(people, account, visitor):
    client = visitor(account("staff", TOWN))

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get("/")
        return len(captured)

    few = queries()
    for unit in (VILLAGE, SECOND_VILLAGE):
        Team.objects.establish(at(unit), TODAY - timedelta(days=1), "police_room")
        for _ in range(5):
            ending(MemberFactory(unit=at(unit), education=None), -1)
    assert queries() == few


def test_the_navigation_leads_to_people_strength_and_rosters_for_those_who_see_them(db, clerk, account, visitor):
    seen = visitor(clerk).get("/dashboards/strength/").context["site_nav"]
    assert [(item["url"], item["current"]) for item in seen] == [
        ("/personnel/card/", False),
        ("/dashboards/strength/", True),
        ("/dashboards/realname/", False),
        ("/personnel/rostersnapshot/", False),
        ("/dashboards/contracts/", False),
        ("/personnel/rosterimport/", False),
    ]
    assert visitor(account("sysadmin", is_demo=True)).get("/").context["site_nav"] == []


# --- lists to be signed ----------------------------------------------------------------------------------------------


def reminders(page):
    return [
        (int(row["count"]), row.get("level", "")) for row in page.context["waiting"] if "rostersnapshot" in row["url"]
    ]


def test_a_list_that_is_due_soon_or_overdue_waits_and_a_signed_one_does_not(people, clerk, account, visitor):
    cycle = ConfirmationCycle.objects.on(TODAY).get()
    staff, page = account("staff", TOWN), "/"
    assert reminders(visitor(staff).get(page)) == []
    ConfirmationCycle.objects.filter(pk=cycle.pk).update(ends_on=TODAY + timedelta(days=20))
    assert reminders(visitor(staff).get(page)) == reminders(visitor(clerk).get(page)) == [(1, "")]
    ConfirmationCycle.objects.create(starts_on=TODAY - timedelta(days=900), ends_on=TODAY - timedelta(days=800))
    assert reminders(visitor(staff).get(page)) == [(1, "error")]
    with as_account(clerk):
        listed = lists.lines(VILLAGE, "joint_defence", TODAY)
        answers = {line.service_id: signing.Answer(serves=True) for line in listed}
        asked = signing.Signing(at(VILLAGE), "joint_defence", cycle, 1, lists.fingerprint(listed), answers)
        signing.sign(asked, clerk, TODAY)
    assert reminders(visitor(staff).get(page)) == []


def test_who_was_signed_as_gone_and_still_serves_is_told(people, clerk, visitor):
    cycle = ConfirmationCycle.objects.on(TODAY).get()
    with as_account(clerk):
        listed = lists.lines(VILLAGE, "joint_defence", TODAY)
        answers = {line.service_id: signing.Answer(line != listed[0], "已离队") for line in listed}
        asked = signing.Signing(at(VILLAGE), "joint_defence", cycle, 1, lists.fingerprint(listed), answers)
        signing.sign(asked, clerk, TODAY)
    browser = visitor(clerk)
    assert rows(browser.get("/"), "gaps")["not-serving"] == 1
    assert opened(browser.get("/dashboards/lists/not-serving/")) == 1
    Assignment.objects.filter(pk=listed[0].service_id).update(ended_on=TODAY, ending="resigned")
    assert "not-serving" not in rows(browser.get("/"), "gaps")


def test_people_without_contract_are_told_to_the_personnel_office(people, account, visitor):
    serve(MemberFactory(phone="13800000999"), force="auxiliary")
    has = MemberFactory(phone="13800000998")
    serve(has, force="auxiliary")
    contract(has, EmployerFactory(unit_id=VILLAGE), last=TODAY + timedelta(days=200))
    browser = visitor(account("hr", is_demo=True))
    assert rows(browser.get("/"), "gaps")["without-contract-ours"] == 1
    assert opened(browser.get("/dashboards/lists/without-contract-ours/")) == 1


def test_contracts_that_rosters_tell_of_and_nobody_took_over_wait(people, clerk, visitor):
    serve(MemberFactory(), contract_from=TODAY - timedelta(days=9), contract_until=TODAY + timedelta(days=9))
    waiting = [row for row in visitor(clerk).get("/").context["waiting"] if "rosters" in row["url"]]
    assert [row["count"] for row in waiting] == ["1"]


# --- since the last time ---------------------------------------------------------------------------------------------


def last_here(browser, moment):
    with gate():
        session = browser.session
        session["previous_login"] = moment and moment.isoformat()
        session.save()
    return browser.get("/")


def test_what_others_changed_is_told_and_opens_those_files(people, clerk, account, visitor):
    browser = visitor(clerk)
    assert browser.get("/").context["changed"] is None
    before = timezone.now() + timedelta(milliseconds=1)
    time.sleep(0.002)
    with as_account(account("staff", TOWN)):
        mine, other = Member.objects.filter(unit=VILLAGE)[:2]
        Member.objects.filter(pk__in=[mine.pk, other.pk]).update(remark="x")
        Member.objects.filter(pk=mine.pk).update(remark="y")
        new = MemberFactory()
        serve(new)
    with as_account(clerk):
        Member.objects.filter(unit=VILLAGE).update(remark="z")
    page = last_here(browser, before)
    assert rows(page, "changed") == {"files-new": 1, "files-changed": 2, "services-new": 1}
    for row in page.context["changed"]:
        assert opened(browser.get(row["url"])) == int(row["count"])


def test_a_stranger_is_told_nothing_of_it(people, stranger, account, visitor):
    before = timezone.now() - timedelta(minutes=5)
    with as_account(account("staff", TOWN)):
        Member.objects.filter(unit=VILLAGE).update(remark="x")
    assert "files-changed" not in rows(last_here(visitor(stranger), before), "changed")


@pytest.mark.parametrize("since", ["", "x", "2014-01-01", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"])
def test_a_made_up_moment_is_no_fault(people, clerk, visitor, since):
    assert visitor(clerk).get("/dashboards/lists/files-changed/", {"since": since}).status_code == 200


def test_logging_in_remembers_the_time_before(db, account, client):
    clerk = account("clerk", VILLAGE, last_login=timezone.now() - timedelta(days=3))
    with as_root("test", duty="sysadmin"):
        clerk.set_password("nobody-guesses-this-7")
        clerk.save()
    client.post("/login/", {"username": clerk.username, "password": "nobody-guesses-this-7"})
    with gate():
        assert client.session["previous_login"] == clerk.last_login.isoformat()
