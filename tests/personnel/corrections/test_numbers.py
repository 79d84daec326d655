"""A mistyped document number is corrected, and the old one goes on leading to the person."""

from datetime import date

import pytest
from django.urls import reverse

from organization.models import SecurityEvent
from organization.scope import as_account, as_root
from personnel import lookup
from personnel.corrections import numbers
from personnel.models import FormerNumber, Member
from tests.conftest import OTHER_VILLAGE, STATION, VILLAGE
from tests.factories import MemberFactory, id_number, serve
from tests.personnel.corrections.conftest import RIGHT, WRONG


@pytest.fixture
def member(mistyped):
    return mistyped


def page(member):
    return reverse("admin:personnel_member_number", args=[member.pk])


def post(browser, member, number, **more):
    seen = browser.get(page(member)).context["form"].initial["seen"]
    sent = {"document": "resident_id", "id_number": number, "reason": "录入时看错", "seen": seen}
    return browser.post(page(member), sent | more)


def corrected(browser, member, number=RIGHT):
    return post(browser, member, number, confirmed="1")


def test_the_number_is_checked_and_compared_before_anything_is_written(member, clerk, visitor):
    answer = post(visitor(clerk), member, RIGHT)
    correction = answer.context["correction"]
    assert (correction.sex, correction.birth_date) == ("female", date(1980, 5, 13))
    member.refresh_from_db()
    assert member.id_number == WRONG


def test_number_sex_and_birth_date_are_corrected_in_one_step(member, clerk, visitor):
    assert corrected(visitor(clerk), member).status_code == 302
    found = Member.objects.get(pk=member.pk)
    assert (found.id_number, found.sex, found.birth_date) == (RIGHT, "female", date(1980, 5, 13))
    assert found.cards.get().birth_date == date(1980, 5, 13)
    former = FormerNumber.objects.get(member=member)
    assert (former.number, former.reason, former.corrected_by) == (WRONG, "录入时看错", clerk.name)


@pytest.mark.parametrize(
    "number",
    [WRONG, RIGHT[:-1] + ("1" if RIGHT[-1] != "1" else "2"), ""],
    ids=["the same", "a wrong check digit", "nothing"],
)
def test_a_number_that_cannot_be_right_is_refused_in_a_sentence(member, clerk, visitor, number):
    answer = corrected(visitor(clerk), member, number)
    assert answer.status_code == 200
    assert answer.context["form"].errors["id_number"]
    assert Member.objects.get(pk=member.pk).id_number == WRONG


def test_a_number_that_makes_a_child_of_somebody_who_served_is_refused(member, clerk, visitor):
    answer = corrected(visitor(clerk), member, id_number(32, date(2008, 1, 1)))
    assert "18" in str(answer.context["form"].errors["id_number"])


def test_a_number_that_is_registered_here_leads_to_a_comparison_of_the_files(member, clerk, visitor):
    other = MemberFactory(name="梁试他", id_number=RIGHT, sex="female", birth_date=date(1980, 5, 13))
    answer = corrected(visitor(clerk), member)
    assert reverse("admin:personnel_filemerge_compare", args=[other.pk, member.pk]) in answer.content.decode()


def test_a_number_that_another_unit_registered_gets_the_neutral_answer_and_is_counted(member, clerk, visitor):
    with as_root("test"):
        MemberFactory(name="别处甲", unit_id=OTHER_VILLAGE, id_number=RIGHT, birth_date=date(1980, 5, 13), sex="female")
    answer = corrected(visitor(clerk), member)
    assert str(lookup.ELSEWHERE) in str(answer.context["form"].errors["id_number"])
    assert "别处" not in answer.content.decode()
    assert Member.objects.get(pk=member.pk).id_number == WRONG


def test_numbers_are_not_tried_without_end(member, clerk, visitor, account):
    with as_root("test"):
        for n in range(21):
            MemberFactory(unit_id=OTHER_VILLAGE, id_number=id_number(n, date(1981, 1, 1)), birth_date=date(1981, 1, 1))
    browser = visitor(clerk)
    answers = [corrected(browser, member, id_number(n, date(1981, 1, 1))) for n in range(21)]
    assert str(lookup.ELSEWHERE) in str(answers[19].context["form"].errors)
    assert str(lookup.USED_UP) in str(answers[20].context["form"].errors)
    with as_account(account("auditor")):
        assert SecurityEvent.objects.filter(kind="lookup", detail__elsewhere=True).count() == 20


def test_looking_does_not_ask_other_units(member, clerk, visitor):
    with as_root("test"):
        MemberFactory(unit_id=OTHER_VILLAGE, id_number=RIGHT, birth_date=date(1980, 5, 13), sex="female")
    assert post(visitor(clerk), member, RIGHT).context["correction"]


def test_the_old_number_finds_the_person_with_the_day_of_the_correction(member, clerk, visitor):
    browser = visitor(clerk)
    corrected(browser, member)
    answer = browser.post(reverse("admin:personnel_member_find"), {"q": WRONG}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("admin:personnel_member_change", args=[member.pk])
    assert any("梁试改" in str(message) for message in answer.context["messages"])


def test_who_is_entered_under_the_old_number_again_is_recognised(member, clerk, visitor):
    with as_account(clerk):
        numbers.correct(member, numbers.judged(member, "resident_id", RIGHT, date(2014, 7, 1)), "看错", clerk)
        assert numbers.namesake_before(WRONG, "梁试改").member == member
        assert numbers.namesake_before(WRONG, "真主人") is None


def test_correcting_back_drops_the_old_number_and_keeps_the_wrong_one(member, clerk, visitor):
    browser = visitor(clerk)
    corrected(browser, member)
    former = FormerNumber.objects.get()
    shown = browser.post(page(member), {"document": "resident_id", "again": former.pk, "reason": "改回"})
    assert shown.context["correction"].number == WRONG
    corrected(browser, member, WRONG)
    found = Member.objects.get(pk=member.pk)
    assert (found.id_number, found.birth_date, found.sex) == (WRONG, date(1980, 3, 15), "male")
    assert [each.number for each in FormerNumber.objects.standing()] == [RIGHT]


def test_an_office_that_sees_numbers_masked_does_not_read_a_former_one_on_the_way_back(root, officer, visitor):
    patrol = MemberFactory(name="梁试巡", id_number=WRONG, birth_date=date(1980, 3, 15))
    serve(patrol, force="patrol")
    browser = visitor(officer)
    corrected(browser, patrol)
    former = FormerNumber.objects.get()
    sent = {"document": "resident_id", "again": former.pk, "reason": "改回"}
    sent["seen"] = browser.get(page(patrol)).context["form"].initial["seen"]
    assert WRONG not in browser.post(page(patrol), sent).content.decode()
    assert browser.post(page(patrol), sent | {"confirmed": "1"}).status_code == 302
    assert Member.objects.get(pk=patrol.pk).id_number == WRONG


def test_pressing_the_button_twice_corrects_once(member, clerk, visitor):
    browser = visitor(clerk)
    seen = browser.get(page(member)).context["form"].initial["seen"]
    sent = {"document": "resident_id", "id_number": RIGHT, "reason": "看错", "seen": seen, "confirmed": "1"}
    browser.post(page(member), sent)
    assert browser.post(page(member), sent).status_code == 200
    assert FormerNumber.objects.count() == 1


def test_somebody_who_saw_an_older_file_is_told(member, clerk, visitor):
    answer = post(visitor(clerk), member, RIGHT, seen="1", confirmed="1")
    assert answer.context["form"].non_field_errors()
    assert Member.objects.get(pk=member.pk).id_number == WRONG


@pytest.mark.parametrize(
    ("role", "unit", "status"),
    [("clerk", VILLAGE, 200), ("clerk", OTHER_VILLAGE, 404), ("hr", STATION, 404), ("governance", None, 403)],
)
def test_three_people_and_the_page(member, account, visitor, role, unit, status):
    somebody = account(role, unit) if unit else account(role)
    assert visitor(somebody).get(page(member)).status_code == status


def test_the_form_of_the_file_does_not_change_the_number(member, clerk, visitor):
    answer = visitor(clerk).get(reverse("admin:personnel_member_change", args=[member.pk]))
    fields = answer.context["adminform"].form.fields
    assert not {"id_number", "sex", "birth_date"} & set(fields)
    assert page(member) in answer.content.decode()
