"""Two files of one person become one, and two again."""

import uuid
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organization.keyring import sealer
from organization.models import TrailEntry
from organization.scope import as_account, as_root
from personnel import lookup
from personnel.certificates import issuing
from personnel.corrections import numbers
from personnel.corrections.comparing import compare
from personnel.corrections.merging import NotMergeable, merge
from personnel.corrections.unmerging import NotSeparable, unmerge
from personnel.models import (
    Assignment,
    BankAccount,
    Card,
    Certificate,
    Contract,
    CorrectionRequest,
    DocumentSighting,
    EmergencyContact,
    ErasureHold,
    FormerNumber,
    HealthRecord,
    Member,
    NoticeGiven,
    NoticeText,
    TransferConsent,
    TransferRequest,
    WithdrawnFile,
)
from personnel.photos import keeping
from tests.conftest import OTHER_VILLAGE, SECOND_VILLAGE, VILLAGE
from tests.factories import EmployerFactory, MemberFactory, id_number, serve

TODAY = timezone.localdate()

TABLES = (
    "personnel_member", "personnel_assignment", "personnel_emergencycontact", "personnel_healthrecord",
    "personnel_bankaccount", "personnel_appointment", "personnel_photo", "personnel_documentsighting",
    "personnel_noticegiven", "personnel_correctionrequest", "personnel_erasurehold", "personnel_certificate",
    "personnel_transferconsent", "personnel_contract",
)  # fmt: skip


def register():
    """Every row of the tables of files, cards without their own numbers, former numbers that still stand."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY id")
            found[table] = cursor.fetchall()
    of_cards = ("unit", "member", "name", "education", "occupation")
    found["cards"] = list(Card.objects.order_by("unit", "member").values_list(*of_cards))
    standing = FormerNumber.objects.standing().order_by("id")
    found["former"] = list(standing.values_list("member", "unit", "number_digest", "reason"))
    return found


@pytest.fixture
def pair(root):
    """Two files of one person: the phone tells, the birth date was mistyped once."""
    first = MemberFactory(
        name="梁试重", unit_id=VILLAGE, education=None, occupation="27", phone="13900010001", id_number=id_number(7)
    )
    second = MemberFactory(
        name="梁试重", unit_id=SECOND_VILLAGE, education="71", phone="13900010001",
        birth_date=date(1980, 3, 16), id_number=id_number(8, date(1980, 3, 16)),
    )  # fmt: skip
    serve(first, since="2012-01-01")
    serve(second, since="2010-01-01", until="2011-06-01")
    serve(second, since="2012-03-01")
    EmergencyContact.objects.create(member=second, unit_id=second.unit_id, name="梁试亲", phone="13900010002")
    BankAccount.objects.create(member=second, unit_id=second.unit_id, bank="农商银行", number="6222000011112222")
    return first, second


def test_what_fits_moves_and_what_overlaps_stays_behind(pair, staff):
    first, second = pair
    with as_account(staff):
        record = merge(first.pk, second.pk, staff, reason="同一人", taken=["education"])
        survivor = Member.objects.get(pk=first.pk)
        days = [str(each.started_on) for each in survivor.assignments.order_by("started_on")]
        assert (survivor.education, days) == ("71", ["2010-01-01", "2012-01-01"])
        assert survivor.emergency_contacts.get().phone == "13900010002"
        assert survivor.bank_account.number == "6222000011112222"
        assert not Member.objects.filter(pk=second.pk).exists()
        assert not Card.objects.filter(member=second.pk).exists()
        assert [row["started_on"] for row in record.withdrawn.file["personnel_assignment"]] == ["2012-03-01"]
        assert Card.objects.filter(member=first.pk).count() == 2


def test_the_number_of_the_absorbed_file_finds_the_survivor(pair, staff):
    first, second = pair
    with as_account(staff):
        number = second.id_number
        merge(first.pk, second.pk, staff, reason="同一人", taken=[])
        assert lookup.bearer(number) is None
        assert [former.member_id for former in numbers.former_bearers(number)] == [first.pk]


def test_a_merge_and_its_undoing_are_batches_of_the_trail(pair, staff):
    first, second = pair
    with as_account(staff):
        record = merge(first.pk, second.pk, staff, reason="同一人", taken=[])
        assert unmerge(record, staff) == []
        entries = TrailEntry.objects.filter(batch=record.batch, table="personnel_assignment", member=second.pk)
        assert {entry.action for entry in entries} == {"D", "I", "U"}


def test_a_merge_that_was_taken_back_leaves_every_row_as_it_was(pair, staff):
    first, second = pair
    with as_account(staff):
        before = register()
        record = merge(first.pk, second.pk, staff, reason="同一人", taken=["education", "phone"])
        assert register() != before
        assert unmerge(record, staff) == []
        assert register() == before


def test_a_file_changed_since_is_not_separated_and_the_change_is_named(pair, staff):
    first, second = pair
    with as_account(staff):
        record = merge(first.pk, second.pk, staff, reason="同一人", taken=[])
        merged = register()
        Member.objects.filter(pk=first.pk).update(address="东塘路1号")
        changed = register()
        (later,) = unmerge(record, staff)
        assert register() == changed != merged
        assert (later.what, later.by) == ("队员: 地址", "陈试用 (staff)")


def test_an_account_for_pay_changed_since_is_not_lost(pair, staff):
    first, second = pair
    with as_account(staff):
        record = merge(first.pk, second.pk, staff, reason="同一人", taken=[])
        account = BankAccount.objects.get(member=first)
        account.number = "6222000099998888"
        account.save()
        assert len(unmerge(record, staff)) == 1


def test_merging_twice_changes_nothing_the_second_time(pair, staff):
    first, second = pair
    with as_account(staff):
        merge(first.pk, second.pk, staff, reason="同一人", taken=[])
        before = register()
        with pytest.raises(NotMergeable):
            merge(first.pk, second.pk, staff, reason="同一人", taken=[])
        assert register() == before


def test_a_service_that_the_account_does_not_see_refuses_the_merge(pair, staff, root):
    first, second = pair
    serve(second, since="2008-01-01", until="2009-01-01", unit_id=OTHER_VILLAGE)
    with as_account(staff), pytest.raises(NotMergeable) as refused:
        merge(first.pk, second.pk, staff, reason="同一人", taken=[])
    assert refused.value.code == "out_of_reach"


def test_an_office_that_writes_only_one_of_the_files_cannot_merge_them(pair, officer):
    first, second = pair
    with as_account(officer):
        assert compare(first, second, officer).refusals
        with pytest.raises(NotMergeable):
            merge(first.pk, second.pk, officer, reason="同一人", taken=[])


def test_two_part_time_services_share_the_week_after_the_merge(root, staff):
    first, second = (MemberFactory(name="梁试半", id_number=id_number(20 + n)) for n in range(2))
    serve(first, share=50)
    half = serve(second, share=50)
    with as_account(staff):
        merge(first.pk, second.pk, staff, reason="同一人", taken=[])
        half.refresh_from_db()
        assert (half.member_id, half.share_from) == (first.pk, 50)


def test_a_number_that_led_to_the_survivor_already_goes_on_doing_so(root, staff):
    first = MemberFactory(name="梁试曾", id_number=id_number(51))
    old = id_number(52)
    with as_account(staff):
        numbers.correct(first, numbers.judged(first, "resident_id", old, date(2014, 7, 1)), "看错", staff)
        numbers.correct(first, numbers.judged(first, "resident_id", id_number(51), date(2014, 7, 1)), "改回", staff)
        second = MemberFactory(name="梁试曾", id_number=old)
        before = register()
        record = merge(first.pk, second.pk, staff, reason="同一人", taken=[])
        assert [former.member_id for former in numbers.former_bearers(old)] == [first.pk]
        assert unmerge(record, staff) == []
        assert register() == before


def test_of_two_merges_the_later_is_taken_back_first(root, staff):
    first, second, third = (MemberFactory(name="梁试三", id_number=id_number(60 + n)) for n in range(3))
    serve(third, since="2010-01-01", until="2011-01-01")
    with as_account(staff):
        before = register()
        one = merge(second.pk, third.pk, staff, reason="同一人", taken=[])
        other = merge(first.pk, second.pk, staff, reason="同一人", taken=[])
        assert [former.member_id for former in numbers.former_bearers(id_number(62))] == [first.pk]
        with pytest.raises(NotSeparable):
            unmerge(one, staff)
        assert unmerge(other, staff) == []
        assert unmerge(one, staff) == []
        assert register() == before


services = st.lists(
    st.tuples(st.integers(2005, 2013), st.integers(1, 30), st.sampled_from([0, 30, 50, 100])), max_size=4
)


def entered(member, drawn):
    for year, months, share in drawn:
        month = year * 12 + months
        try:
            with transaction.atomic():
                serve(
                    member, since=f"{year}-01-01", until=f"{month // 12}-{month % 12 + 1:02}-01",
                    **({"force": "volunteer", "share": 0} if not share else {"share": share}),
                )  # fmt: skip
        except IntegrityError:
            continue  # more than full time: no such file


# What hangs on a file beside its services: the picture, papers, what the office had to do with the person.
def hang(member, account, kinds):
    for kind in sorted(kinds):
        HANGING[kind](member, account)


def see(member, account):
    DocumentSighting.objects.create(
        member=member, unit_id=member.unit_id, document="resident_card", seen_on=TODAY, number_digest=member.id_digest,
        account=account.pk, account_name=account.name,
    )  # fmt: skip


def give_notice(member, account, title="告知书"):
    with as_root("test"):
        notice, _made = NoticeText.objects.get_or_create(
            title=title, valid_from=date(2022, 1, 1), defaults={"body": "字"}
        )
    NoticeGiven.objects.create(member=member, notice=notice, given_on=date(2022, 2, 1), given_by=account.pk)


def request_correction(member, account, **answer):
    CorrectionRequest.objects.create(
        member=member, wrong="学历不对", brought_by="本人", received_on=date(2026, 1, 5), due_on=date(2026, 1, 26),
        recorded_by=account.pk, **answer,
    )  # fmt: skip


def hold(member, account, until=None):
    ErasureHold.objects.create(
        member=member, reason="劳动争议", held_from=date(2020, 1, 1), lifted_on=until, set_by=account.pk
    )


def certify(member, account):
    if service := member.assignments.professional().order_by("started_on").first():
        kind = "leaving" if service.ended_on else "service"
        issuing.issue(issuing.Draft(kind, service, TODAY, uuid.uuid4()), account)


HANGING = {
    "photo": lambda member, account: keeping.keep({member.pk: f"picture of {member.pk}".encode()}),
    "sighting": see,
    "notice": give_notice,
    "correction": request_correction,
    "answered": lambda member, account: request_correction(
        member, account, outcome="done", answered_on=date(2026, 1, 6), answered_by=account.pk
    ),
    "hold": hold,
    "certificate": certify,
}
kinds = st.sets(st.sampled_from(sorted(HANGING)))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ours=services,
    theirs=services,
    on_ours=kinds,
    on_theirs=kinds,
    taken=st.sets(st.sampled_from(["education", "phone", "remark", "address"])),
)
def test_whatever_two_files_hold_merging_and_separating_gives_back_the_same_rows(
    root, staff, ours, theirs, on_ours, on_theirs, taken
):
    first = MemberFactory(name="梁试任", education=None, address="甲", phone="13900010003")
    second = MemberFactory(name="梁试任", unit_id=SECOND_VILLAGE, remark="乙", address="丙")
    entered(first, ours)
    entered(second, theirs)
    HealthRecord.objects.create(member=second, unit_id=second.unit_id, condition="1")
    with as_account(staff):
        hang(first, staff, on_ours)
        hang(second, staff, on_theirs)
        before = register()
        if compare(first, second, staff).refusals:
            assert "certificate" in on_theirs, "nothing else that was drawn forbids a merge"
            return
        total = Assignment.objects.filter(member__in=[first, second]).count()
        record = merge(first.pk, second.pk, staff, reason="同一人", taken=taken)
        kept = WithdrawnFile.objects.get(merge=record)
        moved = Assignment.objects.filter(member=first).count()
        assert moved + len(kept.file["personnel_assignment"]) == total
        assert unmerge(record, staff) == []
        assert register() == before


# --- what hangs on the files beside their services --------------------------------------------------------------------


def test_the_photo_moves_where_there_is_none_and_opens_for_its_new_file(pair, staff):
    first, second = pair
    with as_account(staff):
        keeping.keep({second.pk: b"the only picture"})
        before = register()
        record = merge(first.pk, second.pk, staff, reason="同一人", taken=[])
        assert keeping.picture_of(first) == b"the only picture"
        assert unmerge(record, staff) == []
        assert register() == before
        assert keeping.picture_of(second) == b"the only picture"


def test_of_two_photos_the_one_of_the_file_that_stays_is_kept(pair, staff):
    first, second = pair
    with as_account(staff):
        keeping.keep({first.pk: b"first", second.pk: b"second"})
        record = merge(first.pk, second.pk, staff, reason="同一人", taken=[])
        assert keeping.picture_of(first) == b"first"
        assert len(record.withdrawn.file["personnel_photo"]) == 1


def test_a_document_that_was_seen_proves_its_own_number_alone(pair, staff):
    first, second = pair
    with as_account(staff):
        see(second, staff)
        record = merge(first.pk, second.pk, staff, reason="同一人", taken=[])
        assert not DocumentSighting.objects.exists()
        assert len(record.withdrawn.file["personnel_documentsighting"]) == 1


def test_notices_requests_and_holds_move_and_what_both_have_stays_behind(pair, staff):
    first, second = pair
    with as_account(staff):
        for member in pair:
            give_notice(member, staff)
            request_correction(member, staff)
            hold(member, staff)
        record = merge(first.pk, second.pk, staff, reason="同一人", taken=[])
        assert NoticeGiven.objects.filter(member=first).count() == 1
        assert CorrectionRequest.objects.open().filter(member=first).count() == 2
        assert ErasureHold.objects.get().member_id == first.pk
        kept = record.withdrawn.file
        assert [len(kept[f"personnel_{table}"]) for table in ("noticegiven", "correctionrequest", "erasurehold")] == [
            1, 0, 1,
        ]  # fmt: skip


def test_contracts_move_and_what_runs_beside_one_of_the_other_file_stays_behind(pair, staff):
    first, second = pair
    employer = EmployerFactory(unit_id=VILLAGE)
    ours = employ(first, employer, "2020-01-01", "2021-01-01")
    employ(second, employer, "2020-06-01", "2021-06-01")
    later = employ(second, employer, "2021-06-01", "2022-06-01")
    before = register()
    record = merge(first.pk, second.pk, staff, reason="重复", taken=[])
    assert set(Contract.objects.values_list("pk", "member")) == {(ours.pk, first.pk), (later.pk, first.pk)}
    assert unmerge(record, staff) == []
    assert register() == before


def employ(member, employer, starts_on, ends_on):
    return Contract.objects.create(member=member, employer=employer, starts_on=starts_on, ends_on=ends_on)


def test_a_certificate_goes_with_the_service_it_speaks_of(pair, staff):
    first, second = pair
    with as_account(staff):
        certify(second, staff)
        (certificate,) = Certificate.objects.all()
        moves = compare(first, second, staff).moving
        assert {each.service.pk for each in moves if not each.conflict} == {certificate.service_id}
        record = merge(first.pk, second.pk, staff, reason="同一人", taken=[])
        assert Certificate.objects.get().member_id == first.pk
        assert unmerge(record, staff) == []
        assert Certificate.objects.get().member_id == second.pk


def test_a_certified_service_that_would_stay_behind_refuses_the_merge_in_words(pair, staff):
    first, second = pair
    with as_account(staff):
        certify(second, staff)
        service = Certificate.objects.get().service_id
        with pytest.raises(NotMergeable) as refused:
            merge(first.pk, second.pk, staff, reason="同一人", taken=[], leaving=[service])
    assert "certificate" in str(refused.value) or "证明" in str(refused.value)


# --- transfers asked for meanwhile ------------------------------------------------------------------------------------


def asked(asker, number, name="梁试重"):
    with as_account(asker):
        return TransferRequest.objects.create(
            unit_id=asker.unit_id, name=name, id_digest=sealer().digest(number, purpose="id"), asked_by=asker.pk,
            asked_on=TODAY, force="joint_defence", sponsor="village",
        )  # fmt: skip


def waiting():
    return list(TransferConsent.objects.waiting().values_list("member", "unit"))


def test_an_open_question_goes_to_the_file_that_stays_and_back(pair, staff, stranger):
    first, second = pair
    asked(stranger, second.id_number)
    with as_account(staff):
        record = merge(first.pk, second.pk, staff, reason="同一人", taken=[])
        assert waiting() == [(first.pk, VILLAGE)]
        assert unmerge(record, staff) == []
        assert waiting() == [(second.pk, SECOND_VILLAGE)]


def test_a_decision_stays_with_the_unit_that_made_it(pair, staff, stranger):
    first, second = pair
    asked(stranger, second.id_number)
    with as_account(staff):
        TransferConsent.objects.update(decision="refused", decided_by=staff.pk, decided_on=TODAY, reason="人手不足")
        merge(first.pk, second.pk, staff, reason="同一人", taken=[])
        assert TransferConsent.objects.get().unit_id == SECOND_VILLAGE


def test_who_asked_for_the_absorbed_file_and_keeps_the_other_asks_for_nobody_any_more(pair, staff, clerk):
    first, second = pair
    sent = asked(clerk, second.id_number)
    with as_account(staff):
        merge(first.pk, second.pk, staff, reason="同一人", taken=[])
        assert waiting() == []
    with as_account(clerk):
        sent.refresh_from_db()
    assert sent.answer == "lapsed"


def test_the_absorbed_number_still_asks_for_the_person_and_agreeing_moves_the_survivor(pair, staff, stranger):
    first, second = pair
    number = second.id_number
    with as_account(staff):
        merge(first.pk, second.pk, staff, reason="同一人", taken=[])
    asked(stranger, number)
    with as_account(staff):
        assert waiting() == [(first.pk, VILLAGE)]
        TransferConsent.objects.waiting().update(decision="agreed", decided_by=staff.pk, decided_on=TODAY)
    with as_account(stranger):
        assert Member.objects.get(pk=first.pk).unit_id == OTHER_VILLAGE


def test_what_was_typed_is_still_there_when_somebody_changed_a_file_meanwhile(pair, staff, visitor):
    first, second = pair
    browser, page = visitor(staff), f"/personnel/filemerge/{first.pk}/with/{second.pk}/"
    sent = {"seen": browser.get(page).context["form"].initial["seen"], "reason": "本人确认是同一人"}
    with as_root("test"):
        Member.objects.filter(pk=second.pk).update(remark="改过")
    answer = browser.post(page, sent)
    assert answer.status_code == 200
    assert 'value="本人确认是同一人"' in answer.content.decode()
    seen = answer.context["form"]["seen"].value()
    assert browser.post(page, sent | {"seen": seen}).status_code == 302
