"""A roster with nothing left open is kept ready at its preview and written as it is, unless something is different."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from organization.models import Unit
from organization.scope import as_account, as_root
from personnel.models import (
    Assignment,
    EligibilityRule,
    EmergencyContact,
    Member,
    RosterImport,
    StagedBlock,
    StagedRoster,
    StagedWrite,
)
from personnel.roster import committing, examination, jobs, marking, staged_lines, staging, state, undoing
from personnel.roster.source import open_file
from personnel.roster.staging import terms_of
from tests.conftest import OTHER_VILLAGE, VILLAGE
from tests.factories import MemberFactory, serve
from tests.personnel.roster.files import xlsx
from tests.personnel.roster.people import HEADER, name, number, person, table

pytestmark = pytest.mark.django_db


def previewed(clerk, rows, **options) -> RosterImport:
    with as_account(clerk):
        source = open_file(xlsx({"花名册": rows}), "册.xlsx")
        return jobs.take_in(source, terms_of(clerk, VILLAGE, **options), clerk)


def imported(clerk, roster, *, partial=False) -> str:
    with as_account(clerk):
        return jobs.import_staged(RosterImport.objects.select_for_update().get(pk=roster.pk), clerk, partial=partial)


@pytest.fixture
def known(clerk):
    """Two people of the village as a roster brought them."""
    assert imported(clerk, previewed(clerk, table([person(1), person(2)]))) == ""


@pytest.fixture
def judged_again(monkeypatch):
    """The number of rosters that were judged from here on."""
    counted = []
    judge = examination.judging.judge
    monkeypatch.setattr(examination.judging, "judge", lambda *given: counted.append(1) or judge(*given))
    return counted


def test_new_changed_and_unchanged_people_are_written_without_judging_them_again(clerk, known, judged_again):
    rows = table([person(1), person(2, 文化程度="大专", 联系电话="13900000009"), person(3)])
    roster = previewed(clerk, rows)
    judged_again.clear()
    assert imported(clerk, roster) == ""
    assert judged_again == []
    with as_account(clerk):
        record = RosterImport.objects.get(pk=roster.pk)
        assert [record.counts[fate] for fate in ("create", "change", "unchanged")] == [1, 1, 1]
        second, third = (Member.objects.get(name=name(n)) for n in (2, 3))
        assert (second.education, second.phone, third.id_number) == ("31", "13900000009", number(3))
        assert third.assignments.get().started_on == date(2014, 7, 1)
        assert record.rows.filter(member_id=second.pk, before__member__education="61").exists()


CHANGES = {
    "a line is left out": lambda roster: staging.leave_out(roster.staged.get(number=3)),
    "a member is changed": lambda roster: Member.objects.filter(name=name(1)).update(education="31"),
    "a service is changed": lambda roster: Assignment.objects.update(post="班长"),
    "a contact is added": lambda roster: EmergencyContact.objects.create(
        member=Member.objects.get(name=name(1)), name="李家人", phone="13700000001"
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_when_the_people_or_lines_are_different_it_is_judged_again(clerk, known, judged_again, change):
    roster = previewed(clerk, table([person(1), person(2)]))
    with as_account(clerk):
        change(roster)
    judged_again.clear()
    imported(clerk, roster)
    assert judged_again


def test_people_of_whom_nothing_new_is_said_are_not_locked(clerk, known):
    roster = previewed(clerk, table([person(1), person(2, 文化程度="大专")]))
    with as_account(clerk):
        before = holders()
        with transaction.atomic():
            state.of(roster, staging.terms_for(roster, clerk), lock=True)
        assert {key for key, holder in holders().items() if holder != before[key]} == {name(2)}


def holders():
    """Who holds the row of each person, by number of the transaction or its part."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, xmax::text FROM personnel_member")
        return dict(cursor.fetchall())


def test_when_a_rule_is_different_it_is_judged_again(clerk, root, judged_again):
    roster = previewed(clerk, table([person(1)]))
    with as_root("test", duty="sysadmin"):
        EligibilityRule.objects.create(force="joint_defence", valid_from=date(2000, 1, 1), min_age=60)
    judged_again.clear()
    imported(clerk, roster)
    assert judged_again


def test_when_a_unit_has_another_name_it_is_judged_again(clerk, root, judged_again):
    roster = previewed(clerk, table([person(1)]))
    with as_root("test", duty="sysadmin"):
        Unit.objects.filter(code=OTHER_VILLAGE).update(name="改名村")
    judged_again.clear()
    assert imported(clerk, roster) == ""
    assert judged_again


def test_on_another_day_it_is_judged_again(clerk, judged_again, monkeypatch):
    roster = previewed(clerk, table([person(1)]))
    judged_again.clear()
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda: tomorrow)
    assert imported(clerk, roster) == ""
    assert judged_again


def test_somebody_registered_elsewhere_meanwhile_is_found_and_nothing_is_written(clerk, root):
    roster = previewed(clerk, table([person(1), person(2)]))
    with as_root("test", duty="sysadmin"):
        serve(MemberFactory(id_number=number(2), unit_id=OTHER_VILLAGE))
    assert "3" in imported(clerk, roster)
    with as_account(clerk):
        assert not Member.objects.exists()
        assert RosterImport.objects.get(pk=roster.pk).state == "waiting"


def test_a_roster_with_something_to_be_asked_is_not_prepared(clerk, root):
    with as_root("test", duty="sysadmin"):
        serve(MemberFactory(id_number=number(2), unit_id=OTHER_VILLAGE))
    roster = previewed(clerk, table([person(1), person(2)]))
    with as_account(clerk):
        assert not StagedWrite.objects.exists()
        assert StagedRoster.objects.get(roster=roster).depends_on == {}


def test_rows_that_cannot_be_imported_stay_behind_without_judging_the_others_again(clerk, judged_again):
    rows = table([person(1), person(2, 职务="小队长"), person(3, 身份证号="1", 职务="〃"), person(4)])
    roster = previewed(clerk, rows)
    judged_again.clear()
    assert imported(clerk, roster, partial=True) == ""
    assert judged_again == []
    with as_account(clerk):
        assert Member.objects.count() == 3
        (left,) = roster.staged.all()
        assert (left.number, left.fate) == (4, "reject")
        assert staged_lines.open_cells(left)[HEADER.index("职务")] == "小队长"
        assert not StagedBlock.objects.exists()
        counts = RosterImport.objects.get(pk=roster.pk).counts
        assert (counts["create"], counts["reject"]) == (3, 1)


def test_they_keep_out_the_whole_roster_where_nobody_leaves_them_out(clerk):
    roster = previewed(clerk, table([person(1), person(2, 身份证号="1")]))
    assert "3" in imported(clerk, roster)
    with as_account(clerk):
        assert not Member.objects.exists()
        assert roster.staged.count() == 2
    assert imported(clerk, roster, partial=True) == ""


def test_a_line_that_was_corrected_makes_it_ready(clerk, judged_again):
    roster = previewed(clerk, table([person(1), person(2, 身份证号="1")]))
    with as_account(clerk):
        line = roster.staged.get(number=3)
        cells = staged_lines.open_cells(line)
        cells[HEADER.index("身份证号")] = number(2)
        staging.correct(line, cells)
        staging.judge_again(RosterImport.objects.get(pk=roster.pk), clerk)
    judged_again.clear()
    assert imported(clerk, roster) == ""
    assert judged_again == []
    with as_account(clerk):
        assert Member.objects.count() == 2


def test_what_is_ready_is_sealed_for_its_sender_and_gone_after_the_import(clerk, account):
    roster = previewed(clerk, table([person(1), person(2)]))
    with as_account(account("clerk", VILLAGE, username="another")):
        assert not StagedWrite.objects.exists()
    with as_account(clerk), connection.cursor() as cursor:
        cursor.execute("SELECT encode(content_sealed, 'escape') FROM personnel_stagedwrite")
        content = " ".join(text for (text,) in cursor.fetchall())
        assert content
        assert not re.search(rf"{number(1)}|1380000000|{name(1)}", content)
    assert imported(clerk, roster) == ""
    with as_account(clerk):
        assert not StagedWrite.objects.exists()


def test_it_is_the_same_that_judging_again_would_write(clerk, known, monkeypatch):
    """Two rosters alike, one written as prepared and one judged again, leave the same register but for its keys."""
    rows = table([person(1, 文化程度="大专"), person(2), person(3), person(4, 联系电话=""), person(5, 身份证号="1")])
    stands = []
    for prepare in (True, False):
        roster = previewed(clerk, rows)
        if not prepare:
            monkeypatch.setattr(committing, "commit_prepared", lambda *given, **more: False)
        assert imported(clerk, roster, partial=True) == ""
        stands.append(register(clerk, roster))
        with as_account(clerk, batch=str(roster.pk)):
            undoing.undo(RosterImport.objects.select_for_update().get(pk=roster.pk), clerk)
    assert stands[0] == stands[1]


def register(clerk, roster):
    with as_account(clerk), connection.cursor() as cursor:
        cursor.execute(
            "SELECT (to_jsonb(m) - '{id,id_sealed,phone_sealed}'::text[]) || (to_jsonb(a) - '{id,member_id}'::text[])"
            " FROM personnel_member m JOIN personnel_assignment a ON a.member_id = m.id ORDER BY m.id_digest"
        )
        people = cursor.fetchall()
        cursor.execute(
            "SELECT sheet, number, fate, findings, before #- '{service,id}' FROM personnel_importedline"
            " WHERE roster_id = %s ORDER BY number",
            [roster.pk],
        )
        return people, cursor.fetchall()


def test_rows_that_took_nothing_from_others_stay_behind_without_reading_the_others(clerk, monkeypatch):
    roster = previewed(clerk, table([person(1), person(2, 身份证号="1", 职务="小队长"), person(3)]))
    monkeypatch.setattr(staged_lines, "source_of", None)
    with as_account(clerk):
        assert marking.bad_rows(RosterImport.objects.get(pk=roster.pk), clerk)[:2] == b"PK"
    assert imported(clerk, roster, partial=True) == ""
    with as_account(clerk):
        (left,) = roster.staged.all()
        assert staged_lines.open_cells(left)[HEADER.index("职务")] == "小队长"
