"""Figures of a day: each person once, bands that add up, the past as it was."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organization import belonging, reorganisation
from organization import figures as of_organization
from organization.belonging import reach
from organization.models import Employer, Team, Unit
from organization.scope import as_account
from personnel import codes, figures, identity
from personnel.figures.course import changed, day_before_month, month_ends
from personnel.figures.population import KEYS
from personnel.models import Appointment, Force, Member
from personnel.people import Selection
from tests.conftest import DISTRICT, OTHER_TOWN, OTHER_VILLAGE, SECOND_VILLAGE, STATION, TOWN, VILLAGE
from tests.factories import EmployerFactory, MemberFactory, serve

DAY = date(2014, 7, 15)


def at(code):
    return Unit.objects.get(code=code)


def strength(unit=DISTRICT, day=DAY, force=None):
    return figures.strength(day, reach(unit), force)


def found(counts):
    return {key: count for key, count in counts.items() if count}


def test_nobody_is_zero_in_every_figure(root):
    assert strength() == dict.fromkeys(KEYS, 0)
    table = figures.flat(DAY, reach(DISTRICT))
    assert table["members.total"] == table["posts.total"] == table["month.joined"] == 0
    assert table["teams.squad_rate"] == table["month.turnover"] == table["posts.filled_rate"] == 0.0


def test_one_person_is_counted_once_in_every_dimension(root):
    serve(MemberFactory(birth_date=date(1989, 7, 15), education=None, sex="female", occupation="70"))
    assert found(strength()) == {
        "total": 1, "female": 1, "force.joint_defence": 1, "sponsor.village": 1, "age.25_40": 1, "education.unknown": 1,
        "former.unemployed": 1,
    }  # fmt: skip


def test_a_second_service_counts_in_each_unit_and_once_above(root):
    member = MemberFactory()
    serve(member, share=50)
    serve(member, share=50, share_from=50, unit=at(OTHER_VILLAGE))
    totals = [strength(unit)["total"] for unit in (VILLAGE, TOWN, OTHER_VILLAGE, OTHER_TOWN, DISTRICT)]
    assert totals == [1, 1, 1, 1, 1]
    at_once = figures.by_unit(DAY, reach(DISTRICT), [TOWN, OTHER_TOWN])
    assert [counts["total"] for counts in at_once] == [1, 0, 1, 1]


def test_who_serves_in_two_forces_is_in_both_and_once_in_the_total(root):
    member = MemberFactory()
    serve(member, share=50)
    serve(member, share=50, share_from=50, force="guard")
    counts = strength()
    assert (counts["force.joint_defence"], counts["force.guard"], counts["total"], counts["male"]) == (1, 1, 1, 1)


def test_volunteers_stand_apart(root):
    serve(MemberFactory(), force="volunteer")
    assert found(strength()) == {"force.volunteer": 1}
    assert strength(force="volunteer")["total"] == 1


def test_a_force_narrows_every_dimension(root):
    serve(MemberFactory(sex="female"), force="auxiliary", category="clerical")
    serve(MemberFactory(education="61"), sponsor="town")
    counts = strength(force="auxiliary")
    assert found(counts).keys() == {
        "total", "female", "force.auxiliary", "category.clerical", "age.41_up", "education.junior_or_below",
        "former.unknown",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("born", "day", "band"),
    [
        (date(1989, 7, 16), DAY, "under_25"),
        (date(1989, 7, 15), DAY, "25_40"),
        (date(1973, 7, 16), DAY, "25_40"),
        (date(1973, 7, 15), DAY, "41_up"),
        (date(1988, 2, 29), date(2013, 2, 28), "under_25"),
        (date(1988, 2, 29), date(2013, 3, 1), "25_40"),
    ],
)
def test_a_band_begins_on_the_birthday(root, born, day, band):
    serve(MemberFactory(birth_date=born))
    assert strength(day=day)[f"age.{band}"] == 1


def test_services_are_half_open(root):
    serve(MemberFactory(), since="2014-07-01", until="2014-07-15")
    counts = [strength(day=date(2014, *day))["total"] for day in ((6, 30), (7, 1), (7, 14), (7, 15))]
    assert counts == [0, 1, 1, 0]


def test_a_file_that_moved_leaves_the_past_where_it_was(root, account):
    member = MemberFactory()
    serve(member, since="2013-01-01", until="2014-07-01")
    Member.objects.update(unit=OTHER_VILLAGE)
    serve(Member.objects.get(), since="2014-07-01")
    for unit, expected in ((TOWN, (1, 0)), (OTHER_TOWN, (0, 1))):
        with as_account(account("staff", unit)):
            assert (strength(None, date(2014, 6, 30))["total"], strength(None)["total"]) == expected


def test_units_below_and_those_who_serve_right_at_the_unit(root):
    for unit in (TOWN, VILLAGE, VILLAGE, OTHER_VILLAGE):
        serve(MemberFactory(unit=at(unit)))
    below = [child.code for child in of_organization.children(TOWN)]
    assert below == [VILLAGE, SECOND_VILLAGE]
    assert [counts["total"] for counts in figures.by_unit(DAY, reach(TOWN), below)] == [3, 1, 2, 0]
    towns = [child.code for child in of_organization.children(DISTRICT)]
    assert towns == [TOWN, OTHER_TOWN, 440199_900_000, STATION]
    assert [counts["total"] for counts in figures.by_unit(DAY, reach(DISTRICT), towns)] == [4, 0, 3, 1, 0, 0]


def test_a_closed_unit_counts_under_its_successor_on_past_days(root, account):
    serve(MemberFactory(), since="2013-01-01")
    with as_account(account("governance")):
        reorganisation.close(VILLAGE, OTHER_VILLAGE, date(2014, 7, 1), date(2014, 7, 1))
        for day in (date(2014, 6, 30), date(2014, 7, 1)):
            totals = [strength(unit, day)["total"] for unit in (DISTRICT, TOWN, OTHER_TOWN, OTHER_VILLAGE)]
            assert totals == [1, 0, 1, 1]
            towns = [TOWN, OTHER_TOWN]
            assert [row["total"] for row in figures.by_unit(day, reach(DISTRICT), towns)] == [1, 0, 0, 1]
        assert figures.movement(date(2014, 7, 1), reach(OTHER_TOWN))["joined"] == 0
        assert VILLAGE not in {child.code for child in of_organization.children(TOWN)}
        past = [of_organization.teams(date(2014, 6, 30), reach(unit))["villages"] for unit in (TOWN, OTHER_TOWN)]
        assert past == [1, 2]
        assert strength(VILLAGE, date(2014, 6, 30))["total"] == 1


def test_a_chain_of_successors_ends_at_the_open_unit(root, account):
    with as_account(account("governance")):
        reorganisation.close(VILLAGE, SECOND_VILLAGE, date(2014, 6, 1), DAY)
        reorganisation.close(SECOND_VILLAGE, OTHER_VILLAGE, date(2014, 7, 1), DAY)
        assert belonging.moved() == {VILLAGE: OTHER_VILLAGE, SECOND_VILLAGE: OTHER_VILLAGE}
        assert reach(OTHER_TOWN).joined == (VILLAGE, SECOND_VILLAGE)
        assert reach(TOWN).gone == (VILLAGE, SECOND_VILLAGE)


def test_who_came_and_who_left_make_the_change(root):
    for since, until in [("2012-01-01", None), ("2014-07-03", None), ("2014-07-15", None), ("2014-07-16", None)]:
        serve(MemberFactory(), since=since, until=until)
    for until in ("2014-07-01", "2014-07-02", "2014-07-15", "2014-07-16"):
        serve(MemberFactory(), until=until)
    inside = MemberFactory()
    serve(inside, until="2014-07-08")
    serve(inside, since="2014-07-08", unit=at(SECOND_VILLAGE))
    town, village = figures.movement(DAY, reach(TOWN)), figures.movement(DAY, reach(VILLAGE))
    assert (town["joined"], town["left"], town["net"]) == (2, 3, -1)
    assert town["turnover"] == pytest.approx(3 / ((6 + 5) / 2))
    assert (village["joined"], village["left"]) == (2, 4)
    assert changed("joined", DAY, reach(VILLAGE)).count() == 2
    assert changed("left", DAY, reach(VILLAGE)).count() == 4
    before, now = (strength(VILLAGE, day)["total"] for day in (day_before_month(DAY), DAY))
    assert now - before == village["net"]


def test_the_months_end_on_the_day_asked_for():
    assert month_ends(date(2014, 3, 15), 3) == [date(2014, 1, 31), date(2014, 2, 28), date(2014, 3, 15)]


def test_headcounts_of_months_are_those_of_the_days(root):
    serve(MemberFactory(), since="2014-01-31")
    serve(MemberFactory(), since="2014-02-01", until="2014-05-31")
    member = MemberFactory()
    serve(member, since="2014-02-01", until="2014-06-15", share=50)
    serve(member, since="2014-03-01", share=50, share_from=50, unit=at(OTHER_VILLAGE))
    days = month_ends(DAY, 8)
    for unit in (VILLAGE, DISTRICT):
        assert figures.headcounts(days, reach(unit)) == [strength(unit, day)["total"] for day in days]


def test_guards_employers_and_what_they_declared(root):
    school = EmployerFactory(nature="school", unit_id=VILLAGE, declared_guards=5)
    company = EmployerFactory(unit_id=VILLAGE, declared_guards=None)
    EmployerFactory(unit_id=VILLAGE, declared_guards=7, ended_on=DAY, started_on=date(2010, 1, 1))
    for employer in (school, school, company):
        serve(MemberFactory(), force="guard", employer=employer)
    serve(MemberFactory(), force="guard", employer=company, until="2014-07-15")
    assert figures.guards(DAY, reach(TOWN)) == {
        "employers": 2, "institutions": 1, "named": 3, "in_institutions": 2, "declared": 5, "difference": 2,
    }  # fmt: skip
    assert not any(figures.guards(DAY, reach(TOWN), "patrol").values())
    assert school.nature in Employer.INSTITUTIONS


def test_teams_cover_towns_and_villages_but_no_stations(root):
    Team.objects.establish(at(TOWN), date(2014, 1, 1), "governance_centre")
    Team.objects.establish(at(VILLAGE), date(2014, 1, 1), "police_room")
    Team.objects.establish(at(OTHER_VILLAGE), date(2014, 8, 1), "police_room")
    Team.objects.establish(at(STATION), date(2014, 1, 1), "police_station")
    assert of_organization.teams(DAY, reach(DISTRICT)) == {
        "corps": 0, "towns": 2, "brigades": 1, "villages": 3, "squads": 1, "brigade_rate": 0.5, "squad_rate": 1 / 3,
    }  # fmt: skip


def test_a_chief_post_may_be_vacant_and_shows_so(root):
    team = Team.objects.establish(at(VILLAGE), date(2014, 1, 1), "police_room")
    deputy = team.posts.filter(title="deputy").first()
    Appointment.objects.create(post=deputy, unit_id=VILLAGE, official="某某", started_on=date(2014, 1, 1))
    assert figures.posts(DAY, reach(TOWN)) == {
        "total": 3, "filled": 1, "chiefs": 1, "chiefs_filled": 0, "vacant": 2, "filled_rate": 1 / 3,
    }  # fmt: skip


def test_squads_without_members_or_leader_stand_out_and_guards_are_no_members(root):
    for unit in (VILLAGE, SECOND_VILLAGE, OTHER_VILLAGE):
        Team.objects.establish(at(unit), date(2014, 1, 1), "police_room")
    serve(MemberFactory(), force="guard")
    for _ in range(3):
        serve(MemberFactory(unit=at(SECOND_VILLAGE)))
    post = Team.objects.get(unit=SECOND_VILLAGE).posts.first()
    Appointment.objects.create(post=post, unit_id=SECOND_VILLAGE, official="某某", started_on=date(2014, 1, 1))
    serve(MemberFactory(unit=at(OTHER_VILLAGE)))
    squads = figures.squads_at_risk(DAY, reach(DISTRICT))
    assert [(squad.unit, squad.is_empty, squad.is_small, squad.is_led) for squad in squads] == [
        (VILLAGE, True, False, False),
        (OTHER_VILLAGE, False, True, False),
    ]


def test_three_people_count_all_some_and_nothing(root, account, stranger):
    serve(MemberFactory())
    serve(MemberFactory(unit=at(STATION)))
    seen = {}
    for who in (account("governance", username="office"), account("staff", TOWN, username="town"), stranger):
        with as_account(who):
            seen[who.username] = strength(None)["total"]
    assert seen == {"office": 2, "town": 1, "stranger": 0}


def test_the_number_of_queries_does_not_grow_with_the_people(root):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            figures.flat(DAY, reach(DISTRICT))
        return len(captured)

    few = queries()
    for unit in (VILLAGE, SECOND_VILLAGE, OTHER_VILLAGE):
        Team.objects.establish(at(unit), date(2014, 1, 1), "police_room")
        for _ in range(5):
            serve(MemberFactory(unit=at(unit)))
    assert queries() == few


# --- a slow count in Python over random people

DAYS = st.dates(date(2013, 1, 1), date(2015, 1, 1))
PLACES = [VILLAGE, SECOND_VILLAGE, TOWN, OTHER_VILLAGE, STATION]


@st.composite
def careers(draw):
    """A person: sex, birth date, schooling, former occupation, one or two services, together no more than full time."""
    services = []
    for half in range(draw(st.integers(1, 2))):
        start = draw(DAYS)
        length = draw(st.none() | st.integers(1, 500))
        force = draw(st.sampled_from(Force.values))
        services.append({
            "unit": draw(st.sampled_from(PLACES)),
            "force": force,
            "sponsor": draw(st.sampled_from(["town", "village"])) if force == "joint_defence" else "",
            "category": draw(st.sampled_from(["", "operational", "clerical"])) if force == "auxiliary" else "",
            "share": 0 if force == "volunteer" else 50,
            "share_from": half * 50,
            "since": start.isoformat(),
            "until": length and (start + timedelta(days=length)).isoformat(),
        })  # fmt: skip
    return {
        "sex": draw(st.sampled_from(["male", "female"])),
        "birth_date": draw(st.dates(date(1969, 1, 1), date(1996, 12, 31))),
        "education": draw(st.none() | st.sampled_from(codes.codes("education"))),
        "occupation": draw(st.none() | st.sampled_from(codes.codes("occupation"))),
        "services": services,
    }


def counted_slowly(people, day, unit, force):
    """What `strength` should say, person by person."""
    low, high = reach(unit).low, reach(unit).high
    counts = Counter(dict.fromkeys(KEYS, 0))
    for person in people:
        here = [
            service
            for service in person["services"]
            if low <= service["unit"] <= high
            and date.fromisoformat(service["since"]) <= day
            and (service["until"] is None or day < date.fromisoformat(service["until"]))
            and force in (None, service["force"])
        ]
        counts.update({f"force.{service['force']}" for service in here})
        counts.update({f"sponsor.{service['sponsor']}" for service in here if service["sponsor"]})
        counts.update({f"category.{service['category']}" for service in here if service["category"]})
        if force or any(service["force"] != "volunteer" for service in here):
            if not here:
                continue
            age = identity.age_on(person["birth_date"], day)
            band = "under_25" if age < 25 else "25_40" if age <= 40 else "41_up"
            education = codes.education_band(person["education"])
            counts.update(["total", person["sex"], f"age.{band}", f"education.{education}"])
            counts.update([f"former.{codes.former_band(person['occupation'])}"])
    return dict(counts)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(careers(), max_size=6),
    day=DAYS,
    unit=st.sampled_from([DISTRICT, TOWN, VILLAGE, OTHER_TOWN]),
    force=st.none() | st.sampled_from(Force.values),
)
def test_figures_agree_with_a_slow_count_and_bands_add_up(root, people, day, unit, force):
    point = transaction.savepoint()
    for person in people:
        fields = {key: person[key] for key in ("sex", "birth_date", "education", "occupation")}
        member = MemberFactory(unit=at(person["services"][0]["unit"]), **fields)
        for service in person["services"]:
            serve(member, **service | {"unit": at(service["unit"])})
    counts = strength(unit, day, force)
    slowly = counted_slowly(people, day, unit, force)
    months = figures.headcounts(month_ends(day, 3), reach(unit), force)
    selected = Selection(day, unit, service={"force": force or "professional"}).cards().count()
    moved = figures.movement(day, reach(unit), force)
    before = counted_slowly(people, day_before_month(day), unit, force)["total"]
    below = [child.code for child in of_organization.children(unit)]
    in_all, _right_here, *places = figures.by_unit(day, reach(unit), below, force)
    each = [strength(code, day, force) for code in below]
    transaction.savepoint_rollback(point)
    assert counts == slowly
    assert (in_all, places) == (counts, each)
    assert months[-1] == selected == counts["total"]
    assert before + moved["net"] == counts["total"]
    for kind in ("age", "education", "former"):
        assert sum(count for key, count in counts.items() if key.startswith(kind)) == counts["total"]
    assert counts["male"] + counts["female"] == counts["total"]
