"""Taking kit back from many at once: who left and still holds some, and what of an old scheme is still out."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import uuid4

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from organization.models import Account
from organization.refusal import StrOrPromise
from organization.scope import current, entered
from personnel.kit.issuing import ELSEWHERE, check_day
from personnel.kit.terms import TAKE_BACK, KitRefused, check, check_people, lock_files
from personnel.models import Assignment, KitCampaign, KitIssue, Member

HOLDS_NOTHING = _("holds nothing of it any more")
YOUNGER = _("was issued something after that day")


@dataclass
class Row:
    """A person and what is taken back, or why nothing is."""

    member: int
    name: str
    unit: str
    held: list[KitIssue] = field(default_factory=list)
    refused: StrOrPromise = ""

    @property
    def why(self) -> StrOrPromise:
        return self.refused


def of_leavers(day: date):
    """Kit held on that day by people who serve nowhere on it."""
    serving = Assignment.objects.on(day).filter(member=OuterRef("member"))
    return KitIssue.objects.held(day).filter(~Exists(serving))


def of_old_scheme(campaign: KitCampaign, day: date):
    """Kit of other schemes that recipients of a campaign hold on that day."""
    others = Q(item__scheme__isnull=False) & ~Q(item__scheme=campaign.scheme_id)
    return KitIssue.objects.held(day).filter(others, member__kit_campaigns__campaign=campaign)


def leavers(day: date) -> int:
    """How many people left and still hold kit."""
    return of_leavers(day).order_by().values("member").distinct().count()


def people(issues):
    """The members of kit, in the order of lists."""
    keys = issues.order_by().values("member")
    return Member.objects.filter(pk__in=keys).select_related("unit").order_by("unit_id", "id")


def plan(members: Collection[int], issues, day: date) -> list[Row]:
    """A row for each person: what of `issues` is taken back on that day. Two questions, however many people."""
    files = Member.objects.filter(pk__in=members).select_related("unit").in_bulk()
    held: dict[int, list[KitIssue]] = {}
    for one in issues.filter(member__in=members).select_related("item__scheme").order_by("item_id", "id"):
        held.setdefault(one.member_id, []).append(one)
    rows = []
    for key in members:
        file = files.get(key)
        row = Row(key, file.name if file else str(key), file.unit.name if file else "", held.get(key, []))
        if file is None:
            row.refused = ELSEWHERE
        elif not row.held:
            row.refused = HOLDS_NOTHING
        elif any(one.issued_on > day for one in row.held):
            row.refused, row.held = YOUNGER, []
        rows.append(row)
    return sorted(rows, key=lambda row: (row.unit, row.member))


def take_back(
    members: Collection[int], issues, account: Account, *, day: date, ending: str, today: date
) -> tuple[int, list[Row]]:
    """Take back in the caller's transaction; pressed twice, once. (Pieces of kit, rows that were refused.)"""
    check(account, TAKE_BACK)
    check_people(members)
    check_day(day, today)
    if ending not in KitIssue.Ending.values:
        raise KitRefused("no_ending", _("Say what became of it."))
    lock_files(members)
    rows = plan(members, issues, day)
    keys = [one.pk for row in rows for one in row.held]
    with entered(replace(current(), batch=f"kit-{uuid4()}")):
        KitIssue.objects.filter(pk__in=keys, returned_on=None).update(returned_on=day, ending=ending)
    return len(keys), [row for row in rows if row.refused]
