"""What is being typed is kept for its account, for a day or until it is saved; a form sent too late comes back."""

import json
import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organization import draft_pages, drafts
from organization.accounts.sessions import end_sessions_of
from organization.models import Draft
from organization.scope import as_account
from personnel.models import CorrectionRequest, Member
from tests.conftest import DISTRICT, OTHER_VILLAGE, VILLAGE
from tests.factories import MemberFactory, id_number, serve
from tests.personnel.test_entry import ADD, entered, saved

KEY = uuid.UUID("6a5d7e5e-1111-4222-8333-444455556666")
TYPED = [["name", "李大同"], ["id_number", id_number(3)]]


def keep(browser, account, typed=TYPED, key=KEY, page=ADD, **more):
    sent = {"who": account.pk, "page": page, "typed": json.dumps(typed)} | more
    return browser.post(f"/drafts/{key}/", sent).json()


def offered(browser, page=ADD):
    return [one["key"] for one in browser.get("/drafts/", {"page": page}).json()["drafts"]]


def typed_in(browser, key=KEY):
    return browser.get(f"/drafts/{key}/").json()["typed"]


def carried(account, key=KEY, **changes):
    return entered(**changes) | {"_draft": str(key), "_who": account.pk}


# --- keeping ----------------------------------------------------------------------------------------------------------


def test_what_was_typed_is_offered_on_the_same_form_and_on_no_other(visitor, clerk):
    browser = visitor(clerk)
    assert keep(browser, clerk)["kept"]
    assert offered(browser) == [str(KEY)]
    assert offered(browser, "/personnel/member/5/change/") == []
    assert typed_in(browser) == TYPED


def test_the_text_of_a_choice_that_was_looked_up_comes_along(visitor, clerk):
    browser = visitor(clerk)
    chosen = [["assignments-0-employer", "7", "安达保安公司"]]
    assert keep(browser, clerk, chosen)["kept"]
    assert typed_in(browser) == chosen


def test_the_last_that_was_typed_counts_and_two_windows_do_not_mix(visitor, clerk):
    browser, other = visitor(clerk), uuid.uuid4()
    keep(browser, clerk)
    keep(browser, clerk, [["name", "李改过"]])
    keep(browser, clerk, [["name", "王另窗"]], key=other)
    assert typed_in(browser) == [["name", "李改过"]]
    assert typed_in(browser, other) == [["name", "王另窗"]]


def test_nobody_else_sees_it_not_even_the_district_or_the_same_village(visitor, clerk, stranger, account):
    keep(visitor(clerk), clerk)
    for other in (stranger, account("governance", DISTRICT), account("clerk", VILLAGE), account("auditor")):
        browser = visitor(other)
        assert offered(browser) == []
        assert typed_in(browser) is None


def test_nothing_typed_lies_readable_in_the_database(visitor, clerk):
    keep(visitor(clerk), clerk)
    with as_account(clerk):
        blob = bytes(Draft.objects.get().typed)
        assert not any(value.encode() in blob for _name, value in TYPED)


def test_passwords_and_tokens_are_never_kept(visitor, clerk):
    browser = visitor(clerk)
    secrets = [["old_password", "hush"], ["new_password1", "hush"], ["csrfmiddlewaretoken", "x"]]
    keep(browser, clerk, [*secrets, ["name", "李大同"]])
    assert typed_in(browser) == [["name", "李大同"]]


def test_what_one_account_typed_is_not_kept_for_another_who_logged_in_meanwhile(visitor, clerk, stranger):
    browser = visitor(stranger)
    assert keep(browser, clerk)["kept"] is None
    assert offered(browser) == []


def test_after_a_day_the_policy_hides_it_and_what_is_fresh_is_not_cleared_away(visitor, clerk):
    browser = visitor(clerk)
    keep(browser, clerk)
    with as_account(clerk), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polrelid = 'organization_draft'::regclass"
        )
        conditions = [condition for (condition,) in cursor.fetchall() if condition and "app.actor" in condition]
    assert conditions
    assert all("'1 day'::interval" in condition for condition in conditions)
    drafts.clear_expired()
    assert offered(browser) == [str(KEY)]


def test_it_can_be_thrown_away(visitor, clerk):
    browser = visitor(clerk)
    keep(browser, clerk)
    browser.post(f"/drafts/{KEY}/", {"who": clerk.pk, "drop": "1"})
    assert offered(browser) == []


def test_only_the_latest_twenty_are_kept(visitor, clerk):
    browser = visitor(clerk)
    keys = [uuid.uuid4() for _ in range(drafts.MOST_DRAFTS + 2)]
    for key in keys:
        keep(browser, clerk, key=key)
    assert sorted(offered(browser)) == sorted(map(str, keys[2:]))


@pytest.mark.parametrize(
    "sent",
    [
        {"typed": "no list"}, {"typed": '{"a": 1}'}, {"typed": "[1]"}, {"typed": '[["a"]]'}, {"typed": "[" * 100_000},
        {"page": "//evil.example/"}, {"page": "https://evil.example/"}, {"page": "/\0"}, {"page": "/" + "x" * 500},
        {"typed": json.dumps([["name", "x" * drafts.MOST_CHARACTERS]])},
    ],
)  # fmt: skip
def test_what_is_no_form_of_this_site_is_not_kept(visitor, clerk, sent):
    browser = visitor(clerk)
    assert keep(browser, clerk, **sent)["kept"] is None
    assert offered(browser) == []


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=50)), max_size=10))
def test_whatever_is_typed_comes_back_as_it_was(clerk, pairs):
    pairs = [[name, value] for name, value in pairs if drafts.kept([[name, value]])]
    with as_account(clerk):
        assert drafts.keep(clerk, KEY, ADD, draft_pages.pairs(json.dumps(pairs)))
        assert drafts.opened(KEY) == pairs


def test_typing_keeps_the_session_open_and_asking_takes_the_same_number_of_queries(visitor, clerk):
    from django.test.utils import CaptureQueriesContext

    browser = visitor(clerk)
    counts = []
    for size in (1, 50):
        keep(browser, clerk, TYPED * size)
        with CaptureQueriesContext(connection) as captured:
            keep(browser, clerk, TYPED * size)
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- saving -----------------------------------------------------------------------------------------------------------


def test_a_save_ends_the_unsaved_work_and_what_was_on_its_way_does_not_bring_it_back(visitor, clerk):
    browser = visitor(clerk)
    keep(browser, clerk)
    assert saved(browser.post(ADD, carried(clerk)))
    assert offered(browser) == []
    assert keep(browser, clerk)["kept"] is None
    assert offered(browser) == []


def test_a_form_that_was_refused_is_still_kept_and_goes_on_under_its_key(visitor, clerk):
    browser = visitor(clerk)
    keep(browser, clerk)
    answer = browser.post(ADD, carried(clerk, id_number="1"))
    assert answer.status_code == 200
    assert f'name="_draft" value="{KEY}"' in answer.content.decode()
    assert offered(browser) == [str(KEY)]


def test_a_correction_of_a_file_ends_its_unsaved_work_too(root, visitor, account):
    staff = account("staff", VILLAGE // 1000 * 1000)
    member = MemberFactory(name="李大同")
    serve(member)
    page = f"/personnel/member/{member.pk}/change/"
    browser = visitor(staff)
    form = browser.get(page).content.decode()
    key = uuid.UUID(re.search(r'name="_draft" value="([^"]+)"', form)[1])
    keep(browser, staff, key=key, page=page)
    assert offered(browser, page) == [str(key)]
    seen = re.search(r'name="seen" value="(\d+)"', form)[1]
    from tests.personnel.test_entry import formset

    sent = {"name": "李大同", "phone": "", "address": "穗安区一号", "seen": seen, "_draft": str(key), "_who": staff.pk}
    service = {
        "id": member.assignments.get().pk, "member": member.pk, "force": "joint_defence", "sponsor": "village",
        "unit": VILLAGE, "started_on": "2012-01-01", "beginning": "recruited", "share": 100,
    }  # fmt: skip
    sent |= formset("assignments", service, initial=1) | formset("emergency_contacts")
    assert saved(browser.post(page, sent))
    assert offered(browser, page) == []


def asked_for(member, account):
    day = timezone.localdate().isoformat()
    asked = {"member": member.pk, "wrong": "学历写错", "brought_by": "本人", "received_on": day}
    return asked | {"_draft": str(KEY), "_who": account.pk}


def test_a_button_pressed_twice_writes_one_row_and_leads_twice_to_the_same_page(root, visitor, clerk):
    member = MemberFactory()
    serve(member)
    browser, page = visitor(clerk), "/personnel/correctionrequest/add/"
    first = browser.post(page, asked_for(member, clerk))
    second = browser.post(page, asked_for(member, clerk), follow=True)
    assert saved(first)
    assert second.redirect_chain == [(first["Location"], 302)]
    assert "没有重复保存" in second.content.decode()
    with as_account(clerk):
        assert CorrectionRequest.objects.count() == 1


def test_a_change_that_may_be_made_once_is_no_refusal_when_it_is_sent_twice(root, visitor, clerk):
    member = MemberFactory()
    serve(member)
    browser = visitor(clerk)
    browser.post("/personnel/correctionrequest/add/", asked_for(member, clerk))
    with as_account(clerk):
        page = f"/personnel/correctionrequest/{CorrectionRequest.objects.get().pk}/change/"
    answer = {"outcome": "done", "reason": "已改", "_draft": str(uuid.uuid4()), "_who": clerk.pk}
    assert saved(browser.post(page, answer))
    again = browser.post(page, answer, follow=True)
    assert again.status_code == 200
    assert "没有重复保存" in again.content.decode()


# --- a form that is sent after the session has ended ------------------------------------------------------------------


PASSWORD = "an-old-tree-by-the-river-9"


@pytest.fixture
def typist(account):
    made = account("clerk", VILLAGE, username="typist")
    with as_account(made):
        made.set_password(PASSWORD)
        made.save(update_fields=["password"])
    return made


def sent_too_late(visitor, typist):
    """(browser, page) after a form was sent whose session is gone."""
    browser = visitor(typist)
    end_sessions_of(typist)
    return browser, browser.post(f"{ADD}?unit={VILLAGE}", carried(typist))


def waiting(page):
    return re.search(r'name="kept" value="([^"]+)"', page.content.decode())[1]


def log_in(browser, page, username="typist", password=PASSWORD):
    form = {"username": username, "password": password, "kept": waiting(page)}
    return browser.post("/login/", form | {"next": page.context["next"]})


def test_a_form_sent_after_the_end_comes_back_after_the_login_and_nothing_is_applied(visitor, typist):
    browser, page = sent_too_late(visitor, typist)
    assert page.status_code == 200
    assert "李大同" not in page.content.decode()
    answer = log_in(browser, page)
    assert answer["Location"] == f"{ADD}?unit={VILLAGE}"
    with as_account(typist):
        assert not Member.objects.exists()
    assert offered(browser) == [str(KEY)]
    fields = dict(typed_in(browser))
    assert (fields["name"], fields["id_number"]) == ("李大同", id_number(3))
    assert "_draft" not in fields
    assert saved(browser.post(ADD, carried(typist)))
    assert offered(browser) == []


def test_a_wrong_password_loses_nothing(visitor, typist):
    browser, page = sent_too_late(visitor, typist)
    again = log_in(browser, page, password="wrong")
    assert again.status_code == 200
    assert log_in(browser, again).status_code == 302
    assert offered(browser) == [str(KEY)]


def test_whoever_else_logs_in_there_gets_nothing_of_it(visitor, typist, account):
    other = account("clerk", OTHER_VILLAGE, username="other")
    with as_account(other):
        other.set_password(PASSWORD)
        other.save(update_fields=["password"])
    browser, page = sent_too_late(visitor, typist)
    log_in(browser, page, username="other")
    assert offered(browser) == []
    assert typed_in(browser) is None


@pytest.mark.parametrize("forged", ["", "x", "AAAA", "李", "A" * 5000])
def test_a_forged_form_in_the_login_page_is_no_fault(visitor, typist, forged):
    browser = Client()
    answer = browser.post("/login/", {"username": "typist", "password": PASSWORD, "kept": forged})
    assert answer.status_code == 302
    assert offered(browser) == []


@pytest.mark.parametrize("who", ["", "x", "-1", "1" * 40, "١"])
def test_a_form_that_does_not_say_whose_it_is_leads_to_the_plain_login(typist, who, db):
    answer = Client().post(ADD, carried(typist) | {"_who": who})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")


def test_a_form_that_is_far_too_long_leads_to_the_plain_login(typist, db):
    answer = Client().post(ADD, carried(typist) | {"remark": "x" * 300_000})
    assert answer.status_code == 302


def test_the_way_back_stays_on_this_site(typist, db):
    answer = Client().post("//evil.example/", carried(typist))
    assert "evil" not in answer.headers.get("Location", "") or answer.status_code == 404


# --- a step that was pressed after the session had ended --------------------------------------------------------------


STEPS = {
    "/personnel/erasurebatch/7/decide/": "/personnel/erasurebatch/7/change/",
    "/personnel/withdrawnfile/7/back/": "/personnel/withdrawnfile/7/change/?_changelist_filters=q%3D1",
    "/personnel/filemerge/7/separate/": "/personnel/filemerge/7/change/",
    "/personnel/assessmentcycle/7/close/": "/personnel/assessmentcycle/7/results/",
}


@pytest.mark.parametrize(("step", "page"), STEPS.items())
def test_a_step_pressed_after_the_end_comes_back_to_the_page_of_its_button(typist, step, page):
    browser = Client()
    answer = browser.post(step, {}, HTTP_REFERER=f"http://testserver{page}")
    assert answer.status_code == 302
    door = browser.get(answer["Location"])
    assert "没有执行" in door.content.decode()
    back = browser.post("/login/", {"username": "typist", "password": PASSWORD, "next": door.context["next"]})
    assert back["Location"] == page


@pytest.mark.parametrize(
    "told", ["", "x", "http://evil.example/personnel/card/", "http://testserver//evil.example/", "http://[", "/login/"]
)
def test_a_step_whose_page_is_not_known_comes_back_to_no_other_site(typist, told):
    step = "/personnel/erasurebatch/7/decide/"
    answer = Client().post(step, {}, HTTP_REFERER=told)
    assert answer.status_code == 302
    assert answer["Location"] == f"/login/?next={step}"


def test_who_logs_out_is_led_to_the_plain_login_page(visitor, typist):
    answer = visitor(typist).post("/logout/", HTTP_REFERER="http://testserver/personnel/card/")
    assert (answer.status_code, answer["Location"]) == (302, "/login/")
