"""Whom and what an import reaches: rows of others, rosters of others, forged answers, forged records, hostile text."""

import io
import json
import logging
import re
from datetime import date

import openpyxl
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from organization.models import SecurityEvent, TrailEntry, Unit
from organization.scope import as_account, as_root
from personnel.models import (
    Assignment,
    ImportedLine,
    Member,
    RosterAnswer,
    RosterImport,
    StagedBlock,
    StagedLine,
    StagedRow,
    TransferRequest,
)
from personnel.roster.undoing import NotUndoable, undo
from tests.conftest import OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, serve
from tests.personnel.roster.files import xlsx
from tests.personnel.roster.people import HEADER, name, number, person, table
from tests.security.sending import PAGE, book, confirm, number_of, record, said, send, sent

SECRETS = ["外村秘密岗", "西陂", "13911112222", "外村所记"]
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "\t=1", "=cmd|'/c calc'!A1"]
SCRIPT = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
TEMPLATES = ["{{7*7}}", "%s%(x)s", "{0.__class__}"]


@pytest.fixture
def town(account):
    return account("staff", TOWN, username="town")


@pytest.fixture
def hidden(root):
    """Person 1 of the tests' rosters, in another town."""
    with as_root("test"):
        member = MemberFactory(
            unit=Unit.objects.get(code=OTHER_VILLAGE), name=name(1), id_number=number(1), phone="13911112222",
            remark="外村所记",
        )  # fmt: skip
        serve(member, post="外村秘密岗")
    return member


@pytest.fixture
def imported(clerk, visitor):
    """The number of an import of three people by the clerk."""
    browser = visitor(clerk)
    address = sent(browser, [person(n) for n in (1, 2, 3)])
    confirm(browser, address)
    return number_of(address)


def run(account, statement, *values):
    """What one SQL statement of a web request of that account does: the number of rows."""
    with as_account(account), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def fates(account, address):
    with as_account(account):
        roster = record(address)
        rows = roster.rows if roster.committed_at else roster.staged
        return dict(rows.order_by("number").values_list("number", "fate"))


# --- rows of others (B05 to B08) --------------------------------------------------------------------------------------


def test_a_row_that_names_a_village_of_another_town_stays_out(town, visitor):
    rows = table([person(1) | {"村居": "西陂村"}, person(2) | {"村居": "东塘第一社区"}], [*HEADER, "村居"])
    browser = visitor(town)
    address = sent(browser, xlsx({"花名册": rows}), unit=TOWN)
    assert fates(town, address) == {2: "reject", 3: "create"}
    confirm(browser, address, partial=1)
    with as_root("test"):
        assert list(Member.objects.values_list("name", "unit")) == [(name(2), VILLAGE)]


@pytest.mark.parametrize("unit", [OTHER_VILLAGE, SECOND_VILLAGE, TOWN, 0, "440199009999", "nonsense"])
def test_a_roster_for_a_unit_that_is_not_ones_own_is_not_taken(clerk, visitor, unit):
    answer = send(visitor(clerk), [person(1)], unit=unit)
    assert (answer.status_code, "unit_code" in answer.context["form"].errors) == (200, True)
    with as_root("test"):
        assert not RosterImport.objects.exists()


def test_a_roster_of_a_force_that_one_does_not_keep_is_not_taken(clerk, visitor):
    assert "force" in send(visitor(clerk), [person(1)], force="auxiliary").context["form"].errors


def test_no_answer_can_be_given_that_was_not_offered(town, visitor):
    rows = table([person(1) | {"村居": "塘一居"}], [*HEADER, "村居"])
    browser = visitor(town)
    address = sent(browser, xlsx({"花名册": rows}), unit=TOWN)
    with as_account(town):
        asked = record(address).open.questions[0]["id"]
    for choice in (str(OTHER_VILLAGE), str(VILLAGE) + "\0", "x" * 10_000):
        answer = browser.post(f"{address}answer/", {f"q-{asked}": choice, "q-0123456789ab": choice, "q-": choice})
        assert answer.status_code == 302
    with as_account(town):
        assert record(address).answers == {}
    assert fates(town, address) == {2: "ask"}
    browser.post(f"{address}answer/", {f"q-{asked}": str(VILLAGE)})
    assert fates(town, address) == {2: "create"}


def test_the_list_of_rosters_knows_no_action(imported, clerk, visitor):
    chosen = {"action": "delete_selected", "_selected_action": [imported], "select_across": 1, "post": "yes"}
    visitor(clerk).post(PAGE, chosen)
    with as_account(clerk):
        assert RosterImport.objects.filter(pk=imported).exists()


def test_nothing_of_a_hidden_person_is_in_pages_rows_and_workbooks(hidden, clerk, visitor):
    browser = visitor(clerk)
    address = sent(browser, [person(1, 联系电话="13900000009", 职务="中队长"), person(2)], is_whole="on")
    pages = [browser.get(address).content.decode(), browser.get(f"{address}change/").content.decode()]
    pages += [told_in(browser.post(f"{address}{step}/").content) for step in ("bad-rows", "marked")]
    with as_account(clerk):
        row = StagedRow.objects.get(roster=number_of(address), number=2)
        assert (row.fate, row.member_id, row.changes) == ("ask", None, {})
        pages.append(json.dumps([row.findings, record(address).open.questions], ensure_ascii=False))
    pages.append(confirm(browser, address, partial=1))
    with as_account(clerk):
        pages.append(
            json.dumps(list(ImportedLine.objects.values("findings", "before", "member_id")), ensure_ascii=False)
        )
    for secret in [*SECRETS, f"/member/{hidden.pk}/"]:
        assert not [page for page in pages if secret in page], secret
    with as_root("test"):
        hidden.refresh_from_db()
        assert (hidden.unit_id, hidden.phone, hidden.assignments.get().post) == (
            OTHER_VILLAGE,
            "13911112222",
            "外村秘密岗",
        )


def told_in(data):
    """All text of a workbook."""
    sheets = openpyxl.load_workbook(io.BytesIO(data)).worksheets
    return "\n".join(str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row)


def test_whether_a_request_reached_anybody_is_not_told(hidden, clerk, visitor):
    """The same answer for a number that fits the name and for one that does not."""
    seen = []
    for given in (name(1), "陈别名"):
        browser = visitor(clerk)
        address = sent(browser, [person(1, 姓名=given)])
        with as_account(clerk):
            question = record(address).open.questions[0]
        browser.post(f"{address}answer/", {f"q-{question['id']}": "transfer"})
        seen.append((question["text"], fates(clerk, address), confirm(browser, address)[:0]))
        with as_account(clerk):
            TransferRequest.objects.open().update(answer="lapsed", answered_on=date(2014, 7, 2))
    assert seen[0] == seen[1]


def test_each_roster_leaves_an_event_of_how_many_numbers_it_asked_about(hidden, clerk, visitor, account):
    sent(visitor(clerk), [person(n) for n in range(1, 6)])
    with as_account(account("auditor")):
        detail = SecurityEvent.objects.get(kind="lookup", actor=clerk.pk).detail
    assert detail == {"roster_rows": 5, "elsewhere_rows": 1}


# --- rosters of others (C11) ------------------------------------------------------------------------------------------

STEPS = ["answer", "import", "bad-rows", "marked", "undo", "drop", "skip/0/2", "row/0/2"]


@pytest.mark.parametrize("step", STEPS)
def test_a_roster_of_another_town_is_as_one_that_does_not_exist(clerk, stranger, visitor, step):
    address = sent(visitor(clerk), [person(1)])
    browser = visitor(stranger)
    answers = [browser.post(f"{PAGE}{pk}/{step}/", {"confirmed": 1}) for pk in (number_of(address), 10**9, 10**30)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({re.sub(r"[0-9a-f-]{36}", "", said(answer)) for answer in answers}) == 1


@pytest.mark.parametrize("step", STEPS)
def test_a_colleague_neither_sees_nor_touches_the_rows_that_somebody_else_sent(clerk, account, visitor, step):
    address = sent(visitor(clerk), [person(1), person(2, 身份证号="1")])
    browser = visitor(account("clerk", VILLAGE, username="colleague"))
    answer = browser.post(f"{address}{step}/", {"confirmed": 1, "c1": "陈改名"})
    assert answer.status_code in (302, 404)
    assert name(1) not in said(browser.get(f"{address}change/"))
    with as_account(clerk):
        assert record(address).state == "waiting"
        assert record(address).staged.count() == 2
        assert not Member.objects.exists()


@pytest.mark.parametrize("step", STEPS)
def test_after_a_day_the_rows_are_gone_and_nothing_can_be_done_with_them(clerk, visitor, owner, step):
    browser = visitor(clerk)
    address = sent(browser, [person(1), person(2, 身份证号="1")])
    for table_name in (
        "personnel_stagedrow",
        "personnel_stagedblock",
        "personnel_stagedroster",
        "personnel_stagedwrite",
    ):
        owner(f"UPDATE {table_name} SET staged_at = staged_at - interval '25 hours'")
    answer = browser.post(f"{address}{step}/", {"confirmed": 1, "c1": "陈改名"})
    assert answer.status_code in (302, 404)
    assert browser.get(f"{address}change/").status_code == 200
    with as_account(clerk):
        assert record(address).committed_at is None
        assert not StagedLine.objects.exists()
        assert not Member.objects.exists()


def test_a_roster_that_was_given_up_is_not_imported_by_going_back(clerk, visitor):
    browser = visitor(clerk)
    address = sent(browser, [person(1)])
    browser.post(f"{address}drop/")
    confirm(browser, address)
    with as_account(clerk):
        assert record(address).committed_at is None


@pytest.mark.parametrize(
    "path", ["%2e%2e/import/", "../1/import/", "1;import/", "0x1/import/", "-1/import/", "1/row/0/-1/"]
)
def test_odd_addresses_of_rosters_are_not_found(clerk, visitor, path):
    answer = visitor(clerk).post(f"{PAGE}{path}")
    assert answer.status_code in (302, 404)


def test_an_address_of_a_roster_with_a_nul_is_a_bad_request(clerk, visitor):
    assert visitor(clerk).post(f"{PAGE}%00/import/").status_code == 400


@pytest.mark.parametrize("step", ["answer", "import", "undo", "drop", "bad-rows", "marked", "skip/0/2"])
def test_a_get_changes_nothing(clerk, visitor, step):
    browser = visitor(clerk)
    address = sent(browser, [person(1)])
    assert browser.get(f"{address}{step}/").status_code == 405


# --- the undo as a way to delete --------------------------------------------------------------------------------------

FORGED = (
    "INSERT INTO personnel_importedrow (roster_id, unit_id, sheet, number, fate, member_id, service_id, findings)"
    " SELECT %s, m.unit_id, 7, row_number() OVER (), 'create', m.id, a.id, '[]'"
    " FROM personnel_member m JOIN personnel_assignment a ON a.member_id = m.id"
)
FORGED_BLOCK = (
    "INSERT INTO personnel_importedblock"
    " (roster_id, unit_id, fate, lowest, highest, sheets, numbers, members, services)"
    " SELECT %s, m.unit_id, 'create', m.id, m.id, '{7}', '{1}', ARRAY[m.id], ARRAY[a.id]"
    " FROM personnel_member m JOIN personnel_assignment a ON a.member_id = m.id"
)
CLOSED = "UPDATE personnel_rosterimport SET committed_at = now() WHERE id = %s"
UNDONE = "UPDATE personnel_rosterimport SET undone_at = now() WHERE id = %s"


@pytest.fixture
def resident(root):
    with as_root("test"):
        return serve(MemberFactory(unit=Unit.objects.get(code=VILLAGE))).member


@pytest.mark.parametrize("forged", [FORGED, FORGED_BLOCK], ids=["rows", "blocks"])
def test_a_forged_import_deletes_nobody_whom_it_did_not_create(resident, clerk, visitor, forged):
    """Rows and record are such as anybody may write; what is deleted is what the trail saw come."""
    batch = number_of(sent(visitor(clerk), [person(1)]))
    with as_account(clerk), connection.cursor() as cursor:
        for statement in (forged, CLOSED, UNDONE):
            cursor.execute(statement, [batch])
        for each in ("personnel_assignment", "personnel_member"):
            cursor.execute(f"DELETE FROM {each}")
            assert cursor.rowcount == 0
        assert Member.objects.filter(pk=resident.pk).exists()


@pytest.mark.parametrize("forged", [FORGED, FORGED_BLOCK], ids=["rows", "blocks"])
def test_rows_that_are_added_to_an_import_afterwards_are_refused(resident, imported, clerk, forged):
    with pytest.raises(DatabaseError, match="the rows of an import are complete"):
        run(clerk, forged, imported)


@pytest.mark.parametrize(
    ("what", "instead"), [("'{7}'", "'{7,8}'"), ("'{1}'", "'{NULL}'"), ("m.id, m.id,", "1, m.id,")]
)
def test_a_block_of_records_has_one_of_each_for_a_line(resident, clerk, visitor, what, instead):
    batch = number_of(sent(visitor(clerk), [person(1)]))
    with pytest.raises(DatabaseError, match="imported_block_has_one_of_each_for_a_line"):
        run(clerk, FORGED_BLOCK.replace(what, instead, 1), batch)


@pytest.mark.parametrize("forged", [FORGED, FORGED_BLOCK], ids=["rows", "blocks"])
def test_an_undo_stops_at_rows_that_its_import_did_not_write(resident, clerk, visitor, forged):
    batch = number_of(sent(visitor(clerk), [person(1)]))
    with as_account(clerk, batch=str(batch)):
        Member.objects.filter(pk=resident.pk).update(remark="同批")  # so that no change is later than the import's
    for statement in (forged, CLOSED):
        run(clerk, statement, batch)
    with as_account(clerk):
        with pytest.raises(NotUndoable) as refused, transaction.atomic():
            undo(RosterImport.objects.get(pk=batch), clerk)
        assert refused.value.code == "out_of_reach"
        assert Member.objects.filter(pk=resident.pk).exists()
        assert RosterImport.objects.get(pk=batch).undone_at is None


@pytest.mark.parametrize(
    "change",
    [
        "undone_at = now() - interval '1 second'",
        "committed_at = now() - interval '1 day'",
        "committed_at = NULL",
        f"account = account + 1, unit_id = {VILLAGE}",
        "sha256 = repeat('0', 64)",
        "counts = '{}'",
        "sent_at = now() - interval '1 day'",
        "file_name = 'another.xlsx'",
    ],
)
def test_the_record_of_an_import_is_not_rewritten(imported, clerk, change):
    with pytest.raises(DatabaseError, match="the record of an import is kept"):
        run(clerk, f"UPDATE personnel_rosterimport SET {change} WHERE id = %s", imported)


def test_no_import_is_recorded_that_was_undone_from_the_start(clerk):
    fields = {"account": clerk.pk, "file_name": "a", "sha256": "0" * 64, "size": 1}
    now = "2014-07-01T00:00+08:00"
    with as_account(clerk), pytest.raises(DatabaseError, match="the record of an import is kept"), transaction.atomic():
        RosterImport.objects.create(unit_id=VILLAGE, committed_at=now, undone_at=now, **fields)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE personnel_importedrow SET member_id = 1",
        "DELETE FROM personnel_importedrow",
        "UPDATE personnel_importedblock SET members = '{1}'",
        "DELETE FROM personnel_importedblock",
        "DELETE FROM personnel_rosterimport",
        "DELETE FROM personnel_rosteranswer",
        "UPDATE personnel_eligibilityrule SET min_age = 16",
        "INSERT INTO personnel_eligibilityrule (force, valid_from, min_age) VALUES ('guard', '1990-01-01', 16)",
    ],
)
def test_records_and_rules_are_not_for_a_clerk_to_change(imported, clerk, statement):
    with pytest.raises(DatabaseError, match="permission denied"):
        run(clerk, statement)


def test_a_clerk_stages_nothing_for_others_and_nothing_older_than_a_day(imported, clerk, stranger):
    staged = (
        "INSERT INTO personnel_stagedrow (roster_id, unit_id, actor, staged_at, sheet, number, cells_sealed,"
        " is_skipped, is_corrected, fate, effect, refusal, findings, changes)"
        " VALUES (%s, %s, %s, now() - %s::interval, 0, 90, '', false, false, '', '', '', '[]', '{}')"
    )
    for unit, actor, age in ((VILLAGE, stranger.pk, "0"), (OTHER_VILLAGE, clerk.pk, "0"), (VILLAGE, clerk.pk, "25h")):
        with pytest.raises(DatabaseError, match="row-level security"):
            run(clerk, staged, imported, unit, actor, age)


def test_an_undo_leaves_the_trail_of_what_it_took_back(imported, clerk, visitor, account):
    visitor(clerk).post(f"{PAGE}{imported}/undo/", {"confirmed": 1})
    with as_account(account("auditor")):
        gone = TrailEntry.objects.filter(table="personnel_member", action="D")
        assert {(entry.actor, entry.batch) for entry in gone} == {(clerk.pk, str(imported))}
        assert gone.count() == 3


def test_imports_are_undone_one_after_the_other_in_the_browser(clerk, visitor):
    browser = visitor(clerk)
    rosters = [[person(1)], [person(1, 职务="中队长")]]
    addresses = [sent(browser, rows) for rows in rosters[:1]]
    confirm(browser, addresses[0])
    addresses.append(sent(browser, rosters[1]))
    confirm(browser, addresses[1])
    for address in reversed(addresses):
        assert browser.post(f"{address}undo/", {"confirmed": 1}).status_code == 302
    with as_account(clerk):
        assert not Member.objects.exists()


def test_a_superior_who_does_not_keep_the_force_undoes_nothing_by_halves(clerk, officer, visitor):
    browser = visitor(clerk)
    confirm(browser, sent(browser, [person(1), person(2)]))
    address = sent(browser, [person(1, 职务="中队长", 联系电话="13900000001"), person(3)])
    confirm(browser, address)
    visitor(officer).post(f"{address}undo/", {"confirmed": 1})
    with as_account(clerk):
        assert record(address).undone_at is None
        changed = Member.objects.get(name=name(1))
        assert (changed.phone, changed.assignments.get().post) == ("13900000001", "中队长")
        assert Member.objects.count() == 3


def test_a_town_undoes_what_its_village_imported_and_a_colleague_does_not(imported, town, account, visitor):
    address = f"{PAGE}{imported}/"
    visitor(account("clerk", VILLAGE, username="colleague")).post(f"{address}undo/", {"confirmed": 1})
    with as_account(town):
        assert Member.objects.count() == 3
    visitor(town).post(f"{address}undo/", {"confirmed": 1})
    with as_account(town):
        assert not Member.objects.exists()
        assert not Assignment.objects.exists()


# --- sizes and names (C02, C12, C20) ----------------------------------------------------------------------------------


@pytest.mark.parametrize("megabytes", [40, 42])  # the second is dropped while it comes
def test_a_file_that_is_too_large_is_refused_by_its_limit(clerk, visitor, megabytes):
    answer = send(visitor(clerk), b"x" * (megabytes * 2**20 + 1))
    assert answer.status_code == 200
    assert "40 MB" in str(answer.context["form"].errors["file"])


def test_a_paste_that_is_too_large_is_refused(clerk, visitor):
    form = {"unit_code": str(VILLAGE), "force": "joint_defence"}
    browser = visitor(clerk)
    refused = browser.post(f"{PAGE}add/", form | {"pasted": "x" * (17 * 2**20)})
    assert (refused.status_code, "16" in str(refused.context["form"].errors["pasted"])) == (200, True)
    assert browser.post(f"{PAGE}add/", form | {"pasted": "x" * (21 * 2**20)}).status_code == 400


def test_a_bomb_is_refused_in_the_page(clerk, visitor):
    data = xlsx({"甲": [["姓名", "身份证号"], *[["王" * 30_000] * 2] * 1500]})
    answer = send(visitor(clerk), data)
    assert len(data) < 2**20
    assert answer.context["form"].errors["file"]


def test_files_are_read_in_memory_and_nothing_lies_on_the_disk(clerk, visitor, tmp_path, monkeypatch):
    """Neither below VAR_DIR nor in the directory for temporary files; a NamedTemporaryFile would need one."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    tmp_path.chmod(0o500)
    browser = visitor(clerk)
    before = files()
    address = sent(browser, book([person(1), person(2, 身份证号="1")]) + b"")
    browser.post(f"{address}bad-rows/")
    browser.post(f"{address}drop/")
    assert (files() - before, list(tmp_path.iterdir())) == (set(), [])
    assert settings.FILE_UPLOAD_HANDLERS == ["django.core.files.uploadhandler.MemoryFileUploadHandler"]


def files():
    database = settings.VAR_DIR / "pg"
    return {path for path in settings.VAR_DIR.rglob("*") if database not in path.parents}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.xlsx", "passwd.xlsx"),
        ("C:\\名单\\七月.xlsx", "七月.xlsx"),
        ("七月\u202exslx.exe", "七月xslx.exe"),
        ("七\0月.xlsx", "七月.xlsx"),
    ],
)
def test_the_name_of_a_file_is_no_path_and_holds_nothing_unseen(clerk, visitor, given, kept):
    address = sent(visitor(clerk), [person(1)], name=given)
    with as_account(clerk):
        assert record(address).file_name == kept


@pytest.mark.parametrize("given", [SCRIPT.replace("/", "") + ".xlsx", "长" * 300 + ".xlsx", *TEMPLATES])
def test_any_name_of_a_file_stands_harmlessly_on_every_page(clerk, visitor, given):
    browser = visitor(clerk)
    address = sent(browser, [person(1), person(2, 身份证号="1")], name=given)
    pages = [browser.get(f"{address}change/"), browser.get(PAGE)]
    book_of_bad = browser.post(f"{address}bad-rows/")
    assert "\n" not in book_of_bad["Content-Disposition"]
    confirm(browser, address, partial=1)
    pages += [browser.get(f"{address}change/"), browser.post(f"{address}undo/"), browser.get(f"{address}history/")]
    for page in pages:
        assert page.status_code == 200
        assert "<img src=x" not in page.content.decode()
        assert "<script>alert" not in page.content.decode()
    title = pages[0].content.decode().partition("<title>")[2].partition("</title>")[0]
    assert "49" not in title  # the head holds tokens, in which any digits may stand


# --- hostile text (D01, D02, D06) -------------------------------------------------------------------------------------


def test_markup_in_cells_headers_and_sheet_names_stays_text(clerk, visitor):
    header = [*HEADER, "备注", SCRIPT, *TEMPLATES]
    rows = [
        person(n, 职务=SCRIPT[:20], 姓名=SCRIPT if n == 1 else name(n), 文化程度=SCRIPT)
        | {"备注": SCRIPT, SCRIPT: SCRIPT}
        for n in (1, 2)
    ]
    browser = visitor(clerk)
    address = sent(browser, xlsx({"<b>甲": table(rows, header)}))
    with as_account(clerk):
        roster = record(address)
        asked = {f"q-{one['id']}": one["choices"][-1]["value"] for one in roster.open.questions}
    pages = [browser.get(f"{address}change/"), browser.get(f"{address}row/0/2/")]
    browser.post(f"{address}answer/", asked)
    pages += [browser.get(f"{address}change/"), browser.post(f"{address}import/", {"partial": 1}, follow=True)]
    pages += [browser.post(f"{address}undo/"), browser.get(PAGE), browser.get(f"{address}history/")]
    for page in pages:
        text = page.content.decode()
        assert page.status_code == 200
        assert not [mark for mark in ("<img src=x", "<script>alert", "<b>甲") if mark in text]
    assert "&lt;img src=x" in pages[0].content.decode()


def test_the_workbook_of_bad_rows_holds_no_formula(clerk, visitor):
    rows = [person(n, 身份证号="1", 职务=text) for n, text in enumerate(FORMULAS, 1)]
    header = [*HEADER, "=HYPERLINK(1)"]
    browser = visitor(clerk)
    address = sent(browser, xlsx({"甲": table([row | {"=HYPERLINK(1)": "=2+2"} for row in rows], header)}))
    for step in ("bad-rows", "marked"):
        book_back = openpyxl.load_workbook(io.BytesIO(browser.post(f"{address}{step}/").content))
        cells = [cell for sheet in book_back for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} == {"s"}
        assert {"=1+1", "@SUM(A1)"} <= {cell.value for cell in cells}


def test_numbers_are_in_no_address_title_log_or_unsealed_column(clerk, visitor, account, caplog):
    caplog.set_level(logging.INFO)
    rows = [
        person(1), person(2, 身份证号=number(2)[:17] + "0"), person(3, 联系电话="139000000099"),
        person(4, 文化程度=number(4)), person(5, 入队时间="13800000005"),
    ]  # fmt: skip
    browser = visitor(clerk)
    address = sent(browser, rows, name=f"{number(1)}的花名册 20140801120000.xlsx")
    pages = [browser.get(f"{address}change/"), browser.get(f"{address}row/0/2/")]
    with as_account(clerk):
        asked = record(address).open.questions
        assert record(address).file_name == "440***的花名册 20140801120000.xlsx"
    browser.post(f"{address}answer/", {f"q-{one['id']}": one["choices"][0]["value"] for one in asked})
    confirm(browser, address, partial=1)
    pages.append(browser.get(f"{address}change/"))
    secret = re.compile(r"44019919850301\d{3}[\dX]|13[89]0000\d{4}")
    for page in pages:
        assert not secret.search(page.request["PATH_INFO"] + page.content.decode().partition("</title>")[0])
    assert not secret.search(" ".join(entry.getMessage() for entry in caplog.records))
    tables = ["personnel_rosterimport", "personnel_importedrow", "personnel_importedblock"]
    tables += ["personnel_stagedrow", "personnel_stagedblock", "personnel_stagedroster", "personnel_stagedwrite"]
    found = [*stored(clerk, *tables, "personnel_rosteranswer", "personnel_member", "personnel_card")]
    found += [*stored(account("auditor"), "organization_securityevent", "organization_trail_masked")]
    assert len(found) > 10
    assert [text for text in found if secret.search(text)] == []


def stored(reader, *tables):
    with as_account(reader), connection.cursor() as cursor:
        for each in tables:
            cursor.execute(f"SELECT t::text FROM {each} t")
            yield from (text for (text,) in cursor.fetchall())


def test_what_waits_is_sealed(clerk, visitor):
    sent(visitor(clerk), [person(1)])
    with as_account(clerk):
        assert StagedLine.objects.get().cells is None
        assert not StagedRow.objects.exists()
        block = bytes(StagedBlock.objects.get().content)
        assert name(1).encode() not in block
        assert number(1).encode() not in block
        assert not RosterAnswer.objects.exists()


# --- columns that are nobody's to fill (C18) --------------------------------------------------------------------------


def test_columns_of_the_database_are_ignored_with_a_notice(clerk, visitor):
    odd = {"id": "1", "delete": "1", "is_superuser": "1", "created_by": "1", "unit__parent": str(OTHER_VILLAGE),
           "unit_id": str(OTHER_VILLAGE)}  # fmt: skip
    browser = visitor(clerk)
    address = sent(browser, xlsx({"甲": table([person(1) | odd], [*HEADER, *odd])}))
    with as_account(clerk):
        assert len({one["column"] for one in record(address).notices}) == len(odd)
    confirm(browser, address)
    with as_account(clerk):
        assert Member.objects.get().unit_id == VILLAGE
