"""Emergency contacts of a roster: a new one is a change like any other, and of what is not stored it is said."""

import pytest

from organization.models import Unit
from organization.scope import as_account
from personnel.models import EmergencyContact
from personnel.roster import jobs, undoing
from personnel.roster.source import open_file
from personnel.roster.staging import terms_of
from tests.conftest import VILLAGE
from tests.factories import MemberFactory, serve
from tests.personnel.roster.files import xlsx
from tests.personnel.roster.people import name, number, person
from tests.personnel.roster.sending import everything, fates, people, said, send

pytestmark = pytest.mark.django_db
TITLES = ("紧急联系人", "紧急联系人电话")
ONLY_NEW = {"文化程度": None, "职务": None, "入队时间": None, "联系电话": None}


@pytest.fixture
def member(root):
    member = MemberFactory(unit=Unit.objects.get(code=VILLAGE), name=name(1), id_number=number(1))
    serve(member, since="2014-07-01", post="队员")
    return member


def row(contact, phone, **more):
    return person(1, **ONLY_NEW, **dict(zip(TITLES, (contact, phone), strict=True))) | more


def rows(*given):
    return people(*given, more=TITLES)


def test_a_contact_alone_is_a_change_that_is_shown_stored_and_taken_back(clerk, member):
    with as_account(clerk):
        source = open_file(xlsx({"花名册": rows(row("李联系", "13700001111"))}), "册.xlsx")
        roster = jobs.take_in(source, terms_of(clerk, VILLAGE), clerk)
        line = roster.staged.get()
        assert (line.fate, line.changes) == ("change", {"contact_name": ["", "李联系"]})
        assert jobs.import_staged(roster, clerk, partial=False) == ""
        assert [(one.name, one.phone) for one in EmergencyContact.objects.all()] == [("李联系", "13700001111")]
        assert fates(send(clerk, rows(row("李联系", "13700001111")))) == ["unchanged"]
        assert undoing.undo(roster, clerk).rows == 1
        assert not EmergencyContact.objects.exists()


def test_another_phone_of_a_known_contact_stays_out_and_is_told(clerk, member):
    EmergencyContact.objects.create(member=member, name="李联系", phone="13700001111")
    assert everything(send(clerk, rows(row("李联系", "13700001111")))) == []
    examined = send(clerk, rows(row("李联系", "13700002222")))
    assert said(examined.notices) == [(2, "J", "名册里这位紧急联系人的电话不同，保留原来的；如需更改，请在档案里改")]
    assert fates(examined) == ["unchanged"]


@pytest.mark.parametrize(
    ("contact", "phone", "column"), [("李联系", None, "I"), (None, "13700001111", "J"), ("李联系", "123", "I")]
)
def test_half_a_contact_is_left_out_and_told(clerk, contact, phone, column):
    examined = send(clerk, rows(person(1) | dict(zip(TITLES, (contact, phone), strict=True))))
    assert (2, column, "紧急联系人须姓名和电话齐全，这一项没有导入") in said(examined.notices)
    assert fates(examined) == ["create"]


def test_a_column_about_health_is_said_not_to_be_imported(clerk):
    titles = ("健康状况", "血型", "身高")
    examined = send(clerk, people(person(1) | dict(zip(titles, ("良好", "P型", 175), strict=True)), more=titles))
    assert said(everything(examined)) == [
        (1, column, f"该列暂未导入：{title}") for column, title in zip("IJK", titles, strict=True)
    ]
