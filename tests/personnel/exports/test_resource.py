"""The list as a Resource of django-import-export: scripts that are written for the library get what a list shows."""

import pytest
from django.core.exceptions import PermissionDenied

from organization.scope import as_account
from personnel.exports.resource import MemberResource
from personnel.models import Card, Member
from tests.personnel.exports.conftest import DAY, NUMBER
from tests.personnel.exports.reading import people as listed


def test_a_resource_exports_the_members_of_a_queryset(people, clerk):
    with as_account(clerk):
        data = MemberResource(day=DAY).export(Member.objects.filter(name="曾在岗"))
    assert len(data) == 1
    assert data.dict[0] | {"序号": "1"} == data.dict[0]
    assert (data.dict[0]["姓名"], data.dict[0]["身份证号"]) == ("曾在岗", NUMBER)


def test_by_default_it_exports_all_that_the_scope_shows(people, clerk):
    with as_account(clerk):
        names = MemberResource(day=DAY).export()["姓名"]
    assert set(names) == {"曾在岗", "李保安", "区离队"}


def test_it_says_of_cards_what_an_export_says(people, clerk, exported):
    with as_account(clerk):
        data = MemberResource(day=DAY).export(Card.objects.filter(name__in=["曾在岗", "李保安", "欧别处"]))
    assert data.dict == listed(exported(clerk))


def test_fields_can_be_chosen(people, clerk):
    with as_account(clerk):
        data = MemberResource(day=DAY).export(Member.objects.filter(name="曾在岗"), export_fields=["name", "sex"])
    assert data.csv == "姓名,性别\r\n曾在岗,男\r\n"


def test_numbers_are_masked_for_roles_that_keep_no_files(people, governance):
    with as_account(governance):
        assert NUMBER not in MemberResource(day=DAY).export()["身份证号"]


def test_it_is_on_record(people, clerk, events):
    with as_account(clerk):
        MemberResource(day=DAY).export()
    (event,) = events()
    assert (event.detail["layout"], event.detail["rows"]) == ("resource", 3)


def test_without_the_right_there_is_nothing(people, account):
    with as_account(account("auditor")), pytest.raises(PermissionDenied):
        MemberResource().export()
