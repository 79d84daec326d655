import contextlib
import sys
from datetime import date

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personnel import bulk

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
    columns = [list(column) for column in zip(*table, strict=True)] or [[], [], [], [], []]
    named = dict(zip(("said", "number", "bytes", "is_so", "day"), columns, strict=True))
    bulk.insert(scratch, "scratch", bulk.rows_of({"id": list(range(len(table))), **named}))
    scratch.execute("SELECT said, number, bytes, is_so, day FROM scratch ORDER BY id")
    assert [(said, number, blob and bytes(blob), so, day) for said, number, blob, so, day in scratch.fetchall()] == [
        (said, number, blob and bytes(blob), so, day) for said, number, blob, so, day in table
    ]


def test_what_is_the_same_in_all_rows_is_not_spelled_for_each():
    rows = bulk.rows_of({"id": [1, 2], "unit_id": [7, 7], "day": [date(2014, 7, 1)] * 2, "name": ["甲", "乙\t"]})
    assert (rows.columns, rows.constants) == (["id", "name"], {"unit_id": 7, "day": date(2014, 7, 1)})
    assert rows.text.decode() == "1\t甲\n2\t乙\\t\n"


def test_the_key_is_spelled_even_when_it_is_the_same():
    assert bulk.rows_of({"id": [1, 1], "unit_id": [7, 7]}).columns == ["id"]


def test_a_value_without_spelling_is_refused():
    with pytest.raises(KeyError):
        bulk.rows_of({"id": [object()]})


def test_the_interpreter_is_handed_over_as_before_once_all_is_written():
    usual = sys.getswitchinterval()
    with contextlib.suppress(ZeroDivisionError), bulk.Writer():
        assert sys.getswitchinterval() < usual
        raise ZeroDivisionError
    assert sys.getswitchinterval() == usual
