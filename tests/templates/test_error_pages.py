"""Error pages have to stand when everything else has fallen: they are rendered here with nothing at all."""

import re

import pytest
from django.template.loader import get_template

PAGES = ["400", "403", "403_csrf", "404", "500", "503"]


@pytest.mark.parametrize("name", PAGES)
def test_an_error_page_needs_neither_context_nor_database_nor_collected_files(name, settings):
    settings.STATIC_ROOT = "/nonexistent"
    page = get_template(f"{name}.html").render()
    assert page.count("<h1>") == 1
    assert "<li>" in page
    assert "error-reference" not in page


@pytest.mark.parametrize("name", PAGES)
def test_an_error_page_shows_the_request_number_when_there_is_one(name):
    assert "7f3a-51d4" in get_template(f"{name}.html").render({"request_id": "7f3a-51d4"})


@pytest.mark.parametrize("name", PAGES)
def test_the_request_number_is_also_taken_from_the_request(name, rf):
    request = rf.get("/")
    request.id = "7f3a-51d4"
    assert "7f3a-51d4" in get_template(f"{name}.html").render({"request": request})


@pytest.mark.parametrize("name", PAGES)
def test_an_error_page_tells_a_stranger_neither_path_nor_version_nor_exception(name, rf):
    context = {"exception": "no such table: secret", "request_path": "/secret/", "reason": "secret"}
    page = get_template(f"{name}.html").render(context, rf.get("/secret/"))
    assert "secret" not in page
    assert "Django" not in page
    assert not re.search(r"\d+\.\d+\.\d+", page)


@pytest.mark.parametrize("name", PAGES)
def test_an_error_page_obeys_the_content_policy(name):
    page = get_template(f"{name}.html").render()
    assert "<script" not in page
    assert "<style" not in page
    assert " style=" not in page
    assert "//" not in page.replace("<!DOCTYPE html>", "")


def test_that_nothing_was_saved_is_only_said_when_it_is_known():
    said = "Nothing was saved. Go back"
    page = get_template("500.html")
    from django.utils import translation

    with translation.override("en"):
        assert said not in page.render()
        assert said in page.render({"nothing_saved": True})
