"""The strength page in the browser: a quota is entered, its use and the state of the register open who they count."""

from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.conftest import SCREENSHOTS

PAGE = "/dashboards/strength/"


def pictured(window, name):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    window.screenshot(path=SCREENSHOTS / f"strength-{name}.png", full_page=True)


def test_a_quota_that_is_exceeded_is_told_and_opens_the_people(page, accessible):
    window = page("hr", bypass_csp=True)
    window.goto("/personnel/quota/")
    accessible(window)
    pictured(window, "quotas")
    window.click(f"tr:has-text('{timezone.localdate().year}') th a")
    accessible(window)
    window.fill("[name=number]", "1")
    pictured(window, "quota")
    window.click("[name=_save]")
    window.goto(PAGE)
    accessible(window)
    pictured(window, "wide")
    window.click(".todo a[href*='force=auxiliary']")
    expect(window.locator("#result_list tbody tr").first).to_be_visible()
    assert "force=auxiliary" in window.url


def test_the_state_of_the_register_is_read_and_opened_on_a_telephone(page, accessible):
    window = page("governance", width=390, bypass_csp=True)
    window.goto(PAGE)
    accessible(window)
    pictured(window, "narrow")
    window.click("a[href*='lists/unseen-30']")
    accessible(window)
    pictured(window, "unseen-narrow")
    window.goto(PAGE)
    window.click(".figures-table a[href*='former=']")
    expect(window.locator("#result_list tbody tr").first).to_be_visible()
    pictured(window, "former-narrow")
