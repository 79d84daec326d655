"""Real-name levels: what proves that a person is who the file says, and how it is recorded."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from organization.scope import as_account, as_root
from personnel.models import Card, DocumentSighting, Member
from personnel.people import Selection
from personnel.photos import keeping
from personnel.realname import levels, sightings
from tests.conftest import OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, serve

TODAY = timezone.localdate()
OURS = ("joint_defence", "volunteer")


def level(member, day=TODAY):
    return levels.members(day).get(pk=member.pk).level


def see(member, account, day=TODAY, document="resident_card"):
    with as_account(account):
        return sightings.record([member.pk], document, day, account, OURS)


@pytest.fixture
def member(root):
    member = MemberFactory()
    serve(member)
    return member


def test_a_number_with_a_check_digit_is_checked_and_a_passport_is_only_declared(member):
    passport = MemberFactory(document="passport", id_number="E12345678")
    assert (level(member), level(passport)) == ("checksum", "declared")


def test_a_document_counts_from_the_day_on_which_it_was_seen(member, clerk):
    yesterday = TODAY - timedelta(days=1)
    assert see(member, clerk, yesterday) == 1
    assert level(member) == level(member, yesterday) == "seen"
    assert level(member, yesterday - timedelta(days=1)) == "checksum"
    entry = member.sightings.get()
    assert (entry.account, entry.account_name, entry.unit_id) == (clerk.pk, clerk.name, VILLAGE)


def test_pressing_twice_records_once(member, clerk):
    assert (see(member, clerk), see(member, clerk)) == (1, 0)
    assert member.sightings.count() == 1


def test_what_was_seen_does_not_prove_a_number_that_was_corrected_since(member, clerk):
    see(member, clerk)
    other = MemberFactory.build(unit=member.unit)
    member.id_number = other.id_number
    member.save()
    assert level(member) == "checksum"


def test_an_entry_taken_back_stays_and_no_longer_counts(member, clerk):
    see(member, clerk)
    with as_account(clerk):
        sightings.take_back(member, "看错了人", TODAY, clerk)
    assert level(member) == "checksum"
    assert [entry.taken_back for entry in member.sightings.all()] == ["看错了人", ""]
    see(member, clerk)
    assert level(member) == "seen"


@pytest.mark.parametrize("change", [{"seen_on": date(2014, 1, 1)}, {"taken_back": "x"}, {"account_name": "别人"}])
def test_nobody_rewrites_an_entry(member, clerk, change):
    see(member, clerk)
    with as_account(clerk), pytest.raises(DatabaseError, match="not rewritten"), transaction.atomic():
        DocumentSighting.objects.update(**change)


def test_nobody_deletes_an_entry(member, clerk):
    see(member, clerk)
    with as_account(clerk):
        assert not DocumentSighting.objects.all()._raw_delete("default"), "only those of a file that is withdrawn"


def test_nobody_records_what_somebody_else_saw(member, clerk, officer):
    with as_account(clerk), pytest.raises(DatabaseError, match="another account"), transaction.atomic():
        DocumentSighting.objects.create(
            member=member, unit_id=VILLAGE, document="passport", seen_on=TODAY,
            number_digest=b"", account=officer.pk, account_name=officer.name,
        )  # fmt: skip


def test_a_document_cannot_have_been_seen_tomorrow(member, clerk):
    with pytest.raises(DatabaseError, match="sighting_is_not_in_the_future"), transaction.atomic():
        see(member, clerk, TODAY + timedelta(days=1))


def test_entries_move_with_the_file(member, clerk):
    see(member, clerk)
    with as_root("test"):
        Member.objects.filter(pk=member.pk).update(unit=SECOND_VILLAGE)
        assert DocumentSighting.objects.get().unit_id == SECOND_VILLAGE
        assert level(member) == "seen"


def test_a_photo_is_a_level_above_a_document_that_was_seen(member, clerk):
    with as_account(clerk):
        keeping.keep({member.pk: b"\xff\xd8\xff"})
    assert level(member) == "checksum"
    see(member, clerk)
    assert level(member) == "photo"
    with as_account(clerk):
        keeping.take_away(member)
    assert level(member) == "seen"


# --- who sees and writes what ----------------------------------------------------------------------------------------


def test_the_district_sees_all_the_town_its_own_and_a_stranger_nothing(member, clerk, officer, stranger, account):
    see(member, clerk)
    seen = {}
    for who in (officer, account("staff", TOWN), stranger):
        with as_account(who):
            seen[who.role, who.unit_id] = (DocumentSighting.objects.count(), levels.members(TODAY).count())
    assert list(seen.values()) == [(1, 1), (1, 1), (0, 0)]


def test_who_went_on_in_another_force_is_recorded_by_the_office_that_writes_the_file(root, clerk, officer):
    member = MemberFactory()
    serve(member, since="2010-01-01", until="2012-01-01")
    serve(member, since="2012-01-01", until="2013-01-01", force="auxiliary")
    for account, forces in ((clerk, OURS), (officer, ("auxiliary",))):
        with as_account(account):
            writes = sightings.writable(forces).filter(pk=member.pk).exists()
            assert writes == member.is_written_by(forces)
            assert writes == (account == officer)


def test_nobody_records_a_file_out_of_sight_or_of_another_force(member, stranger, officer):
    assert see(member, stranger) == 0
    with as_account(officer):
        assert sightings.record([member.pk], "passport", TODAY, officer, ("auxiliary", "patrol", "guard")) == 0
    assert not DocumentSighting.objects.exists()


def test_a_level_selects_its_people_and_the_levels_add_up(root, clerk):
    people = MemberFactory.create_batch(4)
    for one in people:
        serve(one)
    MemberFactory(unit_id=OTHER_VILLAGE, unit=None)
    see(people[0], clerk)
    with as_account(clerk):
        found = {slug: Selection(TODAY, VILLAGE, person={"level": slug}).people().count() for slug in levels.CHOICES}
        assert found == {"declared": 0, "checksum": 3, "seen": 1, "photo": 0, "confirmed": 0, "elsewhere": 0}
        assert sum(found.values()) == Selection(TODAY, VILLAGE).people().count()


def test_a_file_kept_elsewhere_is_said_to_be_so(root, clerk):
    visiting = MemberFactory(unit_id=OTHER_VILLAGE, unit=None)
    serve(visiting, unit_id=VILLAGE)
    with as_account(clerk):
        assert Card.objects.filter(levels.described("elsewhere", TODAY)).get().member_id == visiting.pk


# --- pages -----------------------------------------------------------------------------------------------------------


def test_a_clerk_looks_at_what_will_be_recorded_before_it_is(root, clerk, visitor):
    people = MemberFactory.create_batch(3)
    for one in people:
        serve(one)
    browser = visitor(clerk)
    page = browser.get("/personnel/member/seen/?unit=440199001001")
    assert page.content.decode().count('name="members"') == 3
    ticked = {"members": [people[0].pk, people[1].pk], "document": "resident_card", "seen_on": TODAY.isoformat()}
    preview = browser.post("/personnel/member/seen/", ticked).content.decode()
    assert people[0].name in preview
    assert people[2].name not in preview
    back = browser.post("/personnel/member/seen/", ticked | {"back": "1"}).content.decode()
    assert [f'value="{one.pk}" id="seen-{one.pk}" checked' in back for one in people] == [True, True, False]
    assert not DocumentSighting.objects.exists()
    done = browser.post("/personnel/member/seen/", ticked | {"confirmed": "1"}, follow=True)
    assert done.redirect_chain
    assert set(DocumentSighting.objects.values_list("member", flat=True)) == {people[0].pk, people[1].pk}
    assert "step-done" in browser.get(f"/personnel/member/{people[0].pk}/change/").content.decode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"members": []}, "请至少勾选一人"),
        ({"members": [987654321]}, "名单"),
        ({"seen_on": "2099-01-01"}, "不能晚于今天"),
        ({"seen_on": "0014-01-01"}, "日期太早"),
        ({"seen_on": "昨天"}, "errorlist"),
        ({"document": "library_card"}, "errorlist"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_recorded(member, clerk, visitor, sent, said):
    good = {"members": [member.pk], "document": "resident_card", "seen_on": TODAY.isoformat(), "confirmed": "1"}
    page = visitor(clerk).post("/personnel/member/seen/", good | sent)
    assert said in page.content.decode()
    assert page.status_code == 200
    assert not DocumentSighting.objects.exists()


def test_taking_back_needs_a_reason_and_a_file_of_ones_own(member, clerk, stranger, visitor):
    see(member, clerk)
    address = f"/personnel/member/{member.pk}/seen/back/"
    assert visitor(stranger).post(address, {"reason": "x"}).status_code == 404
    browser = visitor(clerk)
    browser.post(address, {"reason": ""})
    assert level(member) == "seen"
    browser.post(address, {"reason": "不是本人"})
    assert level(member) == "checksum"


def test_the_page_asks_as_many_questions_for_ten_people_as_for_one(root, clerk, visitor):
    browser = visitor(clerk)

    def questions():
        with CaptureQueriesContext(connection) as asked:
            assert browser.get("/personnel/member/seen/").status_code == 200
        return len(asked)

    serve(MemberFactory())
    few = questions()
    for one in MemberFactory.create_batch(10):
        serve(one)
    assert questions() == few
