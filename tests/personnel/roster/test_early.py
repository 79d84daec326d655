"""What is cleaned while a file is still being read is what would have been cleaned afterwards, or it does not count."""

from datetime import date, timedelta

import pytest

from organization.scope import as_account
from personnel.models import Member, RosterAnswer, RosterImport
from personnel.roster import jobs, staging
from personnel.roster.examination import examine
from personnel.roster.mapping import header_key
from personnel.roster.source import open_file
from personnel.roster.staging import terms_of
from tests.conftest import VILLAGE
from tests.personnel.roster.files import xlsx
from tests.personnel.roster.people import HEADER, number, person, table

pytestmark = pytest.mark.django_db

MANY = 1_200  # the child tells of 500 rows at a time


def people(**changed):
    """Many people; a change is a cell, or a function from the person's place to one."""
    rows = []
    for at in range(MANY):
        days, serial = divmod(at, 900)
        given = {key: cell(at) if callable(cell) else cell for key, cell in changed.items()}
        sex = "男" if serial % 2 == 0 else "女"
        numbered = {"身份证号": number(serial + 1, date(1985, 3, 1) + timedelta(days)), "性别": sex}
        rows.append(person(at % 900, **numbered) | given)
    return rows


def judged(clerk, data, *, early, **options):
    with as_account(clerk):
        terms = terms_of(clerk, VILLAGE, **options)
        return examine(open_file(data, "册.xlsx", terms if early else None), terms)


def told(examined):
    """All that is known of the rows and said of them."""
    rows = [
        (step.row.sheet, step.row.number, step.fate, step.effect, step.row.values, step.row.is_plain,
         [(type(one), one.row, one.column, one.code, str(one.message)) for one in step.row.findings])
        for step in examined.plan.steps
    ]  # fmt: skip
    return rows, examined.fields, [one.id for one in examined.questions], len(examined.notices)


def wrong_digit(at):
    digits = number(at % 900 + 1, date(1985, 3, 1) + timedelta(at // 900))
    return digits[:17] + ("1" if digits[17] != "1" else "2") if at % 7 == 0 else digits


def twisted_sex(at):
    return "男" if at % 3 else "女"


def missing_number(at):
    return None if at % 9 == 4 else wrong_digit(at).lower()


def unreadable_name(at):
    return ("张?三", "暂无", "张三丰")[min(at % 8, 2)]


def late_phone(at):
    return f"139{at:08d}" if at > 700 else None


ROSTERS = {
    "as they should be": {"花名册": table(people())},
    "with wrong numbers": {"花名册": table(people(身份证号=wrong_digit))},
    "with sexes that do not agree": {"花名册": table(people(性别=twisted_sex))},
    "with numbers in lower case or none": {"花名册": table(people(身份证号=missing_number))},
    "with ditto marks": {"花名册": table(people(职务=lambda at: "同上" if at % 5 else "队员"))},
    "with days out of order": {"花名册": table(people(入队时间=lambda at: ("2001-01-01", "2014.7")[at % 2]))},
    "with names that cannot be read": {"花名册": table(people(姓名=unreadable_name))},
    "below a title and above a sum": {"花名册": [["东兴村联防队员花名册"], *table(people()), ["合计", MANY]]},
    "with a column that is blank at first": {"花名册": table(people(备注=late_phone), [*HEADER, "备注"])},
    "with a column that is known only further down": {"花名册": table(people(其他=late_phone), [*HEADER, "其他"])},
    "on two sheets": {"一队": table(people()[:600]), "二队": table(people()[600:], HEADER[::-1])},
    "beside a sheet of something else": {"说明": [["本表由各村填写"]] * 800, "花名册": table(people())},
}


@pytest.mark.parametrize("sheets", ROSTERS.values(), ids=ROSTERS)
def test_a_roster_is_judged_alike_whether_or_not_its_rows_were_cleaned_as_they_came(clerk, sheets):
    data = xlsx(sheets)
    assert told(judged(clerk, data, early=True)) == told(judged(clerk, data, early=False))


def test_merged_cells_fill_their_rows_alike(clerk):
    data = xlsx(
        {"花名册": table(people(职务=lambda at: "队员" if at % 600 == 0 else None))}, merged={"花名册": ["F2:F601"]}
    )
    early = judged(clerk, data, early=True)
    assert told(early) == told(judged(clerk, data, early=False))
    assert early.plan.steps[1].row.values["post"] == "队员"


def test_what_was_answered_before_is_heeded_alike(clerk):
    data = xlsx({"花名册": table(people(姓名=lambda at: "张?三" if at % 8 == 0 else "张三丰"))})
    asked = judged(clerk, data, early=True)
    answers = {question.id: "keep" for question in asked.questions}
    with as_account(clerk):
        key = header_key(asked.source.layout.tables[0])
        RosterAnswer.objects.create(unit_id=VILLAGE, headers=key, about="column:nothing", choice="ignore")
    early = judged(clerk, data, early=True, answers=answers)
    assert told(early) == told(judged(clerk, data, early=False, answers=answers))
    assert early.plan.counts["create"] > 0.9 * MANY


def test_nearly_all_rows_of_a_plain_roster_are_known_when_the_file_is_read(clerk):
    with as_account(clerk):
        terms = terms_of(clerk, VILLAGE)
        source = open_file(xlsx({"花名册": table(people(身份证号=wrong_digit))}), "册.xlsx", terms)
        ((_fields, _context, known),) = source.early._known.values()
    assert 0.8 * MANY < len(known) < MANY


# --- people fetched before the file is read ---------------------------------------------------------------------------


@pytest.fixture
def sent_before(clerk):
    """Sixty people of the village, as a roster brought them."""
    with as_account(clerk):
        terms = terms_of(clerk, VILLAGE)
        rows = table([person(at) for at in range(1, 61)])
        roster = jobs.take_in(open_file(xlsx({"花名册": rows}), "册.xlsx", terms), terms, clerk)
        locked = RosterImport.objects.select_for_update().get(pk=roster.pk)
        assert jobs.import_staged(locked, clerk, partial=False) == ""


def changed(at):
    return {"文化程度": "大专"} if at % 7 == 0 else {"联系电话": "13900000001"} if at % 7 == 1 else {}


SENT_AGAIN = {
    "as it was": table([person(at) for at in range(1, 61)]),
    "with changes and new people": table([person(at, **changed(at)) for at in range(1, 70)]),
    "with fewer columns": table([person(at) for at in range(1, 61)], HEADER[:4]),
    "with another column": table([person(at) | {"籍贯": "广东"} for at in range(1, 61)], [*HEADER, "籍贯"]),
}


@pytest.mark.parametrize("rows", SENT_AGAIN.values(), ids=SENT_AGAIN)
def test_people_fetched_before_are_judged_as_those_who_are_looked_up(clerk, sent_before, rows):
    data = xlsx({"花名册": rows})
    early = judged(clerk, data, early=True)
    assert len(early.source.early.fetched.members) == 60
    assert told(early) == told(judged(clerk, data, early=False))


def test_more_people_than_a_file_can_hold_are_not_fetched(clerk, sent_before, monkeypatch):
    monkeypatch.setattr("personnel.roster.early.BYTES_A_PERSON", 10**6)
    assert judged(clerk, xlsx({"花名册": table([person(1)])}), early=True).source.early.fetched is None


def test_people_fetched_before_are_seen_as_they_are_when_the_roster_is_written(clerk, sent_before):
    with as_account(clerk):
        terms = terms_of(clerk, VILLAGE)
        source = open_file(xlsx({"花名册": table([person(1, 文化程度="大专")])}), "册.xlsx", terms)
        roster = staging.record(source, terms, clerk)
        staging.stage(source, roster, examine(source, terms))
        Member.objects.filter(name=person(1)["姓名"]).update(education="21")
        locked = RosterImport.objects.select_for_update().get(pk=roster.pk)
        assert "请" in jobs.import_staged(locked, clerk, partial=False)
