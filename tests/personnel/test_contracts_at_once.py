"""Two people renew the same contracts at one instant, on two connections: each contract is written once."""

import os
from datetime import date

import pytest

from organization.models import Account
from organization.scope import as_account
from personnel.contracts import renewing, standings, writing
from personnel.contracts.planning import digest
from personnel.contracts.terms import KEEP, Terms
from personnel.demo.load import load
from personnel.models import Contract
from tests.personnel.at_once import at_once
from tests.personnel.demo.databases import empty_database

DAY = date(2014, 7, 1)
ROUNDS = int(os.environ.get("ROUNDS", "3"))
pytestmark = pytest.mark.xdist_group("contracts at once")  # one worker makes the district


@pytest.fixture(scope="module")
def demo(django_db_blocker):
    with django_db_blocker.unblock(), empty_database("contracts_at_once"):
        load(DAY, 5, "a-password-for-tests", scale=0.05)
        yield {account.username: account for account in Account.objects.using("owner").select_related("unit")}


def test_two_people_at_once_write_each_contract_once(demo):
    for round_number in range(ROUNDS):
        slug = standings.ENDING[round_number % 3]
        terms = Terms(years=1, third=KEEP)
        with as_account(demo["hr"]):
            keys = list(standings.standing(slug, DAY, ("guard", "auxiliary")).values_list("pk", flat=True))
            rows = renewing.plan(keys, terms, demo["hr"], DAY)
            seen, due, before = digest(rows), sum(bool(row.contract) for row in rows), Contract.objects.count()
        if not due:  # the bands of an earlier round, with ROUNDS above three
            continue

        def renews(account, keys=keys, terms=terms, seen=seen):
            planned = lambda: renewing.plan(keys, terms, account, DAY)  # noqa: E731
            return writing.carry_out(planned, renewing.members_of(keys), seen)

        assert sorted(map(str, at_once((demo["hr"], renews), (demo["hr2"], renews)))) == [str(due), "nothing_left"]
        with as_account(demo["hr"]):
            assert Contract.objects.count() == before + due


def test_the_demo_shows_a_rate_that_is_neither_nothing_nor_all(demo):
    with as_account(demo["hr"]):
        required, signed = standings.employed(DAY).count(), standings.signed(DAY).count()
        assert 0.4 < signed / required < 0.8
        assert standings.standing("unsigned", DAY).exists()
        assert standings.on_rosters(DAY).exists()
