"""The colours are legible: contrast is computed from the style sheet's own variables (WCAG 2, level AA)."""

import re

import pytest
from django.contrib.staticfiles import finders

TEXT, MARK = 4.5, 3.0
TEXTS = [
    ("--body-fg", "--q-page"),
    ("--body-fg", "--q-surface"),
    ("--body-fg", "--q-caption"),
    ("--body-fg", "--darkened-bg"),
    ("--body-fg", "--selected-row"),
    ("--body-fg", "--message-success-bg"),
    ("--body-fg", "--message-warning-bg"),
    ("--body-fg", "--message-error-bg"),
    ("--body-quiet-color", "--q-page"),
    ("--body-quiet-color", "--q-surface"),
    ("--body-quiet-color", "--darkened-bg"),
    ("--body-medium-color", "--q-surface"),
    ("--link-fg", "--q-page"),
    ("--link-fg", "--q-surface"),
    ("--link-fg", "--q-hover"),
    ("--link-fg", "--selected-bg"),
    ("--link-fg", "--selected-row"),
    ("--error-fg", "--q-surface"),
    ("--error-fg", "--message-error-bg"),
    ("--button-fg", "--button-bg"),
    ("--button-fg", "--button-hover-bg"),
    ("--button-fg", "--delete-button-bg"),
    ("--button-fg", "--close-button-bg"),
    ("--header-link-color", "--header-bg"),
    ("--primary-fg", "--secondary"),
]
MARKS = [
    *((f"--q-tone-{tone}", "--q-surface") for tone in range(1, 9)),
    ("--q-focus", "--q-page"),
    ("--q-focus", "--q-surface"),
    ("--q-good", "--q-page"),
    ("--q-warn", "--q-page"),
    ("--secondary", "--q-surface"),
]


@pytest.fixture(scope="module")
def sheet():
    with open(finders.find("qunfang/qunfang.css"), encoding="utf-8") as source:
        return source.read()


def declared(sheet, opening):
    """The variables of the first block after that text."""
    block = sheet[sheet.index(opening) + len(opening) :]
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", block[: block.index("}")]))


def palette(sheet, theme):
    light = declared(sheet, 'html[data-theme="light"] {')
    colours = light if theme == "light" else light | declared(sheet, '\nhtml[data-theme="dark"] {')
    return {name: colours.get(value.removeprefix("var(").removesuffix(")"), value) for name, value in colours.items()}


def luminance(colour):
    digits = colour.removeprefix("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_on_white_is_twenty_one():
    assert contrast("#000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), [(*t, TEXT) for t in TEXTS] + [(*m, MARK) for m in MARKS])
def test_what_is_to_be_read_stands_out_enough(sheet, theme, front, back, least):
    colours = palette(sheet, theme)
    assert contrast(colours[front], colours[back]) >= least


def test_dark_by_choice_and_dark_by_the_system_are_the_same(sheet):
    chosen = declared(sheet, '\nhtml[data-theme="dark"] {')
    assert chosen
    assert declared(sheet, "@media (prefers-color-scheme: dark) {\n    :root {") == chosen


def test_every_variable_that_is_used_is_set_somewhere(sheet):
    with open(finders.find("admin/css/base.css"), encoding="utf-8") as source:
        known = set(re.findall(r"(--[\w-]+):", sheet + source.read()))
    assert set(re.findall(r"var\((--[\w-]+)", sheet)) <= known


def test_the_oldest_browser_can_read_it(sheet):
    assert ":has(" not in re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    assert "light-dark(" not in re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    assert "&" not in sheet


def test_nothing_is_fetched_from_elsewhere(sheet):
    assert "@import" not in sheet
    assert "url(" not in sheet
