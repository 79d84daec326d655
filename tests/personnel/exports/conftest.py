"""People of two towns, some of whose files lie elsewhere, and what a person exports of them."""

from datetime import date

import pytest

from organization.models import SecurityEvent, Unit
from organization.scope import as_account
from personnel.exports.export import Order, export
from personnel.people import Selection
from tests.conftest import OTHER_VILLAGE, SECOND_VILLAGE, TOWN
from tests.factories import EmployerFactory, MemberFactory, id_number, serve

DAY = date(2014, 7, 1)
BORN = date(1980, 3, 15)
NUMBER, PHONE = id_number(1, BORN), "13800001234"
OTHER_NUMBER = id_number(2, BORN)


@pytest.fixture
def people(root):
    """Two people of the village; one of the second village who also serves here; one of another town; one who left."""
    second, other = (Unit.objects.get(code=code) for code in (SECOND_VILLAGE, OTHER_VILLAGE))
    kept = MemberFactory(
        name="曾在岗", born=BORN, birth_date=BORN, id_number=NUMBER, phone=PHONE, ethnicity="01", political="13",
        address="东塘路1号", remark="=1+1", household="local", marital="20", military="discharged",
    )  # fmt: skip
    serve(kept, since="2013-01-01", post="队员", contract_from=date(2013, 1, 1), contract_until=date(2016, 6, 30))
    guard = MemberFactory(name="李保安", sex="female", phone="020-12345678", education=None)
    serve(guard, since="2014-01-01", force="guard", employer=EmployerFactory(unit=kept.unit, name="安达保安公司"))
    elsewhere = MemberFactory(
        name="欧别处", unit=second, birth_date=BORN, id_number=OTHER_NUMBER, phone=PHONE, address="别处路9号"
    )
    serve(elsewhere, since="2013-01-01", share=50)
    serve(elsewhere, since="2013-01-01", share=50, share_from=50, unit=kept.unit)
    serve(MemberFactory(name="哨兵员", unit=other, address="哨兵路"), since="2013-01-01")
    serve(MemberFactory(name="区离队"), since="2012-01-01", until="2014-07-01")
    return kept


@pytest.fixture
def town(account):
    return account("staff", TOWN, username="town")


@pytest.fixture
def governance(account):
    return account("governance", username="office")


@pytest.fixture
def exported():
    """The bytes of an export: exported(account, unit=..., layout=..., full=..., reason=...)."""

    def make(account, *, unit=None, status="serving", service=None, **asked):
        with as_account(account):
            selection = Selection(day=DAY, unit=unit or account.unit_id, status=status, service=service or {})
            with export(Order(selection, **asked), account).file as file:
                return file.read()

    return make


@pytest.fixture
def events(account):
    """The exports on record, as the auditor reads them."""
    auditor = account("auditor", username="auditor")

    def read():
        with as_account(auditor):
            return list(SecurityEvent.objects.filter(kind="export"))

    return read
