from datetime import date

import pytest

from tests.conftest import TOWN
from tests.factories import MemberFactory, id_number, serve

WRONG, RIGHT = id_number(31, date(1980, 3, 15)), id_number(31, date(1980, 5, 13), female=True)


@pytest.fixture
def staff(account):
    return account("staff", TOWN, username="staff")


@pytest.fixture
def mistyped(root):
    """Somebody who was entered with a wrong number, WRONG instead of RIGHT."""
    found = MemberFactory(name="梁试改", id_number=WRONG, birth_date=date(1980, 3, 15))
    serve(found)
    return found
