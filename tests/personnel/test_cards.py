"""The cards behind the lists follow their people, and one person's are found without reading everybody's."""

from importlib import import_module
from itertools import product

import pytest
from django.db import connections
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from organization.scope import as_root
from personnel.models import Card, Member
from tests.conftest import SECOND_VILLAGE, VILLAGE
from tests.factories import AssignmentFactory, MemberFactory

OWNER = "owner"  # one transaction with what the triggers read
pytestmark = pytest.mark.django_db(databases=["default", OWNER])


@pytest.fixture
def people():
    """Sixty of one village, written at once."""
    with as_root("test"):
        made = [MemberFactory.build(unit=None, unit_id=VILLAGE) for _ in range(60)]
    return Member.objects.using(OWNER).bulk_create(made)


def read_whole(cursor):
    """{table: how often this transaction has read all of it}"""
    cursor.execute("SELECT relname, seq_scan FROM pg_stat_xact_user_tables WHERE relname LIKE 'personnel_%%'")
    return dict(cursor.fetchall())


def saved_name(person):
    Member.objects.using(OWNER).filter(pk=person.pk).update(name="改名")


def moved(person):
    Member.objects.using(OWNER).filter(pk=person.pk).update(unit=SECOND_VILLAGE)


def employed_elsewhere(person):
    service = AssignmentFactory.build(member=None, unit=None, employer=None)
    service.member_id, service.unit_id = person.pk, SECOND_VILLAGE
    service.save(using=OWNER)


@pytest.mark.parametrize("nested_loops", ["on", "off"])
@pytest.mark.parametrize("change", [saved_name, moved])
def test_one_change_does_not_read_all_cards(people, change, nested_loops):
    with connections[OWNER].cursor() as cursor:
        cursor.execute(f"SET LOCAL enable_seqscan = on; SET LOCAL enable_nestloop = {nested_loops}")
        before = read_whole(cursor)
        change(people[7])
        after = read_whole(cursor)
    read = {table for table, times in after.items() if times > before.get(table, 0)}
    assert "personnel_card" not in read


def test_of_many_changed_at_once_each_card_tells_its_own_person(people):
    changed = {person.pk for person in people[:40]}
    Member.objects.using(OWNER).filter(pk__in=changed).update(name=Concat(Cast("pk", CharField()), Value("号")))
    names = dict(Card.objects.using(OWNER).values_list("member", "name"))
    assert names == {p.pk: f"{p.pk}号" if p.pk in changed else p.name for p in people}


def test_who_moves_or_serves_elsewhere_has_a_card_in_each_unit_once(people):
    moved(people[0])
    employed_elsewhere(people[0])
    employed_elsewhere(people[1])
    both = [person.pk for person in people[:2]]
    cards = Card.objects.using(OWNER).filter(member__in=both).values_list("member", "unit")
    assert sorted(cards) == sorted(product(both, (VILLAGE, SECOND_VILLAGE)))


def test_with_a_member_its_cards_go(people):
    Member.objects.using(OWNER).filter(pk__in=[p.pk for p in people[:5]])._raw_delete(OWNER)
    assert Card.objects.using(OWNER).count() == 55


def test_what_somebody_did_before_stands_on_every_card_and_is_corrected_with_the_file(people):
    Member.objects.using(OWNER).filter(pk=people[0].pk).update(occupation="70")
    moved(people[0])
    employed_elsewhere(people[1])
    Member.objects.using(OWNER).filter(pk=people[1].pk).update(occupation="27")
    told = Card.objects.using(OWNER).exclude(occupation=None).values_list("member", "unit", "occupation")
    both = (VILLAGE, SECOND_VILLAGE)
    assert set(told) == {*product([people[0].pk], both, ["70"]), *product([people[1].pk], both, ["27"])}


def test_the_migration_tells_cards_that_were_there_before_what_their_people_did(people):
    fill = import_module("personnel.migrations.0053_cards_with_occupation").FILL
    Member.objects.using(OWNER).filter(pk__in=[person.pk for person in people[:9]]).update(occupation="80")
    Card.objects.using(OWNER).update(occupation=None)
    with connections[OWNER].cursor() as cursor:
        cursor.execute(fill)
    told = Card.objects.using(OWNER).filter(occupation="80").values_list("member", flat=True)
    assert set(told) == {person.pk for person in people[:9]}
    assert Card.objects.using(OWNER).filter(occupation=None).count() == 51
