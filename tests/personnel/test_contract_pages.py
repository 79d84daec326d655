"""The pages of contracts: the list, one contract, many at once; for the district, the own town, a stranger."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization.models import SecurityEvent
from organization.scope import as_account, as_root
from personnel.models import Contract
from tests.conftest import OTHER_VILLAGE, TOWN, VILLAGE
from tests.personnel.contracting import DAY, TODAY, body, contract, worker

LIST = "/personnel/contract/"


@pytest.fixture
def employer(db):
    return body()


@pytest.fixture
def ending(employer):
    return [contract(worker(employer, name=f"哨兵{n}"), employer, last=TODAY + timedelta(days=n)) for n in range(3)]


def filled(page):
    """What a preview hands back."""
    context = page.context
    return {"key": context["keys"], "seen": context["seen"], "carry_out": "1", **dict(context["sent"])}


TERMS = {"kind": "", "term": "1", "third": "leave"}
END = {"last_day": f"{TODAY - DAY}", "reason": "agreed", "note": "街道撤并"}


# --- who sees what ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [
    LIST, f"{LIST}renew/", f"{LIST}calendar/", f"{LIST}signed/", f"{LIST}sign/", f"{LIST}rosters/", f"{LIST}end/",
    "/dashboards/contracts/", "/dashboards/lists/contracts-required/",
])  # fmt: skip
def test_a_stranger_reads_no_name_of_the_village(ending, clerk, stranger, account, officer, visitor, page):
    with as_root("test"):
        Contract.objects.update(signed_on=None)
    answer = visitor(stranger).get(page)
    assert answer.status_code == 200
    assert "哨兵" not in answer.content.decode()
    if page == LIST:
        for who in (clerk, officer, account("staff", TOWN)):
            assert "哨兵" in visitor(who).get(page).content.decode()


@pytest.mark.parametrize("role", ["training", "sysadmin", "secadmin", "auditor"])
def test_who_has_nothing_to_do_with_contracts_is_refused(ending, account, visitor, role):
    browser = visitor(account(role, is_demo=True))
    for page in (LIST, f"{LIST}renew/", f"{LIST}sign/", f"{LIST}signed/", f"{LIST}end/", "/dashboards/contracts/"):
        assert browser.get(page).status_code == 403
        assert browser.post(page, {"key": [ending[0].pk], **TERMS}).status_code == 403


@pytest.mark.parametrize("role", ["finance", "governance"])
def test_who_only_reads_contracts_writes_none(ending, account, visitor, role):
    browser = visitor(account(role, is_demo=True))
    assert browser.get(LIST).status_code == 200
    assert browser.get("/dashboards/contracts/").context["works"] == []
    assert browser.post(f"{LIST}renew/", {"key": [ending[0].pk], **TERMS, "carry_out": "1"}).status_code == 403
    assert browser.get(f"{LIST}add/").status_code == 403
    assert b'name="_save"' not in browser.get(f"{LIST}{ending[0].pk}/change/").content


def test_another_office_reads_and_does_not_change(ending, officer, visitor):
    answer = visitor(officer).get(f"{LIST}{ending[0].pk}/change/")
    assert answer.status_code == 200
    assert b'name="_save"' not in answer.content


def test_a_contract_elsewhere_is_as_good_as_missing(ending, stranger, visitor):
    browser = visitor(stranger)
    one, other = (browser.get(f"{LIST}{pk}/change/") for pk in (ending[0].pk, 987654321))
    assert (one.status_code, one.url) == (other.status_code, other.url) == (302, "/")


# --- one contract -----------------------------------------------------------------------------------------------------


def form(member, employer, /, **fields):
    given = {
        "member": member.pk, "kind": "fixed", "number": "", "starts_on": "2025-01-01", "last_day": "2025-12-31",
        "signed_on": "2025-01-01", "employer": employer.pk, "recruiter": "", "using_unit": "", "ended_on": "",
        "ending": "", "ending_note": "",
    }  # fmt: skip
    return given | fields


def errors(answer):
    return set(answer.context["adminform"].form.errors)


def test_a_contract_is_entered_by_its_last_day(employer, clerk, visitor):
    member = worker(employer)
    page = visitor(clerk).get(f"{LIST}add/?member={member.pk}")
    assert page.context["adminform"].form.initial["employer"] == employer.pk
    assert visitor(clerk).post(f"{LIST}add/", form(member, employer)).status_code == 302
    with as_root("test"):
        made = Contract.objects.get()
        assert (f"{made.ends_on}", made.unit_id) == ("2026-01-01", VILLAGE)
    answer = visitor(clerk).get(f"/personnel/member/{member.pk}/change/")
    assert [one.pk for one in answer.context["contracts"]] == [made.pk]
    assert visitor(clerk).get(f"{LIST}{made.pk}/change/").context["adminform"].form["last_day"].value() == made.last_day


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"last_day": "2024-12-31"}, "last_day"),
        ({"last_day": ""}, "__all__"),
        ({"kind": "open_ended"}, "__all__"),
        ({"signed_on": f"{TODAY + DAY}"}, "signed_on"),
        ({"starts_on": "0001-01-01"}, "starts_on"),
        ({"last_day": "9999-12-31"}, "last_day"),
        ({"ended_on": "2025-06-01"}, "__all__"),
        ({"ending": "agreed", "ended_on": "2027-06-01"}, "__all__"),
        ({"member": "987654321"}, "member"),
        ({"employer": ""}, "employer"),
        ({"starts_on": "2025-13-01"}, "starts_on"),
        ({"number": "哨\0"}, "number"),
    ],
)
def test_what_cannot_be_is_said_in_the_form(employer, clerk, visitor, fields, field):
    answer = visitor(clerk).post(f"{LIST}add/", form(worker(employer), employer, **fields))
    assert answer.status_code == 200
    assert field in errors(answer)
    with as_root("test"):
        assert not Contract.objects.exists()


def test_a_second_one_on_the_same_days_is_refused_in_the_form(employer, clerk, visitor):
    member = worker(employer)
    browser = visitor(clerk)
    assert browser.post(f"{LIST}add/", form(member, employer)).status_code == 302
    answer = browser.post(f"{LIST}add/", form(member, employer, starts_on="2025-06-01", last_day="2026-05-31"))
    assert answer.status_code == 200
    assert errors(answer) == {"__all__"}


def test_a_clerk_writes_no_contract_of_another_offices_people(employer, clerk, visitor):
    member = worker(employer, force="auxiliary")
    answer = visitor(clerk).post(f"{LIST}add/", form(member, employer))
    assert errors(answer) == {"member"}


def test_a_mistake_is_marked_and_the_contract_written_anew(ending, employer, clerk, visitor):
    old = ending[0]
    fields = form(old.member, employer, starts_on=f"{old.starts_on}", last_day=f"{old.last_day}", ending="mistake")
    browser = visitor(clerk)
    assert browser.post(f"{LIST}{old.pk}/change/", fields).status_code == 302
    again = fields | {"ending": "", "signed_on": ""}
    assert browser.post(f"{LIST}add/", again).status_code == 302
    with as_root("test"):
        assert Contract.objects.filter(member=old.member).meant().count() == 1


def test_a_hidden_employer_is_kept_when_the_rest_is_changed(clerk, visitor):
    far = body("远处试用公司", unit_id=OTHER_VILLAGE)
    made = contract(worker(far), far)
    fields = form(made.member, far, starts_on=f"{made.starts_on}", last_day=f"{made.last_day}", number="2025-1")
    assert visitor(clerk).post(f"{LIST}{made.pk}/change/", fields).status_code == 302
    with as_root("test"):
        made.refresh_from_db()
        assert (made.number, made.employer_id) == ("2025-1", far.pk)


# --- many at once -----------------------------------------------------------------------------------------------------


def test_contracts_are_chosen_in_the_list_previewed_and_renewed(ending, clerk, visitor):
    browser = visitor(clerk)
    asked = {"action": "renew", "_selected_action": [one.pk for one in ending[:2]]}
    chosen = browser.post(f"{LIST}?standing=ending-30", asked)
    assert [line.key for line in chosen.context["lines"]] == [one.pk for one in ending[:2]]
    seen = browser.post(f"{LIST}renew/?standing=ending-30", {"key": [one.pk for one in ending[:2]], **TERMS})
    assert len(seen.context["rows"]) == 2
    with as_root("test"):
        assert Contract.objects.count() == 3
    done = browser.post(f"{LIST}renew/?standing=ending-30", filled(seen))
    assert done.url == f"{LIST}?standing=ending-30"
    with as_root("test"):
        assert Contract.objects.count() == 5
    again = browser.post(f"{LIST}renew/?standing=ending-30", filled(seen))
    assert again.status_code == 200
    assert len(again.context["skipped"]) == 2


def test_all_that_the_filter_leaves_can_be_renewed(ending, clerk, visitor):
    browser = visitor(clerk)
    asked = {"action": "renew", "_selected_action": [ending[0].pk], "select_across": "1"}
    assert len(browser.post(LIST, asked).context["lines"]) == 3
    assert len(browser.get(f"{LIST}renew/?standing=ending-30").context["lines"]) == 3
    assert len(browser.get(f"{LIST}renew/?standing=ending-90").context["lines"]) == 0


@pytest.mark.parametrize("work", ["renew", "calendar", "sign", "rosters", "signed", "end"])
@pytest.mark.parametrize("sent", [
    {}, {"key": ["x", "-1", "1" * 30]}, {"key": [987654321]}, {"term": "day", "last_day": ""}, {"last_day": "x"},
    {"kind": "handshake"}, {"third": "x"}, {"signed_on": "9999-12-31"}, {"starts_on": "0001-01-01"},
    {"employer": "无此公司"}, {"carry_out": "1"}, {"carry_out": "1", "seen": "\0"}, {"day": "9999-01-01"},
    {"reason": "mistake"}, {"reason": "x"}, {"note": "字" * 200},
])  # fmt: skip
def test_no_input_is_a_fault_and_none_writes(ending, clerk, visitor, work, sent):
    given = {
        "key": [ending[0].member_id if work in ("sign", "rosters") else ending[0].pk], "kind": "fixed", "term": "1",
        "third": "keep", "last_day": "2099-12-31", "starts_on": f"{TODAY}", "day": "x",
        "reason": "agreed",
    }  # fmt: skip
    answer = visitor(clerk).post(f"{LIST}{work}/", given | sent)
    assert answer.status_code == 200
    with as_root("test"):
        assert Contract.objects.count() == 3


def test_a_stranger_can_neither_preview_nor_write(ending, stranger, visitor):
    browser = visitor(stranger)
    seen = browser.post(f"{LIST}renew/", {"key": [one.pk for one in ending], **TERMS})
    assert "哨兵" not in seen.content.decode()
    browser.post(f"{LIST}renew/", filled(seen))
    browser.post(f"{LIST}signed/", {"key": [one.pk for one in ending], "day": f"{TODAY}"})
    seen = browser.post(f"{LIST}end/", {"key": [one.pk for one in ending], **END})
    assert "哨兵" not in seen.content.decode()
    browser.post(f"{LIST}end/", filled(seen))
    with as_root("test"):
        assert Contract.objects.filter(ended_on=None).count() == 3


def test_the_calendar_says_on_how_many_days_contracts_end_afterwards(ending, clerk, visitor):
    sent = {"key": [one.pk for one in ending], "last_day": f"{TODAY + timedelta(days=100)}", "term": "0", "kind": ""}
    seen = visitor(clerk).post(f"{LIST}calendar/", sent | {"third": "leave"})
    assert seen.context["ends"] == 1
    assert visitor(clerk).post(f"{LIST}calendar/", filled(seen)).status_code == 302
    with as_root("test"):
        assert len({one.ends_on for one in Contract.objects.coming(TODAY)}) == 1


def test_the_day_of_signing_is_entered_for_many(ending, clerk, visitor):
    with as_root("test"):
        Contract.objects.update(signed_on=None)
    browser = visitor(clerk)
    assert len(browser.get(f"{LIST}signed/").context["lines"]) == 3
    sent = {"key": [one.pk for one in ending], "day": f"{TODAY}"}
    assert browser.post(f"{LIST}signed/", sent).status_code == 302
    with as_root("test"):
        assert Contract.objects.filter(signed_on=TODAY).count() == 3


def test_first_contracts_are_written_for_those_without(employer, clerk, visitor):
    worker(employer)
    browser = visitor(clerk)
    (line,) = browser.get(f"{LIST}sign/").context["lines"]
    sent = {"key": [line.key], "kind": "fixed", "term": "2", "starts_on": f"{TODAY}", "third": "leave", "employer": ""}
    seen = browser.post(f"{LIST}sign/", sent)
    assert browser.post(f"{LIST}sign/", filled(seen)).status_code == 302
    assert not browser.get(f"{LIST}sign/").context["lines"]


def test_contracts_are_chosen_in_the_list_previewed_and_ended(ending, clerk, visitor):
    browser, keys = visitor(clerk), [one.pk for one in ending[:2]]
    chosen = browser.post(LIST, {"action": "end", "_selected_action": keys})
    assert [line.key for line in chosen.context["lines"]] == keys
    seen = browser.post(f"{LIST}end/", {"key": keys, **END})
    assert len(seen.context["rows"]) == 2
    with as_root("test"):
        assert not Contract.objects.exclude(ended_on=None).exists()
    assert browser.post(f"{LIST}end/", filled(seen)).status_code == 302
    again = browser.post(f"{LIST}end/", filled(seen))
    assert (again.status_code, len(again.context["skipped"])) == (200, 2)
    with as_root("test"):
        ended = Contract.objects.filter(pk__in=keys).values_list("ended_on", "ending", "ending_note")
        assert set(ended) == {(TODAY, "agreed", "街道撤并")}


def test_the_board_leads_to_the_contracts_of_those_who_have_left(ending, employer, clerk, visitor):
    with as_root("test"):
        ending[0].member.assignments.update(ended_on=TODAY, ending="resigned")
    browser = visitor(clerk)
    (url,) = [work["url"] for work in board(browser)["works"] if "/end/" in work["url"]]
    assert [line.key for line in browser.get(url).context["lines"]] == [ending[0].pk]


def test_the_number_of_questions_of_list_and_preview_does_not_grow(ending, employer, clerk, visitor):
    browser = visitor(clerk)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            browser.get(f"{LIST}?standing=ending-30")
            with as_root("test"):
                keys = list(Contract.objects.values_list("pk", flat=True))
            browser.post(f"{LIST}renew/", {"key": keys, **TERMS})
        return len(captured)

    few = queries()
    for n in range(5):
        contract(worker(employer, name=f"丙{n}试用"), employer)
    assert queries() == few


# --- the board --------------------------------------------------------------------------------------------------------


def board(browser, query=""):
    return browser.get(f"/dashboards/contracts/{query}").context


def opened(answer):
    return answer.context["cl"].result_count if "cl" in answer.context else answer.context["page"].paginator.count


def test_every_number_of_the_board_opens_as_many_rows_as_it_says(ending, employer, officer, account, visitor):
    late = worker(employer, name="晚试用")
    contract(late, employer, TODAY - timedelta(days=100), TODAY + timedelta(days=100), signed=False)
    contract(worker(employer, name="过试用"), employer, last=TODAY - DAY)
    worker(employer, name="无试用", unit_id=OTHER_VILLAGE)
    worker(employer, name="缺试用")
    browser = visitor(officer)
    context = board(browser)
    cells = [cell for row in (*context["table"]["rows"], context["table"]["total"]) for cell in row["cells"]]
    told = [(each["url"], int(each.get("value") or each.get("count"))) for each in (*cells, *context["warnings"])
            if each.get("url")]  # fmt: skip
    assert len(told) > 10
    for url, count in told:
        assert (url, opened(browser.get(url))) == (url, count)
    total = [int(cell["value"]) for cell in context["table"]["total"]["cells"]]
    assert total == [7, 3, 3, 0, 0, 0, 1, 1, 2]
    town = board(visitor(account("staff", TOWN)))["table"]["rows"]
    assert [row["cells"][0]["value"] for row in town] == ["6"]
    clerks = [int(cell["value"]) for cell in board(visitor(account("clerk", VILLAGE)))["table"]["total"]["cells"]]
    assert clerks == [6, 3, 3, 0, 0, 0, 1, 1, 1]


def test_the_board_is_exported_and_the_export_is_on_record(ending, clerk, account, visitor):
    answer = visitor(clerk).post("/dashboards/contracts/")
    assert answer.status_code == 200
    assert answer["Content-Type"].endswith("sheet")
    with as_account(account("auditor")):
        event = SecurityEvent.objects.filter(kind="export").get()
        assert (event.actor, event.detail["rows"], event.detail["layout"]) == (clerk.pk, 3, "contracts")


@pytest.mark.parametrize("query", ["?on=x", "?force=x", "?unit=440199100201", "?on=9999-12-31", "?standing=x"])
def test_odd_questions_are_answered(ending, clerk, visitor, query):
    assert visitor(clerk).get(f"/dashboards/contracts/{query}").status_code in (200, 404)
    assert visitor(clerk).get(f"{LIST}{query}").status_code in (200, 302)


def test_files_kept_by_the_town_itself_are_a_row_with_lists_of_its_own(ending, employer, account, visitor):
    own = worker(employer, name="镇试用", unit_id=TOWN)
    contract(own, employer, last=TODAY + DAY)
    worker(employer, name="缺试用", unit_id=TOWN)
    browser = visitor(account("staff", TOWN))
    right, _village = board(browser)["table"]["rows"]
    assert [cell["value"] for cell in right["cells"]][:3] == ["2", "1", "1"]
    for cell in right["cells"]:
        if cell["url"]:
            assert (cell["url"], opened(browser.get(cell["url"]))) == (cell["url"], int(cell["value"]))
