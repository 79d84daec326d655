"""Rows of a file move with their member and keep it: checked once a statement, as strictly as foreign keys."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from organization.refused_by_database import MISSING, sentence
from organization.scope import as_account, as_root
from personnel.models import BankAccount, EmergencyContact, HealthRecord, Member
from tests.conftest import OTHER_VILLAGE, SECOND_VILLAGE, VILLAGE
from tests.factories import MemberFactory

OWNER = "owner"  # web roles delete nobody without an undo
NOBODY = 10**15
FUNCTIONS = ["rows_follow_member()", "no_row_loses_its_member()", "rows_move_with_their_member()"]
pytestmark = pytest.mark.django_db(databases=["default", OWNER])


def contact(member, **fields):
    return EmergencyContact(**{"member_id": getattr(member, "pk", member), "name": "李某", "phone": "1"} | fields)


def refused(error, rule="emergency_contact_follows_member", table="personnel_emergencycontact"):
    told = error.value.__cause__.diag
    assert (told.sqlstate, told.constraint_name, told.table_name) == ("23503", rule, table)
    return sentence(error.value) is MISSING


def units_of(model):
    return set(model.objects.values_list("unit", flat=True))


def test_one_row_without_a_member_refuses_all_of_its_statement(root):
    members = MemberFactory.create_batch(20)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        EmergencyContact.objects.bulk_create([*map(contact, members), contact(NOBODY, unit_id=VILLAGE)], batch_size=100)
    assert refused(error)
    assert not EmergencyContact.objects.exists()


def test_a_row_names_the_unit_that_keeps_the_file(root):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        contact(MemberFactory(), unit_id=SECOND_VILLAGE).save()
    assert refused(error)


def test_a_row_stays_where_its_member_is(root):
    contact(MemberFactory()).save()
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        EmergencyContact.objects.update(unit=SECOND_VILLAGE)
    assert refused(error)


def test_several_rows_of_one_member_are_as_good_as_one(root):
    member = MemberFactory()
    EmergencyContact.objects.bulk_create([contact(member), contact(member)])
    assert EmergencyContact.objects.filter(member=member).count() == 2


def test_all_that_is_of_a_file_moves_with_it_and_nothing_else_does(root):
    moving, staying = MemberFactory.create_batch(30), MemberFactory.create_batch(3)
    for member in (*moving, *staying):
        contact(member).save()
    BankAccount.objects.create(member=moving[0], bank="银行", number="6222")
    HealthRecord.objects.create(member=moving[1], condition="x")
    Member.objects.filter(pk__in=[member.pk for member in moving]).update(unit=SECOND_VILLAGE)
    assert EmergencyContact.objects.filter(unit=SECOND_VILLAGE).count() == 30
    assert set(EmergencyContact.objects.filter(unit=VILLAGE).values_list("member", flat=True)) == {
        member.pk for member in staying
    }
    assert (units_of(BankAccount), units_of(HealthRecord)) == ({SECOND_VILLAGE}, {SECOND_VILLAGE})


def test_people_who_move_to_different_units_at_once_each_take_their_own_along(root):
    first, second = MemberFactory.create_batch(2)
    EmergencyContact.objects.bulk_create([contact(first), contact(second)])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE personnel_member SET unit_id = CASE id WHEN %s THEN %s ELSE %s END",
            [first.pk, SECOND_VILLAGE, OTHER_VILLAGE],
        )
    assert dict(EmergencyContact.objects.values_list("member", "unit")) == {
        first.pk: SECOND_VILLAGE,
        second.pk: OTHER_VILLAGE,
    }


@pytest.mark.parametrize("nested_loops", ["on", "off"])
def test_whoever_has_a_row_is_not_deleted_among_others_who_have_none(nested_loops):
    with as_root("test"):
        members = [MemberFactory.build(unit=None, unit_id=VILLAGE) for _ in range(5)]
    Member.objects.using(OWNER).bulk_create(members)
    contact(members[3]).save(using=OWNER)
    everybody = Member.objects.using(OWNER).filter(pk__in=[member.pk for member in members])
    connections[OWNER].cursor().execute(f"SET LOCAL enable_nestloop = {nested_loops}")
    with pytest.raises(IntegrityError) as error, transaction.atomic(OWNER):
        everybody._raw_delete(OWNER)
    assert refused(error)
    assert everybody.count() == 5
    EmergencyContact.objects.using(OWNER).filter(member=members[3])._raw_delete(OWNER)
    everybody._raw_delete(OWNER)
    assert not everybody.exists()


@pytest.mark.parametrize("unit", [None, VILLAGE, OTHER_VILLAGE])
def test_a_hidden_member_is_refused_like_nobody(root, clerk, unit):
    hidden, said = MemberFactory(unit_id=OTHER_VILLAGE, unit=None), []
    with as_account(clerk):
        for pk in (hidden.pk, NOBODY):
            with pytest.raises(DatabaseError) as error, transaction.atomic():
                contact(pk, unit_id=unit).save()
            told = error.value.__cause__.diag
            said.append((told.sqlstate, told.constraint_name, told.message_primary))
    assert said[0] == said[1]


def test_nobody_hands_a_row_over_to_a_hidden_member(root, clerk):
    hidden, said = MemberFactory(unit_id=OTHER_VILLAGE, unit=None), []
    contact(MemberFactory()).save()
    with as_account(clerk):
        for pk in (hidden.pk, NOBODY):
            with pytest.raises(IntegrityError) as error, transaction.atomic():
                EmergencyContact.objects.update(member_id=pk)
            assert refused(error)
            said.append(error.value.__cause__.diag.message_primary)
    assert said[0] == said[1]


@pytest.mark.parametrize("function", [*FUNCTIONS, "followers_of_members()"])
def test_no_web_role_calls_what_looks_past_the_policies(root, clerk, function):
    with as_account(clerk), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(f"SELECT {function}")
