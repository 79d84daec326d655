"""Units merged, renumbered and split: the past stays and is shown where it belongs, and everybody goes on working."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from organization import belonging, drafts
from organization.models import Account, Employer, Reorganisation, Team, Unit
from organization.scope import as_account, as_root
from personnel import figures, saved_filters
from personnel.models import Appointment, Assignment, Card, Member, RosterImport, SavedFilter
from personnel.people import PROFESSIONAL, Selection
from personnel.reorganising import orders
from personnel.reorganising.carrying_out import ReorganisationRefused, carry_out, preview
from tests.conftest import DISTRICT, OTHER_TOWN, OTHER_VILLAGE, SECOND_VILLAGE, STATION, TOWN, VILLAGE
from tests.factories import EmployerFactory, MemberFactory, serve

TODAY = timezone.localdate()
DAY = TODAY - timedelta(days=10)
LAST_YEAR = TODAY - timedelta(days=400)
NEW_HERE, NEW_THERE, NEW_TOWN = 440199_001_009, 440199_100_209, 440199_002_000


@pytest.fixture
def governance(account):
    return account("governance", username="governance")


def unit(code):
    return Unit.objects.get(pk=code)


def do(account, order):
    with as_account(account):
        return carry_out(order, account, TODAY)


def refused(account, order):
    with as_account(account), pytest.raises(ReorganisationRefused) as refusal:
        carry_out(order, account, TODAY)
    return {slug for slug, _said in refusal.value.problems}


def heads(account, day, *units):
    """The headcounts of units on a day as that account sees them; each opens as many people."""
    with as_account(account):
        counted = [figures.strength(day, belonging.reach(one))["total"] for one in units]
        listed = [Selection(day, one, service={"force": PROFESSIONAL}).people().count() for one in units]
    assert counted == listed
    return counted


@pytest.fixture
def village_of_ten(root):
    for member in MemberFactory.create_batch(10):
        serve(member, since="2013-01-01")


# --- the past --------------------------------------------------------------------------------------------------------


def test_a_hundred_of_a_thousand_move_and_last_years_headcount_stays(root, governance):
    members = MemberFactory.create_batch(1000)
    for member in members:
        member.assignments.create(
            unit_id=VILLAGE, force="joint_defence", sponsor="village", started_on=date(2013, 1, 1)
        )
    gone = frozenset(member.pk for member in members[:100])
    do(governance, orders.split(unit(VILLAGE), OTHER_VILLAGE, gone, DAY))
    assert heads(governance, LAST_YEAR, TOWN, OTHER_TOWN, DISTRICT) == [1000, 0, 1000]
    assert heads(governance, TODAY, TOWN, OTHER_TOWN, DISTRICT) == [900, 100, 1000]
    assert Member.objects.filter(unit=OTHER_VILLAGE).count() == 100


def test_a_village_renumbered_within_its_town_keeps_its_past(village_of_ten, governance, account):
    town = account("staff", TOWN)
    do(governance, orders.renumber(unit(VILLAGE), NEW_HERE, "东塘第一社区", DAY))
    for day in (LAST_YEAR, DAY - timedelta(days=1), DAY, TODAY):
        assert heads(governance, day, NEW_HERE, TOWN, OTHER_TOWN, DISTRICT) == [10, 10, 0, 10]
        assert heads(town, day, NEW_HERE, TOWN) == [10, 10]


def test_a_village_renumbered_across_towns_takes_its_past_to_the_new_superior(village_of_ten, governance):
    do(governance, orders.renumber(unit(VILLAGE), NEW_THERE, "东塘第一社区", DAY))
    for day in (LAST_YEAR, DAY, TODAY):
        assert heads(governance, day, NEW_THERE, TOWN, OTHER_TOWN, DISTRICT) == [10, 0, 10, 10]


def test_a_town_is_renumbered_with_its_villages(village_of_ten, governance, account):
    clerk = account("clerk", VILLAGE)
    staff = account("staff", TOWN)
    do(governance, orders.renumber(unit(TOWN), NEW_TOWN, "东塘镇", DAY))
    assert unit(NEW_TOWN).name == "东塘镇"
    assert "东塘街道" in unit(NEW_TOWN).aliases
    assert unit(NEW_TOWN + 1).name == "东塘第一社区"
    assert set(Unit.objects.below(TOWN).values_list("closed_on", flat=True)) == {DAY}
    assert Account.objects.get(pk=clerk.pk).unit_id == NEW_TOWN + 1
    assert Account.objects.get(pk=staff.pk).unit_id == NEW_TOWN
    for day in (LAST_YEAR, TODAY):
        assert heads(governance, day, NEW_TOWN, NEW_TOWN + 1, DISTRICT) == [10, 10, 10]


def test_villages_merge_into_one_as_one_batch(village_of_ten, governance):
    for member in MemberFactory.create_batch(5, unit_id=SECOND_VILLAGE, unit=None):
        serve(member, since="2013-01-01")
    third = Unit.objects.create(code=NEW_HERE, name="东塘第三社区", root_id=DISTRICT)
    done = do(governance, orders.merge([unit(VILLAGE), unit(SECOND_VILLAGE)], third, DAY))
    assert heads(governance, LAST_YEAR, NEW_HERE, TOWN) == heads(governance, TODAY, NEW_HERE, TOWN) == [15, 15]
    assert [(step.unit_id, step.is_closed) for step in done.steps.all()] == [(VILLAGE, True), (SECOND_VILLAGE, True)]
    with as_root(duty="auditor"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM organization_trail_masked WHERE batch = %s AND table_name = 'personnel_assignment'",
            [done.batch],
        )
        assert cursor.fetchone()[0] == 2 * 15


# --- what goes along -------------------------------------------------------------------------------------------------


def test_a_renumbered_village_keeps_team_posts_and_their_holders(village_of_ten, governance):
    team = Team.objects.establish(unit(VILLAGE), date(2014, 1, 1), Team.Seat.POLICE_ROOM, address="一号")
    leader = Member.objects.filter(unit=VILLAGE).first()
    chief = team.posts.get(title="chief")
    Appointment.objects.create(post=chief, member=leader, started_on=date(2014, 2, 1))
    EmployerFactory(unit_id=VILLAGE)
    do(governance, orders.renumber(unit(VILLAGE), NEW_HERE, "", DAY))
    new = Team.objects.get(unit=NEW_HERE)
    assert (new.established_on, new.seat, new.address, new.posts.count()) == (DAY, team.seat, "一号", 3)
    held = Appointment.objects.on(TODAY).get()
    assert (held.member_id, held.post.team_id, held.post.title, held.unit_id) == (leader.pk, new.pk, "chief", NEW_HERE)
    assert Appointment.objects.on(DAY - timedelta(days=1)).get().post_id == chief.pk
    assert Employer.objects.get().unit_id == NEW_HERE
    assert figures.squads_at_risk(TODAY, belonging.reach(TOWN)) == []


def test_an_account_goes_on_with_its_very_next_request(village_of_ten, governance, account, visitor):
    clerk = account("clerk", VILLAGE)
    browser = visitor(clerk)
    assert browser.get("/personnel/card/").context["cl"].selection.unit == VILLAGE
    do(governance, orders.renumber(unit(VILLAGE), NEW_HERE, "", DAY))
    do(governance, orders.renumber(unit(NEW_HERE), NEW_THERE, "", DAY + timedelta(days=1)))
    page = browser.get("/personnel/card/")
    assert page.status_code == 200
    assert page.context["cl"].selection.unit == NEW_THERE
    assert page.context["cl"].result_count == 10
    member = Member.objects.filter(unit=NEW_THERE).first()
    assert browser.get(f"/personnel/member/{member.pk}/change/").status_code == 200


def test_a_session_of_another_unit_does_not_outlive_a_move_by_hand(root, account, visitor):
    clerk = account("clerk", VILLAGE)
    browser = visitor(clerk)
    with as_root("test", duty="sysadmin"):
        Account.objects.filter(pk=clerk.pk).update(unit=OTHER_VILLAGE)
    assert browser.get("/personnel/card/").status_code == 302


def test_only_the_chosen_go_and_second_services_stay(root, governance):
    goes, stays, visiting = MemberFactory.create_batch(3)
    serve(goes, since="2013-01-01")
    serve(stays, since="2013-01-01")
    Member.objects.filter(pk=visiting.pk).update(unit=OTHER_VILLAGE)
    serve(visiting, unit_id=VILLAGE, since="2013-01-01", share=50)
    do(governance, orders.split(unit(VILLAGE), NEW_HERE, frozenset({goes.pk, visiting.pk}), DAY, "东塘第九社区"))
    assert unit(VILLAGE).closed_on is None
    assert unit(NEW_HERE).opened_on == DAY
    serving = set(Assignment.objects.on(TODAY).values_list("member", "unit"))
    assert serving == {(goes.pk, NEW_HERE), (visiting.pk, NEW_HERE), (stays.pk, VILLAGE)}
    assert set(Member.objects.values_list("pk", "unit")) == {
        (goes.pk, NEW_HERE), (stays.pk, VILLAGE), (visiting.pk, OTHER_VILLAGE)
    }  # fmt: skip


def test_the_way_back_is_a_reorganisation_backwards(village_of_ten, governance):
    do(governance, orders.merge([unit(VILLAGE)], unit(SECOND_VILLAGE), DAY))
    everybody = frozenset(Member.objects.values_list("pk", flat=True))
    do(governance, orders.split(unit(SECOND_VILLAGE), NEW_HERE, everybody, DAY + timedelta(days=2), "东塘第一社区"))
    assert heads(governance, TODAY, NEW_HERE, SECOND_VILLAGE, TOWN) == [10, 0, 10]
    assert heads(governance, LAST_YEAR, TOWN) == [10]


# --- looking first, and what cannot be -------------------------------------------------------------------------------


def test_looking_at_it_changes_nothing_and_tells_what_moves(village_of_ten, governance, account):
    account("clerk", VILLAGE)
    with as_account(governance):
        (step,) = preview(orders.renumber(unit(VILLAGE), NEW_HERE, "", DAY), governance, TODAY)
        moved = {one.slug: one.number for one in step.moved}
    assert (moved["files"], moved["services"], moved["accounts"]) == (10, 10, 1)
    assert not Unit.objects.filter(pk=NEW_HERE).exists()
    assert not Reorganisation.objects.exists()
    assert Member.objects.filter(unit=VILLAGE).count() == 10


def test_what_cannot_be_is_refused_with_its_reason(village_of_ten, governance):
    village, second = unit(VILLAGE), unit(SECOND_VILLAGE)
    someone = frozenset(Member.objects.values_list("pk", flat=True)[:1])
    assert refused(governance, orders.merge([village], second, TODAY + timedelta(days=1))) == {"future"}
    assert refused(governance, orders.merge([village], village, DAY)) == {"same"}
    assert "units_below" in refused(governance, orders.merge([unit(TOWN)], unit(OTHER_TOWN), DAY))
    assert "root" in refused(governance, orders.merge([unit(DISTRICT)], unit(OTHER_TOWN), DAY))
    assert "level" in refused(governance, orders.merge([village], unit(OTHER_TOWN), DAY))
    assert refused(governance, orders.renumber(village, SECOND_VILLAGE, "", DAY)) == {"taken"}
    assert refused(governance, orders.renumber(village, NEW_TOWN, "", DAY)) == {"level"}
    assert refused(governance, orders.split(village, STATION, someone, DAY)) == {"level"}
    assert refused(governance, orders.split(village, second.pk, frozenset({987_654_321}), DAY)) == {"people"}
    do(governance, orders.merge([second], unit(OTHER_VILLAGE), DAY))
    assert refused(governance, orders.merge([village], second, DAY)) == {"successor_closed"}
    assert refused(governance, orders.split(village, SECOND_VILLAGE, someone, DAY)) == {"closed"}
    assert refused(governance, orders.merge([unit(OTHER_VILLAGE)], second, DAY)) == {"successor_closed"}
    assert not Unit.objects.filter(pk__in=[NEW_HERE, NEW_TOWN]).exists()


def test_one_that_fails_takes_back_all_of_it(village_of_ten, governance):
    serve(MemberFactory(unit_id=SECOND_VILLAGE, unit=None), since=TODAY.isoformat())
    order = orders.merge([unit(VILLAGE), unit(SECOND_VILLAGE)], unit(OTHER_VILLAGE), DAY)
    assert refused(governance, order) == {"services_younger"}
    assert unit(VILLAGE).closed_on is None


def test_who_sees_one_end_only_reorganises_nothing(village_of_ten, account):
    staff = account("staff", TOWN)
    assert refused(staff, orders.merge([unit(VILLAGE)], unit(OTHER_VILLAGE), DAY)) == {"outside"}


def test_as_many_statements_for_twenty_people_as_for_ten(village_of_ten, governance):
    def statements(code, to):
        with as_account(governance), CaptureQueriesContext(connection) as told:
            carry_out(orders.merge([unit(code)], unit(to), DAY), governance, TODAY)
        return len(told)

    few = statements(VILLAGE, SECOND_VILLAGE)
    for member in MemberFactory.create_batch(20, unit_id=OTHER_VILLAGE, unit=None):
        serve(member, since="2013-01-01")
    assert statements(OTHER_VILLAGE, SECOND_VILLAGE) == few


# --- pages -----------------------------------------------------------------------------------------------------------

NEW = "/organization/reorganisation/new"


def test_governance_looks_and_then_carries_out(village_of_ten, governance, visitor):
    browser = visitor(governance)
    assert browser.get(f"{NEW}/merge/").status_code == 200
    sent = {"units": [VILLAGE], "successor": SECOND_VILLAGE, "day": DAY.isoformat()}
    looked = browser.post(f"{NEW}/merge/", sent)
    assert [step.unit.pk for step in looked.context["steps"]] == [VILLAGE]
    assert unit(VILLAGE).closed_on is None
    done = browser.post(f"{NEW}/merge/", sent | {"confirmed": "1"}, follow=True)
    assert unit(VILLAGE).closed_on == DAY
    assert Reorganisation.objects.get().batch in done.content.decode()
    again = browser.post(f"{NEW}/merge/", sent | {"confirmed": "1"})
    assert again.status_code == 200
    assert Reorganisation.objects.count() == 1


def test_a_split_asks_who_goes(village_of_ten, governance, visitor):
    browser = visitor(governance)
    sent = {"unit": VILLAGE, "code": "440199001009", "name": "东塘第九社区", "day": DAY.isoformat()}
    people = [card.member_id for card, _service in browser.post(f"{NEW}/split/", sent).context["people"]]
    assert len(people) == 10
    assert browser.post(f"{NEW}/split/", sent | {"choosing": "1"}).context["problems"]
    looked = browser.post(f"{NEW}/split/", sent | {"members": people[:3]})
    assert looked.context["members"] == sorted(people[:3])
    chosen_again = browser.post(f"{NEW}/split/", sent | {"members": people[:3], "back": "1"}).context
    assert (len(chosen_again["people"]), chosen_again["ticked"]) == (10, frozenset(people[:3]))
    asked_again = browser.post(f"{NEW}/split/", sent | {"members": people[:3], "choosing": "1", "back": "1"})
    assert (asked_again.context["people"], asked_again.context["members"]) == (None, [])
    assert "440199001009" in asked_again.content.decode()
    browser.post(f"{NEW}/split/", sent | {"members": people[:3], "confirmed": "1"})
    assert Member.objects.filter(unit=NEW_HERE).count() == 3


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("merge", {"units": [VILLAGE], "successor": VILLAGE}),
        ("merge", {}),
        ("renumber", {"unit": VILLAGE, "code": "12"}),
        ("renumber", {"unit": VILLAGE, "code": "440100001009"}),
        ("renumber", {"unit": VILLAGE, "code": "440199077009"}),
        ("split", {"unit": VILLAGE}),
        ("split", {"unit": VILLAGE, "successor": VILLAGE}),
        ("split", {"unit": VILLAGE, "successor": SECOND_VILLAGE, "code": "440199001009", "name": "x"}),
    ],
)
def test_what_is_wrong_in_a_form_is_said_in_it(village_of_ten, governance, visitor, kind, sent):
    page = visitor(governance).post(f"{NEW}/{kind}/", sent | {"day": DAY.isoformat(), "confirmed": "1"})
    assert page.status_code == 200
    assert page.context["form"].errors
    assert not Reorganisation.objects.exists()


@pytest.mark.parametrize("role", ["clerk", "staff", "hr", "finance", "sysadmin"])
def test_nobody_else_reorganises(root, account, visitor, role):
    place = {"clerk": VILLAGE, "staff": TOWN}.get(role, DISTRICT)
    browser = visitor(account(role, place, is_demo=True))
    for kind in ("merge", "renumber", "split"):
        assert browser.get(f"{NEW}/{kind}/").status_code == 403
    assert browser.get("/organization/reorganisation/").status_code == 403


# --- who took the place of a unit -------------------------------------------------------------------------------------


def again(account):
    return Account.objects.get(pk=account.pk)


def test_the_successors_own_accounts_see_its_past_too(village_of_ten, governance, account):
    clerk, staff = account("clerk", VILLAGE), account("staff", TOWN)
    do(governance, orders.renumber(unit(TOWN), NEW_TOWN, "东塘镇", DAY))
    for day in (LAST_YEAR, DAY - timedelta(days=1), DAY, TODAY):
        assert heads(again(staff), day, NEW_TOWN, NEW_TOWN + 1) == [10, 10]
        assert heads(again(clerk), day, NEW_TOWN + 1) == [10]


def test_a_village_that_goes_to_another_town_brings_its_past_there(village_of_ten, governance, account):
    clerk, stranger, town = account("clerk", VILLAGE), account("clerk", SECOND_VILLAGE), account("staff", OTHER_TOWN)
    do(governance, orders.renumber(unit(VILLAGE), NEW_THERE, "", DAY))
    do(governance, orders.merge([unit(NEW_THERE)], unit(OTHER_VILLAGE), DAY + timedelta(days=1)))
    assert heads(again(clerk), LAST_YEAR, OTHER_VILLAGE) == [10]
    assert heads(town, LAST_YEAR, OTHER_TOWN, OTHER_VILLAGE) == [10, 10]
    assert heads(again(stranger), LAST_YEAR, SECOND_VILLAGE) == [0]
    with as_account(again(stranger)):
        assert not Card.objects.exists()
        assert not Assignment.objects.exists()


def test_a_unit_that_went_on_elsewhere_leaves_nothing_to_where_it_was_between(village_of_ten, governance, account):
    do(governance, orders.renumber(unit(VILLAGE), NEW_THERE, "", DAY))
    do(governance, orders.renumber(unit(NEW_THERE), NEW_HERE, "", DAY + timedelta(days=1)))
    between = account("staff", OTHER_TOWN)
    with as_account(between):
        assert set(Assignment.objects.values_list("unit", flat=True)) <= {NEW_THERE}  # what happened in its own range
    assert heads(between, LAST_YEAR, OTHER_TOWN) == [0]


def test_heirs_read_the_past_and_do_not_rewrite_it(village_of_ten, governance, account):
    clerk = account("clerk", VILLAGE)
    do(governance, orders.renumber(unit(VILLAGE), NEW_THERE, "", DAY))
    with as_account(again(clerk)):
        past = Assignment.objects.filter(unit=VILLAGE)
        assert past.count() == 10
        assert past.update(post="改写") == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            past[0].member.assignments.create(
                unit_id=VILLAGE, force="joint_defence", sponsor="village", started_on=date(2012, 1, 1),
                ended_on=date(2012, 2, 1), ending="resigned",
            )  # fmt: skip


def test_a_file_with_a_past_under_the_old_code_is_opened_and_saved(village_of_ten, governance, account, visitor):
    clerk = account("clerk", VILLAGE)
    do(governance, orders.renumber(unit(VILLAGE), NEW_THERE, "", DAY))
    member = Member.objects.filter(unit=NEW_THERE).first()
    page = visitor(again(clerk)).get(f"/personnel/member/{member.pk}/change/")
    assert page.status_code == 200
    assert "东塘第一社区" in page.content.decode()


def test_filters_and_unsaved_work_go_along_with_their_accounts(village_of_ten, governance, account, visitor):
    clerk, colleague = account("clerk", VILLAGE), account("clerk", VILLAGE)
    staff, other = account("staff", TOWN), account("clerk", SECOND_VILLAGE)
    key = uuid.uuid4()
    with as_account(clerk):
        saved_filters.save(clerk, "本村女队员", f"sex=female&unit={VILLAGE}", is_shared=True)
        saved_filters.open_with(clerk, SavedFilter.objects.get().pk)
        drafts.keep(clerk, key, "/personnel/member/add/", [["name", "李大同"]])
    do(governance, orders.renumber(unit(TOWN), NEW_TOWN, "", DAY))
    with as_account(again(clerk)):
        assert [one.key for one in drafts.unsaved()] == [key]
        assert drafts.opened(key) == [["name", "李大同"]]
        assert drafts.keep(again(clerk), key, "/personnel/member/add/", [["name", "李大明"]])
        assert "sex=female" in saved_filters.opening(clerk)
    for colleague_of_now in (colleague, clerk):
        page = visitor(again(colleague_of_now)).get("/personnel/card/filters/").content.decode()
        assert "本村女队员" in page
        assert f"unit={NEW_TOWN + 1}" in page
        assert str(VILLAGE) not in page
    assert visitor(again(clerk)).get("/personnel/card/")["Location"].endswith(f"unit={NEW_TOWN + 1}&opened=1")
    for stranger in (staff, other):
        with as_account(again(stranger)):
            assert not SavedFilter.objects.exists()
            assert drafts.unsaved() == []


def test_a_roster_of_the_old_unit_is_looked_at_and_not_undone(village_of_ten, governance, account, visitor):
    clerk = account("clerk", VILLAGE)
    with as_account(clerk):
        roster = RosterImport.objects.create(
            unit_id=VILLAGE, account=clerk.pk, account_name="clerk", file_name="花名册.xlsx", sha256="0" * 64, size=1
        )
    do(governance, orders.renumber(unit(VILLAGE), NEW_THERE, "", DAY))
    browser = visitor(again(clerk))
    page = f"/personnel/rosterimport/{roster.pk}/"
    assert browser.get(f"{page}change/").status_code == 200
    for step in ("undo", "import", "drop", "row/0/2"):
        answer = browser.post(f"{page}{step}/", {"confirmed": "1"})
        assert answer["Location"] == f"{page}change/"
    assert RosterImport.objects.get().undone_at is None
