"""Corrections at the desk: a number is corrected, and the two files of one person are merged and separated."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SCREENSHOTS
from tests.personnel.roster.people import number

REGION = "440196"  # no demo person has it
SLIP, RIGHT = date(1987, 2, 11), date(1987, 2, 12)
NAME = "欧阳试双"
SAVE = ".submit-row .default"


def looked_at(window, name):
    """Keep a picture of the page, narrow and wide."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for width in (390, 1280):
        window.set_viewport_size({"width": width, "height": 800})
        assert window.evaluate("document.documentElement.scrollWidth") <= width
        window.screenshot(path=SCREENSHOTS / f"correction-{name}-{width}.png", full_page=True)


def enter(window, text, started):
    window.goto("/personnel/member/add/")
    window.fill("[name=id_number]", text)
    window.fill("[name=name]", NAME)
    window.fill("[name=assignments-0-started_on]", started)
    window.click("[name=_save]")
    expect(window.locator(".messagelist .success")).to_be_visible()


@pytest.fixture
def two_files(page):
    """The town entered somebody twice, the second time with a slip in the birth date."""
    window = page("town")
    enter(window, number(3, RIGHT, REGION), "2012-01-01")
    enter(window, number(5, SLIP, REGION), "2013-01-01")
    return window


def compared(window):
    window.goto("/")
    window.click(".todo-row[href$='/duplicates/']")
    looked_at(window, "duplicates")
    window.locator("tr", has_text=NAME).first.locator("a.button-plain").click()
    expect(window.locator(".sides")).to_contain_text(NAME)


def test_a_duplicate_is_merged_and_un_merged(two_files):
    window = two_files
    compared(window)
    looked_at(window, "compare")
    expect(window.locator(".sides .conflict")).to_be_visible()  # twice full time in one village
    window.fill("#merge-form [name=reason]", "同一人录了两次")
    window.click(SAVE)
    expect(window.locator(".messagelist .success")).to_contain_text(NAME)
    looked_at(window, "merged")
    window.goto("/personnel/card/")
    window.fill("#searchbar", number(5, SLIP, REGION))
    window.press("#searchbar", "Enter")
    expect(window.locator(".messagelist .info")).to_contain_text(NAME)
    expect(window.locator(".field-shown_number .readonly").first).to_have_text(number(3, RIGHT, REGION))
    window.goto("/personnel/filemerge/")
    window.locator("#result_list tbody a").first.click()
    window.click("form[action$='/separate/'] [type=submit]")
    expect(window.locator(".messagelist .success")).to_be_visible()
    compared(window)

    # Then the number is right, and the other file goes: it was a mistake.
    window.locator(".sides td a[href*='/member/']").last.click()
    window.click("a[href$='/withdraw/']")
    looked_at(window, "withdraw")
    window.fill("[name=reason]", "录错人")
    window.click(SAVE)
    expect(window.locator(".correction-facts")).to_contain_text("录错人")
    looked_at(window, "withdrawn")
    window.goto(f"/personnel/card/?status=all&q={NAME}")
    expect(window.locator("#result_list tbody tr")).to_have_count(1)


def test_a_mistyped_number_is_compared_and_corrected(page):
    window = page("town")
    enter(window, number(7, SLIP, REGION), "2012-01-01")
    window.goto(f"/personnel/card/?q={NAME}")
    window.locator("#result_list tbody a").last.click()
    window.click("a[href$='/number/']")
    window.fill("[name=id_number]", number(7, RIGHT, REGION))
    window.fill("[name=reason]", "日期看错")
    looked_at(window, "number")
    window.click(SAVE)
    expect(window.locator(".correction-table")).to_contain_text("1987-02-12")
    expect(window.locator(".correction-table ins")).to_have_text(number(7, RIGHT, REGION))
    looked_at(window, "number-check")
    window.click(SAVE)
    expect(window.locator(".field-shown_number .readonly").first).to_have_text(number(7, RIGHT, REGION))


@pytest.mark.parametrize("address", ["filemerge/duplicates/", "withdrawnfile/"])
def test_the_pages_keep_nobody_out(page, accessible, complaints, address):
    window = page("town")
    window.goto(f"/personnel/{address}")
    accessible(window)
    complaints.clear()  # of the styles that axe itself tries to set


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_fit_the_window(page, width):
    window = page("town", width=width)
    for address in ("filemerge/duplicates/", "filemerge/", "withdrawnfile/", "differentpeople/"):
        window.goto(f"/personnel/{address}")
        assert window.evaluate("document.documentElement.scrollWidth") <= width
