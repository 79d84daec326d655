"""The phone of an emergency contact is a number like the member's own: masked but for those who keep them."""

import pytest

from organization.models import SecurityEvent
from organization.scope import as_account, as_root
from personnel.models import EmergencyContact
from tests.factories import MemberFactory, serve
from tests.security.test_hidden_parts import sent_back

PHONE = "13911112222"


@pytest.fixture
def contact(root):
    member = MemberFactory()
    serve(member, force="auxiliary", category="operational")
    return EmergencyContact.objects.create(member=member, name="王联系", relation="妻", phone=PHONE)


@pytest.mark.parametrize("force", ["auxiliary", "joint_defence"])
def test_the_personnel_office_sees_a_contacts_phone_masked(contact, officer, visitor, force):
    """Also in a file that it does not write."""
    with as_root("test"):
        sponsor = "village" if force == "joint_defence" else ""
        contact.member.assignments.update(force=force, sponsor=sponsor, category="")
    page = visitor(officer).get(f"/personnel/member/{contact.member_id}/change/").content.decode()
    assert "王联系" in page
    assert PHONE not in page
    assert "139********" in page


def test_saving_the_file_keeps_the_phone_and_a_new_one_replaces_it(contact, officer, visitor):
    browser = visitor(officer)
    for changes, kept in (
        ({"emergency_contacts-0-name": "王新"}, PHONE),
        ({"emergency_contacts-0-phone": "13500001111"}, "13500001111"),
    ):
        _page, answer = sent_back(browser, contact.member, **changes)
        assert answer.status_code == 302
        with as_root("test"):
            assert EmergencyContact.objects.get().phone == kept
    with as_root("test"):
        assert EmergencyContact.objects.get().name == "王新"


def test_revealing_it_takes_a_reason_and_is_recorded(contact, officer, clerk, visitor, account):
    address = f"/personnel/member/{contact.member_id}/reveal/contact/"
    assert PHONE not in visitor(officer).get(address).content.decode()
    assert PHONE in visitor(officer).post(address, {"reason": "通知家属"}).content.decode()
    assert visitor(clerk).post(address, {"reason": "通知家属"}).status_code == 403
    with as_account(account("auditor")):
        assert SecurityEvent.objects.get(kind="reveal").detail == {"field": "contact"}


def test_a_clerk_reads_and_writes_it_plainly(root, clerk, visitor):
    member = MemberFactory()
    serve(member)
    EmergencyContact.objects.create(member=member, name="王联系", relation="妻", phone=PHONE)
    browser = visitor(clerk)
    assert PHONE in browser.get(f"/personnel/member/{member.pk}/change/").content.decode()
    _page, answer = sent_back(browser, member, **{"emergency_contacts-0-phone": ""})
    assert answer.status_code == 200
