"""Rosters as wards send them, cases 1 to 20, 61 and 62: where in a file the people are, and in which file."""

import pytest

from personnel.roster.shapes import FileRefused
from personnel.roster.source import open_file
from tests.conftest import SECOND_VILLAGE, TOWN, VILLAGE
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
    units,
    values,
)

pytestmark = pytest.mark.django_db
TITLE = ["东塘街道治安联防队员花名册"]
NAMES = [name(1), name(2), name(3)]
THREE = [person(1), person(2), person(3)]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc33"
    "0000000049454e44ae426082"
)


@pytest.fixture
def town(account):
    return account("staff", TOWN, username="town")


def assert_silent(examined, rows=3):
    """Everybody comes in, and nothing has to be said."""
    assert (said(everything(examined)), fates(examined)) == ([], ["create"] * rows)


# --- titles, headers, stamps, footers ---------------------------------------------------------------------------------


def test_case_1_title_rows_above_the_header_are_passed_over(clerk):
    examined = send(clerk, [TITLE, ["二〇一四年七月一日"], *people(*THREE)])
    assert_silent(examined)
    assert examined.sheets()[0]["header_row"] == 3
    assert values(examined, "name") == NAMES


def test_case_1_three_known_headers_make_a_header_too(clerk):
    rows = [[each["姓名"], each["性别"], each["联系电话"], each["身份证号"]] for each in THREE]
    examined = send(clerk, [TITLE, ["姓名", "性别", "联系电话", "证件"], *rows])
    question = asked(examined)
    assert (question.column, next(iter(choices(question)))) == ("D", "id_number")
    examined = send(clerk, [TITLE, ["姓名", "性别", "联系电话", "证件"], *rows], answers={question.id: "id_number"})
    assert (fates(examined), examined.questions) == (["create"] * 3, [])
    assert values(examined, "id_number") == [number(1), number(2), number(3)]


@pytest.mark.parametrize("row", [14, 15])
def test_case_1_a_header_as_low_as_the_fifteenth_row_is_found(clerk, row):
    assert_silent(send(clerk, [*([["说明"]] * (row - 1)), *people(*THREE)]))


def test_case_2_a_header_of_two_rows_is_joined(clerk):
    rows = [
        ["序号", "姓名", "身份证号", "入队时间", "联系方式", None, "家属", None],
        [None, None, None, None, "手机", "邮箱", "姓名", "电话"],
        *([n, name(n), number(n), "2014-07-01", f"138{n:08d}", "a@b.example", "陈家", "13900000009"] for n in (1, 2)),
    ]
    merged = ["A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:F1", "G1:H1"]
    examined = send(clerk, xlsx({"花名册": rows}, merged={"花名册": merged}))
    assert fates(examined) == ["create", "create"]
    assert [str(one.message) for one in everything(examined)] == ["该列暂未导入：联系方式/邮箱"]
    assert values(examined, "phone") == ["13800000001", "13800000002"]
    assert values(examined, "name") == [name(1), name(2)]
    assert values(examined, "contact_name") == ["陈家", "陈家"]


def test_case_2_a_header_of_three_rows_is_joined(clerk):
    rows = [
        ["姓名", "身份证号", "入队时间", "基本情况", None, None],
        [None, None, None, "文化程度", "联系方式", None],
        [None, None, None, None, "手机", "微信"],
        [name(1), number(1), "2014-07-01", "高中", "13800000001", "w1"],
    ]
    merged = ["A1:A3", "B1:B3", "C1:C3", "D1:F1", "D2:D3", "E2:F2"]
    examined = send(clerk, xlsx({"花名册": rows}, merged={"花名册": merged}))
    assert examined.sheets()[0]["header_row"] == 3
    assert (values(examined, "phone"), values(examined, "education")) == (["13800000001"], ["61"])
    assert [one.column for one in examined.questions] == ["F"]


def test_case_2_a_header_of_two_rows_that_lost_its_merging_in_csv_is_joined(clerk):
    rows = [
        ["姓名", "身份证号", "入队时间", "合同", ""],
        ["", "", "", "开始日期", "结束日期"],
        [name(1), number(1), "2014-07-01", "2014-07-01", "2017-06-30"],
    ]
    examined = send(clerk, csv_text(rows), name="花名册.csv")
    assert_silent(examined, 1)
    assert str(values(examined, "contract_until")) == "[datetime.date(2017, 6, 30)]"


@pytest.mark.parametrize("blank", [None, "", "  ", "\u3000\u3000", "\n\t"])
def test_case_3_a_blank_title_row_is_passed_over(clerk, blank):
    examined = send(clerk, [[blank] * 3, *people(*THREE)])
    assert_silent(examined)
    assert examined.sheets()[0]["header_row"] == 2


def test_case_4_a_stamp_row_is_passed_over(clerk):
    stamp = ["培训机构（印章）：东塘街道\u3000\u3000培训时间：2014年7月1日"]
    assert_silent(send(clerk, [TITLE, stamp, *people(*THREE)]))


def test_case_4_a_stamp_in_several_cells_is_passed_over(clerk):
    stamp = ["填报单位（盖章）：", None, "东塘第一社区", None, "填报日期：", "2014年7月1日"]
    assert_silent(send(clerk, [TITLE, stamp, *people(*THREE)]))


@pytest.mark.parametrize("at", [2, 4], ids=["in the middle", "at the end"])
def test_case_5_a_header_that_is_repeated_is_passed_over(clerk, at):
    rows = people(*THREE)
    rows.insert(at, HEADER)
    assert_silent(send(clerk, rows))


def test_case_5_title_and_header_of_a_second_page_are_passed_over(clerk):
    rows = people(*THREE)
    assert_silent(send(clerk, [TITLE, *rows[:3], TITLE, *rows[:1], *rows[3:]]))


@pytest.mark.parametrize(
    "footer",
    [
        ["制表人：陈某", None, None, "负责人：李某", None, "联系电话：20880000"],
        ["填表人：", None, "审核人："],
        ["本表一式三份，派出所、镇街、村居各执一份。"],
        ["联系电话：020-88880000"],
        ["注：1.身份证号须为18位。"],
        [None, "单位负责人（签名）：", None, "日期：2014年7月1日"],
    ],
)
def test_case_6_a_footer_ends_the_list(clerk, footer):
    assert_silent(send(clerk, [*people(*THREE), footer]))


def test_case_6_somebody_below_a_footer_is_told_of(clerk):
    examined = send(clerk, [*people(*THREE), ["制表人：陈某"], [], *people(person(4))[1:]])
    assert fates(examined) == ["create"] * 3
    assert said(everything(examined)) == [(7, "", "表尾之后的以下各行疑似人员信息，未导入，请核对：第7行")]


@pytest.mark.parametrize("total", [["合计", "3人"], ["小计", None, None, 3], ["合计：3人"], [None, "总计", 3]])
def test_case_7_a_sum_that_agrees_is_passed_over(clerk, total):
    assert_silent(send(clerk, [*people(*THREE), total]))


def test_case_7_a_sum_that_differs_is_told(clerk):
    examined = send(clerk, [*people(*THREE), ["合计", "45人"]])
    assert fates(examined) == ["create"] * 3
    assert said(everything(examined)) == [(5, "A", "表内合计45人，实际识别3人")]


def test_case_7_partial_sums_are_held_against_their_own_rows(clerk):
    first, second, third = people(*THREE)[1:]
    examined = send(clerk, [HEADER, first, second, ["小计", "2人"], third, ["小计", "4人"], ["合计", "3人"]])
    assert fates(examined) == ["create"] * 3
    assert said(everything(examined)) == [(6, "A", "表内合计4人，实际识别1人")]


def test_case_8_rows_that_hold_but_a_serial_number_are_nobody(clerk):
    rows = people(*THREE) + [[n] for n in range(4, 21)]
    examined = send(clerk, rows)
    assert_silent(examined)
    assert examined.plan.counts["rows"] == 3


# --- places: merged, filled, ditto, one sheet for each ----------------------------------------------------------------


def test_case_9_a_merged_village_counts_for_its_own_rows_only(town):
    rows = people(*[person(n) for n in range(1, 6)], more=["村居"])
    rows[1][8], rows[4][8] = "东塘第一社区", "东塘第二社区"
    examined = send(town, xlsx({"花名册": rows}, merged={"花名册": ["I2:I4", "I5:I6"]}))
    assert_silent(examined, 5)
    assert units(examined) == [VILLAGE] * 3 + [SECOND_VILLAGE] * 2


def test_case_9_a_row_below_the_merged_range_is_not_filled(town):
    rows = people(*[person(n) for n in range(1, 5)], more=["村居"])
    rows[1][8] = rows[4][8] = "东塘第一社区"
    rows[3][8] = None
    examined = send(town, xlsx({"花名册": rows}, merged={"花名册": ["I2:I3"]}))
    assert units(examined)[:2] == [VILLAGE] * 2
    assert units(examined)[2] == 0
    assert fates(examined)[2] == "ask"


def test_case_10_a_village_in_the_first_row_only_is_asked_about_and_filled(town):
    rows = people(*THREE, more=["所属村居"])
    rows[1][8] = "东塘第一社区"
    examined = send(town, rows)
    question = next(one for one in examined.questions if one.code == "fill_down")
    assert said([question]) == [(2, "I", "所属村居向下填充，请确认")]
    assert choices(question) == {"fill": "空白单元格按上方内容填充", "leave": "空白单元格保持空白"}
    examined = send(town, rows, answers={question.id: "fill"})
    assert (fates(examined), units(examined), examined.questions) == (["create"] * 3, [VILLAGE] * 3, [])
    assert said(everything(examined)) == [(2, "I", "已按上方内容填充2个空白单元格")]


@pytest.mark.parametrize("mark", ["同上", "〃", '"', "″"])
def test_case_11_a_ditto_mark_takes_the_value_above_in_columns_of_text(clerk, mark):
    examined = send(clerk, people(person(1, 职务="中队长"), person(2, 职务=mark)))
    assert fates(examined) == ["create"] * 2
    assert service(examined, "post") == ["中队长", "中队长"]
    assert said(everything(examined)) == [(3, "F", f"“{mark}”已按上一行填为：中队长")]


@pytest.mark.parametrize(("title", "letter"), [("身份证号", "D"), ("姓名", "B"), ("联系电话", "H")])
def test_case_11_what_identifies_a_person_is_never_taken_from_above(clerk, title, letter):
    examined = send(clerk, people(person(1), person(2, **{title: "同上"})))
    assert fates(examined) == ["create", "reject"]
    assert (3, letter, "该列不能填“同上”，请填写实际内容") in said(examined.problems)


def test_case_12_one_sheet_for_each_village(town):
    sheets = {"东塘第一社区": people(person(1)), "东塘第二社区居委会": people(person(2))}
    examined = send(town, xlsx(sheets))
    assert (fates(examined), units(examined)) == (["create"] * 2, [VILLAGE, SECOND_VILLAGE])
    assert [str(one.message) for one in everything(examined)] == [
        "工作表“东塘第一社区”匹配到东塘第一社区",
        "工作表“东塘第二社区居委会”匹配到东塘第二社区",
    ]


def test_case_13_a_sheet_that_names_no_village_is_asked_about(town):
    sheets = {"东塘第一社区": people(person(1)), "Sheet2": people(person(2), person(3))}
    question = asked(send(town, xlsx(sheets)))
    assert (question.sheet, str(question.message)) == ("Sheet2", "工作表“Sheet2”中的人员属于哪个单位？")
    assert {"东塘第一社区", "东塘第二社区"} < set(choices(question).values())
    examined = send(town, xlsx(sheets), answers={question.id: str(SECOND_VILLAGE)})
    assert (fates(examined), units(examined)) == (["create"] * 3, [VILLAGE, SECOND_VILLAGE, SECOND_VILLAGE])


@pytest.mark.parametrize("how", ["hidden", "very_hidden"])
def test_case_14_a_hidden_sheet_is_told_of_and_left_out(clerk, how):
    data = xlsx({"花名册": people(*THREE), "旧表": people(person(4))}, **{how: ["旧表"]})
    examined = send(clerk, data)
    assert fates(examined) == ["create"] * 3
    assert [(one.sheet, str(one.message)) for one in everything(examined)] == [("旧表", "已忽略隐藏工作表：旧表")]


@pytest.mark.parametrize(
    "rows",
    [
        [["填表说明"], ["1.身份证号须为文本格式。"], ["2.联系电话须为11位。"]],
        [["民族", "学历", "政治面貌"], ["汉族", "初中", "群众"], ["壮族", "高中", "中共党员"]],
        [["序号", "姓名"], ["代码", "名称"]],
    ],
    ids=["explanations", "a dictionary of codes", "two known headers"],
)
def test_case_15_a_sheet_of_explanations_is_told_of_and_left_out(clerk, rows):
    examined = send(clerk, xlsx({"说明": rows, "花名册": people(*THREE)}))
    assert fates(examined) == ["create"] * 3
    assert [(one.sheet, str(one.message)) for one in everything(examined)] == [
        ("说明", "已忽略工作表：说明（没有含姓名和身份证号的表头行）")
    ]


def test_case_15_an_empty_sheet_is_told_of(clerk):
    examined = send(clerk, xlsx({"花名册": people(*THREE), "Sheet2": []}))
    assert [(one.sheet, str(one.message)) for one in everything(examined)] == [("Sheet2", "已忽略空白工作表：Sheet2")]


# --- kinds of files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "file_name"),
    [
        (xls(people(*THREE)), "花名册.xls"),
        (xls(people(*THREE)), "花名册.xlsx"),
        (xlsx({"花名册": people(*THREE)}), "花名册.xls"),
        (csv_text(people(*THREE)), "花名册.xls"),
    ],
    ids=["xls", "xls named xlsx", "xlsx named xls", "csv named xls"],
)
def test_case_16_a_file_is_read_by_what_it_is_whatever_its_name(clerk, data, file_name):
    assert_silent(send(clerk, data, name=file_name))


SPREADSHEET_XML = b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:x"></Workbook>'
HTML = "<html><body><table><tr><td>姓名</td><td>身份证号</td></tr></table></body></html>".encode()


@pytest.mark.parametrize("data", [SPREADSHEET_XML, HTML, b"\xef\xbb\xbf" + HTML])
def test_case_17_xml_and_html_with_the_name_of_a_workbook_are_refused(data):
    with pytest.raises(FileRefused, match=r"请另存为 \.xlsx 后再上传"):
        open_file(data, "花名册.xls")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (xlsx({"花名册": people(*THREE)})[:-400], r"文件已损坏，请用 WPS 或 Excel 打开，另存为 \.xlsx 后再上传"),
        (xls(people(*THREE))[:3000], r"文件已损坏，请用 WPS 或 Excel 打开，另存为 \.xlsx 后再上传"),
        (b"%PDF-1.4 ...", "该文件是PDF 文件，格式不支持"),
        (PNG, "该文件是图片，格式不支持"),
        (b"Rar!\x1a\x07\x00" + bytes(60), "该文件是压缩包，格式不支持"),
        (b"\x00\x01\x02 nothing known" * 20, "该文件是非表格文件，格式不支持"),
        (b"", "文件是空的。请在 WPS 或 Excel 中打开您的名册，保存后再上传"),
    ],
    ids=["cut xlsx", "cut xls", "pdf", "picture", "archive", "bytes", "nothing"],
)
def test_case_18_a_damaged_or_foreign_file_is_refused_with_what_to_do(data, sentence):
    with pytest.raises(FileRefused, match=sentence):
        open_file(data, "花名册.xlsx")


def test_case_18_a_workbook_with_macros_is_refused():
    data = package('<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>', parts={"xl/vbaProject.bin": b"x"})
    with pytest.raises(FileRefused, match=r"文件含有宏，请另存为 \.xlsx（不含宏）后再上传"):
        open_file(data, "花名册.xlsm")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_case_19_csv_is_read_in_the_encodings_of_windows_and_wps(clerk, encoding):
    examined = send(clerk, csv_text(people(*THREE), encoding), name="花名册.csv")
    assert_silent(examined)
    assert values(examined, "name") == NAMES


def test_case_20_a_sheet_of_a_million_formatted_empty_rows_is_refused_or_read_as_what_it_holds(clerk):
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(1, 300_000))
    data = package(f"<sheetData>{rows}</sheetData>")
    with pytest.raises(FileRefused) as refused:
        open_file(data, "花名册.xlsx")
    assert refused.value.code in ("no_table", "too_many_rows")
    assert "%(" not in str(refused.value)


def test_case_20_a_file_that_unpacks_to_far_more_than_it_is_is_refused():
    bomb = package(parts={"xl/worksheets/sheet1.xml": b" " * (300 * 1024 * 1024)})
    assert len(bomb) < 1024 * 1024
    with pytest.raises(FileRefused, match="文件解压后超过256MB，请把名单复制到新工作簿后再上传"):
        open_file(bomb, "花名册.xlsx")


# --- columns, comments, pictures --------------------------------------------------------------------------------------


def test_case_61_an_unknown_header_is_asked_about_with_the_likeliest_first(clerk):
    rows = people(person(1, 外号="阿强"), more=["外号"])
    question = asked(send(clerk, rows))
    assert said([question]) == [(1, "I", "未识别I列“外号”，请选择该列的内容")]
    assert choices(question)["ignore"] == "不导入该列"
    examined = send(clerk, rows, answers={question.id: "former_name"})
    assert (values(examined, "former_name"), fates(examined)) == (["阿强"], ["create"])
    examined = send(clerk, rows, answers={question.id: "ignore"})
    assert_silent(examined, 1)


@pytest.mark.parametrize("header", ["联系电话（手机）", "联系电话\n(手机号码)", "手 机 号 *", "联系方式："])
def test_case_61_a_phone_is_known_by_its_usual_headers(clerk, header):
    rows = [["姓    名", "身份证号码（18位）", "入队\n时间", header], [name(1), number(1), "2014-07-01", "13800000001"]]
    examined = send(clerk, rows)
    assert_silent(examined, 1)
    assert values(examined, "phone") == ["13800000001"]


def test_case_61_columns_that_are_both_serial_numbers_are_settled(clerk):
    rows = people(person(1, 甲=7, 乙=8), more=["甲", "乙"])
    answers = {question.id: "seq" for question in send(clerk, rows).questions}
    assert len(answers) == 2
    assert_silent(send(clerk, rows, answers=answers), 1)


def test_case_61_a_header_that_contains_a_known_one_is_only_suggested(clerk):
    rows = people(person(1, 家属身份证号=number(8)), more=["家属身份证号"])
    question = asked(send(clerk, rows))
    assert question.column == "I"
    assert values(send(clerk, rows, answers={question.id: "ignore"}), "id_number") == [number(1)]


def test_case_61_the_first_job_is_not_taken_for_joining(clerk):
    header = ["姓名", "身份证号", "参加工作时间"]
    rows = [header, [name(1), number(1), "2003-07-01"]]
    question = asked(send(clerk, rows))
    assert said([question]) == [(1, "C", "C列“参加工作时间”可能有多种含义，请选择该列的内容")]
    assert list(choices(question))[:2] == ["started_on", "work_start"]
    examined = send(clerk, rows, answers={question.id: "work_start"})
    assert "未填入队时间" in str(examined.notices[-1].message)


def test_case_61_a_sheet_without_a_column_for_the_number_is_refused_by_name(clerk):
    rows = [["姓名", "性别", "职务", "备注"], [name(1), "男", "队员", "无"]]
    with pytest.raises(FileRefused) as refused:
        send(clerk, rows)
    assert str(refused.value) == (
        "工作表“花名册”缺少“身份证号”列（证件号码）。请在第1行将该列的表头写为“身份证号”后重新上传。"
    )


def test_case_61_a_file_without_any_list_is_refused_with_what_is_needed(clerk):
    with pytest.raises(FileRefused, match="未找到人员名单：需在未隐藏工作表的前15行内有含“姓名”和“身份证号”的表头行"):
        send(clerk, [["本周工作安排"], ["周一", "巡逻"]])


def test_case_62_pictures_and_comments_are_counted(clerk):
    import io

    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("花名册")
        for r, row in enumerate(people(*THREE)):
            for c, value in enumerate(row):
                sheet.write(r, c, value)
        for r in (1, 2):
            sheet.insert_image(r, 8, "a.png", {"image_data": io.BytesIO(PNG)})
        sheet.write_comment(1, 1, "已核对")
    examined = send(clerk, out.getvalue())
    assert fates(examined) == ["create"] * 3
    assert [str(one.message) for one in everything(examined)] == ["图片未导入2张", "批注未导入1条"]


def test_people_above_the_header_are_told_of(clerk):
    above = [["东塘街道治安联防队员花名册"], ["队长", name(7), None, number(7)], ["副队长", name(8), None, number(8)]]
    examined = send(clerk, [*above, *people(person(1))])
    assert said(examined.notices) == [(2, "", "表头之上的以下各行疑似人员信息，未导入，请核对：第2、3行")]
    assert fates(examined) == ["create"]
