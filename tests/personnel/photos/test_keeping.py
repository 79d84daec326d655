"""One photo a member: kept sealed, moved with the file, and never in the trail."""

import json
import os

import pytest
from django.db import DatabaseError, connection, transaction

from organization.models import TrailEntry
from organization.scope import as_account
from organization.sealing import SealError
from personnel.models import Member, Photo
from personnel.photos import keeping
from tests.conftest import OTHER_VILLAGE
from tests.factories import MemberFactory

FIRST, SECOND = b"\xff\xd8\xff first picture", b"\xff\xd8\xff second picture"


def trail(member):
    entries = TrailEntry.objects.filter(table="personnel_photo", member=member.pk).order_by("id")
    return [(entry.action, entry.before, entry.after) for entry in entries]


def test_a_photo_is_set_then_unchanged_then_replaced(member):
    assert [keeping.keep({member.pk: each})[member.pk] for each in (FIRST, FIRST, SECOND)] == [
        "set", "unchanged", "replaced",
    ]  # fmt: skip
    assert keeping.picture_of(member) == SECOND
    assert Photo.objects.count() == 1


def test_a_photo_that_was_taken_away_is_gone_and_can_be_set_again(member):
    keeping.keep({member.pk: FIRST})
    assert keeping.take_away(member)
    assert not keeping.take_away(member)
    assert keeping.picture_of(member) is None
    assert keeping.keep({member.pk: FIRST}) == {member.pk: "set"}


def test_the_database_holds_nothing_that_shows_the_picture(member):
    keeping.keep({member.pk: FIRST})
    with connection.cursor() as cursor:
        cursor.execute("SELECT image_sealed FROM personnel_photo")
        sealed = bytes(cursor.fetchone()[0])
    assert FIRST not in sealed
    assert len(sealed) < len(FIRST) + 40


def test_a_picture_that_was_copied_to_somebody_else_does_not_open(member):
    another = MemberFactory()
    keeping.keep({member.pk: FIRST, another.pk: SECOND})
    image = Photo.objects.get(member=member).image
    Photo.objects.filter(member=another).update(image=bytes(image))
    with pytest.raises(SealError):
        keeping.picture_of(another)


def test_the_trail_says_who_changed_the_photo_and_stays_small(member, clerk):
    with as_account(clerk):
        keeping.keep({member.pk: FIRST * 10_000})
        keeping.keep({member.pk: SECOND * 10_000})
        keeping.take_away(member)
    entries = trail(member)
    assert [action for action, _before, _after in entries] == ["I", "U", "U"]
    assert entries[0][2]["fingerprint"] == keeping.fingerprint(FIRST * 10_000)
    assert entries[1][1]["fingerprint"] != entries[1][2]["fingerprint"]
    assert entries[2][2] == {"image_sealed": None, "fingerprint": ""}
    assert entries[2][1]["image_sealed"] == "••••••"
    assert len(json.dumps(entries)) < 2000


def trail_bytes():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('organization_trail')")
        return cursor.fetchone()[0]


def test_the_stored_trail_does_not_grow_by_the_pictures(member):
    before = trail_bytes()
    for _change in range(10):
        keeping.keep({member.pk: FIRST + os.urandom(300_000)})
    assert trail_bytes() - before < 200_000


def test_a_photo_moves_with_the_file(member):
    keeping.keep({member.pk: FIRST})
    Member.objects.filter(pk=member.pk).update(unit=OTHER_VILLAGE)
    assert Photo.objects.get().unit_id == OTHER_VILLAGE
    assert keeping.picture_of(member) == FIRST


def test_three_people_get_what_is_theirs(member, officer, clerk, stranger):
    keeping.keep({member.pk: FIRST})
    seen = {}
    for account in (officer, clerk, stranger):
        with as_account(account):
            seen[account.username] = keeping.picture_of(member)
    assert seen == {"officer": FIRST, "clerk": FIRST, "stranger": None}


def test_a_stranger_cannot_set_one_either(member, stranger):
    with as_account(stranger), pytest.raises(DatabaseError), transaction.atomic():
        keeping.keep({member.pk: FIRST})


def test_no_role_deletes_one(member, clerk):
    keeping.keep({member.pk: FIRST})
    with as_account(clerk), connection.cursor() as cursor:
        cursor.execute("DELETE FROM personnel_photo")
        assert cursor.rowcount == 0, "only the photo of a file that is withdrawn at this moment"
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("TRUNCATE personnel_photo")


@pytest.mark.parametrize("values", [{"fingerprint": ""}, {"image": None}, {"image": b"x" * 400_001}])
def test_half_a_photo_or_a_huge_one_has_no_spelling(member, values):
    keeping.keep({member.pk: FIRST})
    with pytest.raises(DatabaseError), transaction.atomic():
        Photo.objects.update(**values)


def test_many_photos_take_as_many_queries_as_one(member, django_assert_num_queries):
    others = MemberFactory.create_batch(20)
    with django_assert_num_queries(2):
        keeping.keep({each.pk: FIRST + bytes([n]) for n, each in enumerate(others)})
