"""The trail: every changed row, by whatever way it changed, and nobody who could alter it."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from organization.models import TrailEntry
from organization.scope import as_account
from personnel.models import Assignment, BankAccount, Member
from tests.conftest import OTHER_VILLAGE, VILLAGE
from tests.factories import MemberFactory, serve


def entries(**conditions):
    return TrailEntry.objects.filter(**conditions).order_by("id")


def test_a_change_says_who_what_before_and_after(root, officer, clerk):
    member = MemberFactory(name="李大同")
    with as_account(clerk, origin="/personnel/member/", address="127.0.0.9", request="r1"):
        Member.objects.filter(pk=member.pk).update(name="李小同")
        entry = entries(member=member.pk).last()
    assert (entry.action, entry.actor, entry.before, entry.after) == (
        "U",
        clerk.pk,
        {"name": "李大同"},
        {"name": "李小同"},
    )
    assert clerk.name in entry.actor_name


@pytest.mark.parametrize("count", [1, 2000])
def test_a_bulk_update_leaves_one_entry_a_changed_row(root, count):
    members = MemberFactory.create_batch(count)
    Member.objects.filter(pk=members[0].pk).update(remark="x")
    before = entries(table="personnel_member", action="U").count()
    Member.objects.update(remark="x")
    assert entries(table="personnel_member", action="U").count() == before + count - 1


def test_moving_a_file_leaves_an_entry_for_each_of_its_rows(root, account):
    member = MemberFactory()
    BankAccount.objects.create(member=member, bank="银行", number="6222")
    Member.objects.update(unit=OTHER_VILLAGE)
    moved = ({"unit_id": VILLAGE}, {"unit_id": OTHER_VILLAGE})
    with as_account(account("auditor")):
        found = {e.table: (e.before, e.after) for e in entries(member=member.pk, action="U")}
    assert found == {"personnel_bankaccount": moved, "personnel_member": moved}


def test_sealed_values_are_masked_and_digests_left_out(root):
    member = MemberFactory(phone="13800001234")
    after = entries(member=member.pk).first().after
    assert after["id_sealed"] == after["phone_sealed"] == "••••••"
    assert "id_digest" not in after


def test_no_web_role_touches_the_trail_itself(root, officer, clerk, account):
    MemberFactory()
    for who in (officer, clerk, account("auditor")):
        for statement in (
            "SELECT * FROM organization_trail",
            "DELETE FROM organization_trail",
            "UPDATE organization_trail SET row = 1",
            "INSERT INTO organization_trail (action, table_name, row) VALUES ('I', 'x', 1)",
            "TRUNCATE organization_trail",
        ):
            with (
                as_account(who),
                pytest.raises(DatabaseError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)


@pytest.mark.django_db(databases=["default", "owner"])
def test_even_the_owner_alters_no_entry_and_removes_no_young_one(root):
    from django.db import connections

    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO organization_trail (action, table_name, row, at)"
            " VALUES ('I', 'x', 1, now()), ('I', 'x', 2, now() - interval '181 days')"
        )
        for statement in (
            "UPDATE organization_trail SET row = 3",
            "DELETE FROM organization_trail WHERE row = 1",
            "TRUNCATE organization_trail",
        ):
            with pytest.raises(DatabaseError, match="the trail is kept"), transaction.atomic(using="owner"):
                cursor.execute(statement)
        cursor.execute("DELETE FROM organization_trail WHERE table_name = 'x' AND row = 2")
        assert cursor.rowcount == 1


def test_the_history_of_a_file_is_read_by_those_who_have_it_in_scope(root, clerk, stranger, officer, account):
    member = MemberFactory()
    serve(member)
    seen = {}
    for who in (clerk, stranger, officer, account("auditor", username="auditor")):
        with as_account(who):
            seen[who.username] = entries(member=member.pk).count()
    assert seen == {"clerk": 2, "stranger": 0, "officer": 2, "auditor": 2}


def test_addresses_are_shown_to_the_auditor_alone(root, clerk, account):
    with as_account(clerk, address="127.0.0.9"):
        member = MemberFactory()
        assert entries(member=member.pk).get().address is None
    with as_account(account("auditor")):
        assert entries(member=member.pk).get().address == "127.0.0.9"


def test_a_primary_key_never_changes(root):
    member = MemberFactory()
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Member.objects.filter(pk=member.pk).update(id=member.pk + 1)


def test_ending_a_service_is_an_entry_of_its_member(root):
    service = serve(MemberFactory())
    Assignment.objects.filter(pk=service.pk).update(ended_on=date(2014, 1, 1), ending="resigned")
    assert entries(table="personnel_assignment", action="U").get().member == service.member_id
