"""Entering and correcting a person as a clerk does."""

import pytest

from organization.models import SecurityEvent, Unit
from organization.scope import as_account
from personnel.models import Assignment, BankAccount, Card, Member
from tests.conftest import OTHER_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, id_number, serve

ADD = "/personnel/member/add/"
EMPTY_FORMSET = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}


def formset(prefix, *rows, initial=0):
    data = {
        f"{prefix}-{key}": value
        for key, value in (EMPTY_FORMSET | {"TOTAL_FORMS": len(rows), "INITIAL_FORMS": initial}).items()
    }
    for number, row in enumerate(rows):
        data |= {f"{prefix}-{number}-{key}": value for key, value in row.items()}
    return data


SERVICE = {
    "force": "joint_defence",
    "sponsor": "village",
    "started_on": "2014-07-01",
    "beginning": "recruited",
    "share": 100,
}


def entered(**changes):
    service = SERVICE | {
        key.removeprefix("service_"): changes.pop(key) for key in list(changes) if key.startswith("service_")
    }
    person = {
        "document": "resident_id",
        "id_number": id_number(3),
        "name": "李大同",
        "unit": VILLAGE,
        "phone": "13800001234",
        "education": "71",
    }
    return person | changes | formset("assignments", service)


def saved(response):
    """Whether the form was accepted; pytest shows what it complained of."""
    if response.status_code != 302 and response.context:
        print([str(error) for error in response.context["errors"]], response.context["adminform"].form.errors)  # noqa: T201
    return response.status_code == 302


def problems(response):
    return str([str(error) for error in response.context["errors"]])


def test_a_clerk_enters_a_person_and_finds_them_again(visitor, clerk, stranger):
    browser = visitor(clerk)
    assert saved(browser.post(ADD, entered()))
    assert "李大同" in browser.get("/personnel/card/?q=lidatong").content.decode()
    assert "李大同" not in visitor(stranger).get("/personnel/card/?q=lidatong").content.decode()
    with as_account(clerk):
        member = Member.objects.get()
        assert (member.sex, member.birth_date.isoformat(), member.phone) == ("male", "1980-03-15", "13800001234")
        assert member.assignments.get().unit_id == VILLAGE


def test_the_number_decides_sex_and_birth_date(visitor, clerk):
    assert saved(visitor(clerk).post(ADD, entered(id_number=id_number(4, female=True), birth_date="1999-01-01")))
    with as_account(clerk):
        member = Member.objects.get()
        assert (member.sex, member.birth_date.isoformat()) == ("female", "1980-03-15")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("44019919800315", "18"),
        ("440199198003150010", "校验码|check"),
        ("440199198013150010", "19801315"),
        ("", "required|必填|字段"),
    ],
)
def test_a_wrong_number_is_named_and_what_was_typed_stays(visitor, clerk, number, said):
    response = visitor(clerk).post(ADD, entered(id_number=number))
    assert response.status_code == 200
    assert any(word in response.content.decode() for word in said.split("|"))
    assert 'value="李大同"' in response.content.decode()
    with as_account(clerk):
        assert not Member.objects.exists()


def test_a_fifteen_digit_number_is_extended(visitor, clerk):
    assert saved(visitor(clerk).post(ADD, entered(id_number="440113850315242")))
    with as_account(clerk):
        assert Member.objects.get().id_number == "440113198503152424"


def test_a_person_already_here_is_named_with_the_way_to_the_file(root, visitor, clerk):
    member = MemberFactory(name="李老友", id_number=id_number(3))
    response = visitor(clerk).post(ADD, entered())
    assert f"/personnel/member/{member.pk}/change/" in response.content.decode()


def test_a_person_elsewhere_is_refused_without_place_or_name(root, visitor, clerk):
    MemberFactory(name="王远方", unit_id=OTHER_VILLAGE, unit=None, id_number=id_number(3))
    page = visitor(clerk).post(ADD, entered()).content.decode()
    assert "王远方" not in page
    assert "西陂" not in page.split("id_unit")[0]
    assert "调入" in page or "another unit" in page


def test_looking_numbers_up_is_limited_and_recorded(root, visitor, clerk, account):
    MemberFactory(unit_id=OTHER_VILLAGE, unit=None, id_number=id_number(3))
    browser = visitor(clerk)
    answers = [
        browser.post("/personnel/member/check/", {"document": "resident_id", "id_number": id_number(3)}).json()
        for _ in range(22)
    ]
    assert ["warning" in answer for answer in answers] == [True] * 20 + [False] * 2
    with as_account(account("auditor")):
        events = SecurityEvent.objects.filter(kind="lookup", actor=clerk.pk)
        assert events.count() == 20
        assert id_number(3) not in str(list(events.values()))


def lookups_of(clerk, account):
    with as_account(account("auditor")):
        return SecurityEvent.objects.filter(kind="lookup", actor=clerk.pk).count()


def test_a_save_that_is_refused_for_a_person_elsewhere_is_recorded(root, visitor, clerk, account):
    MemberFactory(unit_id=OTHER_VILLAGE, unit=None, id_number=id_number(3))
    assert not saved(visitor(clerk).post(ADD, entered()))
    assert lookups_of(clerk, account) == 1


def test_an_entry_with_another_fault_does_not_tell_whether_the_person_is_elsewhere(root, visitor, clerk):
    MemberFactory(unit_id=OTHER_VILLAGE, unit=None, id_number=id_number(3))
    browser = visitor(clerk)
    pages = [
        problems(browser.post(ADD, entered(id_number=number, service_started_on="")))
        for number in (id_number(3), id_number(5))
    ]
    assert pages[0] == pages[1]


def test_a_clerk_enters_more_than_twenty_people_an_hour(visitor, clerk):
    browser = visitor(clerk)
    for n in range(22):
        number = id_number(100 + n)
        browser.post("/personnel/member/check/", {"document": "resident_id", "id_number": number})
        assert saved(browser.post(ADD, entered(id_number=number, name=f"李{chr(0x4E00 + n)}")))


def test_twenty_hits_an_hour_and_no_more_are_told_on_saving(root, visitor, clerk):
    browser = visitor(clerk)
    told = []
    for n in range(22):
        MemberFactory(unit_id=OTHER_VILLAGE, unit=None, id_number=id_number(200 + n))
        told.append(problems(browser.post(ADD, entered(id_number=id_number(200 + n)))))
    assert len(set(told[:20])) == 1
    assert told[20] == told[21] != told[0]


def test_somebody_of_the_same_name_and_birth_date_must_be_confirmed(root, visitor, clerk):
    MemberFactory(name="李大同", id_number=id_number(50), birth_date="1980-03-15")
    browser = visitor(clerk)
    assert not saved(browser.post(ADD, entered()))
    assert saved(browser.post(ADD, entered(is_another_person="on")))


def test_two_clicks_on_save_make_one_person(visitor, clerk):
    browser = visitor(clerk)
    assert saved(browser.post(ADD, entered()))
    assert not saved(browser.post(ADD, entered()))
    with as_account(clerk):
        assert Member.objects.count() == 1


def test_a_person_is_not_entered_into_another_unit(visitor, clerk):
    response = visitor(clerk).post(ADD, entered(unit=OTHER_VILLAGE))
    assert response.status_code == 200
    with as_account(clerk):
        assert not Member.objects.exists()


@pytest.mark.parametrize("force", ["auxiliary", "guard", "patrol", "nonsense"])
def test_a_clerk_enters_no_service_of_another_offices_force(visitor, clerk, force):
    assert not saved(visitor(clerk).post(ADD, entered(service_force=force, service_sponsor="")))


def test_nobody_serves_before_the_eighteenth_birthday(visitor, clerk):
    assert not saved(visitor(clerk).post(ADD, entered(service_started_on="1998-03-14")))
    assert saved(visitor(clerk).post(ADD, entered(service_started_on="1998-03-15")))


def test_a_service_without_a_sponsor_says_what_is_missing(visitor, clerk):
    response = visitor(clerk).post(ADD, entered(service_sponsor=""))
    assert response.status_code == 200
    with as_account(clerk):
        assert not Member.objects.exists()


def test_save_and_add_another_leads_on_in_this_squad(visitor, clerk):
    response = visitor(clerk).post(ADD, entered(_addanother="1"))
    assert response["Location"] == f"{ADD}?unit={VILLAGE}&force=joint_defence&sponsor=village"


def test_a_passport_needs_sex_and_birth_date_typed(visitor, clerk):
    browser = visitor(clerk)
    assert not saved(browser.post(ADD, entered(document="passport", id_number="E12345678")))
    assert saved(
        browser.post(ADD, entered(document="passport", id_number="E12345678", sex="female", birth_date="1990-01-02"))
    )


def change(member, **fields):
    service = member.assignments.get()
    person = {"name": member.name, "phone": "13800001234", "education": "71"}
    row = SERVICE | {
        "id": service.pk,
        "member": member.pk,
        "unit": service.unit_id,
        "started_on": service.started_on.isoformat(),
    }
    return person | fields | formset("assignments", row, initial=1) | formset("emergency_contacts")


@pytest.fixture
def kept(root):
    member = MemberFactory(name="李大同", phone="13800001234")
    serve(member)
    return member


def test_the_second_of_two_savers_is_told_who_changed_what(kept, visitor, clerk, account):
    colleague = account("clerk", VILLAGE, name="黄同事")
    first, second = visitor(colleague), visitor(clerk)
    url = f"/personnel/member/{kept.pk}/change/"
    seen = second.get(url).context["adminform"].form.fields["seen"].initial
    assert saved(first.post(url, change(kept, name="李小同", seen=seen)))
    answer = second.post(url, change(kept, remark="夜班", seen=seen))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "黄同事" in page
    assert "李小同" in page
    assert 'value="夜班"' in page
    again = answer.context["adminform"].form["seen"].value()
    assert saved(second.post(url, change(kept, remark="夜班", seen=again)))


def test_an_unchanged_form_saved_again_leaves_no_entry(kept, visitor, clerk):
    from organization.models import TrailEntry

    browser, url = visitor(clerk), f"/personnel/member/{kept.pk}/change/"
    before = TrailEntry.objects.filter(member=kept.pk).count()
    seen = browser.get(url).context["adminform"].form.fields["seen"].initial
    assert saved(browser.post(url, change(kept, seen=seen)))
    assert TrailEntry.objects.filter(member=kept.pk).count() == before


def test_a_clerk_reads_plain_numbers_and_others_masks(kept, visitor, clerk, account):
    url = f"/personnel/member/{kept.pk}/change/"
    assert kept.id_number in visitor(clerk).get(url).content.decode()
    for role in ("hr", "governance", "finance", "training"):
        page = visitor(account(role)).get(url).content.decode()
        assert kept.id_number not in page
        assert "13800001234" not in page
        assert kept.id_number[:6] + "*" * 12 in page


def test_revealing_takes_the_right_and_a_reason_and_is_recorded(kept, visitor, clerk, account):
    officer, governance = account("hr"), account("governance")
    url = f"/personnel/member/{kept.pk}/reveal/id_number/"
    assert visitor(governance).post(url, {"reason": "核对"}).status_code == 403
    browser = visitor(officer)
    assert kept.id_number not in browser.get(url).content.decode()
    assert kept.id_number not in browser.post(url, {"reason": ""}).content.decode()
    assert kept.id_number in browser.post(url, {"reason": "核对"}).content.decode()
    with as_account(account("auditor")):
        event = SecurityEvent.objects.get(kind="reveal")
        assert (event.actor, event.member, event.reason) == (officer.pk, kept.pk, "核对")


def test_finance_keeps_accounts_masked_and_sees_no_health(kept, visitor, account):
    kept_account = BankAccount.objects.create(member=kept, bank="农村商业银行", number="6222021234567890")
    browser, url = visitor(account("finance")), f"/personnel/bankaccount/{kept_account.pk}/change/"
    for page in (browser.get("/personnel/bankaccount/"), browser.get(url)):
        assert "农村商业银行" in page.content.decode()
        assert "6222021234567890" not in page.content.decode()
    assert saved(browser.post(url, {"bank": "建设银行", "number": ""}))
    assert BankAccount.objects.get().number == "6222021234567890"
    assert (
        "6222021234567890"
        in browser.post(f"/personnel/member/{kept.pk}/reveal/account/", {"reason": "发工资"}).content.decode()
    )
    assert "health_record" not in browser.get(f"/personnel/member/{kept.pk}/change/").content.decode()


def test_a_clerk_sees_neither_accounts_nor_health(kept, visitor, clerk):
    assert visitor(clerk).get("/personnel/bankaccount/").status_code == 403
    assert visitor(clerk).post(f"/personnel/member/{kept.pk}/reveal/account/", {"reason": "看看"}).status_code == 403


def test_a_number_typed_in_the_search_box_leads_to_the_file_without_an_address(kept, visitor, clerk, stranger):
    for text in (kept.id_number, "13800001234", kept.id_number[:6] + " " + kept.id_number[6:].lower()):
        assert (
            visitor(clerk).post("/personnel/member/find/", {"q": text})["Location"]
            == f"/personnel/member/{kept.pk}/change/"
        )
        assert visitor(stranger).post("/personnel/member/find/", {"q": text})["Location"] == "/personnel/card/"


def test_digits_of_another_script_in_the_search_box_find_nobody(visitor, clerk):
    found = visitor(clerk).post("/personnel/member/find/", {"q": "٤٤٠١٩٩٩٠٠١٠١١٢٣"})
    assert found["Location"] == "/personnel/card/"


def test_a_hidden_file_looks_like_a_missing_one(kept, visitor, stranger):
    browser = visitor(stranger)
    hidden, missing = (browser.get(f"/personnel/member/{pk}/change/") for pk in (kept.pk, 999999))
    assert (hidden.status_code, hidden["Location"]) == (missing.status_code, missing["Location"])


def test_a_former_unit_keeps_the_card_but_not_the_file(kept, visitor, clerk, account):
    Assignment.objects.update(ended_on="2014-01-01", ending="transferred")
    Member.objects.update(unit=OTHER_VILLAGE)
    page = visitor(clerk).get("/personnel/card/?status=left").content.decode()
    card = Card.objects.get(unit=VILLAGE)
    assert f"/personnel/card/{card.pk}/change/" in page
    detail = visitor(clerk).get(f"/personnel/card/{card.pk}/change/")
    assert detail.status_code == 200
    assert "13800001234" not in detail.content.decode()


def test_a_guards_file_lies_in_the_town_and_the_village_sees_a_card(root, visitor, clerk, account):
    guard = MemberFactory(unit_id=TOWN, unit=None, name="赵门卫")
    serve(guard, force="guard", sponsor="", unit=Unit.objects.get(code=VILLAGE))
    assert "赵门卫" in visitor(clerk).get("/personnel/card/").content.decode()
    assert visitor(clerk).get(f"/personnel/member/{guard.pk}/change/").status_code == 302
    assert visitor(account("staff", TOWN)).get(f"/personnel/member/{guard.pk}/change/").status_code == 200


def test_a_file_that_is_not_here_is_not_said_to_be_deleted_and_a_foreign_one_is_told_like_none(root, visitor, clerk):
    foreign = MemberFactory(unit_id=OTHER_VILLAGE, unit=None)
    told = []
    for key in (foreign.pk, foreign.pk + 1000):
        page = visitor(clerk).get(f"/personnel/member/{key}/change/", follow=True)
        (said,) = map(str, page.context["messages"])
        assert "删除" not in said
        assert "delete" not in said
        told.append(said.replace(str(key), "#"))
    assert told[0] == told[1]


def test_a_contract_of_a_mistyped_year_is_said(visitor, clerk):
    answer = visitor(clerk).post(ADD, entered(service_contract_from="0206-01-01"))
    assert answer.status_code == 200
    assert "contract_from" in str(answer.context["inline_admin_formsets"][0].formset.errors)
