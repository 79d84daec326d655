"""Background checks are for two offices: to all others there are none, wherever they look; and they follow the file."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from organization.belonging import Reach
from organization.models import SecurityEvent, Unit
from organization.reorganisation import Closing, ClosingRefused, close
from organization.scope import as_account, as_root
from personnel.bulk import keys
from personnel.corrections import withdrawal
from personnel.corrections.merging import merge
from personnel.corrections.unmerging import unmerge
from personnel.entries import checking, proposing
from personnel.figures.entries import vetting
from personnel.models import BackgroundCheck, Entry, Member
from personnel.unit_closing import PROPOSED
from tests.conftest import DISTRICT, OTHER_VILLAGE, SECOND_VILLAGE, STATION, TOWN, VILLAGE
from tests.factories import MemberFactory, id_number, serve
from tests.personnel.entries.test_workflow import BORN, CLEARED, NOT_CLEARED, TODAY, approve, check, proposed, seen

WORDS = ("塘口警务室", "东公审", "cleared", "checks/add", "审查")
CHECKED = {"checked_on": TODAY.isoformat(), "office": "塘口警务室", "outcome": "cleared", "document": "东公审7号"}


@pytest.fixture
def member(officer):
    """Somebody who serves in the village, checked by the personnel office."""
    with as_root("test"):
        found = MemberFactory(name="梁试审", birth_date=BORN, id_number=id_number(30, BORN))
        serve(found)
    recorded(found, officer)
    return found


def recorded(member, officer, found=CLEARED):
    with as_account(officer):
        return checking.of_member(Member.objects.get(pk=member.pk), found, officer)


def checks():
    with as_root("test", duty="hr"):
        return set(BackgroundCheck.objects.values_list("member_id", "unit_id"))


def page(member):
    return f"/personnel/member/{member.pk}/change/"


def text(answer):
    return answer.content.decode()


# --- who sees them ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "unit"),
    [("clerk", VILLAGE), ("staff", TOWN), ("finance", DISTRICT), ("training", DISTRICT), ("sysadmin", DISTRICT)],
)
def test_to_all_but_two_offices_there_are_no_checks(member, account, visitor, role, unit):
    user = account(role, unit)
    browser = visitor(user)
    for address in (page(member), f"/personnel/member/{member.pk}/history/", "/", "/dashboards/strength/"):
        answer = browser.get(address, follow=True)
        assert [word for word in WORDS if word in text(answer)] == []
    for address in (f"/personnel/member/{member.pk}/checks/add/", f"/personnel/member/{member.pk}/reveal/check/"):
        assert browser.get(address).status_code == 403
    assert browser.get("/dashboards/lists/serving-unchecked/").status_code in (403, 404)
    with as_account(user), connection.cursor() as cursor:
        for counted in (
            "SELECT count(*) FROM personnel_backgroundcheck",
            "SELECT count(*) FROM organization_trail_masked WHERE table_name = 'personnel_backgroundcheck'",
        ):
            cursor.execute(counted)
            assert cursor.fetchone() == (0,)


def test_the_figures_tell_two_offices_how_many_are_unchecked_and_all_others_nothing(member, clerk, officer, account):
    with as_root("test"):
        serve(MemberFactory(), force="patrol")
        serve(MemberFactory(), force="volunteer")
    account("governance", username="governance")

    def told(username):
        out = StringIO()
        call_command("figures", "--as", username, "--json", stdout=out)
        table = json.loads(out.getvalue().splitlines()[-1])
        return [table.get(f"vetting.{name}") for name in ("serving_unchecked", "checked_rate")]

    assert told("officer") == told("governance") == [1, 0.5]
    assert told("clerk") == [None, None]


def test_the_list_behind_the_count_has_who_is_to_be_checked(member, officer, visitor):
    with as_root("test"):
        serve(MemberFactory(name="梁试漏"), force="patrol")
        serve(MemberFactory(name="梁试愿"), force="volunteer")
    browser = visitor(officer)
    (gap,) = [row for row in browser.get("/").context["gaps"] if "serving-unchecked" in row["url"]]
    listed = text(browser.get(gap["url"]))
    assert (gap["count"], "梁试漏" in listed, "梁试审" in listed, "梁试愿" in listed) == ("1", True, False, False)


def test_who_joined_lately_without_an_approved_entry_is_listed_and_who_was_approved_is_not(clerk, officer, visitor):
    with as_root("test"):
        serve(MemberFactory(name="梁试直"), since=TODAY.isoformat())
        serve(MemberFactory(name="梁试调"), since=TODAY.isoformat(), beginning="transferred")
        serve(MemberFactory(name="梁试旧"), since="2012-01-01")
    entry = proposed(clerk)
    check(officer, entry)
    approve(officer, entry)
    browser = visitor(clerk)
    (gap,) = [row for row in browser.get("/").context["gaps"] if "joined-unapproved" in row["url"]]
    listed = text(browser.get(gap["url"]))
    assert gap["count"] == "1"
    assert [name for name in ("梁试直", "梁试调", "梁试旧", "梁试入") if name in listed] == ["梁试直"]
    out = StringIO()
    call_command("figures", "--as", "clerk", "--json", stdout=out)
    table = json.loads(out.getvalue().splitlines()[-1])
    assert (table["entries.joined_12_months"], table["entries.approved_rate"]) == (2, 0.5)


def test_who_left_and_came_back_is_not_approved_by_the_entry_of_the_first_time(clerk, visitor):
    with as_root("test"):
        back = MemberFactory(name="梁试回")
        serve(back, since="2012-01-01", until="2014-01-01")
        serve(back, since=TODAY.isoformat(), beginning="returned")
        Entry.objects.create(
            unit_id=VILLAGE, force="joint_defence", sponsor="village", starts_on=date(2012, 1, 1), way="open",
            name=back.name, sex="male", proposed_by=1, proposed_on=date(2011, 12, 1), decision="approved",
            decided_by=2, decided_on=date(2011, 12, 20), member_id=back.pk, made_for=back.pk,
        )  # fmt: skip
    (gap,) = [row for row in visitor(clerk).get("/").context["gaps"] if "joined-unapproved" in row["url"]]
    assert gap["count"] == "1"


def test_governance_sees_when_somebody_was_checked_and_the_outcome_for_a_reason_on_record(member, governance, visitor):
    browser = visitor(governance)
    shown = text(browser.get(page(member)))
    assert (CLEARED.office in shown, TODAY.isoformat() in shown, "东公审" in shown) == (True, True, False)
    address = f"/personnel/member/{member.pk}/reveal/check/"
    assert f'href="{address}"' in shown
    assert CLEARED.document not in text(browser.post(address, {"reason": ""}))
    assert CLEARED.document in text(browser.post(address, {"reason": "接到举报，核实"}))
    with as_root("test", duty="auditor"):
        event = SecurityEvent.objects.get(kind="reveal")
        assert (event.member, event.detail, event.reason) == (member.pk, {"field": "check"}, "接到举报，核实")


def test_the_trail_holds_neither_outcome_nor_document(member, officer):
    with as_account(officer), connection.cursor() as cursor:
        cursor.execute("SELECT after FROM organization_trail_masked WHERE table_name = 'personnel_backgroundcheck'")
        (after,) = cursor.fetchone()
    after = json.loads(after)
    assert after["office"] == CLEARED.office
    assert (after["outcome_sealed"], after["document_sealed"]) == ("••••••", "••••••")


def test_a_station_sees_the_checks_of_its_own_people_alone(member, account):
    with as_account(account("hr", STATION)), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM personnel_backgroundcheck")
        assert cursor.fetchone() == (0,)


# --- recording and taking back ----------------------------------------------------------------------------------------


def test_the_personnel_office_records_checks_in_the_file_and_takes_them_back_for_a_reason(member, officer, visitor):
    browser = visitor(officer)
    browser.post(f"/personnel/member/{member.pk}/checks/add/", CHECKED | {"outcome": "not_cleared"})
    with as_account(officer):
        latest = BackgroundCheck.objects.standing().latest_first()[0]
        assert (latest.outcome, latest.force, latest.recorder_name) == ("not_cleared", "joint_defence", officer.name)
    back = f"/personnel/member/{member.pk}/checks/{latest.pk}/back/"
    assert browser.get(back).headers["Location"] == page(member)
    for reason in ("", "看错了人", "看错了人"):
        browser.post(back, {"reason": reason})
    with as_account(officer):
        assert BackgroundCheck.objects.count() == 3
        assert BackgroundCheck.objects.standing().count() == 1
    assert "看错了人" in text(browser.get(page(member)))


def test_a_check_of_somebody_else_is_not_taken_back_here(member, officer, visitor):
    with as_root("test"):
        other = MemberFactory()
        serve(other)
    made = recorded(other, officer)
    assert (
        visitor(officer).post(f"/personnel/member/{member.pk}/checks/{made.pk}/back/", {"reason": "x"}).status_code
        == 404
    )


def test_a_check_is_of_somebody_in_sight(member, account):
    station = account("hr", STATION)
    with as_account(station), pytest.raises(DatabaseError), transaction.atomic():
        checking._record(station, vars(CLEARED) | {"unit_id": STATION, "member_id": member.pk, "force": "patrol"})


# --- they follow the file ---------------------------------------------------------------------------------------------


def test_checks_move_with_the_file_whoever_moves_it(member, account):
    with as_account(account("staff", TOWN)):
        Member.objects.filter(pk=member.pk).update(unit=SECOND_VILLAGE)
    assert checks() == {(member.pk, SECOND_VILLAGE)}


def test_a_file_is_withdrawn_and_comes_back_though_the_clerks_never_see_the_check(member, account):
    staff = account("staff", TOWN)
    with as_account(staff):
        away = withdrawal.withdraw(Member.objects.get(pk=member.pk), "误录", staff)
        assert "personnel_backgroundcheck" not in away.file
        withdrawal.bring_back(away, staff)
    assert checks() == {(member.pk, VILLAGE)}
    with as_root("test", duty="hr"):
        assert vetting(TODAY, Reach(0, 10**12))["serving_unchecked"] == 0


def test_a_merge_gives_the_checks_to_the_file_that_stays_and_takes_them_back_with_it(member, officer, account):
    staff = account("staff", TOWN)
    with as_root("test"):
        survivor = MemberFactory(name="梁试审", birth_date=BORN, id_number=id_number(31, BORN))
        deeper = MemberFactory(name="梁试审", birth_date=BORN, id_number=id_number(32, BORN))
        serve(survivor, since="2008-01-01", until="2009-01-01")
        serve(deeper, since="2006-01-01", until="2007-01-01")
    recorded(deeper, officer, NOT_CLEARED)
    with as_account(staff):
        first = merge(member.pk, deeper.pk, staff, reason="同一人", taken=[])
        assert {key for key, _unit in checks()} == {member.pk}
        second = merge(survivor.pk, member.pk, staff, reason="同一人", taken=[])
    assert {key for key, _unit in checks()} == {survivor.pk}
    with as_account(officer):
        assert {each.outcome for each in checking.checks_of(member_id=survivor.pk)} == {"cleared", "not_cleared"}
    with as_account(staff):
        assert unmerge(second, staff) == []
        assert {key for key, _unit in checks()} == {member.pk}
        assert unmerge(first, staff) == []
    assert checks() == {(member.pk, VILLAGE), (deeper.pk, VILLAGE)}


def test_an_approved_entry_goes_along_with_a_merged_file_and_back(clerk, officer, account):
    staff = account("staff", TOWN)
    entry = proposed(clerk)
    check(officer, entry)
    member = approve(officer, entry)
    with as_root("test"):
        survivor = MemberFactory(name="梁试入", birth_date=BORN, id_number=id_number(33, BORN))
        serve(survivor, since="2008-01-01", until="2009-01-01")
    with as_account(staff):
        record = merge(survivor.pk, member.pk, staff, reason="同一人", taken=[])
        assert Entry.objects.get().member_id == survivor.pk
        assert unmerge(record, staff) == []
        assert Entry.objects.get().member_id == member.pk


@pytest.mark.django_db(databases=["default", "owner"])
def test_checks_keep_a_file_from_being_deleted_otherwise():
    """As the undo of an import would: what the personnel office put on record since is not lost."""
    with as_root("test"):
        member = MemberFactory.build(unit_id=VILLAGE, unit=None)
    member.save(using="owner")
    with connections["owner"].cursor() as cursor:
        (key,) = keys(cursor, BackgroundCheck, 1)
    made = BackgroundCheck(id=key, member_id=member.pk, unit_id=VILLAGE, force="patrol", recorded_by=1, **vars(CLEARED))
    made.save(using="owner")
    with pytest.raises(IntegrityError, match="hangs on this member"), transaction.atomic("owner"):
        Member.objects.using("owner").filter(pk=member.pk)._raw_delete("owner")


def test_another_unit_of_the_town_sees_no_entry_of_a_stranger(clerk, account):
    proposed(clerk)
    with as_account(account("clerk", OTHER_VILLAGE)), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM personnel_entry")
        assert cursor.fetchone() == (0,)


def test_an_open_entry_goes_to_the_unit_that_takes_the_place_of_its_own_with_its_check(clerk, officer, governance):
    entry = proposed(clerk)
    check(officer, entry)
    with as_account(governance):
        village, successor = (Unit.objects.get(pk=code) for code in (VILLAGE, SECOND_VILLAGE))
        PROPOSED.move(Closing(village, successor, TODAY))
    with as_root("test", duty="hr"):
        assert Entry.objects.get().unit_id == SECOND_VILLAGE
        assert BackgroundCheck.objects.get().unit_id == SECOND_VILLAGE
    assert approve(officer, entry).unit_id == SECOND_VILLAGE


def test_units_that_both_proposed_a_person_are_not_merged_before_one_of_them_gives_way(clerk, governance, account):
    mine, theirs = proposed(clerk), proposed(account("clerk", SECOND_VILLAGE), unit=SECOND_VILLAGE)
    with as_account(governance), pytest.raises(ClosingRefused) as refused:
        close(VILLAGE, SECOND_VILLAGE, TODAY, TODAY)
    assert [slug for slug, _said in refused.value.problems] == ["proposed_twice"]
    assert "梁试入" in str(refused.value)
    with as_account(clerk):
        assert proposing.withdraw(mine, clerk, TODAY)
    with as_account(governance):
        close(VILLAGE, SECOND_VILLAGE, TODAY, TODAY)
    assert seen(theirs).decision == ""
