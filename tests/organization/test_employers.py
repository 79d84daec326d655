"""Employers: who files in time, who has how many guards by name, and who may write them."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization.models import Employer
from tests.conftest import DISTRICT, OTHER_VILLAGE, TOWN, VILLAGE
from tests.factories import EmployerFactory, MemberFactory, serve


@pytest.fixture
def officer(account):
    return account("hr", username="officer", is_demo=True)


LIST = "/organization/employer/"
START = date(2014, 1, 1)
CASES = [
    ({"self_recruiting": False}, "not_required"),
    ({"started_on": START, "filed_on": date(2014, 1, 31)}, "filed"),
    ({"started_on": START, "filed_on": date(2014, 2, 1)}, "late"),
    ({"started_on": START}, "missing"),
    ({"started_on": date(2014, 6, 1)}, "due"),
    ({"started_on": date(2014, 5, 31)}, "missing"),
    ({}, "missing"),
    ({"filed_on": START}, "filed"),
]


@pytest.mark.parametrize(("fields", "state"), CASES)
def test_who_recruits_guards_itself_files_within_30_days(root, fields, state):
    today = date(2014, 7, 1)
    fields = {"nature": "school", "self_recruiting": True, "unit_id": VILLAGE} | fields
    employer = EmployerFactory(**fields)
    assert employer.filing_on(today) == state
    found = {name: set(Employer.objects.filing(name, today)) for name in Employer.Filing.values}
    assert [name for name, employers in found.items() if employer in employers] == [state]


def test_the_list_sets_guards_by_name_beside_those_declared(root, visitor, officer):
    employer = EmployerFactory(unit_id=VILLAGE, name="安达保安公司", declared_guards=5)
    for member in MemberFactory.create_batch(2):
        serve(member, force="guard", employer=employer)
    serve(MemberFactory(), force="guard", employer=employer, until="2013-01-01")
    shown = visitor(officer).get(LIST).context["cl"].result_list[0]
    assert (shown.declared_guards, list(shown.numbers.values())) == (5, [2])


def test_three_people_see_all_some_and_no_employers(root, visitor, officer, clerk, stranger):
    EmployerFactory(unit_id=VILLAGE)
    seen = [len(visitor(who).get(LIST).context["cl"].result_list) for who in (officer, clerk, stranger)]
    assert seen == [1, 1, 0]


@pytest.mark.parametrize(
    ("role", "unit", "status"), [("hr", DISTRICT, 302), ("staff", TOWN, 302), ("clerk", VILLAGE, 403)]
)
def test_personnel_office_and_town_write_employers(root, visitor, account, role, unit, status):
    browser = visitor(account(role, unit, is_demo=True))
    entered = {"name": "东塘小学", "nature": "school", "unit": VILLAGE, "declared_guards": "3", "contact": "陈主任"}
    assert browser.post(f"{LIST}add/", entered).status_code == status
    assert Employer.objects.count() == (status == 302)


def test_a_town_writes_no_employer_elsewhere(root, visitor, account):
    browser = visitor(account("staff", TOWN, is_demo=True))
    response = browser.post(
        f"{LIST}add/", {"name": "西陂小学", "nature": "school", "unit": OTHER_VILLAGE, "contact": ""}
    )
    assert response.status_code == 200
    assert response.context["adminform"].form.errors
    assert not Employer.objects.exists()


def test_the_list_takes_the_same_queries_for_ten_times_the_employers(root, visitor, officer):
    browser = visitor(officer)
    browser.get(LIST)
    used = []
    for number in (3, 30):
        EmployerFactory.create_batch(number, unit_id=VILLAGE)
        with CaptureQueriesContext(connection) as queries:
            browser.get(LIST)
        used.append(len(queries))
    assert used[0] == used[1]


def test_employers_are_found_by_name_place_and_filing(root, visitor, officer):
    EmployerFactory(unit_id=VILLAGE, name="东塘小学", nature="school", self_recruiting=True, started_on=START)
    EmployerFactory(unit_id=OTHER_VILLAGE, name="西陂工厂", nature="enterprise")
    browser = visitor(officer)
    for query, names in {
        "q=小学": ["东塘小学"],
        f"inside={TOWN}": ["东塘小学"],
        "filing=missing": ["东塘小学"],
        "filing=not_required": ["西陂工厂"],
        "filing=nonsense": ["东塘小学", "西陂工厂"],
    }.items():
        assert [row.name for row in browser.get(f"{LIST}?{query}").context["cl"].result_list] == names


def test_the_second_of_two_who_correct_an_employer_is_told_what_the_first_changed(root, visitor, account):
    employer = EmployerFactory(unit_id=VILLAGE, name="东塘小学", nature="school", contact="陈主任")
    address = f"{LIST}{employer.pk}/change/"
    first, second = visitor(account("hr", is_demo=True)), visitor(account("staff", TOWN, is_demo=True))
    form = {"name": "东塘小学", "nature": "school", "unit": VILLAGE, "declared_guards": "3", "contact": "陈主任"}
    sent = [form | {"_seen": browser.get(address).context["version"]} for browser in (first, second)]
    assert first.post(address, sent[0] | {"contact": "李主任"}).status_code == 302
    refused = second.post(address, sent[1] | {"declared_guards": "4"})
    assert refused.status_code == 200
    assert "李主任" in refused.content.decode()
    assert Employer.objects.get().contact == "李主任"
    knowing = sent[1] | {"declared_guards": "4", "contact": "李主任", "_seen": refused.context["version"]}
    assert second.post(address, knowing).status_code == 302
