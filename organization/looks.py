"""Who looked at whom: numbers revealed and looked up, lists and files exported or printed, counted by account."""

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from django.db import connection

from organization.models import SecurityEvent

KINDS = (SecurityEvent.Kind.REVEAL, SecurityEvent.Kind.LOOKUP, SecurityEvent.Kind.EXPORT)
# An account stands out with this many looks, and so many times those of the account in the middle; or when half of its
# looks fall outside office hours. A hint of where to ask, no verdict: roles differ in what they have to look at.
LEAST_LOOKS, MANY_TIMES, LEAST_AT_NIGHT = 10, 3, 5
OFFICE_OPENS, OFFICE_CLOSES = 7, 20  # hours of the day, local time
COUNTS = """
SELECT e.actor, max(e.username), count(*) FILTER (WHERE e.kind = 'reveal'), count(*) FILTER (WHERE e.kind = 'lookup'),
       count(*) FILTER (WHERE e.kind = 'export'),
       COALESCE(sum((e.detail ->> 'rows')::bigint) FILTER (
         WHERE e.kind = 'export' AND jsonb_typeof(e.detail -> 'rows') = 'number'), 0),
       count(DISTINCT e.member),
       count(*) FILTER (WHERE extract(hour FROM local.at) < %(opens)s OR extract(hour FROM local.at) >= %(closes)s
                        OR extract(isodow FROM local.at) > 5)
FROM organization_securityevent e CROSS JOIN LATERAL (SELECT e.at AT TIME ZONE 'Asia/Shanghai' AS at) AS local
WHERE e.kind = ANY (%(kinds)s) AND e.at >= %(since)s AND e.at < %(until)s AND e.actor IS NOT NULL
  AND (%(actor)s::bigint IS NULL OR e.actor = %(actor)s) AND (%(member)s::bigint IS NULL OR e.member = %(member)s)
GROUP BY e.actor
"""


@dataclass(frozen=True)
class Looker:
    """An account and how often it looked within some days; `times` is a multiple of the account in the middle."""

    actor: int
    username: str
    revealed: int
    looked_up: int
    exported: int
    rows: int
    people: int
    off_hours: int
    times: float = 1.0

    @property
    def looks(self) -> int:
        return self.revealed + self.looked_up + self.exported

    @property
    def is_many(self) -> bool:
        return self.looks >= LEAST_LOOKS and self.times >= MANY_TIMES

    @property
    def is_odd_hours(self) -> bool:
        return self.off_hours >= LEAST_AT_NIGHT and self.off_hours * 2 >= self.looks

    @property
    def is_unusual(self) -> bool:
        return self.is_many or self.is_odd_hours


@dataclass(frozen=True)
class Asked:
    """Which looks are asked for: from a moment to before another, of one account, at one file."""

    since: datetime
    until: datetime
    actor: int | None = None
    member: int | None = None


def events(asked: Asked):
    """The looks themselves, newest first."""
    found = SecurityEvent.objects.filter(kind__in=KINDS, at__gte=asked.since, at__lt=asked.until)
    if asked.actor is not None:
        found = found.filter(actor=asked.actor)
    if asked.member is not None:
        found = found.filter(member=asked.member)
    return found.order_by("-id")


def lookers(asked: Asked) -> list[Looker]:
    """The accounts that looked, the unusual ones first, then by how often."""
    with connection.cursor() as cursor:
        cursor.execute(
            COUNTS,
            {
                "kinds": [kind.value for kind in KINDS], "since": asked.since, "until": asked.until,
                "actor": asked.actor, "member": asked.member, "opens": OFFICE_OPENS, "closes": OFFICE_CLOSES,
            },
        )  # fmt: skip
        found = [Looker(*row) for row in cursor.fetchall()]
    middle = median([each.looks for each in found]) if found else 1
    measured = [_measured(each, middle) for each in found]
    return sorted(measured, key=lambda each: (not each.is_unusual, -each.looks, each.username))


def _measured(looker: Looker, middle: float) -> Looker:
    counts = (looker.revealed, looker.looked_up, looker.exported, looker.rows, looker.people, looker.off_hours)
    return Looker(looker.actor, looker.username, *counts, times=round(looker.looks / middle, 1))
