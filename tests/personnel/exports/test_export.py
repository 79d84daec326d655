"""What an export holds: the people of the list, the columns of the role, numbers as the role sees them, on record."""

import re
from datetime import date

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization import rights
from organization.scope import as_account
from personnel.exports import export as exports
from personnel.exports import people as blocks
from personnel.exports.columns import COLUMNS
from personnel.exports.export import ExportRefused, Order, export
from personnel.exports.layouts import LAYOUTS
from personnel.models import Card, Member
from personnel.people import Selection
from personnel.roster.headers import fields_of
from tests.conftest import SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, serve
from tests.personnel.exports.conftest import DAY, NUMBER, OTHER_NUMBER, PHONE
from tests.personnel.exports.reading import first_sheet, people_of_csv, workbook
from tests.personnel.exports.reading import people as listed

EXPORTING = ("clerk", "staff", "hr", "finance", "training", "governance")
MASK = NUMBER[:6] + "*" * 12


def by_name(rows):
    return {row["姓名"]: row for row in rows}


# --- who is in it ----------------------------------------------------------------------------------------------------


def test_an_export_has_the_people_of_the_list_each_once(people, town, exported):
    rows = listed(exported(town))
    assert [row["姓名"] for row in rows] == ["曾在岗", "李保安", "欧别处"]
    assert [row["序号"] for row in rows] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"service": {"force": "guard"}}, {"李保安"}),
        ({"status": "left"}, {"区离队"}),
        ({"unit": SECOND_VILLAGE}, {"欧别处"}),
        ({"status": "all"}, {"曾在岗", "李保安", "欧别处", "区离队"}),
    ],
)
def test_filters_of_the_list_narrow_the_export(people, town, exported, asked, expected):
    assert set(by_name(listed(exported(town, **asked)))) == expected


def test_a_unit_of_somebody_else_gives_nobody(people, town, exported):
    assert listed(exported(town, unit=440199_100_000)) == []


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_layout_has_a_word_of_another_town(people, town, exported, layout):
    cells = {cell for row in first_sheet(exported(town, layout=layout)) for cell in row}
    assert not any("哨兵" in str(cell) for cell in cells)


def test_the_service_is_the_one_that_the_list_asks_for(root, clerk, exported):
    member = MemberFactory(name="李两队")
    serve(member, since="2012-01-01", force="guard", share=50)
    serve(member, since="2013-01-01", share=50, share_from=50)
    (row,) = listed(exported(clerk, service={"force": "guard"}))
    assert (row["队伍类别"], row["入职时间"]) == ("保安员", "2012-01-01")
    (row,) = listed(exported(clerk, service={"force": "professional"}))
    assert (row["队伍类别"], row["入职时间"]) == ("联防队", "2013-01-01")


def test_a_service_that_runs_comes_before_a_later_one_that_has_ended(root, clerk, exported):
    member = MemberFactory(name="李两段")
    serve(member, since="2012-01-01", share=50)
    serve(member, since="2013-01-01", until="2013-06-01", share=50, share_from=50)
    (row,) = listed(exported(clerk))
    assert row["入职时间"] == "2012-01-01"


# --- what stands in it -----------------------------------------------------------------------------------------------


def test_codes_are_written_in_chinese_whatever_the_language_of_the_page(people, clerk, exported):
    row = by_name(listed(exported(clerk)))["曾在岗"]
    expected = {
        "所属镇街": "东塘街道", "所属村居": "东塘第一社区", "性别": "男", "年龄": "34", "出生日期": "1980-03-15",
        "民族": "汉族", "政治面貌": "群众", "文化程度": "初中毕业", "婚姻状况": "已婚", "兵役状况": "退出现役",
        "户籍类别": "本地户籍", "现住址": "东塘路1号", "证件类型": "居民身份证", "队伍类别": "联防队",
        "建队主体": "村居自建", "专职/兼职": "专职", "职务": "队员", "入职时间": "2013-01-01",
        "合同起始日期": "2013-01-01", "合同终止日期": "2016-06-30", "离职时间": "", "备注": "=1+1",
    }  # fmt: skip
    assert {header: row[header] for header in expected} == expected


def test_a_guard_has_an_employer_and_an_unknown_education_is_blank(people, clerk, exported):
    row = by_name(listed(exported(clerk)))["李保安"]
    assert (row["用工主体"], row["文化程度"]) == ("安达保安公司", "")


def test_what_somebody_did_before_is_told_of_files_elsewhere_too(root, clerk, exported):
    gone = MemberFactory(name="李务农", occupation="27")
    serve(gone, since="2012-01-01", until="2014-01-01")
    Member.objects.update(unit=SECOND_VILLAGE)
    row = by_name(listed(exported(clerk, status="all")))["李务农"]
    assert (row["原职业"], row["现住址"]) == ("农民", "")


@pytest.mark.parametrize("column", COLUMNS.values(), ids=lambda column: column.key)
def test_the_import_knows_every_header(column):
    assert fields_of(column.header) == (column.key,)


def test_a_csv_says_the_same(people, clerk, exported):
    *rows, last = people_of_csv(exported(clerk, format="csv"))
    assert [row | {"备注": row["备注"].removeprefix("'")} for row in rows] == listed(exported(clerk))
    assert last["序号"].startswith("制表人：陈试用（clerk） 20")


def test_the_form_has_title_unit_date_and_a_line_to_sign(people, clerk, exported):
    rows = first_sheet(exported(clerk, layout="house"))
    assert rows[0][0] == "东塘第一社区群防群治队伍花名册"
    assert rows[1][0] == "单位：东塘第一社区　　　　日期：2014年7月1日"
    assert rows[2][:3] == ["序号", "姓名", "性别"]
    assert [row[1] for row in rows[3:6]] == ["曾在岗", "李保安", "欧别处"]
    assert rows[6][0] == "合计：3人"
    assert all(word in rows[7][0] for word in ("单位负责人", "审核人", "填表人", "联系电话", "填报日期"))


def test_the_form_of_one_force_is_called_after_it(people, clerk, exported):
    rows = first_sheet(exported(clerk, layout="house", service={"force": "joint_defence"}))
    assert rows[0][0] == "东塘第一社区联防队花名册"


def test_the_national_record_has_the_codes_of_the_standard(people, clerk, exported):
    kept, guard, _elsewhere = listed(exported(clerk, layout="gbt31000"))
    assert kept == {
        "组织名称": "东塘第一社区联防队", "姓名": "曾在岗", "性别": "1", "民族": "01", "政治面貌": "13",
        "证件代码": "111", "证件号码": NUMBER, "出生日期": "19800315", "职务": "队员", "专业特长": "", "学历": "71",
        "手机号码": PHONE, "固定电话": "",
    }  # fmt: skip
    assert (guard["性别"], guard["手机号码"], guard["固定电话"]) == ("2", "", "020-12345678")


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_who_keeps_the_files_gets_plain_numbers_and_only_the_mask_of_others(people, clerk, exported):
    rows = by_name(listed(exported(clerk)))
    assert (rows["曾在岗"]["身份证号"], rows["曾在岗"]["联系电话"]) == (NUMBER, PHONE)
    elsewhere = rows["欧别处"]
    assert elsewhere["身份证号"] == OTHER_NUMBER[:6] + "*" * 12
    assert (elsewhere["联系电话"], elsewhere["现住址"]) == ("", "")


@pytest.mark.parametrize("layout", sorted(LAYOUTS.keys() - {"mine"}))
@pytest.mark.parametrize("role", ["hr", "finance", "training", "governance"])
def test_other_roles_get_masks(people, account, exported, role, layout):
    cells = {str(cell) for row in first_sheet(exported(account(role), layout=layout)) for cell in row}
    assert {MASK, "138********"} <= cells
    assert not any(number in cell for cell in cells for number in (NUMBER, OTHER_NUMBER, PHONE))


def test_the_personnel_office_gets_full_numbers_with_a_reason(people, officer, exported, events):
    rows = by_name(listed(exported(officer, full=True, reason="年度核对")))
    assert (rows["曾在岗"]["身份证号"], rows["欧别处"]["身份证号"]) == (NUMBER, OTHER_NUMBER)
    (event,) = events()
    assert (event.reason, event.detail["numbers"]) == ("年度核对", "plain")


def refusal(account, **asked):
    with as_account(account), pytest.raises(ExportRefused) as refused:
        export(Order(Selection(day=DAY, unit=account.unit_id), **asked), account)
    return refused.value.code


@pytest.mark.parametrize("reason", ["", "  ", "x"])
def test_full_numbers_need_a_reason(people, officer, reason):
    assert refusal(officer, full=True, reason=reason) == "reason_needed"


@pytest.mark.parametrize("role", ["finance", "training", "governance"])
def test_roles_that_reveal_no_number_get_none_with_any_reason(people, account, role):
    assert refusal(account(role), full=True, reason="年度核对") == "not_allowed"


def test_plain_numbers_of_more_than_five_hundred_people_need_a_reason(people, clerk, governance, exported, monkeypatch):
    monkeypatch.setattr(exports, "MOST_WITHOUT_REASON", 2)
    assert refusal(clerk) == "reason_needed"
    assert len(listed(exported(clerk, reason="报镇街"))) == 3
    assert len(listed(exported(governance))) == 4  # masked


def test_five_hundred_is_the_limit():
    assert exports.MOST_WITHOUT_REASON == 500


@pytest.mark.parametrize("role", ["sysadmin", "secadmin", "auditor"])
def test_administrators_export_nobody(people, account, role):
    assert refusal(account(role)) == "not_allowed"


def test_the_right_to_export_is_of_those_who_see_lists():
    assert {role for role in rights._TABLE if exports.RIGHT in rights.permissions(role)} == set(EXPORTING)


def test_columns_need_the_right_to_what_they_show(people):
    shown = LAYOUTS["list"].columns_for(lambda right: right != "personnel.view_member")
    assert {column.key for column in shown}.isdisjoint({"phone", "address", "remark", "political"})


@pytest.mark.parametrize(
    ("asked", "code"),
    [({"layout": "all"}, "layout_not_found"), ({"layout": "house", "format": "csv"}, "format_not_found")],
)
def test_what_is_not_offered_is_refused(people, clerk, asked, code):
    assert refusal(clerk, **asked) == code


# --- on record, and without traces -----------------------------------------------------------------------------------


def test_an_export_is_on_record_with_rows_conditions_and_columns(people, town, exported, events):
    exported(town, service={"force": "joint_defence"}, reason="报区")
    (event,) = events()
    assert (event.username, event.unit, event.reason) == ("town", TOWN, "报区")
    assert (event.detail["rows"], event.detail["layout"], event.detail["format"]) == (2, "list", "xlsx")
    assert event.detail["filters"] == {"on": "2014-07-01", "status": "serving", "force": "joint_defence"}
    assert {"姓名", "身份证号", "联系电话"} <= set(event.detail["columns"].split("、"))
    assert re.fullmatch("[0-9a-f]{64}", event.detail["sha256"])


def test_digits_that_were_searched_for_are_not_on_record():
    told = exports.filters(Selection(day=DAY, text=" 李440199 ", members=(1, 2)))
    assert (told["q"], told["ids"]) == ("李******", 2)


def test_a_refused_export_leaves_no_record(people, officer, events):
    refusal(officer, full=True)
    assert events() == []


def test_the_file_says_who_made_it_and_when(people, clerk, exported):
    footer = workbook(exported(clerk)).active.oddFooter.left.text
    assert re.fullmatch(r"陈试用（clerk） \d{4}-\d\d-\d\d \d\d:\d\d", footer)


def kept_files():
    """All files of the site but those of database servers, which write when they like."""
    return {path for path in settings.VAR_DIR.rglob("*") if "pg" not in path.parts}


def test_the_file_has_no_name_on_the_disk(people, clerk):
    before = kept_files()
    with as_account(clerk):
        made = export(Order(Selection(day=DAY, unit=VILLAGE)), clerk)
    with made.file:
        assert kept_files() == before
    assert re.fullmatch(r"东塘第一社区人员名单-\d{8}-\d{4}-clerk\.xlsx", made.name)


# --- size ------------------------------------------------------------------------------------------------------------


def test_people_come_in_blocks_in_one_order(people, clerk, exported, monkeypatch):
    whole = listed(exported(clerk))
    monkeypatch.setattr(blocks, "AT_ONCE", 2)
    assert listed(exported(clerk)) == whole


def test_an_export_takes_as_many_queries_for_a_hundred_people_as_for_ten(root, clerk, exported):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            exported(clerk)
        return len(captured)

    for member in MemberFactory.create_batch(10):
        serve(member)
    few = queries()
    for member in MemberFactory.create_batch(90):
        serve(member)
    assert queries() == few


def test_cards_can_be_exported_as_on_another_day(people, clerk):
    with as_account(clerk):
        (block,) = blocks.blocks_of(Card.objects.filter(name="曾在岗"), date(2012, 1, 1), "masked")
    assert (len(block), block.service["force"], block.phones) == (1, (None,), ["138********"])
