"""Coming in and going out: who gets in, how often somebody may guess, and what is recorded of it."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog
from django.db.models import F

from organization.models import Session
from organization.scope import gate
from tests.conftest import VILLAGE
from tests.organization.accounts.conftest import LOGIN, PASSWORD, events, is_in, log_in

HERE, THERE = {"REMOTE_ADDR": "10.0.0.7"}, {"REMOTE_ADDR": "10.0.0.8"}


def fail(client, account, times=5, **where):
    return [log_in(client, account, "wrong", **(where or HERE)) for _try in range(times)][-1]


def text_of(response):
    """The page without what differs from one to the next: the token and the user name that was typed."""
    form = response.context["form"]
    return response.status_code, [str(error) for error in form.non_field_errors()], form.errors.as_data().keys()


def wait(minutes):
    """Let that time pass, as the tables of attempts see it."""
    with gate():
        for model in (AccessAttempt, AccessFailureLog):
            model.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=minutes))


def test_the_right_password_opens_the_site_whatever_the_case_of_the_name(person, browser):
    person(username="Li.Ming")
    client = browser()
    assert log_in(client, "lI.mING").url == "/"
    assert is_in(client)


@pytest.mark.parametrize("fields", [{"is_active": False}, {"role": None}])
def test_an_inactive_account_and_one_without_a_role_are_refused_like_a_wrong_password(person, browser, fields):
    good, bad = person(username="good"), person(username="bad", **fields)
    assert text_of(log_in(browser(), bad)) == text_of(log_in(browser(), good, "wrong"))


def test_after_five_failures_the_right_password_is_refused_from_that_address_for_fifteen_minutes(person, browser):
    li, client = person(username="li"), browser()
    fail(client, li)
    assert not log_in(client, li, **HERE).has_header("Location")
    wait(14)
    assert not log_in(client, li, **HERE).has_header("Location")
    wait(2)
    assert log_in(client, li, **HERE).url == "/"


def test_four_failures_lock_nothing(person, browser):
    li, client = person(username="li"), browser()
    fail(client, li, 4)
    assert log_in(client, li, **HERE).url == "/"


def test_another_spelling_or_browser_opens_no_second_counter(person, browser):
    li, client = person(username="li"), browser()
    for spelling in ("li", "LI", "Li", " li", "ｌｉ"):
        log_in(client, spelling, "wrong", HTTP_USER_AGENT=spelling.encode("ascii", "replace").decode(), **HERE)
    assert not log_in(client, li, **HERE).has_header("Location")


def test_a_locked_account_an_unknown_one_and_a_wrong_password_get_the_same_page(person, browser):
    li, wang = person(username="li"), person(username="wang")
    fail(browser(), li)
    locked = text_of(log_in(browser(), li, **HERE))
    assert (
        locked
        == text_of(log_in(browser(), wang, "wrong", **HERE))
        == text_of(log_in(browser(), "nobody", "wrong", **HERE))
    )
    assert locked[0] == 200


def test_the_lock_hits_neither_other_accounts_there_nor_the_account_elsewhere(person, browser):
    li, wang = person(username="li"), person(username="wang")
    fail(browser(), li)
    assert log_in(browser(), wang, **HERE).url == "/"
    assert log_in(browser(), li, **THERE).url == "/"


def test_twenty_failures_an_hour_lock_the_account_whatever_the_address(person, browser):
    li, wang = person(username="li"), person(username="wang")
    for n in range(20):
        log_in(browser(), li, "wrong", REMOTE_ADDR=f"10.1.0.{n // 4}")
    assert not log_in(browser(), li, **THERE).has_header("Location")
    assert log_in(browser(), wang, **THERE).url == "/"
    wait(61)
    assert log_in(browser(), li, **THERE).url == "/"


def test_tries_during_a_lock_do_not_lengthen_it(person, browser):
    li, client = person(username="li"), browser()
    fail(client, li)
    wait(10)
    fail(client, li, 3)
    wait(6)
    assert log_in(client, li, **HERE).url == "/"


def test_a_forged_forwarding_header_opens_no_new_address(person, browser):
    li, client = person(username="li"), browser()
    for n in range(5):
        log_in(client, li, "wrong", HTTP_X_FORWARDED_FOR=f"1.2.3.{n}", **HERE)
    assert not log_in(client, li, HTTP_X_FORWARDED_FOR="1.2.3.9", **HERE).has_header("Location")
    assert {event.address for event in events("login_failed")} == {"10.0.0.7"}


def test_behind_a_trusted_proxy_the_browsers_address_counts(person, browser, settings):
    settings.TRUSTED_PROXIES = 1
    li, client = person(username="li"), browser()
    for _n in range(5):
        log_in(client, li, "wrong", HTTP_X_FORWARDED_FOR="9.9.9.9, 203.0.113.5", **HERE)
    assert log_in(client, li, HTTP_X_FORWARDED_FOR="203.0.113.6", **HERE).url == "/"
    assert {event.address for event in events("login_failed")} == {"203.0.113.5"}


def test_every_failure_the_lock_the_login_and_the_logout_are_recorded_with_address_and_without_password(
    person, browser
):
    li, client = person(username="li"), browser()
    fail(client, li)
    log_in(client, li, **HERE)
    wait(16)
    log_in(client, li, **HERE)
    client.post("/logout/", **HERE)
    told = [(event.kind, event.username, event.address) for event in events()]
    assert told == [
        *[("login_failed", "li", "10.0.0.7")] * 5,
        ("locked", "li", "10.0.0.7"),
        ("login_failed", "li", "10.0.0.7"),
        ("login", "li", "10.0.0.7"),
        ("logout", "li", "10.0.0.7"),
    ]
    assert [event.actor for event in events() if event.kind in ("login", "logout")] == [li.pk] * 2
    assert not [event for event in events() if PASSWORD in str(vars(event)) or "wrong" in str(vars(event))]


def test_what_is_typed_as_the_name_of_nobody_is_not_recorded(person, browser):
    log_in(browser(), "MyPassword2024", "x", **HERE)
    (event,) = events("login_failed")
    assert "mypassword" not in str(vars(event)).lower()


def test_the_session_id_differs_after_login_also_for_whoever_is_logged_in_already(person, browser):
    li, client = person(username="li"), browser()
    log_in(client, li)
    first = client.cookies["sessionid"].value
    log_in(client, li)
    assert client.cookies["sessionid"].value != first
    with gate():
        assert list(Session.objects.values_list("pk", "account_id")) == [(client.cookies["sessionid"].value, li.pk)]


def test_a_session_id_given_by_an_attacker_is_not_taken_over(person, browser):
    li, client = person(username="li"), browser()
    client.cookies["sessionid"] = "a" * 32
    log_in(client, li)
    assert client.cookies["sessionid"].value != "a" * 32
    assert is_in(client)


def test_the_session_cookie_is_out_of_reach_of_scripts_and_of_other_sites(person, browser):
    client = browser()
    log_in(client, person())
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["expires"], cookie["max-age"]) == (True, "Lax", "", "")


def test_somebody_logged_in_may_log_in_as_somebody_else_and_leaves_nothing_behind(person, browser):
    client = browser()
    log_in(client, person(username="li"))
    wang = person(username="wang", unit=VILLAGE)
    assert log_in(client, wang).url == "/"
    with gate():
        assert [session.account_id for session in Session.objects.all()] == [wang.pk]


def test_logout_ends_the_session_and_only_a_post_does_so(person, browser):
    client = browser()
    log_in(client, person())
    assert client.get("/logout/").status_code == 405
    assert is_in(client)
    client.post("/logout/")
    assert not is_in(client)
    with gate():
        assert not Session.objects.exists()


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        r"\\evil.example",
        r"/\evil.example",
        "///evil.example",
    ],
)
def test_next_never_leads_to_another_host(person, browser, target):
    li = person(username="li")
    for client, response in (
        (c := browser(), c.post(f"{LOGIN}?next={target}", {"username": "li", "password": PASSWORD, "next": target})),
    ):
        assert response.url == "/", client
    client = browser()
    log_in(client, li)
    assert client.get(LOGIN, {"next": target}).headers.get("Location", "/") == "/"
    assert client.post("/logout/", {"next": target}).url == LOGIN


def test_next_leads_to_the_page_that_asked_for_the_login(person, browser):
    person(username="li")
    response = browser().post(LOGIN, {"username": "li", "password": PASSWORD, "next": "/personnel/member/"})
    assert response.url == "/personnel/member/"


@pytest.mark.parametrize(
    "path", [LOGIN, "/logout/", "/password_change/", "/session/", "/second-factor/", "/second-factor/setup/"]
)
def test_a_post_without_token_or_from_another_site_is_refused(person, browser, path):
    client = browser(enforce_csrf_checks=True)
    assert client.post(path, {}).status_code == 403
    token = client.get(LOGIN).cookies["csrftoken"].value
    headers = {"HTTP_ORIGIN": "https://evil.example", "HTTP_X_CSRFTOKEN": token}
    assert client.post(path, {}, **headers).status_code == 403


def test_a_foreign_host_name_is_refused(browser):
    assert browser().get(LOGIN, HTTP_HOST="evil.example").status_code == 400


def test_a_forwarded_host_name_is_ignored(browser):
    assert "evil" not in browser().get("/", HTTP_X_FORWARDED_HOST="evil.example").url
