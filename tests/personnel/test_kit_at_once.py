"""Two people hand out, and take back, the same kit at one instant; and the demo's own campaign adds up."""

import os
from datetime import date

import pytest
from django.db import transaction
from django.db.models import Count

from organization.models import Account
from organization.scope import as_account
from personnel.demo.kit import worn_on
from personnel.demo.load import load
from personnel.kit import campaigns, issuing, recipients, returning, shortages
from personnel.models import KitCampaign, KitIssue
from tests.personnel.at_once import at_once
from tests.personnel.demo.databases import empty_database

DAY = date(2014, 7, 1)
ROUNDS = int(os.environ.get("ROUNDS", "3"))
SCALE = 0.05
pytestmark = pytest.mark.xdist_group("kit at once")  # one worker makes the district


@pytest.fixture(scope="module")
def demo(django_db_blocker):
    with django_db_blocker.unblock(), empty_database("kit_at_once"):
        load(DAY, 5, "a-password-for-tests", scale=SCALE)
        yield {account.username: account for account in Account.objects.using("owner").select_related("unit")}


def test_the_campaign_of_the_demo_adds_up(demo):
    with as_account(demo["hr"]):
        campaign = KitCampaign.objects.get()
        assert campaign.in_use_on == worn_on(DAY) == date(2013, 8, 6)
        towns = campaigns.progress(campaign, DAY)
        total = campaigns.total(towns)
        assert total.people * 0.7 < total.complete < total.people
        assert total.without_size
        people = recipients.recipients(campaign, DAY, demo["hr"].unit_id)
        assert (len(people), sum(one.given == one.wanted for one in people)) == (total.people, total.complete)
        short = shortages.shortages(campaign, DAY, demo["hr"].unit_id)
        assert sum(one.missing for one in short) == sum(one.wanted - one.given for one in people)
        assert shortages.by_unit(DAY, demo["hr"].unit_id)


def test_two_who_issue_to_the_same_people_at_once_give_each_item_once(demo):
    with as_account(demo["hr"]):
        campaign = KitCampaign.objects.get()
        lacking = recipients.recipients(campaign, DAY, demo["hr"].unit_id, "missing")
        people = {one.member: "170" for one in lacking}
        items = [item.pk for item in issuing.items_of(campaign)]
        wanted = sum(one.wanted - one.given for one in lacking)
    assert wanted > 0

    def issues(account):
        return issuing.issue(campaign, people, items, account, issued_on=DAY, today=DAY).pieces

    def takes_back(account):
        new = KitIssue.objects.held(DAY).filter(issued_on=DAY)
        return returning.take_back(list(people), new, account, day=DAY, ending="replaced", today=DAY)[0]

    for _round in range(ROUNDS):
        assert sorted(at_once((demo["hr"], issues), (demo["hr2"], issues))) == [0, wanted]
        with as_account(demo["hr"]):
            held = KitIssue.objects.filter(campaign=campaign, returned_on=None).order_by()
            assert not held.values("member", "item").annotate(n=Count("pk")).filter(n__gt=1)
        with as_account(demo["hr"]), transaction.atomic():
            assert takes_back(demo["hr"]) == wanted
