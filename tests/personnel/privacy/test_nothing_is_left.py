"""Somebody of whom every table holds something is erased: no table but the trail tells of them any more."""

import json
import uuid
from dataclasses import replace
from datetime import date

import psycopg2
import pytest
from django.contrib.postgres.functions import TransactionNow
from django.db import DatabaseError, connection, connections, transaction
from django.urls import reverse

from organization.keyring import sealer
from organization.models import Team, Unit
from organization.scope import as_account, as_root, current, entered
from personnel.bulk import keys
from personnel.certificates import issuing
from personnel.confirmation import lists, signing
from personnel.corrections import duplicates, numbers, withdrawal
from personnel.corrections.merging import merge
from personnel.corrections.unmerging import NotSeparable, unmerge
from personnel.models import (
    Appointment,
    BackgroundCheck,
    BankAccount,
    Certificate,
    ConfirmationCycle,
    Contract,
    CorrectionRequest,
    DisciplineCase,
    DocumentSighting,
    EmergencyContact,
    Entry,
    ErasureHold,
    FileMerge,
    HealthRecord,
    ImportedRow,
    KitCampaign,
    KitIssue,
    KitItem,
    KitRecipient,
    KitScheme,
    KitSize,
    Member,
    NoticeGiven,
    NoticeText,
    RosterImport,
    RosterSnapshot,
    TransferConsent,
    TransferRequest,
    WithdrawnFile,
)
from personnel.models.discipline import next_case_id
from personnel.models.member import ERASED
from personnel.photos import keeping
from personnel.privacy import erasure_plan, kept_copies, whole_file
from tests.conftest import OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import EmployerFactory, MemberFactory, id_number, serve
from tests.personnel.privacy.test_erasure import TODAY, confirm, propose

BORN = date(1985, 6, 20)
NAME, STRANGER = "梁试遗", "梁试异"
NUMBER, SLIP, ABSORBED, DEEPER, UNDONE = (id_number(serial, BORN) for serial in (101, 102, 103, 104, 105))
PHONE, PHONES = "13912340001", ("13912340002", "13912340003")
# Free text of which each piece names the person or where they live.
WORDS = (
    NAME,
    "东塘哨兵路",
    "西塘哨兵路",
    "哨兵联系人",
    "哨兵职务",
    "哨兵用途",
    "哨兵曾在",
    "哨兵曾用",
    "哨兵拒绝",
    "哨兵更正",
    "哨兵保留",
    "哨兵合同",
    "哨兵纪字",
    "哨兵错案",
    "哨兵进队",
    "哨兵审查",
)
PICTURES = (b"\xff\xd8\xff sentinel of the survivor", b"\xff\xd8\xff sentinel of the absorbed")
# Gone within a day, its sender's alone; assessments and mergers, whose tables the plan names.
NOT_HELD = {
    "personnel_stagedrow", "personnel_kinship", "personnel_assessment", "personnel_appeal", "personnel_placement",
    "personnel_mergertask",
}  # fmt: skip
UNREAD = {"personnel_dossier"}  # by any web role


LOOK = """
CREATE FUNCTION standing_in(looked_at text, sentinels text[]) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN RETURN QUERY EXECUTE format(
  'SELECT s FROM unnest($1) s WHERE EXISTS (SELECT FROM %I t WHERE strpos(t::text, s) > 0)', looked_at) USING sentinels;
END $$
"""


@pytest.fixture(scope="module")
def owners_eyes(django_db_setup, django_db_blocker):
    """A function that looks into every column of a table, policies or not."""
    with django_db_blocker.unblock():
        given = connections["owner"].get_connection_params()
    door = psycopg2.connect(**{key: value for key, value in given.items() if key not in ("cursor_factory", "context")})
    door.autocommit = True
    door.cursor().execute(LOOK)
    yield
    door.cursor().execute("DROP FUNCTION standing_in(text, text[])")
    door.close()


@pytest.fixture
def staff(account):
    return account("staff", TOWN, username="staff", name="镇试用")


@pytest.fixture
def person(staff, stranger, account):
    """Somebody with a row in each table, two absorbed files, one merge that was taken back, and a life until 2012."""
    with as_root("test"):
        member = _file(number=SLIP, address="东塘哨兵路1号", phone=PHONE, remark="哨兵曾在", former_name="哨兵曾用")
        serve(member, since="2009-03-01", until="2012-05-01", post="哨兵职务")
        absorbed = _file(number=ABSORBED, address="西塘哨兵路2号", phone=PHONES[0])
        serve(absorbed, since="2007-01-01", until="2008-01-01", post="哨兵职务")
        deeper = _file(number=DEEPER, address="西塘哨兵路3号", phone=PHONES[1])
        serve(deeper, since="2005-01-01", until="2006-01-01")
        undone = MemberFactory(name=STRANGER, birth_date=BORN, id_number=UNDONE)
        serve(undone, since="2012-06-01")
        for each, phone in ((member, PHONE), (absorbed, PHONES[0])):
            EmergencyContact.objects.create(member=each, name="哨兵联系人", phone=phone)
            BankAccount.objects.create(member=each, bank="农信社", number=f"622202{phone}")
            HealthRecord.objects.create(member=each, condition="1")
            _dealings(each, staff)
            campaign = _kit(each)
            if each is member:
                _issued(each, campaign)
        _case(deeper)
        keeping.keep({member.pk: PICTURES[0], absorbed.pk: PICTURES[1]})
        _came(member)
        _came(absorbed)
        _post(member)
        _imported(member)
        _imported(deeper)
    _signed(account("clerk", VILLAGE))
    with as_account(staff):
        _certify(member, staff)
        numbers.correct(member, numbers.judged(member, "resident_id", NUMBER, TODAY), f"看错{NAME}", staff)
        withdrawal.bring_back(withdrawal.withdraw(absorbed, f"误录{NAME}", staff), staff)
        merge(absorbed.pk, deeper.pk, staff, reason=f"同为{NAME}", taken=[])
        record = merge(member.pk, absorbed.pk, staff, reason=f"同为{NAME}", taken=[])
        other = merge(member.pk, undone.pk, staff, reason=f"同为{NAME}", taken=[])
        assert unmerge(other, staff) == []
        duplicates.mark_different([Member.objects.get(pk=member.pk), undone], f"不是{NAME}", staff)
    _asked(stranger, staff, account)
    with as_account(staff):
        assert record.withdrawn.member_id == absorbed.pk
    with as_root("test"):
        return Member.objects.get(pk=member.pk)


def _file(number, **fields):
    return MemberFactory(name=NAME, birth_date=BORN, id_number=number, **fields)


def _dealings(member, staff):
    notice, _made = NoticeText.objects.get_or_create(
        title="告知书", valid_from=date(2022, 1, 1), defaults={"body": "字"}
    )
    NoticeGiven.objects.create(member=member, notice=notice, given_on=date(2022, 2, 1), given_by=staff.pk)
    CorrectionRequest.objects.create(
        member=member, wrong="哨兵更正", brought_by=NAME, received_on=date(2022, 1, 5), due_on=date(2022, 1, 26),
        recorded_by=staff.pk, outcome="refused", reason="哨兵更正", answered_on=date(2022, 1, 6), answered_by=staff.pk,
    )  # fmt: skip
    Contract.objects.create(
        member=member, employer=EmployerFactory(unit_id=TOWN), starts_on=date(2010, 1, 1), ends_on=date(2011, 1, 1),
        ended_on=date(2010, 6, 1), ending="other", ending_note="哨兵合同", number="哨兵合同",
    )  # fmt: skip
    ErasureHold.objects.create(
        member=member, reason="哨兵保留", held_from=date(2020, 1, 1), lifted_on=date(2021, 1, 1), set_by=staff.pk
    )
    with as_account(staff):
        DocumentSighting.objects.create(
            member=member, unit_id=member.unit_id, document="resident_card", seen_on=TODAY, taken_back=f"看错{NAME}",
            number_digest=member.id_digest, account=staff.pk, account_name=staff.name,
        )  # fmt: skip


def _came(member):
    """By an entry, with a check; both of them by hand, as they were long ago."""
    with as_root("test", duty="hr"), connection.cursor() as cursor:
        entry, check = keys(cursor, Entry, 1)[0], keys(cursor, BackgroundCheck, 1)[0]
        Entry.objects.create(
            id=entry, unit_id=member.unit_id, force="patrol", starts_on=date(2009, 3, 1), way="open", name=NAME,
            post="哨兵进队", reason="哨兵进队", exception="哨兵进队", answer="哨兵进队", sex="male", birth_date=BORN,
            proposed_by=1, proposed_on=date(2009, 1, 1), decision="approved", decided_by=2,
            decided_on=date(2009, 2, 1), member_id=member.pk, made_for=member.pk,
        )  # fmt: skip
        BackgroundCheck.objects.create(
            id=check, unit_id=member.unit_id, member_id=member.pk, entry_id=entry, force="patrol", office="哨兵审查",
            checked_on=date(2009, 1, 15), outcome="cleared", document="哨兵审查", recorded_by=2,
        )  # fmt: skip


def _kit(member):
    """A size and a campaign of its own for each file."""
    uniform = KitItem.objects.get(name="制服")
    scheme = KitScheme.objects.create(name=f"式样{member.pk}")
    campaign = KitCampaign.objects.create(
        unit_id=TOWN, name=f"换装{member.pk}", forces=["joint_defence"], scheme=scheme, issue_on=date(2010, 1, 1),
        in_use_on=date(2010, 2, 1),
    )  # fmt: skip
    KitSize.objects.create(member=member, scale_id=uniform.scale_id, size="155")
    KitRecipient.objects.create(member=member, campaign=campaign, force="joint_defence")
    return campaign


def _issued(member, campaign):
    """Not to a file that is withdrawn: things that are out stand in its way."""
    KitIssue.objects.create(
        member=member, campaign=campaign, item=KitItem.objects.get(name="制服"), size="155",
        issued_on=date(2010, 1, 1), returned_on=date(2012, 5, 1), ending="returned",
    )  # fmt: skip


def _case(member):
    """What somebody did in service, decided and withdrawn; it goes with the service when files are merged."""
    service = member.assignments.get()
    with entered(replace(current(), duty="hr", actor=1)):
        DisciplineCase.objects.create(
            pk=next_case_id(), member=member, unit_id=service.unit_id, service=service, force=service.force,
            category="work",
            occurred_on=service.started_on, reported_on=service.started_on, source="self", summary=NAME, recorded_by=1,
        )  # fmt: skip
        DisciplineCase.objects.update(
            decided_on=TODAY, outcome="warning", document="哨兵纪字", proposed_by=1, proposed_at=TransactionNow()
        )
        DisciplineCase.objects.update(
            withdrawal_reason="哨兵错案", withdrawal_asked_by=1, withdrawal_asked_at=TransactionNow()
        )


def _post(member):
    team = Team.objects.establish(Unit.objects.get(code=VILLAGE), date(2009, 1, 1), "police_room")
    Appointment.objects.create(
        post=team.posts.first(), member=member, started_on=date(2010, 1, 1), ended_on=date(2011, 1, 1)
    )


def _imported(member):
    roster = RosterImport.objects.create(
        unit_id=member.unit_id, account=1, account_name="陈发", file_name="名单.xlsx", sha256="0" * 64, size=1
    )
    ImportedRow.objects.create(
        roster=roster, unit_id=member.unit_id, sheet=0, number=3, fate="change", member_id=member.pk,
        before={"member": {"address": "东塘哨兵路旧"}}, findings=[{"message": NAME}],
    )  # fmt: skip


def _signed(clerk):
    """The lists of two days long ago, on which the person served under one file and under another."""
    for version, day in enumerate((date(2007, 6, 1), date(2010, 1, 1)), 1):
        with as_account(clerk):
            listed = lists.lines(VILLAGE, "joint_defence", day)
            answers = {line.service_id: signing.Answer(serves=False, remark="哨兵曾在") for line in listed}
            cycle = ConfirmationCycle.objects.on(TODAY).get()
            unit = Unit.objects.get(pk=VILLAGE)
            again = "更正" if version > 1 else ""
            asked = signing.Signing(
                unit, "joint_defence", cycle, version, lists.fingerprint(listed), answers, reason=again
            )
            signing.sign(asked, clerk, day)


def _certify(member, staff):
    service = member.assignments.get()
    issuing.issue(issuing.Draft("leaving", service, TODAY, uuid.uuid4(), purpose="哨兵用途"), staff)


def _asked(stranger, staff, account):
    """Asked for by each number that leads to the file: two wait, one was refused with a reason."""
    askers = [stranger, account("clerk", SECOND_VILLAGE), account("staff", OTHER_VILLAGE // 1000 * 1000)]
    for asker, number in zip(askers, (NUMBER, SLIP, ABSORBED), strict=True):
        with as_account(asker):
            TransferRequest.objects.create(
                unit_id=asker.unit_id, name=NAME, id_digest=sealer().digest(number, purpose="id"), asked_by=asker.pk,
                asked_on=TODAY, force="joint_defence", sponsor="village", post="哨兵职务",
            )  # fmt: skip
    with as_account(staff):
        assert TransferConsent.objects.count() == 3, "old numbers lead to the file as well"
        TransferConsent.objects.filter(to_unit=OTHER_VILLAGE).update(
            decision="refused", decided_by=staff.pk, decided_on=TODAY, reason="哨兵拒绝"
        )


# --- looking for it everywhere ----------------------------------------------------------------------------------------


def tables():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
            " AND NOT c.relispartition AND c.relname <> 'organization_trail' ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


def found(sentinels):
    """{sentinel: tables in any column of which it stands}, bytes as PostgreSQL spells them."""
    held = {}
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute("SELECT * FROM standing_in(%s, %s)", [table, sentinels])
            for (sentinel,) in cursor.fetchall():
                held.setdefault(sentinel, set()).add(table)
    return held


def sentinels():
    """Words, digests, fingerprints, and every sealed value that a table or a kept copy holds of the person."""
    digests = [sealer().digest(number, purpose="id").hex() for number in (NUMBER, SLIP, ABSORBED, DEEPER)]
    digests += [sealer().digest(phone, purpose="phone").hex() for phone in (PHONE, *PHONES)]
    return [*WORDS, *digests, *map(keeping.fingerprint, PICTURES), *sealed()]


def sealed():
    blobs = set()
    copies = [copy.file for copy in WithdrawnFile.objects.exclude(name=STRANGER)]
    copies += [copy.before for copy in FileMerge.objects.all()]
    for copy in copies:
        for rows in copy.values():
            blobs |= {
                value.removeprefix("\\x")
                for row in rows if isinstance(row, dict) and row.get("name") != STRANGER
                for column, value in row.items() if column.endswith("_sealed") and value
            }  # fmt: skip
    with connection.cursor() as cursor:
        for table, column in (
            ("personnel_photo", "image_sealed"), ("personnel_formernumber", "number_sealed"),
            ("personnel_bankaccount", "number_sealed"), ("personnel_healthrecord", "condition_sealed"),
            ("personnel_emergencycontact", "phone_sealed"), ("personnel_disciplinecase", "summary_sealed"),
            ("personnel_backgroundcheck", "outcome_sealed"), ("personnel_backgroundcheck", "document_sealed"),
        ):  # fmt: skip
            cursor.execute(f"SELECT encode({column}, 'hex') FROM {table}")
            blobs |= {blob for (blob,) in cursor.fetchall()}
    return sorted(blobs)


def rows_of(part, files):
    with connection.cursor() as cursor:
        where = part.where or f"t.{part.key} = ANY (files)"
        cursor.execute(
            f"SELECT count(*) FROM {part.table} t, (SELECT %s::bigint[] AS files, '{{}}'::bytea[] AS digests) f"
            f" WHERE {where}", [files],
        )  # fmt: skip
        return cursor.fetchone()[0]


def test_no_table_tells_of_an_erased_person(owners_eyes, person, officer, governance):
    with as_root("test", duty="hr"):
        wanted = sentinels()
        before = found(wanted)
        assert set(wanted) - before.keys() == set(), "the test looks for what was there"
    batch = propose(officer, person)
    with as_root("test", duty="hr"):
        files = kept_copies.files_of(person)
        assert len(files) == 3
        held = {part.table for part in erasure_plan.PLAN if part.table not in UNREAD and rows_of(part, files)}
        assert erasure_plan.TABLES - held - UNREAD == NOT_HELD, "a row in every table"
    assert confirm(governance, batch) == 1
    with as_root("test", duty="hr"):
        left = found(wanted)
    assert left == {}


def test_other_people_keep_what_is_theirs(person, officer, governance):
    with as_root("test"):
        other = Member.objects.get(name=STRANGER)
        row = _as_json(other)
    confirm(governance, propose(officer, person))
    with as_root("test"):
        assert _as_json(other) == row
        assert WithdrawnFile.objects.get(member_id=other.pk).name == STRANGER
        assert set(FileMerge.objects.filter(absorbed_id=other.pk).values_list("survivor_name", "absorbed_name")) == {
            (ERASED, STRANGER)
        }


def _as_json(member):
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(m)::text FROM personnel_member m WHERE id = %s", [member.pk])
        return json.loads(cursor.fetchone()[0])


def test_what_was_counted_and_issued_stays_on_record(person, officer, governance):
    confirm(governance, propose(officer, person))
    with as_root("test"):
        certificate = Certificate.objects.get()
        assert (certificate.name, certificate.serial, certificate.day) == (ERASED, 1, TODAY)
        assert RosterSnapshot.objects.count() == 2
        assert set(TransferRequest.objects.values_list("answer", flat=True)) == {"lapsed", "refused"}
        assert not TransferConsent.objects.waiting()
        assert Member.objects.get(pk=person.pk).assignments.count() == 3


def test_a_signed_list_says_that_people_of_it_were_erased(person, officer, governance, clerk, visitor):
    with as_root("test"):
        snapshot = RosterSnapshot.objects.latest("pk")
    page = reverse("admin:personnel_rostersnapshot_change", args=[snapshot.pk])
    assert visitor(clerk).get(page).context["is_genuine"]
    confirm(governance, propose(officer, person))
    answer = visitor(clerk).get(page)
    assert answer.context["erased"] == 1
    assert snapshot.digest in answer.content.decode()
    assert "errornote" not in answer.content.decode()


def test_a_merge_of_an_erased_person_is_not_taken_back_nor_the_file_withdrawn(person, officer, governance, staff):
    confirm(governance, propose(officer, person))
    with as_account(staff):
        record = FileMerge.objects.filter(survivor_id=person.pk, undoing=None).get()
        with pytest.raises(NotSeparable) as refused:
            unmerge(record, staff)
        with pytest.raises(withdrawal.NotWithdrawable) as withdrawn:
            withdrawal.withdraw(Member.objects.get(pk=person.pk), "误录", staff)
    assert refused.value.code == withdrawn.value.code == "erased"


def test_the_copy_for_the_person_tells_of_all_of_it(person, officer, account):
    with as_root("test", duty="hr"):
        found_in = {part.title: part.rows for part in whole_file.parts(person)}
    text = "|".join(cell for rows in found_in.values() for row in rows for cell in row)
    kept = (NUMBER, SLIP, ABSORBED, DEEPER, PHONE, *PHONES, *(each for each in WORDS if each != STRANGER))
    assert [word for word in kept if word not in text] == []
    assert STRANGER not in [
        cell for title, rows in found_in.items() if "earlier" in title for row in rows for cell in row
    ]
    assert "memory at" not in text
    assert "b'" not in text


# --- nothing but the confirmed erasure --------------------------------------------------------------------------------


@pytest.mark.parametrize("statement", [
    "UPDATE personnel_transferrequest SET name = '已清除', post = ''",
    "UPDATE personnel_transferrequest SET answer = 'lapsed', answered_on = '2020-01-01', name = '已清除', post = ''",
    "UPDATE personnel_transferconsent SET reason = '', post = '' WHERE decision = 'refused'",
    "UPDATE personnel_transferconsent SET member_id = 1",
    "UPDATE personnel_documentsighting SET taken_back = ''",
    "UPDATE personnel_certificate SET name = '已清除'",
    "UPDATE personnel_snapshotentry SET name = '已清除'",
    "UPDATE personnel_withdrawnfile SET file = '{}'",
    "UPDATE personnel_filemerge SET before = '{}'",
    "DELETE FROM personnel_certificate",
    "DELETE FROM personnel_snapshotentry",
])  # fmt: skip
@pytest.mark.parametrize("batch", ["", "erasure-{}"])
def test_no_role_does_by_hand_what_an_erasure_does(person, officer, governance, statement, batch):
    proposed = propose(officer, person)
    with (
        as_account(governance),
        pytest.raises(DatabaseError, match=r"never changes|not rewritten|permission denied"),
        transaction.atomic(),
        entered(replace(current(), batch=batch.format(proposed.pk))),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("table", withdrawal.KEPT)
def test_no_role_deletes_a_row_of_a_file_that_is_not_withdrawn(person, staff, table):
    with as_account(staff), connection.cursor() as cursor:
        key = "id" if table == "personnel_member" else "member_id"
        cursor.execute(f"DELETE FROM {table} WHERE {key} = %s", [person.pk])
        assert cursor.rowcount == 0


def test_an_erasure_lets_through_nothing_that_its_function_does_not_do_itself(person, officer, governance):
    """Not even in the transaction that confirmed it, by the account that did, under its batch."""
    batch = propose(officer, person)
    confirm(governance, batch)
    with (
        as_account(governance),
        entered(replace(current(), batch=f"erasure-{batch.pk}")),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT erasure_runs()")
        assert cursor.fetchone() == (False,)
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            cursor.execute("UPDATE personnel_transferrequest SET name = '已清除', post = ''")
