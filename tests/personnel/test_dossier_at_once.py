"""Somebody hangs a row on a member whom somebody else deletes, moves or holds at that moment, on two connections."""

from contextlib import closing

import pytest

from organization.office import found
from organization.scope import as_root
from tests.conftest import DISTRICT, SECOND_VILLAGE, UNITS, VILLAGE
from tests.factories import MemberFactory
from tests.personnel import at_once
from tests.personnel.demo.databases import empty_database

HANG = (
    "INSERT INTO personnel_erasurehold (unit_id, member_id, reason, held_from, set_by)"
    " VALUES (%(unit)s, %(member)s, 'x', '2014-01-01', 1)"
)
HANG_ANOTHER = (
    "INSERT INTO personnel_formernumber (unit_id, member_id, number_sealed, number_digest, reason, corrected_by)"
    " VALUES (%(unit)s, %(member)s, 'x', %(member)s::text::bytea, 'x', 'x')"
)
MOVE = "UPDATE personnel_member SET unit_id = %(elsewhere)s WHERE id = %(member)s"
DELETE = "DELETE FROM personnel_member WHERE id = %(member)s"
HOLD = "SELECT FROM personnel_member WHERE id = %(member)s FOR UPDATE"
OPEN = "INSERT INTO personnel_dossier (member_id, unit_id) VALUES (%(member)s, %(unit)s)"
LEFT = """
SELECT (SELECT unit_id FROM personnel_member WHERE id = %(member)s),
       (SELECT unit_id FROM personnel_dossier WHERE member_id = %(member)s),
       (SELECT unit_id FROM personnel_erasurehold WHERE member_id = %(member)s)
"""
REFUSED = "23503"
pytestmark = pytest.mark.xdist_group("dossier at once")  # one worker makes the database


@pytest.fixture(scope="module")
def office(django_db_setup, django_db_blocker):
    """A database that keeps what is committed."""
    with django_db_blocker.unblock(), empty_database("test_dossier_at_once"):
        found(DISTRICT, "穗安区", UNITS.items(), is_demo=True)
        yield


@pytest.fixture(params=[False, True], ids=["without", "with"])
def values(request, office):
    """Of somebody in the village, who has no dossier yet, or an empty one."""
    with as_root("test"):
        member = MemberFactory.build(unit=None, unit_id=VILLAGE)
    member.save(using="owner")
    given = {"member": member.pk, "unit": VILLAGE, "elsewhere": SECOND_VILLAGE}
    if request.param:
        with closing(at_once.connect()) as connection, connection:
            connection.cursor().execute(OPEN, given)
    return given


@pytest.fixture
def in_turn(values):
    """What became of the second statement, and where member, dossier and hold are afterwards."""
    return lambda first, second: at_once.in_turn(first, second, values, LEFT)


def test_who_got_a_row_is_not_deleted(in_turn):
    refused, left = in_turn(HANG, DELETE)
    assert (refused, left) == (REFUSED, (VILLAGE, VILLAGE, VILLAGE))


def test_nothing_hangs_on_who_was_deleted(in_turn):
    refused, left = in_turn(DELETE, HANG)
    assert (refused, left) == (REFUSED, (None, None, None))


def test_a_row_moves_along_with_who_is_moved_after_it(in_turn):
    refused, left = in_turn(HANG, MOVE)
    assert (refused, left) == ("", (SECOND_VILLAGE,) * 3)


def test_a_row_for_the_old_unit_is_refused_after_the_move(in_turn):
    refused, (member, _dossier, held) = in_turn(MOVE, HANG)
    assert (refused, member, held) == (REFUSED, SECOND_VILLAGE, None)


def test_who_holds_a_file_finds_all_that_hangs_on_it(in_turn):
    refused, left = in_turn(HOLD, HANG)
    assert (refused, left) == ("", (VILLAGE,) * 3)


@pytest.mark.parametrize("values", [False], indirect=True)
def test_two_first_rows_open_one_dossier(in_turn):
    refused, left = in_turn(HANG_ANOTHER, HANG)
    assert (refused, left) == ("", (VILLAGE,) * 3)
