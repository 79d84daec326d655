"""A transfer seen from both sides: one village asks, the other decides; a town moves people among its villages."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_drill import VILLAGES

LISTS = {"asking": "/personnel/transferrequest/", "deciding": "/personnel/transferconsent/?standing=mine"}


@pytest.fixture
def looked_at(accessible, complaints):
    """A page as it should be, for axe and on a telephone."""

    def look(window):
        assert complaints == []
        accessible(window)
        window.set_viewport_size({"width": 390, "height": 844})
        assert window.evaluate("document.documentElement.scrollWidth <= innerWidth")
        window.set_viewport_size({"width": 1280, "height": 800})
        complaints.clear()  # axe puts imported style sheets into the page to read them, which the policy refuses

    return look


def somebody(window, nth=0):
    """(name, number, address) of a full-time member of the joint defence of the clerk's village."""
    window.goto("/personnel/card/?force=joint_defence")
    name = window.locator("#result_list tbody tr").nth(nth).locator("a").first
    told = name.inner_text()
    name.click()
    return told, window.locator(".field-shown_number .readonly").first.inner_text(), window.url


def ask(window, name, number, **more):
    window.goto(f"{LISTS['asking']}add/")
    window.fill("[name=id_number]", number)
    window.fill("[name=name]", name)
    if share := more.get("share"):
        window.check("[name=kind][value=second]")
        window.fill("[name=share]", share)


def test_a_person_is_asked_for_and_comes(page, looked_at):
    keeper, asker = page("village"), page("village2")
    name, number, file = somebody(keeper)

    ask(asker, name, number)
    looked_at(asker)
    asker.locator(".submit-row [type=submit]").click()
    expect(asker.locator(".messagelist")).to_be_visible()
    expect(asker.locator("#result_list")).to_contain_text(name)
    looked_at(asker)
    asker.locator("#result_list").get_by_role("link", name=name).click()
    looked_at(asker)
    expect(asker.locator("#content")).not_to_contain_text(number)

    keeper.goto("/")
    looked_at(keeper)
    keeper.locator(f'a[href="{LISTS["deciding"]}"]').click()
    looked_at(keeper)
    keeper.locator("#result_list").get_by_role("link", name=name).click()
    expect(keeper.locator(".transfer-effect")).to_be_visible()
    looked_at(keeper)
    keeper.locator(".transfer-answers [value=agreed] + input").click()
    expect(keeper.locator(".transfer-answers")).to_have_count(0)
    looked_at(keeper)

    keeper.goto(file)
    assert keeper.url != file
    asker.goto("/")
    asker.locator('a[href="/personnel/transferrequest/?standing=lately"]').click()
    asker.locator("#result_list").get_by_role("link", name=name).click()
    asker.goto(file)
    assert asker.url == file
    expect(asker.locator(".field-shown_number .readonly").first).to_have_text(number)


def test_a_refusal_keeps_its_reason(page, looked_at):
    keeper, asker = page("village"), page("village2")
    name, number, _file = somebody(keeper, 1)
    ask(asker, name, number, share="50")
    asker.locator(".submit-row [type=submit]").click()
    keeper.goto(LISTS["deciding"])
    keeper.locator("#result_list").get_by_role("link", name=name).click()
    expect(keeper.locator(".transfer-effect .errorlist")).to_be_visible()
    expect(keeper.locator(".transfer-answers [value=agreed] + input")).to_be_disabled()
    looked_at(keeper)
    keeper.fill("[name=reason]", "人手不足")
    keeper.locator(".transfer-answers [type=submit]").last.click()
    expect(keeper.locator(".transfer-facts")).to_contain_text("人手不足")
    asker.goto(LISTS["asking"])
    asker.locator("#result_list").get_by_role("link", name=name).click()
    expect(asker.locator("#content")).not_to_contain_text("人手不足")
    looked_at(asker)


def test_a_town_moves_ticked_people_to_another_village(page, looked_at):
    window = page("town")
    window.goto(f"/personnel/card/?force=joint_defence&unit={VILLAGES['village']}")
    boxes = window.locator("#result_list .action-select")
    names = [window.locator("#result_list tbody tr").nth(n).locator("a").first.inner_text() for n in (2, 3)]
    for n in (2, 3):
        boxes.nth(n).check()
    window.select_option("[name=action]", "move_people")
    looked_at(window)
    window.locator(".actions [type=submit]").click()
    looked_at(window)
    target = window.locator("[name=target] option").nth(4)
    unit = target.inner_text()
    window.select_option("[name=target]", target.get_attribute("value"))
    window.locator(".submit-row [type=submit]").click()
    expect(window.locator(".transfer-moves")).to_contain_text("2")
    looked_at(window)
    window.locator("[name=confirmed]").click()
    expect(window.locator(".messagelist")).to_contain_text(unit)
    for name in names:
        expect(window.locator("#result_list")).to_contain_text(name)
