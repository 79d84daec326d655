"""A transfer crosses the wall by request and consent; neither side sees more than its part."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from organization.keyring import sealer
from organization.scope import as_account
from personnel.models import Assignment, Card, Member, TransferConsent, TransferRequest
from tests.conftest import OTHER_VILLAGE, VILLAGE
from tests.factories import MemberFactory, id_number, serve

DAY = date(2014, 7, 1)


@pytest.fixture
def wanted(root):
    member = MemberFactory(name="李大同", id_number=id_number(9), unit_id=OTHER_VILLAGE, unit=None)
    serve(member, since="2013-01-01")
    return member


def ask(asker, *, name="李大同", number=None, share=100):
    with as_account(asker):
        return TransferRequest.objects.create(
            unit_id=VILLAGE,
            name=name,
            id_digest=sealer().digest(number or id_number(9), purpose="id"),
            force="joint_defence",
            sponsor="village",
            share=share,
            asked_by=asker.pk,
            asked_on=DAY,
        )


def agree(keeper):
    with as_account(keeper):
        TransferConsent.objects.update(decision="agreed", decided_by=keeper.pk, decided_on=DAY)


def carry_out(account):
    with as_account(account), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT carry_out_transfer(%s)", [TransferConsent.objects.values_list("pk", flat=True).first() or 1]
        )


def test_an_agreed_transfer_moves_file_and_service_on_the_day_of_consent(wanted, clerk, stranger):
    ask(clerk)
    agree(stranger)
    carry_out(stranger)
    with as_account(clerk):
        assert Member.objects.get().name == "李大同"
        assert Assignment.objects.get().started_on == DAY
        assert TransferRequest.objects.get().answer == "agreed"
    with as_account(stranger):
        assert not Member.objects.exists()
        assert Assignment.objects.get().ended_on == DAY
        assert Card.objects.get().name == "李大同"


def test_the_asker_sees_only_that_the_request_was_sent(wanted, clerk):
    for request in (ask(clerk), ask(clerk, name="无此人", number=id_number(10))):
        with as_account(clerk):
            shown = TransferRequest.objects.filter(pk=request.pk).values().get()
            assert shown["answer"] == ""
            assert not TransferConsent.objects.exists()


@pytest.mark.parametrize("decide", [False, True])
def test_nothing_moves_without_consent_or_by_the_asker(wanted, clerk, stranger, decide):
    ask(clerk)
    if decide:
        agree(stranger)
    with pytest.raises(DatabaseError, match="no agreed transfer"):
        carry_out(clerk if decide else stranger)


def test_a_transfer_is_carried_out_once(wanted, clerk, stranger, root):
    ask(clerk)
    agree(stranger)
    consent = TransferConsent.objects.get().pk
    carry_out(stranger)
    with (
        as_account(clerk),
        pytest.raises(DatabaseError, match="no agreed transfer"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT carry_out_transfer(%s)", [consent])


def test_nobody_consents_to_their_own_request(root, clerk, account):
    MemberFactory(name="李大同", id_number=id_number(9))
    ask(clerk)
    with as_account(clerk), pytest.raises(DatabaseError, match="decided_by_somebody_else"), transaction.atomic():
        TransferConsent.objects.update(decision="agreed", decided_by=clerk.pk, decided_on=DAY)


def test_a_second_service_leaves_the_file_where_it_is(root, clerk, stranger):
    member = MemberFactory(name="李大同", id_number=id_number(9), unit_id=OTHER_VILLAGE, unit=None)
    serve(member, since="2013-01-01", share=50)
    ask(clerk, share=50)
    agree(stranger)
    carry_out(stranger)
    with as_account(clerk):
        assert not Member.objects.exists()
        assert (Assignment.objects.get().share, Assignment.objects.get().share_from) == (50, 50)
        assert Card.objects.get().name == "李大同"


def test_a_second_service_beyond_full_time_is_refused(wanted, clerk, stranger):
    ask(clerk, share=50)
    agree(stranger)
    with pytest.raises(DatabaseError, match="share_is_a_percentage"):
        carry_out(stranger)


def test_what_comes_of_a_transfer_is_in_the_trail_under_who_carried_it_out(wanted, clerk, stranger):
    from organization.models import TrailEntry

    ask(clerk)
    agree(stranger)
    carry_out(stranger)
    moved = TrailEntry.objects.get(member=wanted.pk, table="personnel_member", action="U")
    assert (moved.actor, moved.after) == (stranger.pk, {"unit_id": VILLAGE})
