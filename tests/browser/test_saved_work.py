"""Nothing typed is lost: not by a session that ends in the middle of a form, a closed window, or the way back."""

import json
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, SCREENSHOTS
from tests.personnel.roster.people import name, number

ADD = "/personnel/member/add/"
QUICK = "/personnel/rosterimport/quick/"
REGION = "440195"  # no demo person has it


def citizen(serial):
    return number(serial, date(1987, 4, 5), REGION)


def type_person(window, serial):
    window.fill("#id_id_number", citizen(serial))
    window.fill("#id_name", name(serial))
    window.fill("#id_phone", "13912345678")
    window.select_option("#id_education", "71")


def end_session(window):
    """The row of the session is gone, as when an administrator ends it; the page does not know."""
    token = next(one["value"] for one in window.context.cookies() if one["name"] == "csrftoken")
    window.context.request.post("/logout/", form={"csrfmiddlewaretoken": token})


def log_in_here(window, username="village2"):
    window.fill("[name=username]", username)
    window.fill("[name=password]", PASSWORD)
    window.click("#login-form [type=submit]")


def log_in_beside(window):
    """By the dialog, in a second window, which is then closed."""
    with window.context.expect_page() as opened:
        window.get_by_role("dialog").locator("a:visible").click()
    door = opened.value
    log_in_here(door)
    door.wait_for_url("**/session/back/")
    door.close()
    window.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(window.get_by_role("dialog")).to_be_hidden()


def kept(window):
    expect(window.locator(".draft-state[data-state=kept]")).to_be_visible()


def found(window, serial):
    window.goto("/personnel/card/")
    window.fill("#searchbar", citizen(serial))
    window.press("#searchbar", "Enter")
    expect(window.locator("#id_name")).to_have_value(name(serial))


def offer(window):
    return window.locator(".draft-offer")


def test_a_form_saved_after_its_session_was_ended_comes_back_after_the_login_and_is_saved(page, accessible, complaints):
    window = page("village2")
    window.goto(ADD)
    type_person(window, 1)
    kept(window)
    end_session(window)
    # The last word is typed when there is no session any more, and sent before the script could notice.
    window.evaluate(
        "document.querySelector('#id_address').value = '穗安区一号'; document.querySelector('[name=_save]').click()"
    )
    expect(window.locator(".login-kept")).to_be_visible()
    accessible(window)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    window.screenshot(path=SCREENSHOTS / "saved-work-login.png")
    log_in_here(window)
    window.wait_for_url(f"**{ADD}")
    expect(offer(window)).to_be_visible()
    assert window.input_value("#id_name") == ""  # nothing is filled in by itself
    window.screenshot(path=SCREENSHOTS / "saved-work-offer.png")
    accessible(window)
    complaints.clear()  # axe sets inline styles
    offer(window).locator("[data-do=restore]").click()
    expect(window.locator("#id_address")).to_have_value("穗安区一号")
    expect(window.locator("#id_name")).to_have_value(name(1))
    window.click("[name=_save]")
    expect(window.locator(".messagelist")).to_contain_text(name(1))
    found(window, 1)
    window.goto(ADD)
    window.wait_for_load_state("networkidle")
    expect(offer(window)).to_be_hidden()


def test_typing_goes_on_in_the_same_page_after_a_login_in_a_second_window(page):
    window = page("village2")
    window.goto(ADD)
    type_person(window, 3)
    kept(window)
    end_session(window)
    window.fill("#id_address", "穗安区三号")
    expect(window.get_by_role("dialog")).to_be_visible()  # told by the keeping that failed
    log_in_beside(window)
    assert window.input_value("#id_address") == "穗安区三号"
    window.click("[name=_save]")
    expect(window.locator(".messagelist")).to_contain_text(name(3))
    found(window, 3)


def test_a_window_that_was_closed_leaves_its_work_and_it_can_be_thrown_away(page):
    window = page("village2")
    window.goto(ADD)
    type_person(window, 5)
    kept(window)
    window.close(run_before_unload=False)
    again = window.context.new_page()
    again.goto(ADD)
    expect(offer(again)).to_be_visible()
    offer(again).locator("[data-do=drop]").click()
    expect(offer(again)).to_be_hidden()
    again.reload()
    again.wait_for_load_state("networkidle")
    expect(offer(again)).to_be_hidden()


def test_a_form_with_unsaved_work_asks_before_it_is_left_and_a_saved_one_does_not(page):
    window = page("village2")
    window.goto(ADD)
    asked = []
    window.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    type_person(window, 7)
    window.get_by_role("link", name="人员名单").first.click()
    window.wait_for_url("**/personnel/card/")
    assert asked == ["beforeunload"]
    window.goto(ADD)
    offer(window).locator("[data-do=restore]").click()
    expect(window.locator("#id_name")).to_have_value(name(7))
    window.click("[name=_save]")
    expect(window.locator(".messagelist")).to_contain_text(name(7))
    window.goto(ADD)
    window.get_by_role("link", name="人员名单").first.click()
    window.wait_for_url("**/personnel/card/")
    assert asked == ["beforeunload"]


def test_a_form_that_was_open_for_more_than_a_minute_is_saved_by_one_click(page):
    """The script of the session holds it back to ask; it must not count as sent by then."""
    window = page("village2")
    window.goto(ADD)
    type_person(window, 9)
    window.evaluate("const later = Date.now() + 90e3; Date.now = () => later")
    window.click("[name=_save]")
    expect(window.locator(".messagelist")).to_contain_text(name(9))


def test_going_back_after_a_save_makes_no_second_person(page):
    window = page("village2")
    window.goto(ADD)
    type_person(window, 11)
    window.click("[name=_save]")
    expect(window.locator(".messagelist")).to_contain_text(name(11))
    window.go_back()
    window.wait_for_load_state("networkidle")
    type_person(window, 11)
    window.click("[name=_save]")
    expect(window.locator(".errornote")).to_be_visible()
    found(window, 11)


def test_a_service_that_was_being_added_comes_back_with_its_row(page):
    window = page("village2")
    window.goto("/personnel/card/")
    window.locator("#result_list tbody a").first.click()
    window.wait_for_url("**/change/")
    rows = window.locator("#assignments-group .dynamic-assignments").count()
    window.locator("#assignments-group .add-row a").click()
    window.locator(f"#id_assignments-{rows}-post").fill("网格员")
    kept(window)
    address = window.url
    window.close(run_before_unload=False)
    again = window.context.new_page()
    again.goto(address)
    offer(again).locator("[data-do=restore]").click()
    expect(again.locator(f"#id_assignments-{rows}-post")).to_have_value("网格员")
    again.goto("/")
    again.goto(address)
    offer(again).locator("[data-do=drop]").click()
    expect(offer(again)).to_be_hidden()


def test_a_grid_comes_back_with_all_its_rows_after_the_session_was_ended(page):
    window = page("village2")
    window.goto(QUICK)
    for row, serial in ((1, 13), (14, 15)):
        while window.locator(f"[name=c{row}-name]").count() == 0:
            window.locator("#grid tbody tr").last.locator("input[type=text]").last.press("Enter")
        for key, text in (("name", name(serial)), ("id_number", citizen(serial)), ("started_on", "2014-07-01")):
            window.fill(f"[name=c{row}-{key}]", text)
    kept(window)
    end_session(window)
    window.keyboard.press("Control+s")
    expect(window.locator(".login-kept")).to_be_visible()
    log_in_here(window)
    window.wait_for_url(f"**{QUICK}")
    offer(window).locator("[data-do=restore]").click()
    expect(window.locator("[name=c14-id_number]")).to_have_value(citizen(15))
    expect(window.locator("tr[data-row='14'] .fate")).to_have_text("新增")
    window.keyboard.press("Control+s")
    window.locator("[name=c1-name]").press("Control+s")
    window.wait_for_url("**/personnel/rosterimport/*/change/")
    found(window, 13)
    found(window, 15)


@pytest.mark.parametrize("path", [ADD, QUICK])
def test_nothing_typed_is_stored_in_the_browser(page, path):
    window = page("village2")
    window.goto(path)
    window.locator("form[method=post] input[type=text]:visible").first.fill(citizen(17))
    kept(window)
    stored = window.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])")
    assert citizen(17) not in stored
    assert citizen(17) not in json.dumps(window.context.storage_state())


def test_contracts_looked_at_in_a_preview_whose_session_ended_come_back_with_ticks_and_terms(page):
    window = page("town")
    window.goto("/personnel/contract/renew/?force=ours")
    boxes = window.locator("[name=key]")
    boxes.first.uncheck()
    window.select_option("[name=term]", "3")
    window.click("[name=preview]")
    expect(window.locator("[name=carry_out]")).to_be_visible()
    window.click("[name=back]")
    expect(window.locator("[name=term]")).to_have_value("3")
    expect(boxes.first).not_to_be_checked()
    window.click("[name=preview]")
    expect(window.locator("[name=carry_out]")).to_be_visible()
    end_session(window)
    window.click("[name=carry_out]")
    window.wait_for_url("**/login/**")
    log_in_here(window, "town")
    expect(offer(window)).to_be_visible()
    offer(window).locator("[data-do=restore]").click()
    expect(window.locator("[name=term]")).to_have_value("3")
    expect(boxes.first).not_to_be_checked()
    expect(boxes.nth(1)).to_be_checked()


def test_a_scanned_list_is_asked_about_when_left_and_offered_on_the_way_back(page):
    window = page("town")
    window.goto("/personnel/kitcampaign/")
    campaign = window.locator("#result_list tbody th a").first.get_attribute("href")
    window.goto(campaign.partition("?")[0].replace("/change/", "/scan/"))
    window.fill("#kit-codes", "F0001\nF0002 170")
    kept(window)
    asked = []
    window.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    window.get_by_role("link", name="人员名单").first.click()
    window.wait_for_url("**/personnel/card/")
    assert asked == ["beforeunload"]
    window.go_back()
    expect(offer(window)).to_be_visible()
    offer(window).locator("[data-do=restore]").click()
    expect(window.locator("#kit-codes")).to_have_value("F0001\nF0002 170")
    window.evaluate(
        "document.querySelector('[name=preview]').click(); document.querySelector('[name=preview]').click()"
    )
    expect(window.locator(".kit-refused tr")).to_have_count(2)
