"""The pages that views fill: they stand with nothing given, and show what is."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.utils import translation

from dashboards.charts import Datum, bar_chart
from tests.conftest import DISTRICT as OFFICE
from tests.conftest import VILLAGE
from tests.factories import MemberFactory, serve

TOWN = {"code": 440199001000, "name": "东塘街道"}
DISTRICT = {"code": 440199000000, "name": "穗安区"}


@pytest.fixture
def page(rf, settings):
    """Renders a template as for a visitor, in English, with files that nobody collected."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }

    def render(template, address="/", **context):
        request = rf.get(address)
        request.user = AnonymousUser()
        with translation.override("en"):
            return render_to_string(template, context, request)

    return render


def test_the_workbench_stands_with_nothing_given(page):
    text = page("admin/index.html")
    assert "Workbench" in text
    assert "Waiting for me" not in text
    assert "workbench-bare" in text


def test_an_empty_workbench_says_so(page):
    text = page("admin/index.html", waiting=[], gaps=[])
    assert "Nothing is waiting for you." in text
    assert "Nothing is missing" in text


def test_the_workbench_leads_to_what_waits_and_escapes_what_it_is_told(page):
    item = {"label": "<b>转入</b>", "count": 3, "url": "/transfers/?open=1&mine=1", "hint": "8 月 12 日到期"}
    text = page(
        "admin/index.html",
        waiting=[item],
        figures=[{"label": "在岗总人数", "value": "1,274", "url": "/members/"}],
        actions=[{"label": "新增队员", "url": "/members/add/", "primary": True}],
    )
    assert 'href="/transfers/?open=1&amp;mine=1"' in text
    assert "&lt;b&gt;转入" in text
    assert '<a href="/members/">1,274</a>' in text
    assert '<a class="button-primary" href="/members/add/">' in text


def test_strength_stands_with_a_title_only(page):
    assert "<h1>" in page("dashboards/strength.html", title="Strength")


def test_strength_shows_the_day_the_unit_and_what_was_chosen(page):
    text = page(
        "dashboards/strength.html",
        title="Strength",
        day=date(2014, 7, 1),
        unit=DISTRICT,
        trail=[],
        units=[TOWN],
        forces=[("guard", "Guards"), ("patrol", "Patrol")],
        force="patrol",
    )
    assert 'value="2014-07-01"' in text
    assert '<option value="440199001000">' in text
    assert '<option value="440199000000" selected>' in text
    assert '<option value="patrol" selected>' in text
    assert '<option value="guard">' in text


def test_going_up_a_unit_keeps_the_day_and_the_force(page):
    text = page(
        "dashboards/strength.html",
        "/strength/?unit=440199001000&on=2014-07-01&force=guard",
        title="Strength",
        unit=TOWN,
        trail=[DISTRICT],
    )
    assert 'href="?unit=440199000000&amp;on=2014-07-01&amp;force=guard"' in text


def test_strength_draws_charts_and_links_the_cells_of_its_tables(page):
    table = {
        "title": "各镇街人数",
        "headers": ["镇街", "人数"],
        "rows": [{"label": "东塘街道", "url": "/t/", "cells": [{"value": "91", "url": "/people/?t=1"}]}],
        "total": {"label": "合计", "cells": [{"value": "91"}]},
        "note": "说明",
    }
    chart = bar_chart("towns", "按镇街", [Datum("东塘街道", 91, "/people/?t=1")])
    text = page("dashboards/strength.html", title="Strength", charts=[chart], tables=[table])
    assert "<svg" in text
    assert '<td><a href="/people/?t=1">91</a></td>' in text
    assert '<tfoot><tr><th scope="row">合计</th><td>91</td>' in text
    assert "说明" in text


@pytest.mark.parametrize("template", ["admin/index.html", "dashboards/strength.html"])
def test_a_page_obeys_the_content_policy(page, template):
    text = page(template, title="t", waiting=[], unit=TOWN, charts=[bar_chart("c", "t", [Datum("a", 1)])])
    assert " style=" not in text
    assert "<style" not in text
    assert "<script>" not in text
    assert " onclick" not in text


def test_our_style_sheet_is_the_last_so_that_it_holds(page):
    text = page("admin/index.html")
    assert text.rindex('rel="stylesheet"') < text.index("qunfang/qunfang.css") < text.index("</head>")


def test_days_are_chosen_in_the_calendar_of_the_browser(root, account, visitor):
    """The admin's own calendar needs scripts that only its change forms load."""
    pages = {
        "governance": ["/organization/reorganisation/new/merge/", f"/organization/unit/{VILLAGE}/close/"],
        "clerk": ["/personnel/member/seen/"],
    }
    serve(MemberFactory())
    for role, addresses in pages.items():
        browser = visitor(account(role, VILLAGE if role == "clerk" else OFFICE))
        for address in addresses:
            text = browser.get(address).content.decode()
            assert 'type="date"' in text
            assert "DateTimeShortcuts" not in text
