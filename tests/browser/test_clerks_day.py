"""A clerk's day: log in, add three people, fix one, search, look at the history. Pictures of it go into the guide."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SCREENSHOTS
from tests.factories import id_number

NAMES = ["欧阳试用", "曾试用", "单试用"]
NUMBERS = [id_number(401 + n, date(1991, 5, 6)) for n in range(3)]


@pytest.fixture
def picture():
    """Keep a picture of a page, to be looked at."""

    def take(window, name):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        window.screenshot(path=SCREENSHOTS / f"day-{name}.png", full_page=True)

    return take


def enter(window, name, number, button="_addanother"):
    window.fill("#id_id_number", number)
    window.fill("#id_name", name)
    window.fill("#id_phone", "13912345678")
    window.select_option("#id_education", "71")
    window.click(f"[name={button}]")


def test_a_clerks_day(page, picture, accessible):
    window = page("village")
    picture(window, "1-workbench")
    window.get_by_role("link", name="新增人员").first.click()

    window.fill("#id_id_number", NUMBERS[0][:10])
    expect(window.locator("#entry-check")).to_contain_text("10")
    window.fill("#id_id_number", NUMBERS[0])
    assert window.input_value("#id_sex") == "male"
    assert window.input_value("#id_birth_date") == "1991-05-06"
    expect(window.locator("#entry-check")).to_contain_text("周岁")
    assert window.input_value("#id_assignments-0-force") == "joint_defence"
    picture(window, "2-entry")
    for name, number in zip(NAMES, NUMBERS, strict=True):
        enter(window, name, number, "_save" if name == NAMES[-1] else "_addanother")
        expect(window.locator(".messagelist")).to_contain_text(name)

    window.goto("/personnel/card/")
    window.fill("#searchbar", "zengshiyong")
    window.press("#searchbar", "Enter")
    expect(window.locator("#result_list")).to_contain_text("曾试用")
    expect(window.locator("#result_list tbody tr")).to_have_count(1)
    picture(window, "3-search")
    window.locator("#result_list").get_by_role("link", name="曾试用").click()

    window.fill("#id_address", "穗安区东塘街道一号")
    window.click("[name=_continue]")
    expect(window.locator(".messagelist")).to_contain_text("曾试用")
    picture(window, "4-file")
    window.get_by_role("link", name="历史").click()
    history = window.locator("#content")
    expect(history).to_contain_text("穗安区东塘街道一号")
    expect(history).not_to_contain_text(NUMBERS[1])
    picture(window, "5-history")
    accessible(window)


def test_a_number_in_the_search_box_opens_the_file_and_never_stands_in_the_address(page):
    window = page("village")
    window.goto("/personnel/card/")
    window.locator("#result_list tbody a").first.click()
    number = window.locator(".field-shown_number .readonly").first.inner_text()
    file_address = window.url
    seen = []
    window.on("request", lambda request: seen.append(request.url))
    window.goto("/personnel/card/")
    window.fill("#searchbar", number)
    window.press("#searchbar", "Enter")
    window.wait_for_url(file_address)
    assert not [address for address in seen if number in address]


def test_a_wrong_check_digit_is_said_while_typing_and_nothing_is_lost_on_saving(page):
    window = page("village")
    window.goto("/personnel/member/add/")
    wrong = NUMBERS[0][:17] + ("1" if NUMBERS[0][17] != "1" else "2")
    enter(window, "李打错", wrong, "_save")
    expect(window.locator(".errornote")).to_be_visible()
    expect(window.locator("#content")).to_contain_text("校验码")
    assert window.input_value("#id_name") == "李打错"
    assert window.input_value("#id_phone") == "13912345678"


@pytest.mark.parametrize(
    "path", ["/personnel/card/", "/personnel/member/add/", "/dashboards/strength/", "/organization/unit/"]
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_a_day_fit_a_telephone(page, picture, path, scheme):
    window = page("town", width=390, height=844, color_scheme=scheme)
    window.goto(path)
    assert window.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(window, f"narrow-{scheme}-{path.strip('/').replace('/', '-')}")


def test_the_clerk_of_another_village_does_not_find_the_person(page):
    window = page("village2")
    for name in NAMES:
        window.goto("/personnel/card/")
        window.fill("#searchbar", name)
        window.press("#searchbar", "Enter")
        expect(window.locator("#result_list tbody tr")).to_have_count(0)
