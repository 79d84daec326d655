"""An import that fails, comes twice, or comes too late: nothing by halves, and the page says what is so."""

from datetime import date, timedelta

import pytest
from django.db import DEFAULT_DB_ALIAS, connections
from django.test.utils import CaptureQueriesContext

from organization import reorganisation
from organization.models import Account, SecurityEvent, TrailEntry
from organization.scope import as_account, as_root
from personnel.models import Assignment, Member, StagedRow
from tests.conftest import DISTRICT, OTHER_VILLAGE, SECOND_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, serve
from tests.personnel.roster.files import xlsx
from tests.personnel.roster.people import HEADER, name, number, person, table
from tests.security.sending import book, confirm, number_of, record, said, sent

NOTHING = "没有导入任何"  # how the sentence begins that says that nothing was written
RULE = "互相矛盾"  # in the sentence that a check constraint is explained by
KNOWN = "该文件已于"
BREAKING = """
CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN IF {when} THEN RAISE EXCEPTION 'broken' USING ERRCODE = '{code}'; END IF; RETURN NEW; END $f$;
CREATE TRIGGER broken BEFORE {what} ON {table} FOR EACH ROW EXECUTE FUNCTION broken();
"""


@pytest.fixture
def town(account):
    return account("staff", TOWN, username="town")


@pytest.fixture
def broken(owner):
    """Makes the database refuse a row in the middle: broken("personnel_assignment", "INSERT")."""

    def make(table_name, what, code="23514", when="true"):
        owner(BREAKING.format(table=table_name, what=what, code=code, when=when))

    return make


@pytest.fixture
def trail(account):
    """What the auditor sees of changes to people, and of imports: trail() -> (entries, kinds of events)."""
    auditor = account("auditor")

    def look():
        with as_account(auditor):
            people = ["personnel_member", "personnel_assignment", "personnel_emergencycontact"]
            events = SecurityEvent.objects.filter(kind__startswith="import").order_by("id")
            return TrailEntry.objects.filter(table__in=people).count(), [event.kind for event in events]

    return look


def people(account):
    with as_account(account):
        return Member.objects.count(), Assignment.objects.count()


# --- refused in the middle (C22) --------------------------------------------------------------------------------------

REFUSALS = {
    "rule": "23514",
    "deadlock": "40P01",
    "lock": "55P03",
    "cancelled": "57014",
    "fault": "P0001",
    "full": "53100",
}


@pytest.mark.parametrize("code", REFUSALS.values(), ids=REFUSALS)
@pytest.mark.parametrize(
    ("table_name", "what"),
    [
        ("personnel_member", "INSERT"),
        ("personnel_assignment", "INSERT"),
        ("personnel_importedblock", "INSERT"),
        ("personnel_rosterimport", "UPDATE OF committed_at"),
    ],
)
def test_what_fails_in_the_middle_leaves_nothing_and_is_told(clerk, visitor, broken, trail, table_name, what, code):
    browser = visitor(clerk)
    address = sent(browser, [person(n) for n in range(1, 31)])
    when = {
        "personnel_importedblock": "20 = ANY (NEW.numbers)",
        "personnel_rosterimport": "NEW.committed_at IS NOT NULL",
    }
    broken(table_name, what, code, when.get(table_name, "NEW.id % 7 = 0"))
    page = confirm(browser, address)
    assert NOTHING in page
    assert people(clerk) == (0, 0)
    assert trail() == (0, ["import_failed"])
    with as_account(clerk):
        roster = record(address)
        assert (roster.state, roster.rows.count(), roster.staged.count()) == ("waiting", 0, 30)
        assert roster.failure
        assert roster.failed_at


def test_what_fails_while_rows_are_changed_is_told_as_what_it_was(clerk, visitor, broken, trail):
    browser = visitor(clerk)
    confirm(browser, sent(browser, [person(n) for n in range(1, 11)]))
    entries = trail()[0]
    address = sent(browser, [person(n, 职务="中队长", 联系电话=f"1390000{n:04d}") for n in range(1, 16)])
    broken("personnel_member", "UPDATE", when="NEW.id % 7 = 0")
    page = confirm(browser, address)
    assert NOTHING in page
    assert RULE in page
    assert trail() == (entries, ["import", "import_failed"])
    with as_account(clerk):
        assert set(Assignment.objects.values_list("post", flat=True)) == {"队员"}


def test_after_a_failure_the_same_roster_is_imported_once_the_cause_is_gone(clerk, visitor, broken, owner, trail):
    browser = visitor(clerk)
    address = sent(browser, [person(n) for n in range(1, 31)])
    broken("personnel_assignment", "INSERT")
    confirm(browser, address)
    owner("DROP TRIGGER broken ON personnel_assignment")
    confirm(browser, address)
    assert people(clerk) == (30, 30)
    with as_account(clerk):
        roster = record(address)
        assert (roster.state, roster.failure, roster.failed_at) == ("imported", "", None)
    assert trail()[1] == ["import_failed", "import"]


def test_the_log_of_a_failure_repeats_nothing_of_the_roster(clerk, visitor, broken, caplog):
    browser = visitor(clerk)
    address = sent(browser, [person(1)])
    broken("personnel_member", "INSERT", "P0001")
    confirm(browser, address)
    told = " ".join(entry.getMessage() + (entry.exc_text or "") for entry in caplog.records)
    assert "P0001" in told
    assert name(1) not in told
    assert number(1) not in told


@pytest.mark.parametrize("table_name", ["personnel_member", "personnel_assignment"])
def test_an_undo_that_fails_in_the_middle_leaves_everything(clerk, visitor, owner, trail, table_name):
    browser = visitor(clerk)
    address = sent(browser, [person(n) for n in range(1, 11)])
    confirm(browser, address)
    before = trail()
    owner(
        "CREATE FUNCTION stays() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN IF OLD.id % 5 = 0 THEN RAISE EXCEPTION"
        " 'stays' USING ERRCODE = '23503'; END IF; RETURN OLD; END $f$; CREATE TRIGGER stays BEFORE DELETE ON"
        f" {table_name} FOR EACH ROW EXECUTE FUNCTION stays()"
    )
    browser.post(f"{address}undo/", {"confirmed": 1})
    assert people(clerk) == (10, 10)
    assert trail() == before
    with as_account(clerk):
        assert record(address).state == "imported"


# --- twice (C04, C05) -------------------------------------------------------------------------------------------------


def test_the_same_file_again_is_known_and_makes_no_noise(clerk, visitor, trail):
    browser = visitor(clerk)
    rows = book([person(n) for n in range(1, 301)])
    confirm(browser, sent(browser, rows))
    entries = trail()[0]
    address = sent(browser, rows)
    assert KNOWN in said(browser.get(f"{address}change/"))
    with as_account(clerk):
        counts = record(address).counts
        assert (counts["create"], counts["change"], counts["unchanged"]) == (0, 0, 300)
    confirm(browser, address)
    assert trail()[0] == entries


def test_going_back_and_confirming_again_imports_once(clerk, visitor, trail):
    browser = visitor(clerk)
    address = sent(browser, [person(n) for n in range(1, 4)])
    confirm(browser, address)
    with as_account(clerk):
        counts = record(address).counts
    page = confirm(browser, address)
    assert clerk.name in page
    assert "已于" in page
    with as_account(clerk):
        assert record(address).counts == counts
    assert people(clerk) == (3, 3)
    assert trail()[1] == ["import"]


@pytest.mark.parametrize("step", ["answer", "drop", "skip", "row"])
def test_a_second_tab_changes_nothing_of_what_was_imported(clerk, visitor, step):
    browser = visitor(clerk)
    address = sent(browser, [person(1), person(2, 身份证号="1")])
    with as_account(clerk):
        rows = [f"0/{number}" for number in record(address).staged.values_list("number", flat=True)]
    confirm(browser, address, partial=1)
    with as_account(clerk):
        before = record(address).counts, record(address).state
    for row in rows:
        path = f"{step}/{row}" if step in ("skip", "row") else step
        answer = browser.post(f"{address}{path}/", {"c1": "陈改名"})
        assert answer.status_code in (302, 404)
    with as_account(clerk):
        assert (record(address).counts, record(address).state) == before


# --- changed meanwhile (C09, C10) -------------------------------------------------------------------------------------


def test_rows_that_somebody_edited_since_the_preview_are_named_and_not_overwritten(clerk, account, visitor):
    browser = visitor(clerk)
    confirm(browser, sent(browser, [person(n) for n in range(1, 11)]))
    address = sent(browser, [person(n, 联系电话=f"1390000{n:04d}") for n in range(1, 11)])
    with as_account(account("clerk", VILLAGE)):
        for n in (3, 5, 7):
            member = Member.objects.get(name=name(n))
            member.phone = f"1370000{n:04d}"
            member.save()
    page = confirm(browser, address)
    assert "花名册 4、6、8" in page
    with as_account(clerk):
        phones = {member.name: member.phone for member in Member.objects.all()}
        assert phones[name(3)] == "13700000003"
        assert phones[name(1)] == "13800000001"
        assert record(address).state == "waiting"
    confirm(browser, address)  # having looked again
    with as_account(clerk):
        assert Member.objects.get(name=name(3)).phone == "13900000003"


def test_a_person_who_was_registered_since_the_preview_is_not_registered_twice(clerk, visitor):
    browser = visitor(clerk)
    address = sent(browser, [person(1), person(2)])
    with as_account(clerk):
        serve(MemberFactory(name=name(1), id_number=number(1)))
    assert NOTHING in confirm(browser, address)
    with as_account(clerk):
        assert Member.objects.count() == 1


def test_a_person_who_was_transferred_since_the_preview_is_not_touched(clerk, visitor):
    browser = visitor(clerk)
    confirm(browser, sent(browser, [person(1), person(2)]))
    address = sent(browser, [person(1, 联系电话="13900000001"), person(2)])
    with as_root("test"):
        moved = Member.objects.get(name=name(1))
        moved.assignments.update(ended_on=date(2015, 1, 1), ending="transferred")
        Member.objects.filter(pk=moved.pk).update(unit=OTHER_VILLAGE)
    assert NOTHING in confirm(browser, address)
    with as_root("test"):
        moved.refresh_from_db()
        assert (moved.phone, moved.unit_id) == ("13800000001", OTHER_VILLAGE)


def test_a_roster_for_a_village_that_was_closed_since_the_preview_is_refused(town, visitor):
    browser = visitor(town)
    address = sent(browser, [person(1)], unit=VILLAGE)
    with as_root("test"):
        reorganisation.close(VILLAGE, SECOND_VILLAGE, date.today(), date.today())
    assert NOTHING in confirm(browser, address)
    with as_root("test"):
        assert not Member.objects.exists()


def test_a_roster_that_names_a_village_closed_since_the_preview_is_refused(town, visitor):
    browser = visitor(town)
    rows = table([person(1) | {"村居": "东塘第一社区"}], [*HEADER, "村居"])
    address = sent(browser, xlsx({"花名册": rows}), unit=TOWN)
    with as_root("test"):
        reorganisation.close(VILLAGE, SECOND_VILLAGE, date.today(), date.today())
    assert NOTHING in confirm(browser, address)
    with as_root("test"):
        assert not Member.objects.exists()


@pytest.mark.parametrize("change", [{"role": "training", "unit": DISTRICT}, {"role": None}, {"unit": OTHER_VILLAGE}])
def test_an_account_whose_rights_changed_since_the_preview_imports_nothing(clerk, visitor, change):
    browser = visitor(clerk)
    address = sent(browser, [person(1)])
    with as_root("test", duty="sysadmin"):
        assert Account.objects.filter(pk=clerk.pk).update(**change)
    ended = browser.post(f"{address}import/")
    assert (ended.status_code, "/login/" in ended["Location"]) == (302, True)
    with as_root("test"):
        assert not Member.objects.exists()


# --- large (C19) ------------------------------------------------------------------------------------------------------


def queries(browser, count):
    """How many statements the preview and the import of so many new rows take."""
    rows = [
        person(n % 900 + 1, 序号=n, 身份证号=one)
        for n in range(count + 20)
        if not (one := number(n % 900 + 1, date(1975, 1, 1) + timedelta(days=count + n // 900))).endswith("000")
    ][:count]
    with CaptureQueriesContext(connections[DEFAULT_DB_ALIAS]) as preview:
        address = sent(browser, rows)
    with CaptureQueriesContext(connections[DEFAULT_DB_ALIAS]) as commit:
        answer = browser.post(f"{address}import/")
    assert answer.status_code == 302
    return address, len(preview), len(commit)


def test_the_districts_own_size_is_imported_in_as_many_statements_as_a_small_roster(town, visitor):
    browser = visitor(town)
    _address, *few = queries(browser, 10)
    address, *many = queries(browser, 5131)
    with as_account(town):
        assert record(address).counts["create"] == 5131
        assert Member.objects.count() == 5141
        assert not StagedRow.objects.filter(roster=number_of(address)).exists()
    more = [larger - smaller for larger, smaller in zip(many, few, strict=True)]
    assert max(more) <= 28  # rows are written in a few pieces, not one by one
