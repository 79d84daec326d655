"""Units of files, units and members of services, services of what refers to them: once a statement, strict as keys."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, connections, transaction

from organization.models import Unit
from organization.office import found
from organization.refused_by_database import MISSING, sentence
from organization.scope import as_root
from personnel.models import Assignment, DisciplineCase, Member
from tests.conftest import DISTRICT, SECOND_VILLAGE, UNITS, VILLAGE
from tests.factories import AssignmentFactory, MemberFactory, serve
from tests.personnel.demo.databases import empty_database
from tests.personnel.disciplining import days_ago, stored

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


COPY = (  # a second file of a person, with its own number; then a service for each of the two
    "INSERT INTO personnel_member SELECT (jsonb_populate_record(m, jsonb_build_object('id', m.id + 1000000,"
    r" 'id_digest', '\x' || md5(m.id::text) || md5(m.id::text)))).* FROM personnel_member m WHERE m.id = %s;"
)


def test_a_service_does_not_slip_in_beside_one_of_a_member_who_is_new(meanwhile, member):
    new = SimpleNamespace(pk=member.pk + 1_000_000)
    statement, values = service(member)
    both = f"{COPY}{statement}, {statement.partition('VALUES')[2]}"
    given = [member.pk, *values, new.pk, VILLAGE]
    assert meanwhile(removal(member), (both, given)) == "service_has_its_member"
    with as_root("test"):
        assert not Member.objects.filter(pk__in=[member.pk, new.pk]).exists()


def locked(member):
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmax <> 0 FROM personnel_member WHERE id = %s", [member.pk])
        return cursor.fetchone()[0]


def test_a_member_of_long_ago_is_locked_when_a_service_begins_but_not_one_of_the_same_transaction(office, member):
    with as_root("test"):
        first = MemberFactory(unit=None, unit_id=VILLAGE)
        serve(first)
        with transaction.atomic():
            second = MemberFactory(unit=None, unit_id=VILLAGE)
            serve(second)
            serve(member)
        assert [locked(each) for each in (first, second, member)] == [False, False, True]


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


# --- what refers to services ------------------------------------------------------------------------------------------


@pytest.fixture
def case(office, member):
    """A discipline case of a service."""
    with as_root("test"):
        of = serve(member)
    made = stored(member, of, pk=member.pk, occurred_on=days_ago(9), reported_on=days_ago(8), summary="试用情节")
    made.save(using="owner", force_insert=True)
    return made


@pytest.fixture
def another(office):
    """A service that nothing refers to."""
    with as_root("test"):
        return serve(MemberFactory(unit=None, unit_id=VILLAGE))


def handed_to(case, service):
    return "UPDATE personnel_disciplinecase SET service_id = %s WHERE id = %s", [service.pk, case.pk]


def ended_for_good(service):
    return "DELETE FROM personnel_assignment WHERE id = %s", [service.pk]


def test_a_service_is_not_removed_while_something_comes_to_refer_to_it(meanwhile, case, another):
    assert meanwhile(handed_to(case, another), ended_for_good(another)) == "service_is_there"
    with as_root("test"):
        assert Assignment.objects.filter(pk=another.pk).exists()


def test_nothing_comes_to_refer_to_a_service_while_that_is_removed(meanwhile, case, another):
    assert meanwhile(ended_for_good(another), handed_to(case, another)) == "service_is_there"
    assert DisciplineCase.objects.using("owner").get(pk=case.pk).service_id == case.service_id


def test_nothing_refers_to_a_service_that_is_not_there_and_what_is_referred_to_stays(case):
    with as_root("test"):
        served = Assignment.objects.get(pk=case.service_id)
    for statement, values in (handed_to(case, NOBODY), ended_for_good(served)):
        with pytest.raises(IntegrityError) as error, connections["owner"].cursor() as cursor:
            cursor.execute(statement, values)
        assert refused(error, "service_is_there")


REFERRING = {
    (field.model._meta.db_table, field.column)
    for field in (
        each.field
        for each in Assignment._meta.get_fields(include_hidden=True)
        if each.auto_created and not each.concrete
    )
    if not field.db_constraint
}


def test_every_table_that_refers_to_services_without_a_foreign_key_is_asked_when_one_goes(office):
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'nothing_refers_to_services'")
        source = cursor.fetchone()[0]
        cursor.execute(
            "SELECT tgrelid::regclass::text, encode(tgargs, 'escape') FROM pg_trigger"
            " WHERE tgname = 'services_are_there_insert'"
        )
        asked = {(table, column) for table, args in cursor.fetchall() for column in args.split(r"\000") if column}
    assert asked == REFERRING
    for table, column in REFERRING:
        assert re.search(rf"JOIN {table} (\w) ON \1\.{column} = o\.id", source)
