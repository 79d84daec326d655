"""The pages of entries: each role sees its step, says what is wrong beside its field, and does nothing twice."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext

from organization.models import SecurityEvent
from organization.scope import as_account, as_root
from personnel.entries import proposing
from personnel.models import Assignment, BackgroundCheck, Entry, Member
from tests.conftest import OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, id_number, serve
from tests.personnel.entries.test_workflow import BORN, CLEARED, NUMBER, TODAY, check, proposed, seen

LISTED = "/personnel/entry/"
TYPED = {
    "document": "resident_id", "id_number": NUMBER, "name": "梁试入", "phone": "13912345678", "education": "71",
    "unit": str(VILLAGE), "force": "joint_defence", "sponsor": "village", "post": "", "starts_on": TODAY.isoformat(),
    "way": "open", "reason": "", "exception": "", "sex": "", "birth_date": "",
}  # fmt: skip
CHECKED = {"checked_on": TODAY.isoformat(), "office": "东塘派出所", "outcome": "cleared", "document": "审字7号"}


def page(entry):
    return f"{LISTED}{entry.pk}/change/"


def send(browser, **changed):
    return browser.post(f"{LISTED}add/", TYPED | changed)


def step(browser, entry, name, **typed):
    return browser.post(f"{LISTED}{entry.pk}/{name}/", typed, follow=True)


def text(answer):
    return answer.content.decode()


# --- proposing --------------------------------------------------------------------------------------------------------


def test_a_clerk_proposes_and_sees_how_far_it_is(clerk, visitor):
    browser = visitor(clerk)
    answer = browser.post(f"{LISTED}add/", TYPED, follow=True)
    with as_account(clerk):
        entry = Entry.objects.get()
    assert answer.redirect_chain == [(page(entry), 302)]
    assert (entry.sex, entry.birth_date, entry.id_number) == ("male", BORN, NUMBER)
    assert NUMBER in text(answer)
    assert "梁试入" in text(browser.get(LISTED))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"id_number": NUMBER[:17]}, "id_number"),
        ({"name": "梁2"}, "name"),
        ({"sex": "female"}, "sex"),
        ({"phone": "12"}, "phone"),
        ({"force": "patrol"}, "force"),
        ({"sponsor": ""}, "sponsor"),
        ({"unit": str(OTHER_VILLAGE)}, "unit"),
        ({"starts_on": (TODAY - timedelta(1)).isoformat()}, "starts_on"),
        ({"starts_on": (TODAY + timedelta(61)).isoformat()}, "starts_on"),
        ({"way": "x"}, "way"),
        ({"document": "passport", "id_number": "E12345678"}, "birth_date"),
        ({"post": "岗" * 41}, "post"),
    ],
)
def test_what_is_typed_wrongly_is_said_beside_its_field_and_nothing_is_kept(clerk, visitor, changed, field):
    answer = send(visitor(clerk), **changed)
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    with as_root("test"):
        assert not Entry.objects.exists()


def test_a_namesake_born_the_same_day_is_asked_about(clerk, visitor):
    with as_root("test"):
        serve(MemberFactory(name="梁试入", birth_date=BORN, id_number=id_number(9, BORN)))
    browser = visitor(clerk)
    assert "name" in send(browser).context["form"].errors
    assert send(browser, is_another_person="on").status_code == 302


def test_who_serves_elsewhere_is_named_a_transfer_and_no_place(clerk, visitor):
    with as_root("test"):
        serve(MemberFactory(name="梁试入", birth_date=BORN, id_number=NUMBER, unit_id=SECOND_VILLAGE, unit=None))
    answer = send(visitor(clerk))
    assert answer.context["form"].errors["id_number"] == [str(proposing.lookup.ELSEWHERE)]
    assert "第二社区" not in text(answer)
    with as_root("test", duty="auditor"):
        assert SecurityEvent.objects.filter(kind="lookup", actor=clerk.pk).count() == 1


def test_a_button_pressed_twice_proposes_once(clerk, visitor):
    browser = visitor(clerk)
    key = re.search(r'name="_draft" value="([^"]+)"', text(browser.get(f"{LISTED}add/")))[1]
    first, second = (browser.post(f"{LISTED}add/", TYPED | {"_draft": key}) for _press in range(2))
    assert first["Location"] == second["Location"]
    with as_root("test"):
        assert Entry.objects.count() == 1


# --- checking and deciding --------------------------------------------------------------------------------------------


def test_the_office_checks_approves_and_the_clerk_finds_the_person(clerk, officer, visitor):
    entry, office = proposed(clerk), visitor(officer)
    assert text(office.get(page(entry))).count("/approve/") == 0
    step(office, entry, "check", **CHECKED)
    assert "/approve/" in text(office.get(page(entry)))
    answer = step(office, entry, "approve")
    assert seen(entry).decision == "approved"
    assert "/approve/" not in text(answer)
    assert "梁试入" in text(visitor(clerk).get("/personnel/card/"))
    assert f"/personnel/member/{seen(entry).member_id}/change/" in text(visitor(clerk).get(page(entry)))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"checked_on": (TODAY + timedelta(1)).isoformat()}, "checked_on"),
        ({"checked_on": "0204-01-01"}, "checked_on"),
        ({"outcome": "maybe"}, "outcome"),
        ({"office": ""}, "office"),
        ({"document": ""}, "document"),
    ],
)
def test_a_check_that_cannot_be_is_not_recorded(clerk, officer, visitor, changed, field):
    entry = proposed(clerk)
    answer = step(visitor(officer), entry, "check", **CHECKED | changed)
    assert field in answer.context["check_form"].errors
    with as_account(officer):
        assert not BackgroundCheck.objects.exists()


def test_approving_twice_takes_in_once_and_says_so(clerk, officer, visitor):
    entry, office = proposed(clerk), visitor(officer)
    check(officer, entry)
    step(office, entry, "approve")
    answer = step(office, entry, "approve")
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    with as_root("test"):
        assert (Member.objects.count(), Assignment.objects.count()) == (1, 1)


def test_a_check_whose_button_is_pressed_twice_is_recorded_once(clerk, officer, visitor):
    entry, browser = proposed(clerk), visitor(officer)
    form = text(browser.get(page(entry))).partition(f"{LISTED}{entry.pk}/check/")[2]
    opened = dict(re.findall(r'name="(_draft|_who|_page)" value="([^"]+)"', form))
    for _ in range(2):
        answer = step(browser, entry, "check", **CHECKED | opened)
        assert answer.redirect_chain == [(page(entry), 302)]
    with as_account(officer):
        assert BackgroundCheck.objects.count() == 1


def test_declining_needs_a_reason_that_the_unit_reads(clerk, officer, visitor):
    entry, office = proposed(clerk), visitor(officer)
    assert "reason" in step(office, entry, "decline").context["answer_form"].errors
    step(office, entry, "decline", reason="名额已满")
    assert "名额已满" in text(visitor(clerk).get(page(entry)))


AWAITS_CHECK = (
    "The personnel office checks the person, then somebody else decides. Nothing is to be done here until then."
)
AWAITS_WORD = "Somebody else decides. Nothing is to be done here until then."
TO_BE_CHECKED = "Record the background check above; then somebody else decides."
FORGOTTEN = "What is known of the person here is erased thirty days after the decision."


def test_who_proposed_is_told_what_comes_next(clerk, officer, visitor):
    def says(account, entry, sentence):
        return gettext(sentence) in text(visitor(account).get(page(entry)))

    joining, helping = proposed(clerk), proposed(clerk, force="volunteer", sponsor="", number=id_number(9, BORN))
    mine = proposed(officer, force="patrol", sponsor="", number=id_number(10, BORN))
    assert says(clerk, joining, AWAITS_CHECK)
    assert says(clerk, helping, AWAITS_WORD)
    assert says(officer, mine, TO_BE_CHECKED)
    check(officer, mine)
    assert says(officer, mine, AWAITS_WORD)
    step(visitor(clerk), helping, "withdraw")
    assert says(clerk, helping, FORGOTTEN)


def test_only_who_proposed_withdraws(clerk, account, visitor):
    entry = proposed(clerk)
    other = account("clerk", VILLAGE)
    assert step(visitor(other), entry, "withdraw").status_code == 403
    step(visitor(clerk), entry, "withdraw")
    assert seen(entry).decision == "withdrawn"


@pytest.mark.parametrize("name", ["check", "approve", "decline", "withdraw"])
def test_looking_changes_nothing_and_leads_to_the_page_with_the_button(clerk, officer, visitor, name):
    """As the login does, for whom the session ended before the button was pressed."""
    entry = proposed(clerk)
    who = clerk if name == "withdraw" else officer
    assert visitor(who).get(f"{LISTED}{entry.pk}/{name}/").headers["Location"] == page(entry)
    assert seen(entry).decision == ""


def test_the_number_is_masked_for_the_office_and_revealed_with_a_reason_on_record(clerk, officer, visitor):
    entry, office = proposed(clerk), visitor(officer)
    assert NUMBER not in text(office.get(page(entry)))
    address = f"{LISTED}{entry.pk}/reveal/"
    assert NUMBER not in text(office.post(address, {"reason": ""}))
    assert NUMBER in text(office.post(address, {"reason": "送派出所审查"}))
    with as_root("test", duty="auditor"):
        event = SecurityEvent.objects.get(kind="reveal")
        assert (event.reason, event.detail) == ("送派出所审查", {"field": "id_number", "entry": entry.pk})


# --- three people -----------------------------------------------------------------------------------------------------


def test_the_district_sees_all_a_town_its_own_a_stranger_nothing(clerk, officer, stranger, account, visitor):
    entry = proposed(clerk)
    town = account("staff", TOWN)
    told = {who: "梁试入" in text(visitor(who).get(LISTED)) for who in (officer, town, clerk, stranger)}
    assert told == {officer: True, town: True, clerk: True, stranger: False}
    missing = visitor(stranger).get(f"{LISTED}{entry.pk + 1}/change/")
    hidden = visitor(stranger).get(page(entry))
    assert (missing.status_code, missing["Location"]) == (hidden.status_code, hidden["Location"])
    assert step(visitor(stranger), entry, "withdraw").status_code == 404


# --- work that waits --------------------------------------------------------------------------------------------------


def waiting(browser):
    return {row["url"]: row["count"] for row in browser.get("/").context["waiting"]}


def test_the_workbench_says_what_waits_for_whom(clerk, officer, second_officer, governance, visitor):
    proposed(clerk)
    ready = proposed(clerk, number=id_number(8, BORN), name="梁试二")
    check(officer, ready)
    ours = proposed(officer, force="patrol", sponsor="", number=id_number(9, BORN), name="梁试三")
    check(officer, ours)
    mine, unchecked = (f"{LISTED}?standing={each}" for each in ("mine", "unchecked"))
    told = waiting(visitor(officer))
    assert (told[mine], told[unchecked]) == ("1", "1")
    assert waiting(visitor(second_officer))[mine] == "2"
    assert waiting(visitor(governance)).get(mine) == "1"
    for browser, address, count in ((visitor(officer), mine, 1), (visitor(officer), unchecked, 1)):
        assert browser.get(address).context["cl"].result_count == count


def test_a_list_of_ten_times_as_many_entries_asks_no_more_questions(clerk, officer, visitor):
    office, counts = visitor(officer), []
    for most in (2, 20):
        while True:
            with as_account(clerk):
                n = Entry.objects.count()
            if n == most:
                break
            check(officer, proposed(clerk, number=id_number(20 + n, BORN), name="梁试名"))
        office.get(LISTED)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            office.get(LISTED)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_page_of_an_entry_asks_few_questions(clerk, officer, visitor):
    entry, office = proposed(clerk), visitor(officer)
    check(officer, entry, CLEARED)
    office.get(page(entry))
    with CaptureQueriesContext(connection) as asked:
        office.get(page(entry))
    assert len(asked) == 21
