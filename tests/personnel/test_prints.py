"""People on paper: who gets what, in which pages, and that every print is on record."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from organization.models import SecurityEvent, Unit
from organization.scope import as_account, as_root
from personnel.exports import export as exports
from personnel.photos import keeping
from personnel.prints import paper
from tests.conftest import OTHER_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, id_number, serve

PRINT = "/personnel/card/print/"
ON = "on=2014-07-01"
NUMBER, PHONE = id_number(7, date(1980, 3, 15)), "13800001234"
ROSTER, CARDS = {"what": "roster"}, {"what": "cards"}


@pytest.fixture
def people(root):
    """Two people of the village, one of another town."""
    kept = MemberFactory(name="李在岗", birth_date=date(1980, 3, 15), id_number=NUMBER, phone=PHONE)
    serve(kept, post="队长", badge="穗0001")
    serve(MemberFactory(name="陈保安"), force="guard")
    serve(MemberFactory(name="哨兵员", unit=Unit.objects.get(code=OTHER_VILLAGE)))
    keeping.keep({kept.pk: b"\xff\xd8\xff picture"})
    return kept


@pytest.fixture
def prints(account):
    auditor = account("auditor", username="auditor")

    def read():
        with as_account(auditor):
            return [(e.username, e.reason, e.detail) for e in SecurityEvent.objects.filter(kind="export")]

    return read


def text(answer):
    return answer.content.decode()


def told(answer):
    """The words of the table cells."""
    return re.findall(r"<td><div>([^<]*)</div></td>", text(answer))


def test_the_list_leads_to_the_page_with_its_conditions(people, visitor, clerk):
    page = text(visitor(clerk).get(f"/personnel/card/?{ON}"))
    assert f'href="{PRINT}?{ON}"' in page


def test_a_roster_has_the_people_of_the_list_and_room_for_the_stamp(people, visitor, clerk, prints):
    answer = visitor(clerk).post(f"{PRINT}?{ON}", ROSTER)
    page = text(answer)
    assert {"李在岗", "陈保安", NUMBER, PHONE, "队长"} <= set(told(answer))
    assert "东塘第一社区群防群治队伍花名册" in page
    assert all(word in page for word in ("2014年7月1日", "合计：2人", "第1页　共1页", "（单位盖章）", "单位负责人："))
    assert "哨兵" not in page
    ((who, _reason, detail),) = prints()
    assert (who, detail["layout"], detail["format"], detail["rows"], detail["numbers"]) == (
        "clerk", "roster", "paper", 2, "plain",
    )  # fmt: skip


def test_a_title_of_ones_own_is_printed(people, visitor, clerk):
    page = text(visitor(clerk).post(f"{PRINT}?{ON}", ROSTER | {"title": "<b>值守名单</b>"}))
    assert "<h1>&lt;b&gt;值守名单&lt;/b&gt;</h1>" in page


def test_conditions_of_the_address_narrow_the_roster(people, visitor, clerk):
    answer = visitor(clerk).post(f"{PRINT}?{ON}&force=guard", ROSTER)
    assert "陈保安" in told(answer)
    assert "李在岗" not in told(answer)
    assert "用工主体" in text(answer)


@pytest.mark.parametrize("query", [f"unit={OTHER_VILLAGE}", "unit=440199000000", "status=all", "ids=1,2,3,4,5,6,7,8,9"])
@pytest.mark.parametrize("what", [ROSTER, CARDS])
def test_a_forged_address_prints_nobody_of_another_town(people, visitor, clerk, query, what):
    assert "哨兵" not in text(visitor(clerk).post(f"{PRINT}?{ON}&{query}", what))


def test_numbers_are_masked_for_those_who_keep_no_files(people, visitor, account, prints):
    answer = visitor(account("governance")).post(f"{PRINT}?{ON}&unit={VILLAGE}", ROSTER)
    assert NUMBER[:6] + "*" * 12 in told(answer)
    assert NUMBER not in text(answer)
    assert PHONE not in text(answer)
    assert prints()[0][2]["numbers"] == "masked"


def test_full_numbers_need_the_right_and_a_reason(people, visitor, account, officer, prints):
    full = ROSTER | {"full": "on"}
    assert visitor(account("governance")).post(f"{PRINT}?{ON}", full | {"reason": "核对"}).status_code == 403
    browser = visitor(officer)
    answer = browser.post(f"{PRINT}?{ON}", full)
    assert "reason" in answer.context["form"].errors
    assert prints() == []
    assert NUMBER in told(browser.post(f"{PRINT}?{ON}", full | {"reason": "核对证件"}))
    assert prints()[0][1] == "核对证件"


def test_plain_numbers_of_many_need_a_reason(people, visitor, clerk, prints, monkeypatch):
    monkeypatch.setattr(exports, "MOST_WITHOUT_REASON", 1)
    assert "reason" in visitor(clerk).post(f"{PRINT}?{ON}", ROSTER).context["form"].errors
    assert prints() == []


@pytest.mark.parametrize("what", [ROSTER, CARDS])
def test_too_many_and_nobody_are_said_and_not_printed(people, visitor, clerk, prints, monkeypatch, what):
    browser = visitor(clerk)
    assert browser.post(f"{PRINT}?on=2001-01-01", what).context["form"].errors
    monkeypatch.setattr(paper, "MOST_ROWS", 1)
    monkeypatch.setattr(paper, "MOST_CARDS", 1)
    assert browser.post(f"{PRINT}?{ON}", what).context["form"].errors
    assert prints() == []


def test_a_work_card_has_face_name_unit_post_and_badge_but_no_number(people, visitor, clerk, prints):
    page = text(visitor(clerk).post(f"{PRINT}?{ON}", CARDS))
    assert f'src="/personnel/member/{people.pk}/photo/"' in page
    assert page.count('class="work-card"') == 2
    assert page.count('class="no-photo"') == 1
    assert all(
        word in page for word in ("工作证", "穗安区", "李在岗", "东塘街道东塘第一社区", "队长", "穗0001", "（盖章）")
    )
    assert NUMBER[:10] not in page
    assert prints()[0][2]["layout"] == "work_cards"


def test_the_page_of_a_person_leads_to_the_card_of_that_person(people, visitor, clerk):
    browser = visitor(clerk)
    assert f'href="{PRINT}?ids={people.pk}&amp;what=cards"' in text(
        browser.get(f"/personnel/member/{people.pk}/change/")
    )
    answer = browser.get(f"{PRINT}?ids={people.pk}&what=cards")
    assert answer.context["form"]["what"].initial == "cards"
    assert text(browser.post(f"{PRINT}?ids={people.pk}", CARDS)).count('class="work-card"') == 1


def test_a_print_of_one_person_is_found_under_that_person(people, visitor, clerk, account):
    """So that the auditor, who asks who looked at somebody, does not miss the card that was printed alone."""
    visitor(clerk).post(f"{PRINT}?{ON}&ids={people.pk}", CARDS)
    visitor(clerk).post(f"{PRINT}?{ON}", CARDS)
    with as_account(account("auditor", username="auditor")):
        assert list(SecurityEvent.objects.filter(kind="export", member=people.pk).values_list("detail__rows")) == [(1,)]
        assert SecurityEvent.objects.filter(kind="export", member=None).count() == 1


def test_cards_are_for_those_who_see_photos(people, visitor, account):
    browser = visitor(account("training"))
    assert "cards" not in text(browser.get(PRINT))
    assert browser.post(f"{PRINT}?{ON}", CARDS).context["form"].errors
    assert browser.post(f"{PRINT}?{ON}", ROSTER).status_code == 200


@pytest.mark.parametrize("role", ["sysadmin", "secadmin", "auditor"])
def test_administrators_print_nobody(people, visitor, account, role):
    browser = visitor(account(role))
    assert browser.get(PRINT).status_code == browser.post(PRINT, ROSTER).status_code == 403


def test_to_look_at_the_page_is_no_print(people, visitor, clerk, prints):
    assert visitor(clerk).get(PRINT).status_code == 200
    assert prints() == []


@pytest.mark.parametrize("what", [ROSTER, CARDS])
def test_a_print_takes_as_many_queries_for_many_as_for_few(root, visitor, account, what):
    browser = visitor(account("staff", TOWN))

    def queries(more):
        with as_root("test"):
            for member in MemberFactory.create_batch(more):
                serve(member)
        with CaptureQueriesContext(connection) as captured:
            assert browser.post(PRINT, what | {"title": "x"}).status_code == 200
        return len(captured)

    assert queries(2) == queries(40)


@given(st.integers(0, 200))
def test_pages_hold_every_row_once_in_order_and_leave_room_to_sign(count):
    pages = paper.paged(range(count))
    assert [row for page in pages for row in page] == list(range(count))
    assert all(len(page) <= (paper.NEXT_PAGE if number else paper.FIRST_PAGE) for number, page in enumerate(pages))
    assert len(pages[-1]) <= (paper.FIRST_PAGE if len(pages) == 1 else paper.NEXT_PAGE) - paper.SIGNATURES
    assert count == 0 or all(pages)
