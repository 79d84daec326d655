"""Nothing typed is lost on the pages that correct files: the way back, a missing reason, a second press."""

import pytest
from django.urls import reverse

from personnel.models import DifferentPeople, FormerNumber
from tests.factories import MemberFactory, serve
from tests.personnel.corrections.conftest import RIGHT
from tests.personnel.test_typed_work import AT_ONCE, key_in, ticked_in


@pytest.fixture
def member(mistyped):
    return mistyped


def typed(page):
    seen = page.context["form"].initial["seen"]
    sent = {"document": "resident_id", "id_number": RIGHT, "reason": "录入时看错", "seen": seen}
    return sent | {"_draft": key_in(page)}


def test_the_way_back_from_the_comparison_keeps_number_and_reason(member, clerk, visitor):
    browser, address = visitor(clerk), reverse("admin:personnel_member_number", args=[member.pk])
    preview = browser.post(address, typed(browser.get(address)))
    assert preview.context["correction"]
    again = browser.post(address, {"_draft": key_in(preview), "back": "1"})
    assert again.context["correction"] is None
    assert f'value="{RIGHT}"' in again.content.decode()
    assert 'value="录入时看错"' in again.content.decode()


def test_the_way_back_shows_no_former_number_to_who_did_not_type_it(member, clerk, visitor):
    browser, address = visitor(clerk), reverse("admin:personnel_member_number", args=[member.pk])
    browser.post(address, typed(browser.get(address)) | {"confirmed": "1"})
    former = FormerNumber.objects.get()
    sent = {"document": "resident_id", "again": former.pk, "reason": "改回"}
    assert browser.post(address, sent | {"back": "1"}).status_code == 302


def test_a_number_corrected_by_a_button_pressed_twice_is_told_to_be_corrected(member, clerk, visitor):
    browser, address = visitor(clerk), reverse("admin:personnel_member_number", args=[member.pk])
    sent = typed(browser.get(address)) | {"confirmed": "1"}
    assert browser.post(address, sent).status_code == 302
    assert AT_ONCE in browser.post(address, sent, follow=True).content.decode()


def test_two_people_without_a_reason_keep_what_was_chosen(root, staff, visitor):
    pair = [MemberFactory(name="何试并") for _ in range(2)]
    for each in pair:
        serve(each)
    keys = [each.pk for each in pair]
    compare, apart = (reverse(f"admin:personnel_filemerge_{page}", args=keys) for page in ("compare", "apart"))
    browser = visitor(staff)
    sent = {"_draft": key_in(browser.get(compare)), "reason": "", "field-address": "absorbed"}
    again = browser.post(apart, sent)
    assert again.status_code == 200
    assert again.context["form"].errors["reason"]
    assert again.context["chosen"] <= {"address"}
    assert ticked_in(again, "service") == set()
    assert f'data-page="{compare}"' in again.content.decode()
    assert f'action="{compare}"' in again.content.decode()
    sent["reason"] = "同名不同人"
    assert browser.post(apart, sent).status_code == 302
    assert AT_ONCE in browser.post(apart, sent, follow=True).content.decode()
    assert DifferentPeople.objects.count() == 1
