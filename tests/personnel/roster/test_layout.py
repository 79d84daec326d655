from contextlib import suppress
from datetime import date

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personnel.roster.filling import fill
from personnel.roster.layout import tables
from personnel.roster.mapping import header_key, map_columns
from personnel.roster.shapes import Book, CellError, FileRefused, Sheet
from tests.personnel.roster.lists import HEADER, codes, headers, layout, number, numbers, people, person, table


def test_titles_blank_rows_and_stamps_above_the_header_are_skipped():
    found = table(
        ["东塘街道治安联防队员花名册"],
        ["  ", None],
        ["填报单位（印章）：", None, "填报时间：2014年8月"],
        HEADER,
        *people(2),
    )
    assert found.header_row == 4
    assert numbers(found) == [5, 6]
    assert headers(found) == HEADER


def test_the_header_is_sought_in_fifteen_rows_and_no_further():
    assert table(*[["说明"]] * 14, HEADER, person()).header_row == 15
    with pytest.raises(FileRefused) as refused:
        layout(*[["说明"]] * 15, HEADER, ["1", "陈甲", "无", ""])
    assert refused.value.code == "no_table"
    assert "身份证号" in str(refused.value)


def test_three_known_headers_are_enough_if_one_can_identify_people():
    assert table(["姓名", "性别", "电话"], ["陈甲", "男", "13900000000"]).header_row == 1


def test_a_dictionary_of_codes_is_no_list_of_people():
    codes_sheet = Sheet("字典", [["民族", "学历", "政治面貌"], ["汉族", "本科", "群众"]])
    found = tables(Book([codes_sheet, Sheet("名单", [HEADER, person()])]))
    assert [each.sheet for each in found.tables] == ["名单"]
    assert list(found.skipped) == ["字典"]
    assert codes(found.notices) == ["sheet_no_header"]


@pytest.mark.parametrize(
    "merged",
    [[(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 1, 4), (1, 5, 1, 6)], []],
    ids=["merged", "merged ranges lost, as in CSV"],
)
def test_a_header_of_two_rows_joins_parents_and_children(merged):
    found = table(
        ["花名册"],
        ["序号", "姓名", "身份证号", "联系方式", None, "合同", None],
        [None, None, None, "手机", "邮箱", "起", "止"],
        person(0, "a@example.cn", "2014-07-01", "2017-06-30"),
        merged=merged,
    )
    assert headers(found) == ["序号", "姓名", "身份证号", "联系方式/手机", "联系方式/邮箱", "合同/起", "合同/止"]
    assert found.header_row == 3
    assert numbers(found) == [4]


def test_a_header_of_three_rows_is_joined_from_the_top():
    found = table(
        ["基本信息", None, "合同", None, None],
        ["姓名", "身份证号", "首次", "当前", None],
        [None, None, None, "起", "止"],
        ["陈甲", number(), "2010", "2014-07-01", "2017-06-30"],
        merged=[(0, 0, 0, 1), (0, 2, 0, 4), (1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 1, 4)],
    )
    assert headers(found) == ["基本信息/姓名", "基本信息/身份证号", "合同/首次", "合同/当前/起", "合同/当前/止"]
    assert found.header_row == 3


def test_a_merged_title_is_no_parent_and_a_merged_header_needs_no_children():
    found = table(
        ["花名册", None, None, None, None],
        [*HEADER, None],
        person(),
        merged=[(0, 0, 0, 4), (1, 3, 1, 4), (2, 3, 2, 4)],
    )
    assert headers(found) == HEADER
    assert numbers(found) == [3]


def test_a_header_that_is_repeated_in_the_list_or_below_it_is_skipped():
    found = layout(["花名册"], HEADER, person(0), ["花名册"], HEADER, person(1), HEADER)
    assert numbers(found.tables[0]) == [3, 6]
    assert found.notices == []


def test_another_header_ends_the_list_with_a_notice():
    found = layout(HEADER, person(0), ["姓名", "性别", "身份证号"], ["陈乙", "男", number(1)])
    assert numbers(found.tables[0]) == [2]
    assert codes(found.notices) == ["second_list", "after_footer"]


@pytest.mark.parametrize(
    "footer",
    [
        ["制表人：陈某", None, "审核人：李某"],
        ["填表人: ", "李某"],
        ["填报人 李某"],
        ["单位负责人（签字）：", None, None, "联系电话：020-80000000"],
        ["负责人：李某", None, "联系电话： 13900000000"],
        ["制表人：", "李某", "13900000000"],
        ["联系电话：13900000000"],
        ["本表一式三份，街道、派出所、村居各一份"],
        ["注：1、本表由村居填写"],
        ["说明：请如实填写"],
        ["（以下空白）"],
    ],
)
def test_a_footer_ends_the_list(footer):
    found = layout(HEADER, *people(2), footer, [None, "村居意见"])
    assert numbers(found.tables[0]) == [2, 3]
    assert found.notices == []


def test_somebody_below_the_footer_is_a_notice_and_never_silence():
    found = layout(HEADER, person(0), ["制表人：李某"], [], person(1), ["", "陈丁", None, "13900000009"])
    assert numbers(found.tables[0]) == [2]
    (notice,) = found.notices
    assert (notice.code, notice.row) == ("after_footer", 5)
    assert "5、6" in str(notice.message)


def test_a_post_or_a_missing_number_is_no_footer():
    found = table(
        ["职务", "姓名", "身份证号"], ["队员", "陈甲", number()], ["负责人", "陈乙", None], ["队员", "陈丙", None]
    )
    assert numbers(found) == [2, 3, 4]


@pytest.mark.parametrize(
    ("total", "stated"),
    [
        (["合计", 45], 45),
        (["合计：45人"], 45),
        ([None, "总计", None, "共45人"], 45),
        ([3, "合 计", "45"], 45),
        (["合计", 2], None),
        (["合计"], None),
    ],
)
def test_a_total_is_no_person_and_is_compared_with_the_rows(total, stated):
    found = layout(HEADER, *people(2), total, ["制表人：李某"])
    assert numbers(found.tables[0]) == [2, 3]
    assert [(one.code, one.row) for one in found.notices] == ([("total", 4)] if stated else [])
    with translation.override("en"):
        sentences = [str(one.message) for one in found.notices]
    assert all("45 people; 2 were found" in sentence for sentence in sentences)


def test_a_sum_of_money_is_no_count_of_people():
    assert layout([*HEADER, "月工资"], person(0, 2400), ["合计", None, None, None, 2400]).notices == []


def test_subtotals_count_since_the_one_before():
    right = layout(HEADER, *people(2), ["小计", 2], person(3), ["小计", 1], ["合计", 3])
    wrong = layout(HEADER, *people(2), ["小计", 2], person(3), ["小计", 3], ["总计", 3])
    assert numbers(right.tables[0]) == [2, 3, 5]
    assert right.notices == []
    assert [(one.row, one.column) for one in wrong.notices] == [(6, "A")]


def test_numbered_blank_rows_are_empty():
    found = layout([*HEADER, "村居"], person(0, "东兴村"), [2, None, " ", None, "东兴村"], [3], ["", None])
    assert numbers(found.tables[0]) == [2]
    assert found.notices == []


def test_a_row_without_name_and_number_that_says_something_is_a_notice():
    found = layout(HEADER, ["东兴村"], person(0), [None, None, None, "13900000009"])
    assert numbers(found.tables[0]) == [3]
    (notice,) = found.notices
    assert (notice.code, notice.row) == ("nobody", 2)
    assert "2、4" in str(notice.message)


def test_an_example_is_not_read():
    found = layout(HEADER, ["例", *person(7)[1:]], person(0))
    assert numbers(found.tables[0]) == [3]
    assert codes(found.notices) == ["example"]


def test_page_numbers_and_dates_are_left_out_in_silence():
    found = layout(HEADER, person(0), ["第1页 共2页"], person(1), [None, None, "2014年8月6日"])
    assert numbers(found.tables[0]) == [2, 4]
    assert found.notices == []


def test_a_hidden_sheet_is_left_out_with_a_notice():
    hidden = Sheet("旧名单", [HEADER, person(5)], is_hidden=True)
    found = tables(Book([hidden, Sheet("名单", [HEADER, person()])]))
    assert [each.sheet for each in found.tables] == ["名单"]
    assert [(one.code, one.sheet) for one in found.notices] == [("sheet_hidden", "旧名单")]
    assert "旧名单" in str(found.skipped["旧名单"])


def test_every_sheet_that_is_skipped_has_a_reason_and_a_notice():
    book = Book([Sheet("名单", [HEADER, person()]), Sheet("Sheet2", [[None]]), Sheet("填表说明", [["请如实填写"]])])
    found = tables(book)
    assert list(found.skipped) == ["Sheet2", "填表说明"]
    assert codes(found.notices) == ["sheet_empty", "sheet_no_header"]


def test_each_sheet_has_its_own_list():
    found = tables(Book([Sheet("东兴村", [HEADER, person()]), Sheet("西陂村", [["名单"], HEADER, person(1)])]))
    assert [(each.sheet, each.header_row) for each in found.tables] == [("东兴村", 1), ("西陂村", 2)]


def test_a_form_that_nobody_filled_in_is_refused():
    with pytest.raises(FileRefused) as refused:
        layout(HEADER, [1], [2])
    assert refused.value.code == "no_rows"


def test_a_book_without_sheets_has_no_list():
    with pytest.raises(FileRefused) as refused:
        tables(Book([]))
    assert refused.value.code == "no_table"


def test_pictures_and_comments_are_counted():
    found = layout(HEADER, person(), pictures=3, comments=2)
    assert codes(found.notices) == ["pictures", "comments"]
    assert "3" in str(found.notices[0].message)


def test_a_list_without_a_header_is_recognised_by_its_values():
    rows = [["陈甲", "男", number(0), "13900000001", "东兴村"], ["陈乙", "女", number(1), "13900000002", "东兴村"]]
    found = layout(*rows)
    assert headers(found.tables[0]) == ["姓名", "性别", "身份证号", "联系电话", ""]
    assert numbers(found.tables[0]) == [1, 2]
    assert found.tables[0].header_row == 0
    assert codes(found.notices) == ["header_guessed"]


def test_numbers_without_names_are_no_list():
    with pytest.raises(FileRefused):
        layout([number(0), 1], [number(1), 2])


def test_columns_without_header_and_values_are_left_out():
    found = table([*HEADER, None, None], person(0, None, "队长"))
    assert [column.letter for column in found.columns] == ["A", "B", "C", "D", "F"]


words = st.sampled_from(
    [
        *HEADER,
        "合计",
        "制表人：",
        "id",
        "〃",
        "同上",
        "村居",
        "45人",
        "联系方式",
        "类别",
        "编号",
        "is_superuser",
        "例",
        "镇街",
    ]
)
cells = st.one_of(
    st.none(),
    words,
    st.text(max_size=30),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.just(CellError("#REF!")),
    st.just(10**5000),
    st.builds(number, st.integers(0, 200)),
    st.just(date(1, 1, 1)),
)
edges = st.integers(0, 40)
ranges = st.tuples(edges, edges, edges, edges)
sheets = st.builds(
    Sheet,
    st.text(max_size=5),
    st.lists(st.lists(cells, max_size=8), max_size=12),
    st.booleans(),
    st.lists(ranges, max_size=6),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(sheets, max_size=2), st.booleans(), st.sampled_from([None, "guard", "volunteer"]))
def test_whatever_the_cells_hold_nothing_but_a_refusal_is_raised(found, has_header, force):
    for sheet in found if has_header else []:
        sheet.rows.insert(0, [*HEADER, "村居"])
    with suppress(FileRefused):
        result = tables(Book(found))
        for each in result.tables:
            mapped = map_columns(each, {}, force=force)
            again = map_columns(each, {one.id: "ignore" for one in mapped.questions}, force=force)
            assert again.questions == []
            filled = fill(each, {})
            assert len(filled.lines) == len(each.lines)
            assert header_key(each)
            for one in [*result.notices, *mapped.questions, *mapped.notices, *filled.findings]:
                assert str(one.message)
