"""What a merger asks for is done by the contract that was signed; the tracker reads contracts; a revert is refused."""

import pytest
from django.db import transaction
from django.utils import timezone

from organization.scope import as_account, as_root
from personnel.contracts import signing, writing
from personnel.contracts.planning import digest
from personnel.contracts.signing import Offer
from personnel.contracts.terms import Terms
from personnel.merger import unification
from personnel.merger.terms import MergerRefused
from personnel.models import Contract, MergerTask
from tests.conftest import TOWN
from tests.personnel.assessed import (
    TODAY,
    carry_out,
    confirm,
    cycle,
    examiner,
    patrol,
    programme,
    propose,
    revert,
    score,
)
from tests.personnel.contracting import body, contract

NOW = timezone.localdate()


@pytest.fixture
def merged(db, officer, account):
    """Two absorbed, one transferred, all with a contract with their town until the end of the year."""
    town = body("东塘街道办试用", nature="town_office", unit_id=TOWN)
    members = patrol(3, employer=town)
    for member in members:
        contract(member, town, TODAY.replace(month=1), TODAY.replace(month=12, day=31))
    found = cycle()
    examiner(found, officer)
    score(found, officer, dict(zip(members, (90, 80, 30), strict=True)))
    given = programme(found)
    propose(given, officer)
    confirm(given, account("governance"))
    carry_out(given, officer)
    return {"members": members, "programme": given, "town": town}


def sign(account, members, **offer):
    given = {"terms": Terms("fixed", years=1, signed_on=NOW), "starts_on": TODAY, "ends_others": True}
    keys = [one.pk for one in members]
    with as_account(account), transaction.atomic():
        planned = lambda: signing.plan(keys, Offer(**{**given, **offer}), account, NOW)  # noqa: E731
        return writing.carry_out(planned, keys, digest(planned()))


def tasks():
    with as_root("test"):
        return list(MergerTask.objects.filter(kind="contract").order_by("member_id").values_list("done_on", flat=True))


def met(given):
    with as_root("test"):
        return sum(town["contract"] for town in unification.completion(given["programme"], NOW))


def test_contracts_with_the_sub_bureau_end_the_old_ones_and_do_the_tasks(merged, officer):
    assert tasks() == [None] * 3
    assert sign(officer, merged["members"][:2]) == 2
    assert tasks() == [NOW, NOW, None]
    with as_root("test"):
        old, new = Contract.objects.filter(member=merged["members"][0]).order_by("starts_on")
    assert (old.employer_id, old.ended_on, old.ending) == (merged["town"].pk, TODAY, "employer")
    assert (new.employer_id, new.starts_on) == (merged["programme"].employer_id, TODAY)
    assert new.using_unit_id == 440199_901_000
    assert new.recruiter_id == merged["programme"].employer.unit_id


def test_the_town_writes_those_of_the_transferred_and_the_office_does_not(merged, officer, account):
    failed = merged["members"][2]
    with as_account(officer):
        (row,) = signing.plan([failed.pk], Offer(Terms("fixed", years=1), starts_on=TODAY), officer, NOW)
    assert row.contract is None
    with as_root("test"):
        Contract.objects.filter(member=failed).update(ended_on=TODAY, ending="agreed")
    assert sign(account("staff", TOWN), [failed], ends_others=False) == 1
    assert tasks() == [None, None, NOW]


def test_a_task_waits_until_the_contract_is_signed(merged, officer):
    sign(officer, merged["members"][:1], terms=Terms("fixed", years=30))
    assert tasks() == [None] * 3
    with as_root("test"):
        (written,) = Contract.objects.filter(employer=merged["programme"].employer)
    with as_account(officer), transaction.atomic():
        assert writing.sign([written.pk], officer, NOW) == 1
    assert tasks() == [NOW, None, None]


def test_the_tracker_reads_contracts_and_not_what_was_ticked(merged, officer):
    with as_root("test"):
        MergerTask.objects.filter(kind="contract").update(done_on=NOW)
    assert met(merged) == 0
    contract(merged["members"][0], body("别处试用公司"), TODAY, kind="open_ended")
    assert met(merged) == 0
    contract(merged["members"][1], merged["programme"].employer, TODAY, kind="open_ended")
    assert met(merged) == 1


def test_a_merger_is_not_taken_back_once_a_contract_was_written(merged, officer):
    contract(merged["members"][1], merged["programme"].employer, TODAY, kind="open_ended", signed=False)
    with pytest.raises(MergerRefused) as refusal:
        revert(merged["programme"], officer)
    assert [one["name"] for one in refusal.value.people] == [merged["members"][1].name]


def test_the_page_of_tasks_leads_to_the_people_who_need_a_contract(merged, officer, visitor):
    browser, page = visitor(officer), "/personnel/contract/sign/?source=merger"
    assert page in browser.get("/personnel/mergertask/").content.decode()
    asked = browser.get(page)
    assert {line.key for line in asked.context["lines"]} == {one.pk for one in merged["members"]}
    assert asked.context["form"].initial == {"starts_on": TODAY, "ends_others": True}
    sent = {
        "key": [one.pk for one in merged["members"]], "kind": "fixed", "term": "1", "starts_on": f"{TODAY}",
        "third": "leave", "ends_others": "on", "signed_on": f"{NOW}", "employer": "",
    }  # fmt: skip
    seen = browser.post(page, sent)
    assert (len(seen.context["rows"]), len(seen.context["skipped"])) == (2, 1)
    done = browser.post(page, {**dict(seen.context["sent"]), "key": sent["key"], "seen": seen.context["seen"],
                               "carry_out": "1"})  # fmt: skip
    assert done.url == "/personnel/mergertask/?standing=open"
    assert tasks() == [NOW, NOW, None]
