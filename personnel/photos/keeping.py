"""The photo of a member as it lies in the database: set, replaced, taken away, opened again."""

import hashlib
from collections.abc import Iterable, Mapping

from django.db import connection

from organization.keyring import sealer
from personnel.models import Member, Photo

SET, REPLACED, UNCHANGED = "set", "replaced", "unchanged"
_TABLE, _COLUMN = "personnel_photo", "image_sealed"
# In the order of members, so that two packages at once wait for each other instead of locking each other out.
_KEEP = """
INSERT INTO personnel_photo (member_id, image_sealed, fingerprint)
SELECT * FROM unnest(%s::bigint[], %s::bytea[], %s::text[]) AS given (member, image, fingerprint) ORDER BY member
ON CONFLICT (member_id) DO UPDATE SET image_sealed = EXCLUDED.image_sealed, fingerprint = EXCLUDED.fingerprint
"""


def keep(pictures: Mapping[int, bytes]) -> dict[int, str]:
    """Make these the photos of the members; says of each whether it was set, replaced or unchanged.

    The same picture once more writes nothing. Who is out of scope is refused by the database.
    """
    before = fingerprints(pictures)
    fresh = {member: (picture, fingerprint(picture)) for member, picture in sorted(pictures.items())}
    written = {member: given for member, given in fresh.items() if before.get(member) != given[1]}
    if written:
        blobs = [sealed(picture, member) for member, (picture, _mark) in written.items()]
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [list(written), blobs, [mark for _picture, mark in written.values()]])
    return {
        member: UNCHANGED if member not in written else REPLACED if before.get(member) else SET for member in pictures
    }


def take_away(member: Member) -> bool:
    """Remove the picture; whether there was one."""
    return bool(Photo.objects.there().filter(member=member).update(image=None, fingerprint=""))


def picture_of(member: Member) -> bytes | None:
    """The photo as a JPEG, None where there is none."""
    photo = Photo.objects.there().filter(member=member).first()
    return opened(photo) if photo else None


def opened(photo: Photo) -> bytes | None:
    """The picture of a photo, None where it was taken away."""
    if photo.image is None:
        return None
    return sealer().open_bytes(photo.image, table=_TABLE, column=_COLUMN, row=photo.member_id)


def fingerprint(picture: bytes) -> str:
    return hashlib.sha256(picture).hexdigest()


def fingerprints(members: Iterable[int]) -> dict[int, str]:
    """{member: fingerprint} of those members who have a photo. Holds the photos until the commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT member_id, fingerprint FROM personnel_photo"
            " WHERE member_id = ANY (%s) AND fingerprint <> '' ORDER BY member_id FOR UPDATE",
            [list(members)],
        )
        return dict(cursor.fetchall())


def sealed(picture: bytes, member: int) -> bytes:
    """The picture as it lies in the database, bound to its member."""
    return sealer().seal_bytes(picture, table=_TABLE, column=_COLUMN, row=member)
