"""What a password must not be, what it may be, and the one that somebody else handed over."""

from datetime import timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st

from organization.accounts.passwords import NumberLikeValidator
from organization.models import Account
from organization.scope import as_root
from tests.conftest import VILLAGE
from tests.organization.accounts.conftest import PAGE, PASSWORD, again, events, is_in, log_in

NEW = "雨过天青 Harbour 5"


def change(client, new=NEW, old=PASSWORD):
    return client.post("/password_change/", {"old_password": old, "new_password1": new, "new_password2": new})


def issue(account):
    with as_root("test", duty="secadmin"):
        return again(account).issue_password()


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("Abc-xy7", "password_too_short"),
        ("12345678", "password_is_a_number"),
        ("13812345678", "password_is_a_number"),
        ("138-1234-5678", "password_is_a_number"),
        ("１３８１２３４５６７８", "password_is_a_number"),
        ("19800315123X", "password_is_a_number"),
        ("q1w2e3r4t5y6", "password_too_common"),
        ("Qwertyuiop", "password_too_common"),
        ("wangxiaoli", "password_has_name"),
        ("WangXiaoLi1980", "password_has_name"),
        ("wang.xiao-li!", "password_has_name"),
        ("xiaoliwang88", "password_has_name"),
        ("王小丽aaaa2014", "password_has_name"),
        ("wxl19800315", "password_has_name"),
        ("dongtangdiyishequ", "password_has_unit"),
        ("东塘第一社区!2014", "password_has_unit"),
        ("DongtangJiedao9", "password_has_unit"),
        ("suianqu-2024", "password_has_unit"),
        ("my.clerk-7.door", "password_has_user_name"),
    ],
)
def test_a_guessable_password_is_refused_with_its_reason(root, account, password, reason):
    user = account("clerk", VILLAGE, username="clerk-7", name="王小丽")
    with pytest.raises(ValidationError) as refused:
        validate_password(password, user)
    assert reason in [error.code for error in refused.value.error_list]
    assert all(str(message).strip() for message in refused.value.messages)


@pytest.mark.parametrize(
    "password",
    ["雨" * 64, " 前后 都有 空格的 密码 ok ", "correct horse 电池 staple " + "x" * 38, "ＦｕｌｌＷｉｄｔｈ密码词句"],
)
def test_long_passwords_with_chinese_and_spaces_are_kept_as_they_are(person, browser, password):
    li, client = person(username="li"), browser()
    log_in(client, li)
    assert change(client, password).url == "/"
    assert again(li).check_password(password)
    assert not again(li).check_password(password.strip() + ".")
    assert log_in(browser(), li, password).url == "/"
    if password != password.strip():
        assert log_in(browser(), li, password.strip()).status_code == 200


@given(st.from_regex(r"[0-9]{1,30}[xX]?", fullmatch=True), st.sampled_from(["", " ", "-", "."]))
def test_no_number_passes_however_it_is_grouped(digits, gap):
    with pytest.raises(ValidationError):
        NumberLikeValidator().validate(gap.join(digits))


def test_the_form_says_every_reason_at_the_field(person, browser):
    client = browser()
    log_in(client, person(username="li"))
    form = change(client, "1234567").context["form"]
    assert {error.code for error in form.errors.as_data()["new_password2"]} >= {
        "password_too_short",
        "password_is_a_number",
    }


def test_the_old_password_is_no_new_one(person, browser):
    li, client = person(username="li"), browser()
    log_in(client, li)
    assert change(client, PASSWORD).context["form"].errors["new_password1"]


def test_a_new_password_is_recorded_and_never_shown(person, browser):
    li, client = person(username="li"), browser()
    log_in(client, li)
    change(client)
    (event,) = events("password")
    assert (event.actor, event.username) == (li.pk, "li")
    assert NEW not in str(vars(event))


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "path", ["/", PAGE, "/personnel/member/", "/personnel/member/add/", "/dashboards/", "/no/such/page/"]
)
def test_whoever_logs_in_with_an_issued_password_reaches_no_page_but_the_change(person, browser, method, path):
    li, client = person(username="li"), browser()
    log_in(client, li, issue(li))
    response = getattr(client, method)(path)
    assert response.status_code == 302
    assert response.url.startswith("/password_change/")


def test_after_the_change_everything_opens(person, browser):
    li, client = person(username="li"), browser()
    raw = issue(li)
    log_in(client, li, raw)
    assert client.get("/password_change/").status_code == 200
    assert change(client, old=raw).url == "/"
    assert is_in(client)
    assert log_in(browser(), li, NEW).url == "/"


def test_an_issued_password_works_once(person, browser):
    li = person(username="li")
    raw = issue(li)
    assert log_in(browser(), li, raw).url == "/"
    again_tried = log_in(browser(), li, raw)
    assert again_tried.status_code == 200
    assert again_tried.context["form"].errors.as_data()["__all__"][0].code == "issued_ended"


def test_an_issued_password_ends_after_seventy_two_hours(person, browser):
    def age(account, hours):
        with as_root("test", duty="sysadmin"):
            Account.objects.filter(pk=account.pk).update(issued_at=F("issued_at") - timedelta(hours=hours))

    li, wang = person(username="li"), person(username="wang")
    for account, hours, status in ((li, 71, 302), (wang, 73, 200)):
        raw = issue(account)
        age(account, hours)
        assert log_in(browser(), account, raw).status_code == status


def test_the_issued_password_is_no_choice_for_the_new_one(person, browser):
    li, client = person(username="li"), browser()
    raw = issue(li)
    log_in(client, li, raw)
    assert change(client, raw, raw).context["form"].errors["new_password1"]


def test_an_issued_password_passes_the_rules_itself(root, person):
    li = person(username="li")
    assert len({issue(li) for _time in range(5)}) == 5
    validate_password(issue(li), li)
