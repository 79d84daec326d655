"""Some fields of many people are changed at once: previewed, judged again under locks, written once or not at all."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from organization.models import TrailEntry
from organization.scope import as_account, as_root
from personnel.bulk_edit import carrying_out, planning
from personnel.bulk_edit.carrying_out import EditRefused
from personnel.models import Assignment, Member
from tests.conftest import OTHER_VILLAGE
from tests.factories import EmployerFactory, MemberFactory, serve

PAGE = reverse("admin:personnel_card_bulk")


@pytest.fixture
def people(root):
    members = [MemberFactory(name=f"甲{n}试用", education="71") for n in range(3)]
    for member in members:
        serve(member, post="队员")
    return members


def keys(members):
    return [member.pk for member in members]


def planned(account, members, **values):
    with as_account(account):
        return planning.plan(keys(members), values, account, timezone.localdate())


def written(account, members, *, seen=None, batch=None, **values):
    with as_account(account):
        seen = carrying_out.version(keys(members)) if seen is None else seen
        return carrying_out.carry_out(
            keys(members), values, account, timezone.localdate(), seen=seen, batch=batch or str(uuid4())
        )


def posts():
    with as_root("test"):
        return sorted(Assignment.objects.values_list("post", flat=True))


# --- the plan ---------------------------------------------------------------------------------------------------------


def test_old_and_new_are_told_for_each_person(people, clerk):
    rows = planned(clerk, people, post="组长", education="61")
    told = {row.name: [(change.before, change.after) for change in row.changes] for row in rows}
    assert told["甲0试用"] == [("初中毕业", "普通高中毕业"), ("队员", "组长")]


def skipped(account, members, **values):
    return [row.skipped for row in planned(account, members, **values)]


def test_who_has_it_already_is_left_out(people, clerk):
    assert skipped(clerk, people, post="队员") == [planning.SAME] * 3


def test_who_serves_nowhere_is_left_out(people, clerk):
    gone = MemberFactory()
    serve(gone, since="2010-01-01", until="2011-01-01")
    assert skipped(clerk, [gone], post="组长") == [planning.SERVES_NOT]
    assert skipped(clerk, [gone], education="61") == [""]


def test_who_serves_twice_is_left_out(root, clerk):
    member = MemberFactory()
    serve(member, share=50, share_from=0)
    serve(member, share=50, share_from=50)
    assert skipped(clerk, [member], post="组长") == [planning.SERVES_TWICE]


def test_who_is_of_another_force_is_left_out(root, clerk):
    member = MemberFactory()
    serve(member, force="auxiliary")
    assert skipped(clerk, [member], education="61") == [planning.NOT_YOURS]
    assert skipped(clerk, [member], post="组长") == [planning.NOT_YOURS]


def test_a_category_is_for_auxiliary_police(root, officer):
    patrol, auxiliary = MemberFactory(), MemberFactory()
    serve(patrol, force="patrol")
    serve(auxiliary, force="auxiliary")
    assert skipped(officer, [patrol, auxiliary], category="clerical") == [planning.NOT_AUXILIARY, ""]


def test_a_contract_that_would_end_before_it_starts_is_left_out(root, clerk):
    member = MemberFactory()
    serve(member, contract_from=date(2025, 1, 1))
    assert skipped(clerk, [member], contract_until=date(2024, 1, 1)) == [planning.CONTRACT]
    assert skipped(clerk, [member], contract_until=date(2024, 1, 1), contract_from=date(2023, 1, 1)) == [""]


def test_a_person_of_another_village_is_not_told_of(people, stranger):
    assert planned(stranger, people, post="组长") == []


def test_the_number_of_questions_does_not_grow_with_the_people(people, clerk, django_assert_num_queries):
    with as_account(clerk):
        for members in (people[:1], people):
            with django_assert_num_queries(2):
                planning.plan(keys(members), {"post": "组长"}, clerk, timezone.localdate())


# --- the writing ------------------------------------------------------------------------------------------------------


def test_it_is_written_for_all_under_one_batch(people, clerk, account):
    batch = str(uuid4())
    assert written(clerk, people, batch=batch, post="组长", education="61").people == 3
    assert posts() == ["组长"] * 3
    with as_account(account("auditor")):
        entries = TrailEntry.objects.filter(batch=batch)
        assert {(entry.table, entry.actor) for entry in entries} == {
            ("personnel_member", clerk.pk), ("personnel_assignment", clerk.pk),
        }  # fmt: skip
        assert entries.count() == 6


def test_a_second_press_writes_nothing(people, clerk):
    batch, seen = str(uuid4()), 0
    with as_account(clerk):
        seen = carrying_out.version(keys(people))
    written(clerk, people, seen=seen, batch=batch, post="组长")
    with pytest.raises(EditRefused) as refused:
        written(clerk, people, seen=seen, batch=batch, post="组长")
    assert refused.value.code == "done_already"


def test_what_somebody_changed_since_the_preview_is_told_and_nothing_written(people, clerk):
    with as_account(clerk):
        seen = carrying_out.version(keys(people))
    with as_root("test"):
        Member.objects.filter(pk=people[1].pk).update(remark="改过")
    done = written(clerk, people, seen=seen, post="组长")
    assert (done.people, done.changed_since) == (0, ("甲1试用",))
    assert posts() == ["队员"] * 3


def test_a_stranger_changes_nobody(people, stranger):
    assert written(stranger, people, post="组长").people == 0
    assert posts() == ["队员"] * 3


def test_the_district_changes_what_it_writes_only(people, officer):
    with as_root("test"):
        serve(MemberFactory(name="辅警试用"), force="auxiliary", post="队员")
        everybody = list(Member.objects.order_by("pk"))
    assert written(officer, everybody, post="组长").people == 1
    assert posts() == ["组长", "队员", "队员", "队员"]


def test_more_than_the_most_is_refused(clerk):
    with pytest.raises(EditRefused) as refused:
        carrying_out.checked(range(carrying_out.MOST + 1), {"post": "x"}, clerk)
    assert refused.value.code == "too_many"


# --- the pages --------------------------------------------------------------------------------------------------------


def sent(members, **more):
    return {"member": keys(members), "set_post": "on", "post": "组长", "preview": "1"} | more


def test_from_choosing_over_the_preview_to_the_list(people, clerk, visitor):
    browser = visitor(clerk)
    assert "甲0试用" in browser.get(PAGE).content.decode()
    page = browser.post(PAGE, sent(people[:2]))
    assert [row.name for row in page.context["rows"]] == ["甲0试用", "甲1试用"]
    assert posts() == ["队员"] * 3
    going_on = sent(people[:2], seen=page.context["seen"], batch=page.context["batch"], carry_out="1")
    assert browser.post(PAGE, going_on).status_code == 302
    assert posts() == ["组长", "组长", "队员"]
    again = browser.post(PAGE, going_on, follow=True)
    assert again.status_code == 200
    assert "errornote" not in again.content.decode()


@pytest.mark.parametrize("odd", [
    {"set_post": ""}, {"member": ["x"]}, {"member": []}, {"set_education": "on", "education": "999"},
    {"set_employer": "on", "employer": "无此公司"}, {"set_contract_until": "on", "contract_until": "2025-13-01"},
])  # fmt: skip
def test_what_cannot_be_is_said_on_the_page(people, clerk, visitor, odd):
    page = visitor(clerk).post(PAGE, sent(people) | odd)
    assert page.status_code == 200
    assert page.templates[0].name == "personnel/bulk_edit/choose.html"


@pytest.mark.parametrize("token", [{"seen": "", "batch": "x"}, {"seen": "-1", "batch": str(uuid4())}, {}])
def test_without_a_preview_nothing_is_written(people, clerk, visitor, token):
    page = visitor(clerk).post(PAGE, sent(people, carry_out="1") | token)
    assert page.templates[0].name == "personnel/bulk_edit/preview.html"
    assert posts() == ["队员"] * 3


def test_an_employer_is_given_by_its_name(root, visitor, account):
    from organization.models import Unit
    from tests.conftest import TOWN, VILLAGE

    EmployerFactory(name="安保公司", unit=Unit.objects.get(code=VILLAGE))
    member = MemberFactory()
    serve(member, force="guard")
    browser = visitor(account("staff", TOWN))
    values = {"set_post": "", "set_employer": "on", "employer": "安保公司"}
    page = browser.post(PAGE, sent([member]) | values)
    going_on = sent([member], seen=page.context["seen"], batch=page.context["batch"], carry_out="1") | values
    browser.post(PAGE, going_on)
    with as_root("test"):
        assert Assignment.objects.get().employer.name == "安保公司"


def test_members_of_another_village_in_the_post_are_passed_over(people, stranger, visitor):
    page = visitor(stranger).post(PAGE, sent(people))
    assert page.context["rows"] == []
    assert "甲0试用" not in page.content.decode()
    assert stranger.unit_id == OTHER_VILLAGE


def test_a_year_that_was_mistyped_is_said_and_nothing_previewed(people, clerk, visitor):
    sent = {"member": keys(people), "set_contract_from": "on", "contract_from": "0206-01-01"}
    answer = visitor(clerk).post(PAGE, sent)
    assert "contract_from" in answer.context["form"].errors
    assert "rows" not in answer.context


def test_the_way_back_from_the_preview_keeps_ticks_and_values(people, clerk, visitor):
    browser = visitor(clerk)
    page = browser.post(PAGE, sent(people[:2]))
    assert 'name="back"' in page.content.decode()
    again = browser.post(PAGE, sent(people[:2], back="1"))
    assert [chosen for _person, chosen in again.context["people"]] == [True, True, False]
    assert again.context["form"]["post"].value() == sent(people)["post"]
    assert posts() == ["队员"] * 3
