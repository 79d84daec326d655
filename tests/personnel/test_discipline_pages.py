"""Discipline cases in the browser's eyes: recorded from the file, decided by two, and what is wrong is said."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext

from organization.models import Unit
from organization.scope import as_account, as_root
from personnel.models import Assignment, DisciplineCase, Member
from tests.conftest import SECOND_VILLAGE, STATION, TOWN, VILLAGE
from tests.factories import serve
from tests.personnel.disciplining import SUMMARY, TODAY, days_ago, decided, propose, record, somebody

LIST, ADD = "/personnel/disciplinecase/", "/personnel/disciplinecase/add/"
FACTS = {
    "occurred_on": days_ago(9).isoformat(), "reported_on": days_ago(8).isoformat(), "category": "conduct",
    "source": "complaint", "summary": SUMMARY,
}  # fmt: skip
DECISION = {"decided_on": TODAY.isoformat(), "outcome": "warning", "document": "试纪〔2026〕2号"}


@pytest.fixture
def office(account):
    return account("governance", username="office")


@pytest.fixture
def member(db):
    return somebody()[0]


def page(case, what="change"):
    return f"{LIST}{case.pk}/{what}/"


def cases(account):
    with as_account(account):
        return list(DisciplineCase.objects.order_by("pk"))


def test_hr_records_a_case_and_another_account_confirms_the_decision(member, officer, office, visitor):
    browser = visitor(officer)
    file = browser.get(f"/personnel/member/{member.pk}/change/").content.decode()
    assert f"{ADD}?member={member.pk}" in file
    answer = browser.post(f"{ADD}?member={member.pk}", FACTS)
    (case,) = cases(officer)
    assert (answer["Location"], case.unit_id, case.force) == (page(case), VILLAGE, "joint_defence")
    assert browser.post(page(case, "decide"), DECISION)["Location"] == page(case)
    shown = browser.get(page(case))
    assert page(case, "confirm") not in shown.content.decode()
    theirs = visitor(office)
    told = theirs.get(page(case)).content.decode()
    assert SUMMARY in told
    assert page(case, "confirm") in told
    seen = cases(officer)[0].proposed_at.isoformat()
    theirs.post(page(case, "confirm"), {"seen": seen})
    assert cases(officer)[0].confirmed_by == office.pk


def test_a_page_that_is_sent_twice_records_one_case(member, officer, visitor):
    key = "6a5d7e5e-1111-4222-8333-444455556666"
    for _press in range(2):
        answer = visitor(officer).post(f"{ADD}?member={member.pk}", FACTS | {"_draft": key})
        assert answer.status_code == 302
    assert len(cases(officer)) == 1


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("occurred_on", ""), ("occurred_on", "yesterday"), ("occurred_on", "2999-01-01"), ("occurred_on", "0001-01-01"),
        ("occurred_on", "2001-05-01"), ("reported_on", days_ago(10).isoformat()), ("category", "crime"),
        ("source", ""), ("summary", ""), ("summary", "字" * 501), ("summary", "\0"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_the_form_and_nothing_is_recorded(member, officer, visitor, field, wrong):
    answer = visitor(officer).post(f"{ADD}?member={member.pk}", FACTS | {field: wrong})
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert cases(officer) == []


@pytest.mark.parametrize(
    "asked", ["", "?member=", "?member=x", "?member=999999999999999999", "?member=99999999999999999999"]
)
def test_without_a_person_one_is_led_to_the_people(db, officer, visitor, asked):
    assert urlsplit(visitor(officer).get(ADD + asked)["Location"]).path == "/personnel/card/"


def test_where_somebody_served_twice_the_form_asks_which_place_it_was(officer, visitor):
    member, _one = somebody(share=60)
    with as_root("test"):
        other = serve(member, share=40, share_from=60, unit=Unit.objects.get(pk=SECOND_VILLAGE))
    browser = visitor(officer)
    asked = browser.post(f"{ADD}?member={member.pk}", FACTS)
    assert "service" in asked.context["form"].errors
    assert "东塘第二社区" in asked.content.decode()
    for wrong in ("0", "x", "9" * 30):
        assert browser.post(f"{ADD}?member={member.pk}", FACTS | {"service": wrong}).status_code == 200
    browser.post(f"{ADD}?member={member.pk}", FACTS | {"service": other.pk})
    assert [case.unit_id for case in cases(officer)] == [SECOND_VILLAGE]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("decided_on", ""), ("decided_on", "2999-01-01"), ("decided_on", days_ago(11).isoformat()), ("outcome", ""),
        ("outcome", "shot"), ("document", ""), ("document", "字" * 61),
    ],
)  # fmt: skip
def test_what_is_no_decision_is_said_in_the_form(member, officer, visitor, field, wrong):
    case = record(officer, member)
    answer = visitor(officer).post(page(case, "decide"), DECISION | {field: wrong})
    assert (answer.status_code, cases(officer)[0].proposed_at) == (200, None)
    assert field in answer.context["form"].errors


@pytest.mark.parametrize("step", ["confirm", "send_back", "withdrawn", "keep"])
@pytest.mark.parametrize("seen", ["", "x", "2014-99-99T00:00:00", "2014-01-01T00:00:00+00:00"])
def test_a_step_that_is_not_next_is_refused_with_a_sentence(member, officer, office, visitor, step, seen):
    case = record(officer, member)
    answer = visitor(office).post(page(case, step), {"seen": seen}, follow=True)
    assert answer.status_code == 200
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    found = cases(officer)[0]
    assert (found.confirmed_at, found.withdrawn_at) == (None, None)


def test_a_proposal_that_was_changed_meanwhile_is_not_confirmed(member, officer, office, visitor):
    seen = propose(record(officer, member), officer).proposed_at.isoformat()
    case = cases(officer)[0]
    answer = visitor(office).post(page(case, "confirm"), {"seen": seen.replace("20", "19", 1)}, follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert cases(officer)[0].confirmed_at is None


def test_ones_own_proposal_is_refused_with_a_sentence(member, officer, visitor):
    case = propose(record(officer, member), officer)
    answer = visitor(officer).post(page(case, "confirm"), {"seen": case.proposed_at.isoformat()}, follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


def test_a_case_is_withdrawn_by_two(member, officer, office, visitor):
    case = record(officer, member)
    assert "reason" in visitor(officer).post(page(case, "ask"), {"reason": " "}).context["form"].errors
    visitor(officer).post(page(case, "ask"), {"reason": "记错了人"})
    shown = visitor(office).get(page(case)).content.decode()
    seen = cases(officer)[0].withdrawal_asked_at.isoformat()
    assert f'name="seen" value="{seen}"' in shown
    visitor(office).post(page(case, "withdrawn"), {"seen": seen})
    assert cases(officer)[0].withdrawn_by == office.pk


def test_a_form_that_is_no_use_any_more_leads_back_to_the_case(member, officer, office, visitor):
    case = decided(record(officer, member), officer, office)
    browser = visitor(officer)
    assert [browser.get(page(case, what)).status_code for what in ("facts", "decide", "ask")] == [302, 302, 200]
    answer = browser.post(page(case, "decide"), DECISION)
    assert (answer.status_code, bool(answer.context["form"].errors)) == (200, True)


def test_facts_are_corrected_on_a_page_of_their_own(member, officer, office, visitor):
    case = record(officer, member)
    assert visitor(office).get(page(case, "facts")).status_code == 403
    visitor(officer).post(page(case, "facts"), FACTS | {"summary": "试用情节之二"})
    assert cases(officer)[0].summary == "试用情节之二"


@pytest.mark.parametrize(("what", "sent"), [("facts", FACTS), ("decide", DECISION), ("ask", {"reason": "记错了人"})])
def test_who_writes_beside_somebody_else_is_told_first_and_saves_knowing_it(
    member, officer, account, visitor, what, sent
):
    case = record(officer, member)
    browser = visitor(officer)
    seen = {"_seen": browser.get(page(case, what)).context["version"]}
    visitor(account("hr", username="second")).post(page(case, "facts"), FACTS | {"category": "corruption"})
    told = browser.post(page(case, what), sent | seen)
    assert "second" in str(told.context["form"].non_field_errors())
    assert (cases(officer)[0].category, cases(officer)[0].proposed_at) == ("corruption", None)
    assert browser.post(page(case, what), sent | {"_seen": told.context["version"]}).status_code == 302


def test_the_list_leads_whoever_records_to_the_people_and_nobody_else(db, officer, office, visitor):
    assert f'href="{ADD}"' in visitor(officer).get(LIST).content.decode()
    assert ADD not in visitor(office).get(LIST).content.decode()
    told = visitor(officer).get(ADD, follow=True)
    assert told.request["PATH_INFO"] == "/personnel/card/"
    assert len(told.context["messages"]) == 1


def test_no_label_of_a_decision_takes_its_words_from_elsewhere(member, officer, visitor):
    """An identity document has a number, too, and a merger is proposed: both are called otherwise in Chinese."""
    with translation.override("zh-hans"):
        elsewhere = {gettext("document number"), gettext("Propose")}
        label = str(DisciplineCase._meta.get_field("document").verbose_name)
    shown = visitor(officer).get(page(record(officer, member), "decide")).content.decode()
    assert label not in elsewhere
    assert not [word for word in elsewhere if f">{word}<" in shown or f'value="{word}"' in shown]


def test_a_dismissal_leads_to_the_end_of_the_service_with_its_reason_filled_in(officer, office, visitor):
    member, service = somebody(force="auxiliary")
    case = decided(record(officer, member), officer, office, "dismissed")
    browser = visitor(officer)
    told = browser.get(page(case)).context["to_end"]
    ((ended, address),) = told
    assert ended == service
    form = browser.get(address).context["inline_admin_formsets"][0].formset.forms[0]
    assert (form["ending"].value(), form["ending_note"].value()) == ("dismissed", case.document)
    assert form["ended_on"].value() == case.decided_on
    assert parse_qs(urlsplit(address).query)["end"] == [str(service.pk)]
    with as_root("test"):
        assert Assignment.objects.get().ended_on is None
    assert [where for _service, where in visitor(office).get(page(case)).context["to_end"]] == [""]


def test_a_dismissal_that_is_only_proposed_ends_no_service_yet(officer, office, visitor):
    member, _service = somebody(force="auxiliary")
    case = decided(record(officer, member), officer, office, "dismissal")
    assert visitor(officer).get(page(case)).context["to_end"] == []


def test_no_address_leads_to_a_file_that_is_kept_out_of_sight(account, visitor):
    member, _service = somebody(unit=STATION, force="auxiliary")
    first, second = (account("hr", STATION, username=name) for name in ("first", "second"))
    case = decided(record(first, member), first, second, "dismissed")
    assert [bool(where) for _service, where in visitor(first).get(page(case)).context["to_end"]] == [True]
    with as_root("test"):
        Member.objects.filter(pk=member.pk).update(unit_id=VILLAGE)
    shown = visitor(first).get(page(case))
    assert [where for _service, where in shown.context["to_end"]] == [""]
    assert f"/personnel/member/{member.pk}/" not in shown.content.decode()


@pytest.mark.parametrize(
    "asked", ["end=x", "end=1&ended_on=x", "end=999999999999999999999", "end=1&ended_on=2014-99-99"]
)
def test_an_address_that_ends_nothing_opens_the_file_all_the_same(member, officer, visitor, asked):
    assert visitor(officer).get(f"/personnel/member/{member.pk}/change/?{asked}").status_code == 200


@pytest.mark.parametrize(("role", "unit"), [("clerk", VILLAGE), ("staff", TOWN), ("finance", None), ("training", None)])
def test_no_page_of_another_role_says_a_word_of_a_case(member, officer, account, visitor, role, unit):
    case = decided(record(officer, member), officer, account("governance"))
    browser = visitor(account(role, unit) if unit else account(role))
    assert {browser.get(page(case, what)).status_code for what in ("change", "facts", "decide", "history")} == {403}
    assert browser.post(page(case, "confirm")).status_code == 403
    file, address = browser.get(f"/personnel/member/{member.pk}/change/"), f"/personnel/member/{member.pk}/history/"
    for answer in (file, browser.get(address)):
        assert answer.status_code == 200
        assert "discipline" not in answer.content.decode()
        assert case.document not in answer.content.decode()


def test_another_station_gets_a_case_like_one_that_is_not_there(member, officer, account, visitor):
    case = record(officer, member)
    browser = visitor(account("hr", 440199_901_000))
    for what in ("decide", "facts", "ask", "confirm"):
        assert browser.get(page(case, what)).status_code == browser.get(f"{LIST}987654321/{what}/").status_code == 404


def test_the_list_is_searched_by_name_and_narrowed(member, officer, office, visitor):
    decided(record(officer, member), officer, office)
    record(officer, somebody("霍试乙", force="patrol", unit=440199_100_000)[0], occurred=50, reported=45)
    browser = visitor(office)

    def found(query):
        return browser.get(f"{LIST}?{query}").context["cl"].result_count

    assert [found(query) for query in ("", "q=苏试", "q=huo", "q=%E6%97%A0", "q=%20")] == [2, 1, 1, 0, 2]
    assert [found(query) for query in ("standing=overdue", "standing=mine", "force=patrol", "force=professional")] == [
        1, 0, 1, 2,
    ]  # fmt: skip
    assert [found(query) for query in (f"inside={TOWN}", f"year={TODAY.year}", "year=x", "outcome=warning")][0::3] == [
        1, 1,
    ]  # fmt: skip
    assert found("year=²⁰²⁶") == found("year=0000") == 2


def test_the_list_takes_the_same_queries_for_ten_times_the_cases(officer, visitor):
    browser, asked = visitor(officer), []
    for people in (1, 10):
        for n in range(people):
            record(officer, somebody(f"苏试{people}{n}")[0])
        with CaptureQueriesContext(connection) as queries:
            browser.get(LIST)
        asked.append(len(queries))
    assert asked[0] == asked[1] < 30
