"""Issuing kit of a campaign to many at once: planned, shown, planned again under locks, written in one statement."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import uuid4

from django.db import connection
from django.utils.translation import gettext_lazy as _

from organization.models import Account
from organization.refusal import StrOrPromise, fill
from organization.scope import current, entered
from personnel.kit import tasks
from personnel.kit.campaigns import mandatory
from personnel.kit.terms import ISSUE, KitRefused, check, check_people, check_running, lock_files
from personnel.models import KitCampaign, KitItem, KitRecipient, Member

ELSEWHERE = _("the file is kept by another unit, or is not there")
NO_RECIPIENT = _("is no recipient of this campaign")
LEFT = _("serves no more")
NOT_WORN = _("this is not mandatory for the person's force")
HAS_IT = _("has it already")
WITHOUT_SIZE = _("no size on record: %(items)s")
NOT_OF_SCALE = _("%(item)s is not made in the size %(size)s")

WANTED = """
SELECT w.member_id, w.item_id, w.pieces, w.is_given, COALESCE(w.size, '')
FROM kit_wanted(%(campaign)s, %(day)s) w WHERE w.member_id = ANY (%(members)s) ORDER BY w.member_id, w.item_id
"""
WRITE = """
INSERT INTO personnel_kitissue (member_id, unit_id, item_id, campaign_id, size, count, issued_on, ending)
SELECT t.member, m.unit_id, t.item, %(campaign)s, t.size, t.pieces, %(issued_on)s, ''
FROM unnest(%(members)s::bigint[], %(items)s::bigint[], %(sizes)s::varchar[], %(pieces)s::integer[])
  AS t (member, item, size, pieces) JOIN personnel_member m ON m.id = t.member
ORDER BY t.member, t.item
"""
# A size that was told while something was handed out is on record from then on.
REMEMBER = """
INSERT INTO personnel_kitsize (member_id, unit_id, scale_id, size)
SELECT DISTINCT ON (t.member, i.scale_id) t.member, m.unit_id, i.scale_id, t.size
FROM unnest(%(members)s::bigint[], %(items)s::bigint[], %(sizes)s::varchar[]) AS t (member, item, size)
JOIN personnel_kititem i ON i.id = t.item JOIN personnel_member m ON m.id = t.member
WHERE t.size <> '' ORDER BY t.member, i.scale_id
ON CONFLICT (member_id, scale_id) DO NOTHING
"""


@dataclass(frozen=True)
class Piece:
    """So many pieces of an item in a size ("" where it has none)."""

    item: KitItem
    size: str
    count: int

    def __str__(self) -> str:
        return " ".join(filter(None, (self.item.name, self.size, f"× {self.count}" if self.count > 1 else "")))


@dataclass
class Row:
    """A person: what is issued, and why something, or everything, is not."""

    member: int
    name: str
    unit: str
    pieces: list[Piece] = field(default_factory=list)
    refused: list[StrOrPromise] = field(default_factory=list)

    @property
    def why(self) -> str:
        return "；".join(map(str, self.refused))


@dataclass(frozen=True)
class Done:
    """How many people were issued how many pieces; rows with anything refused."""

    people: int
    pieces: int
    refused: list[Row]


def items_of(campaign: KitCampaign) -> list[KitItem]:
    """What can be issued in a campaign."""
    return list({entry.item_id: entry.item for entry in mandatory(campaign)}.values())


def plan(campaign: KitCampaign, people: Mapping[int, str], items: Collection[int], today: date) -> list[Row]:
    """A row for each person in the order given; four questions, however many people. Nothing is written.

    `people` are {member: size told with the person, or ""}, `items` the keys of what is to be issued.
    """
    known = {item.pk: item for item in items_of(campaign) if item.pk in items}
    files = Member.objects.filter(pk__in=people, erased_on=None).select_related("unit").in_bulk()
    recipients = set(KitRecipient.objects.filter(campaign=campaign, member__in=people).values_list("member", flat=True))
    wanted: dict[int, list[tuple]] = {}
    with connection.cursor() as cursor:
        cursor.execute(WANTED, {"campaign": campaign.pk, "day": today, "members": list(people)})
        for member, *line in cursor.fetchall():
            wanted.setdefault(member, []).append(tuple(line))
    rows = []
    for member, size in people.items():
        file = files.get(member)
        row = Row(member, file.name if file else str(member), file.unit.name if file else "")
        rows.append(row)
        if file is None:
            row.refused.append(ELSEWHERE)
        elif member not in recipients:
            row.refused.append(NO_RECIPIENT)
        elif member not in wanted:
            row.refused.append(LEFT)
        else:
            _fill(row, wanted[member], known, size)
    return rows


def _fill(row: Row, wanted: list[tuple], known: Mapping[int, KitItem], told: str) -> None:
    """What a person gets; a size that is told counts for what is made in it, else the one on record."""
    asked = [(known[item], pieces, is_given, size) for item, pieces, is_given, size in wanted if item in known]
    open_ = [each for each in asked if not each[2]]
    if not open_:
        row.refused.append(HAS_IT if asked else NOT_WORN)
        return
    sized = [item for item, *_rest in open_ if item.scale]
    if told and sized and not any(told in item.scale.sizes for item in sized if item.scale):
        row.refused.append(fill(NOT_OF_SCALE, {"item": "、".join(map(str, sized)), "size": told}))
        return
    without = []
    for item, pieces, _given, on_record in open_:
        size = (told if item.scale and told in item.scale.sizes else on_record) if item.scale else ""
        if item.scale and not size:
            without.append(item.name)
        else:
            row.pieces.append(Piece(item, size, pieces))
    if without:
        row.refused.append(fill(WITHOUT_SIZE, {"items": "、".join(without)}))


def issue(
    campaign: KitCampaign,
    people: Mapping[int, str],
    items: Collection[int],
    account: Account,
    *,
    issued_on: date,
    today: date,
) -> Done:
    """Issue in the caller's transaction; pressed twice, once: who has it already is named. Raises KitRefused."""
    check(account, ISSUE)
    check_people(people)
    check_day(issued_on, today)
    campaign = KitCampaign.objects.get(pk=campaign.pk)
    check_running(campaign)
    if issued_on < campaign.issue_on:
        raise KitRefused("before_issue", _("Kit is issued from %(day)s on."), day=campaign.issue_on)
    lock_files(people)
    rows = plan(campaign, people, items, today)
    given = [(row.member, piece) for row in rows for piece in row.pieces]
    if given:
        with entered(replace(current(), batch=f"kit-{uuid4()}")):
            _write(campaign, given, issued_on)
            tasks.mark_done({member for member, _piece in given}, issued_on, worn_on=campaign.in_use_on)
    return Done(sum(bool(row.pieces) for row in rows), len(given), [row for row in rows if row.refused])


def check_day(day: date, today: date) -> None:
    """Raise KitRefused where the day is still to come."""
    if day > today:
        raise KitRefused("in_future", _("This day lies in the future."))


def _write(campaign: KitCampaign, given: list[tuple[int, Piece]], issued_on: date) -> None:
    columns: dict[str, Any] = {
        "campaign": campaign.pk, "issued_on": issued_on, "members": [member for member, _piece in given],
        "items": [piece.item.pk for _member, piece in given], "sizes": [piece.size for _member, piece in given],
        "pieces": [piece.count for _member, piece in given],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(WRITE, columns)
        cursor.execute(REMEMBER, columns)
