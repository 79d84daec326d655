"""Discipline cases: one account proposes, another confirms, and what is confirmed stays; a mistake is withdrawn."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from organization.models import Account, TrailEntry, Unit
from organization.scope import as_account, as_root
from personnel.corrections import withdrawal
from personnel.corrections.comparing import HANDLED, compare
from personnel.corrections.merging import NotMergeable, merge
from personnel.corrections.unmerging import unmerge
from personnel.discipline import deciding, recording, standings
from personnel.discipline.terms import DisciplineRefused
from personnel.models import Assignment, DisciplineCase, Member
from personnel.models.discipline import HANDLING_DAYS, SERVING_ON_DAYS
from personnel.privacy import whole_file
from tests.conftest import OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, id_number, serve
from tests.personnel.disciplining import (
    SUMMARY,
    TODAY,
    days_ago,
    decided,
    propose,
    record,
    somebody,
    withdrawn,
)


@pytest.fixture
def second(account):
    return account("hr", username="second")


@pytest.fixture
def office(account):
    return account("governance", username="office")


@pytest.fixture
def member(db):
    return somebody()[0]


@pytest.fixture
def case(officer, member):
    return record(officer, member)


def refused(step):
    with pytest.raises(DisciplineRefused) as refusal:
        step()
    return refusal.value.code


# --- recording --------------------------------------------------------------------------------------------------------


def test_a_case_says_where_and_in_which_force_the_person_served_on_that_day(db, officer):
    member, _old = somebody(since="2012-01-01", until="2013-01-01", unit=OTHER_VILLAGE)
    with as_root("test"):
        serve(member, since="2013-01-01", force="patrol", unit=Unit.objects.get(pk=VILLAGE))
    told = {"reported_on": TODAY, "category": "work", "source": "self", "summary": SUMMARY}
    with as_account(officer):
        for day, where in ((date(2012, 12, 31), OTHER_VILLAGE), (date(2013, 1, 1), VILLAGE)):
            service = recording.service_on(member, day)
            made = recording.record(service, told | {"occurred_on": day}, officer)
            assert (made.unit_id, made.force) == (where, service.force)


def test_nothing_is_recorded_of_a_day_without_service(db, officer):
    member, _service = somebody(since="2012-01-01", until="2013-01-01")
    with as_account(officer):
        for day in (date(2011, 12, 31), date(2013, 1, 1)):
            assert refused(lambda day=day: recording.service_on(member, day)) == "not_serving"


def test_of_two_services_on_a_day_somebody_chooses_one(db, officer):
    member, one = somebody(share=60)
    with as_root("test"):
        other = serve(member, share=40, share_from=60, unit=Unit.objects.get(pk=SECOND_VILLAGE))
    with as_account(officer):
        assert refused(lambda: recording.service_on(member, days_ago(3))) == "several"
        assert recording.service_on(member, days_ago(3), other.pk) == other
        assert recording.service_on(member, days_ago(3), one.pk) == one


def test_the_summary_is_sealed(case):
    with as_root("test", duty="hr"), connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM personnel_disciplinecase t")
        (stored,) = cursor.fetchone()
    assert SUMMARY not in stored
    assert case.summary == SUMMARY


def as_it_should_be(member, account):
    with as_root("test"):
        service = Assignment.objects.get(member=member)
    return {
        "member_id": member.pk, "unit_id": service.unit_id, "service": service, "force": service.force,
        "occurred_on": days_ago(20), "reported_on": days_ago(10), "category": "work", "source": "self",
        "recorded_by": account.pk,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"category": "crime"}, "category_is_known"),
        ({"source": "rumour"}, "source_is_known"),
        ({"reported_on": days_ago(21)}, "reported_after_the_incident"),
        ({"reported_on": TODAY + timedelta(1)}, "recorded_after_the_report"),
        ({"occurred_on": date(2011, 1, 1)}, "did not serve there"),
        ({"unit_id": SECOND_VILLAGE}, "did not serve there"),
        ({"force": "patrol"}, "did not serve there"),
    ],
)
def test_the_database_refuses_a_case_that_cannot_be(officer, member, fields, rule):
    told = as_it_should_be(member, officer) | fields
    with as_account(officer), pytest.raises(IntegrityError, match=rule), transaction.atomic():
        DisciplineCase.objects.create(**told)


def test_facts_are_corrected_until_a_decision_is_proposed(case, officer, second):
    facts = {"occurred_on": days_ago(5), "reported_on": days_ago(4), "category": "work", "source": "self",
             "summary": "试用情节之二"}  # fmt: skip
    with as_account(second):
        assert recording.correct(case, facts, second).summary == "试用情节之二"
        before = facts | {"occurred_on": date(2001, 1, 1)}
        assert refused(lambda: recording.correct(case, before, second)) == "not_serving"
    propose(case, officer)
    with as_account(second):
        assert refused(lambda: recording.correct(case, facts, second)) == "proposed"


def test_a_case_is_corrected_though_the_days_of_the_service_were_corrected_since(case, officer):
    with as_root("test"):
        Assignment.objects.update(started_on=days_ago(15))
    with as_account(officer):
        facts = {name: getattr(case, name) for name in recording.FACTS} | {"summary": "试用情节之二"}
        assert recording.correct(case, facts, officer).summary == "试用情节之二"
        elsewhere = facts | {"occurred_on": days_ago(16)}
        assert refused(lambda: recording.correct(case, elsewhere, officer)) == "not_serving"


def test_what_an_erasure_cleared_is_not_typed_again(case, officer):
    with as_account(officer):
        facts = {name: getattr(case, name) for name in recording.FACTS}
        DisciplineCase.objects.update(summary=None)
        assert not standings.may(officer, DisciplineCase.objects.get()).correct
        assert refused(lambda: recording.correct(case, facts, officer)) == "erased"


# --- deciding ---------------------------------------------------------------------------------------------------------


def test_the_office_or_a_second_account_of_the_personnel_office_confirms(officer, second, office):
    for other in (second, office):
        found = decided(record(officer, somebody()[0]), officer, other)
        assert (found.proposed_by, found.confirmed_by) == (officer.pk, other.pk)
        assert standings.step(found) == "done"


def test_nobody_confirms_what_he_or_she_proposed(case, officer):
    proposed = propose(case, officer)
    with as_account(officer):
        assert refused(lambda: deciding.confirm(proposed, officer, proposed.proposed_at)) == "own_work"


def test_the_office_proposes_nothing(case, office):
    with as_account(office):
        step = {"decided_on": TODAY, "outcome": "talk", "document": ""}
        assert refused(lambda: deciding.propose(case, office, **step)) == "not_yours"
        assert refused(lambda: deciding.ask_withdrawal(case, office, "x")) == "not_yours"


def test_what_is_confirmed_is_what_was_looked_at(case, officer, second, office):
    seen = propose(case, officer).proposed_at
    with as_account(office):
        earlier = seen - timedelta(seconds=1)
        assert refused(lambda: deciding.confirm(case, office, earlier)) == "changed_meanwhile"
        assert refused(lambda: deciding.confirm(case, office, None)) == "changed_meanwhile"


def test_a_decision_is_confirmed_once(case, officer, office):
    found = decided(case, officer, office)
    with as_account(office):
        assert refused(lambda: deciding.confirm(found, office, found.proposed_at)) == "confirmed"
        assert refused(lambda: deciding.send_back(found, office)) == "confirmed"


def test_a_proposal_that_is_sent_back_leaves_the_case_undecided(case, officer, office):
    propose(case, officer)
    with as_account(office):
        found = deciding.send_back(case, office)
        assert standings.step(found) == "decide"
        assert refused(lambda: deciding.confirm(found, office, None)) == "not_proposed"


def test_a_proposal_is_replaced_by_none_that_was_typed_beside_it(case, officer, second):
    propose(case, officer, "warning")
    assert refused(lambda: propose(case, second, "demerit")) == "proposed"
    with as_account(second):
        deciding.send_back(case, second)
    assert propose(case, second, "demerit").proposed_by == second.pk


def test_while_a_withdrawal_waits_nothing_else_goes_on(case, officer, second, office):
    proposed = propose(case, officer)
    with as_account(second):
        deciding.ask_withdrawal(case, second, "记错了人")
    with as_account(office):
        assert refused(lambda: deciding.confirm(case, office, proposed.proposed_at)) == "withdrawing"
        assert refused(lambda: deciding.send_back(case, office)) == "withdrawing"
        deciding.keep(case, office)
        deciding.send_back(case, office)
    with as_account(officer):
        deciding.ask_withdrawal(case, officer, "记错了人")
        facts = {name: getattr(case, name) for name in recording.FACTS}
        assert refused(lambda: recording.correct(case, facts, officer)) == "withdrawing"
    assert refused(lambda: propose(case, second)) == "withdrawing"


def test_a_case_waits_for_those_alone_whose_page_has_the_button(case, officer, second, office):
    propose(case, officer)
    with as_account(second):
        deciding.ask_withdrawal(case, second, "记错了人")
    for each in (officer, second, office):
        with as_account(each):
            found = DisciplineCase.objects.get()
            waits = DisciplineCase.objects.to_confirm_by(each.pk).exists()
            assert waits == standings.may(each, found).confirm


def test_what_is_withdrawn_is_what_was_looked_at(case, officer, office):
    with as_account(officer):
        seen = deciding.ask_withdrawal(case, officer, "记错了人").withdrawal_asked_at
    with as_account(office):
        earlier = seen - timedelta(seconds=1)
        assert refused(lambda: deciding.withdraw(case, office, earlier)) == "changed_meanwhile"
        assert refused(lambda: deciding.withdraw(case, office, None)) == "changed_meanwhile"
        assert deciding.withdraw(case, office, seen).withdrawn_by == office.pk


@pytest.mark.parametrize(("decided_ago", "code"), [(11, "wrong_day")])
def test_no_decision_comes_before_the_report(case, officer, decided_ago, code):
    assert refused(lambda: propose(case, officer, decided=decided_ago)) == code


@pytest.mark.parametrize("outcome", ["warning", "demerit", "suspended", "dismissal", "dismissed", "handed_over"])
def test_a_sanction_names_its_document(case, officer, outcome):
    with pytest.raises(IntegrityError, match="names_its_document"):
        propose(case, officer, outcome, document="")


def test_a_mistake_is_withdrawn_by_two_and_stays_on_record(case, officer, second, office):
    decided(case, officer, office)
    with as_account(second):
        asked = deciding.ask_withdrawal(case, second, "记错了人")
        assert refused(lambda: deciding.ask_withdrawal(case, second, "again")) == "asked_already"
        assert refused(lambda: deciding.withdraw(asked, second, asked.withdrawal_asked_at)) == "own_work"
    with as_account(officer):
        gone = deciding.withdraw(case, officer, asked.withdrawal_asked_at)
        assert standings.step(gone) == "withdrawn"
        assert DisciplineCase.objects.filter(pk=case.pk).exists()
        assert not DisciplineCase.objects.counted(TODAY).exists()
        assert refused(lambda: deciding.ask_withdrawal(case, officer, "again")) == "withdrawn"


def test_a_case_that_is_to_be_withdrawn_may_be_kept(case, officer, office):
    with as_account(officer):
        deciding.ask_withdrawal(case, officer, "记错了人")
    with as_account(office):
        kept = deciding.keep(case, office)
        assert (kept.withdrawal_reason, standings.step(kept)) == ("", "decide")
        assert refused(lambda: deciding.withdraw(kept, office, None)) == "not_asked"


# --- the database by itself -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "by"),
    [
        ("confirmed_by = proposed_by, confirmed_at = now()", "officer"),
        ("confirmed_by = 1, confirmed_at = now()", "office"),
        ("confirmed_by = {me}, confirmed_at = now() - interval '1 day'", "office"),
        ("outcome = 'talk', confirmed_by = {me}, confirmed_at = now()", "office"),
        ("category = 'other'", "office"),
        ("category = 'other'", "officer"),
        ("withdrawn_by = {me}, withdrawn_at = now()", "office"),
        ("withdrawal_asked_by = {me}, withdrawal_asked_at = now(), withdrawal_reason = 'x'", "office"),
        ("proposed_by = 1, proposed_at = now()", "officer"),
        ("recorded_by = 1", "officer"),
        ("unit_id = 440199001002", "officer"),
        ("member_id = member_id + 1", "officer"),
        ("force = 'patrol'", "officer"),
    ],
)
def test_no_statement_takes_a_step_that_is_not_its_accounts_own(case, officer, office, change, by):
    propose(case, officer)
    account = {"officer": officer, "office": office}[by]
    with as_account(account), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE personnel_disciplinecase SET {change.format(me=account.pk)}")


@pytest.mark.parametrize(
    "change",
    ["outcome = 'talk'", "summary_sealed = NULL", "confirmed_by = NULL, confirmed_at = NULL", "decided_on = NULL"],
)
def test_no_statement_changes_a_confirmed_case(case, officer, office, change):
    decided(case, officer, office)
    for account in (officer, office):
        with as_account(account), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE personnel_disciplinecase SET {change}")


def test_nobody_deletes_a_case(case, officer, office):
    for account in (officer, office):
        with as_account(account), pytest.raises(DatabaseError, match="permission"), transaction.atomic():
            DisciplineCase.objects.filter(pk=case.pk).delete()


def test_the_office_records_nothing_by_itself(member, office):
    told = as_it_should_be(member, office)
    with as_account(office), pytest.raises(DatabaseError, match="personnel office"), transaction.atomic():
        DisciplineCase.objects.create(**told)


# --- on a day ---------------------------------------------------------------------------------------------------------


def test_a_case_is_overdue_after_its_days_and_decided_in_time_within_them(db, officer, office):
    just, late = (record(officer, somebody()[0], occurred=60, reported=days) for days in (HANDLING_DAYS, 31))
    with as_account(officer):
        assert [*DisciplineCase.objects.overdue(TODAY)] == [late]
        assert set(DisciplineCase.objects.undecided(TODAY)) == {just, late}
        assert not DisciplineCase.objects.undecided(days_ago(32)).exists()
    for each in (just, late):
        decided(each, officer, office, decided=0)
    with as_account(officer):
        assert [*DisciplineCase.objects.decided(TODAY).timely()] == [just]
        assert not DisciplineCase.objects.undecided(TODAY).exists()
        assert set(DisciplineCase.objects.undecided(days_ago(1))) == {just, late}


def test_an_unfounded_case_is_decided_and_not_counted(case, officer, office):
    decided(case, officer, office, "unfounded", document="")
    with as_account(office):
        assert DisciplineCase.objects.decided_within_year(TODAY).count() == 1
        assert DisciplineCase.objects.counted(TODAY).count() == 0


def test_who_was_taken_on_again_after_a_dismissal_is_not_still_serving(db, officer, office):
    member, service = somebody(force="auxiliary")
    found = record(officer, member, occurred=60, reported=50)
    decided(found, officer, office, "dismissed", decided=SERVING_ON_DAYS + 1)
    with as_account(officer):
        serving = DisciplineCase.objects.dismissed_still_serving
        assert (serving(TODAY).count(), serving(days_ago(1)).count()) == (1, 0)
    with as_root("test"):
        Assignment.objects.filter(pk=service.pk).update(ended_on=days_ago(10), ending="dismissed")
        serve(member, since=days_ago(5).isoformat(), force="auxiliary", beginning="returned")
    with as_account(officer):
        assert not DisciplineCase.objects.dismissed_still_serving(TODAY).exists()
        assert standings.services_to_end(DisciplineCase.objects.get(), TODAY) == []


# --- who sees it ------------------------------------------------------------------------------------------------------


INSERT = """
INSERT INTO personnel_disciplinecase (member_id, unit_id, service_id, force, occurred_on, reported_on, category, source,
                                      recorded_by, outcome, document, withdrawal_reason)
VALUES (%s, %s, %s, %s, '2014-01-01', '2014-01-01', 'work', 'self', %s, '', '', '')
"""


def counts(account):
    with as_account(account):
        table = TrailEntry.objects.filter(table="personnel_disciplinecase")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM personnel_disciplinecase")
            return cursor.fetchone()[0], table.count()


def test_a_district_sees_its_cases_a_station_its_own_and_a_stranger_none(case, account, officer, office):
    assert counts(officer) == counts(office) == (1, 1)
    assert counts(account("hr", 440199_901_000)) == (0, 0)


@pytest.mark.parametrize(
    ("role", "unit"), [("clerk", VILLAGE), ("staff", TOWN), ("finance", None), ("training", None), ("sysadmin", None)]
)
def test_no_other_role_sees_a_case_or_its_history_whatever_it_asks(case, account, officer, role, unit):
    """Not with a statement of its own either, in its scope."""
    reader = account(role, unit) if unit else account(role)
    assert counts(reader) == (0, 0)
    with as_account(reader), connection.cursor() as cursor:
        cursor.execute("UPDATE personnel_disciplinecase SET category = 'other'")
        assert cursor.rowcount == 0
        with pytest.raises(DatabaseError, match=r"personnel office|row-level security"), transaction.atomic():
            cursor.execute(INSERT, [case.member_id, case.unit_id, case.service_id, case.force, reader.pk])


def test_the_auditor_reads_the_trail_and_no_summary(case, account, officer):
    auditor = account("auditor")
    assert counts(auditor) == (0, 1)
    with as_account(auditor):
        entry = TrailEntry.objects.get(table="personnel_disciplinecase")
    assert (entry.actor, entry.after["category"]) == (officer.pk, "attendance")
    assert entry.after["summary_sealed"] == "••••••"


def test_the_copy_for_the_person_tells_the_whole_case(case, officer, office, member):
    decided(case, officer, office)
    with as_account(officer):
        told = [part for part in whole_file.parts(Member.objects.get(pk=member.pk)) if part.rows]
    said = "".join(text for part in told for row in part.rows for text in row)
    assert SUMMARY in said
    assert "试纪〔2026〕1号" in said


def test_who_took_the_place_of_a_unit_reads_its_cases(account, officer):
    member, _service = somebody(unit=OTHER_VILLAGE)
    record(officer, member)
    station = account("hr", 440199_901_000)
    with as_root("test"):
        Unit.objects.filter(pk=OTHER_VILLAGE).update(closed_on=TODAY, successor=440199_901_000)
    with as_account(station):
        assert DisciplineCase.objects.count() == 1


# --- files that are withdrawn or merged -------------------------------------------------------------------------------


def test_a_file_with_a_case_is_not_withdrawn_not_even_by_who_does_not_see_the_case(case, account, officer, member):
    staff = account("staff", TOWN)
    with as_account(staff):
        with pytest.raises(withdrawal.NotWithdrawable) as refusal, transaction.atomic():
            withdrawal.withdraw(Member.objects.get(pk=member.pk), "误录", staff)
        assert refusal.value.code == "out_of_reach"


@pytest.fixture
def twins(db):
    """Two files of one person; the younger absorbs the older."""
    found = []
    for number, (since, until) in enumerate((("2012-01-01", "2013-01-01"), ("2013-06-01", None))):
        with as_root("test"):
            member = MemberFactory(
                name="苏试重", birth_date=date(1985, 6, 20), id_number=id_number(210 + number, date(1985, 6, 20))
            )
            serve(member, since=since, until=until)
        found.append(member)
    return found


def test_a_case_goes_with_its_service_when_files_are_merged_and_back_again(twins, account, officer):
    older, younger = twins
    staff = account("staff", TOWN)
    told = {"occurred_on": date(2012, 5, 1), "reported_on": days_ago(3), "category": "work", "source": "self",
            "summary": SUMMARY}  # fmt: skip
    with as_account(officer):
        case = recording.record(recording.service_on(older, told["occurred_on"]), told, officer)
    with as_account(staff):
        record_of_merge = merge(younger.pk, older.pk, staff, reason="一人两档", taken=[])
    with as_account(officer):
        moved = DisciplineCase.objects.get()
        assert (moved.pk, moved.member_id, moved.summary) == (case.pk, younger.pk, SUMMARY)
    with as_account(staff):
        assert unmerge(record_of_merge, staff) == []
    with as_account(officer):
        assert DisciplineCase.objects.get().member_id == older.pk


def test_a_merge_that_leaves_the_service_of_a_case_behind_is_refused(twins, account, officer):
    older, younger = twins
    staff = account("staff", TOWN)
    told = {"occurred_on": date(2012, 5, 1), "reported_on": days_ago(3), "category": "work", "source": "self",
            "summary": SUMMARY}  # fmt: skip
    with as_account(officer):
        service = recording.service_on(older, told["occurred_on"])
        recording.record(service, told, officer)
        assert HANDLED in compare(younger, older, officer, leaving=[service.pk]).refusals
    with as_account(staff), pytest.raises(NotMergeable) as refusal, transaction.atomic():
        merge(younger.pk, older.pk, staff, reason="一人两档", taken=[], leaving=[service.pk])
    assert refusal.value.code == "out_of_reach"


def test_a_withdrawn_case_is_found_where_it_is_asked_for(case, officer, second, visitor):
    withdrawn(case, officer, second)
    browser = visitor(officer)
    listed = browser.get("/personnel/disciplinecase/").context["cl"].result_count
    asked = browser.get("/personnel/disciplinecase/?standing=withdrawn").context["cl"].result_count
    assert (listed, asked) == (0, 1)


def test_accounts_that_decide_are_those_of_the_two_offices(db):
    roles = [role for role, _label in Account._meta.get_field("role").choices]
    may = {role for role in roles if Account(role=role).has_perm("personnel.confirm_disciplinecase")}
    assert may == {"hr", "governance"}
