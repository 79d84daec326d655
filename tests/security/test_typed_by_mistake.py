"""What people type into the user name by mistake, their number or their password, is kept nowhere as they typed it."""

import json

import pytest
from axes.models import AccessAttempt, AccessFailureLog
from django.urls import reverse

from organization.models import SecurityEvent
from organization.scope import as_account, gate
from tests.factories import id_number


def tried(client, username):
    return client.post(reverse("admin:login"), {"username": username, "password": "x" * 12})


@pytest.mark.parametrize("typed", [id_number(7), "13800001234", "My-Real-Password"])
def test_an_unknown_user_name_is_not_kept_in_plain(db, client, account, typed):
    tried(client, typed)
    with gate():
        kept = [list(model.objects.values()) for model in (AccessAttempt, AccessFailureLog)]
    with as_account(account("auditor")):
        kept.append(list(SecurityEvent.objects.values()))
    assert all(kept)
    assert typed.lower() not in json.dumps(kept, default=str).lower()


def test_failures_of_an_unknown_user_name_are_counted_all_the_same(db, client):
    for _attempt in range(6):
        tried(client, " 13800001234")
    with gate():
        assert AccessAttempt.objects.get().failures_since_start == 5


def test_failures_of_an_account_are_kept_under_its_name(client, clerk):
    tried(client, "CLERK")
    with gate():
        assert AccessAttempt.objects.get().username == "clerk"
