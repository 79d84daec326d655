"""A squad leader goes through the list, says who is gone, signs, and prints what was signed."""

from playwright.sync_api import expect

from tests.browser.conftest import SCREENSHOTS


def test_a_squad_leader_confirms_and_signs_the_list(page, accessible):
    window = page("village")
    window.goto("/")
    window.get_by_role("link", name="Confirmation of lists").or_(
        window.get_by_role("link", name="名单核定")
    ).first.click()
    window.wait_for_url("**/rostersnapshot/")
    accessible(window)
    window.locator("#content tbody th a").first.click()
    first = window.locator(".tick-table tbody tr").first
    name = first.locator("label").inner_text()
    first.locator("[type=checkbox]").uncheck()
    accessible(window)
    window.locator(".submit-row [type=submit]").click()
    expect(window.locator(".errornote")).to_contain_text(name)
    first = window.locator(".tick-table tbody tr").first
    assert not first.locator("[type=checkbox]").is_checked()
    first.locator("[type=text]").fill("已调往外区")
    window.locator(".submit-row [type=submit]").click()
    window.wait_for_url("**/rostersnapshot/*/change/")
    expect(window.locator(".tick-table")).to_contain_text("已调往外区")
    accessible(window)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    window.pdf(path=SCREENSHOTS / "signed-list.pdf", format="A4")
    signed_at = window.url
    telephone = page("village", width=390)
    telephone.goto(signed_at)
    assert telephone.evaluate("document.documentElement.scrollWidth") <= 390
    telephone.goto("/personnel/rostersnapshot/")
    telephone.locator("#content tbody th a").first.click()
    expect(telephone.locator(".state-overdue")).to_contain_text(name)


def test_remarks_that_were_typed_come_back_when_the_window_was_closed(page):
    window = page("village2")
    window.goto("/personnel/rostersnapshot/")
    window.locator("#content tbody th a").first.click()
    row = window.locator(".tick-table tbody tr").first
    row.locator("[type=checkbox]").uncheck()
    row.locator("[type=text]").fill("借调外区")
    expect(window.locator("[data-part=state]")).to_have_attribute("data-state", "kept")
    address = window.url
    window.close()
    again = page("village2")
    again.goto(address)
    again.locator("[data-do=restore]").click()
    row = again.locator(".tick-table tbody tr").first
    expect(row.locator("[type=text]")).to_have_value("借调外区")
    assert not row.locator("[type=checkbox]").is_checked()
    again.locator(".submit-row [type=submit]").click()
    again.wait_for_url("**/rostersnapshot/*/change/")
