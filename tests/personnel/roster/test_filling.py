import pytest

from personnel.roster.filling import fill
from personnel.roster.mapping import map_columns
from personnel.roster.shapes import Notice, Problem, Question
from tests.personnel.roster.lists import HEADER, codes, mapped_table, number, person, table

VILLAGES = [*HEADER, "所属村居"]


def list_of(header, *values, merged=()):
    """A mapped list with one further column, E; its people stand from row 2."""
    rows = [person(index, value) for index, value in enumerate(values)]
    return mapped_table([*HEADER, header], *rows, merged=list(merged))


def column(filled, at=4):
    return [line.cells[at] if at < len(line.cells) else None for line in filled.lines]


def test_a_merged_range_fills_its_own_rows_and_no_further():
    found = list_of("村居", "东兴村", None, None, "西陂村", "西陂村", None, merged=[(1, 4, 3, 4)])
    filled = fill(found, {})
    assert column(filled) == ["东兴村", "东兴村", "东兴村", "西陂村", "西陂村", None]
    assert filled.findings == []


def test_the_table_itself_stays_as_it_is():
    found = list_of("村居", "东兴村", None, merged=[(1, 4, 2, 4)])
    fill(found, {})
    assert [line.cells[4] for line in found.lines] == ["东兴村", None]


def test_short_rows_are_filled_too():
    found = mapped_table(VILLAGES, person(0, "东兴村"), person(1), merged=[(1, 4, 2, 4)])
    assert column(fill(found, {})) == ["东兴村", "东兴村"]


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_merged_name_number_or_phone_is_never_copied(at):
    second = person(1)
    second[at] = None
    found = mapped_table(HEADER, person(0), second, merged=[(1, at, 2, at)])
    filled = fill(found, {})
    assert column(filled, at) == [person(0)[at], None]
    assert codes(filled.findings) == ["merged_not_filled"]


def test_a_date_in_merged_cells_is_not_copied_but_told():
    filled = fill(list_of("入职时间", "2014-07-01", None, merged=[(1, 4, 2, 4)]), {})
    assert column(filled) == ["2014-07-01", None]
    assert [(type(one), one.row, one.column) for one in filled.findings] == [(Notice, 2, "E")]


def test_rows_between_people_do_not_shift_a_merged_range():
    rows = [person(0, "东兴村"), ["小计", 1], person(1, None), person(2, "西陂村")]
    found = mapped_table(VILLAGES, *rows, merged=[(1, 4, 3, 4)])
    assert column(fill(found, {})) == ["东兴村", "东兴村", "西陂村"]


def test_forged_ranges_that_overlap_are_taken_once():
    found = list_of(
        "村居", "东兴村", None, "西陂村", merged=[(1, 4, 10**6, 4)] * 3 + [(2, 4, 3, 4), (0, 0, 10**6, 10**6)]
    )
    assert column(fill(found, {})) == ["东兴村", "东兴村", "西陂村"]


@pytest.mark.parametrize("mark", ["同上", "〃", '"', "″", "“", "”", "＂", " 同 上 ", "''", "〃\u3000"])
@pytest.mark.parametrize("header", ["村居", "学历", "现住址"])
def test_a_ditto_mark_takes_the_value_above(mark, header):
    filled = fill(list_of(header, "甲处", mark, mark, "乙处", mark), {})
    assert column(filled) == ["甲处", "甲处", "甲处", "乙处", "乙处"]
    assert [(type(one), one.row, one.code) for one in filled.findings] == [(Notice, row, "ditto") for row in (3, 4, 6)]
    assert "甲处" in str(filled.findings[0].message)


@pytest.mark.parametrize("word", ["同左", "同右", "同上村", "同兴", "“平安”", "-"])
def test_other_words_are_no_ditto_marks(word):
    filled = fill(list_of("村居", "东兴村", word), {})
    assert column(filled) == ["东兴村", word]
    assert filled.findings == []


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_ditto_mark_for_a_name_number_or_phone_is_a_problem(at):
    second = person(1)
    second[at] = "〃"
    filled = fill(mapped_table(HEADER, person(0), second), {})
    assert column(filled, at)[1] == "〃"
    assert [(type(one), one.row, one.column) for one in filled.findings] == [(Problem, 3, "ABCD"[at])]


def test_a_ditto_mark_for_a_date_is_a_problem():
    assert [type(one) for one in fill(list_of("入职时间", "2014-07-01", "同上"), {}).findings] == [Problem]


def test_a_ditto_mark_without_a_value_above_is_a_problem():
    filled = fill(list_of("村居", "同上", "东兴村"), {})
    assert [(type(one), one.row) for one in filled.findings] == [(Problem, 2)]


def test_a_column_that_is_not_imported_is_left_alone():
    assert fill(list_of("月工资", 2400, "〃"), {}).findings == []


def asked(*values, answers=None, remembered=None, header="所属村居"):
    return fill(list_of(header, *values), answers or {}, remembered=remembered or {})


def test_a_village_in_the_first_row_only_is_asked_before_it_is_filled_down():
    filled = asked("东兴村", None, "", None)
    assert column(filled) == ["东兴村", None, "", None]
    (question,) = filled.findings
    assert isinstance(question, Question)
    assert (question.code, question.column, question.row) == ("fill_down", "E", 2)
    assert [choice.value for choice in question.choices] == ["fill", "leave"]
    assert "所属村居" in str(question.message)


def test_the_answer_fills_or_leaves_the_blanks():
    (question,) = asked("东兴村", None, None).findings
    for given in ({"answers": {question.id: "fill"}}, {"remembered": {question.about: "fill"}}):
        filled = asked("东兴村", None, None, **given)
        assert column(filled) == ["东兴村"] * 3
        assert codes(filled.findings) == ["filled_down"]
    left = asked("东兴村", None, None, answers={question.id: "leave"})
    assert column(left) == ["东兴村", None, None]
    assert left.findings == []


def test_an_answer_that_is_no_choice_is_asked_again():
    (question,) = asked("东兴村", None).findings
    assert asked("东兴村", None, answers={question.id: "yes"}).findings == [question]


def test_each_group_is_filled_with_its_own_village():
    (question,) = asked("东兴村", None, "西陂村", None, None).findings
    filled = asked("东兴村", None, "西陂村", None, None, answers={question.id: "fill"})
    assert column(filled) == ["东兴村", "东兴村", "西陂村", "西陂村", "西陂村"]


@pytest.mark.parametrize(
    "values", [("东兴村", "东兴村", None), (None, "东兴村", None), ("东兴村", "西陂村"), (None, None)]
)
def test_a_single_gap_is_no_reason_to_ask(values):
    assert asked(*values).findings == []


@pytest.mark.parametrize("header", ["学历", "备注", "姓名"])
def test_only_places_are_filled_down(header):
    assert asked("本科", None, None, header=header).findings == []


def test_one_question_for_each_sheet_and_column():
    found = table(
        [*HEADER, "镇街", "村居"], person(0, "东塘街道", "东兴村"), person(1, None, None), [3, "陈丙", number(2)]
    )
    map_columns(found, {})
    questions = fill(found, {}).findings
    assert [one.column for one in questions] == ["E", "F"]
    assert len({one.id for one in questions}) == 2
