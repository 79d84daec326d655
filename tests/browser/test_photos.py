"""A photo is uploaded, shown, printed on a work card, and many are sent at once; rosters fit their paper."""

from playwright.sync_api import expect

from tests.browser.conftest import SCREENSHOTS
from tests.personnel.photos.pictures import package, picture

A4_POINTS = (595, 842)


def look(window, name):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    window.screenshot(path=SCREENSHOTS / f"photos-{name}.png", full_page=True)


def on_paper(window, name):
    """The number of pages and the size in points of what the browser prints."""
    data = window.pdf(prefer_css_page_size=True, print_background=True)
    (SCREENSHOTS / f"photos-{name}.pdf").write_bytes(data)
    boxes = data.split(b"/MediaBox [")[1:]
    width, height = (round(float(part)) for part in boxes[0].split(b"]")[0].split()[2:4])
    return len(boxes), (width, height)


def open_first_file(window):
    window.goto("/personnel/card/?force=joint_defence")
    window.locator("#result_list tbody th a").first.click()
    return window.url


def test_a_photo_goes_from_the_file_to_the_work_card(page, accessible, complaints):
    window = page("village")
    address = open_first_file(window)
    number = window.locator(".field-shown_number .readonly").first.inner_text()
    expect(window.locator(".photo-none")).to_be_visible()
    window.set_input_files(
        ".photo-panel [name=photo]",
        {"name": "a.png", "mimeType": "image/png", "buffer": picture("PNG", size=(900, 1200), colour="teal")},
    )
    window.click(".photo-panel button")
    expect(window.locator(".messagelist .success")).to_be_visible()
    assert window.evaluate("document.querySelector('.photo-panel img').naturalHeight") == 480
    look(window, "1-file")

    window.click("a[href*='what=cards']")
    look(window, "2-ask")
    window.click(".submit-row [type=submit]")
    expect(window.locator(".work-card")).to_have_count(1)
    window.wait_for_load_state("networkidle")
    assert window.evaluate("document.querySelector('.work-card img').naturalHeight") == 480
    expect(window.locator("#print")).to_be_visible()
    look(window, "3-card")
    accessible(window)
    assert on_paper(window, "card") == (1, A4_POINTS)
    assert number not in window.content()

    window.goto("/personnel/member/photos/")
    files = {f"{number}.jpg": picture(colour="olive"), "合影.jpg": picture()}
    window.set_input_files("[name=package]", {"name": "a.zip", "mimeType": "application/zip", "buffer": package(files)})
    window.click(".submit-row [type=submit]")
    expect(window.locator(".photo-outcomes tbody tr")).to_have_count(2)
    expect(window.locator(".photo-outcomes tbody tr.refused")).to_have_count(1)
    look(window, "4-outcomes")
    assert complaints == []
    accessible(window)
    complaints.clear()  # on a page with a file to be chosen axe sets styles of its own, which the policy refuses

    window.goto(address)
    window.click("a[href$='photo/remove/']")
    window.click("#content-main [type=submit]")
    expect(window.locator(".photo-none")).to_be_visible()


def test_a_roster_breaks_into_pages_with_header_and_number(page, accessible):
    window = page("town")
    window.goto("/personnel/card/print/?force=joint_defence")
    with window.expect_navigation():  # with all its sheets: they are counted
        window.click(".submit-row [type=submit]")
    sheets = window.locator(".sheet").count()
    assert sheets > 1
    assert window.locator(".sheet thead").count() == sheets
    for number in range(sheets):
        assert f"第{number + 1}页" in window.locator(".sheet .foot").nth(number).inner_text()
    overflowing = "[...document.querySelectorAll('.sheet')].filter(s => s.scrollHeight > s.clientHeight + 1).length"
    assert window.evaluate(overflowing) == 0
    look(window, "5-roster")
    accessible(window)
    assert on_paper(window, "roster") == (sheets, A4_POINTS[::-1])


def test_the_pages_about_photos_and_prints_fit_a_telephone(page):
    window = page("village", width=390, height=844, color_scheme="dark")
    open_first_file(window)
    addresses = [window.url, "/personnel/member/photos/", "/personnel/card/print/"]
    for number, address in enumerate(addresses):
        window.goto(address)
        assert window.evaluate("document.documentElement.scrollWidth <= innerWidth")
        look(window, f"narrow-{number}")
    with window.expect_navigation():  # with its style sheets
        window.click(".submit-row [type=submit]")
    assert window.evaluate("document.documentElement.scrollWidth <= innerWidth")
    look(window, "narrow-roster")


def test_a_certificate_is_issued_and_fits_one_sheet(page, accessible):
    window = page("village")
    open_first_file(window)
    window.click(".object-tools a[href$='/certificate/']")
    window.fill("[name=purpose]", "办理银行贷款")
    window.click(".submit-row [type=submit]")
    expect(window.locator(".certificate")).to_contain_text("在职证明")
    look(window, "6-certificate")
    accessible(window)
    assert on_paper(window, "certificate") == (1, A4_POINTS)


def test_every_number_of_the_turnover_leads_to_people(page, accessible):
    window = page("town")
    window.goto("/dashboards/strength/")
    window.click(".as-of a")
    window.fill("#scope-since", "2026-01-01")
    window.click(".scope-form [type=submit]")
    look(window, "7-turnover")
    accessible(window)
    left = window.locator(".turnover tr.sum").nth(2).get_by_role("link")
    if left.inner_text() != "0":
        left.click()
        expect(window.locator("#people tbody a").first).to_be_visible()
    window.set_viewport_size({"width": 390, "height": 844})
    assert window.evaluate("document.documentElement.scrollWidth <= innerWidth")
