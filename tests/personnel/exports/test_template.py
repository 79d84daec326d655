"""The workbook to be filled in: drop-downs, text columns, hints, and only the columns that are imported."""

import pytest

from personnel import codes
from personnel.exports.template import FORCES, SPARE_ROWS, columns_of, template
from personnel.models import Force
from personnel.roster.fields import is_modelled
from personnel.roster.headers import fields_of, is_known
from tests.conftest import SECOND_VILLAGE, TOWN, VILLAGE
from tests.personnel.exports.reading import sheets, workbook

UNITS = [(TOWN, "东塘街道"), (VILLAGE, "东塘第一社区"), (SECOND_VILLAGE, "东塘第二社区")]


def book(force="joint_defence", **more):
    return template(force, units=UNITS, unit_name="东塘街道", **more)


def rules(data):
    """{header: the validation rule of its column}."""
    opened = workbook(data)
    sheet = opened.worksheets[0]
    found = {}
    for rule in sheet.data_validations.dataValidation:
        (area,) = rule.sqref.ranges
        found[sheet.cell(1, area.min_col).value] = (rule, area)
    return opened, found


def choices(data, header):
    opened, found = rules(data)
    rule, _area = found[header]
    assert rule.type == "list"
    name, area = rule.formula1.replace("$", "").split("!")
    return [cell.value for row in opened[name.strip("'")][area] for cell in row]


@pytest.mark.parametrize("force", Force.values)
def test_each_force_has_its_columns_and_the_import_knows_them_all(force):
    header = next(iter(sheets(book(force)).values()))[0]
    assert header == [column.header for column in columns_of(force).columns]
    assert {"姓名", "身份证号", "入职时间"} <= set(header)
    for key, text in zip(FORCES[force], header, strict=True):
        assert fields_of(text, force) == (key,)
        assert is_modelled(key)


def test_a_guard_has_an_employer_and_a_volunteer_a_speciality():
    assert "employer" in FORCES["guard"]
    assert "specialty" in FORCES["volunteer"]
    assert "category" in FORCES["auxiliary"]
    assert "category" not in FORCES["patrol"]


def test_places_are_chosen_among_the_units_own():
    assert choices(book(), "所属镇街") == ["东塘街道"]
    assert choices(book(), "所属村居") == ["东塘第一社区", "东塘第二社区"]


@pytest.mark.parametrize(
    ("header", "table"),
    [("民族", "ethnicity"), ("政治面貌", "political"), ("文化程度", "education"), ("兵役状况", "military")],
)
def test_codes_are_chosen_by_their_official_names(header, table):
    assert choices(book("auxiliary"), header) == [name for _code, name in codes.choices(table)]


def test_what_is_not_in_the_list_is_warned_of_and_not_refused():
    _opened, found = rules(book())
    assert {rule.errorStyle for rule, _area in found.values() if rule.type == "list"} == {"warning"}


def test_rules_reach_below_the_people_who_are_there():
    _opened, found = rules(book(members=[["1"] * len(FORCES["joint_defence"])] * 7))
    assert {(area.min_row, area.max_row) for _rule, area in found.values()} == {(2, 7 + SPARE_ROWS + 1)}


def test_numbers_days_and_phones_are_columns_of_text_with_a_hint():
    opened, found = rules(book())
    sheet = opened.worksheets[0]
    for header in ("身份证号", "联系电话", "入职时间"):
        rule, area = found[header]
        letter = sheet.cell(1, area.min_col).column_letter
        assert sheet.column_dimensions[letter].font is not None
        assert sheet.cell(1, area.min_col).number_format == "@"
        assert rule.prompt


def test_a_column_is_text_also_where_nothing_is_written_yet():
    opened = workbook(book())
    sheet = opened.worksheets[0]
    assert {dimension.number_format for dimension in sheet.column_dimensions.values()} == {"@"}


def test_the_header_stays_and_choices_are_hidden():
    opened = workbook(book())
    assert opened.worksheets[0].freeze_panes == "A2"
    assert [(sheet.title, sheet.sheet_state) for sheet in opened] == [
        ("联防队", "visible"),
        ("填写说明", "visible"),
        ("选项", "hidden"),
    ]


def test_notes_are_no_table_to_be_imported():
    for row in sheets(book())["填写说明"]:
        assert sum(is_known(str(cell)) for cell in row) == 0


def test_members_are_written_as_text():
    member = ["=1+1", *[""] * (len(FORCES["joint_defence"]) - 1)]
    sheet = workbook(book(members=[member])).worksheets[0]
    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["A2"].number_format) == ("=1+1", "s", "@")


def test_a_unit_without_villages_has_no_empty_drop_down():
    _opened, found = rules(template("joint_defence", units=[(VILLAGE, "东塘第一社区")]))
    assert found["所属镇街"][0].type is None or found["所属镇街"][0].type == "none"
