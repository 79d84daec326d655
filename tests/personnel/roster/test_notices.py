"""What the file itself told stays told: of sheets left out, of totals, of rows below the end, whatever is done next."""

import pytest
from django.urls import reverse

from organization import jobs
from organization.scope import as_account
from personnel.models import RosterImport, StagedLine
from personnel.roster import jobs as roster_jobs
from personnel.roster import staging
from personnel.roster.source import open_file
from tests.conftest import VILLAGE
from tests.personnel.roster.files import xlsx
from tests.personnel.roster.people import HEADER, number, person, table

pytestmark = pytest.mark.django_db
CODES = {"sheet_hidden", "sheet_no_header", "total", "after_footer"}


def telling():
    """A workbook of three people, one of them wrong, of which the reader has four things to say."""
    rows = table([person(1), person(2), person(3, 身份证号=number(3)[:17] + "#")])
    blank = [None] * len(HEADER)
    rows += [["合计", "45人", *blank[2:]], ["制表人：", *blank[1:]]]
    rows += table([person(4)])[1:]
    return xlsx({"花名册": rows, "底稿": [["姓名"], ["x"]], "说明": [["请认真填写"]]}, hidden=["底稿"])


@pytest.fixture
def roster(clerk):
    with as_account(clerk):
        terms = staging.terms_of(clerk, VILLAGE)
        return roster_jobs.take_in(open_file(telling(), "花名册.xlsx"), terms, clerk)


def standing(clerk, roster):
    with as_account(clerk):
        return RosterImport.objects.get(pk=roster.pk)


def codes(clerk, roster):
    return {each["code"] for each in standing(clerk, roster).notices}


def left_out(clerk, roster):
    return {sheet["name"]: sheet["skipped"] for sheet in standing(clerk, roster).sheets if sheet["skipped"]}


def press(visitor, clerk, roster, step, *more, data=None):
    address = reverse(f"admin:personnel_rosterimport_{step}", args=[roster.pk, *more])
    assert visitor(clerk).post(address, data or {}).status_code == 302


def wrong_line(clerk, roster):
    with as_account(clerk):
        return StagedLine.objects.get(roster=roster, fate="reject")


def test_the_preview_tells_what_the_reader_found(clerk, roster):
    assert codes(clerk, roster) == CODES
    assert left_out(clerk, roster).keys() == {"底稿", "说明"}


def test_what_the_reader_found_is_told_after_a_line_was_left_out(clerk, roster, visitor):
    before = standing(clerk, roster)
    line = wrong_line(clerk, roster)
    press(visitor, clerk, roster, "skip", line.sheet, line.number)
    assert standing(clerk, roster).notices == before.notices
    assert standing(clerk, roster).sheets == before.sheets


def test_what_the_reader_found_is_told_in_the_record_of_an_import_in_part(clerk, roster, visitor):
    press(visitor, clerk, roster, "import", data={"partial": "on"})
    assert standing(clerk, roster).state == "imported"
    assert codes(clerk, roster) == CODES
    assert left_out(clerk, roster).keys() == {"底稿", "说明"}


def test_what_the_reader_found_is_told_of_a_roster_that_is_judged_twice_before_its_import(clerk, roster, visitor):
    line = wrong_line(clerk, roster)
    for _time in range(3):
        press(visitor, clerk, roster, "skip", line.sheet, line.number)
    press(visitor, clerk, roster, "import")
    assert standing(clerk, roster).state == "imported"
    assert codes(clerk, roster) == CODES
    assert left_out(clerk, roster).keys() == {"底稿", "说明"}


def test_what_the_reader_found_is_told_of_a_roster_that_is_judged_beside_the_site(clerk, monkeypatch):
    monkeypatch.setattr(roster_jobs, "ROWS_AT_ONCE", 2)
    with as_account(clerk):
        terms = staging.terms_of(clerk, VILLAGE)
        roster = roster_jobs.take_in(open_file(telling(), "花名册.xlsx"), terms, clerk)
    assert jobs.work_off() == 1
    assert codes(clerk, roster) == CODES
    with as_account(clerk):
        roster_jobs.import_or_ask(standing(clerk, roster), clerk, partial=True)
    assert jobs.work_off() == 1
    assert standing(clerk, roster).state == "imported"
    assert codes(clerk, roster) == CODES
    assert left_out(clerk, roster).keys() == {"底稿", "说明"}


def test_nothing_is_told_of_a_roster_that_was_given_up(clerk, roster, visitor):
    press(visitor, clerk, roster, "drop")
    assert codes(clerk, roster) == set()
    assert not any(sheet.get("notices") for sheet in standing(clerk, roster).sheets)
