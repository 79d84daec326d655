"""The filters that the site's own links use are allowed, however narrow the lists' filters are."""

import re

from personnel.models import BankAccount
from tests.factories import MemberFactory


def test_finance_gets_from_a_file_to_its_bank_account(root, account, visitor):
    for bank in ("农商银行", "别家银行"):
        member = MemberFactory()
        BankAccount.objects.create(member=member, bank=bank, number="6222020000001234")
    browser = visitor(account("finance"))
    page = browser.get(f"/personnel/member/{member.pk}/change/").content.decode()
    answer = browser.get(re.search(r'href="(/personnel/bankaccount/\?[^"]+)"', page)[1])
    assert answer.status_code == 200
    assert "别家银行" in answer.content.decode()
    assert "农商银行" not in answer.content.decode()
