"""Two accounts act on one case at one instant, on two connections: one step is taken, the other is refused."""

import os
from datetime import date

import pytest

from organization.models import Account
from organization.scope import as_account
from personnel.demo.load import load
from personnel.discipline import deciding, recording
from personnel.models import DisciplineCase
from tests.personnel.at_once import at_once
from tests.personnel.demo.databases import empty_database
from tests.personnel.disciplining import TODAY

DAY = date(2014, 7, 1)
ROUNDS = int(os.environ.get("ROUNDS", "3"))


@pytest.fixture(scope="module")
def accounts(django_db_blocker):
    with django_db_blocker.unblock(), empty_database("discipline_at_once"):
        load(DAY, 5, "a-password-for-tests", scale=0.1)
        yield {account.username: account for account in Account.objects.using("owner").select_related("unit")}


def a_case(accounts):
    """One that was proposed, of somebody who has a case already."""
    with as_account(accounts["hr"]):
        service = DisciplineCase.objects.select_related("service").first().service
        told = {"occurred_on": DAY, "reported_on": DAY, "category": "work", "source": "self", "summary": "试用情节"}
        case = recording.record(service, told, accounts["hr"])
        return deciding.propose(case, accounts["hr"], decided_on=TODAY, outcome="talk", document="")


def test_two_accounts_at_once_confirm_one_decision_once(accounts):
    for _round in range(ROUNDS):
        case = a_case(accounts)
        confirm = lambda account, case=case: deciding.confirm(case, account, case.proposed_at)  # noqa: E731
        told = sorted(at_once((accounts["hr2"], confirm), (accounts["governance"], confirm)))
        assert told == ["confirmed", "done"]


def test_who_confirms_while_it_is_sent_back_confirms_nothing_else(accounts):
    for _round in range(ROUNDS):
        case = a_case(accounts)
        told = at_once(
            (accounts["hr2"], lambda account, case=case: deciding.confirm(case, account, case.proposed_at)),
            (accounts["governance"], lambda account, case=case: deciding.send_back(case, account)),
        )
        with as_account(accounts["hr"]):
            now = DisciplineCase.objects.get(pk=case.pk)
        assert sorted(told) in (["confirmed", "done"], ["done", "not_proposed"])
        assert bool(now.confirmed_at) == ("confirmed" in told)
