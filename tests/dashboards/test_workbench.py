"""The page after login: what waits, what is missing, the unit's figures; for each role its own."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from organization import events
from organization.models import Team, Unit
from organization.scope import as_root, gate
from tests.conftest import OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import EmployerFactory, MemberFactory, serve

TODAY = timezone.localdate()


def at(code):
    return Unit.objects.get(code=code)


def rows(response, section):
    """{last part of the address: count} of a section of the workbench."""
    found = response.context.get(section)
    return found and {row["url"].split("?")[0].rstrip("/").split("/")[-1]: int(row["count"]) for row in found}


def opened(response):
    return response.context["cl"].result_count if "cl" in response.context else response.context["page"].paginator.count


def ending(days):
    return {"contract_from": TODAY - timedelta(days=400), "contract_until": TODAY + timedelta(days=days)}


@pytest.fixture
def people(root):
    """One person without phone, one without education; contracts that ended or end in 0, 30, 31 and 91 days."""
    serve(MemberFactory(phone="13800000001", education=None))
    serve(MemberFactory(education="61"))
    for index, days in enumerate((-1, 0, 30, 31, 91)):
        serve(MemberFactory(phone=f"1380000010{index}"), **ending(days))
    MemberFactory(phone="13800000200")
    serve(MemberFactory(phone="13800000300", unit=at(OTHER_VILLAGE)), **ending(-1))


def test_a_clerk_sees_what_to_mend_in_the_own_village(people, clerk, visitor):
    response = visitor(clerk).get("/")
    assert rows(response, "waiting") == {"contracts-ended": 1, "contracts-30": 2, "contracts-60": 1}
    assert rows(response, "gaps") == {"without-phone": 1, "without-education": 1, "without-service": 1}
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


def test_the_personnel_office_mends_its_own_forces_only(people, account, visitor):
    serve(MemberFactory(), force="patrol")
    EmployerFactory(unit_id=VILLAGE, self_recruiting=True)
    office = visitor(account("hr", is_demo=True)).get("/")
    assert rows(office, "waiting") == []
    assert rows(office, "gaps") == {"without-phone": 1, "without-service": 1, "employers-unfiled": 1}


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
            serve(MemberFactory(unit=at(unit), education=None), **ending(-1))
    assert queries() == few


def test_the_navigation_leads_to_people_strength_and_rosters_for_those_who_see_them(db, clerk, account, visitor):
    seen = visitor(clerk).get("/dashboards/strength/").context["site_nav"]
    assert [(item["url"], item["current"]) for item in seen] == [
        ("/personnel/card/", False),
        ("/dashboards/strength/", True),
        ("/personnel/rosterimport/", False),
    ]
    assert visitor(account("sysadmin", is_demo=True)).get("/").context["site_nav"] == []
