"""The pages of a transfer: one side asks and learns the answer, the other sees who asks and decides."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from organization.models import SecurityEvent
from organization.scope import as_account, as_root
from personnel.models import Assignment, Member, TransferConsent, TransferRequest
from personnel.transfers import asking, deciding, lapsing
from tests.conftest import DISTRICT, OTHER_TOWN, OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, id_number, serve
from tests.personnel.transfers.test_walls import ask, decide
from tests.security.sending import said

TODAY = timezone.localdate()
ASKING, DECIDING = "/personnel/transferrequest/", "/personnel/transferconsent/"
WANTED = {
    "document": "resident_id", "id_number": id_number(9), "name": "李大同", "unit_code": str(VILLAGE),
    "force": "joint_defence", "sponsor": "village", "kind": "move", "share": "50", "post": "",
}  # fmt: skip


@pytest.fixture
def wanted(root):
    member = MemberFactory(name="李大同", id_number=id_number(9), unit_id=OTHER_VILLAGE, unit=None)
    serve(member, since="2013-01-01")
    return member


def send(browser, **changed):
    return browser.post(f"{ASKING}add/", WANTED | changed, follow=True)


def answer(browser, pk, decision="agreed", reason=""):
    return browser.post(f"{DECIDING}{pk}/decide/", {"decision": decision, "reason": reason}, follow=True)


def question():
    with as_root("test"):
        return TransferConsent.objects.latest("pk")


# --- asking ----------------------------------------------------------------------------------------------------------


def test_the_answer_to_asking_is_the_same_whether_or_not_somebody_fits(wanted, clerk, visitor):
    browser = visitor(clerk)
    told = set()
    for number, name in ((id_number(9), "李大同"), (id_number(9), "李大异"), (id_number(10), "李大合")):
        with as_account(clerk):
            TransferRequest.objects.open().update(answer="withdrawn", answered_on=TODAY)
        page = send(browser, id_number=number, name=name)
        messages = tuple(map(str, page.context["messages"]))
        (row,) = [row for row in page.context["cl"].result_list if row.name == name]
        told.add(
            (page.status_code, messages, row.answer, said(browser.get(f"{ASKING}{row.pk}/change/")).replace(name, "N"))
        )
    assert len(told) == 1
    with as_root("test"):
        assert TransferConsent.objects.count() == 1


def test_number_and_name_are_read_as_in_any_other_form(wanted, clerk, visitor):
    typed = f" {id_number(9)[:6]} {id_number(9)[6:].lower()}"
    send(visitor(clerk), id_number=typed, name=" 李 大 同 ")
    assert question().member_id == wanted.pk


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"id_number": id_number(9)[:17]}, "id_number"),
        ({"name": "李2"}, "name"),
        ({"force": "patrol"}, "force"),
        ({"sponsor": ""}, "sponsor"),
        ({"kind": "second", "share": "100"}, "share"),
        ({"kind": "second", "share": ""}, "share"),
        ({"unit_code": str(OTHER_VILLAGE)}, "unit_code"),
        ({"post": "岗" * 41}, "post"),
    ],
)
def test_what_is_typed_wrongly_is_said_beside_its_field_and_nothing_is_sent(wanted, clerk, visitor, changed, field):
    page = send(visitor(clerk), **changed)
    assert page.status_code == 200
    assert field in page.context["form"].errors
    with as_root("test"):
        assert not TransferRequest.objects.exists()


def test_the_same_person_is_asked_for_once_until_there_is_an_answer(wanted, clerk, visitor):
    browser = visitor(clerk)
    send(browser)
    page = send(browser)
    assert page.context["form"].non_field_errors()
    with as_root("test"):
        assert TransferRequest.objects.count() == 1


def test_a_button_pressed_twice_sends_one_request_and_complains_of_nothing(wanted, clerk, visitor):
    browser = visitor(clerk)
    key = re.search(r'name="_draft" value="([^"]+)"', browser.get(f"{ASKING}add/").content.decode())[1]
    first, second = (browser.post(f"{ASKING}add/", WANTED | {"_draft": key}) for _press in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"] == ASKING
    with as_account(clerk):
        assert TransferRequest.objects.count() == 1


def test_ones_own_people_are_not_asked_for(root, clerk, visitor):
    MemberFactory(name="李大同", id_number=id_number(9))
    page = send(visitor(clerk))
    assert page.context["form"].non_field_errors() == [str(asking.OWN)]


def test_twenty_requests_an_hour_are_enough_and_each_is_logged(wanted, clerk, visitor):
    browser = visitor(clerk)
    for serial in range(100, 100 + asking.AN_HOUR):
        assert "form" not in (send(browser, id_number=id_number(serial)).context or {})
    page = send(browser)
    assert page.context["form"].non_field_errors() == [str(asking.USED_UP)]
    with as_root("test", duty="auditor"):
        logged = SecurityEvent.objects.filter(kind="lookup", actor=clerk.pk)
        assert logged.count() == asking.AN_HOUR
        assert all(set(event.detail) == {"transfer_request"} for event in logged)


def test_an_open_request_is_withdrawn_once_and_by_post(wanted, clerk, visitor):
    browser = visitor(clerk)
    sent = ask(clerk)
    address = f"{ASKING}{sent.pk}/withdraw/"
    assert browser.get(address).status_code == 405
    for _ in range(2):
        browser.post(address)
    with as_root("test"):
        assert TransferRequest.objects.get().answer == "withdrawn"
        assert TransferConsent.objects.get().decision == "withdrawn"


# --- deciding --------------------------------------------------------------------------------------------------------


def test_the_keeping_side_sees_who_asks_and_what_agreeing_does(wanted, clerk, stranger, visitor):
    ask(clerk, post="巡逻岗")
    page = visitor(stranger).get(f"{DECIDING}{question().pk}/change/")
    text = said(page)
    assert all(word in text for word in ("李大同", "东塘街道东塘第一社区", "西陂村", "巡逻岗", "2013-01-01"))
    assert page.context["effect"].moves
    assert page.context["may_decide"]


def test_agreeing_moves_the_person_and_both_sides_see_it(wanted, clerk, stranger, visitor):
    sent = ask(clerk)
    page = answer(visitor(stranger), question().pk)
    assert page.status_code == 200
    assert "李大同" in said(page)
    with as_account(clerk):
        assert Member.objects.get().pk == wanted.pk
    for address in (f"{ASKING}{sent.pk}/change/", ASKING):
        assert "agreed" in said(visitor(clerk).get(address)) or "同意" in said(visitor(clerk).get(address))


def test_deciding_twice_changes_nothing(wanted, clerk, stranger, visitor):
    ask(clerk)
    browser, pk = visitor(stranger), question().pk
    answer(browser, pk)
    again = answer(browser, pk)
    assert [str(message) for message in again.context["messages"]] == [str(deciding.DECIDED)]
    answer(browser, pk, "refused", "改口")
    with as_root("test"):
        assert TransferConsent.objects.get().decision == "agreed"
        assert Assignment.objects.count() == 2


def test_a_refusal_needs_a_reason_which_the_asker_does_not_see(wanted, clerk, stranger, visitor):
    sent = ask(clerk)
    browser, pk = visitor(stranger), question().pk
    answer(browser, pk, "refused", "  ")
    assert question().decision == ""
    answer(browser, pk, "refused", "本村人手不足")
    assert question().decision == "refused"
    asker = visitor(clerk)
    pages = [asker.get(f"{ASKING}{sent.pk}/{page}/") for page in ("change", "history")] + [asker.get(ASKING)]
    assert "本村人手不足" not in " ".join(map(said, pages))
    assert "西陂" not in " ".join(map(said, pages))


def test_a_share_over_full_time_is_said_before_and_when_agreeing(wanted, clerk, stranger, visitor):
    ask(clerk, share=40)
    browser, pk = visitor(stranger), question().pk
    page = browser.get(f"{DECIDING}{pk}/change/")
    (obstacle,) = page.context["effect"].obstacles
    assert obstacle.code == "more_than_full_time"
    assert str(obstacle) in said(page)
    assert str(obstacle) in said(answer(browser, pk))
    assert question().decision == ""


def test_a_full_time_service_that_the_decider_does_not_see_is_said_by_the_database(root, clerk, stranger, visitor):
    member = MemberFactory(name="李大同", id_number=id_number(9), unit_id=OTHER_VILLAGE, unit=None)
    serve(member, since="2013-01-01", unit_id=SECOND_VILLAGE, unit=None)
    ask(clerk, share=40)
    page = answer(visitor(stranger), question().pk)
    assert page.status_code == 200
    assert question().decision == ""


def test_a_service_of_today_ends_tomorrow_at_the_earliest(root, clerk, stranger, visitor):
    member = MemberFactory(name="李大同", id_number=id_number(9), unit_id=OTHER_VILLAGE, unit=None)
    serve(member, since=TODAY.isoformat())
    ask(clerk)
    page = answer(visitor(stranger), question().pk)
    assert [obstacle.code for obstacle in page.context["effect"].obstacles] == ["too_young"]


@pytest.mark.parametrize(
    ("role", "unit", "status"),
    [("governance", DISTRICT, 200), ("staff", OTHER_TOWN, 200), ("clerk", SECOND_VILLAGE, 404), ("staff", TOWN, 404),
     ("finance", DISTRICT, 403)],
)  # fmt: skip
def test_a_superior_decides_another_town_finds_nothing(wanted, clerk, account, visitor, role, unit, status):
    ask(clerk)
    found = answer(visitor(account(role, unit, is_demo=True)), question().pk)
    assert found.status_code == status
    assert question().decision == ("agreed" if status == 200 else "")


def test_the_personnel_office_sees_a_village_guards_request_but_does_not_decide_it(wanted, clerk, account, visitor):
    ask(clerk)
    page = answer(visitor(account("hr", is_demo=True)), question().pk)
    assert not page.context["may_decide"]
    assert question().decision == ""


# --- lapsing ---------------------------------------------------------------------------------------------------------


def asked_days_ago(asker, day):
    """As if asked on that day: the office's own commands have no actor, so the database lets them write it."""
    with as_root("test"):
        return TransferRequest.objects.create(
            unit_id=VILLAGE, name="李大同", id_digest=Member.objects.get().id_digest, force="joint_defence",
            sponsor="village", share=100, asked_by=asker.pk, asked_on=day,
        )  # fmt: skip


def test_a_request_lapses_on_both_sides_when_nobody_answers(wanted, clerk, stranger):
    day = lapsing.working_days.latest_over(TODAY, lapsing.WORKING_DAYS)
    asked_days_ago(clerk, day)
    call_command("tick")
    call_command("tick")
    with as_account(clerk):
        found = TransferRequest.objects.get()
        assert (found.answer, found.answered_on) == ("lapsed", TODAY)
    with as_account(stranger):
        assert TransferConsent.objects.get().decision == "lapsed"


def test_a_request_whose_time_is_not_up_stays_open(wanted, clerk):
    day = lapsing.working_days.latest_over(TODAY, lapsing.WORKING_DAYS) + timedelta(days=1)
    asked_days_ago(clerk, day)
    call_command("tick")
    with as_account(clerk):
        assert TransferRequest.objects.get().answer == ""


def test_nobody_agrees_after_the_time_is_up_though_the_clock_was_late(wanted, clerk, stranger, visitor):
    asked_days_ago(clerk, TODAY - timedelta(days=60))
    answer(visitor(stranger), question().pk)
    assert question().decision == ""


# --- lists -----------------------------------------------------------------------------------------------------------


def test_the_lists_ask_as_much_of_the_database_with_ten_requests_as_with_one(root, clerk, stranger, visitor):
    def wish(serial):
        member = MemberFactory(name="李大同", id_number=id_number(serial), unit_id=OTHER_VILLAGE, unit=None)
        serve(member)
        ask(clerk, number=id_number(serial))

    def queries(browser, address):
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address).status_code == 200
        return len(captured)

    pages = [(visitor(clerk), ASKING), (visitor(stranger), f"{DECIDING}?standing=mine"), (visitor(stranger), "/")]
    wish(100)
    few = [queries(*page) for page in pages]
    for serial in range(101, 111):
        wish(serial)
    assert [queries(*page) for page in pages] == few


def test_a_decided_question_stays_in_the_list_when_the_person_is_gone(wanted, clerk, stranger, visitor):
    ask(clerk)
    decide(stranger)
    page = visitor(stranger).get(DECIDING)
    assert "李大同" in said(page)
    assert visitor(stranger).get(f"{DECIDING}{question().pk}/change/").status_code == 200


@pytest.mark.usefixtures("no_list_is_due")
def test_the_workbench_tells_the_keeping_side_of_the_question_and_the_asker_of_the_answer(
    wanted, clerk, stranger, visitor
):
    def told(account):
        return {row["url"] for row in visitor(account).get("/").context["waiting"]}

    ask(clerk)
    assert f"{DECIDING}?standing=mine" in told(stranger)
    assert not told(clerk)
    decide(stranger, "refused", reason="不同意")
    assert not told(stranger)
    assert f"{ASKING}?standing=lately" in told(clerk)
