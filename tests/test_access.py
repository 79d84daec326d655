"""Who gets what: every address for every role, foreign rows like missing ones, and no word of another town."""

import html
import os
import re
import uuid
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.db.models import ForeignKey
from django.test import Client
from django.urls import reverse

from organization import events
from organization.models import Account, Reorganisation, SecurityEvent, Team, TrailEntry, Unit
from organization.scope import as_account, as_root, current, entered
from personnel.bulk import keys
from personnel.certificates import issuing
from personnel.corrections import withdrawal
from personnel.models import (
    Appointment,
    BackgroundCheck,
    BankAccount,
    Card,
    ConfirmationCycle,
    Contract,
    DifferentPeople,
    DisciplineCase,
    DocumentSighting,
    EmergencyContact,
    Entry,
    FileMerge,
    HealthRecord,
    KitCampaign,
    KitIssue,
    KitItem,
    KitScheme,
    KitSize,
    RosterImport,
    RosterSnapshot,
    SnapshotEntry,
    TransferConsent,
    TransferRequest,
)
from personnel.models.discipline import next_case_id
from personnel.photos import keeping
from tests import access_table
from tests.conftest import DISTRICT, OTHER_TOWN, OTHER_VILLAGE, STATION, TOWN, VILLAGE
from tests.factories import EmployerFactory, MemberFactory, id_number, serve

UNIT_OF = {"clerk": VILLAGE, "staff": TOWN}
SUB_BUREAU = 440199_900_000
MISSING = 987_654_321
PUBLIC = {
    "organization.unit",
    "personnel.confirmationcycle",
    "personnel.kitcampaign",
}  # names of units, when lists are due, and when which kit is issued are known to everybody
FRONT = "/"
LEAST = "/password_change/done/"  # the page of the admin that shows least; messages stand on it as on every other
SENTINELS = ("哨兵", "shaobing")
# Values for arguments of addresses that are no number of a row of the model in the address.
VALUES = {
    "field": "id_number", "slug": "joined", "app_label": "personnel", "url": "nowhere",
    "sheet": 0, "number": 987_654_321, "other": 987_654_322, "check": 987_654_323, "force": "joint_defence",
    "kind": "merge",
    "key": "6a5d7e5e-1111-4222-8333-444455556666",
}  # fmt: skip
KEYS = ("object_id", "pk", "code", "id")


def world(unit, account, word="样本"):
    """A row of every kind in a unit, under that word: {model label: its key}."""
    place = Unit.objects.get(code=unit)
    with as_root("test"):
        member = MemberFactory(
            unit=place, name=f"{word}员", address=word, remark=word, specialty=word, graduate_school=word
        )
        service = serve(member, post=word, grade=word, badge=word)
        keeping.keep({member.pk: b"\xff\xd8\xff"})
        employer = EmployerFactory(unit=place, name=f"{word}公司", contact=word)
        team = Team.objects.establish(place, date(2012, 1, 1), "police_room", address=word)
        post = team.posts.first()
        held = Appointment.objects.create(post=post, official=word, office=word, started_on=date(2013, 1, 1))
        bank = BankAccount.objects.create(member=member, bank=word, number="6222021234567890")
        agreed = Contract.objects.create(
            member=member, employer=employer, starts_on=date(2013, 1, 1), kind="open_ended", number=word,
            ending_note=word,
        )  # fmt: skip
        contact = EmergencyContact.objects.create(member=member, name=word, relation=word, phone="13800001234")
        health = HealthRecord.objects.create(member=member, condition="1")
        card = Card.objects.get(member=member)
        roster = RosterImport.objects.create(
            unit=place, account=0, account_name=word, file_name=f"{word}.xlsx", sha256="0" * 64, size=1, counts={}
        )
        cycle = ConfirmationCycle.objects.first()
        snapshot = RosterSnapshot.objects.create(
            unit=place, unit_name=word, cycle=cycle, force="joint_defence", version=1, serving=1, absent=0,
            digest="0" * 64, account=0, account_name=word, account_unit=word,
        )  # fmt: skip
        service = member.assignments.get()
        SnapshotEntry.objects.create(
            snapshot=snapshot, unit=place, number=1, member_id=member.pk, service_id=service.pk, name=member.name,
            sex=member.sex, birth_date=member.birth_date, mask=member.id_mask, force="joint_defence",
            sponsor=service.sponsor, post=word, started_on=service.started_on, serves=True, remark=word,
        )  # fmt: skip
        done = Reorganisation.objects.create(
            unit=place, kind="merge", day=date(2013, 1, 1), batch=f"{word}{unit}", account=0, account_name=word
        )
        DocumentSighting.objects.create(
            member=member, document="passport", seen_on=date(2013, 1, 1), number_digest=member.id_digest,
            account=0, account_name=word,
        )  # fmt: skip
        asked = transfer(unit, "某人", b"nobody", post=word)
        waiting = TransferConsent.objects.get(request=transfer(SUB_BUREAU, member.name, member.id_digest))
        merged = FileMerge.objects.create(
            unit=place, survivor_id=member.pk, survivor_name=word, absorbed_id=MISSING, absorbed_name=word, reason=word,
            account_name=word,
        )  # fmt: skip
        apart = DifferentPeople.objects.create(
            unit=place, first_id=member.pk, second_id=MISSING, names=word, reason=word, account_name=word
        )
        scheme, uniform = KitScheme.objects.create(name=f"式样{unit}"), KitItem.objects.get(name="制服")
        campaign = KitCampaign.objects.create(
            unit=place, name="换装", forces=["joint_defence"], scheme=scheme, issue_on=date(2013, 1, 1),
            in_use_on=date(2013, 1, 1),
        )  # fmt: skip
        size = KitSize.objects.create(member=member, scale_id=uniform.scale_id, size="170")
        issued = KitIssue.objects.create(member=member, item=uniform, size="170", issued_on=date(2013, 1, 1))
        with entered(replace(current(), duty="hr", actor=0)):
            case = DisciplineCase.objects.create(
                pk=next_case_id(), member=member, unit=place, service=service, force=service.force, summary=word,
                occurred_on=date(2013, 1, 1), reported_on=date(2013, 1, 2), category="work", source="self",
                recorded_by=0,
            )  # fmt: skip
        proposed = proposal(place, word)
        away = withdrawal.keep(MemberFactory(unit=place, name=f"{word}员"), word, Account(name=word))
        withdrawal.remove(away)
    checked(member, word)
    user = account("hr" if unit == STATION else "clerk", unit, name=word)
    with as_account(user):
        certificate = issuing.issue(issuing.Draft("service", service, date(2014, 7, 1), uuid.uuid4(), word), user)
    made = [
        member, employer, team, post, held, bank, contact, health, card, user, place, roster, certificate,
        snapshot, cycle, done, asked, waiting, merged, apart, away, agreed, campaign, size, issued, case,
        proposed,
    ]  # fmt: skip
    return {each._meta.label_lower: each.pk for each in made} | logged(account)


def transfer(unit, name, digest, **more):
    """A request for somebody, by the office itself."""
    return TransferRequest.objects.create(
        unit_id=unit, name=name, id_digest=digest, force="patrol", asked_by=0, asked_on=date(2014, 1, 1), **more
    )


def proposal(unit, word):
    """Somebody who waits for a decision."""
    with connection.cursor() as cursor:
        (key,) = keys(cursor, Entry, 1)
    return Entry.objects.create(
        id=key, unit=unit, force="patrol", post=word, starts_on=date(2014, 1, 1), way="open", reason=word,
        name=f"{word}员", id_number=id_number(9), sex="male", birth_date=date(1980, 3, 15), proposed_by=0,
        proposer_name=word, proposed_on=date(2014, 1, 1),
    )  # fmt: skip


def checked(member, word):
    """A background check that the office recorded."""
    with as_root("test", duty="hr"), connection.cursor() as cursor:
        (key,) = keys(cursor, BackgroundCheck, 1)
        BackgroundCheck.objects.create(
            id=key, member_id=member.pk, unit_id=member.unit_id, force="patrol", checked_on=date(2013, 1, 1),
            office=word, outcome="cleared", document=word, recorded_by=0, recorder_name=word,
        )  # fmt: skip


def logged(account):
    with as_root("test"):
        events.record("login")
    with as_account(account("auditor")):
        return {
            "organization.trailentry": TrailEntry.objects.first().pk,
            "organization.securityevent": SecurityEvent.objects.first().pk,
        }


def values(route, rows):
    """Values for the arguments of an address, from the row of its model."""
    if not route.arguments:
        return {}
    key = rows.get(route.model, MISSING)
    return VALUES | dict.fromkeys(KEYS, key)


def entries(auditor):
    with as_account(auditor):
        return TrailEntry.objects.count()


def status(answer):
    is_login = answer.status_code == 302 and urlsplit(answer["Location"]).path == reverse("admin:login")
    return "login" if is_login else str(answer.status_code)


@pytest.mark.parametrize("role", access_table.ROLES)
def test_every_address_answers_every_role_as_the_table_says_and_changes_nothing(root, account, visitor, role):
    rows, auditor = world(VILLAGE, account), account("auditor")
    browser = Client() if role == "anonymous" else visitor(account(role, UNIT_OF.get(role, DISTRICT)))
    browser.raise_request_exception = False
    before = entries(auditor)
    found = {route.text: status(browser.get(route.address(values(route, rows)))) for route in access_table.routes()}
    assert entries(auditor) == before, "to look at a page changed something"
    if os.environ.get(access_table.WRITING):
        access_table.write(found, role)
    assert found == {address: line[role] for address, line in access_table.read().items()}


def test_the_table_refuses_anonymous_visitors_but_for_the_door():
    open_to_all = {address for address, line in access_table.read().items() if line["anonymous"] == "200"}
    assert open_to_all == {"login/", "health/"} | (open_to_all & {"session/", "jsi18n/"})


def test_no_address_gives_anybody_a_fault():
    faults = [
        (address, role) for address, line in access_table.read().items() for role in line if line[role].startswith("5")
    ]
    assert faults == []


# --- foreign like missing --------------------------------------------------------------------------------------------


def followed(browser, address, to=LEAST):
    """The redirects from an address, and the page that they lead to.

    In place of the front page, which is dear and says the same wherever its visitor comes from, but for the messages,
    another page has the messages.
    """
    chain, answer = [], browser.get(address)
    while answer.status_code in {301, 302, 303, 307, 308}:
        assert len(chain) < 20, chain
        chain.append(answer["Location"])
        address = urljoin(address, answer["Location"])
        answer = browser.get(to if address == FRONT else address)
    return chain, answer


def told(browser, address, number):
    """All that a visitor learns from an address, without numbers of rows and of requests and without tokens."""
    chain, answer = followed(browser, address)
    text = answer.content.decode() + repr(chain) + repr(sorted(answer.headers))
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
    text = re.sub(r'data-left="\d+"', "", text)  # seconds of the session
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "", text)
    return answer.status_code, re.sub(rf"(?<=[/“]){number}(?=[/”])", "N", text)


def looks_for_a_row(route):
    return any(name in KEYS for name in route.arguments) and route.model not in PUBLIC


@pytest.mark.parametrize(("role", "unit"), [("clerk", VILLAGE), ("staff", TOWN), ("hr", STATION)])
def test_a_row_of_another_unit_is_answered_like_one_that_does_not_exist(root, account, visitor, role, unit):
    rows = world(OTHER_VILLAGE, account)
    browser = visitor(account(role, unit))
    different = []
    for route in filter(looks_for_a_row, access_table.routes()):
        hidden = values(route, rows)
        missing = hidden | dict.fromkeys(KEYS, MISSING)
        if told(browser, route.address(hidden), hidden["pk"]) != told(browser, route.address(missing), MISSING):
            different.append(route.text)
    assert different == []


def test_the_comparison_notices_a_row_that_is_there(root, account, visitor):
    rows, browser = world(VILLAGE, account), visitor(account("clerk", VILLAGE))
    address = reverse("admin:personnel_member_change", args=[rows["personnel.member"]])
    other = reverse("admin:personnel_member_change", args=[MISSING])
    assert told(browser, address, rows["personnel.member"]) != told(browser, other, MISSING)


def test_what_the_front_page_would_say_of_a_missing_row_the_comparison_reads_elsewhere(root, account, visitor):
    browser, address = visitor(account("staff", TOWN)), reverse("admin:personnel_member_change", args=[MISSING])
    for page in (FRONT, LEAST):
        chain, answer = followed(browser, address, to=page)
        assert (chain, answer.request["PATH_INFO"], answer.status_code) == ([FRONT], page, 200)
        assert f"“{MISSING}”" in answer.content.decode()


# --- no word of another town -----------------------------------------------------------------------------------------


STATES = (
    "", "?q=哨", "?q=sb", "?q=s", "?all=", "?_popup=1", "?_popup=1&_to_field=id", "?o=-1", "?p=2", "?_facets=True",
)  # fmt: skip


def of_each_kind(queries):
    """The first and the last of the queries that name the same parameters: choices of one filter differ in no table."""
    kinds = {}
    for query in sorted(map(html.unescape, queries)):
        kinds.setdefault(tuple(sorted(parse_qs(query, keep_blank_values=True))), []).append(query)
    return [query for found in kinds.values() for query in dict.fromkeys((found[0], found[-1]))]


def pages_about(model_admin, browser):
    """Addresses that could show rows of a model: its list in every kind of state that it offers itself, its forms.

    Who may not look at a list is told so before anything of its state is read.
    """
    name = f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}"
    listed = reverse(f"{name}_changelist")
    answer = browser.get(listed)
    offered = re.findall(r'href="(\?[^"]+)"', answer.content.decode())
    queries = [*STATES, *of_each_kind(offered)] if answer.status_code != 403 else STATES[:2]
    adding = reverse(f"{name}_add")
    return [*(listed + query for query in queries), adding, f"{adding}?_popup=1"]


def autocompletes():
    """Every related field that the autocomplete view could be asked about; once for each model with short terms."""
    searched = set()
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, ForeignKey) and admin.site.is_registered(field.related_model):
                for term in ("",) if field.related_model in searched else ("", "哨", "s"):
                    yield (
                        f"{reverse('admin:autocomplete')}?app_label={model._meta.app_label}"
                        f"&model_name={model._meta.model_name}&field_name={field.name}&term={term}"
                    )
                searched.add(field.related_model)


@pytest.mark.parametrize(("role", "unit"), [("clerk", VILLAGE), ("staff", TOWN), ("hr", STATION)])
def test_no_page_holds_a_word_of_another_town(root, account, visitor, role, unit):
    world(OTHER_VILLAGE, account, "哨兵")
    own = world(VILLAGE if role != "hr" else STATION, account, "自己")
    browser = visitor(account(role, unit))
    addresses = [*autocompletes(), "/"]
    for model, model_admin in admin.site._registry.items():
        addresses += pages_about(model_admin, browser)
        name = f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}"
        if key := own.get(model._meta.label_lower):
            addresses += [reverse(f"{name}_{page}", args=[key]) for page in ("change", "history")]
    said = {address for address in addresses if any(word in seen(browser, address) for word in SENTINELS)}
    assert said == set()


def seen(browser, address):
    """What a visitor reads: entities and the escapes of JSON resolved."""
    text = html.unescape(followed(browser, address)[1].content.decode())
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)


def test_the_words_are_found_where_they_may_be_seen(root, account, visitor):
    """The search above would find them: those who may see the other town do."""
    world(OTHER_VILLAGE, account, "哨兵")
    browser = visitor(account("staff", OTHER_TOWN))
    for listed in ("personnel_card", "organization_employer"):
        assert "哨兵" in seen(browser, reverse(f"admin:{listed}_changelist"))
    term = "app_label=personnel&model_name=assignment&field_name=employer&term=哨"
    assert "哨兵" in seen(browser, f"{reverse('admin:autocomplete')}?{term}")


# --- requests from elsewhere -----------------------------------------------------------------------------------------


def test_no_address_takes_a_form_without_a_token(root, account, visitor):
    rows = world(VILLAGE, account)
    browser = visitor(account("staff", TOWN))
    browser.handler.enforce_csrf_checks = True
    before = Account.objects.count()
    taken = [
        route.text
        for route in access_table.routes()
        if browser.post(route.address(values(route, rows)), {"post": "yes"}).status_code not in {403, 404}
    ]
    assert taken == []
    assert Account.objects.count() == before


def test_nor_one_that_comes_from_another_site(root, account, visitor):
    browser = visitor(account("staff", TOWN))
    browser.handler.enforce_csrf_checks = True
    token = browser.get(reverse("admin:password_change")).context["csrf_token"]
    sent = {"csrfmiddlewaretoken": str(token)}
    for origin in ("https://evil.example", "null"):
        answer = browser.post(reverse("admin:logout"), sent, headers={"origin": origin})
        assert answer.status_code == 403


ELSEWHERE = [
    "//evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    r"\\evil.example",
    "/\\evil.example",
    "http:///evil.example",
]


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("address", ["/language/", "/logout/", "/login/", "/session/back/"])
def test_nobody_is_sent_to_another_site(root, account, visitor, address, target):
    browser = visitor(account("staff", TOWN))
    for answer in (
        browser.post(address, {"next": target, "language": "en"}),
        browser.get(address, {"next": target}),
        browser.post(f"{address}?next={target}", {"language": "en"}, headers={"referer": target}),
    ):
        assert "evil" not in answer.headers.get("Location", "")
        assert "javascript" not in answer.headers.get("Location", "")
