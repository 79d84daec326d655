from datetime import date
from pathlib import Path

import pytest

from personnel.demo.district import district

DAY, SEED = date(2026, 7, 1), 1


@pytest.hookimpl(tryfirst=True)  # before the groups are read
def pytest_collection_modifyitems(items):
    """One worker makes the districts that these tests share."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("demo"))


@pytest.fixture(scope="session")
def whole():
    """The whole district in memory."""
    return district(DAY, SEED)
