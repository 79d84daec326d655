"""A squad typed into the grid without a mouse; cells pasted from a spreadsheet; rows judged while the next is typed."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SCREENSHOTS
from tests.personnel.roster.people import name, number

PAGE = "/personnel/rosterimport/quick/"
REGION = "440196"  # no demo person has it
COLUMNS = ("name", "id_number", "phone", "education", "political", "post", "started_on", "remark")


def citizen(serial, born):
    return number(serial, born, REGION)


def cell(window, row, key):
    return window.locator(f"[name=c{row}-{key}]")


def fate(window, row):
    return window.locator(f"tr[data-row='{row}'] .fate")


def photographed(window, what):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    window.screenshot(path=SCREENSHOTS / f"grid-{what}.png", full_page=True)


def type_row(window, cells):
    """From the focused cell on, Enter after each."""
    for text in cells:
        window.keyboard.insert_text(text)
        window.keyboard.press("Enter")


def paste(window, text):
    """What Ctrl+V does, with the clipboard that a spreadsheet leaves."""
    window.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
            if (document.activeElement.dispatchEvent(event)) { document.execCommand("insertText", false, text); }
        }""",
        text,
    )


def test_a_squad_is_entered_judged_and_saved_without_a_mouse(page, accessible):
    window, born = page("village"), date(1988, 5, 6)
    window.goto(PAGE)
    expect(cell(window, 1, "name")).to_be_focused()
    type_row(window, [name(1), citizen(1, born).lower(), "13800000001", "高中毕业", "普通公民", "队员", "2014.7.1", ""])
    expect(cell(window, 2, "name")).to_be_focused()
    expect(fate(window, 1)).to_have_text("新增")
    assert cell(window, 1, "started_on").input_value() == "2014-07-01"
    assert cell(window, 1, "id_number").input_value() == citizen(1, born)

    # the second: from above what is the same, a wrong number first
    wrong = citizen(3, born)[:17] + ("1" if citizen(3, born)[17] != "1" else "2")
    type_row(window, [name(3), wrong, "13800000003"])
    for _ in range(4):
        window.keyboard.press("Control+d")
        window.keyboard.press("Tab")
    window.keyboard.press("Enter")  # the remark
    expect(cell(window, 2, "id_number")).to_have_attribute("aria-invalid", "true")
    said = cell(window, 2, "id_number").get_attribute("aria-describedby")
    expect(window.locator(f"#{said}")).to_contain_text("校验码")
    assert cell(window, 2, "post").input_value() == "队员"
    photographed(window, "wrong")
    accessible(window)
    window.keyboard.press("ArrowUp")
    window.keyboard.press("ArrowRight")
    expect(cell(window, 2, "id_number")).to_be_focused()
    window.keyboard.insert_text("nonsense")
    window.keyboard.press("Escape")
    assert cell(window, 2, "id_number").input_value() == wrong
    window.keyboard.insert_text(citizen(3, born))
    window.keyboard.press("ArrowDown")
    expect(fate(window, 2)).to_have_text("新增")

    window.keyboard.press("Control+s")
    window.wait_for_url("**/personnel/rosterimport/*/change/")
    for one in (name(1), name(3)):
        expect(window.locator(".roster-table")).to_contain_text(one)
    photographed(window, "record")


def test_enter_at_the_end_makes_a_new_row_and_arrows_go_anywhere(page):
    window = page("village")
    window.goto(PAGE)
    cell(window, 10, "remark").focus()
    window.keyboard.press("Enter")
    expect(cell(window, 11, "name")).to_be_focused()
    window.keyboard.press("ArrowLeft")
    expect(cell(window, 10, "remark")).to_be_focused()
    window.keyboard.press("ArrowUp")
    expect(cell(window, 9, "remark")).to_be_focused()
    window.keyboard.insert_text("字")
    window.keyboard.press("ArrowLeft")  # within the text first
    expect(cell(window, 9, "remark")).to_be_focused()
    window.keyboard.press("ArrowLeft")
    expect(cell(window, 9, "started_on")).to_be_focused()
    window.keyboard.press("Shift+Tab")
    expect(cell(window, 9, "post")).to_be_focused()


def test_cells_from_a_spreadsheet_spread_over_the_grid(page):
    window, born = page("village"), date(1988, 5, 7)
    window.goto(PAGE)
    rows = [
        [name(n), citizen(n, born), f"138{n:08d}", "高中", "群众", "队员", "2014/7/1", '"两行\n备注"']
        for n in range(1, 13)
    ]
    cell(window, 1, "name").focus()
    paste(window, "".join("\t".join(row) + "\r\n" for row in rows))
    for row in (1, 12):
        expect(fate(window, row)).to_have_text("新增")
    assert cell(window, 12, "remark").input_value() == "两行 备注"
    assert cell(window, 12, "started_on").input_value() == "2014-07-01"
    window.keyboard.press("Control+s")
    window.wait_for_url("**/personnel/rosterimport/*/change/")
    expect(window.locator(".roster-table tbody tr")).to_have_count(12)


def test_what_finds_no_place_when_it_is_pasted_is_said_and_stays_in_sight(page):
    window = page("village")
    window.goto(PAGE)
    cell(window, 1, "name").focus()
    paste(window, "\n".join("\t".join([name(n), "", *"......", "多余"]) for n in range(1, 204)))
    told = window.locator("#grid-left-out")
    expect(told).to_be_visible()
    assert {"3", "1"} <= set(re.findall(r"\d+", told.inner_text()))
    expect(fate(window, 1)).not_to_have_text("")
    expect(told).to_be_visible()
    cell(window, 1, "name").focus()
    paste(window, f"{name(1)}\t\n")
    expect(told).to_be_hidden()


def test_a_cell_of_a_member_on_file_is_corrected_and_nobody_else_is_touched(page):
    window = page("village")
    window.goto(f"{PAGE}?members=on")
    expect(cell(window, 1, "id_number")).to_have_attribute("readonly", "")
    before = window.locator("[name='c2-post']").input_value()
    cell(window, 1, "post").fill("网格队员")
    cell(window, 1, "post").press("ArrowDown")
    expect(fate(window, 1)).to_have_text("修改")
    expect(fate(window, 2)).to_have_text("")
    window.keyboard.press("Control+s")
    window.wait_for_url("**/personnel/rosterimport/*/change/")
    expect(window.locator(".roster-table tbody tr")).to_have_count(1)
    window.goto(f"{PAGE}?members=on")
    assert cell(window, 2, "post").input_value() == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_grid_fits_a_telephone(page, accessible, scheme):
    window = page("town", width=390, height=844, color_scheme=scheme)
    window.goto(PAGE)
    assert window.evaluate("document.documentElement.scrollWidth <= innerWidth")
    accessible(window)
    photographed(window, f"narrow-{scheme}")
