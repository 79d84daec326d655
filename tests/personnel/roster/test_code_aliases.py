import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation

import personnel.roster
from personnel import codes
from personnel.models import Assignment, Force, Member
from personnel.models.member import Sex
from personnel.roster.fields import FIELDS
from personnel.roster.shapes import Line, Notice, Problem, Question
from personnel.roster.values import Context, clean, shown
from personnel.roster.values.codes import yes_or_no
from personnel.roster.values.vocabulary import TABLES, fold, vocabulary

ALIASES = json.loads(Path(personnel.roster.__file__).with_name("aliases.json").read_text(encoding="utf-8"))["tables"]
TODAY = date(2014, 9, 1)


def row_of(context=None, **cells):
    cells = {"name": "王试一"} | cells
    row = clean(Line(7, list(cells.values())), "表", dict(enumerate(cells)), context or Context(TODAY))
    row.findings = [one for one in row.findings if one.code != "missing"]
    return row


@pytest.mark.parametrize(
    ("field", "words", "code"),
    [
        ("education", "初中毕业 初中 初中文化 初中学历 71 初中毕业生 初中文化程度", "71"),
        ("education", "小学文化 小学 小学毕业 高小", "81"),
        ("education", "中专 中专毕业 中专学历", "41"),
        ("education", "高中 高中毕业 普高 高中文化 普通高中毕业", "61"),
        ("education", "大专 专科 函授大专 大专（函授） 自考大专 大专学历 电大专科 大学专科毕业 全日制大专", "31"),
        ("education", "本科 本 大学本科 函授本科 党校本科 本科(自考) 大学 21 大学本科毕业 非全日制本科", "21"),
        ("education", "初中肄业 初中未毕业 72 73", "73"),
        ("education", "硕士 硕士研究生 在职硕士", "14"),
        ("political", "党员 中共 中共党员 01 1", "01"),
        ("political", "预备 预备党员 中共预备党员", "02"),
        ("political", "团员 共青团员 团", "03"),
        ("political", "群 群众 普通公民 13", "13"),
        ("ethnicity", "汉 汉族 01 1 漢", "01"),
        ("ethnicity", "壮 壮族 08 8", "08"),
        ("ethnicity", "保安族 47", "47"),
        ("marital", "已婚 20 是 √", "20"),
        ("marital", "未婚 否 单身", "10"),
        ("military", "是 √ ✓ ● 有 退役 退伍军人 退役军人 退出现役", "discharged"),
        ("military", "否 × 未服兵役", "not_served"),
        ("occupation", "农民 务农 27", "27"),
        ("occupation", "下岗 下岗职工 失业 无业 无业人员 70", "70"),
        ("occupation", "退休 退休职工 80", "80"),
        ("occupation", "工人 娱乐场所保安", "24"),
        ("sex", "男 男性 M 1", "male"),
        ("sex", "女 f 2", "female"),
        ("document", "身份证 居民身份证 二代身份证", "resident_id"),
        ("force", "辅警 协警 警务辅助人员 协管员", "auxiliary"),
        ("force", "联防 联防队员 治安联防队员", "joint_defence"),
        ("force", "保安 保安员", "guard"),
        ("force", "公建治安员", "patrol"),
        ("force", "志愿者 平安志愿者", "volunteer"),
        ("category", "勤务 勤务辅警", "operational"),
        ("category", "文职", "clerical"),
        ("sponsor", "镇街自建 镇 镇街", "town"),
        ("sponsor", "村居自建 村 村居", "village"),
        ("household", "本地 本区户籍", "local"),
        ("household", "外省", "other"),
        ("ending", "辞职 因个人原因辞职 自动离职", "resigned"),
        ("ending", "合同到期 合同期满不续签", "expired"),
        ("ending", "辞退 被清退 因违纪开除", "dismissed"),
        ("ending", "退休 到龄退休", "retired"),
        ("ending", "病故 因公牺牲", "deceased"),
        ("ending", "调往他处 其他", "other"),
    ],
)
def test_words_of_rosters_are_known(field, words, code):
    for word in words.split():
        row = row_of(**{field: word})
        assert (word, row.values[field], row.findings) == (word, code, [])


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("大专(在读)", "61"),
        ("大专（在读）", "61"),
        ("本科在读", "31"),
        ("在读硕士", "21"),
        ("初中在读", "81"),
        ("小学在读", None),
    ],
)
def test_who_still_studies_has_the_level_before(cell, code):
    row = row_of(education=cell)
    assert (row.values["education"], [one.code for one in row.of(Notice)]) == (code, ["studying"])


@pytest.mark.parametrize("field", [field for field in TABLES if field != "ending"])
def test_an_unknown_word_is_asked_about_with_all_codes(field):
    row = row_of(**{field: "天晓得"})
    (question,) = row.of(Question)

    assert (question.code, question.about, question.column) == ("value", f"{field}:天晓得", "B")
    assert [choice.value for choice in question.choices] == [*vocabulary(field).names, "blank"]
    first = question.choices[0].value
    assert row_of(Context(TODAY, remembered={question.about: first}), **{field: "天晓得"}).values[field] == first
    blank = row_of(Context(TODAY, answers={question.id: "blank"}), **{field: "天晓得"})
    assert (blank.values[field], blank.findings) == (None, [])


@pytest.mark.parametrize(
    ("field", "cell"),
    [("ethnicity", "保安"), ("marital", "1"), ("political", "否"), ("education", "5")],
)
def test_what_may_mean_two_things_is_asked(field, cell):
    assert [one.code for one in row_of(**{field: cell}).of(Question)] == ["value"]


@pytest.mark.parametrize("field", TABLES)
@pytest.mark.parametrize("cell", ["", " ", "-", "无", "暂无", "N/A", "0", 0, 0.0, "/"])
def test_words_for_nothing_are_blank(field, cell):
    row = row_of(**{field: cell})
    assert (row.values[field], row.findings) == (None, [])


def test_a_novel_is_no_code():
    assert [one.code for one in row_of(education="初" * 61).of(Problem)] == ["too_long"]


def test_the_words_of_leaving_are_kept_beside_the_kind():
    row = row_of(ending="因个人原因 辞职")
    assert (row.values["ending"], row.values["ending_note"]) == ("resigned", "因个人原因 辞职")
    assert row_of(ending="-").values["ending_note"] is None


@pytest.mark.parametrize(
    ("cell", "answer"),
    [*((word, True) for word in ("Y", "√", "✓", "●", 1, "是", "有", "已购", True)),
     *((word, False) for word in ("×", "无", "否", "N", False)), ("-", None), ("", None), ("0", None)],
)  # fmt: skip
def test_yes_and_no(cell, answer):
    assert yes_or_no("contract_signed", cell) == (answer, ())
    assert yes_or_no("contract_signed", shown("contract_signed", answer)).value is answer


def test_what_is_neither_yes_nor_no_is_asked():
    (question,) = yes_or_no("contract_signed", "也许").remarks
    assert (question.kind, question.settle("no").value, question.settle("blank").value) == (Question, False, None)


@pytest.mark.parametrize("field", TABLES)
def test_every_alias_is_of_a_code_and_of_one_only(field):
    entry = ALIASES[TABLES[field]]
    said = Counter(fold(alias) for aliases in entry["aliases"].values() for alias in {*map(fold, aliases)})

    assert set(entry["aliases"]) | set(entry.get("keywords", {})) <= set(vocabulary(field).names)
    assert [alias for alias, times in said.items() if times > 1] == []
    levels = {*entry.get("level_before", {}), *filter(None, entry.get("level_before", {}).values())}
    assert levels <= set(vocabulary(field).names)


@pytest.mark.parametrize("field", TABLES)
def test_every_code_is_read_back_from_its_name(field):
    for code in vocabulary(field).names:
        assert row_of(**{field: shown(field, code)}).values[field] == code


@pytest.mark.parametrize("field", [key for key, each in FIELDS.items() if each.table])
def test_the_names_are_those_of_the_code_table(field):
    assert [*vocabulary(field).names.items()] == codes.choices(FIELDS[field].table)


@pytest.mark.parametrize(
    ("field", "choices"),
    [
        ("sex", Sex), ("force", Force), ("sponsor", Assignment.Sponsor), ("category", Assignment.Category),
        ("household", Member.Household), ("ending", Assignment.Ending),
    ],
)  # fmt: skip
def test_our_own_names_are_those_of_the_pages(field, choices):
    elsewhere = {"transferred", "merged"}  # endings that are workflows, never words of a roster
    with translation.override("zh-hans"):
        names = {value: str(label) for value, label in choices.choices if value not in elsewhere or field != "ending"}
    assert vocabulary(field).names == names
