"""Files that may be two of one person: found in the range of the asker, but for pairs known to be two people."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization import divisions
from organization.belonging import Reach
from organization.models import Account
from organization.refusal import Refusal
from personnel import bulk
from personnel.models import DifferentPeople, Member

REASONS = {
    "birth": _("same name and birth date"),
    "phone": _("same phone number"),
    "slip": _("same name and sex, birth dates differ in one part"),
}
# A search compares every file with every namesake: what a district can do while somebody waits.
SEARCHED_LEVELS = frozenset({"district", "town", "village"})

# As `Member.is_written_by`: the running or last service is of these forces, or there is none.
_OURS = """COALESCE((SELECT a.force = ANY (%(forces)s) FROM personnel_assignment a WHERE a.member_id = l.{}
  ORDER BY a.ended_on DESC NULLS FIRST, a.started_on DESC LIMIT 1), true)"""
# A number one slip away from another shows in no digest; but a slip in its birth date shows in the date.
_PAIRS = """
WITH file AS MATERIALIZED (SELECT id, name, sex, birth_date, phone_digest FROM personnel_member
  WHERE (unit_id BETWEEN %(low)s AND %(high)s OR unit_id = ANY (%(joined)s::bigint[]))
    AND unit_id <> ALL (%(gone)s::bigint[])),
likely AS (
  SELECT a.id AS first, b.id AS second, 'birth' AS reason FROM file a
  JOIN file b ON b.name = a.name AND b.birth_date = a.birth_date AND b.id > a.id
  UNION ALL
  SELECT a.id, b.id, 'phone' FROM file a JOIN file b ON b.phone_digest = a.phone_digest AND b.id > a.id
  UNION ALL
  SELECT a.id, b.id, 'slip' FROM file a JOIN file b ON b.name = a.name AND b.sex = a.sex AND b.id > a.id
  WHERE (date_part('year', a.birth_date) <> date_part('year', b.birth_date))::int
      + (date_part('month', a.birth_date) <> date_part('month', b.birth_date))::int
      + (date_part('day', a.birth_date) <> date_part('day', b.birth_date))::int = 1
),
pair AS (
  SELECT first, second, array_agg(DISTINCT reason ORDER BY reason) AS reasons FROM likely l
  WHERE NOT EXISTS (SELECT FROM personnel_differentpeople d
                    WHERE d.taken_back_at IS NULL AND d.first_id = l.first AND d.second_id = l.second)
    AND ({first} OR {second})
  GROUP BY first, second
)
""".format(first=_OURS.format("first"), second=_OURS.format("second"))  # noqa: S608 - constants of this module only
COUNTED = _PAIRS + "SELECT count(*) FROM pair"  # noqa: S608
_PART = "SELECT first, second, reasons FROM pair ORDER BY reasons = '{slip}', cardinality(reasons) DESC, first, second"
PAGE = f"{_PAIRS}{_PART} LIMIT %(limit)s OFFSET %(offset)s"


@dataclass(frozen=True)
class Pair:
    """Two files, the older first, and why they look like one person's (keys of REASONS)."""

    first: Member
    second: Member
    reasons: tuple[str, ...]

    @property
    def words(self) -> list:
        return [REASONS[reason] for reason in self.reasons]


class NotMarkable(Refusal):
    """Codes: same_file, gone, marked_already."""


class Pairs:
    """The likely pairs within a reach of which one file at least is of these forces, as a paginator takes them; those
    with most reasons first."""

    def __init__(self, within: Reach, forces: Sequence[str]) -> None:
        self.params = within.params() | {"forces": list(forces)}

    def count(self) -> int:
        with connection.cursor() as cursor, bulk.hashed(cursor):
            cursor.execute(COUNTED, self.params)
            return cursor.fetchone()[0]

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> list[Pair]:
        start = part.start or 0
        with connection.cursor() as cursor, bulk.hashed(cursor):
            cursor.execute(PAGE, self.params | {"limit": part.stop - start, "offset": start})
            found = cursor.fetchall()
        members = Member.objects.select_related("unit").in_bulk({key for row in found for key in row[:2]})
        return [Pair(members[first], members[second], tuple(reasons)) for first, second, reasons in found]


def can_be_searched(unit: int) -> bool:
    """Whether the files of a unit are few enough to be compared with each other."""
    return divisions.level(unit) in SEARCHED_LEVELS


# --- pairs that are two people ----------------------------------------------------------------------------------------


def mark_different(members: Sequence[Member], reason: str, account: Account) -> DifferentPeople:
    """Say of two files that they are of two people; found no more until somebody takes it back. Raises NotMarkable."""
    if len({member.pk for member in members}) != 2:
        raise NotMarkable("same_file", _("Two different files are needed."))
    first, second = sorted(members, key=lambda member: member.pk)
    if DifferentPeople.objects.standing().filter(first_id=first.pk, second_id=second.pk).exists():
        raise NotMarkable("marked_already", _("This pair is marked already."))
    return DifferentPeople.objects.create(
        unit_id=common_unit(first.unit_id, second.unit_id, account.unit_id), first_id=first.pk, second_id=second.pk,
        names=f"{first.name}、{second.name}", reason=reason, account_name=account.name, marked_at=timezone.now(),
    )  # fmt: skip


def common_unit(first: int, second: int, otherwise: int) -> int:
    """The lowest unit that both lie in, so that whoever sees both files sees the mark."""
    if first == second:
        return first
    above = {second, *divisions.parents(second)}
    lowest = max((code for code in (first, *divisions.parents(first)) if code in above), default=otherwise)
    low, high = divisions.span(otherwise)
    return lowest if low <= lowest <= high else otherwise


def take_back(pair: DifferentPeople, account: Account) -> None:
    """The pair may be found again; taking back twice changes nothing."""
    DifferentPeople.objects.standing().filter(pk=pair.pk).update(
        taken_back_at=timezone.now(), taken_back_by=account.name
    )
