import pytest


@pytest.fixture
def governance(account):
    return account("governance", username="governance")


@pytest.fixture
def second_officer(account):
    return account("hr", username="officer2")
