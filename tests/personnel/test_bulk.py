import contextlib
import sys
from datetime import date

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2.sql import SQL

from organization.scope import as_account, as_root
from personnel import bulk, columns
from personnel.models import Member

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
tables = st.lists(
    st.tuples(
        texts,
        st.none() | st.integers(-(2**31), 2**31 - 1),
        st.none() | st.binary(max_size=9),
        st.booleans(),
        st.dates(),
    ),
    max_size=6,
)


@pytest.fixture
def scratch(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE scratch (id bigint, said text, number int, bytes bytea, is_so boolean, day date)"
        )
        yield cursor


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(tables)
def test_rows_arrive_as_they_were_whatever_is_the_same_in_all_of_them(scratch, table):
    scratch.execute("TRUNCATE scratch")
    found = [list(column) for column in zip(*table, strict=True)] or [[], [], [], [], []]
    named = dict(zip(("said", "number", "bytes", "is_so", "day"), found, strict=True))
    bulk.insert(scratch, "scratch", columns.rows_of({"id": list(range(len(table))), **named}))
    scratch.execute("SELECT said, number, bytes, is_so, day FROM scratch ORDER BY id")
    assert [(said, number, blob and bytes(blob), so, day) for said, number, blob, so, day in scratch.fetchall()] == [
        (said, number, blob and bytes(blob), so, day) for said, number, blob, so, day in table
    ]


def test_what_is_the_same_in_all_rows_is_not_spelled_for_each():
    rows = columns.rows_of({"id": [1, 2], "unit_id": [7, 7], "day": [date(2014, 7, 1)] * 2, "name": ["甲", "乙\t"]})
    assert (rows.columns, rows.constants) == (["id", "name"], {"unit_id": 7, "day": date(2014, 7, 1)})
    assert rows.text.decode() == "1\t甲\n2\t乙\\t\n"


def test_the_key_is_spelled_even_when_it_is_the_same():
    assert columns.rows_of({"id": [1, 1], "unit_id": [7, 7]}).columns == ["id"]


def test_a_value_without_spelling_is_refused():
    with pytest.raises(KeyError):
        columns.rows_of({"id": [object()]})


def test_the_interpreter_is_handed_over_as_before_once_all_is_written():
    usual = sys.getswitchinterval()
    with contextlib.suppress(ZeroDivisionError), bulk.Writer():
        assert sys.getswitchinterval() < usual
        raise ZeroDivisionError
    assert sys.getswitchinterval() == usual


# --- reading ----------------------------------------------------------------------------------------------------------


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.none() | texts, min_size=1, max_size=6), st.dates())
def test_what_is_read_is_spelled_as_what_is_written(scratch, said, day):
    scratch.execute("TRUNCATE scratch")
    numbers = range(len(said))
    bulk.insert(scratch, "scratch", columns.rows_of({"id": numbers, "said": said, "day": [day] * len(said)}))

    lines = bulk.copied(scratch, SQL("SELECT said, day FROM scratch WHERE id >= %s ORDER BY id"), [0])

    spelled = zip(columns.spelled(said), columns.spelled([day] * len(said)), strict=True)
    assert lines == ["\t".join(row) for row in spelled]
    texts_read = [line.split("\t")[0] for line in lines]
    assert [None if text == columns.NOTHING else columns.unescaped(text) for text in texts_read] == said


def test_keys_are_new_and_in_order_also_where_somebody_else_takes_some_between(clerk):
    with as_account(clerk), connection.cursor() as cursor:
        first = list(bulk.keys(cursor, Member, 3))
        assert list(bulk.keys(cursor, Member, 0)) == []

        class Disturbed:
            """Another connection takes a key just before the last of the first try."""

            def execute(self, statement, given):
                cursor.execute(statement, given)

            def fetchone(self):
                first_key, last_key = cursor.fetchone()
                return first_key, last_key + 1

            def fetchall(self):
                return cursor.fetchall()

        second = list(bulk.keys(Disturbed(), Member, 3))
    assert first == sorted(first)
    assert second == sorted(second)
    assert len({*first, *second}) == 6
    assert min(second) > max(first)


@pytest.mark.django_db
def test_two_roles_write_in_one_transaction(clerk, root):
    rows = columns.rows_of({"id": [1, 2], "name": ["甲", "乙"]})
    for scope in (as_account(clerk), as_root("test"), as_account(clerk)):
        with scope, connection.cursor() as cursor, bulk.staged(cursor, "personnel_member", rows) as stage:
            cursor.execute(SQL("SELECT id, name FROM {}").format(stage))
            assert cursor.fetchall() == [(1, "甲"), (2, "乙")]
