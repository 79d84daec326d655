"""Somebody writes a row of a file whose member somebody else deletes, moves or holds at that moment."""

import pytest

from organization.office import found
from organization.scope import as_root
from tests.conftest import DISTRICT, SECOND_VILLAGE, UNITS, VILLAGE
from tests.factories import MemberFactory
from tests.personnel import at_once
from tests.personnel.demo.databases import empty_database

ATTACH = (
    "INSERT INTO personnel_emergencycontact (unit_id, member_id, name, relation, phone_sealed)"
    " VALUES (%(unit)s, %(member)s, 'x', '', '')"
)
ATTACH_ANOTHER = (
    "INSERT INTO personnel_healthrecord (unit_id, member_id, condition_sealed) VALUES (%(unit)s, %(member)s, 'x')"
)
HAND_OVER = (
    "UPDATE personnel_emergencycontact SET member_id = %(member)s, unit_id = %(unit)s WHERE member_id = %(other)s"
)
# Each takes the other's: as a whole the statement names nobody new.
SWAP = """
UPDATE personnel_emergencycontact SET member_id = CASE member_id WHEN %(member)s THEN %(other)s ELSE %(member)s END
WHERE member_id IN (%(member)s, %(other)s)
"""
MOVE = "UPDATE personnel_member SET unit_id = %(elsewhere)s WHERE id = %(member)s"
DELETE = "DELETE FROM personnel_member WHERE id = %(member)s"
HOLD = "SELECT FROM personnel_member WHERE id = %(member)s FOR UPDATE"
EDIT = "UPDATE personnel_emergencycontact SET name = 'y' WHERE member_id = %(other)s"
LEFT = """
SELECT (SELECT unit_id FROM personnel_member WHERE id = %(member)s),
       (SELECT unit_id FROM personnel_emergencycontact WHERE member_id = %(member)s)
"""
REFUSED = "23503"


@pytest.fixture(scope="module")
def office(django_db_setup, django_db_blocker):
    """A database that keeps what is committed."""
    with django_db_blocker.unblock(), empty_database("test_following_at_once"):
        found(DISTRICT, "穗安区", UNITS.items(), is_demo=True)
        yield


def made():
    with as_root("test"):
        member = MemberFactory.build(unit=None, unit_id=VILLAGE)
    member.save(using="owner")
    return member.pk


@pytest.fixture
def values(office):
    """Two people in the village; the other one has a contact."""
    given = {"member": made(), "other": made(), "unit": VILLAGE, "elsewhere": SECOND_VILLAGE}
    run(ATTACH, given | {"member": given["other"]})
    return given


def run(statement, values):
    connection = at_once.connect()
    with connection:
        connection.cursor().execute(statement, values)
    connection.close()


@pytest.fixture
def in_turn(values):
    """What became of the second statement, and where the member and the contact are afterwards."""
    return lambda first, second: at_once.in_turn(first, second, values, LEFT)


@pytest.mark.parametrize("attach", [ATTACH, HAND_OVER])
def test_who_got_a_row_is_not_deleted(in_turn, attach):
    assert in_turn(attach, DELETE) == (REFUSED, (VILLAGE, VILLAGE))


@pytest.mark.parametrize("attach", [ATTACH, HAND_OVER])
def test_no_row_comes_to_who_was_deleted(in_turn, attach):
    assert in_turn(DELETE, attach) == (REFUSED, (None, None))


@pytest.mark.parametrize("attach", [ATTACH, HAND_OVER])
def test_a_row_moves_along_with_who_is_moved_after_it(in_turn, attach):
    assert in_turn(attach, MOVE) == ("", (SECOND_VILLAGE, SECOND_VILLAGE))


@pytest.mark.parametrize("attach", [ATTACH, HAND_OVER])
def test_a_row_for_the_old_unit_is_refused_after_the_move(in_turn, attach):
    assert in_turn(MOVE, attach) == (REFUSED, (SECOND_VILLAGE, None))


@pytest.mark.parametrize("attach", [ATTACH, HAND_OVER])
def test_who_holds_a_file_finds_all_that_hangs_on_it(in_turn, attach):
    assert in_turn(HOLD, attach) == ("", (VILLAGE, VILLAGE))


def test_rows_that_change_places_are_each_new_to_their_member(in_turn, values):
    run(ATTACH, values)
    assert in_turn(HOLD, SWAP) == ("", (VILLAGE, VILLAGE))


def test_a_row_that_stays_with_its_member_waits_for_nobody(values):
    held, editing = at_once.connect(), at_once.connect()
    held.cursor().execute(HOLD, values | {"member": values["other"]})
    with editing:
        editing.cursor().execute("SET lock_timeout = '2s'")
        editing.cursor().execute(EDIT, values)
    held.close()
    editing.close()


def test_two_rows_come_to_one_member_at_the_same_time(values):
    first, second = at_once.connect(), at_once.connect()
    first.cursor().execute(ATTACH, values)
    with second:
        second.cursor().execute("SET lock_timeout = '2s'")
        second.cursor().execute(ATTACH_ANOTHER, values)
    first.commit()
    first.close()
    second.close()
