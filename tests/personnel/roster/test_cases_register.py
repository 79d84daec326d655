"""Rosters as wards send them, cases 36, 37, 39, 57 to 59, 61, 63 and 64: rows against each other and the register."""

import json
from contextlib import suppress
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from organization.models import Unit
from organization.scope import as_account, as_root
from personnel.models import Assignment, Member, TransferRequest
from tests.conftest import OTHER_TOWN, OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, serve
from tests.personnel.roster.files import xlsx
from tests.personnel.roster.people import name, number, person
from tests.personnel.roster.sending import (
    asked,
    choices,
    everything,
    fates,
    people,
    said,
    send,
    units,
    values,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(account):
    return account("staff", TOWN, username="town")


@pytest.fixture
def imported(tmp_path, capsys):
    """Imports rows or bytes for good: imported(clerk, rows, answers={...}) -> what the command says."""

    def run(account, file, answers=None):
        path, given = tmp_path / "roster.xlsx", tmp_path / "answers.json"
        path.write_bytes(file if isinstance(file, bytes) else xlsx({"花名册": file}))
        given.write_text(json.dumps(answers or {}))
        with suppress(SystemExit):
            call_command("import_roster", path, "--as", account.username, "--commit", "--json", "--answers", given)
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    return run


def registered(unit, serial=1, **service):
    """Somebody who serves in a unit already, under the number of that serial."""
    with as_root("test"):
        member = MemberFactory(unit=Unit.objects.get(code=unit), name=name(serial), id_number=number(serial))
        serve(member, **service)
        return member


# --- the same person twice --------------------------------------------------------------------------------------------


def test_case_36_the_second_row_of_a_number_is_rejected_with_the_row_of_the_first(clerk):
    examined = send(clerk, people(person(1), person(2), person(3, 身份证号=number(1))))
    assert fates(examined) == ["create", "create", "reject"]
    assert said(examined.problems) == [(4, "D", "与第2行身份证号重复")]


def test_a_namesake_who_was_born_on_the_same_day_is_told_of(clerk):
    with as_root("test"):
        born, unit = date(1985, 3, 1), Unit.objects.get(code=VILLAGE)
        serve(MemberFactory(unit=unit, name=name(1), birth_date=born, id_number=number(1, born)))
    day_later = number(7, date(1985, 3, 2))
    rows = people(person(5), person(3, 姓名=name(1)), person(7, 姓名=name(1), 身份证号=day_later))
    assert [(one.row, one.code) for one in send(clerk, rows).notices] == [(3, "namesake")]


def test_case_36_also_on_another_sheet(town):
    data = xlsx({"东塘第一社区": people(person(1)), "东塘第二社区": people(person(1))})
    examined = send(town, data)
    assert fates(examined) == ["create", "reject"]
    assert [(one.sheet, *said([one])[0]) for one in examined.problems] == [
        ("东塘第二社区", 2, "D", "与工作表“东塘第一社区”第2行身份证号重复")
    ]


def test_case_37_who_serves_elsewhere_in_sight_is_asked_about_by_place(town):
    registered(SECOND_VILLAGE)
    rows = people(person(1) | {"村居": "东塘第一社区"}, more=["村居"])
    question = asked(send(town, rows))
    assert (question.row, question.column) == (2, "D")
    assert str(question.message).startswith("该人员现为东塘第二社区")
    assert str(question.message).endswith("请选择：调动/兼任/放弃")
    texts = choices(question)
    assert list(texts) == ["skip", "transfer", "second"]
    assert ("不导入" in texts["skip"], "调动" in texts["transfer"], "兼任" in texts["second"]) == (True, True, True)


@pytest.mark.parametrize(("choice", "share"), [("transfer", 100), ("second", 50)])
def test_case_37_a_transfer_or_a_second_service_is_asked_for_and_nobody_is_moved(town, imported, choice, share):
    registered(SECOND_VILLAGE)
    rows = people(person(1) | {"村居": "东塘第一社区"}, person(2) | {"村居": "东塘第一社区"}, more=["村居"])
    answers = {asked(send(town, rows)).id: choice}
    answer = imported(town, rows, answers)
    assert (answer["create"], answer["skip"], answer["committed"]) == (1, 1, True)
    with as_account(town):
        assert TransferRequest.objects.get().share == share
        assert Assignment.objects.get(member__name=name(1)).unit_id == SECOND_VILLAGE


def test_case_37_who_serves_elsewhere_out_of_sight_is_asked_about_without_place(clerk, imported):
    registered(OTHER_VILLAGE)
    rows = people(person(1), person(2))
    question = asked(send(clerk, rows))
    assert said([question]) == [(2, "D", "该证件号已在其他单位登记，可发起调入申请")]
    examined = send(clerk, rows, answers={question.id: "skip"})
    assert (fates(examined), examined.questions) == (["skip", "create"], [])
    assert "西陂" not in str(said(everything(examined))) + str(choices(question))
    assert imported(clerk, rows, {question.id: "transfer"})["skip"] == 1
    with as_account(clerk):
        assert TransferRequest.objects.get().name == name(1)


def test_case_39_another_name_for_a_known_number_is_rejected_with_both(clerk):
    registered(VILLAGE)
    examined = send(clerk, people(person(1, 姓名="王玮")))
    assert fates(examined) == ["reject"]
    assert said(examined.problems) == [(2, "B", f"身份证号已登记姓名“{name(1)}”，本次为“王玮”")]


# --- places -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "东塘第一社区", "东塘第一", "东塘第一村", "东塘第一社区居委会", "东塘街道东塘第一社区", "东塘第一社区联防队",
        str(VILLAGE),
    ],
)  # fmt: skip
def test_case_57_a_village_is_found_under_its_usual_names(town, text):
    examined = send(town, people(person(1) | {"村居": text}, more=["村居"]))
    assert (said(everything(examined)), units(examined)) == ([], [VILLAGE])


def test_case_57_a_name_that_two_villages_have_is_asked_about_once_and_remembered(town, imported):
    with as_root("test"):
        Unit.objects.filter(code__in=[VILLAGE, SECOND_VILLAGE]).update(aliases=["塘坊"])
    rows = people(*(person(n) | {"村居": "塘坊村"} for n in (1, 2)), more=["村居"])
    question = asked(send(town, rows))
    assert said([question]) == [(None, "I", "“塘坊村”是哪个单位？")]
    assert list(choices(question)) == [str(VILLAGE), str(SECOND_VILLAGE), "reject"]
    assert imported(town, rows, {question.id: str(SECOND_VILLAGE)})["create"] == 2
    more = people(person(3) | {"村居": "塘坊村"}, more=["村居"])
    examined = send(town, xlsx({"八月": more}))
    assert (examined.questions, units(examined), fates(examined)) == ([], [SECOND_VILLAGE], ["create"])


def test_case_57_rows_of_a_village_that_is_none_may_be_left_out(town):
    rows = people(person(1) | {"村居": "无名村"}, person(2) | {"村居": "东塘第一社区"}, more=["村居"])
    question = asked(send(town, rows))
    assert {"东塘街道", "东塘第一社区", "东塘第二社区"} <= set(choices(question).values())
    examined = send(town, rows, answers={question.id: "reject"})
    assert (fates(examined), examined.questions, examined.problems) == (["skip", "create"], [], [])


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        *((text, TOWN) for text in ("东塘街", "东塘街道", "东塘街道办", "东塘街道办事处", "东塘")),
        *((text, OTHER_TOWN) for text in ("西陂镇", "西陂", "西陂镇人民政府")),
    ],
)
def test_case_58_a_town_is_found_under_its_usual_names(officer, text, unit):
    rows = people(person(1) | {"镇街": text}, more=["镇街"])
    examined = send(officer, rows, force="patrol")
    assert (said(everything(examined)), units(examined)) == ([], [unit])


def test_case_58_a_village_is_looked_for_in_the_town_of_its_row(officer):
    rows = people(person(1) | {"镇街": "西陂", "村居": "西陂"}, more=["镇街", "村居"])
    examined = send(officer, rows, force="patrol")
    assert (said(everything(examined)), units(examined)) == ([], [OTHER_VILLAGE])


@pytest.mark.parametrize(
    ("place", "column", "named"),
    [
        ({"村居": "西陂村"}, "I", "西陂村"),
        ({"镇街": "西陂镇"}, "I", "西陂镇"),
        ({"镇街": "西陂镇", "村居": "某某村"}, "I", "西陂镇"),
        ({"镇街": "东塘街道", "村居": "西陂村"}, "J", None),
    ],
)
def test_case_59_a_row_of_another_town_is_rejected(town, place, column, named):
    examined = send(town, people(person(1) | place, more=list(place)))
    if named is None:  # the town is one's own, so the village may be misspelt
        assert said(examined.questions) == [(None, column, "“西陂村”是哪个单位？")]
        assert str(OTHER_VILLAGE) not in choices(asked(examined))
    else:
        assert fates(examined) == ["reject"]
        assert said(examined.problems) == [(2, column, f"无权导入{named}的数据")]


def test_case_59_a_village_enters_nobody_of_the_next_village(clerk):
    examined = send(clerk, people(person(1) | {"村居": "东塘第二社区"}, person(2), more=["村居"]))
    assert fates(examined)[0] == "reject"
    assert said(examined.problems) == [(2, "I", "无权导入东塘第二社区的数据")]


@pytest.mark.parametrize("place", [{"镇街": "东塘街道"}, {"单位": "东塘街道办事处"}, {"所属单位": "东塘街道联防中队"}])
def test_case_59_a_village_may_name_the_town_it_is_in(clerk, place):
    examined = send(clerk, people(person(1) | place, more=list(place)))
    assert (said(everything(examined)), units(examined)) == ([], [VILLAGE])


def test_case_13_a_sheet_that_is_called_after_the_town_may_be_of_any_of_its_units(town):
    question = asked(send(town, xlsx({"东塘街道": people(person(1))})))
    assert {"东塘街道", "东塘第一社区", "东塘第二社区"} < set(choices(question).values())


# --- columns, files and people that were there before -----------------------------------------------------------------


def test_case_61_an_answer_about_a_column_is_remembered_for_the_unit_and_its_headers(clerk, imported, stranger):
    rows = people(person(1, 外号="阿强"), more=["外号"])
    question = asked(send(clerk, rows))
    assert imported(clerk, rows, {question.id: "former_name"})["create"] == 1
    later = xlsx({"八月": people(person(2, 外号="阿明"), more=["外号"])})
    examined = send(clerk, later)
    assert (examined.questions, values(examined, "former_name")) == ([], ["阿明"])
    assert len(send(stranger, later).questions) == 1


def test_case_63_a_file_that_was_imported_already_is_told_of_when_it_comes_again(clerk, visitor, imported):
    data = xlsx({"花名册": people(person(1))})
    imported(clerk, data)
    page = visitor(clerk).post(
        reverse("admin:personnel_rosterimport_add"),
        {"file": SimpleUploadedFile("改名.xlsx", data), "unit_code": str(VILLAGE), "force": "joint_defence"},
        follow=True,
    )
    (message,) = [str(one) for one in page.context["messages"]]
    assert message.startswith("该文件已于")
    assert message.endswith(f"由{clerk.name}导入。")


def test_case_64_who_is_missing_in_a_whole_roster_is_listed_and_stays(clerk, imported):
    imported(clerk, people(person(1), person(2), person(3)))
    examined = send(clerk, people(person(1), person(3)), is_whole=True)
    assert [who for _key, who in examined.plan.leavers] == [name(2)]
    assert fates(examined) == ["unchanged"] * 2
    assert send(clerk, people(person(1), person(3))).plan.leavers == []
    with as_account(clerk):
        assert Member.objects.count() == 3


def test_case_64_people_of_another_village_or_force_are_no_leavers(town, imported):
    registered(SECOND_VILLAGE, 8)
    registered(VILLAGE, 9, force="volunteer")
    registered(VILLAGE, 7)
    examined = send(town, xlsx({"东塘第一社区": people(person(1))}), is_whole=True)
    assert [who for _key, who in examined.plan.leavers] == [name(7)]
