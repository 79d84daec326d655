"""Whole rosters as offices really send them, with many habits in one file."""

from datetime import date

import pytest

from organization.models import Unit
from organization.scope import as_root
from personnel.models import Assignment, Member
from tests.conftest import SECOND_VILLAGE, STATION, TOWN, VILLAGE
from tests.factories import EmployerFactory, MemberFactory, serve
from tests.personnel.roster.files import csv_text, xls, xlsx
from tests.personnel.roster.people import name, number, person
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


@pytest.fixture
def town(account):
    return account("staff", TOWN, username="town")


@pytest.fixture
def employer(root):
    return EmployerFactory(name="穗安安达保安服务（集团）有限公司", unit=Unit.objects.get(code=TOWN))


def test_a_printed_form_of_two_villages_with_title_stamp_parents_merges_sums_and_signatures(town):
    def row(n, village=None, **more):
        told = person(n, **more)
        who = [told[title] for title in ("姓名", "性别", "身份证号", "联系电话")]
        return [n, village, *who, None, "2014年7月", told["职务"]]

    rows = [
        ["东塘街道群防群治队伍人员花名册"],
        ["填报单位（盖章）：", None, None, "填报日期：2014年7月1日"],
        [],
        ["序号", "村居", "姓名", "性别", "身份证号\n（18位）", "联系方式", None, "入队时间", "职务*"],
        [None, None, None, None, None, "手机", "座机", None, None],
        row(1, "东塘第一社区", 职务="中队长"),
        row(2, 姓名="李 强"),
        row(3, 职务="同上"),
        ["小计", None, "3人"],
        row(4, "东塘第二社区居委会"),
        row(5, 联系电话=13800000005.0),
        ["小计", None, "2人"],
        ["合计", None, "6人"],
        [],
        ["制表人：陈某", None, None, "审核人：李某", None, "联系电话：20880000"],
        ["注：本表一式三份。"],
    ]
    merged = ["A1:I1", "F4:G4", "A4:A5", "B4:B5", "C4:C5", "D4:D5", "E4:E5", "H4:H5", "I4:I5", "B6:B8", "B10:B11"]
    examined = send(town, xlsx({"花名册": rows}, merged={"花名册": merged}))

    assert fates(examined) == ["create"] * 5
    assert units(examined) == [VILLAGE] * 3 + [SECOND_VILLAGE] * 2
    assert values(examined, "name")[1] == "李强"
    assert values(examined, "phone")[4] == "13800000005"
    assert service(examined, "post")[:3] == ["中队长", "队员", "队员"]
    assert [step.row.number for step in examined.plan.steps] == [6, 7, 8, 10, 11]
    assert [one for one in said(everything(examined)) if one[1] != "H"] == [
        (13, "A", "表内合计6人，实际识别5人"),
        (8, "I", "“同上”已按上一行填为：队员"),
    ]
    assert {one[2] for one in said(everything(examined)) if one[1] == "H"} == {"只有年月，日按1日计：2014-07-01"}


def test_a_sheet_for_each_village_beside_a_hidden_one_and_explanations(town):
    sheets = {
        "填表说明": [["填表说明"], ["1.身份证号设为文本格式"]],
        "东塘第一社区": [["东塘第一社区花名册"], *people(person(1), person(2))],
        "东塘二社区": people(person(3)),
        "去年": people(person(4)),
        "空表": [],
    }
    data = xlsx(sheets, hidden=["去年"])
    question = asked(send(town, data))
    assert (question.sheet, str(question.message)) == ("东塘二社区", "工作表“东塘二社区”中的人员属于哪个单位？")
    examined = send(town, data, answers={question.id: str(SECOND_VILLAGE)})
    assert (fates(examined), units(examined)) == (["create"] * 3, [VILLAGE, VILLAGE, SECOND_VILLAGE])
    assert [(one.sheet, str(one.message)) for one in everything(examined)] == [
        ("填表说明", "已忽略工作表：填表说明（没有含姓名和身份证号的表头行）"),
        ("去年", "已忽略隐藏工作表：去年"),
        ("空表", "已忽略空白工作表：空表"),
        ("东塘第一社区", "工作表“东塘第一社区”匹配到东塘第一社区"),
    ]


def test_a_chinese_csv_file_with_full_width_digits(clerk):
    def wide(text):
        return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text)

    rows = [[wide(str(cell or "")) for cell in row] for row in people(person(1), person(2))]
    examined = send(clerk, csv_text(rows, "gb18030"), name="花名册.csv")
    assert (said(everything(examined)), fates(examined)) == ([], ["create"] * 2)
    assert values(examined, "id_number") == [number(1), number(2)]
    assert values(examined, "phone") == ["13800000001", "13800000002"]
    assert service(examined, "started_on") == [date(2014, 7, 1)] * 2


def test_a_whole_roster_with_somebody_who_left_somebody_missing_and_somebody_new(clerk):
    with as_root("test"):
        village = Unit.objects.get(code=VILLAGE)
        for n in (1, 2, 3):
            serve(MemberFactory(unit=village, name=name(n), id_number=number(n)), since="2012-01-01")
    rows = people(
        person(1, 入队时间="2012-01-01"),
        person(2, 入队时间="2012-01-01", 离队时间="2014-06-30", 离队原因="辞职，另谋职业"),
        person(4),
        more=["离队时间", "离队原因"],
    )
    examined = send(clerk, rows, is_whole=True)
    assert fates(examined) == ["change", "change", "create"]
    assert [who for _key, who in examined.plan.leavers] == [name(3)]
    changes = examined.plan.steps[1].service_changes
    assert (changes["ended_on"][1], changes["ending"][1]) == (date(2014, 6, 30), "resigned")


GUARDS = ["单位名称", "性质", "姓名", "身份证", "保安员证号", "发证日期", "上岗", "岗位", "保险"]


def guards(company):
    return [
        GUARDS,
        [company, "保安公司", name(1), number(1), "穗0001", "2014-05-01", "√", "门岗", "已购"],
        [company, "保安公司", name(2), number(2), "穗0002", "2014-05-01", "√", "巡逻", "已购"],
    ]


def test_a_roster_of_guards_finds_their_employer_and_asks_where_they_serve(officer, employer):
    rows = guards("穗安安达保安服务(集团)有限公司 ")  # other brackets, and a blank
    question = asked(send(officer, rows, force="guard"))
    assert str(question.message) == "工作表“花名册”中的人员属于哪个单位？"
    examined = send(officer, rows, force="guard", answers={question.id: str(TOWN)})
    assert (examined.questions, fates(examined), units(examined)) == ([], ["create"] * 2, [TOWN] * 2)
    assert service(examined, "employer_id") == [employer.pk] * 2
    assert service(examined, "post") == ["门岗", "巡逻"]


def test_a_roster_of_guards_whose_employer_is_unknown_is_rejected_row_by_row(officer, employer):
    question = asked(send(officer, guards("无名保安公司"), force="guard"))
    examined = send(officer, guards("无名保安公司"), force="guard", answers={question.id: str(TOWN)})
    assert fates(examined) == ["reject"] * 2
    (problem, _same) = said(examined.problems)
    assert problem[:2] == (2, "A")
    assert "先登记" in problem[2]


def test_a_personnel_office_is_asked_which_force_a_roster_is_of(officer, employer):
    question = next(one for one in send(officer, guards(employer.name)).questions if one.code == "force")
    assert str(question.message) == "这份花名册是哪支队伍的？"
    assert list(choices(question)) == ["auxiliary", "patrol", "guard"]
    examined = send(officer, guards(employer.name), answers={question.id: "guard"})
    assert {step.force for step in examined.plan.steps} == {"guard"}


AUXILIARY = [
    "序号", "姓名", "性别", "民族", "出生年月", "籍贯", "政治面貌", "学历", "毕业院校", "身份证号", "户籍地址",
    "现住址", "联系电话", "所在单位", "岗位", "类别", "层级", "辅警编号", "入职时间", "合同起止", None, "经费渠道",
    "是否退役", "备注",
]  # fmt: skip


def auxiliary(n, category, grade):
    return [
        n, name(n), "男" if n % 2 else "女", "汉", "1985.3", "穗安", "群众", "大专", "穗安职业学院", number(n),
        "东塘街1号", "东塘街2号", f"138{n:08d}", "东塘派出所", "巡逻", category, grade, f"F{n:04d}", "2014-07-01",
        "2014.7.1",
        "2017.6.30", "区财政", "否", None,
    ]  # fmt: skip


def test_a_roster_of_auxiliary_police_of_a_station(officer):
    children = [None] * 24
    children[19:21] = ["起", "止"]
    rows = [AUXILIARY, children, auxiliary(1, "勤务", "三级"), auxiliary(2, "文职", "二级")]
    examined = send(officer, xlsx({"辅警": rows}, merged={"辅警": ["T1:U1"]}), force="auxiliary")
    assert (examined.questions, fates(examined), units(examined)) == ([], ["create"] * 2, [STATION] * 2)
    assert service(examined, "category") == ["operational", "clerical"]
    assert service(examined, "grade") == ["三级", "二级"]
    assert service(examined, "contract_from") == [date(2014, 7, 1)] * 2
    assert service(examined, "contract_until") == [date(2017, 6, 30)] * 2
    assert values(examined, "military") == ["not_served"] * 2
    assert {text for _row, _column, text in said(everything(examined))} == {
        "该列暂未导入：经费渠道",
        "出生日期只有年月，日以身份证为准",
    }


def test_a_roster_of_volunteers_sent_by_a_village(clerk):
    rows = [
        ["东塘第一社区平安志愿者名单"],
        ["姓名", "性别", "身份证", "电话", "社区", "特长", "服务时间"],
        [name(1), "男", number(1), "13800000001", "东塘第一社区", "急救", "20小时"],
        [name(2), "女", number(2), "13800000002", "东塘第一社区", "无", 12],
    ]
    examined = send(clerk, xls(rows), name="志愿者.xls", force="volunteer")
    assert (examined.questions, fates(examined), units(examined)) == ([], ["create"] * 2, [VILLAGE] * 2)
    assert service(examined, "share") == [0, 0]
    assert values(examined, "specialty") == ["急救", None]
    told = {text for _row, _column, text in said(everything(examined))}
    assert "该列暂未导入：服务时间" in told


@pytest.mark.parametrize(("sheet", "title"), [("志愿者", "姓名"), ("Sheet1", "志愿者姓名")])
def test_volunteers_who_are_sent_as_another_force_are_told_of(clerk, sheet, title):
    data = xlsx({sheet: [[title, "身份证号", "入队时间"], [name(1), number(1), "2014-07-01"]]})
    examined = send(clerk, data)
    assert [(one.code, one.sheet) for one in examined.notices] == [("other_force", sheet)]
    assert everything(send(clerk, data, force="volunteer")) == []


def test_people_who_stand_beside_others_are_told_to_be_left_out(clerk):
    header = ["姓名", "身份证号", "入队时间"]
    rows = [
        [*header, *header],
        [name(1), number(1), "2014-07-01", name(2), number(2), "2014-07-01"],
    ]
    answers = {one.id: "ignore" for one in send(clerk, rows).questions}
    examined = send(clerk, rows, answers=answers)
    assert (examined.questions, values(examined, "name")) == ([], [name(1)])
    assert [(one.code, one.column) for one in examined.notices] == [("list_beside", "E")]


def test_an_employer_that_is_unknown_is_told_to_be_left_out_where_none_is_needed(officer):
    rows = people(person(1) | {"所在单位": "东塘派出所", "派遣公司": "无名公司"}, more=["所在单位", "派遣公司"])
    examined = send(officer, rows, force="auxiliary")
    assert fates(examined) == ["create"]
    assert [(one.code, one.row, one.column) for one in everything(examined)] == [("employer_unknown", 2, "J")]


def test_many_faults_of_one_row_are_told_all_at_once(clerk):
    wrong = number(1)[:17] + ("1" if number(1)[17] == "0" else "0")
    examined = send(clerk, people(person(1, 身份证号=wrong, 姓名="同上", 入队时间="2014-06-31", 文化程度="很高")))
    assert {(one.row, one.column) for one in (*examined.problems, *examined.questions)} == {
        (2, "D"), (2, "B"), (2, "G"), (2, "E"),
    }  # fmt: skip
    assert fates(examined) == ["reject"]


def test_people_below_an_inner_signature_of_each_village_are_not_lost_in_silence(town):
    first, second = people(person(1))[1:], people(person(2))[1:]
    rows = [people()[0], *first, ["填表人：陈某"], ["东塘第二社区"], people()[0], *second]
    examined = send(town, xlsx({"东塘第一社区": rows}))
    assert fates(examined) == ["create"]
    assert (6, "", "表尾之后的以下各行疑似人员信息，未导入，请核对：第6行") in said(everything(examined))


def test_a_foreign_document_with_sex_and_birth_date_is_taken_and_without_them_rejected(clerk):
    told = {"证件类型": "港澳居民来往内地通行证", "身份证号": "H12345678", "出生日期": "1985-03-01"}
    silent = told | {"身份证号": "H12345679", "出生日期": None}
    rows = people(person(1) | told, person(2) | silent, more=["证件类型", "出生日期"])
    examined = send(clerk, rows)
    assert fates(examined) == ["create", "reject"]
    assert (3, "J") in [(one.row, one.column) for one in examined.problems]


def test_nothing_is_written_by_looking(clerk):
    send(clerk, people(person(1)))
    with as_root("test"):
        assert (Member.objects.count(), Assignment.objects.count()) == (0, 0)
