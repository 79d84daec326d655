"""Two people at one instant, on two connections: one confirmation, one merger, a hundred times in
`make drill`; and the demo's own as it is."""

import os
from datetime import date

import pytest
from django.db import connection

from organization.belonging import reach
from organization.models import Account
from organization.scope import as_account
from personnel import figures
from personnel.demo.load import load
from personnel.merger import carrying_out, proposing, reverting
from personnel.merger.candidates import simulate
from personnel.models import Assignment, Placement, Programme
from tests.personnel.at_once import at_once
from tests.personnel.demo.databases import empty_database

DAY = date(2014, 7, 1)
ROUNDS = int(os.environ.get("ROUNDS", "3"))
SCALE = 0.05
pytestmark = pytest.mark.xdist_group("merger at once")  # one worker makes the district


@pytest.fixture(scope="module")
def demo(django_db_blocker):
    """A small demo district with its merger in progress."""
    with django_db_blocker.unblock(), empty_database("merger_at_once"):
        load(DAY, 5, "a-password-for-tests", scale=SCALE)
        yield {account.username: account for account in Account.objects.using("owner").select_related("unit")}


def current(account):
    with as_account(account):
        return Programme.objects.select_related("cycle", "employer").get(name="公建治安员并入辅警")


@pytest.mark.drill
def test_two_people_at_once_give_one_confirmation_and_one_merger(demo):
    given = current(demo["hr"])
    with as_account(demo["hr"]):
        table = figures.merger(DAY, reach())
        serving = Assignment.objects.on(DAY).filter(force="patrol").count()
    assert table["candidates"] == serving == table["pending"]
    assert 0 < table["passed"] < table["assessed"] < table["candidates"]

    def proposes(account):
        proposing.propose(given, account, DAY)

    def confirms(account):
        proposing.confirm(given, account, DAY, "低于合格线")

    def carries_out(account):
        carrying_out.carry_out(given, account, DAY)

    def takes_back(account):
        reverting.revert(given, account)

    for _round in range(ROUNDS):
        assert sorted(at_once((demo["hr"], proposes), (demo["hr2"], proposes))) == ["done", "open_proposal"]
        with as_account(demo["hr"]):
            proposer = proposing.open_batch(given).proposed_by
        others = [demo[name] for name in ("hr", "hr2", "governance") if demo[name].pk != proposer]
        assert sorted(at_once(*((account, confirms) for account in others))) == ["confirmed_already", "done"]
        assert sorted(at_once((demo["hr"], carries_out), (demo["hr2"], carries_out))) == ["carried_out_already", "done"]
        with as_account(demo["hr"]):
            placed = Placement.objects.filter(programme=given)
            assert placed.count() == placed.values("member").distinct().count() == table["candidates"]
            begun = Assignment.objects.filter(pk__in=placed.values("new_service"))
            assert begun.count() == placed.landed().count() > 0
            after = figures.merger(DAY.replace(year=2099), reach())
            assert after["candidates"] == sum(after[name] for name in ("absorbed", "transferred", "exited", "pending"))
            assert (after["absorbed"], after["wrong_employer"]) == (table["passed"], 0)
        assert sorted(at_once((demo["hr"], takes_back), (demo["hr2"], takes_back))) == ["done", "reverted_already"]
        with as_account(demo["hr"]):
            assert Assignment.objects.on(DAY).filter(force="patrol").count() == serving


def test_the_older_merger_of_the_demo_adds_up(demo):
    with as_account(demo["governance"]):
        older = Programme.objects.get(name="第一批公建治安员并入辅警")
        heads = simulate(older, [6000], DAY)["marks"][0]
        assert heads["absorbed"] > 0
        assert heads["pending"] == heads["exited"] == 0
        assert connection.vendor == "postgresql"
