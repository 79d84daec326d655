"""A clerk's list: filters kept and opened, columns chosen, a post changed for several people at once."""

from playwright.sync_api import expect

from tests.browser.conftest import SCREENSHOTS

PEOPLE = "/personnel/card/"


def pictured(window, name):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    window.screenshot(path=SCREENSHOTS / f"list-{name}.png", full_page=True)


def test_a_filter_is_saved_opened_made_usual_and_deleted(page, accessible):
    window = page("town", bypass_csp=True)
    window.goto(f"{PEOPLE}?sex=female")
    women = window.locator("#result_list tbody tr").count()
    window.click(".object-tools summary")
    window.click("a[href*='/card/filters/']")
    window.fill("[name=name]", "女队员")
    window.click("[name=save]")
    accessible(window)
    pictured(window, "filters")
    window.click("a:has-text('女队员')")
    window.wait_for_url("**/personnel/card/?sex=female&opened=1")
    expect(window.locator("#result_list tbody tr")).to_have_count(women)
    window.goto("/personnel/card/filters/")
    window.click("[name=usual]")
    window.goto(PEOPLE)
    window.wait_for_url("**/personnel/card/?sex=female&opened=1")
    window.goto("/personnel/card/filters/")
    window.click("[name=delete]")
    expect(window.locator("a:has-text('女队员')")).to_have_count(0)
    window.goto(PEOPLE)
    assert "sex" not in window.url


def test_columns_are_chosen_by_keyboard(page, accessible):
    window = page("town2", width=390, bypass_csp=True)
    window.goto("/personnel/card/columns/")
    accessible(window)
    pictured(window, "columns-narrow")
    window.fill("[name=place-grade]", "2")
    window.fill("[name=place-age]", "")
    window.press("[name=place-grade]", "Enter")
    window.wait_for_url("**/personnel/card/*")
    expect(window.locator("th.column-grade")).to_have_count(1)
    expect(window.locator("th.column-age")).to_have_count(0)


def test_a_post_is_changed_for_several_people(page, accessible):
    window = page("village2", bypass_csp=True)
    window.goto(PEOPLE)
    window.click("a[href*='/card/bulk/']")
    accessible(window)
    pictured(window, "bulk-choose")
    boxes = window.locator("[name=member]")
    for number in range(3, boxes.count()):
        boxes.nth(number).uncheck()
    window.check("[name=set_post]")
    window.fill("[name=post]", "试用巡逻岗")
    window.click("[name=preview]")
    expect(window.locator(".privacy-new")).to_have_count(3)
    accessible(window)
    pictured(window, "bulk-preview")
    window.click("[name=carry_out]")
    window.wait_for_url("**/personnel/card/*")
    expect(window.locator("td.field-post:has-text('试用巡逻岗')")).to_have_count(3)


def test_the_pages_fit_a_telephone(page):
    window = page("village2", width=390)
    for address in (
        "/personnel/card/bulk/",
        "/personnel/card/filters/?sex=male",
        "/personnel/card/columns/",
        "/personnel/card/notice/",
        "/personnel/correctionrequest/add/",
    ):
        window.goto(address)
        assert window.evaluate("document.documentElement.scrollWidth") <= 390, address
        pictured(window, f"narrow-{address.split('/')[3]}")
