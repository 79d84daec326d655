"""A merger from its definition to the tasks it raises, by three people, and back again: the demo stays as it was."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SCREENSHOTS

TODAY = date.today()
CYCLE, PROGRAMME = "浏览器考核", "浏览器并轨"


@pytest.fixture
def picture():
    """Keep a picture of a page, to be looked at."""

    def take(window, name):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        window.screenshot(path=SCREENSHOTS / f"merger-{name}.png", full_page=True)

    return take


def press(window, step):
    with window.expect_navigation():  # the page before may have a message, too
        window.locator(f"form[action$='/{step}/'] [type=submit]").first.click()
    expect(window.locator(".messagelist")).to_be_visible()


def define_cycle(window):
    window.goto("/personnel/assessmentcycle/add/")
    window.fill("#id_name", CYCLE)
    window.check("[name=forces][value=patrol]")
    window.fill("#id_starts_on", str(TODAY - timedelta(3)))
    window.fill("#id_ends_on", str(TODAY + timedelta(3)))
    window.select_option("#id_examiners-0-account", label=option(window, "#id_examiners-0-account", "hr2"))
    window.click("[name=_save]")
    expect(window.locator("#result_list")).to_contain_text(CYCLE)


def option(window, select, text):
    return window.locator(f"{select} option", has_text=text).first.inner_text()


def define_programme(window):
    window.goto("/personnel/programme/add/")
    window.fill("#id_name", PROGRAMME)
    window.fill("#id_merged_on", str(TODAY))
    window.select_option("#id_cycle", label=CYCLE)
    window.select_option("#id_employer", index=1)
    window.fill("#id_appeal_days", "0")
    window.click("[name=_save]")
    window.locator("#result_list").get_by_role("link", name=PROGRAMME).click()
    return window.url


def enter_scores(window, points):
    """Scores of the first people of the grid; their names in order."""
    window.goto("/personnel/assessmentcycle/")
    window.locator("#result_list").get_by_role("link", name=CYCLE).click()
    window.locator(".object-tools a[href$='/scores/']").click()
    rows = window.locator(".score-grid tbody tr")
    for n, point in enumerate(points):
        for cell in rows.nth(n).locator("input[type=text]").all():
            cell.fill(str(point))
    window.locator("input[type=submit].default").click()
    expect(window.locator(".messagelist .success")).to_contain_text(str(len(points)))
    return [rows.nth(n).locator("th").inner_text().split()[0] for n in range(len(points))]


def heads(window):
    """{label: number} of the headline."""
    items = window.locator(".merger-page .headline-item").all()
    return [int(item.locator(".headline-value").inner_text()) for item in items]


def test_a_merger_from_definition_to_its_tasks(page, picture, accessible):
    hr = page("hr")
    define_cycle(hr)
    address = define_programme(hr)
    examiner = page("hr2")
    failed = enter_scores(examiner, [90, 75.5, 40, 30])[2]
    picture(examiner, "1-scores")
    accessible(examiner)

    hr.goto(address)
    candidates, assessed, absorbed, transferred, *_rest = heads(hr)
    assert (assessed, absorbed, transferred) == (4, 2, 2)
    hr.goto(address.replace("/change/", "/simulation/?marks=35,60,80&places=1"))
    expect(hr.locator(".figures-table").first.locator("tbody tr")).to_have_count(4)
    picture(hr, "2-simulation")
    accessible(hr)
    hr.goto(address)
    press(hr, "propose")
    assert hr.locator("form[action$='/confirm/']").count() == 0, "nobody confirms their own proposal"
    picture(hr, "3-proposed")

    office = page("governance")
    office.goto(address)
    expect(office.locator(".merger-decided tbody tr")).to_have_count(2)
    press(office, "confirm")
    expect(office.locator(".messagelist .error")).to_be_visible()  # a reason is missing
    office.fill("#confirm-reason", "考核成绩低于合格线")
    picture(office, "4-confirm")
    press(office, "confirm")

    office.goto("/personnel/assessment/?q=" + failed)
    office.locator("#result_list tbody tr", has_text=CYCLE).locator("a").first.click()
    office.locator("a[href*='?assessment=']").click()
    office.fill("[name=grounds]", "漏记两次勤务")
    with office.expect_navigation():  # before the others look
        office.locator("[type=submit].default").click()
    hr.goto(address)
    assert hr.locator("form[action$='/carry-out/']").count() == 0, "an appeal is undecided"
    office.goto("/personnel/appeal/?standing=undecided")
    office.locator("#result_list tbody tr", has_text=failed).locator("a").first.click()
    office.locator("a[href$='/decide/']").click()
    office.check("[name=is_upheld][value=yes]")
    office.fill("[name=reason]", "补记后合格")
    for cell in office.locator("[name^=score]").all():
        cell.fill("66")
    picture(office, "5-appeal")
    with office.expect_navigation():  # before the others look
        office.locator("[type=submit].default").click()

    hr.goto(address)
    press(hr, "carry-out")
    assert heads(hr)[:6] == [candidates, 4, 3, 1, 0, candidates - 4]
    picture(hr, "6-done")
    accessible(hr)
    hr.goto("/personnel/mergertask/?standing=open&q=")
    expect(hr.locator("#result_list")).to_contain_text(failed)

    hr.goto(address)
    hr.locator(".merger-revert summary").click()
    press(hr, "revert")
    assert heads(hr)[2:4] == [3, 1]
    narrow = page("hr", width=390)
    narrow.goto(address)
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 390
    picture(narrow, "7-narrow")
    narrow.goto(address.replace("/change/", "/simulation/"))
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 390
