import pytest

from personnel.roster import headers
from personnel.roster.fields import FIELDS, is_modelled
from personnel.roster.mapping import header_key, map_columns
from personnel.roster.shapes import FileRefused
from tests.personnel.roster.lists import HEADER, codes, number, person, table

SURE = {0: "seq", 1: "name", 2: "id_number", 3: "phone"}


def with_column(header, *values):
    """A list with one further column, E."""
    return table([*HEADER, header], *(person(index, value) for index, value in enumerate(values)))


def mapped(header, *values, answers=None, remembered=None, force=None):
    return map_columns(with_column(header, *values), answers or {}, force=force, remembered=remembered or {})


def field_of(header, value="某", force=None):
    return mapped(header, value, force=force).fields.get(4)


def test_known_headers_need_no_question():
    found = with_column("现住址", "某路1号")
    result = map_columns(found, {}, force=None)
    assert result.fields == SURE | {4: "address"}
    assert [column.field for column in found.columns] == list(result.fields.values())
    assert result.questions == result.notices == []


@pytest.mark.parametrize(
    "header",
    [
        "学 历",
        "学\n历",
        "*学历",
        "学历（必填）",
        "学历(选填)：",
        "＊学历 *",
        "学历:",
        "学历（如：大专）",
        "3、学历",
        "\u200b学历",
    ],
)
def test_what_typing_adds_to_a_header_is_ignored(header):
    assert field_of(header) == "education"


@pytest.mark.parametrize("header", ["身高(cm)", "身高（厘米）", "身高cm", "身 高"])
def test_units_at_the_end_of_a_header_are_ignored(header):
    assert field_of(header, 172) == "height"


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("上衣", "jacket_size"),
        ("下岗/无业/退休", "occupation"),
        ("入队前身份", "occupation"),
        ("就业状况", "occupation"),
        ("裤子", "trousers_size"),
        ("鞋码", "shoe_size"),
        ("帽围", "cap_size"),
        ("工作证号", "work_permit"),
        ("保安员证号", "guard_certificate"),
        ("上岗证号", "duty_certificate"),
        ("辅警编号", "badge"),
        ("警号", "badge"),
        ("签订日期", "contract_signed_on"),
        ("合同起始日期", "contract_from"),
        ("社保卡号", "social_card"),
        ("工资卡开户行", "bank"),
        ("勤务/文职", "category"),
        ("类别（勤务/文职）", "category"),
        ("离职原因", "ending"),
        ("专/兼职", "share"),
        ("政治面貌（党员/团员/群众）", "political"),
    ],
)
def test_what_must_stay_apart_stays_apart(header, field):
    assert field_of(header) == field


def test_every_spelling_means_one_field_that_exists():
    spelled = [(headers.normalise(word), key) for key, words in headers._DATA["fields"].items() for word in words]
    assert len({word for word, _ in spelled}) == len(dict.fromkeys(word for word, _ in spelled))
    assert {key for _, key in spelled} - FIELDS.keys() == {"household_type"}
    assert all(len({key for other, key in spelled if other == word}) == 1 for word, _ in spelled)


def test_the_name_of_the_unit_is_the_employer_in_a_roster_of_guards():
    assert field_of("单位名称", "某保安公司", force="guard") == "employer"
    assert field_of("单位名称", "东兴村") == "unit"
    guards = table(["单位名称", "姓名", "身份证", "保安员证号"], ["某公司", "陈甲", number(), "粤1"])
    assert map_columns(guards, {}, force=None).fields[0] == "employer"


@pytest.mark.parametrize(
    ("header", "value", "field"),
    [
        ("类别", "勤务", "category"),
        ("人员类别", "文职辅警", "category"),
        ("人员类别", "治安联防队员", "force"),
        ("编号", "B01", None),
        ("证号", number(5), None),
        ("上岗", "√", "is_certified"),
        ("上岗", "2014-07-01", "started_on"),
    ],
)
def test_values_decide_where_a_header_has_several_meanings(header, value, field):
    assert field_of(header, value) == field


def test_joining_time_is_asked_since_it_may_be_the_first_job_ever():
    (question,) = mapped("参加工作时间", "2014-07-01").questions
    assert [choice.value for choice in question.choices[:2]] == ["started_on", "work_start"]
    assert mapped("参加工作时间", "2014-07-01", answers={question.id: "started_on"}).fields[4] == "started_on"
    left = mapped("参加工作时间", "2014-07-01", answers={question.id: "work_start"})
    assert codes(left.notices) == ["column_not_imported"]


def test_a_parent_and_its_child_are_read_together():
    found = table(
        ["姓名", "身份证号", "紧急联系人", None, "合同", None, "联系方式", None],
        [None, None, "姓名", "电话", "起", "止", "手机", "邮箱"],
        ["陈甲", number(), "李乙", "13900000001", "2014-07-01", "2017-06-30", "13900000002", "a@example.cn"],
        merged=[(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3), (0, 4, 0, 5), (0, 6, 0, 7)],
    )
    result = map_columns(found, {}, force=None)
    assert list(result.fields.values()) == [
        *("name", "id_number", "contact_name", "contact_phone"),
        *("contract_from", "contract_until", "phone", "email"),
    ]
    assert result.questions == []


@pytest.mark.parametrize("header", ["家属身份证号", "配偶姓名", "监护人/身份证号", "负责人/姓名", "父亲电话"])
def test_another_person_is_never_taken_for_the_member(header):
    result = mapped(header, number(7))
    assert 4 not in result.fields
    (question,) = result.questions
    assert question.choices[0].value not in ("name", "id_number", "phone")


def test_one_cell_that_says_two_things_is_asked():
    assert codes(mapped("籍贯/民族", "广东/汉族").questions) == ["column"]


def test_an_unknown_column_is_asked_with_likely_fields_first_and_ignore_last():
    result = mapped("个人联系电话2", "13900000009")
    (question,) = result.questions
    assert (question.code, question.column, question.row, question.about) == ("column", "E", 1, "个人联系电话2")
    values = [choice.value for choice in question.choices]
    assert values[0] == "contact_phone"
    assert values[-1] == "ignore"
    assert {key for key in FIELDS if is_modelled(key)} < set(values)


def test_an_empty_unknown_column_is_not_worth_a_question():
    assert mapped("备用", None, " ").questions == []


def test_a_column_without_a_header_is_asked_if_it_holds_something():
    (question,) = mapped(None, "某").questions
    assert question.about == ""


def test_an_answer_settles_a_column_and_is_remembered_by_its_header():
    (question,) = mapped("来自何处", "广东").questions
    assert mapped("来自何处", "广东", answers={question.id: "native_place"}).fields[4] == "native_place"
    assert mapped("来自何处", "广东", remembered={"来自何处": "native_place"}).fields[4] == "native_place"
    ignored = mapped("来自何处", "广东", answers={question.id: "ignore"})
    assert 4 not in ignored.fields
    assert ignored.questions == []


@pytest.mark.parametrize("answer", ["", "is_superuser", "wage", "seq2", "column"])
def test_an_answer_that_is_no_choice_is_asked_again(answer):
    (question,) = mapped("来自何处", "广东").questions
    assert mapped("来自何处", "广东", answers={question.id: answer}).questions == [question]
    assert mapped("来自何处", "广东", remembered={question.about: answer}).questions == [question]


def test_the_second_column_for_one_field_asks():
    result = mapped("手机", "13900000009")
    assert result.fields == SURE
    (question,) = result.questions
    assert question.column == "E"
    assert question.choices[0].value == "phone"


def test_the_second_column_may_take_the_place_of_the_first():
    (question,) = mapped("手机", "13900000009").questions
    result = mapped("手机", "13900000009", answers={question.id: "phone"})
    assert result.fields == {0: "seq", 1: "name", 2: "id_number", 4: "phone"}
    assert [(one.code, one.column) for one in result.notices] == [("column_replaced", "D")]


def test_an_empty_column_leaves_its_field_to_the_filled_one():
    found = table(["联系电话", "姓名", "身份证号", "手机"], [None, "陈甲", number(), "13900000009"])
    result = map_columns(found, {}, force=None)
    assert result.fields == {1: "name", 2: "id_number", 3: "phone"}
    assert result.questions == []


def test_two_columns_cannot_be_given_the_same_field():
    found = table([*HEADER, "甲项", "乙项"], person(0, "东", "西"))
    first, second = map_columns(found, {}).questions
    result = map_columns(found, {first.id: "post", second.id: "post"})
    assert result.fields == SURE | {4: "post"}
    assert [question.id for question in result.questions] == [second.id]
    assert "post" not in [choice.value for choice in result.questions[0].choices]


def test_a_field_that_is_not_imported_yet_is_a_notice_with_its_header():
    result = map_columns(table([*HEADER, "月工资", "户籍性质"], person(0, 2400, "农村")), {})
    assert codes(result.notices) == ["column_not_imported"] * 2
    assert "月工资" in str(result.notices[0].message)
    assert result.questions == []


@pytest.mark.parametrize(
    "header", ["id", "delete", "is_superuser", "created_by", "unit__parent", "IS_STAFF", "password"]
)
def test_columns_of_a_database_are_ignored_with_a_notice(header):
    result = mapped(header, 7, 8)
    assert result.fields == SURE
    assert codes(result.notices) == ["column_dangerous"]
    assert result.questions == []


@pytest.mark.parametrize("header", ["ID", "id"])
def test_id_is_the_document_number_where_its_values_are_such(header):
    found = table(["姓名", header, "电话"], ["陈甲", number(), "13900000009"])
    assert map_columns(found, {}).fields == {0: "name", 1: "id_number", 2: "phone"}


def test_a_database_id_does_not_hide_the_document_number():
    found = table(["id", "姓名", "身份证号"], [7, "陈甲", number()], [8, None, number(1)])
    assert map_columns(found, {}).fields == {1: "name", 2: "id_number"}
    assert len(found.lines) == 2


@pytest.mark.parametrize(
    ("header", "row", "label"),
    [
        (["姓名", "性别", "电话"], ["陈甲", "男", "13900000009"], "姓名"),
        (["性别", "身份证号", "电话"], ["男", number(), "13900000009"], "姓名"),
    ],
)
def test_a_list_without_name_or_number_is_refused_with_the_sheet_and_the_column(header, row, label):
    with pytest.raises(FileRefused) as refused:
        map_columns(table(header, row), {})
    assert refused.value.code == "column_missing"
    assert "花名册" in str(refused.value)
    assert refused.value.params["header"] in ("姓名", "身份证号")


def test_an_unknown_column_that_could_be_the_number_is_asked_instead():
    found = table(["姓名", "性别", "电话", "证件信息"], ["陈甲", "男", "13900000009", number()])
    (question,) = map_columns(found, {}).questions
    assert question.choices[0].value == "id_number"
    assert map_columns(found, {question.id: "id_number"}).fields[3] == "id_number"
    with pytest.raises(FileRefused):
        map_columns(found, {question.id: "ignore"})


def test_the_headers_alone_make_the_key_that_answers_are_remembered_by():
    first = table(HEADER, person())
    same = table(["名单"], ["序 号", "*姓名", "身份证号（必填）", "联系电话："], person(3))
    assert header_key(first) == header_key(same)
    assert header_key(first) != header_key(table([*HEADER, "备注"], person()))
