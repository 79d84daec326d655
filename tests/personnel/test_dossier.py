"""What seldom hangs on a member hangs on the dossier: it moves and stays with it, and tells nobody anything."""

from datetime import date

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from organization.models import Post, Team
from organization.scope import as_account, as_root
from personnel.models import (
    Appointment,
    Assignment,
    Card,
    Dossier,
    EmergencyContact,
    ErasureHold,
    FormerNumber,
    Member,
    TransferConsent,
)
from tests.conftest import OTHER_VILLAGE, SECOND_VILLAGE, VILLAGE
from tests.factories import MemberFactory, id_number
from tests.personnel.transfers.test_walls import ask

OWNER = "owner"  # web roles delete nobody without an undo
NOBODY, FIRST_DAY = 10**15, date(2014, 1, 1)
# Whatever else follows by itself makes each undo and each batch move look into one more table.
FOLLOWING = {
    "personnel_bankaccount", "personnel_contract", "personnel_documentsighting", "personnel_dossier",
    "personnel_emergencycontact", "personnel_healthrecord", "personnel_noticegiven", "personnel_photo",
}  # fmt: skip
POINTING = "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND confrelid = 'personnel_member'::regclass"
BEHIND = """
SELECT k.conrelid::regclass::text, EXISTS (
  SELECT FROM pg_trigger t WHERE t.tgrelid = k.conrelid AND t.tgfoid = 'open_dossier'::regproc AND t.tgenabled = 'O')
FROM pg_constraint k WHERE k.contype = 'f' AND k.confrelid = 'personnel_dossier'::regclass
"""
CHANGED = "SELECT table_name FROM organization_trail WHERE member_id = %s AND action = 'U' ORDER BY 1"
pytestmark = pytest.mark.django_db(databases=["default", OWNER])


@pytest.fixture
def member():
    """Somebody in the village, on the owner's connection."""
    return made(VILLAGE)


def made(unit):
    with as_root("test"):
        member = MemberFactory.build(unit=None, unit_id=unit)
    member.save(using=OWNER)
    return member


def hold(member, using=OWNER, **fields):
    given = {"reason": "争议", "held_from": FIRST_DAY, "set_by": 1} | fields
    return ErasureHold.objects.using(using).create(member=member, **given)


def appointed(member):
    team = Team.objects.using(OWNER).create(unit_id=VILLAGE, seat=Team.Seat.POLICE_ROOM, established_on=FIRST_DAY)
    post = Post.objects.using(OWNER).create(team=team, unit_id=VILLAGE, title="chief")
    return Appointment.objects.using(OWNER).create(post=post, unit_id=VILLAGE, member=member, started_on=FIRST_DAY)


def dossiers():
    return dict(Dossier.objects.using(OWNER).values_list("member", "unit"))


def people():
    return Member.objects.using(OWNER)


def move(member, unit):
    people().filter(pk=member.pk).update(unit=unit)


def delete(member):
    """One statement, without Django's own search for what hangs on it."""
    people().filter(pk=member.pk)._raw_delete(OWNER)


# --- shape ------------------------------------------------------------------------------------------------------------


def test_no_table_is_looked_into_for_each_member_that_goes_or_moves():
    with connection.cursor() as cursor:
        cursor.execute(POINTING)
        assert cursor.fetchone() == (0,)


def test_only_what_everybody_has_follows_members_by_itself():
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT of_table::text FROM followers_of_members()")
        assert {table for (table,) in cursor.fetchall()} == FOLLOWING


def test_every_table_about_members_has_a_foreign_key():
    """The field alone says nothing to the database: `db_constraint=False` goes with `follows_member` or the like."""
    without = {
        model._meta.db_table
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is Member
        and not field.db_constraint
        and not any("member_id" in getattr(each, "columns", ()) for each in model._meta.constraints)
    }
    # Cards are written by triggers alone; services have a check of each statement.
    assert without == {Card._meta.db_table, Assignment._meta.db_table}


def test_every_table_behind_the_dossier_opens_it():
    with connection.cursor() as cursor:
        cursor.execute(BEHIND)
        found = dict(cursor.fetchall())
    assert len(found) >= 12
    assert all(found.values())


# --- staying, moving, going -------------------------------------------------------------------------------------------


def test_a_member_has_a_dossier_from_the_first_row_that_hangs_on_it(member):
    EmergencyContact.objects.using(OWNER).create(member=member, name="李某", phone="1")
    assert dossiers() == {}, "contacts come with every roster and need none"
    hold(member)
    FormerNumber.objects.using(OWNER).create(member=member, number=id_number(1), reason="录错", corrected_by="陈试用")
    assert dossiers() == {member.pk: VILLAGE}


def test_a_member_takes_along_the_dossier_and_all_that_hangs_on_it(member):
    hold(member)
    EmergencyContact.objects.using(OWNER).create(member=member, name="李某", phone="1")
    move(member, SECOND_VILLAGE)
    assert dossiers() == {member.pk: SECOND_VILLAGE}
    assert ErasureHold.objects.using(OWNER).get().unit_id == SECOND_VILLAGE
    assert EmergencyContact.objects.using(OWNER).get().unit_id == SECOND_VILLAGE
    with connections[OWNER].cursor() as cursor:
        cursor.execute(CHANGED, [member.pk])
        told = [table for (table,) in cursor.fetchall()]
    assert told == ["personnel_emergencycontact", "personnel_erasurehold", "personnel_member"]


def test_who_moves_without_anything_opens_no_dossier(member):
    move(member, SECOND_VILLAGE)
    assert dossiers() == {}


def test_what_hangs_on_a_member_keeps_it_from_being_deleted(member):
    hold(member)
    with pytest.raises(IntegrityError, match="erasure_hold_follows_member"), transaction.atomic(OWNER):
        delete(member)
    assert people().filter(pk=member.pk).exists()


def test_history_keeps_a_member_from_being_deleted_wherever_the_file_is(member):
    appointed(member)
    move(member, OTHER_VILLAGE)
    with pytest.raises(IntegrityError, match="appointment_hangs_on_member"), transaction.atomic(OWNER):
        delete(member)
    assert Appointment.objects.using(OWNER).get().unit_id == VILLAGE


def test_an_empty_dossier_goes_with_its_member(member):
    hold(member)
    ErasureHold.objects.using(OWNER).filter(member=member)._raw_delete(OWNER)
    assert dossiers() == {member.pk: VILLAGE}
    delete(member)
    assert dossiers() == {}


def test_a_row_that_changes_hands_opens_the_dossier_of_the_other(member):
    other = made(SECOND_VILLAGE)
    hold(member)
    ErasureHold.objects.using(OWNER).update(member=other, unit=SECOND_VILLAGE)
    assert dossiers() == {member.pk: VILLAGE, other.pk: SECOND_VILLAGE}


def test_a_row_cannot_hang_on_a_member_of_another_unit(member):
    with pytest.raises(IntegrityError, match="erasure_hold_follows_member"), transaction.atomic(OWNER):
        hold(member, unit_id=SECOND_VILLAGE)
    assert dossiers() == {}


# --- walls ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["clerk", "officer"])
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT FROM personnel_dossier",
        "INSERT INTO personnel_dossier (member_id, unit_id) VALUES (1, 1)",
        "UPDATE personnel_dossier SET unit_id = 1",
        "DELETE FROM personnel_dossier",
        "SELECT open_dossier()",
    ],
)
def test_no_web_role_comes_near_it(request, role, statement):
    who = request.getfixturevalue(role)
    with as_account(who), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize("has_dossier", [False, True])
@pytest.mark.parametrize("unit", [None, VILLAGE, OTHER_VILLAGE])
def test_a_hidden_member_is_refused_like_nobody(root, clerk, stranger, has_dossier, unit):
    hidden = MemberFactory(unit_id=OTHER_VILLAGE, unit=None)
    if has_dossier:
        with as_account(stranger):
            hold(hidden, "default", lifted_on=date(2014, 2, 1))  # an open one is refused as a second
    said = []
    with as_account(clerk):
        for pk in (hidden.pk, NOBODY):
            with pytest.raises(DatabaseError) as refusal, transaction.atomic():
                ErasureHold.objects.create(member_id=pk, unit_id=unit, reason="争议", held_from=FIRST_DAY, set_by=1)
            told = refusal.value.__cause__.diag
            said.append((told.sqlstate, told.constraint_name, told.message_primary))
    assert said[0] == said[1]


def test_nobody_hangs_a_row_over_to_a_hidden_member(root, clerk):
    hidden = MemberFactory(unit_id=OTHER_VILLAGE, unit=None)
    hold(MemberFactory(), "default")
    said = []
    with as_account(clerk):
        for pk in (hidden.pk, NOBODY):
            with pytest.raises(IntegrityError) as refusal, transaction.atomic():
                ErasureHold.objects.update(member_id=pk)
            said.append(refusal.value.__cause__.diag.message_primary)
    assert said[0] == said[1]


def test_a_question_hangs_on_the_member_only_while_it_waits(root, clerk, stranger):
    wanted = MemberFactory(unit_id=OTHER_VILLAGE, unit=None, name="李大同")
    ask(clerk, number=wanted.id_number)
    Member.objects.filter(pk=wanted.pk).update(unit=SECOND_VILLAGE)
    consent = TransferConsent.objects.get(member=wanted)
    assert (consent.kept_by_id, consent.unit_id) == (SECOND_VILLAGE, SECOND_VILLAGE)
