"""At the end of its time a file is erased by two people, and the past is counted as before."""

import json
import random
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from organization.belonging import reach
from organization.models import SecurityEvent, TrailEntry
from organization.scope import as_account, as_root
from personnel.figures.population import strength
from personnel.models import (
    BankAccount,
    Card,
    EmergencyContact,
    ErasureBatch,
    ErasureEntry,
    ErasureHold,
    HealthRecord,
    Member,
    PrivacyTerm,
    TransferRequest,
)
from personnel.models.member import ERASED
from personnel.privacy import erasure, erasure_function, erasure_plan
from personnel.privacy.erasure import ErasureRefused
from tests.conftest import OTHER_VILLAGE, VILLAGE
from tests.factories import MemberFactory, serve
from tests.personnel.test_typed_work import AT_ONCE, key_in, ticked_in

TODAY = timezone.localdate()
DUE_PAGE = "/personnel/erasurebatch/due/"


def propose(account, *members, reason="保存期限届满"):
    with as_account(account):
        return erasure.propose(account, [member.pk for member in members], reason, TODAY)


def confirm(account, batch):
    with as_account(account):
        return erasure.confirm(batch, account)


def fresh(member):
    with as_root("test"):
        return Member.objects.get(pk=member.pk)


# --- whose time has run out -------------------------------------------------------------------------------------------


def test_a_file_is_due_when_the_years_of_its_force_have_gone_by_since_the_last_service(root, long_gone, village):
    serve(MemberFactory(unit=village), since="2010-01-01", until="2021-11-27")  # one day too young
    due_today = MemberFactory(unit=village)
    serve(due_today, since="2010-01-01", until="2021-11-26")
    serve(MemberFactory(unit=village), since="2010-01-01")  # still serves
    assert [each.member for each in erasure.due(date(2026, 11, 26))] == [long_gone.pk, due_today.pk]


def test_of_several_forces_the_longest_term_counts(root, village):
    PrivacyTerm.objects.create(kind="guard", valid_from=date(2022, 1, 1), length=30, source="试用")
    member = MemberFactory(unit=village)
    serve(member, since="2001-01-01", until="2002-01-01", force="guard", sponsor="")
    serve(member, since="2002-01-01", until="2005-01-01")
    assert erasure.due(date(2031, 12, 31)) == []
    assert [each.due_on for each in erasure.due(date(2033, 1, 1))] == [date(2032, 1, 1)]


def test_a_force_without_a_term_is_never_due(root, long_gone):
    PrivacyTerm.objects.filter(kind="joint_defence").update(valid_until=date(2022, 1, 1))
    assert erasure.due(TODAY) == []


# --- four eyes --------------------------------------------------------------------------------------------------------


def test_one_proposes_and_another_confirms(long_gone, officer, governance):
    batch = propose(officer, long_gone)
    assert fresh(long_gone).name == "旧试用"
    assert confirm(governance, batch) == 1
    assert fresh(long_gone).name == ERASED


def test_nobody_confirms_their_own_proposal(long_gone, officer):
    batch = propose(officer, long_gone)
    with pytest.raises(ErasureRefused) as refused:
        confirm(officer, batch)
    assert refused.value.code == "own_proposal"
    assert fresh(long_gone).name == "旧试用"


def test_the_database_refuses_it_as_well(long_gone, officer):
    batch = propose(officer, long_gone)
    with (
        as_account(officer),
        pytest.raises(IntegrityError, match="approved_by_somebody_else"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE personnel_erasurebatch SET approved_by = %s, approved_at = now() WHERE id = %s",
            [officer.pk, batch.pk],
        )


@pytest.mark.parametrize("statement", [
    "UPDATE personnel_erasurebatch SET approved_by = 999, approved_at = now()",
    "UPDATE personnel_erasurebatch SET proposed_by = 999",
    "UPDATE personnel_erasureentry SET outcome = 'erased'",
    "SELECT carry_out_erasure((SELECT id FROM personnel_erasurebatch), '{}', '{}')",
])  # fmt: skip
def test_nobody_decides_in_anothers_name_or_past_the_function(long_gone, officer, governance, statement):
    propose(officer, long_gone)
    with (
        as_account(governance),
        pytest.raises(DatabaseError, match=r"decided by whoever acts|function alone|no erasure is confirmed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_second_press_finds_it_decided(long_gone, officer, governance):
    batch = propose(officer, long_gone)
    confirm(governance, batch)
    with pytest.raises(ErasureRefused) as refused:
        confirm(governance, batch)
    assert refused.value.code == "decided"


def test_a_declined_proposal_erases_nothing_and_frees_the_files(long_gone, officer, governance):
    batch = propose(officer, long_gone)
    with as_account(governance):
        erasure.decline(batch, governance)
        assert ErasureBatch.objects.get().state == "declined"
    assert fresh(long_gone).name == "旧试用"
    propose(officer, long_gone)


def test_a_file_is_proposed_once(long_gone, officer):
    propose(officer, long_gone)
    with pytest.raises(ErasureRefused) as refused:
        propose(officer, long_gone)
    assert refused.value.code == "nothing_due"
    with as_account(officer):
        assert ErasureBatch.objects.count() == 1


# --- what stops it ----------------------------------------------------------------------------------------------------


def test_a_hold_keeps_a_file_from_being_proposed(long_gone, officer):
    with as_account(officer):
        ErasureHold.objects.create(member=long_gone, reason="劳动争议", held_from=TODAY, set_by=officer.pk)
    with pytest.raises(ErasureRefused) as refused:
        propose(officer, long_gone)
    assert refused.value.code == "nothing_due"


def test_and_from_being_erased_when_it_was_set_after_the_proposal(long_gone, officer, governance):
    batch = propose(officer, long_gone)
    with as_account(officer):
        ErasureHold.objects.create(member=long_gone, reason="劳动争议", held_from=TODAY, set_by=officer.pk)
    assert confirm(governance, batch) == 0
    with as_account(officer):
        assert ErasureEntry.objects.get().outcome == "held"
    assert fresh(long_gone).name == "旧试用"


def test_somebody_who_serves_again_is_left_alone(long_gone, officer, governance):
    batch = propose(officer, long_gone)
    with as_root("test"):
        serve(long_gone, since="2026-11-01", beginning="returned")
    assert confirm(governance, batch) == 0
    assert fresh(long_gone).name == "旧试用"


# --- what is left -----------------------------------------------------------------------------------------------------


def test_nothing_that_names_describes_or_reaches_the_person_is_left(long_gone, officer, governance):
    confirm(governance, propose(officer, long_gone))
    with as_root("test"):
        member = Member.objects.get(pk=long_gone.pk)
        card = Card.objects.get(member=long_gone.pk)
        service = member.assignments.get()
        assert (member.id_number, member.phone, member.address, member.remark) == (ERASED, None, "", "")
        assert (card.name, card.mask, card.pinyin) == (ERASED, ERASED, "")
        assert (service.post, service.badge, service.ending_note) == ("", "", "")
        assert (service.force, service.started_on, service.ended_on) == (
            "joint_defence", date(2009, 3, 1), date(2012, 5, 1),
        )  # fmt: skip
        assert not any(model.objects.exists() for model in (EmergencyContact, BankAccount, HealthRecord))
        assert member.id_digest != long_gone.id_digest


def test_the_trail_says_who_erased_what_and_none_of_the_values(long_gone, officer, governance, account):
    batch = propose(officer, long_gone)
    confirm(governance, batch)
    with as_account(account("auditor")):
        entries = TrailEntry.objects.filter(batch=f"erasure-{batch.pk}")
        told = json.dumps([entry.before for entry in entries], ensure_ascii=False)
        assert {entry.actor for entry in entries} == {governance.pk}
        assert {"personnel_member", "personnel_bankaccount", "personnel_assignment"} <= {e.table for e in entries}
    assert not any(word in told for word in ("旧试用", "东塘路", "曾住", "副队长", "F0077", "联系人", "1985"))


def test_the_history_of_an_erased_file_is_for_the_auditor_alone(long_gone, officer, governance, clerk, account):
    confirm(governance, propose(officer, long_gone))
    for account_of in (officer, governance, clerk):
        with as_account(account_of):
            assert not TrailEntry.objects.filter(member=long_gone.pk).exists()
    with as_account(account("auditor")):
        assert TrailEntry.objects.filter(member=long_gone.pk, after__name="旧试用").exists()


def test_a_transfer_request_no_longer_leads_to_the_person(long_gone, officer, governance):
    with as_root("test"):
        TransferRequest.objects.create(
            unit_id=OTHER_VILLAGE, name="旧试用", id_digest=long_gone.id_digest, force="joint_defence",
            sponsor="village", asked_by=1, asked_on=TODAY,
        )  # fmt: skip
    confirm(governance, propose(officer, long_gone))
    with as_root("test"):
        request = TransferRequest.objects.get()
        assert (request.name, request.answer, request.consent.decision) == (ERASED, "lapsed", "lapsed")
        assert bytes(request.id_digest) != bytes(long_gone.id_digest)


def test_the_same_number_can_be_registered_anew(long_gone, officer, governance):
    number = long_gone.id_number
    confirm(governance, propose(officer, long_gone))
    with as_root("test"):
        MemberFactory(id_number=number, birth_date=date(1985, 6, 20))


def test_an_erased_file_takes_no_entries(long_gone, officer, governance):
    confirm(governance, propose(officer, long_gone))
    with as_root("test"), pytest.raises(IntegrityError, match="says_nothing_of_anybody"), transaction.atomic():
        Member.objects.filter(pk=long_gone.pk).update(address="新址")


def test_figures_of_past_days_stay_as_they_were(village, officer, governance):
    """Birthdays of 25 and 41 within and outside the years of service, leap days among them."""
    draw = random.Random(20261126)
    for number in range(60):
        born = date(1965 + number % 30, 2, 29) if number % 10 == 0 and (1965 + number % 30) % 4 == 0 else date(
            1965 + number % 30, draw.randint(1, 12), draw.randint(1, 28)
        )  # fmt: skip
        member = MemberFactory(
            unit=village, sex=draw.choice(["male", "female"]), birth_date=born,
            education=draw.choice(["71", "61", "20", None]), born=born,
        )  # fmt: skip
        since = date(2000, 1, 1) + timedelta(days=draw.randint(0, 3000))
        until = since + timedelta(days=draw.randint(30, 4000))
        serve(member, since=str(since), until=str(until), force=draw.choice(["joint_defence", "patrol"]))
    days = [date(2000, 1, 1) + timedelta(days=draw.randint(0, 7300)) for _ in range(120)]
    days += [date(1965 + n % 30 + band, month, 1) for n in range(30) for band in (25, 41) for month in (1, 3, 7)]
    before = [strength(day, reach(VILLAGE)) for day in days]
    members = list(Member.objects.order_by("pk"))
    births = {member.pk: member.birth_date for member in members}
    assert confirm(governance, propose(officer, *members)) == 60
    with as_root("test"):
        assert [strength(day, reach(VILLAGE)) for day in days] == before
        after = dict(Member.objects.values_list("pk", "birth_date"))
    coarser = [key for key, born in births.items() if after[key] != born]
    assert len(coarser) > 30, "most birth dates lose their day"


# --- a new table cannot be forgotten ----------------------------------------------------------------------------------


def tables_about_members():
    """Tables of ours with a column that holds a member."""
    for model in apps.get_models():
        names = {each.column for each in model._meta.concrete_fields}
        if model._meta.managed and names & {"member_id", "member"}:
            yield model._meta.db_table


def test_every_table_about_members_has_its_place_in_the_plan():
    events = {SecurityEvent._meta.db_table}  # kept as long as the trail, which nobody may rewrite
    assert set(tables_about_members()) - erasure_plan.TABLES == events


def test_every_column_of_the_person_is_erased_or_meant_to_stay():
    (person,) = (part for part in erasure_plan.PLAN if part.table == "personnel_member")
    columns = {each.column for each in Member._meta.concrete_fields}
    assert columns == person.cleared.keys() | erasure_plan.KEPT_OF_MEMBER


def test_the_database_erases_as_the_plan_says(db):
    with as_root("test"), connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [erasure_function.NAME])
        source = cursor.fetchone()[0]
    assert source in erasure_function.function_sql(), "the plan changed: a migration has to run WriteErasure"


def test_a_ground_pasted_with_a_nul_is_kept_without_it(long_gone, officer, visitor):
    answer = visitor(officer).post(DUE_PAGE, {"member": long_gone.pk, "reason": "期限\0届满"})
    assert answer.status_code == 302
    with as_root("test"):
        assert ErasureBatch.objects.get().reason == "期限届满"


def test_who_was_unticked_stays_unticked_when_the_ground_is_missing(long_gone, village, officer, visitor):
    other = MemberFactory(unit=village)
    serve(other, since="2010-01-01", until="2011-01-01")
    page = visitor(officer).post(DUE_PAGE, {"member": other.pk, "reason": ""}).content.decode()
    assert f'value="{other.pk}" checked' in page
    assert f'value="{long_gone.pk}" checked' not in page


def test_a_proposal_sent_twice_is_one_and_what_was_ticked_for_a_refused_one_stays(long_gone, officer, visitor):
    browser = visitor(officer)
    sent = {"_draft": key_in(browser.get(DUE_PAGE)), "reason": "保存期限届满", "member": []}
    refused = browser.post(DUE_PAGE, sent)
    assert ticked_in(refused, "member") == set()
    assert 'value="保存期限届满"' in refused.content.decode()
    assert key_in(refused) == sent["_draft"]
    sent["member"] = [long_gone.pk]
    first = browser.post(DUE_PAGE, sent)
    second = browser.post(DUE_PAGE, sent, follow=True)
    assert second.redirect_chain == [(first["Location"], 302)]
    assert AT_ONCE in second.content.decode()
    assert ErasureBatch.objects.count() == 1
