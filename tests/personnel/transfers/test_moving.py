"""Moving a list of people between one's own units: as a whole, once, and only what is one's own to move."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organization.models import TrailEntry, Unit
from organization.scope import as_account, as_root
from personnel.models import Assignment, BankAccount, Card, DocumentSighting, Member, Photo
from personnel.people import Selection
from personnel.photos import keeping
from personnel.realname import sightings
from personnel.transfers import moving
from tests.conftest import DISTRICT, OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, serve
from tests.security.sending import said

TODAY = timezone.localdate()
YESTERDAY = TODAY - timedelta(days=1)
PEOPLE, PAGE = "/personnel/card/", "/personnel/card/move/"


@pytest.fixture
def staff(account):
    return account("staff", TOWN, username="townstaff")


def person(name="李大同", unit=VILLAGE, since="2013-01-01", **service):
    member = MemberFactory(name=name, unit_id=unit, unit=None)
    serve(member, since=since, **service)
    return member


def order(unit=VILLAGE, target=SECOND_VILLAGE, day=TODAY, **conditions):
    return moving.Order(Selection(day=day, unit=unit, **conditions), target, day)


def moved(mover, asked):
    with as_account(mover):
        return moving.move(asked, mover, TODAY, moving.plan(asked, mover, TODAY).fingerprint(asked))


def planned(mover, asked):
    with as_account(mover):
        return moving.plan(asked, mover, TODAY)


# --- what moves ------------------------------------------------------------------------------------------------------


def test_services_end_and_go_on_unchanged_and_files_go_along(root, staff):
    member = person(post="队长", grade="一级", badge="007", cohort=2013, contract_until="2030-01-01")
    BankAccount.objects.create(member=member, bank="银行", number="6222")
    _plan, batch = moved(staff, order())
    old, new = Assignment.objects.order_by("started_on")
    assert (old.unit_id, old.ended_on, old.ending, old.ending_note) == (VILLAGE, TODAY, "transferred", "东塘第二社区")
    assert (new.unit_id, new.started_on, new.beginning, new.ended_on) == (SECOND_VILLAGE, TODAY, "transferred", None)
    kept = ("force", "sponsor", "post", "grade", "badge", "cohort", "share", "share_from", "contract_until")
    assert [getattr(old, name) for name in kept] == [getattr(new, name) for name in kept]
    assert Member.objects.get().unit_id == BankAccount.objects.get().unit_id == SECOND_VILLAGE
    assert set(Card.objects.values_list("unit", flat=True)) == {VILLAGE, SECOND_VILLAGE}
    entries = TrailEntry.objects.filter(batch=batch)
    assert set(entries.values_list("actor", flat=True)) == {staff.pk}
    assert {"personnel_assignment", "personnel_member"} <= set(entries.values_list("table", flat=True))


def test_photo_and_documents_seen_go_along_with_the_files(root, staff):
    member = person()
    keeping.keep({member.pk: b"a picture"})
    with as_account(staff):
        sightings.record([member.pk], "resident_card", TODAY, staff, ("joint_defence",))
    moved(staff, order())
    assert {model.objects.get().unit_id for model in (Member, Photo, DocumentSighting)} == {SECOND_VILLAGE}
    assert keeping.picture_of(member) == b"a picture"


def test_a_last_day_that_is_known_goes_along(root, staff):
    member = MemberFactory(unit_id=VILLAGE, unit=None)
    last = TODAY + timedelta(days=30)
    serve(member, until=last.isoformat(), ending="retired", ending_note="到龄")
    moved(staff, order())
    new = Assignment.objects.get(unit=SECOND_VILLAGE)
    assert (new.ended_on, new.ending, new.ending_note) == (last, "retired", "到龄")


def test_a_file_stays_where_another_service_stays(root, staff):
    member = MemberFactory(unit_id=VILLAGE, unit=None)
    serve(member, share=50)
    serve(member, share=50, share_from=50, force="patrol")
    found = planned(staff, order())
    assert (len(found.services), list(found.files)) == (1, [])
    moved(staff, order())
    assert Member.objects.get().unit_id == VILLAGE


def test_a_move_in_the_past_ends_services_on_that_day(root, staff):
    person()
    day = TODAY - timedelta(days=40)
    moved(staff, order(day=day))
    assert Assignment.objects.get(unit=SECOND_VILLAGE).started_on == day
    assert Assignment.objects.get(unit=VILLAGE).ended_on == day


def test_a_wrong_move_is_taken_back_from_its_second_day_on(root, staff):
    member = person()
    there = {"unit": SECOND_VILLAGE, "target": VILLAGE, "members": (member.pk,)}
    moved(staff, order(day=YESTERDAY))
    assert planned(staff, order(day=YESTERDAY, **there)).refused == {"too_young": [member.pk]}
    moved(staff, order(day=TODAY, **there))
    assert Member.objects.get().unit_id == VILLAGE
    assert planned(staff, order(day=TODAY)).refused == {"too_young": [member.pk]}


def test_who_cannot_be_moved_is_named_with_the_reason(root, staff):
    person("李走")
    person("李警", force="patrol")
    person("李在", unit=SECOND_VILLAGE)
    person("李新", since=TODAY.isoformat())
    left = MemberFactory(name="李离", unit_id=VILLAGE, unit=None)
    serve(left, until="2014-01-01")
    away = MemberFactory(name="李外", unit_id=OTHER_VILLAGE, unit=None)
    serve(away, unit_id=VILLAGE, unit=None, share=50)
    found = planned(staff, order(unit=TOWN, status="all"))
    with as_root("test"):
        told = {str(reason): names for reason, _count, names in found.told()}
    assert {str(moving.REASONS[code]): names for code, names in {
        "not_serving": ["李离"], "other_force": ["李警"], "there": ["李在"], "too_young": ["李新"],
        "file_elsewhere": ["李外"],
    }.items()} == told  # fmt: skip
    assert len(found.members) == 1


@pytest.mark.parametrize(
    ("role", "unit", "force", "may"),
    [("staff", TOWN, "joint_defence", True), ("staff", TOWN, "patrol", False), ("hr", DISTRICT, "patrol", True),
     ("hr", DISTRICT, "joint_defence", False), ("governance", DISTRICT, "joint_defence", True),
     ("governance", DISTRICT, "auxiliary", False)],
)  # fmt: skip
def test_each_office_moves_its_own_forces(root, account, role, unit, force, may):
    person(force=force)
    mover = account(role, unit)
    if may:
        moved(mover, order())
    else:
        with as_account(mover), pytest.raises(moving.MovingRefused):
            moving.move(order(), mover, TODAY, "")
    assert Member.objects.get().unit_id == (SECOND_VILLAGE if may else VILLAGE)


# --- once, and what was seen -----------------------------------------------------------------------------------------


def refusal(mover, asked, seen=""):
    with as_account(mover), pytest.raises(moving.MovingRefused) as refused:
        moving.move(asked, mover, TODAY, seen)
    return refused.value.code


def test_moving_twice_moves_once(root, staff):
    member = person()
    asked = order(members=(member.pk,), unit=TOWN)
    seen = planned(staff, asked).fingerprint(asked)
    moved(staff, asked)
    assert refusal(staff, asked, seen) == "nobody"
    assert Assignment.objects.count() == 2


def test_what_was_not_shown_is_not_done(root, staff):
    person("李一")
    seen = planned(staff, order()).fingerprint(order())
    person("李二")
    assert refusal(staff, order(), seen) == "changed"
    assert not Assignment.objects.filter(unit=SECOND_VILLAGE).exists()


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"target": OTHER_VILLAGE}, "outside"), ({"target": DISTRICT}, "outside"), ({"target": 440199_001_099}, "outside"),
     ({"day": TODAY + timedelta(days=1)}, "future")],
)  # fmt: skip
def test_an_impossible_order_is_refused(root, staff, changed, code):
    person()
    assert refusal(staff, order(**changed)) == code


def test_nobody_moves_into_a_closed_unit(root, staff):
    person()
    Unit.objects.filter(pk=SECOND_VILLAGE).update(closed_on=YESTERDAY, successor=TOWN)
    assert refusal(staff, order()) == "closed"


def test_too_many_at_once_are_refused(root, staff, monkeypatch):
    monkeypatch.setattr(moving, "MOST", 1)
    for name in ("李一", "李二"):
        person(name)
    assert refusal(staff, order()) == "too_many"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from([VILLAGE, SECOND_VILLAGE, TOWN]), st.sampled_from([20, 50]), st.booleans()),
            max_size=2,
        ),
        max_size=4,
    )
)
def test_whatever_people_serve_a_move_changes_no_headcount(root, account, everybody):
    """Who served before the move serves after it, with the same shares; only where changes."""
    made = []
    for services in everybody:
        member = MemberFactory(unit_id=services[0][0] if services else VILLAGE, unit=None)
        for place, (unit, share, is_patrol) in enumerate(services):
            force = "patrol" if is_patrol else "joint_defence"
            serve(member, unit_id=unit, unit=None, share=share, share_from=50 * place, force=force)
        made.append(member.pk)

    def served():
        rows = Assignment.objects.on(TODAY).filter(member__in=made)
        return sorted(rows.values_list("member", "force", "share", "share_from"))

    before = served()
    staff = account("staff", TOWN)
    asked = order(members=tuple(made) or (0,))
    if planned(staff, asked).services:
        moved(staff, asked)
    assert served() == before
    stayed = Assignment.objects.on(TODAY).filter(member__in=made, unit=VILLAGE, force="joint_defence")
    assert not stayed.exists()


# --- the page --------------------------------------------------------------------------------------------------------


def chosen(browser, *members, **more):
    with as_root("test"):
        cards = list(Card.objects.filter(member__in=members).values_list("pk", flat=True))
    sent = {"action": "move_people", "_selected_action": cards, "select_across": "0", "index": "0"} | more
    return browser.post(f"{PEOPLE}?unit={TOWN}&force=joint_defence", sent)


def test_people_are_ticked_shown_and_moved(root, staff, visitor):
    first, second, third = (person(name).pk for name in ("李一", "李二", "李三"))
    browser = visitor(staff)
    page = chosen(browser, first, second)["Location"]
    assert "force=joint_defence" in page
    assert "已选2人" in said(browser.get(page))
    shown = browser.post(page, {"target": SECOND_VILLAGE, "day": TODAY.isoformat()})
    assert shown.context["plan"].members == [first, second]
    assert "东塘第一社区" in said(shown)
    assert f'name="seen" value="{shown.context["seen"]}"' in shown.content.decode()
    assert '<p class="help">' in shown.content.decode()  # from when on a wrong move can be taken back
    sent = {"target": SECOND_VILLAGE, "day": TODAY.isoformat(), "seen": shown.context["seen"], "confirmed": "1"}
    for _ in range(2):
        browser.post(page, sent, follow=True)
    assert dict(Member.objects.values_list("pk", "unit")) == {
        first: SECOND_VILLAGE, second: SECOND_VILLAGE, third: VILLAGE,
    }  # fmt: skip
    assert Assignment.objects.count() == 5


def test_the_whole_list_goes_by_its_conditions_and_not_by_numbers(root, staff, visitor):
    person("李一")
    page = chosen(visitor(staff), select_across="1", _selected_action=["1"])["Location"]
    assert "ids" not in page
    assert "force=joint_defence" in page


@pytest.mark.parametrize("role", ["clerk", "finance", "training"])
def test_those_who_move_nobody_have_neither_box_nor_page(root, account, visitor, role):
    person()
    browser = visitor(account(role, VILLAGE if role == "clerk" else DISTRICT, is_demo=True))
    assert "action-select" not in browser.get(PEOPLE).content.decode()
    assert browser.get(PAGE).status_code == browser.post(PAGE, {"confirmed": "1"}).status_code == 403


def test_another_town_is_neither_moved_nor_counted(root, account, visitor, staff):
    foreign = person(unit=OTHER_VILLAGE)
    browser = visitor(staff)
    page = browser.get(f"{PAGE}?ids={foreign.pk}")
    assert page.context["count"] == 0
    shown = browser.post(f"{PAGE}?ids={foreign.pk}", {"target": SECOND_VILLAGE, "day": TODAY.isoformat()})
    assert shown.context["plan"].members == []
    assert browser.post(f"{PAGE}?ids={foreign.pk}", {"target": OTHER_VILLAGE, "day": "x"}).context["form"].errors


def test_ten_people_are_moved_with_as_many_statements_as_one(root, staff):
    def statements(count):
        for _ in range(count):
            person()
        asked = order()
        with as_account(staff):
            seen = moving.plan(asked, staff, TODAY).fingerprint(asked)
            with CaptureQueriesContext(connection) as captured:
                moving.move(asked, staff, TODAY, seen)
        Assignment.objects.filter(ended_on=None).update(ended_on=TODAY + timedelta(days=1), ending="other")
        return len(captured)

    assert statements(1) == statements(10)
