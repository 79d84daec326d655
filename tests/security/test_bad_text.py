"""A NUL is no text: the database takes none, so no page may pass one on."""

import pytest

from organization.models import SecurityEvent
from organization.scope import as_account
from tests.factories import MemberFactory


@pytest.mark.parametrize(
    "path",
    [
        "/organization/employer/?nature__exact=%00",
        "/personnel/appointment/?post__title__exact=a%00b",
        "/autocomplete/?term=%00&app_label=personnel&model_name=assignment&field_name=employer",
        "/personnel/member/%00/change/",
        "/personnel/member/%00/history/",
        "/personnel/card/?q=%00",
        "/dashboards/strength/?unit=%00",
        "/login/?next=%00",
    ],
)
def test_an_address_with_a_nul_is_a_bad_request(visitor, officer, path):
    answer = visitor(officer).get(path)
    assert answer.status_code == 400
    assert answer.headers["X-Request-Id"] in answer.content.decode()


def test_the_refusal_of_such_an_address_is_no_fault(visitor, account):
    assert visitor(account("sysadmin")).get("/personnel/member/%00/change/").status_code == 400


def test_a_reason_is_recorded_without_its_nul(root, visitor, officer, account):
    member = MemberFactory()
    answer = visitor(officer).post(f"/personnel/member/{member.pk}/reveal/id_number/", {"reason": "核对\0身份"})
    assert answer.status_code == 200
    with as_account(account("auditor")):
        assert SecurityEvent.objects.get(kind="reveal").reason == "核对身份"
