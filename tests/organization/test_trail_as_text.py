"""What an INSERT wrote or a DELETE took is kept as text, and read as what it was, whatever the table has become."""

import json

import pytest
from django.db import DatabaseError, connections, transaction

from organization.protection import Retrail
from organization.table_kinds import protections

pytestmark = pytest.mark.django_db(databases=["default", "owner"])

KINDS = """
CREATE TABLE trail_sample (
  id bigint PRIMARY KEY, unit_id bigint, words varchar(9), long_words text, small smallint, big bigint,
  part numeric(6,2), real_part float8, is_so boolean, on_day date, at timestamptz, sealed bytea, told jsonb,
  several text[], numbers bigint[], letter "char")
"""
ROWS = """
INSERT INTO trail_sample VALUES
  (1, 440199001001, '', 'a,b("c")\\ 李''四' || chr(10) || chr(9) || '{}', -3, 9007199254740993, 12.50, 0.1, true,
   '2014-07-01', '2014-07-01 08:00+08', '\\x00ff41', '{"a": [1, null, "x"], "b": {}}', '{"", NULL, "a b", "q\\"q"}',
   '{1,2}', 'I'),
  (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (3, 0, ' ', '()', 0, 0, 0, 'infinity', false, 'infinity', '-infinity', '', 'null', '{}', '{}', '')
"""


@pytest.fixture
def sample():
    """The owner's cursor in a transaction that is undone, with a table of every kind of column and its trail."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(KINDS)
        protection = Retrail("trail_sample")
        protection.connection = connections["owner"]
        cursor.execute(protection.trail_sql())
        yield cursor
        transaction.set_rollback(True, using="owner")


def write_trail_anew(cursor):
    protection = Retrail("trail_sample")
    protection.connection = connections["owner"]
    cursor.execute(protection.trail_function_sql())


def told(cursor):
    """What the entries say that the rows were: {row: JSON}."""
    cursor.execute(
        "SELECT row, trail_created(created_as, created)::text FROM organization_trail WHERE table_name = 'trail_sample'"
        " AND action = 'I' ORDER BY id"
    )
    return {row: json.loads(text) for row, text in cursor.fetchall()}


def test_every_kind_of_value_is_read_as_json_gives_it(sample):
    sample.execute(ROWS)
    sample.execute("SELECT id, to_jsonb(t)::text FROM trail_sample t ORDER BY id")
    meant = {row: json.loads(text) for row, text in sample.fetchall()}
    assert told(sample) == meant
    assert meant[1]["big"] == 9007199254740993
    assert meant[1]["sealed"] == "\\x00ff41"


def test_what_was_taken_away_is_read_as_what_it_was(sample):
    sample.execute(ROWS)
    meant = told(sample)
    sample.execute("DELETE FROM trail_sample")
    sample.execute("ALTER TABLE trail_sample DROP COLUMN small")
    write_trail_anew(sample)
    sample.execute("SELECT set_config('app.duty', 'auditor', true)")
    sample.execute(
        "SELECT t.row, t.before IS NULL AND t.after IS NULL, m.before, m.after FROM organization_trail t"
        " JOIN organization_trail_masked m USING (id) WHERE t.table_name = 'trail_sample' AND t.action = 'D'"
    )
    found = {row: (as_text, json.loads(before), after) for row, as_text, before, after in sample.fetchall()}
    masked = {row: values | {"sealed": None} for row, values in meant.items()}
    assert {row: before | {"sealed": None} for row, (_as_text, before, _after) in found.items()} == masked
    assert all(as_text and after is None for as_text, _before, after in found.values())


def test_entries_from_before_deletions_were_texts_are_still_read(sample):
    sample.execute(
        "INSERT INTO organization_trail (action, table_name, row, before)"
        " VALUES ('D', 'trail_sample', 7, '{\"words\": \"old\"}')"
    )
    sample.execute("SELECT set_config('app.duty', 'auditor', true)")
    sample.execute("SELECT before FROM organization_trail_masked WHERE table_name = 'trail_sample' AND row = 7")
    assert json.loads(sample.fetchone()[0]) == {"words": "old"}


def test_an_entry_from_before_a_column_was_added_says_what_was_written_then(sample):
    sample.execute("INSERT INTO trail_sample (id, words) VALUES (1, 'before')")
    sample.execute("ALTER TABLE trail_sample ADD COLUMN later text NOT NULL DEFAULT 'x', DROP COLUMN small")
    write_trail_anew(sample)
    sample.execute("INSERT INTO trail_sample (id, words, later) VALUES (2, 'after', 'y')")
    first, second = told(sample).values()
    assert (first["words"], "later" in first, first["small"]) == ("before", False, None)
    assert (second["words"], second["later"], "small" in second) == ("after", "y", False)


def test_rows_are_written_and_read_also_before_the_trail_knows_a_new_column(sample):
    sample.execute("ALTER TABLE trail_sample ADD COLUMN later text")
    sample.execute("INSERT INTO trail_sample (id, words, later) VALUES (1, 'kept', 'not yet')")
    assert (told(sample)[1]["words"], "later" in told(sample)[1]) == ("kept", False)


def test_a_column_that_becomes_longer_needs_no_shape_of_its_own(sample):
    sample.execute("INSERT INTO trail_sample (id, words) VALUES (1, 'short')")
    sample.execute("ALTER TABLE trail_sample ALTER COLUMN words TYPE varchar(90)")
    write_trail_anew(sample)
    sample.execute("INSERT INTO trail_sample (id, words) VALUES (2, repeat('long ', 9))")
    assert [row["words"] for row in told(sample).values()] == ["short", "long " * 9]
    sample.execute("SELECT count(DISTINCT created_as) FROM organization_trail WHERE table_name = 'trail_sample'")
    assert sample.fetchone() == (1,)


def test_entries_of_a_table_that_is_gone_are_still_read(sample):
    sample.execute("INSERT INTO trail_sample (id, words) VALUES (1, 'kept')")
    sample.execute("DROP TABLE trail_sample")
    assert told(sample)[1]["words"] == "kept"


def test_all_entries_of_one_statement_have_one_time(sample):
    sample.execute("INSERT INTO trail_sample (id) SELECT generate_series(1, 50)")
    sample.execute("SELECT pg_sleep(0.01)")
    sample.execute("UPDATE trail_sample SET words = 'x'")
    sample.execute(
        "SELECT action, count(*), count(DISTINCT at) FROM organization_trail WHERE table_name = 'trail_sample'"
        " GROUP BY 1 ORDER BY min(at)"
    )
    assert sample.fetchall() == [("I", 50, 1), ("U", 50, 1)]


def test_no_table_of_the_site_keeps_whole_rows_as_json_any_more():
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT p.proname, p.prosrc LIKE '%created_as, created, at,%removed_as, removed, at,%' FROM pg_trigger t"
            " JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgname = 'trail_insert'"
        )
        found = dict(cursor.fetchall())
    assert len(found) > 20
    assert all(found.values())


@pytest.mark.parametrize("order", ["id", "at DESC", "at DESC, id DESC"])
def test_a_page_of_the_trail_decodes_the_rows_that_it_shows_and_no_more(sample, order):
    """Whether found by its index or sorted first: an entry that nobody could read, on a later page, harms no other."""
    sample.execute("INSERT INTO trail_sample (id) SELECT generate_series(1, 30)")
    sample.execute(
        "INSERT INTO organization_trail (at, action, table_name, row, created_as, created)"
        " SELECT now() - interval '2 days', 'I', 'trail_sample', 99, max(created_as::text)::regtype, '(broken'"
        " FROM organization_trail WHERE table_name = 'trail_sample'"
    )
    sample.execute("SELECT set_config('app.duty', 'auditor', true)")
    page = (
        f"SELECT id, after FROM organization_trail_masked WHERE table_name = 'trail_sample' ORDER BY {order} LIMIT 20"
    )
    sample.execute(page)
    assert len(sample.fetchall()) == 20
    with pytest.raises(DatabaseError, match="malformed record"), transaction.atomic(using="owner"):
        sample.execute(page.replace("20", "40"))


def test_the_trail_of_a_withheld_column_says_that_there_was_something():
    protection = protections()["personnel_photo"]
    protection.connection = connections["owner"]
    assert "CAST(CASE WHEN n.\"image_sealed\" IS NOT NULL THEN '…' END AS text)" in protection.trail_function_sql()
