"""Two people decide at one instant, on two connections: one of them does, and one file is opened."""

import os
from datetime import date

import pytest
from django.utils import timezone

from organization.models import Account
from organization.scope import as_account
from personnel.demo.load import load
from personnel.entries import checking, deciding, proposing
from personnel.models import Entry, Member
from tests.factories import id_number
from tests.personnel.at_once import at_once
from tests.personnel.demo.databases import empty_database
from tests.personnel.entries.test_workflow import CLEARED, wanted

TODAY, BORN = timezone.localdate(), date(1991, 5, 5)
ROUNDS = int(os.environ.get("ROUNDS", "3"))
pytestmark = pytest.mark.xdist_group("entries at once")  # one worker makes the district


@pytest.fixture(scope="module")
def demo(django_db_blocker):
    with django_db_blocker.unblock(), empty_database("entries_at_once"):
        load(date(2014, 7, 1), 5, "a-password-for-tests", scale=0.02)
        yield {account.username: account for account in Account.objects.using("owner").select_related("unit")}


def proposed(demo, username, number):
    account = demo[username]
    with as_account(account):
        asked = wanted(number=number, birth_date=BORN, unit=account.unit_id, name="梁试同")
        entry = proposing.propose(asked, account, TODAY)
    with as_account(demo["hr"]):
        checking.of_entry(entry, CLEARED, demo["hr"])
    return entry


def approves(entry):
    return lambda account: deciding.approve(entry, account, TODAY)


def test_two_officers_at_once_take_a_person_in_once(demo):
    for round_number in range(ROUNDS):
        number = id_number(50 + round_number, BORN)
        entry = proposed(demo, "village", number)
        assert sorted(at_once((demo["hr"], approves(entry)), (demo["hr2"], approves(entry)))) == ["decided", "done"]


def test_a_person_whom_two_units_propose_goes_to_one_of_them(demo):
    for round_number in range(ROUNDS):
        number = id_number(80 + round_number, BORN)
        entries = [proposed(demo, username, number) for username in ("village", "village2")]
        told = at_once((demo["hr"], approves(entries[0])), (demo["hr2"], approves(entries[1])))
        assert sorted(told) in (["done", "elsewhere"], ["23505", "done"])
        with as_account(demo["hr"]):
            states = Entry.objects.filter(pk__in=[entry.pk for entry in entries]).values_list("decision", flat=True)
            assert sorted(states) == ["", "approved"]
            assert Member.objects.filter(name="梁试同", birth_date=BORN).count() == ROUNDS + round_number + 1
