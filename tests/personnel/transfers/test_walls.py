"""A transfer crosses the wall by request and consent; neither side sees more than its part."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from organization.keyring import sealer
from organization.models import TrailEntry, Unit
from organization.scope import as_account, as_root
from personnel.corrections import numbers
from personnel.models import (
    Assignment,
    Card,
    DocumentSighting,
    Member,
    Photo,
    TransferConsent,
    TransferRequest,
)
from personnel.photos import keeping
from personnel.realname import levels, sightings
from personnel.reorganising import orders
from personnel.reorganising.carrying_out import carry_out
from tests.conftest import DISTRICT, OTHER_TOWN, OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, id_number, serve

TODAY = timezone.localdate()


@pytest.fixture
def wanted(root):
    member = MemberFactory(name="李大同", id_number=id_number(9), unit_id=OTHER_VILLAGE, unit=None)
    serve(member, since="2013-01-01")
    return member


def ask(asker, *, name="李大同", number=None, **more):
    asked = {"unit_id": asker.unit_id, "force": "joint_defence", "sponsor": "village", "share": 100} | more
    with as_account(asker):
        return TransferRequest.objects.create(
            name=name,
            id_digest=sealer().digest(number or id_number(9), purpose="id"),
            asked_by=asker.pk,
            asked_on=TODAY,
            **asked,
        )


def decide(keeper, decision="agreed", **more):
    said = {"decision": decision, "decided_by": keeper.pk, "decided_on": TODAY} | more
    with as_account(keeper), transaction.atomic():
        return TransferConsent.objects.waiting().update(**said)


def refused(match):
    return pytest.raises(DatabaseError, match=match)


# --- what an answer does ---------------------------------------------------------------------------------------------


def test_an_agreed_transfer_moves_file_and_service_on_the_day_of_consent(wanted, clerk, stranger):
    ask(clerk)
    decide(stranger)
    with as_account(clerk):
        assert Member.objects.get().name == "李大同"
        assert Assignment.objects.get().started_on == TODAY
        assert TransferRequest.objects.get().answer == "agreed"
    with as_account(stranger):
        assert not Member.objects.exists()
        assert Assignment.objects.get().ended_on == TODAY
        assert Card.objects.get().name == "李大同"


def test_a_refusal_is_the_answer_and_moves_nothing(wanted, clerk, stranger):
    ask(clerk)
    decide(stranger, "refused", reason="正在培训")
    with as_account(clerk):
        found = TransferRequest.objects.values().get()
        assert (found["answer"], found["answered_on"]) == ("refused", TODAY)
        assert "正在培训" not in str(found)
        assert not Member.objects.exists()


def test_the_asker_sees_only_that_the_request_was_sent(wanted, clerk):
    for request in (ask(clerk), ask(clerk, name="无此人", number=id_number(10))):
        with as_account(clerk):
            shown = TransferRequest.objects.filter(pk=request.pk).values().get()
            assert shown["answer"] == ""
            assert not TransferConsent.objects.exists()


def test_a_request_that_was_withdrawn_waits_for_nobody(wanted, clerk, stranger):
    ask(clerk)
    with as_account(clerk):
        TransferRequest.objects.update(answer="withdrawn", answered_on=TODAY)
    assert decide(stranger) == 0
    with as_account(stranger):
        assert TransferConsent.objects.get().decision == "withdrawn"


def test_a_second_service_leaves_the_file_where_it_is(root, clerk, stranger):
    member = MemberFactory(name="李大同", id_number=id_number(9), unit_id=OTHER_VILLAGE, unit=None)
    serve(member, since="2013-01-01", share=50)
    ask(clerk, share=50)
    decide(stranger)
    with as_account(clerk):
        assert not Member.objects.exists()
        assert (Assignment.objects.get().share, Assignment.objects.get().share_from) == (50, 50)
        assert Card.objects.get().name == "李大同"


def test_a_second_service_finds_the_part_of_time_that_is_free(root, clerk, stranger):
    member = MemberFactory(name="李大同", id_number=id_number(9), unit_id=OTHER_VILLAGE, unit=None)
    serve(member, since="2013-01-01", until="2014-01-01", share=50)
    serve(member, since="2014-01-01", share=50, share_from=50)
    ask(clerk, share=50)
    decide(stranger)
    with as_account(clerk):
        assert Assignment.objects.get().share_from == 0


def test_a_second_service_beyond_full_time_is_refused(wanted, clerk, stranger):
    ask(clerk, share=50)
    with refused("more than full time"):
        decide(stranger)
    with as_account(stranger):
        assert TransferConsent.objects.get().decision == ""


@pytest.mark.parametrize(("paid", "moves"), [(True, False), (False, True)])
def test_a_volunteer_takes_the_file_along_unless_a_paid_service_holds_it(root, clerk, stranger, paid, moves):
    member = MemberFactory(name="李大同", id_number=id_number(9), unit_id=OTHER_VILLAGE, unit=None)
    serve(member, since="2013-01-01", force="volunteer")
    if paid:
        serve(member, since="2013-01-01")
    ask(clerk, force="volunteer", sponsor="")
    decide(stranger)
    with as_account(clerk):
        assert Assignment.objects.get().share == 0
        assert Member.objects.exists() is moves
    with as_account(stranger):
        assert set(Assignment.objects.values_list("ended_on", flat=True)) == ({None} if paid else {TODAY})


def test_what_comes_of_a_transfer_is_in_the_trail_under_who_agreed(wanted, clerk, stranger):
    ask(clerk)
    decide(stranger)
    moved = TrailEntry.objects.get(member=wanted.pk, table="personnel_member", action="U")
    assert (moved.actor, moved.after) == (stranger.pk, {"unit_id": VILLAGE})


# --- what nobody may write -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [{"to_unit_id": SECOND_VILLAGE}, {"share": 1}, {"force": "volunteer"}, {"asked_by": 1}, {"asked_on": "2014-01-01"},
     {"post": "队长"}, {"unit_id": VILLAGE}, {"kept_by_id": VILLAGE}],
)  # fmt: skip
def test_the_keeping_unit_decides_and_changes_nothing_of_the_question(wanted, clerk, stranger, changed):
    ask(clerk)
    with refused("permission denied"):
        decide(stranger, **changed)


def test_nor_does_the_office_change_what_was_asked(wanted, clerk, stranger):
    ask(clerk)
    with refused("never changes"), transaction.atomic():
        TransferRequest.objects.update(share=50)
    with as_account(clerk), refused("never changes"), transaction.atomic():
        TransferRequest.objects.update(unit_id=SECOND_VILLAGE)


def test_the_service_begins_where_it_was_asked_for(wanted, clerk, stranger, account):
    """Whoever could write the consent could send a person into any unit: what counts is the request."""
    ask(clerk, post="巡逻岗")
    decide(stranger)
    with as_root("test"):
        begun = Assignment.objects.get(started_on=TODAY)
        assert (begun.unit_id, begun.post, begun.share) == (VILLAGE, "巡逻岗", 100)


def test_nobody_makes_up_a_question(wanted, clerk, stranger):
    request = ask(clerk, number=id_number(10))
    with as_account(stranger), refused("permission denied"), transaction.atomic():
        TransferConsent.objects.create(
            request=request, member=wanted, unit_id=OTHER_VILLAGE, kept_by_id=OTHER_VILLAGE, to_unit_id=VILLAGE,
            asked_by=clerk.pk, asked_on=TODAY, share=100, force="joint_defence",
        )  # fmt: skip


@pytest.mark.parametrize("first", ["agreed", "refused"])
def test_a_decision_stays(wanted, clerk, stranger, first):
    ask(clerk)
    decide(stranger, first)
    for changed in (
        {"decision": "refused"},
        {"reason": "改口"},
        {"decided_by": None, "decided_on": None, "decision": ""},
    ):
        with as_account(stranger), refused("never changes"), transaction.atomic():
            TransferConsent.objects.update(**changed)
    with as_account(clerk), refused("never changes"), transaction.atomic():
        TransferRequest.objects.update(answer="withdrawn")


@pytest.mark.parametrize("answer", ["agreed", "refused"])
def test_the_asker_does_not_answer_for_the_other_side(wanted, clerk, answer):
    ask(clerk)
    with as_account(clerk), refused("not for"), transaction.atomic():
        TransferRequest.objects.update(answer=answer, answered_on=TODAY)


def test_nobody_carries_a_transfer_out_by_hand(wanted, clerk, stranger):
    ask(clerk)
    for who in (clerk, stranger):
        with as_account(who), refused("permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT carry_out_transfer(%s)", [1])


@pytest.mark.parametrize(
    "changed", [{"asked_by": 1}, {"asked_on": TODAY - timedelta(days=9)}, {"force": "patrol", "sponsor": ""}]
)
def test_one_asks_in_ones_own_name_today_and_for_ones_own_forces(wanted, clerk, changed):
    with as_account(clerk), refused("not for"), transaction.atomic():
        TransferRequest.objects.create(
            **{
                "unit_id": VILLAGE, "name": "李大同", "id_digest": b"1", "force": "joint_defence", "sponsor": "village",
                "asked_by": clerk.pk, "asked_on": TODAY,
            } | changed
        )  # fmt: skip


# --- who decides -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "unit", "force", "may"),
    [
        ("clerk", OTHER_VILLAGE, "joint_defence", True),
        ("staff", OTHER_TOWN, "joint_defence", True),
        ("governance", DISTRICT, "joint_defence", True),
        ("hr", DISTRICT, "joint_defence", False),
        ("clerk", OTHER_VILLAGE, "patrol", False),
        ("staff", OTHER_TOWN, "guard", True),
        ("hr", DISTRICT, "patrol", True),
        ("governance", DISTRICT, "patrol", False),
        ("finance", DISTRICT, "joint_defence", False),
        ("training", DISTRICT, "patrol", False),
    ],
)
def test_a_force_is_decided_on_by_those_who_keep_it(root, clerk, account, role, unit, force, may):
    member = MemberFactory(name="李大同", id_number=id_number(9), unit_id=OTHER_VILLAGE, unit=None)
    serve(member, since="2013-01-01", force=force)
    ask(clerk)
    keeper = account(role, unit)
    with as_account(keeper):
        assert TransferConsent.objects.decidable_by(keeper).exists() is may
    if may:
        assert decide(keeper) == 1
    else:
        with refused("not for"):
            decide(keeper)


@pytest.mark.parametrize(("role", "unit"), [("clerk", SECOND_VILLAGE), ("staff", TOWN)])
def test_another_unit_neither_sees_nor_decides(wanted, clerk, account, role, unit):
    ask(clerk)
    other = account(role, unit)
    with as_account(other):
        assert not TransferConsent.objects.exists()
    assert decide(other) == 0


def test_nobody_consents_to_their_own_request(root, account):
    MemberFactory(name="李大同", id_number=id_number(9))
    staff = account("staff", TOWN)
    ask(staff)
    with as_account(staff):
        assert not TransferConsent.objects.decidable_by(staff).exists()
    with refused("decided_by_somebody_else"):
        decide(staff)


def test_nobody_decides_in_another_name_or_on_another_day(wanted, clerk, stranger, account):
    ask(clerk)
    with refused("not for"):
        decide(stranger, decided_by=account("clerk", OTHER_VILLAGE).pk)
    with refused("not for"):
        decide(stranger, decided_on=TODAY - timedelta(days=30))


# --- where a question and its decision are seen ----------------------------------------------------------------------


def test_an_open_question_follows_the_file_and_a_decision_stays_where_it_was_made(wanted, clerk, stranger, account):
    second = account("clerk", SECOND_VILLAGE)
    ask(second)
    decide(stranger, "refused", reason="本村人手不足")
    ask(second)
    ask(clerk)
    with as_account(stranger):
        TransferConsent.objects.waiting().filter(to_unit=VILLAGE).update(
            decision="agreed", decided_by=stranger.pk, decided_on=TODAY
        )
        kept = TransferConsent.objects.values_list("to_unit", "decision")
        assert set(kept) == {(SECOND_VILLAGE, "refused"), (VILLAGE, "agreed")}
    with as_account(clerk):
        assert list(TransferConsent.objects.values_list("to_unit", "decision")) == [(SECOND_VILLAGE, "")]
        told = str(list(TrailEntry.objects.filter(table="personnel_transferconsent").values("before", "after")))
        assert "本村人手不足" not in told


def test_a_unit_that_closes_asks_for_nobody_any_more(wanted, clerk, account):
    from organization import reorganisation

    ask(clerk)
    with as_account(account("governance")):
        reorganisation.close(VILLAGE, SECOND_VILLAGE, TODAY, TODAY)
    with as_root("test"):
        assert TransferRequest.objects.get().answer == "lapsed"
        assert TransferConsent.objects.get().decision == "lapsed"
        Unit.objects.filter(pk=VILLAGE).update(closed_on=None, successor=None)


# --- numbers and units that change while a question is open -----------------------------------------------------------


def corrected(member, keeper, number):
    with as_account(keeper):
        found = Member.objects.get(pk=member.pk)
        numbers.correct(found, numbers.judged(found, "resident_id", number, TODAY), "看错", keeper)


def test_a_question_outlives_the_correction_of_the_number_and_agreeing_moves_the_person(wanted, clerk, stranger):
    ask(clerk)
    corrected(wanted, stranger, id_number(10))
    decide(stranger)
    with as_account(clerk):
        assert Member.objects.get(pk=wanted.pk).id_number == id_number(10)


def test_an_old_number_asks_for_its_person_by_name(wanted, clerk, stranger, account):
    corrected(wanted, stranger, id_number(10))
    ask(clerk)
    ask(account("clerk", SECOND_VILLAGE), name="李小同")
    with as_account(stranger):
        assert list(TransferConsent.objects.values_list("member", "to_unit")) == [(wanted.pk, VILLAGE)]


def test_a_number_that_somebody_else_bears_by_now_asks_for_that_one_alone(wanted, clerk, stranger):
    corrected(wanted, stranger, id_number(10))
    with as_root("test"):
        serve(MemberFactory(name="李大异", id_number=id_number(9), unit_id=OTHER_VILLAGE, unit=None))
    ask(clerk)
    with as_root("test"):
        assert not TransferConsent.objects.exists()


def test_photo_and_documents_seen_go_along_with_a_transferred_file(wanted, clerk, stranger):
    with as_account(stranger):
        keeping.keep({wanted.pk: b"a picture"})
        sightings.record([wanted.pk], "resident_card", TODAY, stranger, ("joint_defence",))
    ask(clerk)
    decide(stranger)
    with as_account(clerk):
        assert keeping.picture_of(Member.objects.get(pk=wanted.pk)) == b"a picture"
        assert levels.members(TODAY).get(pk=wanted.pk).level == "photo"
    with as_account(stranger):
        assert not Photo.objects.exists()
        assert not DocumentSighting.objects.exists()


def test_an_open_question_goes_along_when_the_keeping_unit_is_renumbered(wanted, clerk, account):
    new = OTHER_VILLAGE + 8
    ask(clerk)
    governance = account("governance")
    with as_account(governance):
        unit = Unit.objects.get(pk=OTHER_VILLAGE)
        carry_out(orders.renumber(unit, new, "西陂新村", TODAY - timedelta(days=10)), governance, TODAY)
    keeper = account("clerk", new)
    assert decide(keeper) == 1
    with as_account(clerk):
        assert Member.objects.get(pk=wanted.pk).unit_id == VILLAGE
