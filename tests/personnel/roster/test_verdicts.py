"""Lines that wait, and what is recorded of them: in blocks as long as nothing is said of them, else in own rows."""

import pytest

from organization.scope import as_account
from personnel.models import (
    ImportedBlock,
    ImportedLine,
    ImportedRow,
    Member,
    RosterImport,
    StagedBlock,
    StagedLine,
    StagedRow,
)
from personnel.roster import examination, jobs, staged_lines, staging, verdicts
from personnel.roster.source import open_file
from personnel.roster.staging import terms_of
from tests.conftest import TOWN, VILLAGE
from tests.factories import MemberFactory
from tests.personnel.roster.files import xlsx
from tests.personnel.roster.people import HEADER, name, number, person, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(clerk):
    """A function that sends rows as a village's clerk and answers with the roster that waits."""

    def send(*rows):
        with as_account(clerk):
            terms = terms_of(clerk, VILLAGE)
            source = open_file(xlsx({"名单": table([*rows])}), "名单.xlsx", terms)
            roster = staging.record(source, terms, clerk)
            staging.stage(source, roster, examination.examine(source, terms))
            return roster

    return send


def lines(clerk, roster):
    """[(row, fate, whether it has a row of its own)]"""
    with as_account(clerk):
        found = StagedLine.objects.filter(roster=roster).order_by("number")
        return [(line.number, line.fate, line.own_id is not None) for line in found]


def test_only_lines_of_which_something_is_said_have_a_row(clerk, sent):
    with as_account(clerk):
        MemberFactory(name=name(3), id_number=number(3), phone="13800000003")
    roster = sent(person(1), person(2, 身份证号="1"), person(3, 联系电话="13900000009"), person(4))
    assert lines(clerk, roster) == [
        (2, "create", False), (3, "reject", True), (4, "change", True), (5, "create", False),
    ]  # fmt: skip


def test_a_line_that_is_touched_is_there_once(clerk, sent):
    roster = sent(person(1), person(2))
    with as_account(clerk):
        assert staging.leave_out(roster.staged.get(number=2)) is True
        staging.judge_again(roster, clerk)
    assert lines(clerk, roster) == [(2, "skip", True), (3, "create", False)]
    with as_account(clerk):
        assert staging.leave_out(roster.staged.get(number=2)) is False
        staging.judge_again(roster, clerk)
    assert lines(clerk, roster) == [(2, "create", True), (3, "create", False)]


def test_what_is_judged_otherwise_later_is_said_by_blocks_and_rows(clerk, sent):
    roster = sent(*(person(n) for n in range(1, 4)))
    with as_account(clerk):
        MemberFactory(name=name(1), id_number=number(1))
        line = roster.staged.get(number=4)
        cells = staged_lines.open_cells(line)
        cells[HEADER.index("身份证号")] = number(2)
        staging.correct(line, cells)
        staging.judge_again(roster, clerk)
        (block,) = StagedBlock.objects.filter(roster=roster)
        assert block.fates == ["change", "create", "reject"]
        assert block.members[1:] == [None, None]
        assert roster.staged.get(number=4).is_corrected
    assert lines(clerk, roster) == [(2, "change", True), (3, "create", False), (4, "reject", True)]


def test_lines_of_more_than_a_block_keep_their_cells_and_verdicts(clerk, sent):
    count = staged_lines.LINES_A_BLOCK + 5
    rows = [person(n) for n in range(1, count + 1)]
    rows[staged_lines.LINES_A_BLOCK] = person(count + 1, 身份证号="1")
    roster = sent(*rows)
    with as_account(clerk):
        assert StagedBlock.objects.filter(roster=roster).count() == 2
        assert StagedRow.objects.filter(roster=roster).count() == 1
        found = list(roster.staged.order_by("number"))
        told = [cells[HEADER.index("姓名")] for cells in staged_lines.open_shown(found)]
        assert [line.number for line in found] == list(range(2, count + 2))
        assert told[:3] == [name(1), name(2), name(3)]
        assert told[-1] == name(count)
        assert [line.number for line in found if line.fate == "reject"] == [staged_lines.LINES_A_BLOCK + 2]
        assert found[staged_lines.LINES_A_BLOCK].block_id == found[-1].block_id


def test_lines_that_the_database_refused_are_noted_in_one_statement(clerk, sent, django_assert_num_queries):
    roster = sent(*(person(n) for n in range(1, 31)))
    with as_account(clerk):
        staging.leave_out(roster.staged.get(number=3))
        with django_assert_num_queries(1):
            verdicts.refuse(roster, [(0, number) for number in range(2, 12)], "registered_meanwhile")
        assert roster.staged.filter(refusal="registered_meanwhile", fate="reject").count() == 10
        assert roster.staged.get(number=3).is_skipped
        staging.judge_again(roster, clerk)
        roster.refresh_from_db()
        assert (roster.counts["reject"], roster.counts["skip"], roster.counts["create"]) == (9, 1, 20)


# --- what is recorded of an import -----------------------------------------------------------------------------------


def imported(account, roster):
    with as_account(account):
        assert (
            jobs.import_staged(RosterImport.objects.select_for_update().get(pk=roster.pk), account, partial=True) == ""
        )
        return RosterImport.objects.get(pk=roster.pk)


def test_lines_of_which_there_is_no_more_to_tell_are_recorded_together(clerk, sent):
    with as_account(clerk):
        MemberFactory(name=name(3), id_number=number(3), phone="13800000003")
    roster = imported(clerk, sent(person(1), person(2, 身份证号="1"), person(3, 联系电话="13900000009"), person(4)))
    again = imported(clerk, sent(person(1), person(4)))
    with as_account(clerk):
        (block,) = ImportedBlock.objects.filter(roster=roster)
        assert (block.fate, sorted(block.numbers), block.services.count(None)) == ("create", [2, 5], 0)
        assert [block.lowest, block.highest] == block.members == sorted(block.members)
        assert list(ImportedRow.objects.values_list("number", "fate")) == [(3, "reject"), (4, "change")]
        told = roster.rows.order_by("number").values_list("number", "fate")
        assert list(told) == [(2, "create"), (3, "reject"), (4, "change"), (5, "create")]
        assert again.counts["unchanged"] == again.rows.filter(fate="unchanged", service_id=None).count() == 2


def test_the_lines_of_a_member_are_found_in_blocks_and_rows(clerk, sent):
    roster = imported(clerk, sent(*(person(n) for n in range(1, 100))))
    again = imported(clerk, sent(person(1), person(2, 文化程度="大专")))
    with as_account(clerk):
        assert ImportedBlock.objects.filter(roster=roster).count() == 2
        first, second = (Member.objects.get(name=name(n)) for n in (1, 2))
        found = ImportedLine.objects.about(second.pk).order_by("roster_id")
        assert [(line.roster_id, line.number, line.fate) for line in found] == [
            (roster.pk, 3, "create"), (again.pk, 3, "change"),
        ]  # fmt: skip
        assert ImportedLine.objects.about(first.pk).count() == 2


def test_a_village_sees_its_own_lines_of_a_roster_of_its_town(account, clerk):
    town = account("staff", TOWN, username="town")
    rows = table([person(1) | {"村居": "东塘第一社区"}, person(2) | {"村居": "东塘第二社区"}], [*HEADER, "村居"])
    with as_account(town):
        terms = terms_of(town, TOWN)
        source = open_file(xlsx({"名单": rows}), "名单.xlsx", terms)
        roster = staging.record(source, terms, town)
        staging.stage(source, roster, examination.examine(source, terms))
        assert roster.counts["create"] == 2
    roster = imported(town, roster)
    with as_account(clerk):
        here = list(Member.objects.values_list("pk", flat=True))
        assert list(ImportedLine.objects.filter(roster=roster.pk).values_list("member_id", flat=True)) == here
        assert len(here) == 1
