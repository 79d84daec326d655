"""Lists as workbooks: text comes back as it was, nothing can compute, nothing is lost where a sheet ends."""

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personnel.exports import xlsx
from personnel.exports.xlsx import CUT, LONGEST_CELL, MARK, Sheet, write_book
from tests.personnel.exports.reading import first_sheet, part, sheets, workbook

SHEET = "xl/worksheets/sheet1.xml"
texts = st.text(st.one_of(st.characters(), st.sampled_from("=+-@\t\r\n\0\1\2'\"<>&_x0041 　＝𠮷")), max_size=30)


def written(*lists, footer=""):
    target = io.BytesIO()
    count = write_book(target, lists, footer=footer)
    return target.getvalue(), count


def book(rows, **more):
    return written(Sheet("名单", rows, **more))[0]


def storable(text):
    """What XML can hold of a text."""
    return re.sub("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)


@given(st.lists(st.lists(texts, min_size=3, max_size=3), min_size=1, max_size=5))
def test_a_text_reads_back_as_it_was_but_for_control_characters(rows):
    data = book([["开始", *row, "。"] for row in rows])
    expected = [["开始", *map(storable, row), "。"] for row in rows]
    assert [[str(cell) for cell in row] for row in first_sheet(data)] == expected


@given(st.lists(texts, min_size=1, max_size=5))
def test_a_list_of_any_text_is_a_file_that_others_open(row):
    assert workbook(book([row], header=row, above=[row[0]])).active is not None


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1"])
def test_what_looks_like_a_formula_is_a_text_cell(start):
    data = book([[start]])
    assert "<f" not in part(data, SHEET)
    assert re.findall(r'<c[^>]* t="(\w+)"', part(data, SHEET)) == ["inlineStr"]
    assert first_sheet(data) == [[start]]


def test_a_link_stays_text():
    data = book([["http://example.invalid/", "mailto:a@example.invalid"]])
    assert "hyperlink" not in part(data, SHEET)


def test_cells_are_in_text_format_so_that_a_corrected_number_keeps_its_digits():
    cell = workbook(book([["440199198003150019"]], header=["身份证号"])).active["A2"]
    assert (cell.number_format, cell.data_type) == ("@", "s")


@pytest.mark.parametrize("character", ["x", "𠮷"])
def test_a_cell_that_is_too_long_is_cut_and_says_so(character):
    (long, short), *_rest = first_sheet(book([[character * (LONGEST_CELL + 1), "甲"]]))
    assert len(long.encode("utf-16-le")) // 2 <= LONGEST_CELL
    assert long.endswith(CUT)
    assert short == "甲"


def test_a_cell_of_the_greatest_length_is_whole():
    assert first_sheet(book([["x" * LONGEST_CELL]])) == [["x" * LONGEST_CELL]]


def test_what_does_not_fit_on_a_sheet_goes_on_in_the_next(monkeypatch):
    monkeypatch.setattr(xlsx, "LAST_ROW", 2001)
    data, count = written(Sheet("名单", ([str(n)] for n in range(4500)), ["序号"]))
    found = sheets(data)
    assert count == 4500
    assert list(found) == ["名单", "名单 (2)", "名单 (3)"]
    assert [len(rows) for rows in found.values()] == [2001, 2001, 501]
    assert all(rows[0] == ["序号"] for rows in found.values())
    assert [int(row[0]) for rows in found.values() for row in rows[1:]] == list(range(4500))


def test_a_sheet_that_is_exactly_full_has_no_empty_one_after_it(monkeypatch):
    monkeypatch.setattr(xlsx, "LAST_ROW", 2001)
    assert list(sheets(book(([str(n)] for n in range(2000)), header=["序号"]))) == ["名单"]


def test_a_sheet_ends_before_it_is_too_large_for_excel(monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_BYTES", 100_000)
    found = sheets(book(["x" * 100] for _ in range(3000)))
    assert len(found) > 1
    assert sum(map(len, found.values())) == 3000


def test_a_million_rows_and_more_are_two_sheets():
    data, count = written(Sheet("名单", (("甲",) for _ in range(1_048_577)), ["姓名"]))
    assert count == 1_048_577
    assert [len(rows) for rows in sheets(data).values()] == [1_048_576, 3]


def test_the_header_stays_in_sight_filters_and_is_on_every_printed_page():
    sheet = workbook(book([["甲", "乙"]], header=["姓名", "性别"], widths=[10, 6])).active
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B2"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.column_dimensions["A"].width == 10


def test_every_printed_page_says_who_made_it_and_when():
    data, _count = written(Sheet("名单", [["甲"]]), footer="陈试用 & 同事（clerk） 2014-07-01 10:00")
    footer = workbook(data).active.oddFooter
    assert footer.left.text == "陈试用 && 同事（clerk） 2014-07-01 10:00"


def test_a_form_has_a_title_borders_and_lines_below():
    data = book(
        [["甲", "乙"]],
        header=["姓名", "性别"],
        above=["花名册", "单位：东塘街道"],
        below=lambda count: [f"合计：{count}人"],
        is_form=True,
    )
    sheet = workbook(data).active
    assert [cell.value for cell in sheet["A"]] == ["花名册", "单位：东塘街道", "姓名", "甲", "合计：1人"]
    assert {str(each) for each in sheet.merged_cells.ranges} == {"A1:B1", "A2:B2", "A5:B5"}
    assert sheet["A4"].border.left.style == "thin"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)


def test_a_marked_cell_is_coloured_and_its_neighbours_are_not():
    sheet = workbook(book([[MARK + "甲", "乙", MARK], ["丙", MARK + "丁", "戊"]])).active
    coloured = [cell.coordinate for row in sheet for cell in row if cell.fill.fill_type == "solid"]
    assert coloured == ["A1", "C1", "B2"]
    assert [sheet[name].value for name in ("A1", "B1", "B2")] == ["甲", "乙", "丁"]


def test_names_of_sheets_are_such_as_excel_takes():
    names = ["a/b:c*d?[e]", "x" * 40, "同名", "同名", "'", ""]
    found = list(sheets(written(*(Sheet(name, [["甲"]]) for name in names))[0]))
    assert found == ["a b c d  e", "x" * 31, "同名", "同名 (2)", "Sheet", "Sheet (2)"]


@settings(max_examples=20)
@given(st.integers(0, 2500))
def test_no_row_is_lost_between_stretches(count):
    rows = first_sheet(book([str(n), ""] for n in range(count)))
    assert [row[0] for row in rows if row] == [str(n) for n in range(count)]
