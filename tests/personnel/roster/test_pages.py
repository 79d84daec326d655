"""The pages of a roster: who sees what of it, what each button does, and what forged requests come to."""

import io
import re
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from organization.models import TrailEntry, Unit
from organization.scope import as_account, as_root
from personnel.models import ImportedLine, Member, RosterImport, StagedBlock, StagedLine, StagedRow, TransferRequest
from tests.conftest import OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, serve
from tests.personnel.roster.files import xlsx
from tests.personnel.roster.people import HEADER, name, number, person, table

pytestmark = pytest.mark.django_db
LIST = "/personnel/rosterimport/"
STEPS = ("answer", "import", "undo", "drop", "bad-rows", "marked")
WITHOUT_RIGHT = ("finance", "training", "governance", "sysadmin", "secadmin", "auditor")


def wrong(text):
    return text[:17] + ("1" if text[17] != "1" else "2")


def file(rows, header=HEADER, file_name="花名册.xlsx", **options):
    return SimpleUploadedFile(file_name, xlsx({"花名册": table(rows, header)}, **options))


def text(answer):
    return answer.content.decode()


def told(answer):
    """The messages of the page that an answer leads to."""
    return " ".join(str(message) for message in answer.context["messages"])


@pytest.fixture
def client(visitor, clerk):
    return visitor(clerk)


@pytest.fixture
def send(client):
    """Sends rows by the form: send(rows, unit=...) -> address of the roster's page."""

    def sent(rows, header=HEADER, by=client, unit=VILLAGE, **more):
        data = {"file": file(rows, header), "unit_code": unit, "force": "joint_defence"} | more
        answer = by.post(f"{LIST}add/", data)
        assert answer.status_code == 302, answer.context["form"].errors
        return answer["Location"]

    return sent


def at(page, step, *rest):
    return "/".join([page.removesuffix("change/") + step, *map(str, rest)]) + "/"


def batch(page):
    return int(re.search(r"\d+", page)[0])


def lines(account, page):
    """{row number: the staged line}, as its sender sees them."""
    with as_account(account):
        return {line.number: line for line in StagedLine.objects.filter(roster=batch(page))}


def state(clerk):
    """All that a request could have changed."""
    with as_account(clerk):
        rosters = list(RosterImport.objects.order_by("pk").values())
        staged = list(StagedRow.objects.order_by("pk").values("pk", "fate", "is_skipped", "is_corrected", "cells"))
        staged += StagedBlock.objects.order_by("pk").values("pk", "fates", "effects", cells=F("content"))
        return rosters, [one | {"cells": bytes(one["cells"] or b"")} for one in staged], Member.objects.count()


# --- sending ----------------------------------------------------------------------------------------------------------


def test_a_sent_roster_is_shown_and_nothing_is_in_the_register(client, clerk, send):
    page = send([person(1), person(2)])
    answer = client.get(page)
    assert answer.context["step"] == "import"
    assert f'action="{at(page, "import")}"' in text(answer)
    assert number(1) in text(answer)
    with as_account(clerk):
        assert Member.objects.count() == 0


def test_an_empty_file_is_refused_with_what_to_do(client):
    data = {"unit_code": VILLAGE, "force": "volunteer", "file": SimpleUploadedFile("a.xlsx", b"")}
    (error,) = client.post(f"{LIST}add/", data).context["form"].errors["file"]
    assert error == "文件是空的。请在 WPS 或 Excel 中打开您的名册，保存后再上传。"


def test_a_character_without_a_meaning_in_pasted_cells_does_no_harm(client, clerk):
    cells = "\n".join("\t".join(map(str, row)) for row in table([person(1)])).replace("队员", "队\0员")
    page = client.post(f"{LIST}add/", {"unit_code": VILLAGE, "force": "joint_defence", "pasted": cells})["Location"]
    client.post(at(page, "import"))
    with as_account(clerk):
        assert Member.objects.get().assignments.get().post == "队员"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"file": SimpleUploadedFile("a.xlsx", b"\x00\x01nothing")}, "file"),
        ({"pasted": "无关\t文字\n1\t2"}, "pasted"),
        ({}, "__all__"),
        ({"file": SimpleUploadedFile("a.xlsx", xlsx({"花名册": table([person(1)])})), "pasted": "姓名"}, "__all__"),
        ({"file": SimpleUploadedFile("a.xlsx", b"")}, "file"),
    ],
)
def test_what_is_no_roster_is_refused_at_its_field_and_the_choices_stay(client, clerk, data, field):
    answer = client.post(f"{LIST}add/", {"unit_code": VILLAGE, "force": "volunteer", "is_whole": "on"} | data)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert '<option value="volunteer" selected>' in text(answer)
    assert re.search('name="is_whole"[^>]* checked', text(answer))
    with as_account(clerk):
        assert RosterImport.objects.count() == 0


@pytest.mark.parametrize("unit", [OTHER_VILLAGE, TOWN, "nonsense", ""])
def test_a_unit_that_is_not_ones_own_cannot_be_chosen(client, unit):
    data = {"file": file([person(1)]), "unit_code": unit, "force": "joint_defence"}
    answer = client.post(f"{LIST}add/", data)
    assert list(answer.context["form"].errors) == ["unit_code"]


def test_a_force_that_is_not_ones_own_cannot_be_chosen(client):
    answer = client.post(f"{LIST}add/", {"file": file([person(1)]), "unit_code": VILLAGE, "force": "auxiliary"})
    assert list(answer.context["form"].errors) == ["force"]


def test_the_same_file_again_is_recognised_with_the_time_on_the_wall(client, clerk):
    data = xlsx({"花名册": table([person(1)])})

    def sent():
        fields = {"file": SimpleUploadedFile("a.xlsx", data), "unit_code": VILLAGE, "force": "joint_defence"}
        return client.post(f"{LIST}add/", fields)["Location"]

    client.post(at(sent(), "import"))
    with as_account(clerk):
        then = timezone.localtime(RosterImport.objects.get().committed_at)
    again = client.get(sent())
    assert f"{then:%Y-%m-%d %H:%M}" in told(again)
    assert "+00:00" not in told(again)


# --- who sees what ----------------------------------------------------------------------------------------------------


def test_another_clerk_of_the_village_sees_the_record_and_no_row_of_it(client, send, account, visitor):
    page = send([person(1), person(2, 身份证号=wrong(number(2)))])
    colleague = visitor(account("clerk", VILLAGE, username="colleague"))
    answer = colleague.get(page)
    assert answer.status_code == 200
    assert answer.templates[0].name.endswith("record.html")
    assert number(1) not in text(answer)
    assert name(1) not in text(answer)
    for step in ("bad-rows", "marked"):
        got = colleague.post(at(page, step), follow=True)
        assert got["Content-Type"].startswith("text/html")
        assert number(1) not in text(got)


def test_another_clerk_of_the_village_can_neither_confirm_nor_change_it(client, clerk, send, account, visitor):
    page = send([person(1)])
    line = "0/2"
    colleague = visitor(account("clerk", VILLAGE, username="colleague"))
    before = state(clerk)
    for step in ("answer", "import", "drop"):
        assert colleague.post(at(page, step)).status_code == 302
    assert colleague.post(at(page, "skip", line)).status_code in (302, 404)
    assert colleague.post(at(page, "row", line), {"c1": "王改"}).status_code in (302, 404)
    assert colleague.get(at(page, "row", line)).status_code == 404
    assert state(clerk) == before


def test_an_undo_is_offered_to_those_who_may_take_it_back(client, send, account, visitor):
    page = send([person(1)])
    client.post(at(page, "import"))
    readers = {
        "sender": client,
        "colleague": visitor(account("clerk", VILLAGE, username="colleague")),
        "town": visitor(account("staff", TOWN, username="town")),
        "hr": visitor(account("hr", username="hr")),
    }
    offered = {who for who, reader in readers.items() if at(page, "undo") in text(reader.get(page))}
    assert offered == {"sender", "town"}


def test_the_town_above_sees_the_record_and_undoes_the_import(client, clerk, send, account, visitor):
    page = send([person(1)])
    client.post(at(page, "import"))
    town = visitor(account("staff", TOWN, username="town"))
    answer = town.get(page)
    assert (answer.status_code, name(1) in text(answer)) == (200, True)
    assert "收回1行" in told(town.post(at(page, "undo"), {"confirmed": "1"}, follow=True))
    with as_account(clerk):
        assert Member.objects.count() == 0


def test_a_stranger_finds_no_page_of_it(client, clerk, send, stranger, visitor):
    page = send([person(1)])
    line = "0/2"
    before = state(clerk)
    elsewhere = visitor(stranger)
    missing = elsewhere.get(f"{LIST}987654321/change/", follow=True)
    found = elsewhere.get(page, follow=True)
    assert found.redirect_chain[-1][0] == missing.redirect_chain[-1][0]
    assert "花名册.xlsx" not in text(found)
    assert [elsewhere.post(at(page, step)).status_code for step in STEPS] == [404] * len(STEPS)
    assert elsewhere.post(at(page, "skip", line)).status_code == 404
    assert elsewhere.post(at(page, "row", line)).status_code == 404
    assert elsewhere.get(at(page, "row", line)).status_code == 404
    assert state(clerk) == before


@pytest.mark.parametrize("role", WITHOUT_RIGHT)
def test_who_may_not_import_gets_no_page(client, clerk, send, account, visitor, role):
    page = send([person(1)])
    line = "0/2"
    other = visitor(account(role, username="someone"))
    pages = [f"{LIST}add/", page, LIST, at(page, "row", line)]
    assert [other.get(each).status_code for each in pages] == [403] * len(pages)
    posts = [*(at(page, step) for step in STEPS), at(page, "skip", line), at(page, "row", line), f"{LIST}add/"]
    assert [other.post(each).status_code for each in posts] == [403] * len(posts)


def test_to_look_never_changes_anything(client, clerk, send):
    page = send([person(1), person(2, 身份证号=wrong(number(2)))])
    line = "0/2"
    before = state(clerk)
    for each in (page, LIST, f"{LIST}add/", at(page, "row", line), f"{page}?fate=reject&p=2"):
        assert client.get(each).status_code == 200
    assert [client.get(at(page, step)).status_code for step in STEPS] == [405] * len(STEPS)
    assert client.get(at(page, "skip", line)).status_code == 405
    assert state(clerk) == before


def test_the_address_of_a_button_says_what_it_is_when_it_is_opened(client, send):
    answer = client.get(at(send([person(1)]), "import"))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "这个地址只能由按钮打开" in text(answer)
    assert "default-src 'none'" in answer["Content-Security-Policy"]


# --- looking ----------------------------------------------------------------------------------------------------------


def test_bad_rows_are_marked_at_their_cells_and_keep_the_import_button_away(client, send):
    page = send([person(1), person(2, 身份证号=wrong(number(2)))])
    answer = client.get(page)
    assert answer.context["step"] == "correct"
    assert 'value="确认导入"' not in text(answer)
    assert 'name="partial"' in text(answer)
    shown = answer.context["preview"].rows()[1]
    assert [cell.where for cell in shown.marked] == ["D 身份证号"]
    only = client.get(f"{page}?fate=reject")
    assert [line.row.number for line in only.context["preview"].rows()] == [3]


@pytest.mark.parametrize("query", ["fate=nonsense", "p=nonsense", "p=-1", "p=9999999999999999999999", "fate=&p="])
def test_a_nonsense_address_shows_rows_all_the_same(client, send, query):
    page = send([person(1)])
    assert len(client.get(f"{page}?{query}").context["rows"]) == 1


def test_old_and_new_stand_side_by_side_also_of_what_has_no_column(client, clerk, send):
    client.post(at(send([person(1), person(2)]), "import"))
    with as_root("test"):
        member = Member.objects.get(name=name(2))
        member.assignments.update(ended_on=date(2020, 1, 1), ending="resigned")
    rows = [person(1, 职务="中队长"), person(2, 入队时间="2021-01-01")]
    first, second = client.get(send(rows)).context["preview"].rows()
    post = next(cell for cell in first.cells if cell.is_change)
    assert (post.old, post.text) == ("队员", "中队长")
    assert any("2021-01-01" in message for level, message in second.messages if level == "change")


def test_a_change_of_a_field_without_column_is_said_of_the_row(client, clerk, send):
    client.post(at(send([person(1)]), "import"))
    page = send([person(1, 职务="中队长")])
    with as_account(clerk):
        StagedRow.objects.filter(roster=batch(page)).update(changes={"remark": ["旧", "新"]})
    (line,) = client.get(page).context["preview"].rows()
    (said,) = [message for level, message in line.messages if level == "change"]
    assert [word in said for word in ("备注", "旧", "新")] == [True] * 3


def test_a_blank_cell_of_a_merged_range_shows_what_it_means(visitor, account):
    town = visitor(account("staff", TOWN, username="town"))
    rows = table([person(n, 村居="东塘第一社区" if n == 1 else None) for n in (1, 2, 3)], [*HEADER, "村居"])
    data = SimpleUploadedFile("花名册.xlsx", xlsx({"花名册": rows}, merged={"花名册": ["I2:I4"]}))
    answer = town.post(f"{LIST}add/", {"file": data, "unit_code": TOWN, "force": "joint_defence"}, follow=True)
    cells = [line.cells[8] for line in answer.context["preview"].rows()]
    assert [(cell.text, cell.above) for cell in cells] == [("东塘第一社区", ""), *[("", "东塘第一社区")] * 2]


def test_a_notice_that_differs_from_row_to_row_says_of_which_row_it_is_the_sentence(client, send):
    page = send([person(1, 入队时间="2014-7"), person(2, 入队时间="2014-8"), person(3, 职务="x" * 9)])
    answer = client.get(page)
    (notice,) = [each for each in answer.context["roster"].notices if each["code"] == "month_only"]
    assert (notice["rows"], notice["example"]) == (2, 2)
    assert "例如第2行" in text(answer)


def test_a_whole_roster_lists_who_is_missing(client, send):
    client.post(at(send([person(1), person(2)]), "import"))
    answer = client.get(send([person(1)], is_whole="on"))
    assert [leaver[1] for leaver in answer.context["open"].leavers] == [name(2)]
    assert name(2) in text(answer)


def test_a_page_of_a_hundred_rows_asks_as_many_questions_of_the_database_as_one_of_ten(client, send):
    def queries(count):
        rows = [person(n) for n in range(1, count + 1)]
        for each in rows[::5]:
            each["身份证号"] = wrong(each["身份证号"])
        for each in rows[1::5]:
            each["性别"] = "男" if each["性别"] == "女" else "女"
        page = send(rows)
        client.get(page)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page).status_code == 200
        return len(captured)

    assert queries(10) == queries(100)


# --- answering --------------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(client, send):
    """A roster that asks about two rows alike (the sex), and about a column."""
    rows = [person(n, 性别="男" if n % 2 == 0 else "女") | {"喜好": "足球"} for n in (1, 2)]
    return send([*rows, person(3)], [*HEADER, "喜好"])


def test_alike_questions_are_answered_at_once_and_one_may_differ(client, clerk, asked):
    groups = client.get(asked).context["preview"].questions
    column = next(group for group in groups if group.told["code"] == "column")
    sex = next(group for group in groups if group.is_many)
    assert column.choices[0]["value"] == "ignore"
    assert [one.person for one in sex.shown] == [name(1), name(2)]
    keep, leave = (choice["value"] for choice in sex.choices)
    data = {f"q-{column.id}": "ignore", f"all-{sex.id}": keep, f"q-{sex.shown[1].id}": leave}
    answer = client.post(at(asked, "answer"), data, follow=True)
    assert answer.context["asked"] == 0
    fates = {number: line.fate for number, line in lines(clerk, asked).items()}
    assert fates == {2: "create", 3: "skip", 4: "create"}


def test_words_that_are_not_known_are_asked_each_alone(client, send):
    page = send([person(1, 文化程度="扫盲班"), person(2, 文化程度="夜校")])
    groups = client.get(page).context["preview"].questions
    assert [group.is_many for group in groups] == [False, False]


def test_answers_that_were_not_offered_are_not_taken(client, clerk, asked):
    questions = [group.id for group in client.get(asked).context["preview"].questions]
    data = {f"q-{key}": "nonsense" for key in questions} | {f"all-{key}": "nonsense" for key in questions}
    data |= {"q-": "x", "q-ffffffffffff": "ignore", "all-": "x", "q-\x00": "x" * 10_000}
    before = state(clerk)
    answer = client.post(at(asked, "answer"), data, follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["warning"]
    assert state(clerk) == before


def test_a_row_that_is_left_out_asks_nothing_any_more(client, clerk, send):
    page = send([person(1, 性别="女"), person(2)])
    assert client.get(page).context["asked"] == 1
    client.post(at(page, "skip", "0/2"))
    assert client.get(page).context["step"] == "import"
    client.post(at(page, "import"))
    with as_account(clerk):
        assert list(Member.objects.values_list("name", flat=True)) == [name(2)]


def test_answers_can_be_taken_back(client, clerk, asked):
    groups = client.get(asked).context["preview"].questions
    data = {f"q-{one.id}": group.choices[0]["value"] for group in groups for one in group.shown}
    assert client.post(at(asked, "answer"), data, follow=True).context["asked"] == 0
    answer = client.post(at(asked, "answer"), {"again": "1"}, follow=True)
    assert answer.context["asked"] == sum(group.count for group in groups)


def test_what_was_answered_for_an_earlier_list_is_told_and_can_be_asked_again(client, clerk, send):
    def sent(*serials):
        return send([person(n) | {"家庭情况": "东塘路九号"} for n in serials], [*HEADER, "家庭情况"])

    def answer(page, choice):
        (group,) = client.get(page).context["preview"].questions
        client.post(at(page, "answer"), {f"q-{group.id}": choice})

    first = sent(1)
    answer(first, "address")
    client.post(at(first, "import"))
    client.post(at(first, "undo"), {"confirmed": "1"})
    again = sent(1)
    shown = client.get(again)
    assert (shown.context["step"], shown.context["asked"]) == ("import", 0)
    assert "按本单位以前对同样表头的回答处理的：“家庭情况”" in text(shown)
    assert 'name="again"' in text(shown)
    assert client.post(at(again, "answer"), {"again": "1"}, follow=True).context["asked"] == 1
    answer(again, "ignore")
    client.post(at(again, "import"))
    with as_account(clerk):
        assert Member.objects.get().address == ""
    third = client.get(sent(2))
    assert third.context["asked"] == 0
    assert third.context["preview"].sheets()[0].headers[-1].field == ""


def test_whether_somebody_left_is_asked_of_each_person_anew(client, send):
    def asked(serial):
        page = send([person(serial) | {"状态": "离职"}], [*HEADER, "状态"])
        return page, client.get(page).context["preview"].questions

    page, (group,) = asked(1)
    client.post(at(page, "answer"), {f"q-{group.id}": "serves"})
    client.post(at(page, "import"))
    assert len(asked(2)[1]) == 1


def test_a_person_of_the_next_village_is_asked_for_and_the_choices_are_explained(root, account, visitor, send):
    with as_root("test"):
        serve(MemberFactory(unit=Unit.objects.get(code=SECOND_VILLAGE), name=name(1), id_number=number(1)))
    staff = account("staff", TOWN, username="town")
    town = visitor(staff)
    page = send([person(1) | {"村居": "东塘第一社区"}], [*HEADER, "村居"], by=town, unit=TOWN)
    answer = town.get(page)
    (group,) = answer.context["preview"].questions
    assert (group.is_about_another_unit, group.shown[0].person) == (True, name(1))
    assert {choice["value"] for choice in group.choices} == {"skip", "transfer", "second"}
    town.post(at(page, "answer"), {f"q-{group.id}": "transfer"})
    assert "已向保管档案的单位发出申请：1件" in told(town.post(at(page, "import"), follow=True))
    with as_account(staff):
        assert TransferRequest.objects.get().name == name(1)
    undone = town.post(at(page, "undo"), {"confirmed": "1"}, follow=True)
    assert "同时撤回了1件申请" in told(undone)
    with as_account(staff):
        assert TransferRequest.objects.get().answer == TransferRequest.Answer.WITHDRAWN


# --- correcting -------------------------------------------------------------------------------------------------------


def test_a_corrected_cell_is_judged_again(client, clerk, send):
    page = send([person(1), person(2, 身份证号=wrong(number(2)))])
    form = client.get(at(page, "row", "0/3")).context["form"]
    wrong_ones = [key for key, field in form.fields.items() if field.is_wrong]
    assert wrong_ones == ["c3"]
    data = {key: field.initial for key, field in form.fields.items()} | {"c3": number(2)}
    answer = client.post(at(page, "row", "0/3"), data, follow=True)
    assert (answer.context["step"], lines(clerk, page)[3].fate) == ("import", "create")


def test_a_correction_that_does_not_help_says_so(client, clerk, send):
    page = send([person(1), person(2, 身份证号=wrong(number(2)))])
    answer = client.post(at(page, "row", "0/3"), {"c1": name(2), "c3": "nonsense"}, follow=True)
    assert answer.context["step"] == "correct"
    assert [message.level_tag for message in answer.context["messages"]] == ["warning"]


def test_a_row_is_left_out_and_taken_in_again(client, clerk, send):
    page = send([person(1), person(2)])
    line = "0/3"
    client.post(at(page, "skip", line))
    assert lines(clerk, page)[3].fate == "skip"
    client.post(at(page, "skip", line))
    assert lines(clerk, page)[3].fate == "create"


def test_a_row_that_was_left_out_is_taken_in_again_when_it_is_corrected(client, clerk, send):
    page = send([person(1), person(2, 身份证号=wrong(number(2)))])
    client.post(at(page, "skip", "0/3"))
    form = client.get(at(page, "row", "0/3")).context["form"]
    cells = {each.html_name: each.value() or "" for each in form}
    at_number = next(key for key, value in cells.items() if value == wrong(number(2)))
    refused = client.post(at(page, "row", "0/3"), cells | {at_number: "4401\x00"})
    assert (refused.status_code, "errorlist" in text(refused)) == (200, True)
    client.post(at(page, "row", "0/3"), cells | {at_number: number(2)})
    assert lines(clerk, page)[3].fate == "create"


def test_a_row_of_another_roster_is_not_found(client, clerk, send):
    page, _other = send([person(1)]), send([person(2), person(3)])
    before = state(clerk)
    for row in ("0/3", "1/2", "0/987654321", f"0/{10**30}", f"{10**30}/2"):
        assert client.get(at(page, "row", row)).status_code == 404
        assert client.post(at(page, "row", row), {"c1": "王改"}).status_code == 404
        assert client.post(at(page, "skip", row)).status_code == 404
    assert state(clerk) == before


def test_cells_full_of_nonsense_are_kept_and_judged(client, clerk, send):
    page = send([person(1)])
    line = "0/2"
    data = {f"c{at}": "<script>=1+1{{7*7}}%s" * 50 for at in range(8)} | {"c99": "x", "cx": "y", "": "z"}
    answer = client.post(at(page, "row", line), data, follow=True)
    assert answer.status_code == 200
    assert "<script>=1+1" not in text(answer)
    assert lines(clerk, page)[2].fate == "reject"


# --- importing --------------------------------------------------------------------------------------------------------


def test_an_import_is_confirmed_once(client, clerk, send):
    page = send([person(1), person(2)])
    assert "新增2人" in told(client.post(at(page, "import"), follow=True))
    again = client.post(at(page, "import"), follow=True)
    assert "已于" in told(again)
    with as_account(clerk):
        assert (Member.objects.count(), ImportedLine.objects.count(), StagedLine.objects.count()) == (2, 2, 0)


def test_without_asking_for_it_no_good_row_goes_in_beside_a_bad_one(client, clerk, send):
    page = send([person(1), person(2, 身份证号=wrong(number(2)))])
    assert "没有导入" in told(client.post(at(page, "import"), follow=True))
    with as_account(clerk):
        assert Member.objects.count() == 0


def test_a_roster_without_a_good_row_offers_no_import_of_nothing(client, clerk, send):
    page = send([person(n, 身份证号=wrong(number(n))) for n in (1, 2)])
    shown = client.get(page)
    assert 'name="partial"' not in text(shown)
    assert at(page, "bad-rows") in text(shown)
    answer = client.post(at(page, "import"), {"partial": "1"}, follow=True)
    assert "没有一行可以导入" in told(answer)
    assert (answer.context["roster"].committed_at, answer.context["step"]) == (None, "correct")


def test_good_rows_go_in_and_the_rest_comes_back_as_a_workbook_that_is_sent_again(client, clerk, send):
    page = send([person(1), person(2, 身份证号=wrong(number(2)))])
    record = client.post(at(page, "import"), {"partial": "1"}, follow=True)
    assert record.context["rest"] == 1
    book = openpyxl.load_workbook(io.BytesIO(client.post(at(page, "bad-rows")).content))
    sheet = book.active
    assert (sheet.max_row, sheet.cell(2, 4).value) == (2, wrong(number(2)))
    sheet.cell(2, 4).value = number(2)
    out = io.BytesIO()
    book.save(out)
    data = {"file": SimpleUploadedFile("更正.xlsx", out.getvalue()), "unit_code": VILLAGE, "force": "joint_defence"}
    rest = client.post(f"{LIST}add/", data)["Location"]
    client.post(at(rest, "import"))
    with as_account(clerk):
        assert set(Member.objects.values_list("name", flat=True)) == {name(1), name(2)}


def test_after_the_import_the_whole_file_is_not_made_of_what_is_left(client, send):
    page = send([person(1), person(2, 身份证号=wrong(number(2)))])
    client.post(at(page, "import"), {"partial": "1"})
    answer = client.post(at(page, "marked"), follow=True)
    assert "请用“下载待更正的行”" in told(answer)
    assert client.post(at(page, "bad-rows"))["Content-Type"].startswith("application/vnd.openxmlformats")


def test_headers_of_two_rows_and_what_was_answered_about_them_hold_for_the_rest(client, send):
    header = ["姓名", "身份证号", "联系方式", "", "喜好"]
    rows = [header, ["", "", "手机", "邮箱", ""]]
    rows += [[name(n), number(n), f"138{n:08d}", f"{n}@example.com", "足球"] for n in (1, 2)]
    rows[3][1] = wrong(number(2))
    book = xlsx({"花名册": rows}, merged={"花名册": ["C1:D1", "A1:A2", "B1:B2", "E1:E2"]})
    data = {"file": SimpleUploadedFile("花名册.xlsx", book), "unit_code": VILLAGE, "force": "joint_defence"}
    page = client.post(f"{LIST}add/", data)["Location"]
    (group,) = client.get(page).context["preview"].questions
    client.post(at(page, "answer"), {f"q-{group.id}": "ignore"})
    client.post(at(page, "import"), {"partial": "1"})
    data["file"] = SimpleUploadedFile("更正.xlsx", client.post(at(page, "bad-rows")).content)
    rest = client.post(f"{LIST}add/", data, follow=True)
    assert rest.context["asked"] == 0
    fields = [header.field for header in rest.context["preview"].sheets()[0].headers]
    assert [bool(field) for field in fields] == [True] * 4 + [False] * 3


def book_of(client, page, step):
    return openpyxl.load_workbook(io.BytesIO(client.post(at(page, step)).content))


def rows_of(sheet):
    return [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]


def test_a_blank_column_in_a_list_does_not_move_the_cells_of_its_bad_rows(client, send):
    header = [*HEADER[:2], None, *HEADER[2:]]
    page = send([person(1, 身份证号=wrong(number(1)))], header)
    (sheet,) = book_of(client, page, "bad-rows").worksheets
    told = dict(zip(*rows_of(sheet)[:2], strict=True))
    assert {key: told[key] for key in ("姓名", "性别", "职务")} == {"姓名": name(1), "性别": "男", "职务": "队员"}


@pytest.fixture
def printed(client):
    """A list as it is printed, with two mistakes: title, date, a header of two rows, sums, signatures, and its page."""
    wide = len(HEADER)
    above = [["东塘第一社区联防队员花名册"], ["填报日期：2014年7月1日"]]
    upper = ["序号", "姓名", "基本情况", None, None, None, "其他", None]
    lower = [None, None, *HEADER[2:]]
    people = [person(1), person(2, 身份证号=wrong(number(2))), person(3), person(4, 姓名=None)]
    rows = [*above, upper, lower, *table(people)[1:], ["合计：4人"], [], ["制表人：陈某", None, None, "审核人：李某"]]
    spans = ["A1:H1", "A2:H2", "A3:A4", "B3:B4", "C3:F3", "G3:H3", "A9:H9"]
    data = {
        "file": SimpleUploadedFile(
            "花名册.xlsx", xlsx({"花名册": rows, "说明": [["每人一行"]]}, merged={"花名册": spans})
        ),
        "unit_code": VILLAGE,
        "force": "joint_defence",
    }
    page = client.post(f"{LIST}add/", data)["Location"]
    return page, [[cell or "" for cell in [*row, *[None] * wide][:wide]] for row in rows], spans


def test_the_whole_file_comes_back_as_it_was_with_its_mistakes_marked(client, printed):
    page, rows, spans = printed
    (sheet,) = book_of(client, page, "marked").worksheets
    found = rows_of(sheet)
    wide = len(HEADER)
    assert [row[:wide] for row in found] == [[str(cell) for cell in row] for row in rows]
    assert found[3][wide:] == ["错误说明", "原行号"]
    assert [row[-1] for row in found] == ["", "", "", "原行号", "5", "6", "7", "8", "", "", ""]
    assert [row[wide].partition("：")[0] for row in found[4:8]] == ["", "基本情况/身份证号", "", "姓名"]
    assert {str(span) for span in sheet.merged_cells.ranges} == set(spans)


def test_the_whole_file_corrected_and_sent_again_is_read_as_the_first(client, clerk, printed):
    page, _rows, _spans = printed
    book = book_of(client, page, "marked")
    book.active["D6"], book.active["B8"] = number(2), name(4)
    out = io.BytesIO()
    book.save(out)
    data = {
        "file": SimpleUploadedFile("更正.xlsx", out.getvalue()), "unit_code": VILLAGE, "force": "joint_defence"
    }  # fmt: skip
    again = client.post(f"{LIST}add/", data)["Location"]
    with as_account(clerk):
        counts = RosterImport.objects.get(pk=batch(again)).counts
    assert (counts["rows"], counts["create"]) == (4, 4)


def test_the_whole_file_comes_back_also_of_a_list_without_a_header(client):
    cells = "\n".join("\t".join(map(str, row)) for row in table([person(1), person(2)])[1:])
    cells = cells.replace(number(2), wrong(number(2)))
    page = client.post(f"{LIST}add/", {"unit_code": VILLAGE, "force": "joint_defence", "pasted": cells})["Location"]
    (sheet,) = book_of(client, page, "marked").worksheets
    header, *people = rows_of(sheet)
    assert header[-2:] == ["错误说明", "原行号"]
    assert [row[1] for row in people] == [name(1), name(2)]


def test_a_row_that_is_left_behind_takes_along_what_the_rows_above_gave_it(visitor, account):
    town = visitor(account("staff", TOWN, username="town"))
    rows = [person(1, 村居="东塘第一社区"), person(2, 村居=None), person(3, 村居="同上")]
    for each in rows[1:]:
        each["身份证号"] = wrong(each["身份证号"])
    book = xlsx({"花名册": table(rows, [*HEADER, "村居"])}, merged={"花名册": ["I2:I3"]})
    data = {"file": SimpleUploadedFile("花名册.xlsx", book), "unit_code": TOWN, "force": "joint_defence"}
    page = town.post(f"{LIST}add/", data)["Location"]

    def villages(step):
        sheet = openpyxl.load_workbook(io.BytesIO(town.post(at(page, step)).content)).active
        return [sheet.cell(row, 9).value for row in range(2, sheet.max_row + 1)]

    assert villages("marked") == ["东塘第一社区"] * 3
    assert villages("bad-rows") == ["东塘第一社区"] * 2
    town.post(at(page, "import"), {"partial": "1"})
    assert villages("bad-rows") == ["东塘第一社区"] * 2


def test_a_roster_that_was_given_up_is_gone_and_cannot_be_imported(client, clerk, send):
    page = send([person(1)])
    client.post(at(page, "drop"))
    assert lines(clerk, page) == {}
    record = client.get(page)
    assert record.context["state"] == "dropped"
    client.post(at(page, "import"))
    client.post(at(page, "answer"), {"q-x": "y"})
    with as_account(clerk):
        assert RosterImport.objects.get().committed_at is None


def test_a_roster_of_the_day_before_yesterday_has_expired(client, clerk):
    with as_account(clerk):
        old = RosterImport.objects.create(
            unit_id=VILLAGE, account=clerk.pk, account_name=clerk.name, file_name="旧.xlsx", sha256="0" * 64, size=1,
            counts={"rows": 1}, sent_at=timezone.now() - timedelta(days=2),
        )  # fmt: skip
    page = f"{LIST}{old.pk}/change/"
    assert client.get(page).context["state"] == "expired"
    for step in ("import", "answer", "drop", "bad-rows", "marked"):
        assert client.post(at(page, step)).status_code == 302
    with as_account(clerk):
        assert RosterImport.objects.get().committed_at is None


# --- undoing ----------------------------------------------------------------------------------------------------------


def test_an_undo_asks_first(client, clerk, send):
    page = send([person(1)])
    client.post(at(page, "import"))
    asked = client.post(at(page, "undo"))
    assert 'name="confirmed"' in text(asked)
    with as_account(clerk):
        assert Member.objects.count() == 1
    assert "收回1行" in told(client.post(at(page, "undo"), {"confirmed": "1"}, follow=True))
    again = client.post(at(page, "undo"), {"confirmed": "1"}, follow=True)
    assert "已经撤销" in told(again)
    assert client.get(page).context["state"] == "undone"


def test_an_undo_names_whose_file_was_changed_since_at_the_time_on_the_wall(client, clerk, send):
    page = send([person(1), person(2)])
    client.post(at(page, "import"))
    with as_account(clerk):
        member = Member.objects.get(name=name(2))
        member.remark = "后来补的"
        member.save()
        then = timezone.localtime(TrailEntry.objects.filter(member=member.pk).latest("id").at)
    answer = client.post(at(page, "undo"), {"confirmed": "1"})
    assert answer.status_code == 409
    assert name(2) in text(answer)
    assert name(1) not in text(answer)
    assert f"{then:%Y-%m-%d %H:%M}" in text(answer)


def test_of_very_many_files_that_were_changed_the_page_counts_all_and_names_all_when_it_is_opened(client, send):
    page = send([person(n) for n in range(1, 204)])
    client.post(at(page, "import"))
    client.post(at(send([person(n, 职务="中队长") for n in range(1, 204)]), "import"))
    refused = client.post(at(page, "undo"), {"confirmed": "1"})
    assert "<details><summary>203份档案</summary>" in text(refused)
    assert len(re.findall(r"/personnel/member/\d+/change/", text(refused))) == 203


def test_imports_are_undone_in_the_order_in_which_they_were_imported_not_sent(client, clerk, send):
    client.post(at(send([person(1)]), "import"))
    sent_first = send([person(1, 职务="中队长", 联系电话=None)])
    sent_second = send([person(1, 职务=None, 联系电话="13900000001")])
    client.post(at(sent_second, "import"))
    client.post(at(sent_first, "import"))
    with as_account(clerk):
        member = Member.objects.get()
        assert (member.phone, member.assignments.get().post) == ("13900000001", "中队长")
    refused = client.post(at(sent_second, "undo"), {"confirmed": "1"})
    assert refused.status_code == 409
    assert [reverse("admin:personnel_rosterimport_change", args=[one.pk]) for one in refused.context["imports"]] == [
        sent_first
    ]
    assert f'<a href="{sent_first}">' in text(refused)
    for page in (sent_first, sent_second):
        client.post(at(page, "undo"), {"confirmed": "1"})
        assert client.get(page).context["state"] == "undone"
    with as_account(clerk):
        member = Member.objects.get()
        assert (member.phone, member.assignments.get().post) == ("13800000001", "队员")


def test_what_was_not_imported_is_not_undone(client, send):
    page = send([person(1)])
    for data in ({}, {"confirmed": "1"}):
        answer = client.post(at(page, "undo"), data, follow=True)
        assert "没有导入" in told(answer)
        assert "将被删去" not in text(answer)


# --- the workbench ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_list_is_due")
def test_what_waits_for_confirmation_stands_on_the_workbench_of_its_sender_alone(client, clerk, send, account, visitor):
    page = send([person(1), person(2)])
    waiting = client.get("/").context["waiting"]
    assert [(row["url"], row["count"]) for row in waiting] == [(page, "2")]
    assert visitor(account("clerk", VILLAGE, username="colleague")).get("/").context["waiting"] == []
    client.post(at(page, "import"))
    assert client.get("/").context["waiting"] == []
    client.post(at(send([person(3)]), "drop"))
    assert client.get("/").context["waiting"] == []


def test_who_may_import_finds_the_way_from_every_page(client, account, visitor):
    link = f'href="{reverse("admin:personnel_rosterimport_changelist")}"'
    assert link in text(client.get("/personnel/card/")).split("</nav>")[0]
    assert f"{LIST}add/" in [action["url"] for action in client.get("/").context["actions"]]
    other = visitor(account("training", username="someone"))
    assert link not in text(other.get("/personnel/card/"))
    assert f"{LIST}add/" not in [action["url"] for action in other.get("/").context["actions"]]


def test_a_page_that_is_looked_at_while_its_roster_is_confirmed_shows_lines_without_cells(clerk, send, client):
    """The lines were read before, their blocks are gone when they are asked for."""
    page = send([person(1), person(2, 身份证号="1")])
    with as_account(clerk):
        StagedBlock.objects.all().delete()
    assert client.get(page).status_code == 200
    assert client.get(at(page, "row", "0/3")).status_code == 200
