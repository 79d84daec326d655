"""Sealed fields: text for those who may read, ciphertext in the database, digest and mask kept in step."""

import pytest
from django.db import connection

from organization.keyring import sealer
from organization.sealing import SealError
from personnel.models import Member
from tests.factories import MemberFactory, id_number


def stored(member):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id_sealed, id_digest, id_mask, phone_sealed, phone_digest FROM personnel_member WHERE id = %s",
            [member.pk],
        )
        return [bytes(value) if isinstance(value, memoryview) else value for value in cursor.fetchone()]


def test_a_number_reads_as_text_and_lies_sealed(root):
    number = id_number(1)
    member = MemberFactory(id_number=number)
    again = Member.objects.get(pk=member.pk)
    assert again.id_number == number
    assert number.encode() not in stored(member)[0]
    assert again.id_mask == number[:6] + "*" * 12


def test_another_number_brings_another_digest_and_mask(root):
    member = MemberFactory(id_number=id_number(1), phone="13800001234")
    again = Member.objects.get(pk=member.pk)
    again.id_number, again.phone = "11010519491231002X", "13900001234"
    again.save()
    _, digest, mask, _, phone_digest = stored(member)
    assert digest == sealer().digest("11010519491231002X", purpose="id")
    assert phone_digest == sealer().digest("13900001234", purpose="phone")
    assert mask.startswith("110105")


def test_an_unchanged_number_keeps_its_ciphertext(root):
    member = MemberFactory(phone="13800001234")
    before = stored(member)
    again = Member.objects.get(pk=member.pk)
    again.phone = "13800001234"
    again.name = "李改名"
    again.save()
    assert stored(member) == before


@pytest.mark.parametrize("empty", [None, ""])
def test_an_emptied_phone_leaves_nothing_behind(root, empty):
    member = MemberFactory(phone="13800001234")
    again = Member.objects.get(pk=member.pk)
    again.phone = empty
    again.save()
    assert stored(member)[3:] == [None, None]


def test_a_ciphertext_copied_to_another_person_does_not_open(root):
    one, other = MemberFactory(phone="13800001234"), MemberFactory()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE personnel_member SET phone_sealed = %s WHERE id = %s", [stored(one)[3], other.pk])
    with pytest.raises(SealError):
        Member.objects.get(pk=other.pk).phone  # noqa: B018


def test_a_list_of_values_shows_no_number(root):
    MemberFactory()
    assert "••••••" in repr(list(Member.objects.values_list("id_number", flat=True)))
