"""`manage.py export_roster`: a file for its owner alone and one line of JSON, or a refusal and nothing."""

import hashlib
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from personnel.exports import export as exports
from tests.conftest import OTHER_TOWN, VILLAGE
from tests.personnel.exports.conftest import NUMBER
from tests.personnel.exports.reading import first_sheet, people_of_csv
from tests.personnel.exports.reading import people as listed

DAY = ("--on", "2014-07-01")


def run(*arguments):
    out = StringIO()
    call_command("export_roster", *map(str, arguments), stdout=out)
    return json.loads(out.getvalue().splitlines()[-1])


def refused(*arguments):
    out = StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("export_roster", *map(str, arguments), stdout=out)
    assert refusal.value.returncode == 2
    assert len(out.getvalue().splitlines()) == 1
    return json.loads(out.getvalue())["error"]


def test_the_file_is_whole_named_in_the_answer_and_for_its_owner_alone(people, town, tmp_path):
    target = tmp_path / "list.xlsx"
    answer = run("--as", "town", *DAY, "-o", target, "--json")
    assert answer == {
        "rows": 3,
        "file": str(target),
        "layout": "list",
        "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
    }
    assert target.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [target]
    assert {row["姓名"] for row in listed(target.read_bytes())} == {"曾在岗", "李保安", "欧别处"}


def test_an_older_file_of_that_name_is_replaced(people, town, tmp_path):
    target = tmp_path / "list.xlsx"
    target.write_text("older")
    target.chmod(0o644)
    run("--as", "town", *DAY, "-o", target)
    assert target.read_bytes().startswith(b"PK")
    assert target.stat().st_mode & 0o777 == 0o600


def test_unit_day_and_layout_narrow_the_file(people, town, tmp_path):
    target = tmp_path / "list.xlsx"
    assert run("--as", "town", "--unit", VILLAGE, "--on", "2013-06-01", "-o", target)["rows"] == 3
    answer = run("--as", "town", *DAY, "--layout", "house", "-o", target)
    assert answer["layout"] == "house"
    assert first_sheet(target.read_bytes())[0][0] == "东塘街道群防群治队伍花名册"


def test_a_name_that_ends_in_csv_gets_csv(people, town, tmp_path):
    target = tmp_path / "list.csv"
    run("--as", "town", *DAY, "-o", target)
    assert people_of_csv(target.read_bytes())[0]["姓名"] == "曾在岗"


def test_full_numbers_with_the_right_and_a_reason(people, officer, tmp_path, events):
    target = tmp_path / "list.xlsx"
    run("--as", "officer", *DAY, "--full", "--reason", "年度核对", "-o", target)
    assert NUMBER in {row["身份证号"] for row in listed(target.read_bytes())}
    (event,) = events()
    assert (event.origin, event.reason, event.detail["rows"]) == ("export_roster", "年度核对", 4)


@pytest.mark.parametrize("unit", [OTHER_TOWN, "440199000000", "440100000000", "999999999999", "all", "", "0"])
def test_a_unit_that_is_foreign_above_or_missing_gets_one_and_the_same_answer(people, town, tmp_path, unit):
    target = tmp_path / "list.xlsx"
    missing = refused("--as", "town", "--unit", "440199001999", "-o", target, "--json")
    assert missing["code"] == "unit_not_found"
    assert refused("--as", "town", "--unit", unit, "-o", target, "--json") == missing
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--as", "nobody"), "account_not_found"),
        (("--as", "auditor"), "not_allowed"),
        (("--as", "office", "--full", "--reason", "核对"), "not_allowed"),
        (("--as", "officer", "--full"), "reason_needed"),
        (("--as", "town", "--layout", "all"), "layout_not_found"),
        (("--as", "town", "--on", "yesterday"), "day_malformed"),
        (("--as", "town", "--on", "2999-01-01"), "day_in_future"),
    ],
)
def test_what_is_refused_leaves_nothing(people, town, officer, governance, events, tmp_path, arguments, code):
    target = tmp_path / "list.xlsx"
    target.write_text("older")
    assert refused(*arguments, "-o", target, "--json")["code"] == code
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("list.xlsx", "older")]
    assert events() == []


def test_a_form_is_not_written_as_csv(people, town, tmp_path):
    assert refused("--as", "town", "--layout", "house", "-o", tmp_path / "list.csv")["code"] == "format_not_found"


@pytest.mark.parametrize("place", ["missing/list.xlsx", "."])
def test_where_nothing_can_be_written_nothing_is_read(people, town, tmp_path, place, events):
    assert refused("--as", "town", "-o", tmp_path / place)["code"] == "file_not_writable"
    assert events() == []


def test_plain_numbers_of_many_need_a_reason(people, town, tmp_path, monkeypatch):
    monkeypatch.setattr(exports, "MOST_WITHOUT_REASON", 2)
    target = tmp_path / "list.xlsx"
    assert refused("--as", "town", *DAY, "-o", target)["code"] == "reason_needed"
    assert run("--as", "town", *DAY, "--reason", "报区", "-o", target)["rows"] == 3


def test_a_fault_on_the_way_leaves_neither_file_nor_record(people, town, tmp_path, monkeypatch, events):
    def broken(*_given):
        raise OSError("disk full")

    monkeypatch.setattr("personnel.management.commands.export_roster.shutil.copyfileobj", broken)
    with pytest.raises(CommandError, match="没有保存任何内容"):
        run("--as", "town", *DAY, "-o", tmp_path / "list.xlsx")
    assert list(tmp_path.iterdir()) == []
    assert events() == []
