"""The half-yearly confirmation: a list is signed as it stands, kept as it was signed, and compared with today's."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from organization import belonging
from organization.models import Unit
from organization.scope import as_account, as_root
from personnel.confirmation import differences, lists, progress, signing
from personnel.models import ConfirmationCycle, Member, RosterSnapshot, SnapshotEntry
from personnel.realname import levels, sightings
from tests.conftest import DISTRICT, OTHER_TOWN, OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, serve

TODAY = timezone.localdate()
FORCE = "joint_defence"
PAGE = f"/personnel/rostersnapshot/list/{VILLAGE}/{FORCE}/"


@pytest.fixture
def squad(root):
    members = MemberFactory.create_batch(3)
    for member in members:
        serve(member, post="队员")
    return members


@pytest.fixture
def cycle(root):
    return ConfirmationCycle.objects.on(TODAY).get()


def asked(cycle, absent=(), unit=VILLAGE, **fields):
    """A signing as a clerk would send it: everybody serves but those who are absent."""
    listed = lists.lines(unit, FORCE, TODAY)
    gone = {member.pk for member in absent}
    answers = {
        line.service_id: signing.Answer(line.member_id not in gone, "已离队" if line.member_id in gone else "")
        for line in listed
    }
    usual = signing.Signing(Unit.objects.get(pk=unit), FORCE, cycle, 1, lists.fingerprint(listed), answers)
    return replace(usual, **fields)


def sign(account, cycle, absent=(), **fields):
    with as_account(account):
        return signing.sign(asked(cycle, absent, **fields), account, TODAY)


def refusal(account, cycle, absent=(), **fields):
    with pytest.raises(signing.SigningRefused) as refused:
        sign(account, cycle, absent, **fields)
    return refused.value.code


# --- cycles ----------------------------------------------------------------------------------------------------------


def test_an_office_begins_with_the_half_year_it_is_founded_in(root):
    first = ConfirmationCycle.objects.order_by("starts_on").first()
    assert first.starts_on <= TODAY < first.ends_on
    assert (first.starts_on.month, first.due_on.month) in {(1, 6), (7, 12)}
    assert (first.due_on.month, first.due_on.day) in {(6, 30), (12, 31)}


def test_two_cycles_never_cover_one_day(root, cycle):
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        ConfirmationCycle.objects.create(starts_on=cycle.due_on, ends_on=cycle.ends_on + timedelta(days=9))


# --- signing ---------------------------------------------------------------------------------------------------------


def test_a_list_is_kept_as_it_was_signed_whatever_happens_later(squad, cycle, clerk):
    snapshot = sign(clerk, cycle, absent=squad[:1])
    with as_root("test"):
        Member.objects.filter(pk=squad[1].pk).update(name="改名")
        squad[2].assignments.update(ended_on=TODAY, ending="resigned")
    entries = list(SnapshotEntry.objects.filter(snapshot=snapshot))
    assert {entry.name for entry in entries} == {member.name for member in squad}
    assert {entry.member_id: entry.serves for entry in entries} == {
        squad[0].pk: False, squad[1].pk: True, squad[2].pk: True
    }  # fmt: skip
    assert (snapshot.serving, snapshot.absent, snapshot.account_name) == (2, 1, clerk.name)
    assert signing.is_genuine(snapshot, entries)


def test_a_line_changed_behind_the_back_of_the_signer_is_noticed(squad, cycle, clerk):
    snapshot = sign(clerk, cycle)
    entries = list(SnapshotEntry.objects.filter(snapshot=snapshot))
    entries[1].serves = False
    assert not signing.is_genuine(snapshot, entries)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE personnel_snapshotentry SET name = 'x'",
        "DELETE FROM personnel_snapshotentry",
        "UPDATE personnel_rostersnapshot SET serving = 9",
    ],
)
def test_nobody_rewrites_a_signed_list(squad, cycle, clerk, statement):
    sign(clerk, cycle)
    with as_account(clerk), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


def test_nobody_signs_for_somebody_else(squad, cycle, clerk, officer):
    with as_account(clerk), pytest.raises(DatabaseError, match="nobody signs"), transaction.atomic():
        RosterSnapshot.objects.create(
            unit_id=VILLAGE, cycle=cycle, force=FORCE, version=1, serving=0, absent=0, digest="",
            account=officer.pk, account_name="", account_unit="", unit_name="",
        )  # fmt: skip


def test_pressing_twice_signs_once(squad, cycle, clerk):
    sign(clerk, cycle)
    assert refusal(clerk, cycle) == "signed"
    assert RosterSnapshot.objects.count() == 1


def test_a_list_that_changed_meanwhile_is_looked_at_again(squad, cycle, clerk):
    stale = lists.fingerprint(lists.lines(VILLAGE, FORCE, TODAY))
    with as_root("test"):
        serve(MemberFactory())
    assert refusal(clerk, cycle, seen=stale) == "changed"


@pytest.mark.parametrize("version", [0, 2, 7])
def test_a_made_up_version_is_refused(squad, cycle, clerk, version):
    assert refusal(clerk, cycle, version=version, reason="x") == "changed"


def test_who_does_not_serve_is_explained(squad, cycle, clerk):
    answers = {line.service_id: signing.Answer(serves=False) for line in lists.lines(VILLAGE, FORCE, TODAY)}
    assert refusal(clerk, cycle, answers=answers) == "unexplained"


def test_an_empty_list_is_not_signed(root, cycle, clerk):
    assert refusal(clerk, cycle) == "empty"


def test_signing_again_makes_a_version_with_a_reason(squad, cycle, clerk):
    first = sign(clerk, cycle)
    assert refusal(clerk, cycle, version=2) == "reason_missing"
    second = sign(clerk, cycle, absent=squad[:1], version=2, reason="漏了一人")
    assert (second.version, RosterSnapshot.objects.newest().get().pk) == (2, second.pk)
    assert SnapshotEntry.objects.filter(snapshot=first, serves=True).count() == 3


def test_what_changed_since_is_told_person_by_person(squad, cycle, clerk):
    snapshot = sign(clerk, cycle, absent=squad[:1])
    with as_root("test"):
        new = MemberFactory()
        serve(new)
        squad[1].assignments.update(ended_on=TODAY, ending="resigned")
        squad[2].assignments.update(post="副中队长")
    found = differences.since(list(snapshot.entries.all()), lists.lines(VILLAGE, FORCE, TODAY))
    assert [line.member_id for line in found.came] == [new.pk]
    assert [entry.member_id for entry in found.gone] == [squad[1].pk]
    assert [(line.member_id, "副中队长" in told) for line, told in found.changed] == [(squad[2].pk, True)]
    assert [line.member_id for line, _remark in found.unsettled] == [squad[0].pk]


# --- the level -------------------------------------------------------------------------------------------------------


def test_a_signature_confirms_those_whose_document_was_seen(squad, cycle, clerk):
    with as_account(clerk):
        sightings.record([squad[0].pk, squad[1].pk], "resident_card", TODAY, clerk, (FORCE,))
    sign(clerk, cycle, absent=squad[1:2])
    found = dict(levels.members(TODAY).values_list("pk", "level"))
    assert [found[member.pk] for member in squad] == ["confirmed", "seen", "checksum"]


def test_a_new_version_takes_a_confirmation_back_and_moving_on_does_too(squad, cycle, clerk):
    with as_account(clerk):
        sightings.record([member.pk for member in squad], "resident_card", TODAY, clerk, (FORCE,))
    sign(clerk, cycle)
    sign(clerk, cycle, absent=squad[:1], version=2, reason="x")
    with as_root("test"):
        squad[1].assignments.update(ended_on=TODAY, ending="transferred")
        serve(squad[1], unit_id=SECOND_VILLAGE, since=TODAY.isoformat())
    found = dict(levels.members(TODAY).values_list("pk", "level"))
    assert [found[member.pk] for member in squad] == ["seen", "seen", "confirmed"]


# --- progress --------------------------------------------------------------------------------------------------------


def states(day=TODAY, unit=DISTRICT):
    return {one.unit.pk: one.state for one in progress.standings(day, belonging.reach(unit), FORCE)}


def test_a_town_sees_who_signed_and_who_has_not(squad, cycle, clerk, account):
    serve(MemberFactory(unit_id=SECOND_VILLAGE, unit=None))
    serve(MemberFactory(unit_id=OTHER_VILLAGE, unit=None))
    sign(clerk, cycle)
    with as_account(account("staff", TOWN)):
        assert states(unit=TOWN) == {VILLAGE: "signed", SECOND_VILLAGE: "open"}


def test_who_let_a_cycle_pass_is_overdue_in_the_next(squad, cycle, clerk):
    serve(MemberFactory(unit_id=SECOND_VILLAGE, unit=None))
    sign(clerk, cycle)
    next_cycle = ConfirmationCycle.objects.get(starts_on=cycle.ends_on)
    assert states(next_cycle.starts_on) == {VILLAGE: "open", SECOND_VILLAGE: "overdue"}
    assert states(cycle.due_on) == {VILLAGE: "signed", SECOND_VILLAGE: "open"}
    Unit.objects.filter(pk=SECOND_VILLAGE).update(opened_on=next_cycle.starts_on)
    assert states(next_cycle.starts_on)[SECOND_VILLAGE] == "open"


def test_progress_asks_as_many_questions_for_many_units_as_for_one(root, cycle):
    def questions():
        with CaptureQueriesContext(connection) as told:
            states()
        return len(told)

    serve(MemberFactory())
    few = questions()
    for unit in (SECOND_VILLAGE, OTHER_VILLAGE, TOWN):
        serve(MemberFactory(unit_id=unit, unit=None))
    assert questions() == few


# --- pages and who sees them -----------------------------------------------------------------------------------------


def form(page, **more):
    context = page.context
    sent = {"seen": context["seen"], "version": context["version"], "serves": []}
    for line, ticked, remark in context["rows"]:
        sent[f"remark-{line.service_id}"] = remark
        if ticked:
            sent["serves"].append(line.service_id)
    return sent | more


def test_a_clerk_confirms_and_signs(squad, clerk, visitor):
    browser = visitor(clerk)
    sent = form(browser.get(PAGE))
    gone = sent["serves"].pop()
    refused = browser.post(PAGE, sent)
    assert "errornote" in refused.content.decode()
    assert not RosterSnapshot.objects.exists()
    done = browser.post(PAGE, sent | {f"remark-{gone}": "调往外区"}, follow=True)
    assert "调往外区" in done.content.decode()
    snapshot = RosterSnapshot.objects.get()
    assert (snapshot.serving, snapshot.absent, snapshot.account) == (2, 1, clerk.pk)
    again = browser.get(f"{PAGE}?again=1")
    assert again.context["version"] == 2


def test_a_second_click_is_told_of_the_first(squad, clerk, visitor):
    browser = visitor(clerk)
    sent = form(browser.get(PAGE))
    browser.post(PAGE, sent)
    second = browser.post(PAGE, sent, follow=True)
    assert second.status_code == 200
    assert clerk.name in second.content.decode()
    assert RosterSnapshot.objects.count() == 1


def test_the_same_page_sent_twice_leads_twice_to_the_list_as_it_was_signed(squad, clerk, visitor):
    browser = visitor(clerk)
    page = browser.get(PAGE).content.decode()
    fields = {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("seen", "version", "_draft")}
    sent = fields | {"serves": re.findall(r'name="serves" value="(\d+)"', page)}
    first, second = browser.post(PAGE, sent), browser.post(PAGE, sent)
    assert "/rostersnapshot/" in first["Location"]
    assert second["Location"] == first["Location"]


def test_nonsense_in_the_form_is_no_fault(squad, clerk, visitor):
    sent = {"seen": "\0x", "version": "９", "serves": ["x", "-1", "9" * 40], "remark-x": "\0", "remark-": "y"}
    assert visitor(clerk).post(PAGE, sent).status_code == 200
    assert not RosterSnapshot.objects.exists()


@pytest.mark.parametrize(
    ("role", "unit", "status"),
    [("governance", DISTRICT, 200), ("hr", DISTRICT, 200), ("staff", TOWN, 200), ("clerk", OTHER_VILLAGE, 404),
     ("staff", OTHER_TOWN, 404), ("finance", DISTRICT, 403), ("auditor", DISTRICT, 403)],
)  # fmt: skip
def test_the_district_and_the_own_town_see_a_list_and_a_stranger_does_not(
    squad, cycle, clerk, account, visitor, role, unit, status
):
    snapshot = sign(clerk, cycle)
    browser = visitor(account(role, unit, is_demo=True))
    assert browser.get(PAGE).status_code == status
    kept = browser.get(f"/personnel/rostersnapshot/{snapshot.pk}/change/")
    assert (kept.status_code == 200 and squad[0].name in kept.content.decode()) is (status == 200)


@pytest.mark.parametrize(("role", "unit"), [("governance", DISTRICT), ("hr", DISTRICT), ("clerk", OTHER_VILLAGE)])
def test_only_the_unit_and_its_town_sign(squad, account, visitor, role, unit):
    browser = visitor(account(role, unit, is_demo=True))
    assert browser.post(PAGE, {"seen": "", "version": 1}).status_code in {403, 404}
    assert not RosterSnapshot.objects.exists()


def test_the_district_sees_towns_and_a_town_its_villages(squad, cycle, clerk, account, visitor):
    sign(clerk, cycle)
    serve(MemberFactory(unit_id=OTHER_VILLAGE, unit=None))
    district = visitor(account("governance")).get("/personnel/rostersnapshot/")
    assert [(row["unit"].pk, row["signed"], row["open"]) for row in district.context["towns"]] == [
        (TOWN, 1, 0), (OTHER_TOWN, 0, 1)
    ]  # fmt: skip
    town = visitor(account("staff", TOWN)).get("/personnel/rostersnapshot/")
    assert [one.unit.pk for one in town.context["standings"]] == [VILLAGE]


def test_a_cycle_is_edited_by_governance_alone(root, account, visitor, cycle):
    address = f"/personnel/confirmationcycle/{cycle.pk}/change/"
    sent = {"starts_on": cycle.starts_on.isoformat(), "ends_on": date(cycle.starts_on.year, 12, 31).isoformat()}
    assert visitor(account("staff", TOWN)).post(address, sent).status_code == 403
    visitor(account("governance")).post(
        address, {**sent, "ends_on": (cycle.starts_on + timedelta(days=90)).isoformat()}
    )
    cycle.refresh_from_db()
    assert cycle.ends_on == cycle.starts_on + timedelta(days=90)
