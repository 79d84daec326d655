"""People who left long ago, and the two offices that together may erase their files."""

from datetime import date

import pytest

from organization.models import Unit
from personnel.models import BankAccount, EmergencyContact, HealthRecord
from tests.conftest import VILLAGE
from tests.factories import MemberFactory, id_number, serve


@pytest.fixture
def village(root):
    return Unit.objects.get(code=VILLAGE)


@pytest.fixture
def long_gone(village):
    """Left in 2012: no term of five years still runs."""
    member = MemberFactory(
        unit=village, name="旧试用", birth_date=date(1985, 6, 20), id_number=id_number(77, date(1985, 6, 20)),
        phone="13912345678", address="东塘路九号", remark="曾住西街", former_name="旧名",
    )  # fmt: skip
    serve(member, since="2009-03-01", until="2012-05-01", post="副队长", badge="F0077", ending_note="回乡务农")
    EmergencyContact.objects.create(member=member, name="联系人", relation="配偶", phone="13700001111")
    BankAccount.objects.create(member=member, bank="农信社", number="6222021234567890")
    HealthRecord.objects.create(member=member, condition="1")
    return member


@pytest.fixture
def governance(account):
    return account("governance", username="governance")
