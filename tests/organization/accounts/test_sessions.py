"""How long a session lasts, and what ends it before its time."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from organization.models import Session, Unit
from organization.scope import as_root, gate
from tests.conftest import SECOND_VILLAGE, VILLAGE
from tests.organization.accounts.conftest import PAGE, again, is_in, log_in


@pytest.fixture
def li(person):
    return person(username="li")


@pytest.fixture
def client(browser, li):
    client = browser()
    log_in(client, li)
    return client


def let_pass(minutes):
    """Let that time pass, as the session's row sees it."""
    with gate():
        Session.objects.update(
            expire_date=F("expire_date") - timedelta(minutes=minutes),
            started_at=F("started_at") - timedelta(minutes=minutes),
        )


def left(client):
    return client.get("/session/").json()["left"]


def test_half_an_hour_without_use_ends_the_session(client):
    let_pass(29)
    assert is_in(client)
    let_pass(31)
    assert client.get(PAGE).url == f"/login/?next={PAGE}"


def test_use_does_not_lengthen_a_session_beyond_twelve_hours(client):
    for _hour in range(12 * 3 - 1):
        let_pass(20)
        assert is_in(client)
    assert left(client) < 21 * 60
    let_pass(20)
    assert not is_in(client)


def test_a_form_sent_after_the_end_is_not_applied_not_even_after_the_next_login(client, li):
    let_pass(31)
    form = {
        "old_password": "梅雨 落在 东山 Brook-17",
        "new_password1": "雨过天青 Harbour 5",
        "new_password2": "雨过天青 Harbour 5",
    }
    assert client.post("/password_change/", form).url.startswith("/login/?next=/password_change/")
    assert log_in(client, li).status_code == 302
    assert again(li).check_password("梅雨 落在 东山 Brook-17")


def test_asking_how_long_is_left_does_not_lengthen_the_session_but_staying_does(client, li):
    let_pass(28)
    assert 100 < left(client) <= 120
    assert 100 < left(client) <= 120
    answer = client.post("/session/").json()
    assert (answer["left"], answer["who"]) == (1800, li.pk)
    assert 1780 < left(client) <= 1800


def test_without_a_session_nothing_is_left(browser):
    assert browser().get("/session/").json() == {"left": 0, "who": None, "cookie": "csrftoken"}


def test_reading_pages_writes_the_session_at_most_once_a_minute(client):
    is_in(client)
    with CaptureQueriesContext(
        connection,
    ) as quick:
        is_in(client)
    let_pass(2)
    with CaptureQueriesContext(connection) as later:
        is_in(client)
    writes = [
        [query["sql"] for query in queries if query["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]
        for queries in (quick, later)
    ]
    assert [len(found) for found in writes] == [0, 1]


@pytest.mark.parametrize(
    "change", [{"role": None}, {"role": "clerk", "unit_id": SECOND_VILLAGE}, {"is_active": False}, {"session_epoch": 7}]
)
def test_a_change_of_role_unit_or_activation_ends_every_session_with_its_next_request(client, li, change):
    assert is_in(client)
    with as_root("test", duty="sysadmin"):
        type(li).objects.filter(pk=li.pk).update(**change)
    assert not is_in(client)


def test_a_new_password_ends_the_other_browsers_session_and_not_ones_own(client, browser, li):
    second = browser()
    log_in(second, li)
    new = "雨过天青 Harbour 5"
    sent = {"old_password": "梅雨 落在 东山 Brook-17", "new_password1": new, "new_password2": new}
    assert client.post("/password_change/", sent).url == "/"
    assert is_in(client)
    assert not is_in(second)


def test_a_password_reset_by_somebody_else_ends_all_sessions(client, li):
    with as_root("test", duty="secadmin"):
        again(li).issue_password()
    assert not is_in(client)


def test_ending_all_sessions_ends_them_at_once(client, li):
    with as_root("test", duty="secadmin"):
        again(li).end_sessions()
    assert not is_in(client)


def test_nobody_but_the_gate_reads_sessions(root, client):
    from django.db import DatabaseError, transaction

    assert Unit.objects.filter(pk=VILLAGE).exists()
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        list(Session.objects.all())


def test_expired_sessions_are_cleared_and_living_ones_stay(client, browser, li):
    from organization.accounts.sessions import SessionStore

    let_pass(31)
    log_in(browser(), li)
    SessionStore.clear_expired()
    with gate():
        assert Session.objects.count() == 1


def test_a_rotated_secret_key_keeps_sessions_as_long_as_the_old_one_is_named(client, settings):
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a" * 60
    assert is_in(client)
    settings.SECRET_KEY_FALLBACKS = []
    settings.SECRET_KEY = "b" * 60
    assert not is_in(client)
