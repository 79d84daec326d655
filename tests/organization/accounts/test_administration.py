"""Who keeps accounts: three administrators of whom none alone can widen a right, and towns for their villages."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from organization.accounts import throttle
from organization.models import Account, Installation, Session, TrailEntry
from organization.scope import as_account, as_root, gate
from tests.conftest import DISTRICT, OTHER_TOWN, OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.organization.accounts.conftest import again, events, is_in, log_in

LIST = "/organization/account/"


def page_of(account, step=""):
    return f"{LIST}{account.pk}/{step or 'change'}/"


@pytest.fixture
def at(browser, person):
    """A browser in which somebody of that role is logged in; demonstration accounts, to save the second factor."""

    def make(role, unit=DISTRICT):
        client = browser()
        client.account = person(role, unit, is_demo=True)
        log_in(client, client.account)
        return client

    return make


@pytest.fixture
def li(person):
    return person("clerk", VILLAGE, username="li")


def issued(response):
    assert response.status_code == 200
    return response.context["password"]


# --- the system administrator -----------------------------------------------------------------------------------------


def test_the_system_administrator_adds_an_account_without_role_or_password(at):
    client = at("sysadmin")
    sent = {"unit": VILLAGE, "username": "new", "name": "新人", "role": "hr", "is_demo": "on", "password": "x"}
    assert client.post(f"{LIST}add/", sent).status_code == 302
    with gate():
        new = Account.objects.get(username="new")
    assert (new.role, new.is_demo, new.has_usable_password()) == (None, False, False)


def test_a_taken_user_name_is_refused_whatever_its_case(at, li):
    response = at("sysadmin").post(f"{LIST}add/", {"unit": VILLAGE, "username": "LI", "name": "新人"})
    assert response.status_code == 200
    assert response.context["errors"]


def test_a_new_unit_takes_the_role_away(at, li):
    at("sysadmin").post(page_of(li), {"unit": OTHER_VILLAGE, "name": li.name, "is_active": "on"})
    assert (again(li).unit_id, again(li).role) == (OTHER_VILLAGE, None)


def test_the_system_administrator_gives_no_role_and_no_password(at, li):
    client = at("sysadmin")
    client.post(
        page_of(li),
        {"unit": VILLAGE, "name": "改名", "is_active": "on", "role": "staff", "password": "x", "username": "z"},
    )
    assert (again(li).name, again(li).role, again(li).username) == ("改名", "clerk", "li")
    for step in ("role", "password", "second-factor", "sessions", "unlock", "handover"):
        assert client.post(page_of(li, step), {"role": "clerk", "name": "x"}).status_code == 403


def test_a_deactivated_account_is_out_with_its_next_request(at, li, browser):
    client = browser()
    log_in(client, li)
    assert is_in(client)
    at("sysadmin").post(page_of(li), {"unit": VILLAGE, "name": li.name})
    assert not is_in(client)


@pytest.mark.parametrize("role", ["sysadmin", "secadmin"])
def test_nobody_changes_their_own_unit_role_or_activation(at, role):
    client = at(role)
    me = client.account
    client.post(page_of(me), {"unit": VILLAGE, "name": "我", "role": "hr"})
    assert client.get(page_of(me, "role")).status_code == 403
    assert client.post(page_of(me, "role"), {"role": "hr"}).status_code == 403
    assert (again(me).unit_id, again(me).role, again(me).is_active) == (DISTRICT, role, True)


# --- the security administrator ---------------------------------------------------------------------------------------


def test_the_security_administrator_assigns_a_role_that_fits_the_unit(at, person):
    new, client = person(None, VILLAGE), at("secadmin")
    assert client.post(page_of(new, "role"), {"role": "staff"}).context["form"].errors
    assert again(new).role is None
    assert client.post(page_of(new, "role"), {"role": "clerk", "unit": OTHER_VILLAGE}).status_code == 302
    assert (again(new).role, again(new).unit_id) == ("clerk", VILLAGE)


def test_the_security_administrator_changes_neither_unit_nor_name_nor_activation(at, li):
    at("secadmin").post(page_of(li), {"unit": OTHER_VILLAGE, "name": "改名"})
    assert (again(li).unit_id, again(li).name, again(li).is_active) == (VILLAGE, li.name, True)


def test_an_issued_password_is_shown_once_and_logs_in(at, li, browser):
    client = at("secadmin")
    raw = issued(client.post(page_of(li, "password")))
    assert raw not in client.get(page_of(li)).content.decode()
    inside = browser()
    assert log_in(inside, li, raw).url == "/"
    assert inside.get("/").url.startswith("/password_change/")


def test_asking_issues_nothing(at, li):
    client = at("secadmin")
    before = again(li).password
    for step in ("password", "role", "sessions", "unlock", "second-factor"):
        assert client.get(page_of(li, step)).status_code == 200
    assert again(li).password == before


def test_unlocking_lets_the_account_in_at_once(at, li, browser):
    for n in range(22):
        log_in(browser(), li, "wrong", REMOTE_ADDR=f"10.1.0.{n // 4}")
    assert throttle.locked_among([li]) == {li.pk}
    at("secadmin").post(page_of(li, "unlock"))
    assert throttle.locked_among([li]) == set()
    assert log_in(browser(), li, REMOTE_ADDR="10.1.0.1").url == "/"


def test_ending_all_sessions_works_at_once_and_is_recorded(at, li, browser):
    client, admin = browser(), at("secadmin")
    log_in(client, li)
    admin.post(page_of(li, "sessions"))
    assert not is_in(client)
    (event,) = events("sessions_ended")
    assert (event.actor, event.detail["account"]) == (admin.account.pk, "li")
    with gate():
        assert not Session.objects.filter(account=li).exists()


def standing(response):
    """What the list tells of each account: {user name: (locked, browsers logged in)}."""
    return {account.username: (account.is_locked, account.logged_in) for account in response.context["cl"].result_list}


def test_the_list_tells_who_is_locked_and_how_many_browsers_are_logged_in(at, li, person, browser):
    wang, client = person("clerk", VILLAGE, username="wang"), at("secadmin")
    for _n in range(5):
        log_in(browser(), wang, "wrong")
    for _n in range(2):
        log_in(browser(), li)
    response = client.get(LIST)
    told = standing(response)
    assert (told["li"], told["wang"]) == ((False, 2), (True, 0))
    assert told[client.account.username] == (False, 1)
    assert "已锁定" in response.content.decode()
    client.post(page_of(li, "sessions"))
    client.post(page_of(wang, "unlock"))
    told = standing(client.get(LIST))
    assert (told["li"], told["wang"]) == ((False, 0), (False, 0))


def test_sessions_that_ended_by_themselves_are_not_counted(at, li, browser):
    log_in(browser(), li)
    with gate():
        Session.objects.filter(account=li).update(expire_date="2020-01-01T00:00+08:00")
    assert standing(at("secadmin").get(LIST))["li"] == (False, 0)


def test_the_list_asks_no_more_of_many_accounts_than_of_few(at, person, django_assert_num_queries):
    client = at("secadmin")
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for n in range(12):
        person("clerk", VILLAGE, username=f"clerk{n}")
    with django_assert_num_queries(len(few)):
        client.get(LIST)


# --- towns ------------------------------------------------------------------------------------------------------------


def test_a_town_sees_the_clerks_of_its_villages_and_nobody_else(at, li, person):
    client = at("staff", TOWN)
    for hidden in (
        person("staff", TOWN),
        person("clerk", OTHER_VILLAGE),
        person("hr", DISTRICT),
        person(None, VILLAGE),
    ):
        assert client.get(page_of(hidden)).status_code == 302
        assert client.post(page_of(hidden, "password")).status_code == 404
    listed = [account.username for account in client.get(LIST).context["cl"].result_list]
    assert listed == ["li"]


def test_a_town_hands_an_account_over_to_a_new_person(at, li, browser):
    old = browser()
    log_in(old, li)
    raw = issued(at("staff", TOWN).post(page_of(li, "handover"), {"name": "周新人", "role": "hr", "unit": TOWN}))
    assert (again(li).name, again(li).role, again(li).unit_id) == ("周新人", "clerk", VILLAGE)
    assert not is_in(old)
    assert log_in(browser(), li, raw).url == "/"


def test_a_hand_over_names_another_person(at, li):
    assert at("staff", TOWN).post(page_of(li, "handover"), {"name": li.name}).context["form"].errors


def test_a_town_changes_nothing_else(at, li):
    client = at("staff", TOWN)
    assert client.post(page_of(li), {"unit": SECOND_VILLAGE, "name": "x"}).status_code == 403
    assert client.post(f"{LIST}add/", {"unit": VILLAGE, "username": "new", "name": "x"}).status_code == 403
    for step in ("role", "unlock", "sessions", "second-factor"):
        assert client.post(page_of(li, step), {"role": "clerk"}).status_code == 403


# --- everybody else ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "unit"),
    [
        ("clerk", VILLAGE),
        ("hr", DISTRICT),
        ("finance", DISTRICT),
        ("training", DISTRICT),
        ("governance", DISTRICT),
        ("auditor", DISTRICT),
    ],
)
def test_the_other_roles_see_and_change_no_account_not_even_their_own(at, li, role, unit):
    client = at(role, unit)
    for account in (li, client.account):
        for path in (
            LIST,
            f"{LIST}add/",
            page_of(account),
            *(page_of(account, step) for step in ("role", "password", "handover")),
        ):
            assert client.get(path).status_code == 403
            assert client.post(path, {"role": "hr", "unit": DISTRICT, "name": "x"}).status_code == 403
    assert again(client.account).role == role


def test_what_a_clerk_adds_to_the_password_form_changes_nothing_else(at):
    from tests.organization.accounts.conftest import PASSWORD

    client = at("clerk", VILLAGE)
    new = "雨过天青 Harbour 5"
    sent = {
        "old_password": PASSWORD,
        "new_password1": new,
        "new_password2": new,
        "role": "staff",
        "unit": TOWN,
        "is_active": "",
    }
    client.post("/password_change/", sent)
    me = again(client.account)
    assert (me.role, me.unit_id, me.is_active, me.check_password(new)) == ("clerk", VILLAGE, True, True)


# --- what the database itself refuses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "unit", "change"),
    [
        ("sysadmin", DISTRICT, {"role": "staff"}),
        ("sysadmin", DISTRICT, {"unit_id": OTHER_VILLAGE}),
        ("sysadmin", DISTRICT, {"password": "x"}),
        ("sysadmin", DISTRICT, {"session_epoch": 9}),
        ("secadmin", DISTRICT, {"unit_id": OTHER_VILLAGE}),
        ("secadmin", DISTRICT, {"is_active": False}),
        ("secadmin", DISTRICT, {"name": "x"}),
        ("staff", TOWN, {"role": None}),
        ("staff", TOWN, {"is_active": False}),
        ("staff", TOWN, {"unit_id": SECOND_VILLAGE}),
        ("sysadmin", DISTRICT, {"username": "x"}),
        ("sysadmin", DISTRICT, {"is_demo": True}),
    ],
)
def test_the_database_lets_no_role_do_anothers_part(person, li, role, unit, change):
    with as_account(again(person(role, unit))), pytest.raises(DatabaseError, match="not for"), transaction.atomic():
        Account.objects.filter(pk=li.pk).update(**change)


@pytest.mark.parametrize(
    ("role", "unit"), [("sysadmin", DISTRICT), ("secadmin", DISTRICT), ("staff", TOWN), ("clerk", VILLAGE)]
)
@pytest.mark.parametrize("change", [{"role": None}, {"is_active": False}, {"unit_id": OTHER_TOWN}])
def test_the_database_lets_nobody_change_their_own_rights(person, role, unit, change):
    me = again(person(role, unit))
    with as_account(me), pytest.raises(DatabaseError), transaction.atomic():
        Account.objects.filter(pk=me.pk).update(**change)


def test_the_database_lets_a_person_add_no_account_with_a_role(person):
    sysadmin = again(person("sysadmin", DISTRICT))
    for fields in ({"role": "clerk"}, {"is_demo": True}):
        with as_account(sysadmin), pytest.raises(DatabaseError, match="without a role"), transaction.atomic():
            Account.objects.create(username="new", name="x", unit_id=VILLAGE, **fields)


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_database_never_becomes_or_ceases_to_be_a_demonstration():
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic(using="owner"):
        Installation.objects.using("owner").update(is_demo=False)


def test_every_change_of_an_account_is_in_the_trail_with_its_author(at, li, account):
    sysadmin = at("sysadmin")
    sysadmin.post(page_of(li), {"unit": OTHER_VILLAGE, "name": li.name, "is_active": "on"})
    with as_account(again(account("auditor", DISTRICT))):
        entry = TrailEntry.objects.filter(table="organization_account", row=li.pk, actor=sysadmin.account.pk).latest(
            "id"
        )
    assert (entry.before["role"], entry.after["role"]) == ("clerk", None)
    assert (entry.before["unit_id"], entry.after["unit_id"]) == (VILLAGE, OTHER_VILLAGE)


def test_the_trail_shows_no_password(at, li, account):
    at("secadmin").post(page_of(li, "password"))
    with as_account(again(account("auditor", DISTRICT))):
        entries = TrailEntry.objects.filter(table="organization_account", row=li.pk)
        told = str([(entry.before, entry.after) for entry in entries])
    with as_root("test"):
        assert again(li).password not in told
