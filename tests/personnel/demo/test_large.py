"""A city of districts: what is written without indexes and references is what is written with them."""

from datetime import date

import pytest
from django.db import connections

from organization.models import Account
from organization.scope import as_account
from personnel.demo import large, neighbours
from personnel.demo.load import load
from personnel.demo.numbers import REGIONS, Stock
from personnel.models import Card
from tests.personnel.demo.databases import empty_database

DAY, PASSWORD, SEED, SHARE = date(2014, 7, 1), "a-password-for-tests", 5, 0.01
FIRST = "BETWEEN 440199000000 AND 440199999999"
SEALED = "ARRAY['id_sealed', 'phone_sealed', 'number_sealed', 'condition_sealed', 'at', 'password']"
# Keys that the first district's rows have in both ways begin at one; those drawn from sequences differ.
ROWS = {
    "personnel_member": f"SELECT to_jsonb(t) - {SEALED} FROM personnel_member t WHERE unit_id {FIRST}",
    "personnel_card": f"SELECT to_jsonb(t) - 'id' FROM personnel_card t WHERE unit_id {FIRST}",
    "personnel_assignment": f"SELECT to_jsonb(t) - 'id' FROM personnel_assignment t WHERE unit_id {FIRST}",
    "organization_employer": f"SELECT to_jsonb(t) FROM organization_employer t WHERE unit_id {FIRST}",
    "personnel_bankaccount": (
        f"SELECT to_jsonb(t) - 'id' - {SEALED} FROM personnel_bankaccount t WHERE unit_id {FIRST}"
    ),
    "trail": (
        f"SELECT jsonb_build_array(action, table_name, unit_id, member_id, origin, after - 'id' - {SEALED})"
        " FROM organization_trail"
        f" WHERE unit_id {FIRST} AND table_name ~ '^personnel_(member|assignment|bankaccount)$'"
    ),
}
SHAPE = """
SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid <> 0
UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT tgrelid::regclass::text, tgname::text, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
ORDER BY 1, 2, 3
"""


def asked(question):
    with connections["owner"].cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchall()


def rows():
    return {name: sorted(str(row) for (row,) in asked(question)) for name, question in ROWS.items()}


def city():
    told = []
    made = large.load_large(DAY, SEED, PASSWORD, "city", share=SHARE, tell=lambda *said: told.append(said))
    return made, told


@pytest.fixture(scope="module")
def loaded(django_db_blocker):
    """(rows of a district alone, the city's database before its load, what the load said)."""
    with django_db_blocker.unblock():
        with empty_database("demo_alone"):
            load(DAY, SEED, PASSWORD, scale=SHARE)
            alone = rows()
        with empty_database("demo_city"), pytest.MonkeyPatch.context() as patch:
            shape = asked(SHAPE)
            broken = nothing_left(patch)
            yield alone, shape, broken, *city()


def nothing_left(patch):
    """How many units and members stay when the load breaks after the last district, and the shape then."""

    def breaks(*given):
        raise RuntimeError("broken")

    with patch.context() as here:
        here.setattr(large, "analyze", breaks)
        with pytest.raises(RuntimeError, match="broken"):
            city()
    counts = asked("SELECT (SELECT count(*) FROM organization_unit), (SELECT count(*) FROM personnel_member)")
    return counts, asked(SHAPE)


def test_the_first_district_has_the_rows_of_a_district_alone(loaded):
    in_the_city = rows()
    for name, found in loaded[0].items():
        assert in_the_city[name] == found, name


def test_indexes_constraints_and_triggers_are_as_before(loaded):
    assert asked(SHAPE) == loaded[1]


def test_a_load_that_breaks_leaves_nothing_and_takes_nothing_away(loaded):
    assert loaded[2] == ([(0, 0)], loaded[1])


def test_it_tells_every_district(loaded):
    made, told = loaded[3:]
    assert [(number, of) for number, of, _people in told] == [(number, 11) for number in range(1, 12)]
    assert told[-1][2] == made.people == asked("SELECT count(*) FROM personnel_member")[0][0]


def test_every_range_sees_its_own(loaded):
    everybody = asked("SELECT count(*) FROM personnel_card")[0][0]
    seen = {}
    for name in ("city", "district", "town"):
        account = Account.objects.using("owner").select_related("unit").get(username=name)
        with as_account(account):
            seen[name] = Card.objects.count()
    assert seen["city"] == everybody > 5 * seen["district"] > 5 * seen["town"] > 0


def test_the_province_has_a_hundred_and_twenty_districts_with_codes_and_names_of_their_own():
    grounds = neighbours.grounds("province")
    assert len({each.code for each in grounds}) == len({each.name for each in grounds}) == len(grounds) == 121
    assert neighbours.grounds("city") == grounds[:11]
    assert {each.city for each in grounds} == {code for code, _name in neighbours.above("province")}


def test_the_regions_and_serials_of_no_two_districts_meet():
    given = {}
    for ground in neighbours.grounds("province"):
        stock = Stock(ground.number, f"{ground.code // 10**6}") if ground.number else Stock()
        for region in REGIONS:
            for serial in stock.serials(region):
                place = stock.region_of(region), serial
                assert given.setdefault(place, ground.number) == ground.number, place


def test_no_two_districts_hand_out_the_same_number():
    some = [neighbours.grounds("province")[i] for i in (0, 1, 2, 9, 17, 25, 120)]
    made = [neighbours.drawn(each, DAY, SEED, neighbours.Size().scaled(0.05)) for each in some]
    numbers = [person.id_number for each in made for person in each.people]
    assert len(set(numbers)) == len(numbers) > 5_000
