"""A roster from file to register: judged, written whole or not at all, recorded, undone."""

import json
import os
import re
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from organization.models import SecurityEvent, TrailEntry, Unit
from organization.scope import as_account, as_root
from personnel.certificates import issuing
from personnel.models import Assignment, Card, ImportedLine, Member, RosterImport, TransferRequest
from personnel.photos import keeping
from personnel.roster import direct, jobs, staged_lines, staging
from personnel.roster.source import open_file
from personnel.roster.staging import terms_of
from personnel.roster.values.cleaner import Cleaner
from tests.conftest import OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, serve
from tests.personnel.disciplining import record
from tests.personnel.roster.files import xlsx
from tests.personnel.roster.people import HEADER, name, number, person, table

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def town(account):
    return account("staff", TOWN, username="town")


@pytest.fixture
def roster(tmp_path, capsys):
    """Runs import_roster on rows or bytes: roster(clerk, rows, "--commit") -> (exit code, answer)."""

    def run(account, rows, *options, answers=None):
        path = tmp_path / "roster.xlsx"
        path.write_bytes(rows if isinstance(rows, bytes) else xlsx({"花名册": table(rows)}))
        if answers:
            (tmp_path / "answers.json").write_text(json.dumps(answers))
            options += ("--answers", str(tmp_path / "answers.json"))
        return command(capsys, "import_roster", str(path), "--as", account.username, "--json", *options)

    return run


@pytest.fixture
def undo(capsys):
    return lambda account, batch: command(capsys, "undo_import", str(batch), "--as", account.username, "--json")


def command(capsys, *arguments):
    code = 0
    try:
        call_command(*arguments)
    except SystemExit as end:
        code = end.code
    except CommandError as end:
        code = end.returncode
    return code, json.loads(capsys.readouterr().out.splitlines()[-1])


def test_a_dry_run_says_what_would_happen_and_writes_nothing(clerk, roster):
    code, said = roster(clerk, [person(n) for n in range(1, 6)])
    assert (code, said["rows"], said["create"], said["committed"], said["batch"]) == (0, 5, 5, False, None)
    assert said["sheets"] == [{"name": "花名册", "header_row": 1, "rows": 5, "skipped": None}]
    with as_account(clerk):
        assert Member.objects.count() == 0
        assert RosterImport.objects.count() == 0


def test_a_committed_roster_is_in_the_register_with_its_services_and_its_trail(clerk, roster, account):
    code, said = roster(clerk, [person(n) for n in range(1, 6)], "--commit")
    assert (code, said["create"], said["committed"]) == (0, 5, True)
    with as_account(clerk):
        member = Member.objects.get(name=name(1))
        assert (member.id_number, member.phone, member.education) == (number(1), "13800000001", "61")
        assert (member.sex, member.unit_id, member.pinyin[:2]) == ("male", VILLAGE, "li")
        service = member.assignments.get()
        assert (service.force, service.sponsor, service.post, str(service.started_on)) == (
            "joint_defence", "village", "队员", "2014-07-01",
        )  # fmt: skip
        assert Card.objects.count() == 5
        rows = ImportedLine.objects.filter(roster=said["batch"])
        assert [(row.number, row.fate) for row in rows.order_by("number")] == [(n, "create") for n in range(2, 7)]
    with as_account(account("auditor")):
        entries = TrailEntry.objects.filter(batch=str(said["batch"]))
        assert entries.filter(table="personnel_member", action="I").count() == 5
        assert entries.filter(table="personnel_assignment", action="I").count() == 5
        assert {entry.actor for entry in entries} == {clerk.pk}
        assert SecurityEvent.objects.filter(kind="import").count() == 1


def test_the_same_file_again_changes_nothing(clerk, roster, account):
    file = xlsx({"花名册": table([person(n) for n in range(1, 6)])})  # built once: the time is in it
    roster(clerk, file, "--commit")
    code, said = roster(clerk, file, "--commit")
    assert (code, said["create"], said["change"], said["unchanged"]) == (0, 0, 0, 5)
    assert [notice["code"] for notice in said["notices"]] == ["known_file"]
    with as_account(account("auditor")):
        entries = TrailEntry.objects.filter(batch=str(said["batch"]))
        assert not entries.filter(table__in=["personnel_member", "personnel_assignment"]).exists()


def test_the_record_keeps_no_number_of_names_of_files_sheets_or_columns(clerk, tmp_path, capsys):
    path = tmp_path / f"{number(7)}与440199-19850301-0093.xlsx"
    more = {f"电话13812345678负责人{number(8)}": "x"}
    sheets = {number(serial): table([person(serial) | more], [*HEADER, *more]) for serial in (1, 2)}
    path.write_bytes(xlsx(sheets))
    _code, said = command(capsys, "import_roster", str(path), "--as", clerk.username, "--json")
    answers = {one["id"]: "ignore" for one in said["questions"]}
    (tmp_path / "answers.json").write_text(json.dumps(answers))
    options = ("--answers", str(tmp_path / "answers.json"), "--commit", "--as", clerk.username, "--json")
    code, said = command(capsys, "import_roster", str(path), *options)
    assert (code, said["create"], [sheet["name"] for sheet in said["sheets"]]) == (0, 2, ["440***", "440****"])
    with as_account(clerk):
        record = RosterImport.objects.get()
        assert record.file_name == "440***与440***.xlsx"
        kept = json.dumps([record.sheets, record.notices, record.answers], ensure_ascii=False)
    assert not re.search(r"\d{11}", kept), kept


def test_a_script_can_have_everything_asked_again(clerk, roster):
    rows = [person(1, 文化程度="扫盲班")]
    (question,) = roster(clerk, rows)[1]["questions"]
    roster(clerk, rows, "--commit", answers={question["id"]: question["choices"][0]["value"]})
    code, said = roster(clerk, rows)
    assert (code, said["questions"], said["notices"][-1]["code"]) == (0, [], "remembered")
    assert roster(clerk, rows, answers={"again": "again"})[1]["questions"] == [question]


def test_a_changed_roster_changes_only_what_it_says(clerk, roster):
    roster(clerk, [person(n) for n in range(1, 4)], "--commit")
    rows = [person(1, 联系电话="13900000001"), person(2, 职务="中队长", 文化程度=None), person(3)]
    code, said = roster(clerk, rows, "--commit")
    assert (code, said["change"], said["unchanged"]) == (0, 2, 1)
    with as_account(clerk):
        assert Member.objects.get(name=name(1)).phone == "13900000001"
        second = Member.objects.get(name=name(2))
        assert (second.education, second.assignments.get().post) == ("61", "中队长")


def test_one_bad_row_keeps_all_out_and_is_named(clerk, roster, account):
    rows = [person(n) for n in range(1, 4)] + [person(4, 身份证号=number(4)[:17] + "0")]
    code, said = roster(clerk, rows, "--commit")
    assert (code, said["committed"], said["reject"], said["create"]) == (1, False, 1, 3)
    assert [(one["row"], one["column"], one["code"]) for one in said["problems"]] == [(5, "D", "check_digit")]
    with as_account(clerk):
        assert Member.objects.count() == 0
    with as_account(account("auditor")):
        assert SecurityEvent.objects.filter(kind="import_failed").count() == 1
        assert not TrailEntry.objects.filter(table="personnel_member").exists()


def test_good_rows_go_in_alone_when_that_is_asked_for(clerk, roster):
    rows = [person(n) for n in range(1, 4)] + [person(4, 身份证号=number(4)[:17] + "0")]
    code, said = roster(clerk, rows, "--commit", "--accept-partial")
    assert (code, said["committed"], said["reject"], said["create"]) == (1, True, 1, 3)
    with as_account(clerk):
        assert Member.objects.count() == 3
        assert ImportedLine.objects.get(fate="reject").number == 5


def test_a_roster_without_a_good_row_makes_no_import(clerk, roster):
    code, said = roster(clerk, [person(4, 身份证号=number(4)[:17] + "0")], "--commit", "--accept-partial")
    assert (code, said["committed"], said["batch"]) == (1, False, None)
    assert [(one["row"], one["code"]) for one in said["problems"]] == [(2, "check_digit"), (None, "nothing_good")]
    with as_account(clerk):
        assert not RosterImport.objects.exists()


def test_an_import_is_undone_whole(clerk, roster, undo):
    _code, first = roster(clerk, [person(1), person(2)], "--commit")
    _code, second = roster(clerk, [person(1, 联系电话="13900000001", 职务="中队长"), person(2), person(3)], "--commit")
    assert (second["create"], second["change"], second["unchanged"]) == (1, 1, 1)
    code, said = undo(clerk, second["batch"])
    assert (code, said["undone"], said["rows"], said["refused"]) == (0, True, 2, [])
    with as_account(clerk):
        assert set(Member.objects.values_list("name", flat=True)) == {name(1), name(2)}
        member = Member.objects.get(name=name(1))
        assert (member.phone, member.assignments.get().post) == ("13800000001", "队员")
        assert Card.objects.count() == 2
    code, said = undo(clerk, second["batch"])
    assert (code, said["error"]["code"]) == (2, "already_undone")
    assert undo(clerk, first["batch"])[1]["undone"]


def test_an_undo_names_who_changed_a_file_since_and_touches_nothing(clerk, roster, undo):
    _code, said = roster(clerk, [person(1), person(2)], "--commit")
    with as_account(clerk):
        changed = Member.objects.get(name=name(2))
        changed.remark = "新住址待补"
        changed.save()
    code, answer = undo(clerk, said["batch"])
    assert (code, answer["undone"]) == (1, False)
    assert [(one["member"], clerk.username in one["by"]) for one in answer["refused"]] == [(changed.pk, True)]
    with as_account(clerk):
        assert Member.objects.count() == 2


@pytest.mark.parametrize("got", ["a photo", "a certificate"])
def test_an_undo_names_whose_person_got_a_photo_or_a_certificate_since(clerk, roster, undo, got):
    _code, said = roster(clerk, [person(1), person(2)], "--commit")
    with as_account(clerk):
        member = Member.objects.get(name=name(2))
        if got == "a photo":
            keeping.keep({member.pk: b"a picture"})
        else:
            service, today = member.assignments.get(), timezone.localdate()
            issuing.issue(issuing.Draft("service", service, today, uuid.uuid4()), clerk)
    code, answer = undo(clerk, said["batch"])
    assert (code, answer["undone"]) == (1, False)
    assert [(one["member"], clerk.name in one["by"]) for one in answer["refused"]] == [(member.pk, True)]
    with as_account(clerk):
        assert Member.objects.count() == 2


def test_an_undo_touches_nothing_where_something_hangs_on_a_person_that_the_clerk_does_not_see(
    clerk, officer, roster, undo
):
    _code, said = roster(clerk, [person(1), person(2)], "--commit")
    with as_root("test"):
        member = Member.objects.get(name=name(2))
    record(officer, member)
    code, answer = undo(clerk, said["batch"])
    assert (code, answer["error"]["code"]) == (2, "not_undone"), answer
    assert "discipline" not in json.dumps(answer)
    with as_account(clerk):
        assert Member.objects.count() == 2


def test_nobody_deletes_but_by_an_undo(clerk, roster):
    from django.db import connection

    roster(clerk, [person(1)], "--commit")
    with as_account(clerk):
        with connection.cursor() as cursor:
            for each in ("personnel_assignment", "personnel_member"):
                cursor.execute(f"DELETE FROM {each}")
                assert cursor.rowcount == 0
        assert Member.objects.count() == 1


def test_a_person_of_another_town_is_not_touched_and_not_shown(root, clerk, roster, account):
    with as_root("test"):
        hidden = MemberFactory(unit=Unit.objects.get(code=OTHER_VILLAGE), name=name(1), id_number=number(1))
        serve(hidden)
    code, said = roster(clerk, [person(1), person(2)])
    assert (code, said["ask"], said["create"]) == (1, 1, 1)
    question = said["questions"][0]
    assert "西陂" not in json.dumps(said, ensure_ascii=False)
    assert [choice["value"] for choice in question["choices"]] == ["skip", "transfer", "second"]
    code, said = roster(clerk, [person(1), person(2)], "--commit", answers={question["id"]: "transfer"})
    assert (code, said["skip"], said["create"], said["committed"]) == (0, 1, 1, True)
    with as_account(clerk):
        assert TransferRequest.objects.get().name == name(1)
        assert list(Member.objects.values_list("name", flat=True)) == [name(2)]


def test_somebody_of_the_next_village_is_asked_about(root, town, roster):
    with as_root("test"):
        here = MemberFactory(unit=Unit.objects.get(code=SECOND_VILLAGE), name=name(1), id_number=number(1))
        serve(here)
    rows = [person(1) | {"村居": "东塘第一社区"}]
    data = xlsx({"花名册": table(rows, [*HEADER, "村居"])})
    code, said = roster(town, data)
    assert (code, said["ask"]) == (1, 1)
    assert "东塘第二社区" in said["questions"][0]["text"]


def test_rows_of_a_foreign_village_are_refused_by_name(town, roster):
    data = xlsx({"花名册": table([person(1) | {"村居": "西陂村"}], [*HEADER, "村居"])})
    code, said = roster(town, data)
    assert (code, said["reject"], said["problems"][0]["code"]) == (1, 1, "outside")


def test_an_unknown_village_is_asked_once_and_remembered(town, roster):
    header = [*HEADER, "村居"]
    data = xlsx({"花名册": table([person(n) | {"村居": "塘一居"} for n in range(1, 4)], header)})
    code, said = roster(town, data)
    assert (code, said["ask"], len(said["questions"])) == (1, 3, 1)
    code, said = roster(town, data, "--commit", answers={said["questions"][0]["id"]: str(VILLAGE)})
    assert (code, said["create"]) == (0, 3)
    more = xlsx({"七月": table([person(n) | {"村居": "塘一居"} for n in range(4, 6)], header)})
    code, said = roster(town, more)
    assert (code, said["create"], said["questions"]) == (0, 2, [])


def test_a_name_that_differs_is_refused(clerk, roster):
    roster(clerk, [person(1)], "--commit")
    code, said = roster(clerk, [person(1, 姓名="王大同")])
    assert (code, said["problems"][0]["code"]) == (1, "other_name")
    assert name(1) in said["problems"][0]["message"]


def test_the_same_number_twice_is_refused_the_second_time(clerk, roster):
    _code, said = roster(clerk, [person(1), person(2, 身份证号=f" {number(1)} ")])
    assert (said["create"], said["reject"]) == (1, 1)
    problem = said["problems"][0]
    assert (problem["row"], problem["code"]) == (3, "repeated")
    assert "2" in problem["message"]


@pytest.mark.parametrize("unit", ["440199100201", "440199000000", "440199009999", "nonsense"])
def test_a_unit_that_is_not_ones_own_is_refused_alike(clerk, roster, unit):
    code, said = roster(clerk, [person(1)], "--unit", unit)
    assert (code, said["error"]["code"]) == (2, "unit_not_found")


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7"])
def test_a_unit_that_is_not_ones_own_is_refused_before_the_file_is_looked_at(clerk, roster, data):
    code, said = roster(clerk, data, "--unit", str(OTHER_VILLAGE))
    assert (code, said["error"]["code"]) == (2, "unit_not_found")


@pytest.mark.parametrize(
    ("make", "sentence"),
    [(lambda path: None, "没有这个文件"), (lambda path: path.mkdir(), "这是一个文件夹，不是文件")],
    ids=["nothing", "folder"],
)
def test_a_file_that_is_not_there_is_said_in_chinese(clerk, capsys, tmp_path, make, sentence):
    path = tmp_path / "名册.xlsx"
    make(path)
    code, said = command(capsys, "import_roster", str(path), "--as", clerk.username, "--json")
    assert (code, said["error"]["code"]) == (2, "file_unreadable")
    assert sentence in said["error"]["message"]
    assert str(path) in said["error"]["message"]


@pytest.mark.parametrize("arguments", [[], ["a.xlsx"], ["--as", "clerk"], ["a.xlsx", "--as", "clerk", "--what"]])
def test_a_command_that_is_called_wrongly_ends_with_2_and_says_so_in_json(arguments):
    done = subprocess.run(
        [sys.executable, "manage.py", "import_roster", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["error"]["code"] == "arguments"
    assert "usage:" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_command_without_its_database_ends_with_2_and_says_so_in_json(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(xlsx({"花名册": table([person(1)])}))
    done = subprocess.run(
        [sys.executable, "manage.py", "import_roster", str(tmp_path / "a.xlsx"), "--as", "clerk", "--json"],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env=os.environ | {"DATABASE_URL": "postgres://nobody:x@127.0.0.1:1/none"},
    )  # fmt: skip
    assert done.returncode == 2
    assert json.loads(done.stdout.splitlines()[-1])["error"]["code"] == "database_away"


def test_a_fault_within_a_command_is_said_in_json_and_told_whole_in_the_log(clerk, roster, monkeypatch, caplog):
    monkeypatch.setattr(direct, "bring_in", lambda *given, **more: 1 / 0)
    code, said = roster(clerk, [person(1)], "--commit")
    assert (code, said["error"]["code"]) == (2, "fault")
    assert "ZeroDivisionError" in caplog.text


def test_a_file_that_is_none_is_refused(clerk, roster):
    code, said = roster(clerk, b"\x00\x01nothing")
    assert code == 2
    assert set(said) == {"refused"}


@pytest.mark.parametrize("role", ["finance", "training", "governance", "sysadmin", "secadmin", "auditor"])
def test_others_import_nothing(account, roster, role):
    code, said = roster(account(role, username="someone"), [person(1)])
    assert (code, said["error"]["code"]) == (2, "not_allowed")


def test_a_hidden_overlap_is_found_by_the_database_and_named(root, clerk, roster):
    with as_root("test"):
        member = MemberFactory(unit=Unit.objects.get(code=OTHER_VILLAGE), name=name(1), id_number=number(1))
        serve(member, since="2014-01-01", until="2015-01-01")
        Member.objects.filter(pk=member.pk).update(unit=VILLAGE)
    code, said = roster(clerk, [person(1), person(2)], "--commit")
    assert (code, said["committed"]) == (1, False)
    assert [(one["row"], one["code"]) for one in said["problems"]] == [(2, "serves_already")]
    with as_account(clerk):
        assert Assignment.objects.count() == 0


def test_a_whole_roster_names_who_is_missing_and_removes_nobody(clerk, roster):
    roster(clerk, [person(1), person(2)], "--commit")
    code, said = roster(clerk, [person(1)], "--whole", "--commit")
    assert (code, [leaver["name"] for leaver in said["leavers"]]) == (0, [name(2)])
    with as_account(clerk):
        assert Assignment.objects.filter(ended_on=None).count() == 2


def test_a_correction_above_reaches_the_rows_that_take_their_value_from_it(clerk):
    """Lines are kept with what they were cleaned to; that holds only until a line that others copy is corrected."""
    rows = table([person(n) for n in range(1, 4)])
    education = HEADER.index("文化程度")
    rows[2][education] = "同上"
    with as_account(clerk):
        roster = jobs.take_in(open_file(xlsx({"花名册": rows}), "册.xlsx"), terms_of(clerk, VILLAGE), clerk)
        above = roster.staged.get(number=2)
        cells = staged_lines.open_cells(above)
        cells[education] = "大专"
        staging.correct(above, cells)
        staging.judge_again(roster, clerk)
    with as_account(clerk):
        assert jobs.import_staged(RosterImport.objects.get(pk=roster.pk), clerk, partial=False) == ""
        assert Member.objects.get(name=name(2)).education == Member.objects.get(name=name(1)).education == "31"


def test_lines_that_were_cleaned_for_the_preview_are_not_cleaned_again(clerk, monkeypatch):
    with as_account(clerk):
        source = open_file(xlsx({"花名册": table([person(n) for n in range(1, 4)])}), "册.xlsx")
        roster = jobs.take_in(source, terms_of(clerk, VILLAGE), clerk)
    monkeypatch.setattr(Cleaner, "rows", None)
    with as_account(clerk):
        assert jobs.import_staged(RosterImport.objects.get(pk=roster.pk), clerk, partial=False) == ""
        assert sorted(Member.objects.values_list("name", flat=True)) == sorted(map(name, (1, 2, 3)))
