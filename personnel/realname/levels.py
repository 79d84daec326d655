"""The real-name level of a person on a day, derived from what the number, sightings, photos and signed lists say.

declared   the number has no check digit (a passport, a travel permit) and nobody saw the document
checksum   the number has a check digit; no form and no roster takes one whose digit does not hold
seen       somebody compared the original document with the file, for the number as it stands now
photo      ... and a photo is on file
confirmed  ... and the unit where the person serves says so in its last signed list, of this cycle or the one before

From `seen` on each level stands on that one: a signature under a list does not take the place of the document. A file
that another unit keeps is out of sight (`elsewhere`): its level is told there.
"""

from datetime import date

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from personnel.identity import DocumentKind
from personnel.models import (
    Assignment,
    ConfirmationCycle,
    DocumentSighting,
    Member,
    Photo,
    RosterSnapshot,
    SnapshotEntry,
)

LEVELS = {
    "declared": _("number declared"),
    "checksum": _("number checked"),
    "seen": _("document seen"),
    "photo": _("photo on file"),
    "confirmed": _("confirmed by the unit"),
}
ELSEWHERE = "elsewhere"
CHOICES = LEVELS | {ELSEWHERE: _("file kept elsewhere")}
# Several levels at once, for lists: all but those of a number that is merely declared.
VERIFIED = "verified"
CONDITIONS = CHOICES | {VERIFIED: _("number checked, or document seen")}

# Documents whose numbers follow GB 11643; an old residence card of a foreigner does not, and is shorter.
_WITH_CHECK_DIGIT = (
    DocumentKind.RESIDENT_ID,
    DocumentKind.HK_MACAU_TAIWAN_RESIDENCE,
    DocumentKind.FOREIGN_PERMANENT_RESIDENCE,
)


def is_checked() -> Q:
    """Condition on members: the number has a check digit (which holds, or it would not be there)."""
    return Q(document__in=_WITH_CHECK_DIGIT, mask_length=18)


def is_seen(day: date) -> Exists:
    """Condition on members: the last word about an original document, for this very number, is that it was seen."""
    said = DocumentSighting.objects.by(day).filter(member=OuterRef("pk"), number_digest=OuterRef("id_digest"))
    later = DocumentSighting.objects.by(day).filter(member=OuterRef("member"), pk__gt=OuterRef("pk"))
    return Exists(said.filter(taken_back="").filter(~Exists(later.exclude(taken_back=""))))


def is_verified(day: date) -> Q:
    """Condition on members: the number was checked, or the document seen: every level but the first."""
    return is_checked() | Q(is_seen(day))


def has_photo() -> Exists:
    """Condition on members: a photo is on file."""
    return Exists(Photo.objects.there().filter(member=OuterRef("pk")))


def is_confirmed(day: date) -> Exists:
    """Condition on members: named as serving in the last signed list of the unit where they serve on that day."""
    signed = RosterSnapshot.objects.signed_by(day).filter(pk=OuterRef("snapshot"))
    lately = ConfirmationCycle.objects.lately(day).values("pk")
    later = RosterSnapshot.objects.signed_by(day).filter(
        unit=OuterRef("unit"), force=OuterRef("force"), pk__gt=OuterRef("snapshot")
    )
    serving = Assignment.objects.on(day).filter(
        member=OuterRef("member_id"), unit=OuterRef("unit"), force=OuterRef("force")
    )
    listed = SnapshotEntry.objects.filter(member_id=OuterRef("pk"), serves=True)
    return Exists(listed.filter(Exists(signed.filter(cycle__in=lately)), ~Exists(later), Exists(serving)))


def members(day: date) -> QuerySet:
    """All members in sight, each with its `level` on that day."""
    seen = is_seen(day)
    level = Case(
        When(Q(seen) & Q(is_confirmed(day)), then=Value("confirmed")),
        When(Q(seen) & Q(has_photo()), then=Value("photo")),
        When(seen, then=Value("seen")),
        When(is_checked(), then=Value("checksum")),
        default=Value("declared"),
    )
    return Member.objects.alias(mask_length=Length("id_mask")).annotate(level=level)


def described(level: str, day: date) -> Q:
    """Condition on a card, one of CONDITIONS: the level of its person on that day, or where the file is kept."""
    if level == ELSEWHERE:
        return ~Q(Exists(Member.objects.filter(pk=OuterRef("member"))))
    if level == VERIFIED:
        files = Member.objects.alias(mask_length=Length("id_mask")).filter(pk=OuterRef("member"))
        return Q(Exists(files.filter(is_verified(day))))
    return Q(Exists(members(day).filter(pk=OuterRef("member"), level=level)))


def of_member(reference: str, day: date) -> Subquery:
    """The level of the member that a row refers to; null where the file is out of sight."""
    return Subquery(members(day).filter(pk=OuterRef(reference)).values("level")[:1])
