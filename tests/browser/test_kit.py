"""Kit from the catalogue to the list of what is short: a campaign, a scanned list, the issue, by two people."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SCREENSHOTS

TODAY = date.today()
SCHEME, ITEM, CAMPAIGN = "浏览器式", "浏览器徽", "浏览器换装"
FORCE = "volunteer"


@pytest.fixture
def picture():
    """Keep a picture of a page, to be looked at."""

    def take(window, name):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        window.screenshot(path=SCREENSHOTS / f"kit-{name}.png", full_page=True)

    return take


def save(window):
    window.click("[name=_save]")
    expect(window.locator(".messagelist .success")).to_be_visible()


def define(window):
    """A scheme, an item of it, what is mandatory, and the campaign; its address."""
    window.goto("/personnel/kitscheme/add/")
    window.fill("#id_name", SCHEME)
    save(window)
    window.goto("/personnel/kititem/add/")
    window.fill("#id_name", ITEM)
    window.select_option("#id_kind", "insignia")
    window.select_option("#id_scheme", label=SCHEME)
    save(window)
    window.goto("/personnel/kitsetentry/add/")
    window.select_option("#id_force", FORCE)
    window.select_option("#id_item", label=f"{ITEM}（{SCHEME}）")
    window.fill("#id_valid_from", str(TODAY))
    save(window)
    window.goto("/personnel/kitcampaign/add/")
    window.fill("#id_name", CAMPAIGN)
    window.check(f"[name=forces][value={FORCE}]")
    window.select_option("#id_scheme", label=SCHEME)
    window.fill("#id_issue_on", str(TODAY))
    window.fill("#id_in_use_on", str(TODAY))
    save(window)
    window.locator("#result_list").get_by_role("link", name=CAMPAIGN).click()
    return window.url


def numbers(window, address, count):
    """Document numbers of the first recipients who lack something, as their files show them."""
    window.goto(address.replace("/change/", "/recipients/"))
    files = [link.get_attribute("href") for link in window.locator(".figures-table tbody th a").all()[:count]]
    found = []
    for file in files:
        window.goto(file)
        found.append(window.locator(".field-shown_number .readonly").first.inner_text().strip())
    return found


def missing(window, address):
    window.goto(address.replace("/change/", "/shortages/"))
    return int(window.locator(".kit-short tbody strong").first.inner_text())


def test_from_a_campaign_by_a_scanned_list_to_what_is_short(page, picture, accessible):
    hr = page("hr")
    address = define(hr)
    hr.locator("form[action$='/open/'] [type=submit]").click()
    expect(hr.locator(".messagelist .success")).to_be_visible()
    picture(hr, "1-campaign")
    accessible(hr)

    town = page("town")
    short = missing(town, address)
    scanned = numbers(town, address, 3)
    town.goto(address.replace("/change/", "/scan/"))
    town.click("#kit-codes")
    for code in [*scanned, "0000"]:  # a scanner types the code, then Enter
        town.keyboard.type(code)
        town.keyboard.press("Enter")
    accessible(town)
    town.click("[name=preview]")
    expect(town.locator("[aria-labelledby=issued] tbody tr")).to_have_count(3)
    expect(town.locator(".kit-refused tr")).to_have_count(1)
    picture(town, "2-preview")
    accessible(town)
    town.click("[name=carry_out]")
    expect(town.locator(".messagelist .success")).to_contain_text("3")
    assert missing(town, address) == short - 3
    picture(town, "3-shortages")
    accessible(town)

    for path in ("/change/", "/recipients/?standing=all", "/sizes/", "/old/"):
        town.goto(address.replace("/change/", path))
        accessible(town)
    hr.goto("/personnel/kitcampaign/")
    hr.locator("#result_list").get_by_role("link", name="统一换装").first.click()
    picture(hr, "4-demo-campaign")
    demo = hr.url
    narrow = page("town", width=390)
    for n, path in enumerate(("/change/", "/recipients/", "/scan/", "/sizes/", "/shortages/", "/old/")):
        narrow.goto(demo.replace("/change/", path))
        assert narrow.evaluate("document.documentElement.scrollWidth") <= 390, path
        picture(narrow, f"5-narrow-{n}")
    for name in ("gaps", "shortages", "returns"):
        hr.goto(f"/personnel/kitissue/{name}/")
        accessible(hr)
        picture(hr, f"6-{name}")
        narrow.goto(f"/personnel/kitissue/{name}/")
        assert narrow.evaluate("document.documentElement.scrollWidth") <= 390, name
    hr.goto("/")
    picture(hr, "7-workbench")
