"""Teams, their posts, and who holds them."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from organization.models import Post, Team, Unit
from organization.scope import as_account
from personnel import vacancies
from personnel.models import Appointment, Member
from tests.conftest import DISTRICT, OTHER_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, serve

TEAMS, POSTS, APPOINTMENTS = "/organization/team/", "/organization/post/", "/personnel/appointment/"
DAY = date(2014, 7, 1)


@pytest.fixture
def governance(account):
    return account("governance", username="governance")


@pytest.fixture
def squad(root):
    return establish(VILLAGE)


def establish(unit, day=date(2014, 1, 1)):
    return Team.objects.establish(Unit.objects.get(pk=unit), day, Team.Seat.POLICE_ROOM)


def chief(team):
    return team.posts.get(title="chief")


def appoint(post, since="2014-01-01", until=None, **holder):
    holder = holder or {"official": "梁建国", "office": "社区民警"}
    return Appointment.objects.create(
        post=post, started_on=date.fromisoformat(since), ended_on=until and date.fromisoformat(until), **holder
    )


def form(post, **fields):
    return {
        "post": post.pk,
        "started_on": "2014-07-01",
        "ended_on": "",
        "member": "",
        "official": "",
        "office": "",
    } | fields


def errors(response):
    return response.context["adminform"].form.errors


# --- teams -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "kind", "deputies"),
    [
        (DISTRICT, "corps", ["governance_leader", "sub_bureau_leader"]),
        (TOWN, "brigade", ["", "town_governance_leader"]),
        (VILLAGE, "squad", ["community_officer", "village_director"]),
    ],
)
def test_establishing_a_team_makes_its_standard_posts(root, unit, kind, deputies):
    team = establish(unit)
    assert team.kind == kind
    assert chief(team).ex_officio == ""
    assert sorted(team.posts.filter(title="deputy").values_list("ex_officio", flat=True)) == deputies
    assert set(team.posts.values_list("unit", flat=True)) == {unit}


def test_a_unit_has_one_team_at_a_time(squad):
    with pytest.raises(IntegrityError, match="team_one_a_unit"), transaction.atomic():
        establish(VILLAGE)


def test_governance_establishes_a_team_on_its_page(root, visitor, governance):
    entered = {"unit": VILLAGE, "established_on": "2014-06-30", "seat": "security_committee", "address": "东塘路1号"}
    assert visitor(governance).post(f"{TEAMS}add/", entered).status_code == 302
    assert Team.objects.get().posts.count() == 3


def test_the_team_page_shows_holders_and_vacancies(squad, visitor, governance):
    appoint(squad.posts.get(ex_officio="community_officer"))
    shown = visitor(governance).get(f"{TEAMS}{squad.pk}/change/").content.decode()
    assert "梁建国（社区民警）" in shown
    assert shown.count('class="vacant"') == 2
    assert f"/personnel/appointment/add/?post={chief(squad).pk}" in shown


def test_three_people_see_all_some_and_no_posts(squad, visitor, governance, clerk, stranger):
    seen = [len(visitor(who).get(POSTS).context["cl"].result_list) for who in (governance, clerk, stranger)]
    assert seen == [3, 3, 0]


@pytest.mark.parametrize("role", ["clerk", "staff", "hr"])
def test_others_than_governance_read_and_write_nothing(squad, visitor, account, role):
    unit = {"clerk": VILLAGE, "staff": TOWN, "hr": DISTRICT}[role]
    browser = visitor(account(role, unit, is_demo=True))
    assert browser.get(f"{TEAMS}{squad.pk}/change/").status_code == 200
    assert browser.post(f"{APPOINTMENTS}add/", form(chief(squad), official="梁建国")).status_code == 403
    assert browser.post(f"{TEAMS}add/", {}).status_code == 403


def test_a_team_whose_posts_are_held_is_not_disbanded(squad, visitor, governance):
    appointment = appoint(chief(squad))
    posts = {
        f"posts-{n}-{name}": value
        for n, post in enumerate(squad.posts.all())
        for name, value in {
            "id": post.pk,
            "team": squad.pk,
            "title": post.title,
            "ex_officio": post.ex_officio,
            "abolished_on": "",
        }.items()
    }
    change = {
        "established_on": "2014-01-01",
        "seat": "police_room",
        "address": "",
        "disbanded_on": "2014-08-01",
        "posts-TOTAL_FORMS": 3,
        "posts-INITIAL_FORMS": 3,
    } | posts
    browser = visitor(governance)
    assert list(errors(browser.post(f"{TEAMS}{squad.pk}/change/", change))) == ["disbanded_on"]
    Appointment.objects.filter(pk=appointment.pk).update(ended_on=date(2014, 8, 1))
    assert browser.post(f"{TEAMS}{squad.pk}/change/", change).status_code == 302
    assert Team.objects.get().disbanded_on == date(2014, 8, 1)


# --- posts -------------------------------------------------------------------------------------------------------


def test_a_chief_post_stays_in_sight_while_it_is_vacant(squad, visitor, governance):
    other = establish(OTHER_VILLAGE)
    appoint(chief(squad))
    listed = visitor(governance).get(f"{POSTS}?held=vacant&title__exact=chief").context["cl"].result_list
    assert listed == [chief(other)]
    assert list(vacancies.vacant(Post.objects.on(DAY).chiefs(), DAY)) == [chief(other)]
    assert list(vacancies.held(Post.objects.on(DAY), DAY)) == [chief(squad)]


def test_vacancy_is_of_a_day(squad):
    appoint(chief(squad), "2014-03-01", "2014-07-01")
    chiefs = Post.objects.chiefs()
    days = [date(2014, 2, 28), date(2014, 3, 1), date(2014, 6, 30), date(2014, 7, 1)]
    assert [vacancies.vacant(chiefs, day).exists() for day in days] == [True, False, False, True]


def test_vacant_chief_posts_are_counted_for_every_unit_of_the_tree(squad):
    establish(TOWN)
    appoint(chief(squad))
    assert vacancies.vacant_chiefs_by_unit([DISTRICT, TOWN, VILLAGE], DAY) == {DISTRICT: 1, TOWN: 1, VILLAGE: 0}


def test_the_list_of_posts_takes_the_same_queries_for_ten_times_the_posts(root, visitor, governance):
    browser = visitor(governance)
    browser.get(POSTS)
    used = []
    for start, number in ((301, 1), (310, 10)):
        for code in range(TOWN + start, TOWN + start + number):
            team = Team.objects.establish(
                Unit.objects.create(code=code, name="村", root_id=DISTRICT), DAY, "police_room"
            )
            appoint(chief(team), member=MemberFactory())
        with CaptureQueriesContext(connection) as queries:
            browser.get(POSTS)
        used.append(len(queries))
    assert used[0] == used[1]


# --- appointments ------------------------------------------------------------------------------------------------


def test_governance_appoints_a_member_or_an_official(squad, visitor, governance):
    browser, member = visitor(governance), MemberFactory()
    deputy = squad.posts.filter(title="deputy").first()
    assert browser.post(f"{APPOINTMENTS}add/", form(chief(squad), member=member.pk)).status_code == 302
    assert browser.post(f"{APPOINTMENTS}add/", form(deputy, official="梁建国", office="社区民警")).status_code == 302
    holders = vacancies.holders([chief(squad).pk, deputy.pk], DAY)
    assert [holders[post.pk].name for post in (chief(squad), deputy)] == [member.name, "梁建国"]
    assert set(Appointment.objects.values_list("unit", flat=True)) == {VILLAGE}


@pytest.mark.parametrize("both", [True, False])
def test_either_a_member_or_an_official_holds_a_post(squad, visitor, governance, both):
    holder = {"member": MemberFactory().pk, "official": "梁建国"} if both else {}
    response = visitor(governance).post(f"{APPOINTMENTS}add/", form(chief(squad), **holder))
    assert response.status_code == 200
    assert errors(response)
    assert not Appointment.objects.exists()


def test_one_post_has_one_holder_at_a_time(squad, visitor, governance):
    appoint(chief(squad))
    response = visitor(governance).post(f"{APPOINTMENTS}add/", form(chief(squad), official="何志强"))
    assert errors(response)
    assert Appointment.objects.count() == 1


def test_a_post_is_not_held_before_it_exists(squad, visitor, governance):
    response = visitor(governance).post(
        f"{APPOINTMENTS}add/", form(chief(squad), official="何志强", started_on="2013-12-31")
    )
    assert list(errors(response)) == ["started_on"]


def test_an_appointment_is_ended_and_the_next_begins_that_day_and_both_stay_in_the_history(squad, visitor, governance):
    before = appoint(chief(squad))
    browser = visitor(governance)
    change = {"office": "社区民警", "started_on": "2014-01-01", "ended_on": "2014-07-01"}
    assert browser.post(f"{APPOINTMENTS}{before.pk}/change/", change).status_code == 302
    assert browser.post(f"{APPOINTMENTS}add/", form(chief(squad), official="何志强")).status_code == 302
    history = browser.get(f"{POSTS}{chief(squad).pk}/change/").content.decode().partition('id="post_form"')[2]
    assert history.index("何志强") < history.index("梁建国")


def test_the_holder_of_an_appointment_never_changes(squad, visitor, governance):
    appointment = appoint(chief(squad))
    change = {
        "office": "",
        "started_on": "2014-01-01",
        "ended_on": "",
        "official": "冒名",
        "member": MemberFactory().pk,
    }
    visitor(governance).post(f"{APPOINTMENTS}{appointment.pk}/change/", change)
    assert Appointment.objects.get().official == "梁建国"


def test_a_holder_whose_file_has_moved_away_is_still_named_by_the_card(squad, visitor, clerk):
    member = MemberFactory(name="黄大海")
    appoint(chief(squad), member=member)
    Member.objects.filter(pk=member.pk).update(unit=OTHER_VILLAGE)
    browser = visitor(clerk)
    for url in (f"{TEAMS}{squad.pk}/change/", f"{POSTS}{chief(squad).pk}/change/", APPOINTMENTS, POSTS, TEAMS):
        assert "黄大海" in browser.get(url).content.decode(), url


def test_a_holder_from_elsewhere_is_not_named_to_the_village(squad, visitor, clerk):
    appoint(chief(squad), member=MemberFactory(name="黄大海", unit_id=OTHER_VILLAGE, unit=None))
    with as_account(clerk):
        assert vacancies.holders([chief(squad).pk], DAY)[chief(squad).pk].name == ""
    shown = visitor(clerk).get(f"{POSTS}{chief(squad).pk}/change/").content.decode()
    assert "黄大海" not in shown


def test_appointments_are_found_by_the_name_of_member_or_official(squad, visitor, governance):
    appoint(chief(squad), member=MemberFactory(name="黄大海"))
    appoint(squad.posts.filter(title="deputy").first())
    browser = visitor(governance)
    for text, names in {"黄大海": ["黄大海"], "huangdahai": ["黄大海"], "梁": ["梁建国"]}.items():
        listed = browser.get(f"{APPOINTMENTS}?q={text}").context["cl"].result_list
        assert [row.shown_name for row in listed] == names


def test_nothing_of_it_is_deleted(squad, visitor, governance):
    appointment, browser = appoint(chief(squad)), visitor(governance)
    for url in (f"{TEAMS}{squad.pk}/", f"{POSTS}{chief(squad).pk}/", f"{APPOINTMENTS}{appointment.pk}/"):
        assert browser.post(f"{url}delete/", {"post": "yes"}).status_code == 403


def test_a_unit_of_another_town_gets_no_appointment_from_here(root, visitor, account):
    hidden = establish(OTHER_VILLAGE)
    station = visitor(account("governance", 440199_900_000))
    response = station.post(f"{APPOINTMENTS}add/", form(chief(hidden), official="何志强"))
    assert errors(response)
    assert not Appointment.objects.exists()


def test_a_post_of_somebody_who_left_the_unit_is_found_and_one_of_an_outsider_is_not(squad, root):
    stays, left, moved, outsider = (MemberFactory() for _ in range(4))
    serve(stays)
    serve(left, until="2014-06-01")
    serve(moved, until="2014-07-02")
    serve(moved, since="2014-07-02", unit=Unit.objects.get(pk=OTHER_VILLAGE))
    serve(outsider, unit=Unit.objects.get(pk=OTHER_VILLAGE))
    held = {who.pk: Post.objects.create(team=squad, unit_id=VILLAGE, title="deputy") for who in (stays, left, moved)}
    held[outsider.pk] = chief(squad)
    for who, post in held.items():
        appoint(post, member=Member.objects.get(pk=who))

    def found(day):
        return set(vacancies.held_by_leavers(Post.objects.filter(team=squad), day).values_list("pk", flat=True))

    assert found(DAY) == {held[left.pk].pk}
    assert found(date(2014, 7, 2)) == {held[left.pk].pk, held[moved.pk].pk}
    assert found(date(2014, 5, 1)) == set()
