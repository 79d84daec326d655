"""What is owed to people: a correction recorded, a copy printed, files erased by two offices."""

from playwright.sync_api import expect

from tests.browser.conftest import SCREENSHOTS


def pictured(window, name):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    window.screenshot(path=SCREENSHOTS / f"owed-{name}.png", full_page=True)


def test_files_are_proposed_by_one_office_and_erased_by_another(page, accessible):
    proposer = page("hr", bypass_csp=True)
    proposer.goto("/personnel/erasurebatch/due/")
    accessible(proposer)
    pictured(proposer, "due")
    boxes = proposer.locator("[name=member]")
    assert boxes.count() > 2
    for number in range(2, boxes.count()):
        boxes.nth(number).uncheck()
    proposer.fill("[name=reason]", "保存期限届满，档案室核定")
    proposer.press("[name=reason]", "Enter")
    proposer.wait_for_url("**/change/")
    expect(proposer.locator("[name=confirm]")).to_have_count(0)
    pictured(proposer, "proposed")
    other = page("governance", bypass_csp=True)
    other.goto(proposer.url)
    accessible(other)
    pictured(other, "to-confirm")
    other.click("[name=confirm]")
    expect(other.locator("tbody th a:has-text('已清除')")).to_have_count(2)
    pictured(other, "erased")
    other.click("#content-main tbody th a >> nth=0")
    pictured(other, "stub")


def test_a_correction_is_recorded_from_the_file_and_a_copy_is_printed(page, accessible):
    window = page("hr", bypass_csp=True)
    window.goto("/personnel/card/?force=auxiliary")
    window.click("#result_list tbody tr th a >> nth=0")
    window.click(".object-tools summary")
    window.click(".object-tools a[href*='correctionrequest/add']")
    window.fill("[name=wrong]", "学历写错")
    window.fill("[name=brought_by]", "本人，持身份证")
    accessible(window)
    pictured(window, "correction")
    window.click("[name=_save]")
    expect(window.locator("#result_list tbody tr")).to_have_count(1)
    pictured(window, "corrections")
    window.goto("/personnel/card/?force=auxiliary")
    window.click("#result_list tbody tr th a >> nth=0")
    window.click(".object-tools summary")
    window.click("a[href$='/copy/']")
    window.fill("[name=reason]", "本人持身份证申请")
    window.click("[name=paper]")
    accessible(window)
    pictured(window, "copy")


def test_the_auditor_sees_the_looks(page, accessible):
    window = page("auditor", bypass_csp=True)
    window.goto("/organization/securityevent/looks/")
    accessible(window)
    pictured(window, "looks")
    narrow = page("auditor", width=390)
    narrow.goto("/organization/securityevent/looks/")
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 390
    pictured(narrow, "looks-narrow")
