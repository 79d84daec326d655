"""Quotas: the district's personnel office writes them, the strength page says how far they are used."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from organization.belonging import reach
from organization.models import Unit
from organization.scope import as_account
from personnel import figures
from personnel.figures import quotas
from personnel.models import Quota
from tests.conftest import DISTRICT, OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, serve

PAGE, LIST, ADD = "/dashboards/strength/", "/personnel/quota/", "/personnel/quota/add/"
TODAY = timezone.localdate()
PAPER = "试用额度批复"


def quota(number, unit=DISTRICT, force="auxiliary", year=TODAY.year):
    return Quota.objects.create(unit_id=unit, force=force, year=year, number=number, document=PAPER)


@pytest.fixture
def auxiliaries(root):
    """Three auxiliary officers of the district, two of them in the town; one of joint defence."""
    for unit in (TOWN, VILLAGE, OTHER_VILLAGE):
        serve(MemberFactory(unit_id=unit, unit=None), force="auxiliary")
    serve(MemberFactory())


def shown(response, part):
    return [
        one
        for one in response.context[part]
        if "quota" in f"{one['label']}{one.get('hint', '')}{one.get('note', '')}".lower()
    ]


def test_the_personnel_office_enters_a_quota_and_changes_it(root, officer, visitor):
    browser = visitor(officer)
    form = {"unit": DISTRICT, "force": "auxiliary", "year": TODAY.year, "number": 1800, "document": PAPER}
    assert browser.post(ADD, form | {"approved_by": "区政府"}).status_code == 302
    entered = Quota.objects.get()
    assert (entered.unit_id, entered.number, entered.approved_by) == (DISTRICT, 1800, "区政府")
    browser.post(f"{LIST}{entered.pk}/change/", form | {"number": 1850, "_initial": ""})
    assert Quota.objects.get().number == 1850


@pytest.mark.parametrize(
    "wrong", [{"year": 1800}, {"year": ""}, {"number": -1}, {"number": "x"}, {"document": ""}, {"force": "volunteer"}]
)
def test_what_is_no_quota_is_said_in_the_form(root, officer, visitor, wrong):
    form = {"unit": DISTRICT, "force": "auxiliary", "year": TODAY.year, "number": 1800, "document": PAPER}
    answer = visitor(officer).post(ADD, form | wrong)
    assert (answer.status_code, Quota.objects.count()) == (200, 0)
    assert answer.context["errors"]


def test_a_second_quota_of_the_same_year_is_refused_with_a_sentence(root, officer, visitor):
    quota(1800)
    form = {"unit": DISTRICT, "force": "auxiliary", "year": TODAY.year, "number": 1900, "document": PAPER}
    answer = visitor(officer).post(ADD, form)
    assert (answer.status_code, Quota.objects.count()) == (200, 1)
    assert str(Quota._meta.constraints[0].violation_error_message) in str(answer.context["errors"])


@pytest.mark.parametrize("fields", [{"document": ""}, {"force": "volunteer"}, {"year": 1800}])
def test_the_database_refuses_what_is_no_quota(root, fields):
    given = {"unit_id": DISTRICT, "force": "auxiliary", "year": 2014, "number": 1, "document": PAPER}
    with pytest.raises(IntegrityError), transaction.atomic():
        Quota.objects.create(**given | fields)


@pytest.mark.parametrize(
    ("role", "unit", "sees"), [("governance", DISTRICT, 200), ("staff", TOWN, 403), ("clerk", VILLAGE, 403)]
)
def test_nobody_else_writes_quotas(root, account, visitor, role, unit, sees):
    browser = visitor(account(role, unit))
    assert (browser.get(LIST).status_code, browser.get(ADD).status_code) == (sees, 403)


def test_a_district_sees_its_quotas_a_town_its_own_and_a_stranger_none(root, account, officer, stranger):
    quota(1800)
    quota(20, TOWN)
    counts = []
    for who in (officer, account("staff", TOWN), stranger):
        with as_account(who):
            counts.append(Quota.objects.count())
    assert counts == [2, 1, 0]


def test_a_quota_and_what_is_used_of_it_open_the_people(auxiliaries, account, visitor):
    quota(4)
    browser = visitor(account("governance"))
    (used,) = [one for one in browser.get(PAGE).context["headline"] if one["value"] == "3 / 4"]
    assert "75.0%" in used["note"]
    assert browser.get(used["url"]).context["cl"].result_count == 3
    assert not shown(browser.get(PAGE), "warnings")
    assert not [one for one in browser.get(PAGE, {"force": "guard"}).context["headline"] if one["value"] == "3 / 4"]


@pytest.mark.usefixtures("no_list_is_due")
def test_more_people_than_the_quota_are_warned_of_where_it_was_given(auxiliaries, account, officer, visitor):
    quota(2)
    quota(2, TOWN)
    browser = visitor(account("governance"))
    (warning,) = [one for one in browser.get(PAGE).context["warnings"] if "force=auxiliary" in one["url"]]
    assert (warning["count"], browser.get(warning["url"]).context["cl"].result_count) == ("3", 3)
    assert not [one for one in browser.get(PAGE, {"unit": TOWN}).context["warnings"] if "force=auxiliary" in one["url"]]
    (waiting,) = [one for one in visitor(officer).get("/").context["waiting"] if "force=auxiliary" in one["url"]]
    assert (waiting["count"], waiting["level"]) == ("3", "error")


def test_a_quota_is_of_its_year(auxiliaries):
    quota(5, year=2014)
    quota(6, year=2015)
    found = [quotas.approved(date(year, 7, 1), reach(DISTRICT)) for year in (2013, 2014, 2015)]
    assert found == [{}, {"auxiliary": 5}, {"auxiliary": 6}]


def test_whoever_took_the_place_of_a_unit_has_its_quota_until_it_gets_one(root):
    quota(7, SECOND_VILLAGE)
    Unit.objects.filter(pk=SECOND_VILLAGE).update(closed_on=TODAY, successor=VILLAGE)
    assert quotas.approved(TODAY, reach(VILLAGE)) == {"auxiliary": 7}
    quota(9, VILLAGE)
    assert quotas.approved(TODAY, reach(VILLAGE)) == {"auxiliary": 9}


def test_the_command_tells_numbers_and_shares(auxiliaries):
    quota(4)
    table = figures.flat(TODAY, reach(DISTRICT))
    assert (table["quota.auxiliary.approved"], table["quota.auxiliary.rate"]) == (4, 0.75)
    assert (table["quota.guard.approved"], table["quota.guard.rate"]) == (0, 0.0)
    assert figures.flat(TODAY, reach(DISTRICT), "guard")["quota.auxiliary.approved"] == 0
