"""Tables of divisions: every encoding an office has, every rule of codes, all problems at once, all or nothing."""

import json
from contextlib import suppress
from io import StringIO

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from organization import division_table
from organization.division_table import Row, UnreadableTable, judge, read
from organization.models import Installation, Unit
from tests.conftest import DISTRICT, TOWN, UNITS, VILLAGE

TABLE = "代码,名称\r\n440199002,南湾街道\r\n440199002001,南湾社区\r\n"
ROWS = [Row(2, "440199002", "南湾街道"), Row(3, "440199002001", "南湾社区")]
NEW_TOWN, NEW_VILLAGE = 440199_002_000, 440199_002_001


@pytest.fixture
def known():
    root = Installation(root=DISTRICT)
    return [Unit(code=code, name=name, root=root) for code, name in ({DISTRICT: "穗安区"} | UNITS).items()]


def slugs(plan):
    return [(problem.line, problem.column, problem.code) for problem in plan.problems]


# --- reading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_of_an_office_reads_the_same(encoding):
    assert read(TABLE.encode(encoding)) == ROWS


def test_the_tab_separated_unicode_text_of_a_spreadsheet_is_read():
    assert read(TABLE.replace(",", "\t").encode("utf-16")) == ROWS


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("沙灣鎮,欖核鎮,黃閣鎮,萬頃沙鎮", "big5"), ("東京都千代田区,北区", "shift_jis"), ("Zürich,Genève", "cp1252")],
)
def test_another_code_page_is_refused_by_name_and_never_becomes_mojibake(text, encoding):
    with pytest.raises(UnreadableTable) as refusal:
        read(b"code,name\n440199002," + text.encode(encoding))
    assert refusal.value.code == "encoding"


def test_utf_32_is_refused_by_name():
    with pytest.raises(UnreadableTable, match="UTF-32"):
        read(TABLE.encode("utf-32"))


@pytest.mark.parametrize("cut", [1, 3])
def test_a_truncated_utf_16_file_is_refused(cut):
    with pytest.raises(UnreadableTable) as refusal:
        read(TABLE.encode("utf-16")[:-cut])
    assert refusal.value.code == "encoding"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n", "empty"),
        (b"a,b\n440199002,x\n", "header"),
        ('code,name\n440199002,"南湾\n'.encode(), "quotes"),
        (b"\x00", "encoding"),
    ],
)
def test_what_is_no_table_is_refused(data, code):
    with pytest.raises(UnreadableTable) as refusal:
        read(data)
    assert refusal.value.code == code


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UnreadableTable) as refusal:
        read(tmp_path / "none.csv")
    assert refusal.value.code == "unreadable"


def test_a_file_over_the_limit_is_refused_before_it_is_parsed(monkeypatch):
    monkeypatch.setattr(division_table, "MAX_BYTES", 20)
    with pytest.raises(UnreadableTable) as refusal:
        read(TABLE.encode())
    assert refusal.value.code == "too_large"


def test_lines_are_numbered_as_an_editor_does():
    text = 'code,name\n\n440199002,"南湾\n街道"\n440199002001,南湾社区\n'
    assert [row.line for row in read(text.encode())] == [3, 5]


def test_columns_may_stand_in_any_order_among_others():
    text = "名称,城乡分类,代码\n南湾街道,111,440199002\n"
    assert read(text.encode()) == [Row(2, "440199002", "南湾街道")]


def test_a_code_kept_as_text_by_a_formula_is_read():
    assert read(b'code,name\n="440199002000",x\n')[0].code == "440199002000"


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    with suppress(UnreadableTable):
        assert all(isinstance(row, Row) for row in read(data))


# --- judging --------------------------------------------------------------------------------------------------------


def test_codes_of_6_9_and_12_digits_are_padded(known):
    rows = [Row(2, "440199", "穗安区"), Row(3, "440199 002", "南湾街道"), Row(4, "440199002001", "南湾社区")]
    plan = judge(rows, DISTRICT, known)
    assert plan.problems == ()
    assert plan.new == ((NEW_TOWN, "南湾街道"), (NEW_VILLAGE, "南湾社区"))
    assert plan.unchanged == 1


def test_all_problems_are_said_at_once_with_their_lines(known):
    rows = [
        Row(2, "440199003001", "无镇社区"),
        Row(3, "440198001", "别处街道"),
        Row(4, "4401990", "短"),
        Row(5, "", "无代码"),
        Row(6, "4.40199E+11", "坏了"),
        Row(7, "440199002", ""),
        Row(8, "440199002", "重复街道"),
        Row(9, "440199000001", "跳级社区"),
        Row(10, "440199004", "长" * 61),
    ]
    assert slugs(judge(rows, DISTRICT, known)) == [
        (2, "code", "parent_missing"),
        (3, "code", "outside"),
        (4, "code", "length"),
        (5, "code", "missing"),
        (6, "code", "became_number"),
        (7, "name", "name_missing"),
        (8, "code", "duplicate"),
        (9, "code", "kind_unknown"),
        (10, "name", "name_too_long"),
    ]


def test_the_unit_above_may_be_one_that_exists(known):
    assert judge([Row(2, str(TOWN + 9), "东塘第九社区")], DISTRICT, known).problems == ()


def test_a_closed_unit_is_no_parent_and_comes_back_by_no_table(known):
    town = next(unit for unit in known if unit.code == TOWN)
    town.closed_on = "2014-07-01"
    rows = [Row(2, str(TOWN), town.name), Row(3, str(TOWN + 9), "东塘第九社区")]
    assert slugs(judge(rows[:1], DISTRICT, known)) == [(2, "code", "closed")]
    assert slugs(judge(rows[1:], DISTRICT, known)) == [(3, "code", "parent_missing")]


def test_functional_units_take_900_to_999_and_their_squads_come_below(known):
    plan = judge([Row(2, "440199950", "特勤大队"), Row(3, "440199950001", "特勤一中队")], DISTRICT, known)
    assert plan.problems == ()
    assert [Unit(code=code).kind for code, _name in plan.new] == ["functional", "squad"]


# --- loading --------------------------------------------------------------------------------------------------------


def run(tmp_path, text, *options):
    """(exit code, the JSON of the last line)."""
    path = tmp_path / "表.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    out = StringIO()
    try:
        call_command("load_divisions", str(path), *options, stdout=out, stderr=StringIO())
    except SystemExit as end:
        return end.code, json.loads(out.getvalue().splitlines()[-1])
    return 0, json.loads(out.getvalue().splitlines()[-1])


@pytest.fixture
def owner(transactional_owner):
    return Unit.objects.using("owner")


@pytest.fixture
def transactional_owner(django_db_setup, django_db_blocker):
    """The owner's connection in a transaction that is rolled back."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic(using="owner"):
        yield
        transaction.set_rollback(True, using="owner")


def test_a_table_is_loaded_and_loading_it_again_changes_nothing(owner, tmp_path):
    assert run(tmp_path, TABLE) == (0, {"new": 2, "renamed": 0, "unchanged": 0, "problems": []})
    assert list(owner.below(NEW_TOWN).values_list("name", flat=True)) == ["南湾街道", "南湾社区"]
    assert run(tmp_path, TABLE) == (0, {"new": 0, "renamed": 0, "unchanged": 2, "problems": []})


def test_a_new_name_keeps_the_old_one_as_an_alias(owner, tmp_path):
    assert run(tmp_path, f"code,name\n{VILLAGE},东塘中心社区\n")[1]["renamed"] == 1
    unit = owner.get(pk=VILLAGE)
    assert (unit.name, unit.aliases) == ("东塘中心社区", [UNITS[VILLAGE]])


def test_nothing_is_closed_by_absence(owner, tmp_path):
    run(tmp_path, TABLE)
    assert set(owner.filter(closed_on=None).values_list("code", flat=True)) >= set(UNITS)


def test_one_bad_line_loads_nothing_and_says_which(owner, tmp_path):
    code, answer = run(tmp_path, TABLE + "440199005001,无镇社区\r\n")
    assert code == 1
    assert [(problem["line"], problem["column"], problem["code"]) for problem in answer["problems"]] == [
        (4, "code", "parent_missing")
    ]
    assert "440199 005 000" in answer["problems"][0]["message"]
    assert not owner.filter(pk=NEW_TOWN).exists()


def test_a_check_writes_nothing(owner, tmp_path):
    assert run(tmp_path, TABLE, "--check", "--json") == (0, {"new": 2, "renamed": 0, "unchanged": 0, "problems": []})
    assert not owner.filter(pk=NEW_TOWN).exists()


def test_a_table_for_one_town_may_not_reach_outside_it(owner, tmp_path):
    code, answer = run(tmp_path, TABLE, "--root", "440199001")
    assert code == 1
    assert {problem["code"] for problem in answer["problems"]} == {"outside"}


@pytest.mark.parametrize("root", ["440198", "440000", "nonsense"])
def test_a_foreign_root_is_refused(owner, tmp_path, root):
    code, answer = run(tmp_path, TABLE, "--root", root)
    assert (code, answer["error"]["code"]) == (2, "unit_not_found")


def test_an_unreadable_file_is_refused(owner, tmp_path):
    code, answer = run(tmp_path, b"\x00\x01\x02")
    assert (code, answer["refused"]["code"]) == (2, "encoding")


def test_without_an_office_there_is_nothing_to_load_into(owner, tmp_path):
    owner.all().delete()
    Installation.objects.using("owner").all().delete()
    code, answer = run(tmp_path, TABLE)
    assert (code, answer["refused"]["code"]) == (2, "no_installation")


def test_the_trail_says_that_a_table_was_loaded(owner, tmp_path):
    from django.db import connections

    run(tmp_path, TABLE)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT DISTINCT origin FROM organization_trail WHERE row = ANY (%s)", [[NEW_TOWN, NEW_VILLAGE]])
        assert cursor.fetchall() == [("load_divisions",)]


def test_a_province_of_30_000_rows_is_loaded_in_a_few_statements(owner, tmp_path):
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    villages = (
        f"4401991{town:02}{number:03},村{town}-{number}" for town in range(1, 100) for number in range(201, 400)
    )
    towns = (f"4401991{town:02},镇{town}" for town in range(1, 100))
    with CaptureQueriesContext(connections["owner"]) as queries:
        code, answer = run(tmp_path, "\n".join(["code,name", *towns, *villages]))
    assert (code, answer["new"]) == (0, 99 * 200)
    assert len(queries) < 20
