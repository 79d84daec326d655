"""Lines that wait: in blocks as long as nothing is said of them, in rows of their own when something is."""

import pytest

from organization.scope import as_account
from personnel.models import StagedBlock, StagedLine, StagedRow
from personnel.roster import examination, staged_lines, staging
from personnel.roster.staging import terms_of
from tests.conftest import VILLAGE
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
            source = examination.open_file(xlsx({"名单": table([*rows])}), "名单.xlsx", terms)
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
