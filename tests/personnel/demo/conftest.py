from datetime import date

import pytest

from personnel.demo.district import district

DAY, SEED = date(2026, 7, 1), 1


@pytest.fixture(scope="session")
def whole():
    """The whole district in memory."""
    return district(DAY, SEED)
