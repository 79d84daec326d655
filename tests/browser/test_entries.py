"""A clerk proposes somebody, the personnel office checks and approves, the clerk finds the person in the list."""

from datetime import date

from playwright.sync_api import expect

from tests.browser.test_transfers import looked_at  # noqa: F401 - a fixture
from tests.factories import id_number

LISTED = "/personnel/entry/"
BORN = date(1993, 7, 9)
NUMBER, NAME = id_number(77, BORN), "梁试进"


def fill(window, **typed):
    for name, value in typed.items():
        field = window.locator(f"[name={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def test_a_person_is_proposed_checked_and_approved(page, looked_at):  # noqa: F811
    clerk, office = page("village"), page("hr")
    clerk.goto(LISTED)
    looked_at(clerk)
    clerk.locator(".object-tools .addlink").click()
    looked_at(clerk)
    clerk.locator(".submit-row [type=submit]").click()
    expect(clerk.locator(".errornote")).to_be_visible()
    looked_at(clerk)
    fill(clerk, id_number=NUMBER, name=NAME, phone="15400001234", education="71", way="recommended")
    clerk.locator(".submit-row [type=submit]").click()
    expect(clerk.locator(".transfer-facts")).to_contain_text(NUMBER)
    looked_at(clerk)

    office.goto("/")
    office.locator(f'a[href="{LISTED}?standing=unchecked"]').click()
    looked_at(office)
    office.locator("#result_list").get_by_role("link", name=NAME).click()
    expect(office.locator("#content")).not_to_contain_text(NUMBER)
    looked_at(office)
    entry = office.url
    office.get_by_role("radio").first.check()
    fill(office, office="云桥派出所", document="审字〔2026〕12号")
    office.locator("form[action$='/check/'] [type=submit]").click()
    expect(office.locator("form[action$='/approve/']")).to_be_visible()
    looked_at(office)
    office.locator("form[action$='/approve/'] [type=submit]").click()
    expect(office.locator("form[action$='/approve/']")).to_have_count(0)
    looked_at(office)

    clerk.goto("/personnel/card/?force=joint_defence&q=liangshijin")
    clerk.locator("#result_list").get_by_role("link", name=NAME).first.click()
    expect(clerk.locator("#checks")).to_have_count(0)
    expect(clerk.locator(".field-shown_number .readonly").first).to_have_text(NUMBER)
    file = clerk.url
    clerk.goto(entry)
    expect(clerk.locator("#content")).not_to_contain_text("云桥派出所")

    office.goto(file)
    expect(office.locator("#checks")).to_contain_text("云桥派出所")
    looked_at(office)
    governance = page("governance")
    governance.goto(file)
    expect(governance.locator("#checks")).to_contain_text("云桥派出所")
    expect(governance.locator("#checks")).not_to_contain_text("12号")
    looked_at(governance)
