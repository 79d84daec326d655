"""`manage.py figures`: one line of JSON, as the account may see it."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from personnel.models import Force
from tests.conftest import OTHER_TOWN, TOWN, VILLAGE
from tests.factories import MemberFactory, serve


@pytest.fixture
def town(account):
    return account("staff", TOWN, username="town")


def run(*arguments):
    out = StringIO()
    call_command("figures", *arguments, stdout=out)
    return json.loads(out.getvalue().splitlines()[-1])


def refused(*arguments):
    out = StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("figures", *arguments, stdout=out)
    assert refusal.value.returncode == 2
    assert len(out.getvalue().splitlines()) == 1
    return json.loads(out.getvalue())["error"]


@pytest.fixture
def people(root):
    serve(MemberFactory(sex="female"), since="2013-01-01")
    serve(MemberFactory(unit_id=OTHER_TOWN, unit=None), since="2013-01-01", force="guard")


def test_an_account_counts_its_own_unit(people, town):
    table = run("--as", "town", "--json")
    assert (table["members.total"], table["members.female"], table["members.force.guard"]) == (1, 1, 0)


def test_all_figures_are_there_when_nobody_is(db, town):
    table = run("--as", "town", "--json")
    assert {f"members.force.{force}" for force in Force.values} < table.keys()
    assert all(isinstance(value, int | float) for value in table.values())
    assert table["members.total"] == 0
    assert table["teams.villages"] == 2


def test_day_unit_and_force_narrow_the_count(people, account):
    account("governance", username="office")
    total = "members.total"
    assert run("--as", "office", "--json")[total] == 2
    assert run("--as", "office", "--on", "2012-12-31", "--json")[total] == 0
    assert run("--as", "office", "--unit", str(VILLAGE), "--json")[total] == 1
    assert run("--as", "office", "--unit", str(OTHER_TOWN)[:9], "--json")[total] == 1
    assert run("--as", "office", "--force", "guard", "--json")[total] == 1


def test_without_the_option_people_may_read_it_and_the_last_line_is_json(people, town, capsys):
    call_command("figures", "--as", "town")
    lines = capsys.readouterr().out.splitlines()
    assert json.loads(lines[-1])["members.total"] == 1
    assert lines[0].split() == ["members.total", "1"]


@pytest.mark.parametrize("unit", ["440199100000", "440199000000", "440100000000", "999999999999", "all", "", "0", "①"])
def test_a_unit_that_is_foreign_above_or_missing_gets_one_and_the_same_answer(people, town, unit):
    missing = refused("--as", "town", "--unit", "440199001999", "--json")
    assert missing["code"] == "unit_not_found"
    assert refused("--as", "town", "--unit", unit, "--json") == missing


@pytest.mark.parametrize("role", ["sysadmin", "secadmin", "auditor", None])
def test_administrators_see_no_figures(db, account, role):
    account(role, username="admin")
    assert refused("--as", "admin", "--json")["code"] == "not_allowed"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--as", "nobody"), "account_not_found"),
        (("--as", "gone"), "account_not_found"),
        (("--as", "town", "--on", "yesterday"), "day_malformed"),
        (("--as", "town", "--on", "2014-02-30"), "day_malformed"),
        (("--as", "town", "--on", "2999-01-01"), "day_in_future"),
        (("--as", "town", "--on", "0001-01-01"), "day_too_early"),
        (("--as", "town", "--force", "militia"), "force_not_found"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_reason(db, town, account, arguments, code):
    account("staff", TOWN, username="gone", is_active=False)
    assert refused(*arguments, "--json")["code"] == code
