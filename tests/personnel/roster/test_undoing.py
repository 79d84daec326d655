"""What stands in the way of an undo, told so that somebody can do something about it."""

import pytest
from django.contrib.postgres.functions import TransactionNow
from django.utils import timezone

from organization.keyring import sealer
from organization.models import Unit
from organization.scope import as_account, as_root
from personnel.models import ImportedRow, Member, RosterImport, TransferRequest
from personnel.roster import direct, undoing
from personnel.roster.source import open_file
from personnel.roster.staging import terms_of
from personnel.roster.undoing import NotUndoable
from tests.conftest import VILLAGE
from tests.factories import MemberFactory
from tests.personnel.roster.files import xlsx
from tests.personnel.roster.people import name, number, person
from tests.personnel.roster.sending import people

pytestmark = pytest.mark.django_db


def imported(clerk, *rows):
    """The record of an import of these rows."""
    with as_account(clerk):
        source = open_file(xlsx({"花名册": people(*rows)}), "册.xlsx")
        return direct.bring_in(source, terms_of(clerk, VILLAGE), clerk, partial=False)[1]


def test_people_for_whom_another_unit_has_asked_are_named(clerk, stranger):
    roster = imported(clerk, person(1), person(2))
    with as_account(stranger):
        TransferRequest.objects.create(
            unit_id=stranger.unit_id, name=name(1), id_digest=sealer().digest(number(1), purpose="id"), share=100,
            force="joint_defence", sponsor="village", asked_by=stranger.pk, asked_on=timezone.localdate(),
        )  # fmt: skip
    with as_account(clerk):
        with pytest.raises(NotUndoable) as refused:
            undoing.undo(roster, clerk)
        assert refused.value.code == "asked_for"
        assert str(refused.value) == f"别的单位正在申请调动这些人，请先答复申请，再撤销：{name(1)}"
        assert Member.objects.count() == 2


def test_all_later_imports_of_a_file_are_told_the_latest_first(clerk):
    first = imported(clerk, person(1))
    second = imported(clerk, person(1, 职务="中队长"))
    third = imported(clerk, person(1, 职务="大队长"))
    with as_account(clerk):
        refused = undoing.undo(first, clerk).refused
        assert [one.member for one in refused] == [Member.objects.get().pk]
        assert list(undoing.imports_among(refused)) == [third, second]


def test_an_import_of_which_the_trail_tells_no_more_stays(root, clerk):
    """Nobody could say whether others changed the file since."""
    member = MemberFactory(unit=Unit.objects.get(code=VILLAGE), remark="后来填的")
    with as_root("test"):
        roster = RosterImport.objects.create(
            unit_id=VILLAGE, account=clerk.pk, account_name=clerk.name, file_name="旧.xlsx", sha256="0" * 64, size=1,
            force="joint_defence",
        )  # fmt: skip
        ImportedRow.objects.create(
            roster=roster, unit_id=VILLAGE, sheet=0, number=2, fate="change", member_id=member.pk,
            before={"member": {"remark": "从前的"}},
        )  # fmt: skip
        RosterImport.objects.filter(pk=roster.pk).update(committed_at=TransactionNow())
    with as_account(clerk):
        with pytest.raises(NotUndoable) as refused:
            undoing.undo(RosterImport.objects.get(pk=roster.pk), clerk)
        assert refused.value.code == "out_of_reach"
        assert Member.objects.get(pk=member.pk).remark == "后来填的"
