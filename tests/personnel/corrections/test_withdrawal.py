"""A person entered by mistake leaves every list, figure, export and search, and can be brought back."""

import pytest
from django.urls import reverse
from django.utils import timezone

from organization import belonging
from organization.models import TrailEntry
from organization.scope import as_account, as_root
from personnel import figures, lookup
from personnel.corrections import withdrawal
from personnel.models import (
    Appointment,
    Card,
    DocumentSighting,
    EmergencyContact,
    Member,
    NoticeGiven,
    Photo,
    TransferConsent,
    WithdrawnFile,
)
from personnel.people import Selection
from personnel.photos import keeping
from tests.conftest import OTHER_VILLAGE, STATION, TOWN, VILLAGE
from tests.factories import MemberFactory, id_number, serve
from tests.personnel.corrections.test_merging import (
    asked,
    certify,
    give_notice,
    hold,
    register,
    request_correction,
    see,
)

TODAY = timezone.localdate()


@pytest.fixture
def member(root):
    found = MemberFactory(name="梁试误", id_number=id_number(41), phone="13900010041")
    serve(found)
    EmergencyContact.objects.create(member=found, unit_id=found.unit_id, name="梁试亲", phone="13900010042")
    return found


def mine(clerk):
    """A file that the clerk entered today."""
    with as_account(clerk):
        found = MemberFactory(name="梁试今", id_number=id_number(42))
        serve(found)
    return found


def page(member):
    return reverse("admin:personnel_member_withdraw", args=[member.pk])


def withdrawn(browser, member):
    seen = browser.get(page(member)).context["form"].initial["seen"]
    return browser.post(page(member), {"reason": "录错人", "seen": seen})


def test_no_figure_list_or_search_knows_a_withdrawn_person_on_any_day(member, staff):
    before = figures.strength(TODAY, belonging.reach(TOWN))["total"]
    with as_account(staff):
        withdrawal.withdraw(member, "录错人", staff)
    for day in (TODAY, TODAY.replace(year=2014)):
        assert figures.strength(day, belonging.reach(TOWN))["total"] == before - 1
        assert not Selection(day=day, unit=TOWN, status="all", text="梁试误").cards()
    assert lookup.bearer(id_number(41)) is None
    assert not lookup.phone("13900010041")
    assert not Card.objects.filter(member=member.pk).exists()


def test_bringing_the_file_back_gives_back_every_row(member, staff):
    with as_account(staff):
        before = register()
        kept = withdrawal.withdraw(member, "录错人", staff)
        assert register() != before
        found = withdrawal.bring_back(kept, staff)
        assert register() == before
        assert (found.id_number, found.phone) == (id_number(41), "13900010041")
        assert found.emergency_contacts.get().phone == "13900010042"


def test_the_number_is_free_for_the_right_person(member, staff):
    with as_account(staff):
        kept = withdrawal.withdraw(member, "录错人", staff)
        MemberFactory(name="真主人", id_number=id_number(41))
        with pytest.raises(withdrawal.NotReturnable) as refused:
            withdrawal.bring_back(kept, staff)
    assert refused.value.code == "registered_here"


def test_a_clerk_withdraws_what_he_entered_today(clerk, root, visitor):
    answer = withdrawn(visitor(clerk), mine(clerk))
    assert answer.status_code == 302
    assert WithdrawnFile.objects.standing().get().account_name == clerk.name


def test_but_not_what_somebody_else_entered(member, clerk, visitor):
    assert visitor(clerk).get(page(member)).context["obstacle"]
    withdrawn(visitor(clerk), member)
    assert Member.objects.filter(pk=member.pk).exists()


def test_the_database_says_the_same_to_whoever_passes_the_page_by(member, clerk):
    from django.db import DatabaseError, transaction

    with as_account(clerk), pytest.raises(DatabaseError), transaction.atomic():
        withdrawal.keep(member, "录错人", clerk)


def test_no_row_goes_without_being_kept(member, clerk):
    with as_account(clerk):
        assert not Member.objects.filter(pk=member.pk)._raw_delete("default")


def test_what_hangs_on_the_file_is_named(member, staff, root):
    from organization.models import Team, Unit

    team = Team.objects.establish(Unit.objects.get(code=VILLAGE), TODAY, "police_room")
    Appointment.objects.create(post=team.posts.first(), member=member, started_on=TODAY)
    with as_account(staff), pytest.raises(withdrawal.NotWithdrawable) as refused:
        withdrawal.withdraw(member, "录错人", staff)
    assert refused.value.code == "something_hangs"
    assert "1" in str(refused.value)


def test_a_service_that_the_superior_does_not_see_refuses_it(member, staff, root):
    serve(member, since="2008-01-01", until="2009-01-01", unit_id=OTHER_VILLAGE)
    with as_account(staff), pytest.raises(withdrawal.NotWithdrawable) as refused:
        withdrawal.withdraw(member, "录错人", staff)
    assert refused.value.code == "out_of_reach"


def test_pressing_the_button_twice_withdraws_once(member, staff, visitor):
    browser = visitor(staff)
    withdrawn(browser, member)
    assert browser.post(page(member), {"reason": "录错人"}).status_code == 302
    assert WithdrawnFile.objects.count() == 1


def test_a_withdrawn_file_is_listed_opened_and_brought_back_in_the_browser(member, staff, visitor):
    browser = visitor(staff)
    withdrawn(browser, member)
    listed = browser.get(reverse("admin:personnel_withdrawnfile_changelist")).content.decode()
    kept = WithdrawnFile.objects.get()
    opened = browser.get(reverse("admin:personnel_withdrawnfile_change", args=[kept.pk])).content.decode()
    assert "梁试误" in listed
    assert "2012-01-01" in opened
    assert "录错人" in opened
    back = reverse("admin:personnel_withdrawnfile_back", args=[kept.pk])
    assert browser.post(back)["Location"] == reverse("admin:personnel_member_change", args=[member.pk])
    assert browser.post(back).status_code == 302  # pressed twice
    assert Member.objects.filter(pk=member.pk).count() == 1
    assert not WithdrawnFile.objects.standing()


def test_the_auditor_sees_who_took_away_what(member, staff, account):
    with as_account(staff):
        kept = withdrawal.withdraw(member, "录错人", staff)
    with as_account(account("auditor")):
        gone = TrailEntry.objects.filter(member=member.pk, action="D", batch=withdrawal.batch(kept))
        assert {entry.table for entry in gone} == {
            "personnel_member", "personnel_assignment", "personnel_emergencycontact"
        }  # fmt: skip
        assert {entry.actor for entry in gone} == {staff.pk}


@pytest.mark.parametrize(
    ("role", "unit", "status"),
    [("clerk", VILLAGE, 200), ("clerk", OTHER_VILLAGE, 404), ("hr", STATION, 404), ("governance", None, 403)],
)
def test_three_people_and_the_page(member, account, visitor, role, unit, status):
    somebody = account(role, unit) if unit else account(role)
    assert visitor(somebody).get(page(member)).status_code == status


def test_a_stranger_does_not_see_a_withdrawn_file(member, staff, stranger, visitor):
    with as_account(staff):
        kept = withdrawal.withdraw(member, "录错人", staff)
    with as_root("test"):
        assert WithdrawnFile.objects.count() == 1
    answer = visitor(stranger).post(reverse("admin:personnel_withdrawnfile_back", args=[kept.pk]))
    assert answer.status_code == 404


# --- what hangs on the file -------------------------------------------------------------------------------------------


def test_a_clerk_takes_back_a_person_whose_photo_was_uploaded_and_whose_document_was_seen(clerk, root, visitor):
    entered = mine(clerk)
    with as_account(clerk):
        keeping.keep({entered.pk: b"a picture"})
        see(entered, clerk)
        give_notice(entered, clerk)
    assert withdrawn(visitor(clerk), entered).status_code == 302
    assert not Member.objects.filter(pk=entered.pk).exists()
    assert not any(model.objects.exists() for model in (Photo, DocumentSighting, NoticeGiven))


def test_all_that_hung_on_the_file_comes_back_to_the_letter_whoever_brings_it_back(member, clerk, staff):
    with as_account(clerk):
        keeping.keep({member.pk: b"a picture"})
        see(member, clerk)
    with as_account(staff):
        give_notice(member, staff)
        hold(member, staff, until=TODAY)
        request_correction(member, staff, outcome="done", answered_on=TODAY, answered_by=staff.pk)
        before = register()
        kept = withdrawal.withdraw(member, "录错人", staff)
        found = withdrawal.bring_back(kept, staff)
        assert register() == before
        assert keeping.picture_of(found) == b"a picture"


def test_nobody_makes_up_what_another_saw_of_a_withdrawn_file(member, clerk, staff):
    from django.db import DatabaseError, transaction

    with as_account(clerk):
        see(member, clerk)
        sighting = DocumentSighting.objects.get()
    with as_account(staff):
        withdrawal.bring_back(withdrawal.withdraw(member, "录错人", staff), staff)
        sighting.pk, sighting.document = None, "passport"
        with pytest.raises(DatabaseError, match="nobody records"), transaction.atomic():
            sighting.save()


@pytest.mark.parametrize("waits", [hold, request_correction, certify])
def test_a_dispute_a_request_and_a_paper_that_is_out_stand_in_the_way(member, staff, waits):
    with as_account(staff):
        waits(member, staff)
        with pytest.raises(withdrawal.NotWithdrawable) as refused:
            withdrawal.withdraw(member, "录错人", staff)
    assert refused.value.code == "something_hangs"


def test_an_open_question_about_a_transfer_stands_in_the_way_and_a_decided_one_does_not(member, staff, stranger):
    asked(stranger, id_number(41), "梁试误")
    with as_account(staff):
        with pytest.raises(withdrawal.NotWithdrawable) as refused:
            withdrawal.withdraw(member, "录错人", staff)
        assert refused.value.code == "something_hangs"
        TransferConsent.objects.update(decision="refused", decided_by=staff.pk, decided_on=TODAY, reason="录错人")
        withdrawal.withdraw(member, "录错人", staff)
