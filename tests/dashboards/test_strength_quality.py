"""What the strength page says of the register itself: real names, signed lists, documents not seen, ages on joining."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organization.belonging import reach
from organization.models import Unit
from organization.scope import as_account
from personnel import figures, identity
from personnel.confirmation import lists, signing
from personnel.figures import confirmation, quality
from personnel.models import ConfirmationCycle, EligibilityRule
from personnel.realname import sightings
from tests.conftest import DISTRICT, OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, serve

PAGE = "/dashboards/strength/"
TODAY = timezone.localdate()
DAY = date(2014, 7, 15)
OURS = ("joint_defence", "volunteer")


def days_ago(days):
    return (TODAY - timedelta(days)).isoformat()


def passport(number, **fields):
    return MemberFactory(document="passport", id_number=number, **fields)


def opened(response):
    return response.context["cl"].result_count if "cl" in response.context else response.context["page"].paginator.count


def item(response, part):
    """The figure, or warning, whose address says this."""
    shown = (*response.context["headline"], *response.context["warnings"])
    return next((one for one in shown if part in one["url"]), None)


@pytest.fixture
def office(account):
    return account("governance", username="office")


@pytest.fixture
def people(root, clerk):
    """In a village one with a checked number and two passports, of which one was seen; in another town one checked."""
    serve(MemberFactory(), since=days_ago(31))
    serve(passport("E12345671"), since=days_ago(30))
    seen = passport("E12345672")
    serve(seen, since=days_ago(400))
    serve(MemberFactory(), since=days_ago(400), force="volunteer")
    serve(MemberFactory(unit_id=OTHER_VILLAGE, unit=None), since=days_ago(31))
    with as_account(clerk):
        sightings.record([seen.pk], "passport", TODAY - timedelta(3), clerk, OURS)


# --- real names


def test_who_has_a_checked_number_or_showed_a_document_is_verified(people, office, visitor):
    browser = visitor(office)
    shown = item(browser.get(PAGE), "level=verified")
    assert (shown["value"], opened(browser.get(shown["url"]))) == ("3", 3)
    assert "75.0%" in shown["note"]


def test_a_document_counts_from_the_day_on_which_it_was_seen(people):
    counts = [quality.verified(TODAY - timedelta(days), reach(DISTRICT)).count() for days in (4, 3)]
    assert counts == [2, 3]


def test_who_serves_more_than_thirty_days_unseen_is_warned_of(people, office, visitor):
    browser = visitor(office)
    shown = item(browser.get(PAGE), "unseen-30")
    assert (shown["count"], opened(browser.get(shown["url"]))) == ("2", 2)
    assert quality.unseen(TODAY + timedelta(1), reach(DISTRICT)).count() == 3
    assert item(browser.get(PAGE, {"force": "guard"}), "unseen-30") is None


def test_three_people_see_all_some_and_nothing(people, office, account, stranger, visitor):
    second = account("clerk", SECOND_VILLAGE, username="second")
    shown = [
        item(visitor(who).get(PAGE), "level=verified") for who in (office, account("staff", TOWN), stranger, second)
    ]
    assert [one and one["value"] for one in shown] == ["3", "2", "1", None]
    assert visitor(second).get("/dashboards/lists/unseen-30/").context["page"].paginator.count == 0


def test_a_file_that_another_unit_keeps_out_of_sight_is_judged_there(root, account):
    member = MemberFactory(unit_id=OTHER_VILLAGE, unit=None)
    serve(member, since=days_ago(400), unit=Unit.objects.get(code=VILLAGE), share=50)
    with as_account(account("staff", TOWN)):
        assert (quality.verified(TODAY, reach()).count(), quality.unseen(TODAY, reach()).count()) == (0, 0)
    assert (quality.verified(TODAY, reach(TOWN)).count(), quality.unseen(TODAY, reach(TOWN)).count()) == (1, 1)


# --- signed lists


def sign(account, unit):
    listed = lists.lines(unit, "joint_defence", TODAY)
    answers = {line.service_id: signing.Answer(True, "") for line in listed}
    cycle = ConfirmationCycle.objects.on(TODAY).get()
    with as_account(account):
        signing.sign(
            signing.Signing(
                Unit.objects.get(pk=unit), "joint_defence", cycle, 1, lists.fingerprint(listed), answers
            ),
            account, TODAY,
        )  # fmt: skip


def test_lists_signed_in_the_cycle_are_told_of_those_that_are_due(people, office, clerk, account, visitor):
    serve(MemberFactory(unit_id=TOWN, unit=None), since=days_ago(5), sponsor="town")
    serve(MemberFactory(), since=days_ago(5), force="auxiliary")
    serve(MemberFactory(), since=days_ago(5), force="guard")
    sign(clerk, VILLAGE)
    browser = visitor(office)
    shown = item(browser.get(PAGE), "lists-signed")
    page = browser.get(shown["url"])
    assert (shown["value"], opened(page)) == ("1 / 4", 1)
    assert page.context["table"]["rows"][0]["label"] == Unit.objects.get(code=VILLAGE).name
    assert browser.get(page.context["table"]["rows"][0]["url"]).status_code == 200
    assert item(visitor(account("clerk", VILLAGE)).get(PAGE), "lists-signed")["value"] == "1 / 2"
    assert confirmation.confirmation(TODAY, reach(DISTRICT), "auxiliary") == {"due": 1, "signed": 0, "rate": 0.0}


def test_a_list_counts_from_the_day_on_which_it_was_signed_and_in_its_cycle_alone(people, clerk):
    sign(clerk, VILLAGE)
    assert confirmation.confirmation(TODAY - timedelta(1), reach(VILLAGE))["signed"] == 0
    ConfirmationCycle.objects.on(TODAY).update(ends_on=TODAY)
    assert confirmation.confirmation(TODAY, reach(VILLAGE)) == {"due": 0, "signed": 0, "rate": 0.0}


def test_whoever_may_not_see_signed_lists_sees_the_number_alone(people, account, visitor):
    browser = visitor(account("finance"))
    values = [one["value"] for one in browser.get(PAGE).context["headline"] if not one["url"]]
    assert values == ["0 / 2"]
    assert browser.get("/dashboards/lists/lists-signed/").status_code == 404


# --- ages on joining


@pytest.fixture
def rules(root):
    """Joint defence: nobody above 40 until 2014, nobody above 45 from then on."""
    EligibilityRule.objects.filter(force="joint_defence").update(valid_until=date(2014, 1, 1), max_age=40)
    EligibilityRule.objects.create(force="joint_defence", valid_from=date(2014, 1, 1), max_age=45)


@pytest.mark.parametrize(
    ("born", "since", "is_over"),
    [
        (date(1973, 6, 2), "2014-06-01", False),  # 40
        (date(1968, 6, 2), "2014-06-01", False),  # 45
        (date(1968, 6, 1), "2014-06-01", True),  # 46 on the very day
        (date(1968, 6, 2), "2013-06-01", True),  # 44, under the older rule
        (date(1972, 2, 29), "2013-02-28", False),  # 41 on 1 March
        (date(1972, 2, 29), "2013-03-01", True),
    ],
)
def test_the_rule_of_the_day_of_joining_decides(rules, born, since, is_over):
    serve(MemberFactory(birth_date=born), since=since)
    assert quality.over_age(DAY, reach(DISTRICT)).count() == is_over


def test_who_was_transferred_or_grew_old_in_the_force_joined_in_time(rules):
    moved = MemberFactory(birth_date=date(1960, 1, 1))
    serve(moved, since="1995-01-01", until="2014-03-01")
    serve(moved, since="2014-03-01", beginning="transferred")
    gone = MemberFactory(birth_date=date(1950, 1, 1))
    serve(gone, since="2010-01-01", until="2014-01-01")
    serve(gone, since="2014-01-01", force="guard")
    assert quality.over_age(DAY, reach(DISTRICT)).count() == 0


def test_a_force_without_an_oldest_age_has_nobody_above_it(root):
    EligibilityRule.objects.update(max_age=None)
    serve(MemberFactory(birth_date=date(1940, 1, 1)), since="2014-06-01")
    assert quality.over_age(DAY, reach(DISTRICT)).count() == 0


def test_who_joined_over_age_is_warned_of_and_listed_at_the_workbench(rules, clerk, office, visitor):
    serve(MemberFactory(birth_date=date(1950, 1, 1)), since="2014-06-01")
    serve(MemberFactory(birth_date=date(1990, 1, 1)), since="2014-06-01")
    shown = item(visitor(office).get(PAGE, {"on": DAY.isoformat()}), "joined-over-age")
    assert (shown["count"], opened(visitor(office).get(shown["url"]))) == ("1", 1)
    gap = next(row for row in visitor(clerk).get("/").context["gaps"] if "over-age" in row["url"])
    assert (gap["count"], opened(visitor(clerk).get(gap["url"]))) == ("1", 1)


def test_the_list_tells_the_day_of_joining_the_age_then_and_the_oldest_allowed(rules, clerk, office, visitor):
    member = MemberFactory(birth_date=date(1950, 1, 1))
    serve(member, since="2013-02-01", until="2014-02-01")
    serve(member, since="2014-06-01")
    serve(MemberFactory(birth_date=date(1960, 5, 2)), since="2013-05-01")
    dashboard = visitor(office).get(f"/dashboards/lists/joined-over-age/?on={DAY}").context["table"]
    workbench = visitor(clerk).get(f"/dashboards/lists/over-age/?on={DAY}").context["table"]
    for table in (dashboard, workbench):
        assert [[str(cell["value"]) for cell in row["cells"]][-3:] for row in table["rows"]] == [
            ["2014-06-01", "64", "45"], ["2013-05-01", "52", "40"],
        ]  # fmt: skip
        assert {len(row["cells"]) + 1 for row in table["rows"]} == {len(table["headers"])}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(born=st.dates(date(1960, 1, 1), date(1996, 1, 1)), joined=st.dates(date(2013, 1, 1), date(2014, 7, 1)))
def test_the_database_counts_full_years_as_the_judge_of_rosters_does(rules, born, joined):
    member = MemberFactory(birth_date=born)
    serve(member, since=joined.isoformat())
    oldest = 40 if joined < date(2014, 1, 1) else 45
    is_over = quality.over_age(DAY, reach(DISTRICT)).filter(pk=member.pk).exists()
    assert is_over == (identity.age_on(born, joined) > oldest)


# --- ages in service


@pytest.fixture
def ceiling(root):
    """Joint defence: people serve until 60, from 2014 on until 55; guards to any age."""
    EligibilityRule.objects.filter(force="joint_defence").update(valid_until=date(2014, 1, 1), leaving_age=60)
    EligibilityRule.objects.create(force="joint_defence", valid_from=date(2014, 1, 1), leaving_age=55)


def test_who_has_grown_older_than_the_force_keeps_people_is_listed_from_that_birthday(ceiling):
    serve(MemberFactory(birth_date=date(1958, 7, 15)), since="1995-01-01")
    serve(MemberFactory(birth_date=date(1950, 1, 1)), since="1995-01-01", force="guard")
    days = [date(2013, 12, 31), DAY - timedelta(1), DAY]
    assert [quality.serving_over_age(day, reach(DISTRICT)).count() for day in days] == [0, 0, 1]
    assert quality.serving_over_age(DAY, reach(DISTRICT), "guard").count() == 0
    assert quality.serving_over_age(DAY, reach(OTHER_VILLAGE)).count() == 0


def test_who_serves_above_the_oldest_age_is_warned_of_and_listed_at_the_workbench(ceiling, clerk, office, visitor):
    serve(MemberFactory(birth_date=date(1950, 1, 1)), since="1995-01-01")
    serve(MemberFactory(birth_date=date(1990, 1, 1)), since="2014-06-01")
    shown = item(visitor(office).get(PAGE, {"on": DAY.isoformat()}), "serving-over-age")
    assert (shown["count"], opened(visitor(office).get(shown["url"]))) == ("1", 1)
    gap = next(row for row in visitor(clerk).get("/").context["gaps"] if "serving-over-age" in row["url"])
    assert (gap["count"], opened(visitor(clerk).get(gap["url"]))) == ("1", 1)


def test_nobody_is_listed_where_no_oldest_age_is_given(root):
    serve(MemberFactory(birth_date=date(1930, 1, 1)), since="1995-01-01")
    assert quality.serving_over_age(DAY, reach(DISTRICT)).count() == 0


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(born=st.dates(date(1950, 1, 1), date(1965, 1, 1)), day=st.dates(date(2013, 6, 1), date(2015, 6, 1)))
def test_an_age_in_service_is_counted_in_full_years(ceiling, born, day):
    member = MemberFactory(birth_date=born)
    serve(member, since="1995-01-01")
    oldest = 60 if day < date(2014, 1, 1) else 55
    is_over = quality.serving_over_age(day, reach(DISTRICT)).filter(pk=member.pk).exists()
    assert is_over == (identity.age_on(born, day) > oldest)


def test_the_oldest_age_in_service_is_not_below_that_on_joining(ceiling):
    with pytest.raises(IntegrityError), transaction.atomic():
        EligibilityRule.objects.filter(force="joint_defence").update(max_age=61)


# --- the command


def test_the_command_says_the_same(people, rules):
    table = figures.flat(TODAY, reach(DISTRICT))
    told = {key: table[key] for key in table if key.split(".")[0] in ("realname", "confirmation", "eligibility")}
    assert told == {
        "realname.verified": 3, "realname.rate": 0.75, "realname.unseen_30": 2,
        "confirmation.due": 2, "confirmation.signed": 0, "confirmation.rate": 0.0, "eligibility.over_age": 4,
        "eligibility.serving_over_age": 0,
    }  # fmt: skip
