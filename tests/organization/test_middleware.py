"""One request is one transaction: what is kept of it, what is undone, and what the visitor is told."""

import io
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import path

from config import urls as usual
from config.middleware import POLICY, client_address
from organization import checks, events
from organization.models import Employer, Post, SecurityEvent
from organization.scope import as_account
from personnel.models import Member
from tests.conftest import OTHER_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory

handler400, handler403 = usual.handler400, usual.handler403
handler404, handler500 = usual.handler404, usual.handler500

SECRET = "SELECT secret FROM personnel_member"  # what no visitor may read of an error
END = "RESET ROLE; SELECT pg_terminate_backend(pg_backend_pid())"
RAISED = {403: PermissionDenied, 404: Http404, 500: RuntimeError}


def write():
    Member.objects.update(remark="written")


def write_and_raise(request, status):
    write()
    raise RAISED[status](SECRET)


def write_and_return(request, status):
    write()
    return HttpResponse("done", status=status)


def swallow(request, how):
    """Writes, meets an error of the database, and goes on as if nothing had happened."""
    write() if request.user.is_authenticated else events.record("lookup")
    try:
        connection.cursor().execute({"error": "SELECT 1/0", "end": END}[how])
    except DatabaseError:
        request.session["noted"] = "done"  # so that the session, too, is to be saved in what is left
        return HttpResponse("done")
    raise AssertionError


def end(request):
    connection.cursor().execute(END)


def lock(request):
    """What a row lock that could not be had looks like."""
    write()
    connection.cursor().execute("DO $$ BEGIN RAISE 'lock' USING ERRCODE = 'lock_not_available'; END $$")


def defer(request):
    write()
    connection.cursor().execute("SET CONSTRAINTS ALL DEFERRED")
    Post.objects.create(team_id=10**9, unit_id=request.user.unit_id, title="deputy")
    return HttpResponse("done")


def write_elsewhere(request):
    Member.objects.filter(unit=VILLAGE).update(unit=OTHER_VILLAGE)
    return HttpResponse("done")


def stream(request):
    write()
    return StreamingHttpResponse(str(member.pk) for member in Member.objects.all())


def file(request):
    write()
    return FileResponse(io.BytesIO(b"done"))


def host(request):
    return HttpResponse(request.get_host())


urlpatterns = [
    path("try/raise/<int:status>/", write_and_raise),
    path("try/return/<int:status>/", write_and_return),
    path("try/swallow/<slug:how>/", swallow),
    path("try/end/", end),
    path("try/lock/", lock),
    path("try/defer/", defer),
    path("try/elsewhere/", write_elsewhere),
    path("try/stream/", stream),
    path("try/file/", file),
    path("try/host/", host),
    *usual.urlpatterns,
]


@pytest.fixture(autouse=True)
def these_urls(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def member(root):
    return MemberFactory(remark="")


@pytest.fixture
def browser(visitor, clerk, member):
    client = visitor(clerk)
    client.raise_request_exception = False
    return client


@pytest.fixture
def anybody(db):
    return Client(raise_request_exception=False)


def kept():
    return Member.objects.filter(remark="written").exists()


# --- what is kept and what is undone ---------------------------------------------------------------------------------


def test_what_a_view_wrote_is_kept(browser):
    assert browser.get("/try/return/200/").status_code == 200
    assert kept()


@pytest.mark.parametrize("status", [403, 404, 500])
def test_what_a_view_wrote_before_it_raised_is_undone(browser, status):
    assert browser.get(f"/try/raise/{status}/").status_code == status
    assert not kept()


@pytest.mark.parametrize("status", [403, 500, 503])
def test_what_a_view_wrote_before_it_refused_or_failed_is_undone(browser, status):
    assert browser.get(f"/try/return/{status}/").status_code == status
    assert not kept()


def test_a_redirect_keeps_what_was_written(browser):
    assert browser.get("/try/return/302/").status_code == 302
    assert kept()


def test_an_error_of_the_database_that_a_view_swallowed_is_no_success(browser):
    answer = browser.get("/try/swallow/error/")
    assert answer.status_code == 409
    assert "done" not in answer.content.decode()
    assert not kept()


def test_nor_is_it_at_the_gate(anybody):
    assert anybody.get("/try/swallow/error/").status_code == 409


def test_a_constraint_that_fails_at_the_end_becomes_a_page(account, visitor, member):
    governance = visitor(account("governance"))
    answer = governance.get("/try/defer/")
    assert answer.status_code == 409
    assert not kept()


def test_somebody_elses_lock_is_said_and_can_be_tried_again(browser):
    answer = browser.get("/try/lock/", headers={"accept-language": "en"})
    assert answer.status_code == 409
    assert "Somebody else was writing the same rows" in answer.content.decode()
    assert not kept()


def test_what_the_database_refuses_to_a_sent_form_is_a_page_and_not_a_fault(browser):
    answer = browser.post("/try/elsewhere/", headers={"accept-language": "en"})
    assert answer.status_code == 409
    assert "outside your unit" in answer.content.decode()


def test_the_same_refusal_of_a_page_that_only_reads_is_a_fault(browser):
    assert browser.get("/try/elsewhere/").status_code == 500


def test_a_form_says_what_the_database_refused_and_keeps_what_was_typed(account, visitor, root):
    browser = visitor(account("staff", TOWN))
    sent = {"name": "外镇公司", "nature": "school", "unit": OTHER_VILLAGE}
    answer = browser.post("/organization/employer/add/", sent, headers={"accept-language": "en"})
    assert answer.status_code == 200
    assert "outside your unit" in answer.content.decode()
    assert 'value="外镇公司"' in answer.content.decode()
    assert not Employer.objects.filter(name="外镇公司").exists()


def test_a_stream_fails_closed(browser):
    answer = browser.get("/try/stream/")
    assert answer.status_code == 500
    assert not kept()


def test_a_file_is_sent(browser):
    answer = browser.get("/try/file/")
    assert b"".join(answer.streaming_content) == b"done"
    assert kept()


@pytest.mark.parametrize("way", ["raise", "return"])
def test_a_refusal_is_recorded_after_everything_else_was_undone(browser, clerk, account, way):
    with as_account(account("auditor")):
        before = set(SecurityEvent.objects.values_list("pk", flat=True))
    answer = browser.get(f"/try/{way}/403/?secret=1")
    with as_account(account("auditor")):
        (event,) = SecurityEvent.objects.exclude(pk__in=before)
    assert (event.kind, event.actor, event.username) == ("refused", clerk.pk, "clerk")
    assert (event.origin, event.request) == (f"/try/{way}/403/", answer["X-Request-Id"])


def test_a_request_leaves_no_scope_behind(browser):
    browser.get("/try/return/200/")
    browser.get("/try/raise/500/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.duty', true), current_setting('app.unit_low', true)")
        assert cursor.fetchone() == ("", "")  # that of the test itself


# --- the database is away --------------------------------------------------------------------------------------------


@pytest.fixture
def real(django_db_setup, django_db_blocker):
    """A visitor whose requests commit: no transaction of the test around them."""
    with django_db_blocker.unblock():
        yield Client(raise_request_exception=False)
        connection.close()


@pytest.fixture
def database_away(real, monkeypatch):
    """Makes the database unreachable, and reachable again when called with True."""
    place = connection.settings_dict["HOST"]

    def switch(*, back=False):
        connection.close()
        connection.settings_dict["HOST"] = place if back else "/nonexistent"

    yield switch
    switch(back=True)


def test_without_a_database_every_page_says_so_in_chinese_and_when_to_come_back(real, database_away):
    database_away()
    for address in ("/", "/login/", "/personnel/card/", "/nowhere/"):
        answer = real.get(address)
        assert (answer.status_code, answer["Retry-After"]) == (503, "10")
        assert '<html lang="zh-hans">' in answer.content.decode()
        assert answer["X-Request-Id"] in answer.content.decode()
        assert answer["Content-Security-Policy"] == POLICY
    assert real.get("/health/").status_code == 503


def test_the_site_recovers_by_itself(real, database_away):
    assert real.get("/login/").status_code == 200
    database_away()
    assert real.get("/login/").status_code == 503
    database_away(back=True)
    assert real.get("/login/").status_code == 200
    assert real.get("/health/").json() == {"database": True}


def test_a_site_that_started_without_its_database_proves_the_walls_when_it_comes(real, database_away, monkeypatch):
    monkeypatch.setattr(checks, "_proved", set())
    database_away()
    assert checks.refuse_unsafe_start() is False
    assert real.get("/login/").status_code == 503
    database_away(back=True)
    assert real.get("/login/").status_code == 200
    assert checks._proved


def test_a_site_with_a_hole_in_its_walls_serves_nothing(real, monkeypatch):
    monkeypatch.setattr(checks, "_proved", set())
    monkeypatch.setattr(checks.settings, "PRODUCTION", True)  # over a demonstration
    answer = real.get("/login/")
    assert answer.status_code == 503
    assert "demonstration" not in answer.content.decode()


@pytest.mark.parametrize("address", ["/try/end/", "/try/swallow/end/"])
def test_a_connection_that_ends_in_the_middle_is_said_and_the_next_request_has_a_new_one(real, address):
    answer = real.post(address, headers={"accept-language": "en"})
    assert answer.status_code == 503
    assert "Nothing was saved" in answer.content.decode()
    assert real.get("/login/").status_code == 200


def test_the_health_page_asks_nothing_about_the_visitor(account, visitor, django_assert_num_queries):
    browser = visitor(account("hr"))
    with django_assert_num_queries(1):
        assert browser.get("/health/").json() == {"database": True}


def test_reading_is_not_said_to_have_saved_nothing(real):
    answer = real.get("/try/end/", headers={"accept-language": "en"})
    assert answer.status_code == 503
    assert "Nothing was saved" not in answer.content.decode()


def test_a_visitor_reads_the_page_in_their_own_language_whoever_came_before(real, database_away):
    database_away()
    english = real.get("/", headers={"accept-language": "en"}).content.decode()
    assert 'lang="en"' in english
    assert 'lang="zh-hans"' in real.get("/").content.decode()


# --- headers, hosts, addresses, error pages --------------------------------------------------------------------------


HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize(
    "address", ["/", "/personnel/card/", "/nowhere/", "/try/raise/403/", "/try/raise/500/", "/try/swallow/error/"]
)
def test_every_page_carries_the_headers(browser, address):
    answer = browser.get(address)
    assert {name: answer[name] for name in HEADERS} == HEADERS
    assert "no-store" in answer["Cache-Control"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_the_login_page_carries_them_too(anybody):
    answer = anybody.get("/login/")
    assert {name: answer[name] for name in HEADERS} == HEADERS


def test_a_foreign_host_is_refused(anybody):
    answer = anybody.get("/login/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


def test_a_forwarded_host_is_ignored(anybody):
    assert anybody.get("/try/host/", headers={"x-forwarded-host": "evil.example"}).content == b"testserver"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "1.2.3.4", "10.0.0.9"),
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.8", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, "nonsense", "10.0.0.9"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_address_is_that_of_the_peer_unless_a_proxy_is_trusted(rf, settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    assert client_address(rf.get("/", REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR=forwarded)) == address


def test_the_address_in_the_log_cannot_be_made_up(browser, account):
    browser.get("/try/raise/403/", headers={"x-forwarded-for": "1.2.3.4"}, REMOTE_ADDR="10.0.0.9")
    with as_account(account("auditor")):
        assert SecurityEvent.objects.filter(kind="refused").latest("pk").address == "10.0.0.9"


def page_of(status, browser, anybody):
    if status == "csrf":
        return Client(enforce_csrf_checks=True).post("/login/", {"username": "x"})
    if status == 400:
        return anybody.get("/login/", headers={"host": "evil.example"})
    return browser.get("/try/swallow/error/" if status == 409 else f"/try/raise/{status}/")


@pytest.mark.parametrize("status", [400, 403, 404, 409, 500, "csrf"])
def test_an_error_page_names_the_request_and_nothing_of_the_inside(browser, anybody, status):
    answer = page_of(status, browser, anybody)
    assert answer.status_code == (403 if status == "csrf" else status)
    page = answer.content.decode()
    assert answer["X-Request-Id"] in page
    for secret in ("Django", "SELECT", "/try/", "Traceback", "personnel", "1.2.", "site-packages"):
        assert secret not in re.sub(answer["X-Request-Id"], "", page)


def test_requests_have_different_numbers(anybody):
    assert anybody.get("/login/")["X-Request-Id"] != anybody.get("/login/")["X-Request-Id"]


def test_an_error_page_of_a_sent_form_says_that_nothing_was_saved(browser):
    english = {"accept-language": "en"}
    assert "Nothing was saved" in browser.post("/try/raise/500/", headers=english).content.decode()
    assert "Nothing was saved" not in browser.get("/try/raise/500/", headers=english).content.decode()
