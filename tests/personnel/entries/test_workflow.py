"""A unit proposes, the personnel office checks, somebody else decides; the approval takes the person in."""

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.forms import modelform_factory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from organization.refusal import Refusal
from organization.scope import as_account, as_root
from personnel.bulk import keys
from personnel.corrections import numbers
from personnel.entries import checking, deciding, forgetting, proposing
from personnel.entries.proposing import Wanted
from personnel.forms import AssignmentForm
from personnel.models import Assignment, BackgroundCheck, EligibilityRule, Entry, Member
from personnel.models.member import ERASED
from personnel.roster.eligibility import Rule
from personnel.roster.shapes import Problem
from tests.conftest import SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, id_number, serve

TODAY = timezone.localdate()
BORN = date(1990, 3, 15)
NUMBER = id_number(7, BORN)
CLEARED = checking.Found(TODAY, "塘口警务室", "cleared", "东公审〔2026〕7号")
NOT_CLEARED = checking.Found(TODAY, "塘口警务室", "not_cleared", "东公审〔2026〕8号")


def wanted(**more):
    return Wanted(
        **{
            "document": "resident_id", "number": NUMBER, "name": "梁试入", "sex": "male", "birth_date": BORN,
            "unit": VILLAGE, "force": "joint_defence", "sponsor": "village", "starts_on": TODAY, "way": "open",
            "phone": "13912345678", "education": "71",
        } | more
    )  # fmt: skip


def proposed(account, **more):
    with as_account(account):
        return proposing.propose(wanted(**more), account, TODAY)


def check(officer, entry, found=CLEARED):
    with as_account(officer):
        return checking.of_entry(entry, found, officer)


def approve(account, entry):
    with as_account(account):
        return deciding.approve(Entry.objects.get(pk=entry.pk), account, TODAY)


def seen(entry):
    with as_root("test"):
        return Entry.objects.get(pk=entry.pk)


@contextmanager
def refusal(code):
    with pytest.raises(Refusal) as refused:
        yield refused
    assert refused.value.code == code


# --- from the proposal to the file ------------------------------------------------------------------------------------


def test_who_was_proposed_checked_and_approved_serves(clerk, officer):
    entry = proposed(clerk)
    check(officer, entry)
    member = approve(officer, entry)
    with as_account(clerk):
        file = Member.objects.get(pk=member.pk)
        service = file.assignments.get()
        assert (file.name, file.id_number, file.phone, file.unit_id) == ("梁试入", NUMBER, "13912345678", VILLAGE)
        assert (service.force, service.sponsor, service.started_on) == ("joint_defence", "village", TODAY)
        assert (service.beginning, service.share) == ("recruited", 100)
    with as_account(officer):
        found = BackgroundCheck.objects.get()
        assert (found.member_id, found.unit_id, found.outcome) == (member.pk, VILLAGE, "cleared")


def test_an_approved_entry_keeps_no_number(clerk, officer):
    entry = proposed(clerk)
    check(officer, entry)
    approve(officer, entry)
    found = seen(entry)
    assert (found.id_number, found.id_digest, found.phone, found.decision) == (None, None, None, "approved")


def test_a_service_approved_ahead_begins_on_the_planned_day(clerk, officer):
    later = TODAY + timedelta(days=20)
    entry = proposed(clerk, starts_on=later)
    check(officer, entry)
    member = approve(officer, entry)
    with as_account(clerk):
        assert member.assignments.get().started_on == later


@pytest.mark.parametrize(("days", "is_right"), [(20, True), (21, False), (0, True)])
def test_a_service_that_was_approved_ahead_is_left_as_it_is_and_none_is_put_off(clerk, officer, days, is_right):
    entry = proposed(clerk, starts_on=TODAY + timedelta(days=20))
    check(officer, entry)
    member = approve(officer, entry)
    with as_account(clerk):
        service = member.assignments.get()
        shown = modelform_factory(Assignment, form=AssignmentForm, fields=["force", "sponsor", "started_on"])
        typed = {"force": "joint_defence", "sponsor": "village", "started_on": TODAY + timedelta(days=days)}
        form = shown(typed, instance=service, person=member)
        assert form.is_valid() == is_right, form.errors


def test_nobody_serves_before_the_approval():
    assert deciding.first_day(Entry(starts_on=TODAY - timedelta(days=9)), TODAY) == TODAY


def test_a_former_member_of_the_unit_is_opened_again(clerk, officer):
    with as_root("test"):
        member = MemberFactory(name="梁试入", birth_date=BORN, id_number=NUMBER)
        serve(member, since="2012-01-01", until="2015-01-01")
    entry = proposed(clerk)
    check(officer, entry)
    assert approve(officer, entry).pk == member.pk
    with as_root("test"):
        assert Member.objects.count() == 1
        assert member.assignments.get(ended_on=None).beginning == "returned"


def test_a_volunteer_may_join_another_force(clerk, officer):
    with as_root("test"):
        member = MemberFactory(name="梁试入", birth_date=BORN, id_number=NUMBER)
        serve(member, force="volunteer")
    entry = proposed(clerk)
    check(officer, entry)
    assert approve(officer, entry).pk == member.pk


@pytest.mark.parametrize(
    ("where", "code"), [(VILLAGE, "serves"), (SECOND_VILLAGE, "elsewhere")], ids=["here", "elsewhere"]
)
def test_who_serves_is_not_proposed_and_nothing_tells_where(clerk, where, code):
    with as_root("test"):
        serve(MemberFactory(name="梁试入", birth_date=BORN, id_number=NUMBER, unit_id=where, unit=None))
    with refusal(code) as refused:
        proposed(clerk)
    assert "第二社区" not in str(refused.value)


def test_who_was_registered_elsewhere_meanwhile_is_not_taken_in(clerk, officer):
    entry = proposed(clerk)
    check(officer, entry)
    with as_root("test"):
        serve(MemberFactory(name="梁试入", birth_date=BORN, id_number=NUMBER, unit_id=SECOND_VILLAGE, unit=None))
    with refusal("elsewhere"):
        approve(officer, entry)
    assert seen(entry).decision == ""


# --- the rule of the force --------------------------------------------------------------------------------------------


def test_who_was_proposed_by_a_number_corrected_since_gets_no_second_file(clerk, officer):
    with as_root("test"):
        member = MemberFactory(name="梁试入", birth_date=BORN, id_number=NUMBER)
        serve(member, since="2012-01-01", until="2014-01-01")
    entry = proposed(clerk)
    check(officer, entry)
    with as_account(clerk):
        right = numbers.judged(member, "resident_id", id_number(8, BORN), TODAY)
        numbers.correct(member, right, "看错一位", clerk)
    with refusal("corrected"):
        approve(officer, entry)
    with as_root("test"):
        assert Member.objects.count() == 1
    assert seen(entry).decision == ""


def test_a_hard_rule_refuses_and_says_why(clerk):
    young = TODAY.replace(year=TODAY.year - 17, day=1)
    with refusal("not_eligible"):
        proposed(clerk, number=id_number(3, young), birth_date=young)


def test_a_soft_rule_asks_for_a_reason(officer):
    old = date(1970, 1, 1)
    asked = {"force": "auxiliary", "sponsor": "", "birth_date": old, "number": id_number(3, old)}
    with refusal("exception"):
        proposed(officer, **asked)
    assert proposed(officer, **asked, exception="退役军人").exception == "退役军人"


@given(age=st.integers(14, 80), limit=st.integers(30, 60), is_hard=st.booleans())
def test_a_person_is_proposed_freely_for_a_reason_or_not_at_all_as_the_rule_says(age, limit, is_hard):
    rule = Rule("patrol", date(1900, 1, 1), None, 18, limit, None, is_hard, False, "")
    born = TODAY.replace(year=TODAY.year - age, day=1, month=1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(proposing, "rules", lambda: [rule])
        found = proposing.judged("patrol", born, "71", TODAY, TODAY)
    assert any(isinstance(each, Problem) for each in found) == (age < 18 or (age > limit and is_hard))
    assert bool(found) == (age < 18 or age > limit)


# --- checks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("found", "code"), [(None, "unchecked"), (NOT_CLEARED, "not_cleared")])
def test_nobody_is_approved_who_was_not_checked_or_not_cleared(clerk, officer, found, code):
    entry = proposed(clerk)
    if found:
        check(officer, entry, found)
    with refusal(code):
        approve(officer, entry)


def test_the_newest_check_counts(clerk, officer):
    entry = proposed(clerk)
    check(officer, entry, NOT_CLEARED)
    check(officer, entry)
    assert approve(officer, entry)


def test_a_check_that_was_taken_back_counts_no_more(clerk, officer):
    entry = proposed(clerk)
    made = check(officer, entry)
    with as_account(officer):
        checking.take_back(made, "录错了人", TODAY, officer)
        with pytest.raises(checking.CheckingRefused):
            checking.take_back(made, "录错了人", TODAY, officer)
    with refusal("unchecked"):
        approve(officer, entry)


def test_a_volunteer_needs_no_check_unless_the_rule_says_so(clerk, officer):
    entry = proposed(clerk, force="volunteer", sponsor="")
    with as_root("test"):
        EligibilityRule.objects.filter(force="volunteer").update(needs_check=True)
    with refusal("unchecked"):
        approve(officer, entry)
    with as_root("test"):
        EligibilityRule.objects.filter(force="volunteer").update(needs_check=False)
    assert approve(officer, entry).assignments.model


# --- four eyes --------------------------------------------------------------------------------------------------------


def test_nobody_decides_what_they_proposed(officer, second_officer, governance):
    asked = {"force": "patrol", "sponsor": ""}
    entry = proposed(officer, **asked)
    check(officer, entry)
    with refusal("not_yours"):
        approve(officer, entry)
    assert approve(governance, entry)
    other = proposed(officer, **asked, number=id_number(8, BORN), name="梁试二")
    check(second_officer, other)
    assert approve(second_officer, other)


def test_governance_does_not_decide_about_forces_of_towns_and_villages(clerk, officer, governance):
    entry = proposed(clerk)
    check(officer, entry)
    with refusal("not_yours"):
        approve(governance, entry)


def test_a_proposal_stays_with_who_wrote_for_that_force(account):
    """Who has another role since may see the entry and give it up no more: the database would refuse."""
    staff = account("staff", TOWN)
    entry = proposed(staff, force="guard", sponsor="")
    assert proposing.may_withdraw(entry, staff)
    assert not proposing.may_withdraw(entry, account("staff", TOWN, username="another"))
    staff.role = "clerk"
    assert not proposing.may_withdraw(entry, staff)


def test_an_entry_is_decided_once(clerk, officer):
    entry = proposed(clerk)
    check(officer, entry)
    approve(officer, entry)
    for again in (lambda: approve(officer, entry), lambda: deciding.decline(entry, officer, "不", TODAY)):
        with as_account(officer), refusal("decided"):
            again()
    with as_root("test"):
        assert Member.objects.count() == 1


def test_the_same_person_is_proposed_once_at_a_time(clerk):
    first = proposed(clerk)
    with refusal("repeated"):
        proposed(clerk)
    with as_account(clerk):
        assert proposing.withdraw(first, clerk, TODAY)
        assert not proposing.withdraw(first, clerk, TODAY)
    assert proposed(clerk)


# --- what the database forbids by itself ------------------------------------------------------------------------------

APPROVED = (
    "UPDATE personnel_entry SET decision = 'approved', decided_by = {by}, decided_on = '{today}', member_id = {member},"
    " made_for = {member}, id_sealed = NULL, id_digest = NULL, phone_sealed = NULL WHERE id = {entry}"
)


def refused(account, statement):
    with (
        as_account(account),
        connection.cursor() as cursor,
        pytest.raises(DatabaseError) as error,
        transaction.atomic(),
    ):
        cursor.execute(statement)
    return str(error.value)


def test_the_database_takes_nobody_in_without_a_check(clerk, officer):
    entry = proposed(clerk)
    with as_root("test"):
        member = MemberFactory(name="梁试入", birth_date=BORN, id_number=NUMBER)
        serve(member)
    told = {"today": TODAY, "member": member.pk, "entry": entry.pk}
    assert "without a background check" in refused(officer, APPROVED.format(by=officer.pk, **told))
    assert "not for clerk" in refused(clerk, APPROVED.format(by=clerk.pk, **told))
    check(officer, entry)
    assert "not for hr" in refused(officer, APPROVED.format(by=clerk.pk, **told))
    nobody = told | {"member": member.pk + 1}
    assert "nobody was taken in" in refused(officer, APPROVED.format(by=officer.pk, **nobody))


def test_the_database_keeps_the_four_eyes(officer):
    entry = proposed(officer, force="patrol", sponsor="")
    statement = (
        f"UPDATE personnel_entry SET decision = 'declined', answer = '不', decided_by = {officer.pk},"
        f" decided_on = '{TODAY}' WHERE id = {entry.pk}"
    )
    assert "entry_is_decided_by_somebody_else" in refused(officer, statement)


@pytest.mark.parametrize("change", ["name = '梁试异'", "force = 'volunteer', sponsor = ''", "starts_on = '2030-01-01'"])
def test_what_was_proposed_or_decided_never_changes(clerk, officer, change):
    entry = proposed(clerk)
    assert "never changes" in refused(clerk, f"UPDATE personnel_entry SET {change} WHERE id = {entry.pk}")
    check(officer, entry)
    approve(officer, entry)
    assert "never changes" in refused(officer, f"UPDATE personnel_entry SET {change} WHERE id = {entry.pk}")


def test_nobody_rewrites_or_forges_a_check(clerk, officer, governance):
    entry = proposed(clerk)
    made = check(officer, entry)
    assert "permission denied" in refused(officer, "UPDATE personnel_backgroundcheck SET office = '别处'")
    assert "permission denied" in refused(officer, "DELETE FROM personnel_backgroundcheck")
    forged = (
        "INSERT INTO personnel_backgroundcheck (unit_id, entry_id, force, checked_on, office, outcome_sealed,"
        " document_sealed, reason, recorded_by, recorder_name) VALUES"
        f" ({VILLAGE}, {entry.pk}, 'joint_defence', '{TODAY}', '处', '\\x00', '\\x00', '', 1, '')"
    )
    for account in (clerk, governance):
        assert "row-level security" in refused(account, forged)
    assert made.pk


# --- who was not taken in ---------------------------------------------------------------------------------------------


def decided_before(days, decision):
    day = TODAY - timedelta(days=days)
    with as_root("test", duty="hr"), connection.cursor() as cursor:
        (key,) = keys(cursor, Entry, 1)
        entry = Entry.objects.create(
            id=key, unit_id=VILLAGE, force="patrol", starts_on=day, way="open", name="梁试入", id_number=NUMBER,
            sex="male", birth_date=BORN, phone="13912345678", reason="梁试入很好", proposed_by=1, proposed_on=day,
            decision=decision, decided_by=2, decided_on=day, answer="梁试入不行",
        )  # fmt: skip
        (key,) = keys(cursor, BackgroundCheck, 1)
        BackgroundCheck.objects.create(
            id=key, entry=entry, unit_id=VILLAGE, force="patrol", recorded_by=2, **vars(NOT_CLEARED)
        )
    return entry


@pytest.mark.parametrize("decision", ["declined", "withdrawn"])
@pytest.mark.django_db
def test_who_was_not_taken_in_is_forgotten_after_thirty_days(decision):
    due, not_due = decided_before(30, decision), decided_before(29, decision)
    assert forgetting.forget(TODAY) == 1
    assert seen(not_due).id_number == NUMBER
    found = seen(due)
    assert (found.name, found.id_number, found.id_digest, found.phone, found.birth_date) == (ERASED, *[None] * 4)
    with as_root("test", duty="hr"), connection.cursor() as cursor:
        assert BackgroundCheck.objects.get().entry_id == not_due.pk
        cursor.execute("SELECT row FROM organization_trail_masked WHERE table_name = 'personnel_entry'")
        assert {row for (row,) in cursor.fetchall()} == {not_due.pk}
    assert forgetting.forget(TODAY) == 0
    call_command("tick")
    assert seen(not_due).wiped_on is None


def test_nobody_is_forgotten_by_hand(clerk, officer):
    entry = proposed(clerk)
    with as_account(officer):
        deciding.decline(entry, officer, "不符合条件", TODAY)
    wiped = (
        "UPDATE personnel_entry SET name = '已清除', id_sealed = NULL, id_digest = NULL, id_mask = '',"
        f" education = NULL, phone_sealed = NULL, birth_date = NULL, wiped_on = '{TODAY}' WHERE id = {entry.pk}"
    )
    assert "never changes" in refused(officer, wiped)
