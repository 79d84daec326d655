import pytest

from tests.conftest import TOWN


@pytest.fixture
def staff(account):
    return account("staff", TOWN, username="staff")
