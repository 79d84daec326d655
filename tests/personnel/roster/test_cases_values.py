"""Rosters as wards send them, cases 21 to 35, 38, 40 to 56 and 60: what stands in the cells of a person's row."""

from datetime import date

import pytest
from django.utils import timezone

from personnel import identity
from personnel.identity import check_digit
from tests.personnel.roster.files import csv_text, package, xls, xlsx
from tests.personnel.roster.people import HEADER, name, number, person
from tests.personnel.roster.sending import (
    asked,
    choices,
    everything,
    fates,
    people,
    said,
    send,
    service,
    values,
)

pytestmark = pytest.mark.django_db
LOST = '身份证号已被Excel转成数字，末几位丢失，请将该列设为"文本"后重新录入'


def only(clerk, title, cell, **more):
    """A roster of one person, row 2, with this cell in this column (I, where it is no usual one)."""
    usual = title in HEADER
    return send(clerk, people(person(1, **{title: cell}), more=() if usual else [title]), **more)


def assert_silent(examined):
    assert (said(everything(examined)), fates(examined)) == ([], ["create"])


def assert_rejected(examined, *expected):
    assert (said(everything(examined)), fates(examined)) == (list(expected), ["reject"])


def assert_told(examined, *expected):
    assert (said(everything(examined)), fates(examined)) == (list(expected), ["create"])


# --- cells of a spreadsheet -------------------------------------------------------------------------------------------


def formula_sheet(cell):
    """Row 7 is a person whose column D, the ID number, is this cell of XML."""
    header = text_cell("B1", "姓名") + text_cell("C1", "性别") + text_cell("D1", "身份证号")
    somebody = text_cell("B7", name(1)) + cell
    return package(f'<sheetData><row r="1">{header}</row><row r="7">{somebody}</row></sheetData>')


def text_cell(place, text):
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def test_case_21_a_formula_that_failed_is_rejected_with_its_cell(clerk):
    examined = send(clerk, formula_sheet('<c r="D7" t="e"><f>VLOOKUP(B7,#REF!,2)</f><v>#REF!</v></c>'))
    assert_rejected(examined, (7, "D", "单元格D7为公式错误 #REF!"))


def test_case_21_a_formula_without_a_result_is_rejected_with_what_to_do(clerk):
    examined = send(clerk, formula_sheet('<c r="D7"><f>A7</f></c>'))
    assert_rejected(examined, (7, "D", "单元格D7的公式没有计算结果，请用Excel打开文件，保存后重新上传"))


def test_case_21_the_result_of_a_formula_is_read(clerk):
    examined = send(clerk, formula_sheet(f'<c r="D7" t="str"><f>A7</f><v>{number(1)}</v></c>'))
    assert (fates(examined), values(examined, "id_number")) == (["create"], [number(1)])


@pytest.mark.parametrize("text", ["=1+1", "+86开头", "-待定", "@李某", "=cmd|' /C calc'!A0"])
def test_case_22_text_that_begins_like_a_formula_stays_text(clerk, text):
    examined = only(clerk, "备注", text)
    assert_silent(examined)
    assert values(examined, "remark") == [text]


# --- ID numbers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", [4.40113e17, 440199198503011000, "4.40113E+17", "4.40199198503011E+17"])
def test_case_23_a_number_that_excel_spoilt_is_rejected_and_not_repaired(clerk, cell):
    assert_rejected(only(clerk, "身份证号", cell), (2, "D", LOST))


def test_case_23_also_in_xls_and_csv(clerk):
    rows = people(person(1, 身份证号=4.40199198503011e17))
    assert_rejected(send(clerk, xls(rows), name="a.xls"), (2, "D", LOST))
    rows = people(person(1, 身份证号="4.40199E+17"))
    assert_rejected(send(clerk, csv_text(rows), name="a.csv"), (2, "D", LOST))


def test_case_24_a_number_cut_off_by_excel_is_rejected(clerk):
    examined = only(clerk, "身份证号", "440199198503011000")
    (problem,) = examined.problems
    assert (fates(examined), problem.row, problem.column) == (["reject"], 2, "D")
    assert "疑似被截断" in str(problem.message)
    assert "文本" in str(problem.message)


def cut_number():
    """A number that ends in 000 and whose check digit fits all the same."""
    days = (date(1985, month, day) for month in range(1, 13) for day in range(1, 29))
    first17s = (f"440199{day:%Y%m%d}200" for day in days)
    return next(first17 + "0" for first17 in first17s if check_digit(first17) == "0")


def test_case_24_a_number_that_ends_in_000_and_fits_is_asked_about(clerk):
    rows = people(person(2, 身份证号=cut_number()))
    question = asked(send(clerk, rows))
    assert said([question]) == [(2, "D", "身份证号末三位为000，疑似被Excel截断，请确认号码是否正确")]
    assert choices(question) == {"confirm": "号码正确", "reject": "不导入该行"}
    assert fates(send(clerk, rows, answers={question.id: "confirm"})) == ["create"]
    left_out = send(clerk, rows, answers={question.id: "reject"})
    assert (fates(left_out), left_out.questions, left_out.problems) == (["skip"], [], [])


@pytest.mark.parametrize("mark", ["'", '"', "`", "‘", "“"])
def test_case_25_a_stray_quote_before_a_number_or_name_is_taken_off(clerk, mark):
    examined = send(clerk, people(person(1, 身份证号=mark + number(1), 姓名=mark + name(1), 职务=mark + "队员")))
    assert fates(examined) == ["create"]
    assert values(examined, "id_number") == [number(1)]
    assert values(examined, "name") == [name(1)]


def with_x():
    return next(number(n) for n in range(1, 99, 2) if number(n).endswith("X"))


@pytest.mark.parametrize(
    "spell",
    [
        str.lower,
        lambda text: text.replace("X", "Ｘ"),
        lambda text: text.replace("X", "ｘ"),
        lambda text: "".join(chr(ord(c) + 0xFEE0) for c in text),
    ],
    ids=["lower-case x", "full-width X", "full-width x", "all full-width"],
)
def test_case_26_a_number_in_other_letters_is_read(clerk, spell):
    examined = only(clerk, "身份证号", spell(with_x()))
    assert_silent(examined)
    assert values(examined, "id_number") == [with_x()]


@pytest.mark.parametrize("between", [" ", "-", "\xa0", "\u200b", "\u3000", "－", "\t", "\n"])
def test_case_27_blanks_and_hyphens_in_a_number_are_taken_out(clerk, between):
    spelled = between.join((number(1)[:6], number(1)[6:14], number(1)[14:]))
    examined = only(clerk, "身份证号", between + spelled + between if between != "-" else spelled)
    assert_silent(examined)
    assert values(examined, "id_number") == [number(1)]


def test_case_28_an_old_number_is_upgraded_and_told(clerk):
    examined = only(clerk, "身份证号", number(1)[:6] + number(1)[8:17])
    assert_told(examined, (2, "D", "15位号码已按GB 11643升为18位，请核对"))
    assert values(examined, "id_number") == [number(1)]


@pytest.mark.parametrize("length", [17, 19])
def test_case_29_a_number_of_another_length_is_rejected(clerk, length):
    spelled = (number(1) + "0")[:length]
    assert_rejected(only(clerk, "身份证号", spelled), (2, "D", f"身份证号应为18位，实为{length}位"))


def test_case_30_a_wrong_check_digit_is_rejected_and_named(clerk):
    right = number(1)[17]
    wrong = number(1)[:17] + ("0" if right != "0" else "1")
    assert_rejected(only(clerk, "身份证号", wrong), (2, "D", f"身份证号校验码错误：末位应为{right}"))


def test_case_31_a_day_that_never_was_is_rejected(clerk):
    first17 = "44019919850231001"
    expected = (2, "D", "身份证号中出生日期19850231不存在")
    assert_rejected(only(clerk, "身份证号", first17 + check_digit(first17)), expected)


def test_case_32_the_birth_date_of_the_number_is_taken(clerk):
    examined = only(clerk, "出生日期", "1986-03-01")
    assert_told(examined, (2, "I", "出生日期与身份证不一致，以身份证为准"))
    assert values(examined, "birth_date") == [date(1985, 3, 1)]


def test_case_33_another_sex_than_the_numbers_is_asked_about(clerk):
    rows = people(person(1, 性别="女"))
    question = asked(send(clerk, rows))
    assert said([question]) == [(2, "C", "性别与身份证第17位不符")]
    assert choices(question) == {"number": "以身份证为准", "reject": "不导入该行"}
    settled = send(clerk, rows, answers={question.id: "number"})
    assert (fates(settled), values(settled, "sex")) == (["create"], ["male"])
    assert fates(send(clerk, rows, answers={question.id: "reject"})) == ["skip"]


def test_case_34_an_age_is_ignored_and_told_of_where_it_is_far_off(clerk):
    age = identity.age_on(date(1985, 3, 1), timezone.localdate())
    assert_silent(only(clerk, "年龄", age))
    assert_silent(only(clerk, "年龄", f"{age - 1}岁"))
    assert_told(only(clerk, "年龄", 12), (2, "I", f"年龄填写为12岁，按出生日期为{age}岁，年龄不导入"))


def test_case_35_an_unknown_address_code_is_only_told_of(clerk):
    examined = only(clerk, "身份证号", number(1, region="250199"))
    assert_told(examined, (2, "D", "身份证号前两位不是已知的省级代码，请核对"))
    assert_silent(only(clerk, "身份证号", number(1, region="440125")))  # retired


@pytest.mark.parametrize("cell", [None, "", "  ", "无", "-"])
def test_case_38_a_name_without_a_number_is_rejected(clerk, cell):
    assert_rejected(only(clerk, "身份证号", cell), (2, "D", "缺少身份证号，无法确认身份"))


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelled", ["李 强", "李\u3000强", " 李强 ", "李\n强", "李\xa0强"])
def test_case_40_blanks_in_a_chinese_name_are_taken_out(clerk, spelled):
    examined = only(clerk, "姓名", spelled)
    assert_silent(examined)
    assert values(examined, "name") == ["李强"]


def test_case_40_blanks_in_other_names_stay(clerk):
    assert values(only(clerk, "姓名", "买买提 · 艾力"), "name") == ["买买提·艾力"]
    assert values(only(clerk, "姓名", "Li Qiang"), "name") == ["Li Qiang"]


@pytest.mark.parametrize("spelled", ["李?", "李□", "李\ue863", "李\ufffd"])
def test_case_41_a_name_with_unreadable_characters_is_asked_about(clerk, spelled):
    rows = people(person(1, 姓名=spelled))
    question = asked(send(clerk, rows))
    assert said([question]) == [(2, "B", "姓名含无法识别字符")]
    assert choices(question) == {"keep": "保留该姓名", "reject": "不导入该行"}
    kept = send(clerk, rows, answers={question.id: "keep"})
    assert (fates(kept), values(kept, "name")) == (["create"], [spelled])
    assert fates(send(clerk, rows, answers={question.id: "reject"})) == ["skip"]


@pytest.mark.parametrize("spelled", ["陳偉", "李淼鑫", "\U00020bb7野", "㛃明", "龥华"])
def test_case_41_rare_characters_are_silent(clerk, spelled):
    examined = only(clerk, "姓名", spelled)
    assert_silent(examined)
    assert values(examined, "name") == [spelled]


def test_case_42_traditional_forms_are_kept(clerk):
    examined = only(clerk, "姓名", "陳國強")
    assert_silent(examined)
    assert values(examined, "name") == ["陳國強"]


# --- dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["2014.7", "2014年7月", "2014-07", "2014/7", "201407", "二〇一四年七月"])
def test_case_43_a_month_is_taken_from_its_first_day_and_told(clerk, cell):
    examined = only(clerk, "入队时间", cell)
    assert_told(examined, (2, "G", "只有年月，日按1日计：2014-07-01"))
    assert service(examined, "started_on") == [date(2014, 7, 1)]


@pytest.mark.parametrize("cell", ["1985.3", "1985年3月", "1985-03", "85.3", "85年3月", "一九八五年三月"])
def test_case_43_the_day_of_birth_is_taken_from_the_number(clerk, cell):
    examined = only(clerk, "出生年月", cell)
    assert_told(examined, (2, "I", "出生日期只有年月，日以身份证为准"))
    assert values(examined, "birth_date") == [date(1985, 3, 1)]


@pytest.mark.parametrize("formats", [{}, {("花名册", 6): "0.0"}])
def test_case_43_a_number_cell_that_shows_2014_1_may_be_january_or_october(clerk, formats):
    examined = send(clerk, xlsx({"花名册": people(person(1, 入队时间=2014.1))}, formats=formats))
    (question,) = examined.questions
    assert (question.row, question.column, str(question.message)) == (2, "G", "2014.1可能是1月，也可能是10月，请选择")
    assert [choice.value for choice in question.choices] == ["2014-01-01", "2014-10-01"]


def test_case_43_so_it_may_in_a_workbook_of_old(clerk):
    (question,) = send(clerk, xls(people(person(1, 入队时间=2014.1)))).questions
    assert question.code == "january_or_october"


@pytest.mark.parametrize("formats", [{}, {("花名册", 6): "0.00"}])
def test_case_43_of_other_months_nobody_is_asked(clerk, formats):
    data = xlsx({"花名册": people(person(1, 入队时间=2014.3), person(2, 入队时间=2014.12))}, formats=formats)
    assert service(send(clerk, data), "started_on") == [date(2014, 3, 1), date(2014, 12, 1)]


def test_case_43_a_birth_month_is_told_by_the_number(clerk):
    examined = send(clerk, people(person(1, 出生年月=1985.1), more=["出生年月"]))
    assert not examined.questions


def test_case_43_a_number_cell_that_shows_two_decimals_is_october(clerk):
    data = xlsx({"花名册": people(person(1, 入队时间=2014.1))}, formats={("花名册", 6): "0.00"})
    assert service(send(clerk, data), "started_on") == [date(2014, 10, 1)]


def test_case_43_a_year_of_two_digits_is_told(clerk):
    examined = only(clerk, "入队时间", "14-7-1")
    assert_told(examined, (2, "G", "年份只有两位，按2014-07-01计"))


@pytest.mark.parametrize(
    "cell",
    [
        "20140701", "2014/7/1", "2014.7.1", "2014、7、1", "2014年7月1日", "二〇一四年七月一日", "２０１４－７－１",
        " 2014-07-01 00:00:00", 20140701, date(2014, 7, 1),
    ],
)  # fmt: skip
def test_case_44_a_day_is_read_however_it_is_written(clerk, cell):
    examined = only(clerk, "入队时间", cell)
    assert_silent(examined)
    assert service(examined, "started_on") == [date(2014, 7, 1)]


def test_case_45_the_number_of_a_day_is_read_in_columns_of_days(clerk):
    examined = send(clerk, people(person(1, 入队时间=41821, 出生日期=31107), more=["出生日期"]))
    assert_silent(examined)
    assert service(examined, "started_on") == [date(2014, 7, 1)]
    examined = only(clerk, "职务", 41821)
    assert service(examined, "post") == ["41821"]


def test_case_45_a_file_of_the_old_macintosh_counts_from_1904(clerk):
    data = xlsx({"花名册": people(person(1, 入队时间=41821 - 1462))}, has_1904_dates=True)
    examined = send(clerk, data)
    assert_silent(examined)
    assert service(examined, "started_on") == [date(2014, 7, 1)]


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("2014-06-31", "日期无效：2014-06-31"),
        ("2014-13-01", "日期无效：2014-13-01"),
        ("去年夏天", "日期无效：去年夏天"),
        ("2099-01-01", "日期无效：2099-01-01晚于今天"),
        (61000, "日期无效：61000"),
    ],
)
def test_case_46_an_impossible_day_is_rejected(clerk, cell, sentence):
    assert_rejected(only(clerk, "入队时间", cell), (2, "G", sentence))


def test_case_47_who_joined_before_coming_of_age_is_rejected(clerk):
    assert_rejected(only(clerk, "入队时间", "2003-02-28"), (2, "G", "入职日期早于年满18周岁"))
    assert_silent(only(clerk, "入队时间", "2003-03-01"))


def test_case_47_an_end_before_the_beginning_is_rejected(clerk):
    rows = people(person(1, 离队时间="2014-06-30", 离队原因="辞职"), more=["离队时间", "离队原因"])
    assert_rejected(send(clerk, rows), (2, "I", "结束日期须晚于开始日期"))
    rows = people(person(1, 合同起="2014-07-01", 合同止="2013-06-30"), more=["合同起", "合同止"])
    assert_rejected(send(clerk, rows), (2, "J", "合同终止日期早于起始日期"))


# --- phones -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", [xlsx, xls])
def test_case_48_a_phone_that_is_a_number_is_read(clerk, file):
    rows = people(person(1, 联系电话=13800000002.0))
    examined = send(clerk, xlsx({"花名册": rows}) if file is xlsx else xls(rows))
    assert_silent(examined)
    assert values(examined, "phone") == ["13800000002"]


def test_case_48_a_phone_with_a_point_in_csv_is_read(clerk):
    examined = send(clerk, csv_text(people(person(1, 联系电话="13800000002.0"))), name="a.csv")
    assert_silent(examined)
    assert values(examined, "phone") == ["13800000002"]


@pytest.mark.parametrize(
    ("cell", "digits"),
    [
        ("+8613800000002", "13800000002"),
        ("86 138 0000 0002", "13800000002"),
        ("138-0000-0002", "13800000002"),
        ("１３８００００００２０", "13800000020"),
        ("0755-20880000", "075520880000"),
        ("(020)20880000", "02020880000"),
        ("20880000", "20880000"),
    ],
)
def test_case_49_a_phone_is_read_however_it_is_written(clerk, cell, digits):
    examined = only(clerk, "联系电话", cell)
    assert_silent(examined)
    assert values(examined, "phone") == [digits]


@pytest.mark.parametrize("cell", ["1380000000", "138000000022", 1380000000, "电话空号"])
def test_case_50_a_phone_of_another_length_is_left_blank_and_told(clerk, cell):
    examined = only(clerk, "联系电话", cell)
    assert_told(examined, (2, "H", "手机号应为11位，该号码未导入"))
    assert values(examined, "phone") == [None]


def test_case_50_of_two_phones_the_first_is_taken_and_told(clerk):
    examined = only(clerk, "联系电话", "13800000002/13900000003")
    assert_told(examined, (2, "H", "有多个电话号码，取第一个有效号码"))


# --- codes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("初中毕业", "71"), ("小学文化", "81"), ("中专", "41"), ("函授本科", "21"), ("本 专科", None),
        ("大学本科", "21"),
        ("高中", "61"), ("大专", "31"), ("本科", "21"), ("高中毕业", "61"), ("初中", "71"), ("小学", "81"),
    ],
)  # fmt: skip
def test_case_51_education_is_read_in_the_words_people_use(clerk, word, code):
    examined = only(clerk, "文化程度", word)
    if code is None:
        question = asked(examined)
        assert said([question]) == [(2, "E", f"“{word}”无法识别，请选择它表示哪一种“学历”")]
        answered = only(clerk, "文化程度", word, answers={question.id: "21"})
        assert (fates(answered), values(answered, "education")) == (["create"], ["21"])
    else:
        assert_silent(examined)
        assert values(examined, "education") == [code]


def test_case_51_who_still_studies_has_the_level_before(clerk):
    examined = only(clerk, "文化程度", "大专(在读)")
    assert values(examined, "education") == ["61"]
    (told,) = everything(examined)
    assert (told.row, told.column) == (2, "E")
    assert "在读，按上一级学历" in str(told.message)


def test_case_51_an_unknown_word_is_asked_once_for_all_its_rows(clerk):
    rows = people(person(1, 文化程度="扫盲班"), person(2, 文化程度="扫盲班"))
    question = asked(send(clerk, rows))
    examined = send(clerk, rows, answers={question.id: "81"})
    assert (fates(examined), values(examined, "education")) == (["create"] * 2, ["81"] * 2)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("党员", "01"), ("中共", "01"), ("中共党员", "01"), ("预备", "02"), ("团员", "03"), ("群", "13"),
        ("普通公民", "13"), ("群众", "13"), ("01", "01"), ("民革", "04"),
    ],
)  # fmt: skip
def test_case_52_the_political_affiliation_is_read_in_the_words_people_use(clerk, word, code):
    examined = only(clerk, "政治面貌", word)
    assert_silent(examined)
    assert values(examined, "political") == [code]


@pytest.mark.parametrize("word", ["汉", "汉族", "01", 1, "漢族"])
def test_case_53_the_ethnicity_is_read_by_name_short_name_and_code(clerk, word):
    examined = only(clerk, "民族", word)
    assert_silent(examined)
    assert values(examined, "ethnicity") == ["01"]


@pytest.mark.parametrize("word", ["Y", "√", "✓", "●", "1", 1, 1.0, "是", "有", True])
def test_case_54_yes_is_read_in_all_its_marks(clerk, word):
    examined = only(clerk, "是否退役", word)
    assert_silent(examined)
    assert values(examined, "military") == ["discharged"]


@pytest.mark.parametrize("word", ["N", "×", "否", "未服役", False])
def test_case_54_no_is_read_in_all_its_marks(clerk, word):
    examined = only(clerk, "是否退役", word)
    assert_silent(examined)
    assert values(examined, "military") == ["not_served"]


def test_case_54_a_digit_among_numbered_codes_is_asked_for(clerk):
    examined = only(clerk, "婚否", 1)
    assert asked(examined).code == "value"
    assert "请选择它表示哪一种“婚姻状况”" in str(asked(examined).message)


def test_case_54_columns_of_yes_and_no_without_a_place_in_the_register_are_told_and_spoil_no_row(clerk):
    examined = only(clerk, "是否购买社保", "已购")
    assert_told(examined, (1, "I", "该列暂未导入：是否购买社保"))


@pytest.mark.parametrize(
    "hidden", ["440199************", "4401991985****0011", "440199XXXXXXXX0011", "440199＊＊＊＊＊＊＊＊0011"]
)
def test_a_number_with_hidden_digits_is_refused_with_what_to_do(clerk, hidden):
    examined = send(clerk, people(person(1, 身份证号=hidden)))
    assert said(examined.problems) == [(2, "D", "号码有几位被遮盖（打印或导出的名单常是这样），请填写完整号码")]


@pytest.mark.parametrize("word", ["-", "无", "暂无", "N/A", 0, "/", "——", "  "])
def test_case_55_words_for_nothing_are_nothing(clerk, word):
    examined = send(clerk, people(person(1, 籍贯=word, 民族=word, 联系电话=word), more=["籍贯", "民族"]))
    assert_silent(examined)
    assert [values(examined, each) for each in ("native_place", "ethnicity", "phone")] == [[None], [None], [None]]


@pytest.mark.parametrize("cell", ["2.4万", "2,400元/月", "2400.00", "面议"])
def test_case_56_wages_are_told_to_be_left_out_and_spoil_no_row(clerk, cell):
    examined = only(clerk, "月工资", cell)
    assert_told(examined, (1, "I", "该列暂未导入：月工资"))


# --- rules ------------------------------------------------------------------------------------------------------------


def test_case_60_a_minor_is_rejected(clerk):
    minor = person(1, 身份证号=number(1, date(2012, 3, 1)), 入队时间=None)
    examined = send(clerk, people(minor))
    assert fates(examined) == ["reject"]
    assert said(examined.problems) == [(2, "D", "未满18周岁，不得录入")]


@pytest.mark.parametrize(
    ("changed", "column", "sentence"),
    [
        ({"身份证号": number(1, date(1970, 3, 1))}, "D", "入职时44周岁，超过规定的35周岁"),
        ({"文化程度": "初中"}, "E", "低于规定要求：高中或中职及以上"),
    ],
)
def test_case_60_age_and_education_are_told_by_the_rules_of_the_force(officer, changed, column, sentence):
    rows = people(person(1, **changed) | {"单位": "东塘派出所"}, more=["单位"])
    examined = send(officer, rows, force="auxiliary")
    assert fates(examined) == ["create"]
    (told,) = everything(examined)
    assert (told.row, told.column) == (2, column)
    assert sentence in str(told.message)
