"""Whether another unit has registered somebody is not learnt by an entry that the database is known to refuse."""

import pytest

from organization.scope import as_account
from personnel.models import Member
from tests.conftest import OTHER_VILLAGE
from tests.factories import MemberFactory, id_number
from tests.personnel.test_entry import ADD, entered, problems


@pytest.mark.parametrize("share", [0, 101, 150])
def test_an_impossible_share_does_not_tell_whether_a_person_is_elsewhere(root, visitor, clerk, share):
    """A miss would be undone with the entry: no file, no event, no limit on how many numbers are tried."""
    MemberFactory(unit_id=OTHER_VILLAGE, unit=None, id_number=id_number(3))
    browser = visitor(clerk)
    told = {problems(browser.post(ADD, entered(id_number=id_number(n), service_share=share))) for n in (3, 5)}
    assert len(told) == 1
    with as_account(clerk):
        assert not Member.objects.exists()
