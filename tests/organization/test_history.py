"""The history of a row, in the words of the form, for those who keep the row."""

from datetime import date

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import translation

from organization import trail_labels
from organization.models import Team, TrailEntry, Unit
from organization.scope import as_account, as_root
from personnel.models import Appointment, BankAccount, HealthRecord, Member
from tests.conftest import OTHER_VILLAGE, TOWN, VILLAGE
from tests.factories import EmployerFactory, MemberFactory, serve


def history(visitor, account, obj, **query):
    answer = visitor(account).get(
        reverse(f"admin:{obj._meta.label_lower.replace('.', '_')}_history", args=[obj.pk]),
        query,
        headers={"accept-language": "en"},
    )
    return answer, [
        (told.entry.action, told.what, {change.label: (change.before, change.after) for change in told.changes})
        for told in (answer.context or {}).get("entries", [])
    ]


def test_a_change_shows_who_when_and_the_names_of_both_values(root, clerk, visitor):
    member = MemberFactory(name="李大同", education="71")
    with as_account(clerk, request="r1"):
        Member.objects.filter(pk=member.pk).update(name="李小同", education="61")
    answer, entries = history(visitor, clerk, member)
    assert entries[0] == ("U", "member", {"Name": ("李大同", "李小同"), "Education": ("初中毕业", "普通高中毕业")})
    page = answer.content.decode()
    assert f"{clerk.name} (clerk)" in page
    assert "<del>李大同</del> → <ins>李小同</ins>" in page


def test_times_are_local(root, clerk, visitor):
    member = MemberFactory()
    answer, _entries = history(visitor, clerk, member)
    assert "+08:00" in answer.content.decode()


def test_sealed_values_only_show_that_they_changed(root, clerk, visitor):
    member = MemberFactory(phone="13800001234")
    member.phone = "13800005678"
    member.save()
    answer, entries = history(visitor, clerk, member)
    labels = entries[0][2]
    assert labels == {"Phone": ("not shown", "was changed")}
    assert entries[-1][2]["Phone"] == (None, "filled in")
    assert "1380000" not in answer.content.decode()


def test_a_persons_history_is_that_of_the_whole_file_newest_first(root, clerk, visitor):
    member = MemberFactory()
    service = serve(member)
    service.ended_on, service.ending = date(2014, 7, 1), "resigned"
    service.save()
    _answer, entries = history(visitor, clerk, member)
    assert [(action, what) for action, what, _ in entries] == [("U", "service"), ("I", "service"), ("I", "member")]
    assert entries[0][2] == {"Ended on": (None, "2014-07-01"), "How it ended": (None, "resigned")}
    assert entries[1][2]["Force"] == (None, "joint defence")
    assert entries[1][2]["Unit"] == (None, "东塘第一社区")


def test_a_row_of_another_kind_shows_its_own_entries_only(root, officer, account, visitor):
    team = Team.objects.establish(Unit.objects.get(code=VILLAGE), date(2014, 1, 1), "police_room")
    post = team.posts.first()
    post.title = "office_head"
    post.save()
    _answer, entries = history(visitor, account("governance"), post)
    assert [action for action, *_ in entries] == ["U", "I"]
    held = Appointment.objects.create(post=post, official="王某", started_on=date(2014, 1, 1))
    Appointment.objects.filter(pk=held.pk).update(office="村委会主任")
    _answer, entries = history(visitor, account("governance"), held)
    assert [action for action, *_ in entries] == ["U", "I"]


def test_accounts_and_health_are_told_to_the_offices_that_keep_them(root, clerk, officer, account, visitor):
    member = MemberFactory()
    BankAccount.objects.create(member=member, bank="农村商业银行", number="6222021234567890")
    HealthRecord.objects.create(member=member, condition="1")
    told = {}
    for who in (clerk, officer, account("finance", username="finance"), account("training", username="training")):
        with as_account(who):
            _answer, entries = history(visitor, who, member)
            told[who.username] = {what for _, what, _ in entries}
    assert told == {
        "clerk": {"member"},
        "officer": {"member", "health record"},
        "finance": {"member", "bank account"},
        "training": {"member"},
    }


@pytest.mark.parametrize("model", ["personnel_member", "personnel_card", "organization_employer"])
def test_the_history_of_a_hidden_row_is_answered_like_that_of_a_missing_one(root, stranger, visitor, model):
    member = MemberFactory()
    EmployerFactory(unit_id=VILLAGE, unit=None)
    hidden = apps.get_model(model.replace("_", ".")).objects.latest("pk")
    browser = visitor(stranger)
    answers = []
    for number in (hidden.pk, hidden.pk + 1000):
        answer = browser.get(reverse(f"admin:{model}_history", args=[number]), follow=True)
        answers.append((answer.redirect_chain, [str(m).replace(str(number), "N") for m in answer.context["messages"]]))
    assert answers[0] == answers[1]
    assert member.name not in str(answers)


def test_those_without_the_right_are_refused_before_it_is_looked_up(root, account, visitor):
    member = MemberFactory()
    browser = visitor(account("sysadmin"))
    for number in (member.pk, member.pk + 1000):
        assert browser.get(reverse("admin:personnel_member_history", args=[number])).status_code == 403


def test_long_histories_are_paged(root, clerk, visitor):
    member = MemberFactory()
    for number in range(60):
        Member.objects.filter(pk=member.pk).update(remark=f"第{number}次")
    answer, entries = history(visitor, clerk, member)
    assert len(entries) == 50
    assert 'href="?p=2"' in answer.content.decode()
    _answer, entries = history(visitor, clerk, member, p=2)
    assert len(entries) == 11
    assert entries[-1][0] == "I"


def test_a_unit_is_named_wherever_it_lies(root, clerk, visitor):
    member = MemberFactory()
    with as_root("test"):
        Member.objects.filter(pk=member.pk).update(unit=OTHER_VILLAGE)
        Member.objects.filter(pk=member.pk).update(unit=VILLAGE)
    _answer, entries = history(visitor, clerk, member)
    assert entries[0][2] == {"Unit that keeps the file": ("西陂村", "东塘第一社区")}


def test_the_history_of_an_account_is_left_to_the_auditor(root, clerk, account, visitor):
    _answer, entries = history(visitor, account("staff", TOWN), clerk)
    assert entries == []


def test_names_in_a_history_are_escaped(root, clerk, visitor):
    member = MemberFactory(name="<script>alert(1)</script>")
    answer, _entries = history(visitor, clerk, member)
    assert "<script>alert" not in answer.content.decode()


def test_what_the_reader_may_not_look_up_is_shown_by_its_number(root, account):
    member = MemberFactory(name="李大同")
    team = Team.objects.establish(Unit.objects.get(code=VILLAGE), date(2014, 1, 1), "police_room")
    Appointment.objects.create(post=team.posts.first(), member=member, started_on=date(2014, 1, 1))
    told = {}
    for role in ("auditor", "hr"):
        reader = account(role)
        with as_account(reader), translation.override("en"):
            (entry,) = trail_labels.tell(TrailEntry.objects.filter(table="personnel_appointment"), reader)
            told[role] = {change.label: change.after for change in entry.changes}["Member"]
    assert told == {"auditor": f"member {member.pk}", "hr": "李大同"}
