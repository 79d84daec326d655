"""The unit of a file, the unit and the member of a service: checked once a statement, as strictly as foreign keys."""

import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, connections, transaction

from organization.models import Unit
from organization.office import found
from organization.refused_by_database import MISSING, sentence
from organization.scope import as_root
from personnel.models import Assignment, Member
from tests.conftest import DISTRICT, SECOND_VILLAGE, UNITS, VILLAGE
from tests.factories import AssignmentFactory, MemberFactory, serve
from tests.personnel.demo.databases import empty_database

NOWHERE = 440199_777_777
NOBODY = SimpleNamespace(pk=999_999_999)


def refused(error, rule):
    diagnosis = error.value.__cause__.diag
    return diagnosis.constraint_name == rule and sentence(error.value) is MISSING


def test_a_file_needs_a_unit_that_there_is(root):
    members = MemberFactory.build_batch(20, unit_id=VILLAGE, unit=None)
    members[11].unit_id = NOWHERE
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Member.objects.bulk_create(members)
    assert refused(error, "member_has_its_unit")
    assert not Member.objects.exists()


def test_a_file_does_not_move_to_a_unit_that_is_not_there(root):
    MemberFactory.create_batch(3)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Member.objects.update(unit=NOWHERE)
    assert refused(error, "member_has_its_unit")


def test_a_service_needs_a_unit_that_there_is(root):
    first, second = MemberFactory.create_batch(2)
    right = AssignmentFactory.build(member=first, unit_id=VILLAGE, unit=None)
    wrong = AssignmentFactory.build(member=second, unit_id=NOWHERE, unit=None)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Assignment.objects.bulk_create([right, wrong])
    assert refused(error, "service_has_its_unit")
    assert not Assignment.objects.exists()


# --- two at one instant ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def office(django_db_setup, django_db_blocker):
    """A database that keeps what is committed."""
    with django_db_blocker.unblock(), empty_database("test_keys"):
        found(DISTRICT, "穗安区", UNITS.items(), is_demo=True)
        yield
        connection.close()


@pytest.fixture
def meanwhile(office):
    """Runs a second statement while the first is not committed yet; gives what the second one said: "" or a rule."""

    def second(statement, values):
        try:
            with connections["owner"].cursor() as cursor:
                cursor.execute(statement, values)
        except IntegrityError as error:
            return error.__cause__.diag.constraint_name
        finally:
            connections["owner"].close()
        return ""

    def run(first, then):
        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
                cursor.execute(*first)
                answer = pool.submit(second, *then)
                wait_until_held_up(cursor, answer)
            return answer.result(30)

    return run


def wait_until_held_up(cursor, answer):
    for _attempt in range(600):
        assert not answer.done(), answer.result()
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        if cursor.fetchone()[0]:
            return
        time.sleep(0.05)
    raise AssertionError("the second statement neither waits nor ends")


@pytest.fixture
def member(office):
    with as_root("test"):
        return MemberFactory(unit=None, unit_id=VILLAGE)


def service(member):
    """Begun by the owner, whom no policy binds: the site's roles begin none for a member that they do not see."""
    return (
        "INSERT INTO personnel_assignment (member_id, unit_id, force, category, sponsor, post, grade, badge,"
        " former_title, share, share_from, started_on, beginning, ending, ending_note)"
        " VALUES (%s, %s, 'joint_defence', '', 'village', '', '', '', '', 100, 0, '2014-01-01', 'recruited', '', '')",
        [member.pk, VILLAGE],
    )


def removal(member):
    return "DELETE FROM personnel_member WHERE id = %s", [member.pk]


def test_a_service_does_not_slip_in_while_its_member_is_removed(meanwhile, member):
    assert meanwhile(removal(member), service(member)) == "service_has_its_member"
    with as_root("test"):
        assert not Assignment.objects.filter(member_id=member.pk).exists()


def test_a_member_is_not_removed_while_a_service_begins(meanwhile, member):
    assert meanwhile(service(member), removal(member)) == "service_has_its_member"
    with as_root("test"):
        assert Assignment.objects.get(member_id=member.pk).member == member


def test_a_file_does_not_move_into_a_unit_while_that_is_removed(meanwhile, member):
    gone = "DELETE FROM organization_unit WHERE code = %s", [SECOND_VILLAGE]
    move = "UPDATE personnel_member SET unit_id = %s WHERE id = %s", [SECOND_VILLAGE, member.pk]
    assert meanwhile(move, gone) == "member_has_its_unit"
    back = "UPDATE personnel_member SET unit_id = %s WHERE id = %s", [VILLAGE, member.pk]
    with connections["owner"].cursor() as cursor:
        cursor.execute(*back)
    assert meanwhile(gone, move) == "member_has_its_unit"
    with as_root("test"):
        assert Member.objects.get(pk=member.pk).unit_id == VILLAGE
        assert not Unit.objects.filter(pk=SECOND_VILLAGE).exists()


def test_nobody_serves_who_is_not_there_and_who_serves_stays(office, member):
    with as_root("test"):
        serve(member)
    for statement, values, rule in (
        (*removal(member), "service_has_its_member"),
        (*service(NOBODY), "service_has_its_member"),
        ("DELETE FROM organization_unit WHERE code = %s", [VILLAGE], "member_has_its_unit"),
    ):
        with pytest.raises(IntegrityError) as error, connections["owner"].cursor() as cursor:
            cursor.execute(statement, values)
        assert refused(error, rule)
