from tests.browser.conftest import log_in


def test_a_village_clerk_logs_in_sees_the_workbench_in_chinese_and_logs_out(page, site):
    window = page()
    log_in(window, "village", site.password)

    assert "工作台" in window.title()
    assert window.locator("html").get_attribute("lang") == "zh-hans"
    window.get_by_role("button", name="退出登录").click()
    window.goto("/")
    assert "/login/" in window.url


def test_a_wrong_password_is_refused_in_chinese(page):
    window = page()
    window.goto("/login/")
    window.fill("[name=username]", "village")
    window.fill("[name=password]", "not-the-password")
    window.click("#login-form [type=submit]")

    assert "/login/" in window.url
    assert "密码" in window.locator(".errornote").inner_text()


def test_the_language_can_be_switched_to_english_and_back(page):
    window = page("village")
    window.get_by_role("button", name="English").click()
    assert "Workbench" in window.title()
    window.get_by_role("button", name="简体中文").click()
    assert "工作台" in window.title()


def test_the_login_page_keeps_nobody_out(page, accessible):
    window = page()
    window.goto("/login/")
    accessible(window)


def test_the_workbench_keeps_nobody_out(page, accessible):
    accessible(page("village"))


def test_the_workbench_fits_a_telephone(page):
    window = page("village", width=390, height=844)
    assert window.evaluate("document.documentElement.scrollWidth <= innerWidth")
