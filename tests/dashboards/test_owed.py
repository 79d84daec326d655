"""The workbench says what is owed to people: late answers first, and erasures that wait for a second word."""

from datetime import date

import pytest

from dashboards.owed import owed
from organization.scope import as_account, as_root
from personnel.models import CorrectionRequest, ErasureBatch
from tests.factories import MemberFactory

DAY = date(2026, 3, 1)


@pytest.fixture
def asked(root):
    return CorrectionRequest.objects.create(
        member=MemberFactory(), wrong="学历", brought_by="本人", received_on=date(2026, 2, 1), due_on=date(2026, 2, 20),
        recorded_by=1,
    )  # fmt: skip


def rows(account, day=DAY):
    with as_account(account):
        return [(row["url"].rpartition("=")[2], row["count"]) for row in owed(account, day)]


def test_a_late_answer_stands_out(asked, clerk, stranger):
    assert rows(clerk) == [("overdue", "1")]
    assert rows(clerk, date(2026, 2, 20)) == [("open", "1")]
    assert rows(stranger) == []


def test_an_erasure_waits_for_everybody_but_its_proposer(root, officer, account):
    with as_account(officer):
        ErasureBatch.objects.create(unit_id=officer.unit_id, reason="届满", proposed_by=officer.pk)
    assert rows(officer) == []
    assert len(rows(account("hr"))) == len(rows(account("governance"))) == 1
    assert rows(account("finance")) == []


def test_nothing_is_owed_where_nothing_was_asked(root, clerk, officer):
    with as_root("test"):
        MemberFactory()
    assert rows(clerk) == rows(officer) == []
