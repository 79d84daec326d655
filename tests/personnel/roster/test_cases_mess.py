"""Whatever stands in the cells of a real file: it is refused with a sentence, or each of its rows has one fate."""

from collections import Counter
from datetime import date, datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from organization.scope import as_account
from personnel.roster import committing, staging
from personnel.roster.committing import Wish
from personnel.roster.examination import examine
from personnel.roster.shapes import FileRefused
from personnel.roster.source import open_file
from personnel.roster.steps import FATES
from tests.conftest import TOWN
from tests.personnel.roster.files import csv_text, xls, xlsx
from tests.personnel.roster.people import HEADER, name, number, person
from tests.personnel.roster.sending import everything, people, send

pytestmark = pytest.mark.django_db
FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))

MORE = ["村居", "出生日期", "年龄", "政治面貌", "民族", "专兼职", "离队时间", "离队原因", "合同起", "合同止", "备注",
        "证件类型", "紧急联系人", "紧急联系电话", "身高", "是否退役", "类别", "队伍类别", "外号",
        "月工资", "同上", ""]  # fmt: skip
WORDS = [
    "同上", "〃", '"', "合计", "小计3人", "制表人：陈某", "备注", "姓名", "身份证号", "示例", "#REF!", "=1+1",
    "无", "-", "0", "□", "?", "东塘第一社区", "西陂村", "党员", "大专(在读)", "专职", "兼职", "退休", "护照",
    "1985.10", "2014-06-31", "85.3", "一九八五年",
    "4.40113E+17", "440199198503011000", "13800000001/13900000001", "+86", "\u200b", "\u3000", "'",
    "9" * 400, "陈" * 300,
    "保安员", "辅警", "志愿者", "1e400", "nan", "-0", "２０１４－０７－０１", "٣", "²", "\U00020bb7", "e\u0301",
]  # fmt: skip
plain_text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
cells = st.one_of(
    st.none(),
    st.sampled_from(WORDS),
    plain_text,
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(date(1900, 3, 1), date(2200, 1, 1)),
    st.datetimes(datetime(1900, 3, 1), datetime(2200, 1, 1)),
    st.builds(number, st.integers(0, 9)),
    st.builds(name, st.integers(0, 9)),
)
rows = st.lists(st.lists(cells, max_size=len(HEADER) + 4), max_size=8)
header = st.one_of(
    st.just(HEADER), st.lists(st.sampled_from([*HEADER, *MORE]), min_size=2, max_size=12), st.lists(cells, max_size=8)
)
spoilt = st.builds(
    lambda serial, changes: person(serial) | changes,
    st.integers(1, 9),
    st.dictionaries(st.sampled_from([*HEADER, *MORE]), cells, max_size=4),
)


def sheet(top, rest):
    return [list(top), *rest]


def of_people(spoilt_people, more):
    return people(*spoilt_people, more=more)


sheets = st.one_of(
    st.builds(sheet, header, rows),
    st.builds(of_people, st.lists(spoilt, max_size=6), st.lists(st.sampled_from(MORE), max_size=4)),
    rows,
)
merges = st.lists(st.sampled_from(["A1:A2", "A3:C3", "B2:B6", "I2:I5", "D2:D3", "A1:H1", "F4:G9"]), max_size=1)


@pytest.fixture
def town(account):
    return account("staff", TOWN, username="town")


def judged(account, data, **more):
    """What was made of a file, or None where it was refused with a sentence."""
    try:
        examined = send(account, data, **more)
    except FileRefused as refusal:
        is_a_sentence(refusal)
        return None
    is_sound(examined)
    return examined


def is_a_sentence(said):
    assert str(said)
    assert "%(" not in str(said)


def is_sound(examined):
    """Every row of the tables has one fate, in order, and whatever is said has a place and a sentence."""
    rows = [(table.sheet, line.number) for table in examined.source.layout.tables for line in table.lines]
    steps = examined.plan.steps
    assert [(step.row.sheet, step.row.number) for step in steps] == rows
    assert len(set(rows)) == len(rows)
    counts = examined.plan.counts
    assert counts.pop("rows") == sum(counts.values()) == len(rows)
    assert set(Counter(step.fate for step in steps)) <= set(FATES)
    for one in everything(examined):
        is_a_sentence(one.message)
        assert one.row is None or one.row > 0
    assert all(len(question.choices) > 1 for question in examined.questions)


@FEW
@given(content=sheets, merged=merges)
@example(content=[HEADER, ["同上"] * 8], merged=[])
@example(content=[HEADER, [None, "\u3000", None, 0.1]], merged=[])
def test_any_cells_in_a_workbook_are_judged_or_refused(clerk, content, merged):
    judged(clerk, xlsx({"东塘第一社区": content}, merged={"东塘第一社区": merged}))


@FEW
@given(content=st.lists(sheets, min_size=1, max_size=3))
def test_any_sheets_of_a_town_are_judged_or_refused(town, content):
    judged(town, xlsx({f"表{n}": each for n, each in enumerate(content)}))


@FEW
@given(content=sheets, encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]), delimiter=st.sampled_from(",\t;"))
def test_any_cells_in_csv_are_judged_or_refused(clerk, content, encoding, delimiter):
    judged(clerk, csv_text(content, encoding, delimiter), name="花名册.csv")


@FEW
@given(content=sheets)
def test_any_cells_in_an_old_workbook_are_judged_or_refused(clerk, content):
    judged(clerk, xls(content), name="花名册.xls")


@FEW
@given(content=sheets, data=st.data())
def test_whatever_is_answered_settles_its_question(town, content, data):
    file = xlsx({"表": content})
    answers = {}
    for _round in range(4):
        examined = judged(town, file, answers=answers)
        if examined is None or not examined.questions:
            return
        for again in answers.keys() & {question.id for question in examined.questions}:
            assert list(answers.values()).count(answers[again]) > 1  # two columns cannot be the same
        for question in examined.questions:
            answers[question.id] = data.draw(st.sampled_from([choice.value for choice in question.choices]))


@FEW
@given(spoilt_people=st.lists(spoilt, min_size=1, max_size=6), more=st.lists(st.sampled_from(MORE), max_size=4))
def test_whatever_is_good_of_a_mess_can_be_written(clerk, spoilt_people, more):
    source = open_file(xlsx({"花名册": of_people(spoilt_people, more)}), "花名册.xlsx")
    with as_account(clerk), transaction.atomic():
        terms = staging.terms_of(clerk, clerk.unit_id)
        try:
            examined = examine(source, terms)
        except FileRefused:
            return
        roster = staging.record(source, terms, clerk)
        staging.stage(source, roster, examined)
        if committing.has_good(roster.counts):
            written = committing.commit(source, terms, roster, Wish(partial=True))
            assert sum(roster.counts[fate] for fate in FATES) == len(written.plan.steps)
        else:
            with pytest.raises(committing.NotCommitted):
                committing.commit(source, terms, roster, Wish(partial=True))
        transaction.set_rollback(True)


between = st.sampled_from([[], [None, "  "], HEADER, ["第1页，共2页"], [7], ["小计"], ["东塘街道治安联防队员花名册"]])


@FEW
@given(serials=st.lists(st.integers(1, 99), min_size=1, max_size=8, unique=True), noise=st.lists(between, max_size=8))
def test_nobody_is_lost_or_counted_twice_among_rows_that_are_nobody(clerk, serials, noise):
    content = [["东塘街道治安联防队员花名册"], HEADER]
    where = {}
    for at, serial in enumerate(serials):
        content += noise[at : at + 1] + people(person(serial))[1:]
        where[len(content)] = number(serial)
    examined = judged(clerk, xlsx({"花名册": [*content, ["合计", f"{len(serials)}人"], ["制表人：陈某"]]}))
    assert {step.row.number: step.row.values["id_number"] for step in examined.plan.steps} == where
    assert examined.plan.counts["create"] == len(serials)
