"""A session that ends while somebody types: a warning before it, and the form kept after it."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD

FORM = "/password_change/"
TYPED = "half a sentence that nobody wants to type twice"


@pytest.fixture
def typing(page):
    """Somebody in the middle of a form."""
    window = page("village")
    window.goto(FORM)
    for name in ("old_password", "new_password1", "new_password2"):
        window.fill(f"[name={name}]", TYPED)
    return window


def end_session(window):
    """What the server's end of the session looks like from here: the id means nothing any more."""
    window.context.clear_cookies(name="sessionid")


def look_away_and_back(window):
    window.evaluate("window.dispatchEvent(new Event('focus'))")


def soon_over(window, seconds=90):
    """Let the server say once that little time is left."""
    who = int(window.locator("#session-dialog").get_attribute("data-who"))
    answer = json.dumps({"left": seconds, "who": who, "cookie": "csrftoken"})
    window.route("**/session/", lambda route: route.fulfill(body=answer, content_type="application/json"), times=1)
    look_away_and_back(window)


def test_two_minutes_before_the_end_a_dialog_warns_and_one_key_stays(typing, accessible, complaints):
    soon_over(typing)
    dialog = typing.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("timer")).to_have_text("1:30")
    accessible(typing)
    complaints.clear()  # axe sets inline styles while it looks behind a dialog
    with typing.expect_response(lambda answer: answer.request.method == "POST") as stayed:
        typing.keyboard.press("Enter")
    assert stayed.value.json()["left"] > 120
    expect(dialog).to_be_hidden()
    assert typing.input_value("[name=old_password]") == TYPED


def test_escape_says_that_somebody_is_there(typing):
    soon_over(typing)
    expect(typing.get_by_role("dialog")).to_be_visible()
    with typing.expect_response(lambda answer: answer.request.method == "POST") as stayed:
        typing.keyboard.press("Escape")
    assert stayed.value.json()["left"] > 120
    expect(typing.get_by_role("dialog")).to_be_hidden()


def test_after_the_end_the_form_is_kept_and_can_be_sent_after_a_login_in_another_window(typing):
    end_session(typing)
    look_away_and_back(typing)
    dialog = typing.get_by_role("dialog")
    expect(dialog).to_be_visible()
    with typing.context.expect_page() as opened:
        dialog.locator("a:visible").click()
    door = opened.value
    door.fill("[name=username]", "village")
    door.fill("[name=password]", PASSWORD)
    door.click("#login-form [type=submit]")
    door.wait_for_url("**/session/back/")
    door.close()
    look_away_and_back(typing)
    expect(dialog).to_be_hidden()
    assert typing.input_value("[name=old_password]") == TYPED
    with typing.expect_response(f"**{FORM}") as sent:
        typing.locator("[type=submit].default").click()
    assert sent.value.status == 200  # neither the login page nor a token that the new login made worthless


def test_a_form_sent_long_after_the_end_stays_on_the_page(typing):
    typing.evaluate("const later = Date.now() + 3600e3; Date.now = () => later")
    end_session(typing)
    typing.locator("[type=submit].default").click()
    expect(typing.get_by_role("dialog")).to_be_visible()
    assert typing.url.endswith(FORM)
    assert typing.input_value("[name=old_password]") == TYPED


def test_a_form_is_not_sent_under_the_name_of_somebody_else(typing):
    other = typing.context.new_page()
    other.goto("/")
    other.locator("#logout-form button").click()
    other.wait_for_url("**/login/")
    other.fill("[name=username]", "town")
    other.fill("[name=password]", PASSWORD)
    other.click("#login-form [type=submit]")
    other.wait_for_url(lambda url: "/login/" not in url)
    look_away_and_back(typing)
    expect(typing.get_by_role("dialog")).to_be_visible()
    typing.get_by_role("dialog").locator("[data-do=look]:visible").click()
    typing.locator("[type=submit].default").click()
    expect(typing.get_by_role("dialog")).to_be_visible()
    assert typing.input_value("[name=old_password]") == TYPED


def test_while_the_site_cannot_be_reached_nothing_is_sent_or_lost(typing, complaints):
    typing.evaluate("const later = Date.now() + 3600e3; Date.now = () => later")
    typing.context.set_offline(True)
    typing.locator("[type=submit].default").click()
    expect(typing.get_by_role("dialog")).to_be_visible()
    assert typing.input_value("[name=old_password]") == TYPED
    typing.context.set_offline(False)
    complaints.clear()


def test_nothing_typed_is_stored_in_the_browser(typing):
    end_session(typing)
    look_away_and_back(typing)
    expect(typing.get_by_role("dialog")).to_be_visible()
    stored = typing.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert TYPED not in stored


def test_the_dialog_fits_a_telephone(page):
    window = page("village", width=390, height=844)
    end_session(window)
    look_away_and_back(window)
    dialog = window.get_by_role("dialog")
    expect(dialog).to_be_visible()
    box = dialog.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
