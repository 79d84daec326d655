"""The page that exports: keeps the list's conditions, answers with a file, and gives nobody more than the list."""

from urllib.parse import unquote

import pytest
from django.urls import reverse

from personnel.exports import export as exports
from tests.conftest import OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.personnel.exports.conftest import NUMBER, OTHER_NUMBER, PHONE
from tests.personnel.exports.reading import people as listed
from tests.personnel.exports.reading import people_of_csv, sheets

LIST = "/personnel/card/"
EXPORT, TEMPLATE = "/personnel/card/export/", "/personnel/card/template/"
ON = "on=2014-07-01"
PLAIN = {"layout": "list", "format": "xlsx"}
ENGLISH = {"accept-language": "en"}


def content(answer):
    return b"".join(answer.streaming_content)


def names(answer):
    return [row["姓名"] for row in listed(content(answer))]


def test_the_list_leads_to_the_page_with_its_conditions(people, visitor, clerk):
    page = visitor(clerk).get(f"{LIST}?{ON}&force=guard").content.decode()
    assert f'href="{EXPORT}?{ON}&amp;force=guard"' in page.replace(
        "force=guard&amp;on=2014-07-01", f"{ON}&amp;force=guard"
    )


def test_the_page_asks_how_and_posts_back_to_the_same_conditions(people, visitor, clerk):
    answer = visitor(clerk).get(f"{EXPORT}?{ON}&force=guard")
    assert answer.status_code == 200
    assert answer.context["count"] == 1
    assert f'action="?{ON}&amp;force=guard"' in answer.content.decode()


def test_the_answer_is_a_file_that_nobody_opens_or_keeps(people, visitor, clerk):
    answer = visitor(clerk).post(f"{EXPORT}?{ON}", PLAIN)
    disposition = answer["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''")
    assert unquote(disposition).split("''")[1].startswith("东塘第一社区人员名单-")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert names(answer) == ["曾在岗", "李保安", "欧别处"]


def test_conditions_of_the_address_narrow_the_file(people, visitor, clerk):
    assert names(visitor(clerk).post(f"{EXPORT}?{ON}&force=guard", PLAIN)) == ["李保安"]


def test_a_csv_is_answered_as_one(people, visitor, clerk):
    answer = visitor(clerk).post(f"{EXPORT}?{ON}&force=guard", PLAIN | {"format": "csv"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert people_of_csv(content(answer))[0]["姓名"] == "李保安"


@pytest.mark.parametrize(
    "query", [f"unit={OTHER_VILLAGE}", "unit=440199000000", "unit=all", "unit=", "ids=1,2,3,4,5,6,7,8,9"]
)
def test_a_forged_address_gives_nobody_of_another_town(people, visitor, clerk, query):
    answer = visitor(clerk).post(f"{EXPORT}?{ON}&status=all&{query}", PLAIN)
    assert set(names(answer)) <= {"曾在岗", "李保安", "欧别处", "区离队"}


@pytest.mark.parametrize(
    "forged",
    [{"shown": "plain"}, {"numbers": "plain"}, {"columns": "id_sealed"}, {"export_items": "1,2"}, {"resource": "1"}],
)
def test_forged_fields_give_no_number(people, visitor, governance, forged):
    data = content(visitor(governance).post(f"{EXPORT}?{ON}", PLAIN | forged))
    cells = {cell for row in next(iter(sheets(data).values())) for cell in row}
    assert cells.isdisjoint({NUMBER, OTHER_NUMBER, PHONE})


@pytest.mark.parametrize(
    "forged", [{"layout": "everything"}, {"format": "json"}, {"format": "yaml"}, {"layout": "house", "format": "csv"}]
)
def test_what_is_not_offered_is_said_on_the_page(people, visitor, clerk, forged, events):
    answer = visitor(clerk).post(f"{EXPORT}?{ON}", PLAIN | forged)
    assert (answer.status_code, answer.streaming) == (200, False)
    assert answer.context["form"].errors
    assert events() == []


def test_full_numbers_forged_by_a_role_without_the_right_are_forbidden(people, visitor, governance):
    answer = visitor(governance).post(f"{EXPORT}?{ON}", PLAIN | {"full": "on", "reason": "核对"})
    assert answer.status_code == 403


def test_full_numbers_are_offered_to_those_who_may_and_need_a_reason(people, visitor, officer, governance, clerk):
    assert "full" not in visitor(governance).get(EXPORT).context["form"].fields
    assert "full" not in visitor(clerk).get(EXPORT).context["form"].fields
    browser = visitor(officer)
    assert "full" in browser.get(EXPORT).context["form"].fields
    answer = browser.post(f"{EXPORT}?{ON}", PLAIN | {"full": "on"})
    assert "reason" in answer.context["form"].errors
    answer = browser.post(f"{EXPORT}?{ON}&unit={TOWN}", PLAIN | {"full": "on", "reason": "核对"})
    assert {row["身份证号"] for row in listed(content(answer))} >= {NUMBER, OTHER_NUMBER}


@pytest.mark.parametrize("role", ["sysadmin", "secadmin", "auditor"])
@pytest.mark.parametrize("address", [EXPORT, TEMPLATE])
def test_without_the_right_both_pages_are_forbidden(people, visitor, account, role, address):
    browser = visitor(account(role))
    assert browser.get(address).status_code == 403
    assert browser.post(address, PLAIN).status_code == 403


def test_an_export_is_on_record_with_its_page(people, visitor, clerk, events):
    visitor(clerk).post(f"{EXPORT}?{ON}", PLAIN | {"reason": "报镇街"})
    (event,) = events()
    assert (event.username, event.origin, event.reason) == ("clerk", EXPORT, "报镇街")
    assert event.detail["rows"] == 3


def test_to_look_at_the_page_or_take_an_empty_workbook_is_no_export(people, visitor, clerk, events):
    browser = visitor(clerk)
    browser.get(EXPORT)
    assert browser.get(TEMPLATE).status_code == 200
    assert events() == []


def test_the_workbook_to_fill_in_is_that_of_the_force(people, visitor, clerk):
    answer = visitor(clerk).get(f"{TEMPLATE}?force=volunteer")
    assert unquote(answer["Content-Disposition"]).endswith("东塘第一社区平安志愿者花名册模板.xlsx")
    assert next(iter(sheets(content(answer)))) == "平安志愿者"


def test_a_filled_workbook_has_the_people_of_the_force_and_is_on_record(people, visitor, clerk, events):
    answer = visitor(clerk).get(f"{TEMPLATE}?force=joint_defence&filled=1")
    rows = {row["姓名"]: row["身份证号"] for row in listed(content(answer))}
    assert rows == {"曾在岗": NUMBER}
    (event,) = events()
    assert (event.detail["layout"], event.detail["rows"], event.detail["numbers"]) == ("template", 1, "plain")


def test_a_filled_workbook_of_many_needs_a_reason(people, visitor, clerk, monkeypatch, events):
    monkeypatch.setattr(exports, "MOST_WITHOUT_REASON", 1)
    browser = visitor(clerk)
    answer = browser.get(f"{TEMPLATE}?force=joint_defence&filled=1")
    assert answer["Location"] == f"{reverse('admin:personnel_card_export')}?unit={VILLAGE}"
    assert events() == []
    assert browser.get(f"{TEMPLATE}?force=joint_defence&filled=1&reason=报镇街").streaming


def test_a_workbook_of_no_force_is_not_found(people, visitor, clerk):
    assert visitor(clerk).get(f"{TEMPLATE}?force=militia").status_code == 404


def test_a_workbook_of_a_foreign_unit_is_that_of_the_own_one(people, visitor, clerk):
    data = content(visitor(clerk).get(f"{TEMPLATE}?force=guard&filled=1&unit={OTHER_VILLAGE}"))
    assert [row["姓名"] for row in listed(data)] == ["李保安"]
    assert str(SECOND_VILLAGE) not in str(sheets(data))


def test_pages_are_in_the_language_of_the_visitor_and_files_in_chinese(people, visitor, clerk):
    browser = visitor(clerk)
    assert "Export people" in browser.get(EXPORT, headers=ENGLISH).content.decode()
    answer = browser.post(f"{EXPORT}?{ON}&force=guard", PLAIN, headers=ENGLISH)
    (row,) = listed(content(answer))
    assert (row["队伍类别"], row["性别"]) == ("保安员", "女")
