"""What only the owner of the tables can do, done in the middle of a test and gone with it."""

import psycopg2
import pytest
from django.db import connection, connections

FUNCTION = """
CREATE FUNCTION done_by_owner(statement text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN EXECUTE statement; END $$
"""


@pytest.fixture(scope="module")
def owners_door(django_db_setup, django_db_blocker):
    """A function by which a test acts as the owner within its own transaction, triggers and all."""
    with django_db_blocker.unblock():
        given = connections["owner"].get_connection_params()
    door = psycopg2.connect(**{key: value for key, value in given.items() if key not in ("cursor_factory", "context")})
    door.autocommit = True
    door.cursor().execute(FUNCTION)
    yield
    door.cursor().execute("DROP FUNCTION done_by_owner(text)")
    door.close()


@pytest.fixture
def owner(owners_door, db):
    """Runs a statement as the owner: owner("UPDATE ...")."""

    def run(statement):
        with connection.cursor() as cursor:
            cursor.execute("SELECT done_by_owner(%s)", [statement])

    return run
