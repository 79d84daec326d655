"""Rosters that come back with their mistakes: the columns as they were, cells coloured, reasons in the last columns."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organization.refusal import fill
from personnel.exports.marked import Original, bad_rows, bad_rows_of, text_of, whole
from personnel.roster.shapes import CellError
from tests.personnel.exports.reading import first_sheet, sheets, workbook

HEADER = ["序号", "姓名", "身份证号"]
WRONG = "身份证号校验码错误：末位应为4"


def coloured(sheet):
    return [cell.coordinate for row in sheet for cell in row if cell.fill.fgColor.rgb == "FFFFC7CE"]


def test_bad_rows_keep_their_columns_and_say_why():
    data = bad_rows(HEADER, [(12, [1.0, "李某", "440199198003150000"], {2: WRONG})])
    assert first_sheet(data) == [
        [*HEADER, "错误说明", "原行号"],
        ["1", "李某", "440199198003150000", f"身份证号：{WRONG}", "12"],
    ]
    assert coloured(workbook(data).active) == ["C2", "D2"]


def test_columns_may_be_named_by_letter_and_a_row_as_a_whole():
    data = bad_rows(HEADER, [(3, ["1", "", ""], {"B": "缺少姓名", "": "与第2行重复"})])
    assert first_sheet(data)[1] == ["1", "", "", "与第2行重复；姓名：缺少姓名", "3"]
    assert coloured(workbook(data).active) == ["B2", "D2"]


def test_messages_may_be_translated_late():
    (_header, row) = first_sheet(bad_rows(HEADER, [(2, ["1"], {None: fill("%(name)s 重复", {"name": "李某"})})]))
    assert row == ["1", "", "", "李某 重复", "2"]


def test_a_workbook_sent_again_gets_no_second_pair_of_columns():
    first = first_sheet(bad_rows(HEADER, [(12, ["1", "李某", "x"], {2: WRONG})]))
    header, row = first
    again = first_sheet(bad_rows(header, [(2, row, {1: "姓名含无法识别字符"})]))
    assert again == [
        [*HEADER, "错误说明", "原行号"],
        ["1", "李某", "x", "姓名：姓名含无法识别字符", "2"],
    ]


def test_several_sheets_stay_apart():
    found = sheets(bad_rows_of([("东塘", HEADER, [(2, ["1"], {})]), ("西陂", HEADER, [])]))
    assert {name: len(rows) for name, rows in found.items()} == {"东塘": 2, "西陂": 1}


def test_the_whole_file_keeps_its_rows_where_they_were():
    rows = [["花名册"], HEADER, ["1", "李某", "x"], [], ["2", "王某", "y", "多出"], ["制表人：陈某"]]
    data = whole(
        [Original("名单", 2, rows, {3, 5}, {3: {2: WRONG}, 5: {None: "重复"}}, HEADER, [(0, 0, 0, 3), (5, 0, 5, 1)])]
    )
    assert first_sheet(data) == [
        ["花名册", "", "", "", "", ""],
        [*HEADER, "", "错误说明", "原行号"],
        ["1", "李某", "x", "", f"身份证号：{WRONG}", "3"],
        ["", "", "", "", "", ""],
        ["2", "王某", "y", "多出", "重复", "5"],
        ["制表人：陈某", "", "", "", "", ""],
    ]
    sheet = workbook(data).active
    assert coloured(sheet) == ["C3", "E3", "E5"]
    assert sheet.freeze_panes == "A3"
    assert {str(span) for span in sheet.merged_cells.ranges} == {"A1:D1", "A6:B6"}


def test_a_file_without_rows_is_a_file():
    assert sheets(whole([Original("空", 0, [], set(), {}, ())])) == {"空": [["错误说明", "原行号"]]}


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        ("=1+1", "=1+1"),
        (13800000002.0, "13800000002"),
        (1.5, "1.5"),
        (31121, "31121"),
        (True, "TRUE"),
        (date(2014, 8, 6), "2014-08-06"),
        (datetime(2014, 8, 6), "2014-08-06"),
        (datetime(2014, 8, 6, 9, 30), "2014-08-06 09:30:00"),
        (CellError("#REF!"), "#REF!"),
        (CellError(""), ""),
        (float("inf"), "INF"),
    ],
)
def test_a_cell_is_written_as_the_import_would_read_it(cell, text):
    assert text_of(cell) == text


@pytest.mark.parametrize("cell", [440199198003150000, 4.40199198003150e17, 1e15])
def test_a_number_that_lost_its_last_digits_does_not_look_whole_again(cell):
    assert "E+" in text_of(cell)
    assert not text_of(cell).isdecimal()


cells = st.one_of(
    st.none(), st.text(max_size=10), st.integers(), st.floats(), st.booleans(), st.dates(),
    st.builds(CellError, st.text(max_size=5)),
)  # fmt: skip


@given(st.lists(st.lists(cells, max_size=4), max_size=5), st.dictionaries(st.integers(-1, 6), st.text(max_size=5)))
def test_any_mess_of_cells_is_written(rows, messages):
    numbered = [(number, row, messages) for number, row in enumerate(rows, 2)]
    assert len(first_sheet(bad_rows(HEADER, numbered))) == len(rows) + 1
    assert sheets(whole([Original("名单", min(1, len(rows)), rows, set(range(2, 9)), {2: messages}, HEADER)]))
