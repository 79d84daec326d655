"""A change in the preview: what stands, what it becomes, and what the file says where that is spelled otherwise."""

import html
import re
from datetime import date

import pytest

from organization.scope import as_account
from personnel.roster import jobs as roster_jobs
from personnel.roster import staging
from personnel.roster.source import open_file
from tests.conftest import DISTRICT, VILLAGE
from tests.factories import MemberFactory, serve
from tests.personnel.roster.files import xlsx
from tests.personnel.roster.people import HEADER, name, number, person, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(root):
    """The person of row 2 as the register has them: half-time, with another phone."""
    member = MemberFactory(
        name=name(1), born=date(1985, 3, 1), birth_date=date(1985, 3, 1), id_number=number(1), phone="13800009999",
        education="60",
    )  # fmt: skip
    serve(member, since="2014-07-01", share=60, post="")
    return member


@pytest.fixture
def cells(visitor):
    """Sends a line: cells(account, row, header) -> ({header: what the sender reads in the cell}, the page)."""

    def shown(account, row, header=HEADER, force="", answers=None):
        with as_account(account):
            terms = staging.terms_of(account, VILLAGE, force, answers=answers)
            roster = roster_jobs.take_in(open_file(xlsx({"花名册": table([row], header)}), "a.xlsx"), terms, account)
        page = visitor(account).get(f"/personnel/rosterimport/{roster.pk}/change/").content.decode()
        body = re.search(r"<tbody.*?</tbody>", page, re.DOTALL)[0]
        found = [
            re.sub(r"<[^>]+>|\s+", "", html.unescape(cell)) for cell in re.findall(r"<td.*?</td>", body, re.DOTALL)
        ]
        return dict(zip(header, found[-len(header) :], strict=True)), page

    return shown


def test_the_old_phone_is_told_in_full_to_who_keeps_the_file(known, clerk, cells):
    told, _page = cells(clerk, person(1))
    assert told["联系电话"] == "13800009999→13800000001"


def test_the_old_phone_is_masked_for_who_does_not_see_phones(root, account, cells):
    member = MemberFactory(
        name=name(1), born=date(1985, 3, 1), birth_date=date(1985, 3, 1), id_number=number(1), phone="13800009999"
    )
    serve(member, since="2014-07-01", force="patrol")
    told, page = cells(account("hr", DISTRICT, username="hr"), person(1), force="patrol")
    assert told["联系电话"] == "138********→13800000001"
    assert "13800009999" not in page


def test_what_is_read_stands_beside_what_the_file_says_where_that_is_spelled_otherwise(known, clerk, cells):
    told, _page = cells(clerk, person(1, 比例="0.5", 入队时间="2014.8"), [*HEADER, "比例"])
    assert told["入队时间"] == "2014-07-01→2014-08-012014.8"
    assert told["职务"] == "队员"


def test_a_part_that_is_known_is_not_asked_for_and_not_overwritten(known, clerk, cells):
    told, page = cells(clerk, person(1, **{"专职/兼职": "兼职"}), [*HEADER, "专职/兼职"])
    assert told["专职/兼职"] == "兼职"
    assert "兼职：请选择" not in page


def test_another_part_than_is_known_is_told_in_numbers(known, clerk, cells):
    told, _page = cells(clerk, person(1, **{"专职/兼职": "0.5"}), [*HEADER, "专职/兼职"])
    assert told["专职/兼职"] == "60%→50%0.5"


def test_what_changes_is_told_beside_the_row_number_too_where_nobody_has_to_scroll(known, clerk, cells):
    _told, page = cells(clerk, person(1, 文化程度=None, 职务=None, **{"专职/兼职": "0.5"}), [*HEADER, "专职/兼职"])
    beside = re.search(r'<td class="roster-fate">.*?</td>', page, re.DOTALL)[0]
    assert "I 专职/兼职: <del>60%</del> → <ins>50%</ins>" in beside
