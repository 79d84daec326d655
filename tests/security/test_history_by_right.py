"""A history shows rows of no table that the reader may not see on the page itself."""

import pytest

from personnel.models import EmergencyContact
from tests.conftest import DISTRICT, VILLAGE
from tests.factories import MemberFactory, serve


@pytest.fixture
def member(root):
    member = MemberFactory()
    serve(member, post="巡逻岗")
    EmergencyContact.objects.create(member=member, name="王联系", relation="妻", phone="13911112222")
    return member


@pytest.mark.parametrize("role", ["training", "finance", "governance"])
def test_who_may_not_see_emergency_contacts_does_not_read_them_in_the_history(member, account, visitor, role):
    browser = visitor(account(role))
    assert "王联系" not in browser.get(f"/personnel/member/{member.pk}/change/").content.decode()
    for page in (f"member/{member.pk}", f"card/{member.cards.get().pk}"):
        history = browser.get(f"/personnel/{page}/history/").content.decode()
        assert "王联系" not in history
        assert "巡逻岗" in history


@pytest.mark.parametrize(("role", "unit"), [("clerk", VILLAGE), ("hr", DISTRICT)])
def test_who_keeps_them_does(member, account, visitor, role, unit):
    browser = visitor(account(role, unit))
    assert "王联系" in browser.get(f"/personnel/member/{member.pk}/history/").content.decode()
