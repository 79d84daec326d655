"""What is sent out comes back: a workbook of those who serve, or a list, uploaded as it is, changes nothing."""

from datetime import date

import pytest

from organization.models import Unit
from organization.scope import as_account
from personnel.exports.columns import COLUMNS, rows
from personnel.exports.people import blocks
from personnel.people import Selection
from tests.conftest import DISTRICT, SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import EmployerFactory, MemberFactory, id_number, serve
from tests.personnel.exports.reading import first_sheet, sheets
from tests.personnel.exports.test_pages import EXPORT, PLAIN, TEMPLATE, content
from tests.personnel.roster.files import xlsx
from tests.personnel.roster.sending import fates, said, send

pytestmark = pytest.mark.django_db
NAMES = "甲乙丙丁戊己庚辛"
SHARES = (100, 1, 33, 40, 50, 60, 80, 99)
BORN = date(1975, 6, 7)
FORCES = {"joint_defence": "clerk", "volunteer": "clerk", "guard": "staff", "auxiliary": "hr", "patrol": "hr"}


@pytest.fixture
def serving(root):
    """People of each force in the village: serving(force) -> how many, of every share that there can be."""

    def make(force):
        employer = (
            EmployerFactory(unit=Unit.objects.get(code=VILLAGE), name="安达保安公司") if force == "guard" else None
        )
        shares = (0,) if force == "volunteer" else SHARES
        for place, share in enumerate(shares):
            member = MemberFactory(
                name=f"江{NAMES[place]}", born=BORN, birth_date=BORN, id_number=id_number(place * 7 + 1, BORN),
                phone=("13800001234", "02012345678", "")[place % 3], ethnicity="01", political="13", education="70",
                address="东塘路1号", specialty="=骑车", remark="@备注" if place % 2 else "",
            )  # fmt: skip
            serve(
                member, since="2013-01-01", force=force, share=share, post=("队员", "")[place % 2], employer=employer,
                category="operational" if force == "auxiliary" else "",
                sponsor=("village", "town")[place % 2] if force == "joint_defence" else "",
                contract_from=date(2014, 7, 1), contract_until=date(2016, 6, 30),
            )  # fmt: skip
        return len(shares)

    return make


@pytest.fixture
def sender(account, clerk):
    """Who keeps a force: sender(force)."""

    def find(force):
        role = FORCES[force]
        return clerk if role == "clerk" else account(role, TOWN if role == "staff" else DISTRICT, username=role)

    return find


@pytest.mark.parametrize("force", FORCES)
def test_a_filled_workbook_comes_back_without_a_change_or_a_question(force, serving, sender, visitor):
    count, account = serving(force), sender(force)
    answer = visitor(account).get(f"{TEMPLATE}?force={force}&filled=1&reason=核对&unit={VILLAGE}")
    examined = send(account, content(answer), force=force)
    assert said([*examined.questions, *examined.problems]) == []
    assert [step.changes | step.service_changes for step in examined.plan.steps] == [{}] * count
    assert fates(examined) == ["unchanged"] * count


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_list_comes_back_without_a_change_or_a_question(kind, serving, clerk, visitor):
    count = serving("joint_defence")
    answer = visitor(clerk).post(f"{EXPORT}?force=joint_defence", PLAIN | {"format": kind})
    examined = send(clerk, content(answer), name=f"名单.{kind}", force="joint_defence")
    assert said([*examined.questions, *examined.problems]) == []
    assert [step.changes | step.service_changes for step in examined.plan.steps] == [{}] * count
    assert fates(examined) == ["unchanged"] * count


def test_people_with_another_document_come_back_too_and_the_others_need_not_name_theirs(serving, clerk, visitor):
    count = serving("volunteer")
    serve(MemberFactory(name="何旅人", document="taiwan_permit", id_number="06206994"), since="2013-01-01",
          force="volunteer", share=0)  # fmt: skip
    data = content(visitor(clerk).get(f"{TEMPLATE}?force=volunteer&filled=1"))
    header, *people = first_sheet(data)
    assert "证件类型" not in first_sheet(content(visitor(clerk).get(f"{TEMPLATE}?force=volunteer")))[0]
    assert sorted(row[header.index("证件类型")] for row in people) == ["", "台湾居民来往大陆通行证"]
    examined = send(clerk, data, force="volunteer")
    assert said([*examined.questions, *examined.problems]) == []
    assert fates(examined) == ["unchanged"] * (count + 1)


def test_the_workbook_of_a_village_offers_its_town(clerk, visitor):
    data = content(visitor(clerk).get(f"{TEMPLATE}?force=volunteer"))
    options = sheets(data)["选项"]
    header = first_sheet(data)[0]
    assert [row[header.index("所属镇街")] for row in options if row[header.index("所属镇街")]] == ["东塘街道"]


def test_a_corrected_share_of_a_filled_workbook_is_taken(serving, clerk, visitor):
    serving("joint_defence")
    sheet = first_sheet(content(visitor(clerk).get(f"{TEMPLATE}?force=joint_defence&filled=1")))
    at = sheet[0].index("专职/兼职")
    assert [row[at] for row in sheet[1:]] == ["专职", *(f"兼职{share}%" for share in SHARES[1:])]
    sheet[2][at], sheet[3][at] = "兼职50%", "专职"
    examined = send(clerk, xlsx({"联防队员": sheet}), force="joint_defence")
    changed = {
        step.row.values["name"]: step.service_changes for step in examined.plan.steps if step.fate != "unchanged"
    }
    assert changed == {"江乙": {"share": (1, 50)}, "江丙": {"share": (33, 100)}}


def test_people_whose_file_another_unit_keeps_are_left_out_of_a_filled_workbook_which_says_so(root, clerk, visitor):
    elsewhere = MemberFactory(name="欧别处", unit=Unit.objects.get(code=SECOND_VILLAGE))
    here = MemberFactory(name="江在此")
    serve(elsewhere, since="2013-01-01", share=50)
    serve(elsewhere, since="2013-01-01", share=50, share_from=50, unit=here.unit)
    serve(here, since="2013-01-01")
    data = content(visitor(clerk).get(f"{TEMPLATE}?force=joint_defence&filled=1"))
    header, *people = first_sheet(data)
    assert [row[header.index("姓名")] for row in people] == ["江在此"]
    told = " ".join(str(cell) for row in sheets(data)["填写说明"] for cell in row)
    assert "另有 1 人的档案由其他单位管理，未列入本表：欧别处" in told
    assert fates(send(clerk, data, force="joint_defence")) == ["unchanged"]


def test_who_sees_no_full_numbers_gets_no_filled_workbook_and_is_told_why(serving, account, visitor):
    serving("joint_defence")
    browser = visitor(account("governance", username="office"))
    assert "filled" not in browser.get(EXPORT).context["template_form"].fields
    answer = browser.get(f"{TEMPLATE}?force=joint_defence&filled=1&unit={VILLAGE}", follow=True)
    assert "您的岗位不能查看完整号码" in str(next(iter(answer.context["messages"])))


def test_numbers_that_are_usually_masked_need_a_reason_in_a_filled_workbook(serving, account, visitor):
    serving("patrol")
    browser = visitor(account("hr", username="hr"))
    answer = browser.get(f"{TEMPLATE}?force=patrol&filled=1", follow=True)
    assert "请" in str(next(iter(answer.context["messages"])))


def test_a_list_says_how_much_of_full_time(serving, clerk):
    serving("joint_defence")
    with as_account(clerk):
        told = rows([COLUMNS["share"]], blocks(Selection(day=date(2014, 7, 1), unit=VILLAGE), "plain"))
        assert sorted(told) == sorted([("专职",), *((f"兼职{share}%",) for share in SHARES[1:])])
