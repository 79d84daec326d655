"""A filter in the address by a column that takes no text is refused, not a fault."""

import pytest


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("training", "organization/unit/?aliases=x"),
        ("sysadmin", "organization/unit/?aliases__exact=x"),
        ("finance", "personnel/bankaccount/?number=6222020000001234"),
        ("finance", "personnel/bankaccount/?number_digest=x"),
        ("auditor", "organization/securityevent/?address=x"),
    ],
)
def test_a_filter_by_a_column_that_takes_no_text_is_refused(root, account, visitor, role, path):
    browser = visitor(account(role))
    browser.raise_request_exception = False
    assert browser.get(f"/{path}").status_code == 400
