"""The personnel office renews what ends soon: from the board to the list, to the preview, to the contracts."""

from datetime import date

from playwright.sync_api import expect

from tests.browser.conftest import SCREENSHOTS


def test_many_contracts_are_renewed_from_the_board(page, accessible):
    window = page("town")
    window.goto("/dashboards/contracts/")
    accessible(window)
    window.locator("tfoot a[href*='ending-30']").click()
    window.wait_for_url("**/personnel/contract/?*standing=ending-30*")
    accessible(window)
    window.locator("#changelist-filter a[href*='force=ours']").click()
    window.wait_for_url("**force=ours*")
    rows = window.locator("#result_list tbody tr").all()[:2]
    renewed = [row.locator("th a").get_attribute("href").split("?")[0] for row in rows]
    for row in rows:
        row.locator(".action-select").check()
    window.locator("select[name=action]").select_option("renew")
    window.locator(".actions button[type=submit]").click()
    window.wait_for_selector("input[name=preview]")
    accessible(window)
    expect(window.locator("input[name=key]:checked")).to_have_count(2)
    window.locator("select[name=third]").select_option("keep")
    window.locator("input[name=preview]").click()
    window.wait_for_selector("input[name=carry_out]")
    accessible(window)
    expect(window.locator(".privacy-table").first.locator("tbody tr")).to_have_count(2)
    telephone = page("town", width=390)
    for address in ("/dashboards/contracts/", "/personnel/contract/renew/?standing=ending-30"):
        telephone.goto(address)
        assert telephone.evaluate("document.documentElement.scrollWidth") <= 390
    window.locator("input[name=carry_out]").click()
    window.wait_for_url("**/personnel/contract/?*standing=ending-30*")
    expect(window.locator(".messagelist .success")).to_be_visible()
    for address in renewed:
        expect(window.locator(f"#result_list a[href^='{address}']")).to_have_count(0)


def test_many_contracts_are_ended_from_the_list(page, accessible):
    window = page("hr")
    window.goto("/personnel/contract/?standing=in-force&force=ours")
    for row in window.locator("#result_list tbody tr").all()[:2]:
        row.locator(".action-select").check()
    window.locator("select[name=action]").select_option("end")
    window.locator(".actions button[type=submit]").click()
    window.wait_for_selector("input[name=preview]")
    accessible(window)
    window.fill("[name=last_day]", str(date.today()))
    window.locator("input[name=preview]").click()
    expect(window.locator(".errorlist")).to_be_visible()  # a reason is missing
    window.locator("select[name=reason]").select_option("agreed")
    window.locator("input[name=preview]").click()
    window.wait_for_selector("input[name=carry_out]")
    accessible(window)
    expect(window.locator(".privacy-table").first.locator("tbody tr")).to_have_count(2)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    window.screenshot(path=SCREENSHOTS / "contracts-end.png", full_page=True)
    telephone = page("hr", width=390)
    telephone.goto("/personnel/contract/end/?standing=left")
    assert telephone.evaluate("document.documentElement.scrollWidth") <= 390
    window.locator("input[name=carry_out]").click()
    expect(window.locator(".messagelist .success")).to_be_visible()


def test_choices_that_are_fetched_are_called_by_their_label(page, accessible):
    window = page("hr")
    window.goto("/personnel/contract/add/")
    for label in ("用工主体", "招录单位", "使用单位"):
        expect(window.get_by_role("combobox", name=label)).to_be_visible()
    accessible(window)


def test_the_file_shows_its_contracts_and_leads_to_a_new_one(page, accessible):
    window = page("hr")
    window.goto("/personnel/contract/?standing=in-force&force=auxiliary")
    window.locator("#result_list tbody th a").first.click()
    window.wait_for_url("**/personnel/contract/*/change/*")
    accessible(window)
    expect(window.locator("#id_last_day")).to_be_visible()
