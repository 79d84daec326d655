"""Whoever sees numbers masked does not find them out by trying: the mask and the birth date leave 500 candidates."""

import pytest

from organization.models import SecurityEvent
from organization.scope import as_account
from tests.factories import MemberFactory, id_number, serve

FIND = "/personnel/member/find/"


@pytest.mark.parametrize("role", ["training", "finance", "governance"])
def test_a_masked_number_is_not_found_by_trying_what_is_left_of_it(root, account, visitor, role):
    member = MemberFactory(id_number=id_number(17))
    serve(member)
    trier = account(role)
    browser = visitor(trier)
    candidates = [id_number(n) for n in range(30)]  # of one birth date and sex; there are 500
    answers = {browser.post(FIND, {"q": number})["Location"] for number in candidates}
    assert answers == {"/personnel/card/"}
    with as_account(account("auditor")):
        assert SecurityEvent.objects.filter(kind="lookup", actor=trier.pk).count() == len(candidates)


def test_the_personnel_office_and_the_keeping_unit_still_search_by_number(root, clerk, officer, visitor):
    member = MemberFactory(id_number=id_number(17))
    for who in (clerk, officer):
        assert str(member.pk) in visitor(who).post(FIND, {"q": id_number(17)})["Location"]


def test_names_are_found_as_before(root, account, visitor):
    assert "q=" in visitor(account("training")).post(FIND, {"q": "李"})["Location"]
