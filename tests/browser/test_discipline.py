"""A discipline case: the personnel office records it, another account confirms the decision, and the figure moves."""

from datetime import date, timedelta

from playwright.sync_api import expect

from tests.browser.conftest import SCREENSHOTS

SQUAD = "440199920001"  # it bears no place's name
BOARD = "/dashboards/discipline/"


def cases_told(window):
    window.goto(BOARD)
    return int(window.locator(".headline-value").first.inner_text())


def fits(window):
    return window.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_case_is_recorded_and_confirmed_and_the_figure_moves(page, accessible):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    window, office = page("hr"), page("governance")
    before = cases_told(office)
    window.goto(f"/personnel/card/?unit={SQUAD}&force=auxiliary")
    window.locator("#result_list tbody th a").first.click()
    window.locator("#discipline a[href*='/disciplinecase/add/']").click()
    window.wait_for_selector("#id_occurred_on")
    accessible(window)
    window.fill("#id_occurred_on", "2001-01-01")
    window.fill("#id_summary", "试用情节：缺勤一次")
    window.locator(".submit-row input").click()
    expect(window.locator(".errorlist")).to_have_count(3)  # the day, and two that were not chosen
    window.fill("#id_occurred_on", str(date.today() - timedelta(3)))
    window.select_option("#id_category", "attendance")
    window.select_option("#id_source", "inspection")
    window.locator(".submit-row input").click()
    expect(window.locator(".messagelist .success")).to_be_visible()
    accessible(window)
    case = window.url
    window.locator(".roster-next a.button-primary").click()
    window.select_option("#id_outcome", "warning")
    window.fill("#id_document", "试纪〔2026〕9号")
    accessible(window)
    window.locator(".submit-row input").click()
    expect(window.locator(".messagelist .success")).to_be_visible()
    expect(window.locator("form[action$='/confirm/']")).to_have_count(0)
    office.goto("/")
    office.locator("a[href*='disciplinecase/?standing=mine']").click()
    accessible(office)
    office.locator(
        f"#result_list th a[href^='{case.partition('/personnel')[1]}{case.partition('/personnel')[2]}']"
    ).click()
    accessible(office)
    office.screenshot(path=SCREENSHOTS / "discipline-case.png", full_page=True)
    telephone = page("hr", width=390)
    for address in (case, f"{case.removesuffix('change/')}ask/", BOARD, "/personnel/disciplinecase/"):
        telephone.goto(address)
        assert fits(telephone), address
        telephone.screenshot(
            path=SCREENSHOTS / f"discipline-390-{address.strip('/').replace('/', '-')[-30:]}.png", full_page=True
        )
    office.locator("form[action$='/confirm/'] input[type=submit]").click()
    expect(office.locator(".messagelist .success")).to_be_visible()
    assert cases_told(office) == before + 1
    accessible(office)
    office.screenshot(path=SCREENSHOTS / "discipline-board.png", full_page=True)


def test_a_dismissal_leads_to_the_end_of_the_service_which_is_filled_in(page, accessible):
    window = page("hr")
    window.goto("/personnel/disciplinecase/?standing=still-serving")
    window.locator("#result_list tbody th a").first.click()
    accessible(window)
    window.locator(".roster-next a.button-primary").click()
    window.wait_for_selector("[name='assignments-0-ending']")
    filled = window.locator("[name$='-ending'] option:checked[value='dismissed']")
    expect(filled).to_have_count(1)
    window.screenshot(path=SCREENSHOTS / "discipline-end.png", full_page=True)
    window.locator("input[name=_save]").click()
    expect(window.locator(".messagelist .success")).to_be_visible()
    window.goto("/personnel/disciplinecase/?standing=still-serving")
    expect(window.locator("#result_list tbody tr")).to_have_count(0)
    window.goto("/personnel/disciplinecase/")
    window.screenshot(path=SCREENSHOTS / "discipline-list.png", full_page=True)
