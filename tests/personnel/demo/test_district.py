"""The district in memory: exact on the day, plausible before it, free of contradictions."""

from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from personnel import codes, identity
from personnel.demo.careers import adult_on
from personnel.demo.district import district
from personnel.demo.jobs import ACCOUNTS
from personnel.demo.size import Size
from tests.personnel.demo.conftest import DAY, SEED

SMALL = Size().scaled(0.02)
FOUR = {"auxiliary", "patrol", "joint_defence", "guard"}


def on(made, day):
    return [s for s in made.services if s.started_on <= day and (s.ended_on is None or s.ended_on > day)]


def headcounts(made, day):
    people = defaultdict(set)
    for service in on(made, day):
        people[service.force].add(service.person)
    return {force: len(found) for force, found in people.items()}


def test_the_same_seed_and_day_make_the_same_district(whole):
    assert district(DAY, SEED) == whole


def test_another_seed_makes_other_people():
    one, other = (district(DAY, seed, SMALL) for seed in (1, 2))
    assert one.people[0] != other.people[0]
    assert [unit.name for unit in one.units] != [unit.name for unit in other.units]


def test_the_headcounts_of_the_day_are_those_of_the_document(whole):
    counts = headcounts(whole, DAY)
    assert counts == {"auxiliary": 1732, "patrol": 1233, "joint_defence": 5131, "guard": 16172, "volunteer": 800}
    assert len({service.person for service in on(whole, DAY) if service.force in FOUR}) == 24268


def test_sexes_and_schooling_of_joint_defence_are_those_of_the_document(whole):
    people = {s.person: whole.people[s.person] for s in on(whole, DAY) if s.force == "joint_defence"}.values()
    assert Counter(person.sex for person in people) == {"male": 4948, "female": 183}
    assert Counter(codes.education_band(person.education) for person in people) == {
        "junior_or_below": 3177, "senior_or_vocational": 1657, "college_or_above": 297,
    }  # fmt: skip


def test_guards_and_their_employers_are_those_of_the_document(whole):
    guards = Counter(s.employer for s in on(whole, DAY) if s.force == "guard")
    institutions = {i for i in guards if whole.employers[i].nature in ("government", "school")}
    assert (len(guards), guards.total()) == (2053, 16172)
    assert (len(institutions), sum(guards[i] for i in institutions)) == (165, 1419)


def test_most_employers_declare_the_guards_they_have_and_some_do_not(whole):
    having = [e for e in whole.employers if e.guards]
    differing = [e for e in having if e.declared_guards != e.guards]
    assert len(having) * 0.02 < len(differing) < len(having) * 0.2
    assert any(e.filed_on is None for e in having)
    assert any(e.filed_on and (e.filed_on - e.started_on).days > 30 for e in having)


def test_no_entertainment_venue_employs_a_guard(whole):
    venues = {i for i, e in enumerate(whole.employers) if e.nature == "entertainment"}
    assert venues
    assert not venues & {service.employer for service in whole.services}


def test_every_document_is_valid_unique_and_agrees_with_the_person(whole):
    for person in whole.people:
        assert identity.check_document(person.document, person.id_number, DAY) == person.id_number
        if person.document == "resident_id":
            read = identity.parse(person.id_number, DAY)
            assert (read.birth_date, read.sex) == (person.birth_date, person.sex)
    assert len({person.id_number for person in whole.people}) == len(whole.people)
    assert Counter(person.document for person in whole.people)["hk_macau_permit"] > 3


def test_nobody_serves_before_the_eighteenth_birthday(whole):
    assert all(s.started_on >= adult_on(whole.people[s.person].birth_date) for s in whole.services)


def test_services_of_one_person_never_take_the_same_part_of_the_same_day(whole):
    by_person = defaultdict(list)
    for service in whole.services:
        by_person[service.person].append(service)
    for services in by_person.values():
        for i, one in enumerate(services):
            for other in services[:i]:
                days = one.started_on < (other.ended_on or date.max) and other.started_on < (one.ended_on or date.max)
                parts = (
                    one.share_from < other.share_from + other.share and other.share_from < one.share_from + one.share
                )
                assert not (days and parts)


def test_second_services_fill_the_hundred(whole):
    parts = defaultdict(list)
    for service in on(whole, DAY):
        parts[service.person].append(service)
    pairs = [services for services in parts.values() if len(services) > 1]
    assert len(pairs) == Size().second_services
    assert all(sum(service.share for service in pair) == 100 for pair in pairs)
    assert all(pair[0].unit_id != pair[1].unit_id for pair in pairs)


def test_the_forces_have_grown_over_ten_years_and_people_came_and_went(whole):
    years = [
        sum(n for f, n in headcounts(whole, DAY.replace(year=y)).items() if f in FOUR) for y in (2016, 2020, 2024, 2026)
    ]
    assert years == sorted(years)
    assert years[0] > 8_000
    left = Counter(s.ending for s in whole.services if s.ended_on and s.ended_on > DAY - timedelta(365))
    assert min(left[reason] for reason in ("resigned", "expired", "dismissed", "transferred", "retired")) > 10


def test_who_moved_serves_without_a_gap_and_at_another_place(whole):
    ended = {(s.person, s.ended_on): s for s in whole.services if s.ending == "transferred"}
    moved = [s for s in whole.services if s.beginning == "transferred"]
    assert len(moved) == len(ended) > 1000
    for service in moved:
        old = ended[service.person, service.started_on]
        assert (old.unit_id, old.employer) != (service.unit_id, service.employer)


def test_units_and_keepers_of_each_force(whole):
    towns = {unit.code for unit in whole.units if unit.is_town}
    villages = {unit.code for unit in whole.units if unit.is_village}
    for service in on(whole, DAY):
        keeper = whole.keepers[service.person]
        if service.beginning == "second":
            continue
        if service.force == "guard":
            assert keeper in towns
            assert service.unit_id - service.unit_id % 1000 == keeper
        else:
            assert service.unit_id == keeper
        if service.force == "patrol":
            assert service.unit_id == service.recruiter_id
            assert service.unit_id in towns
        if service.sponsor:
            assert service.unit_id in {"town": towns, "village": villages}[service.sponsor]


def test_most_of_joint_defence_is_run_by_villages_and_a_few_squads_lack_people(whole):
    sponsors = Counter(s.sponsor for s in on(whole, DAY) if s.force == "joint_defence")
    assert sponsors["village"] > sponsors["town"] > 500
    squads = Counter(s.unit_id for s in on(whole, DAY) if s.sponsor == "village" and s.beginning != "second")
    few = [unit for unit in whole.units if unit.is_village and squads[unit.code] < 3]
    assert len(few) == 3
    assert all(squads[code] > 5 for code in ACCOUNTS.values())


@pytest.mark.parametrize("scale", [0.001, 0.01, 0.3])
def test_a_district_can_be_of_any_size(scale):
    size = Size().scaled(scale)
    assert headcounts(district(DAY, SEED, size), DAY)["guard"] == size.guards


@pytest.mark.parametrize("day", [date(2014, 7, 1), date(2000, 1, 1), date(2024, 2, 29), date(2099, 12, 31)])
def test_any_day_can_be_the_demo_day(day):
    made = district(day, 3, SMALL)
    assert headcounts(made, day)["guard"] == SMALL.guards
    assert all(team.established_on < day for team in made.teams)
    assert all(held.started_on <= day and (held.ended_on or day) <= day for held in made.appointments)
    assert all((service.ended_on or day) <= day for service in made.services)


def test_every_unit_has_its_team_and_most_chief_posts_are_vacant(whole):
    assert Counter(team.seat for team in whole.teams)["governance_centre"] == 19
    assert len(whole.teams) == 1 + 19 + 257
    chiefs = [i for i, post in enumerate(whole.posts) if post.title == "chief"]
    held = {appointment.post for appointment in whole.appointments if appointment.ended_on is None}
    filled = [i for i in chiefs if i in held]
    assert 0.3 < len(filled) / len(chiefs) < 0.6
    assert all(whole.teams[whole.posts[i].team].unit_id % 1000 for i in filled)


def test_only_the_squad_without_people_has_no_leader(whole):
    held = {appointment.post for appointment in whole.appointments if appointment.ended_on is None}
    led = {whole.posts[i].team for i in held}
    squads = {s.unit_id for s in on(whole, DAY) if s.sponsor == "village"}
    leaderless = [team.unit_id for i, team in enumerate(whole.teams) if i not in led]
    assert leaderless
    assert not squads & set(leaderless)


def test_no_name_is_one_that_everybody_knows(whole):
    assert not {person.name for person in whole.people} & {"李强", "王毅", "刘翔", "姚明"}
    assert len({person.name for person in whole.people}) > 8_000
