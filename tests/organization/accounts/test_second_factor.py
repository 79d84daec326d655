"""The second factor of the personnel office and the three administrators."""

import re
import time
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from organization.accounts import second_factor
from organization.scope import as_root, gate
from tests.conftest import STATION, TOWN
from tests.organization.accounts.conftest import PAGE, again, events, is_in, log_in

VERIFY, SET_UP = "/second-factor/", "/second-factor/setup/"


def code_of(account, steps=0):
    """What the account's app shows now, or will show some steps of 30 seconds later."""
    with gate():
        device = TOTPDevice.objects.get(user_id=account.pk)
    app = TOTP(device.bin_key)
    app.time = time.time() + 30 * steps
    return f"{app.token():06d}"


def unthrottled(model=TOTPDevice):
    """Let the wait after failures pass."""
    with gate():
        model.objects.update(throttling_failure_timestamp=F("throttling_failure_timestamp") - timedelta(hours=1))


def set_up(client, account):
    """Log in, scan, confirm; answers the recovery codes."""
    log_in(client, account)
    client.post(SET_UP, {"begin": "1"})
    response = client.post(SET_UP, {"code": code_of(account, -1)})
    return response.context["codes"]


@pytest.fixture
def hr(official):
    return official("hr", username="hr")


@pytest.fixture
def known(hr, browser):
    """HR with an app, and its recovery codes."""
    return hr, set_up(browser(), hr)


@pytest.mark.parametrize("role", ["hr", "sysadmin", "secadmin", "auditor"])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", ["/", PAGE, "/personnel/member/", "/password_change/", "/no/such/page/"])
def test_the_password_alone_opens_no_page_for_these_roles(official, browser, role, method, path):
    client = browser()
    log_in(client, official(role))
    response = getattr(client, method)(path)
    assert response.status_code == 302
    assert response.url.startswith(VERIFY)


@pytest.mark.parametrize(("role", "unit"), [("clerk", 440199_001_001), ("staff", TOWN), ("finance", 440199_000_000)])
def test_the_other_roles_need_no_second_factor(person, browser, role, unit):
    client = browser()
    log_in(client, person(role, unit))
    assert is_in(client)


def test_a_station_of_the_personnel_office_needs_it_too(person, browser):
    client = browser()
    log_in(client, person("hr", STATION))
    assert client.get(PAGE).url.startswith(VERIFY)


def test_setting_up_shows_the_secret_asks_for_a_code_and_gives_eight_recovery_codes_once(hr, browser):
    client = browser()
    log_in(client, hr)
    assert client.get(VERIFY).url == SET_UP
    assert "form" not in client.get(SET_UP).context or client.get(SET_UP).context["form"] is None
    client.post(SET_UP, {"begin": "1"})
    page = client.get(SET_UP)
    assert page.context["secret"].replace(" ", "") in page.content.decode().replace(" ", "")
    assert "<svg" in page.content.decode()
    assert "data:" not in page.content.decode()
    done = client.post(SET_UP, {"code": code_of(hr)})
    assert len(set(done.context["codes"])) == 8
    assert is_in(client)
    assert done.context["codes"][0] not in client.get(SET_UP).content.decode()


def test_looking_at_the_set_up_page_changes_nothing(hr, browser):
    client = browser()
    log_in(client, hr)
    client.get(SET_UP)
    with gate():
        assert not TOTPDevice.objects.exists()


def test_a_wrong_code_sets_nothing_up(hr, browser):
    client = browser()
    log_in(client, hr)
    client.post(SET_UP, {"begin": "1"})
    assert client.post(SET_UP, {"code": "000000"}).context["form"].errors
    assert not is_in(client)


def test_the_next_login_asks_for_a_code_and_leads_on_to_the_page_that_was_asked_for(known, browser):
    hr, _codes = known
    client = browser()
    log_in(client, hr)
    asked = client.get(PAGE)
    assert asked.url == f"{VERIFY}?next={PAGE.replace('/', '%2F')}"
    assert client.post(asked.url, {"code": code_of(hr, 1), "next": PAGE}).url == PAGE
    assert is_in(client)


def test_verifying_gives_a_new_session_id(known, browser):
    hr, _codes = known
    client = browser()
    log_in(client, hr)
    before = client.cookies["sessionid"].value
    client.post(VERIFY, {"code": code_of(hr, 1)})
    assert client.cookies["sessionid"].value != before


def test_the_password_alone_does_not_set_up_another_app(known, browser):
    hr, _codes = known
    client = browser()
    log_in(client, hr)
    assert client.get(SET_UP).url == VERIFY
    assert client.post(SET_UP, {"begin": "1"}).url == VERIFY
    with gate():
        assert TOTPDevice.objects.filter(confirmed=False).count() == 0


def test_a_code_is_not_taken_twice(known, browser):
    hr, _codes = known
    code = code_of(hr, 1)
    for expected in (True, False):
        client = browser()
        log_in(client, hr)
        client.post(VERIFY, {"code": code})
        assert is_in(client) is expected


def test_a_recovery_code_works_once_however_it_is_spelled(known, browser):
    hr, codes = known
    for spelling, expected in ((codes[0].upper().replace("-", " "), True), (codes[0], False)):
        client = browser()
        log_in(client, hr)
        client.post(VERIFY, {"code": spelling})
        assert is_in(client) is expected


def test_recovery_codes_and_their_traces_are_not_stored_readably(known):
    _hr, codes = known
    with gate():
        stored = set(StaticToken.objects.values_list("token", flat=True))
    assert len(stored) == 8
    assert not {code.replace("-", "") for code in codes} & {token.lower() for token in stored}


def test_another_accounts_recovery_code_opens_nothing(known, official, browser):
    _hr, codes = known
    other, client = official("auditor"), browser()
    set_up(browser(), other)
    log_in(client, other)
    client.post(VERIFY, {"code": codes[1]})
    assert not is_in(client)


def test_wrong_codes_are_logged_and_make_the_next_try_wait(known, browser):
    hr, _codes = known
    client = browser()
    log_in(client, hr)
    assert client.post(VERIFY, {"code": "000000"}).context["form"].errors
    right = code_of(hr, 1)
    waiting = client.post(VERIFY, {"code": right})
    assert re.search(r"\d", str(waiting.context["form"].errors["code"]))
    assert not is_in(client)
    unthrottled()
    client.post(VERIFY, {"code": right})
    assert is_in(client)
    reasons = [event.reason for event in events("second_factor")]
    assert reasons == ["passed", "failed", "throttled", "passed"]
    assert {event.username for event in events("second_factor")} == {"hr"}
    assert not [event for event in events() if right in str(event.detail)]


def test_a_verified_session_does_not_verify_the_next_browser(known, browser):
    hr, _codes = known
    client = browser()
    log_in(client, hr)
    client.post(VERIFY, {"code": code_of(hr, 1)})
    second = browser()
    log_in(second, hr)
    assert not is_in(second)


def test_a_reset_leads_a_verified_browser_back_to_setting_up(known, browser):
    hr, codes = known
    client = browser()
    log_in(client, hr)
    client.post(VERIFY, {"code": codes[0]})
    assert is_in(client)
    with as_root("test", duty="secadmin"):
        second_factor.reset(hr)
    assert not is_in(client)
    assert client.get(VERIFY).url == SET_UP


def test_an_issued_password_is_changed_before_the_second_factor_is_set_up(hr, browser):
    with as_root("test", duty="secadmin"):
        raw = again(hr).issue_password()
    client = browser()
    log_in(client, hr, raw)
    for path in (VERIFY, SET_UP, PAGE):
        assert client.get(path).url.startswith("/password_change/")
    new = "雨过天青 Harbour 5"
    client.post("/password_change/", {"old_password": raw, "new_password1": new, "new_password2": new})
    assert client.get(PAGE).url.startswith(VERIFY)


def test_between_the_two_factors_no_form_is_taken_for_one_that_can_be_sent(known, browser):
    hr, _codes = known
    client = browser()
    log_in(client, hr)
    assert client.get("/session/").json() == {"left": 0, "who": hr.pk, "cookie": "csrftoken"}
    assert client.get("/session/back/").url == f"{VERIFY}?next=%2Fsession%2Fback%2F"
    client.post(VERIFY, {"code": code_of(hr, 1)})
    assert client.get("/session/").json()["left"] > 1700


def test_who_needs_no_second_factor_sets_none_up(person, browser):
    client = browser()
    log_in(client, person())
    assert client.post(SET_UP, {"begin": "1"}).url == "/"
    with gate():
        assert not TOTPDevice.objects.exists()


def test_next_of_the_second_factor_stays_on_this_site(known, browser):
    hr, _codes = known
    client = browser()
    log_in(client, hr)
    assert client.post(VERIFY, {"code": code_of(hr, 1), "next": "//evil.example"}).url == "/"


def test_demonstration_accounts_need_neither(official, browser):
    client = browser()
    log_in(client, official("sysadmin", is_demo=True))
    assert is_in(client)


@pytest.mark.parametrize("model", [TOTPDevice, StaticDevice, StaticToken])
def test_no_role_but_the_gate_reads_second_factors(root, model):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        list(model.objects.all())
