from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personnel.identity import check_digit
from personnel.roster.shapes import Line, Notice, Problem, Question
from personnel.roster.values import Context, clean

TODAY = date(2014, 9, 1)
NUMBER = "44019919850315243" + check_digit("44019919850315243")


def row_of(context=None, **cells):
    cells = {"name": "王试一", "id_number": NUMBER} | cells
    return clean(Line(7, list(cells.values())), "表", dict(enumerate(cells)), context or Context(TODAY))


def found(row, kind=object):
    return [one.code for one in row.of(kind)]


@pytest.mark.parametrize(
    "cell",
    [
        "2014-07-01", "2014/7/1", "2014.7.1", "2014、7、1", "2014 7 1", "2014年7月1日", "2014年07月01号", "20140701",
        20140701, 20140701.0, "2014-07-01 00:00:00", "2014-07-01T08:30", "2014/7/1 8:30", "2014年7月1日8:30", "41821",
        41821, 41821.0, 41821.25, date(2014, 7, 1), datetime(2014, 7, 1, 8), "'2014-07-01", " 2014．7．1 ",
        "二〇一四年七月一日", "二零一四年七月一日", "二○一四年七月一号", "二O一四年七月一日", "2014年七月1日",
        "２０１４年７月１日", "2014-7-1日",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_form_silently(cell):
    row = row_of(started_on=cell)
    assert (row.values["started_on"], row.findings) == (date(2014, 7, 1), [])


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("二〇一三年十二月三十一日", date(2013, 12, 31)),
        ("二〇一三年十月二十日", date(2013, 10, 20)),
        ("二〇一三年元月廿一日", date(2013, 1, 21)),
        ("二〇一三年三月卅日", date(2013, 3, 30)),
        ("二〇一三年十一月十九日", date(2013, 11, 19)),
    ],
)
def test_chinese_numerals_are_read(cell, day):
    assert row_of(started_on=cell).values["started_on"] == day


@pytest.mark.parametrize(
    "cell",
    [
        "2013.3",
        "2013年3月",
        "2013年3月份",
        "2013-03",
        "2013/3",
        "201303",
        201303,
        2013.3,
        "13.3",
        "二〇一三年三月",
        "13年3月",
    ],
)
def test_of_a_month_the_first_day_is_taken_with_a_notice(cell):
    row = row_of(started_on=cell)
    assert (row.values["started_on"], found(row, Notice)) == (date(2013, 3, 1), ["month_only"])


@pytest.mark.parametrize("cell", ["13.3.5", "13年3月5日", "13/3/5", "130305", "一三年三月五日"])
def test_a_year_of_two_digits_is_the_latest_that_is_not_to_come(cell):
    row = row_of(started_on=cell)
    assert (row.values["started_on"], found(row, Notice)) == (date(2013, 3, 5), ["short_year"])
    assert row_of(birth_date="85.3.15").findings == []
    assert row_of(contract_until="17.6.30").values["contract_until"] == date(2017, 6, 30)


def test_days_are_counted_from_1904_where_the_book_says_so():
    assert row_of(Context(TODAY, has_1904_dates=True), started_on=40359).values["started_on"] == date(2014, 7, 1)
    assert row_of(birth_date=31121, id_number=NUMBER).findings == []


@pytest.mark.parametrize(
    "cell",
    [
        "2014-06-31", "2014.13.1", "2014", 2014, 9999, 60001, 70000, "18500101", "7月1日", "10月1日", "7/1/14", "某日",
        True, "2014.7.1-2014.8.1", "2014.7.1.1", "1" * 50, "三年", float("nan"), float("inf"), -1,
    ],
)  # fmt: skip
def test_what_is_no_day_rejects_the_row(cell):
    row = row_of(started_on=cell)
    assert (row.values["started_on"], found(row, Problem)) == (None, ["date"])


@pytest.mark.parametrize("field", ["started_on", "contract_from", "ended_on", "birth_date"])
def test_only_the_end_of_a_contract_may_lie_ahead(field):
    assert "date_in_future" in found(row_of(**{field: "2014-09-02"}), Problem)
    assert row_of(contract_until="2014-09-02").findings == []


@pytest.mark.parametrize("cell", ["", "-", "无", 0, date(1899, 12, 30), date(1899, 12, 31)])
def test_a_day_may_be_blank(cell):
    row = row_of(started_on=cell)
    assert (row.values["started_on"], row.findings) == (None, [])


@pytest.mark.parametrize("cell", ["至今", "长期", "无固定期限"])
def test_an_end_may_be_open(cell):
    row = row_of(contract_until=cell, ended_on=cell)
    assert (row.values["contract_until"], row.values["ended_on"], row.findings) == (None, None, [])


def test_a_number_that_may_be_january_or_october_is_asked_about():
    row = row_of(started_on=2013.1)
    question = row.findings[0]

    assert found(row, Question) == ["january_or_october"]
    answered = row_of(Context(TODAY, answers={question.id: "2013-10-01"}), started_on=2013.1)
    assert (answered.values["started_on"], found(answered)) == (date(2013, 10, 1), ["month_only"])
    assert found(row_of(started_on="2013.1")) == found(row_of(started_on=2013.11)) == ["month_only"]


def test_nobody_joins_before_coming_of_age():
    assert found(row_of(started_on="2003-03-14"), Problem) == ["started_too_young"]
    assert row_of(started_on="2003-03-15").findings == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"started_on": "2014-07-01", "ended_on": "2014-06-30"}, "ends_before_start"),
        ({"started_on": "2014-07-01", "ended_on": "2014-07-01"}, "ends_before_start"),
        ({"contract_from": "2014-07-01", "contract_until": "2014-06-30"}, "contract_order"),
    ],
)
def test_nothing_ends_before_it_starts(fields, code):
    row = row_of(**fields)
    assert [(one.code, one.column) for one in row.of(Problem)] == [(code, "D")]


days = st.dates(date(2003, 4, 1), TODAY)
FORMS = [
    "{0:%Y-%m-%d}", "{0.year}/{0.month}/{0.day}", "{0.year}年{0.month}月{0.day}日", "{0:%Y%m%d}",
    "{0.year}.{0.month}.{0.day}", "{0.year}、{0.month}、{0.day}",
]  # fmt: skip


@given(days, st.sampled_from(FORMS))
def test_a_written_day_is_that_day(day, form):
    assert row_of(started_on=form.format(day)).values["started_on"] == day


@given(days, st.booleans())
def test_the_number_of_a_day_is_that_day(day, has_1904_dates):
    number = (day - (date(1904, 1, 1) if has_1904_dates else date(1899, 12, 30))).days
    assert row_of(Context(TODAY, has_1904_dates), started_on=float(number)).values["started_on"] == day


@pytest.mark.parametrize(
    "cell",
    ["2014.7.1-2015.6.30", "2014-07-01至2015-06-30", "2014年7月1日到2015年6月30日", "2014/7/1～2015/6/30",
     "2014-7-1-2015-6-30", "2014.7.1 - 2015.6.30", "2014年7月1日——2015年6月30日"],
)  # fmt: skip
def test_both_days_of_a_contract_in_one_cell_are_its_beginning_and_end(cell):
    row = row_of(contract_term=cell)
    assert (row.values["contract_from"], row.values["contract_until"]) == (date(2014, 7, 1), date(2015, 6, 30))
    assert row.findings == []


def test_a_contract_without_end_has_a_beginning():
    row = row_of(contract_term="2014.7.1至无固定期限")
    assert (row.values["contract_from"], row.values["contract_until"]) == (date(2014, 7, 1), None)


@pytest.mark.parametrize("cell", ["一年", "三年期", "1", date(2014, 7, 1), "2014.7.1", "至", "2014.7.1至张三"])
def test_a_term_that_does_not_give_both_days_is_told_and_left_out(cell):
    row = row_of(contract_term=cell)
    assert (row.values.get("contract_from"), row.values.get("contract_until")) == (None, None)
    assert "term_unread" in found(row, Notice)


def test_columns_of_their_own_come_before_the_days_in_the_term():
    row = row_of(contract_from="2014-08-01", contract_term="2014.7.1-2015.6.30")
    assert (row.values["contract_from"], row.values["contract_until"]) == (date(2014, 8, 1), date(2015, 6, 30))


def test_a_term_that_ends_before_it_begins_is_a_problem():
    assert found(row_of(contract_term="2014.7.1-2013.6.30"), Problem) == ["contract_order"]


# --- standing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["离职", "已离队", "辞退", "退休", "否"])
def test_who_has_left_nobody_knows_when_is_asked_about(said):
    row = row_of(status=said)
    question = row.findings[0]
    assert found(row, Question) == ["left_when"]
    assert found(row_of(Context(TODAY, answers={question.id: "reject"}), status=said)) == ["left_out"]
    assert row_of(Context(TODAY, answers={question.id: "serves"}), status=said).findings == []


@pytest.mark.parametrize("said", ["在职", "在岗", "是", "", None, "试用"])
def test_who_serves_or_whose_standing_is_another_word_is_not_asked_about(said):
    assert row_of(status=said).findings == []


def test_who_has_left_on_a_day_is_not_asked_about():
    assert row_of(status="离职", ended_on="2014-06-01").findings == []
