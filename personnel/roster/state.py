"""What the judgement of a roster depends on: told by a hash, which differs as soon as any of it has changed."""

from django.db import connection

from organization.models import Unit
from personnel import bulk
from personnel.models import RosterImport
from personnel.roster import register
from personnel.roster.shapes import short_hash
from personnel.roster.terms import Terms

NEVER = 2**31 - 1


def of(roster: RosterImport, terms: Terms, *, lock: bool = False) -> tuple[str, int]:
    """The hash of what stands now, and the age of what was changed last, counted in transactions.

    Rows are told by key and transaction: any change gives them a new one. People whom the register does not know are
    not asked for: those that it learns of meanwhile are Lost. `lock` holds the files of the people until the commit;
    not of those of whom the roster says nothing new: whoever changes them from now on does so after it.
    """
    given = (
        terms.today,
        terms.unit,
        terms.force,
        terms.forces,
        terms.is_whole,
        sorted(terms.answers.items()),
        sorted(terms.remembered.items()),
        [*Unit.objects.open_on(terms.today).order_by("code").values_list("code", "name", "aliases")],
        sorted(map(repr, register.rules())),
    )
    with connection.cursor() as cursor, bulk.hashed(cursor):
        if lock:  # in the order in which every roster takes them; what others did until then the next statement sees
            cursor.execute(
                "SELECT FROM personnel_member"
                " WHERE id IN (SELECT member_id FROM personnel_stagedline WHERE roster_id = %s AND fate <> 'unchanged')"
                " ORDER BY id_digest FOR NO KEY UPDATE",
                [roster.pk],
            )
        cursor.execute(_ROWS, {"roster": roster.pk})
        found = cursor.fetchall()
    told = [(count, total) for count, total, _age in found]
    ages = [age for *_told, age in found if age is not None]
    return short_hash(*map(repr, given), repr(told)), min(ages, default=NEVER)


def was_changed(roster: RosterImport, youngest: int, since: int) -> bool:
    """Whether others changed anything while it was judged: in the transaction `since` or a later one.

    `youngest` is the age of what was changed last. Without this, what was judged as it had been before would pass for
    judged as it is.
    """
    with connection.cursor() as cursor, bulk.hashed(cursor):
        cursor.execute("SELECT %s <= age(%s::xid8::xid)", [youngest, str(since)])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(_CHANGED_SINCE, {"roster": roster.pk, "since": str(since)})
        return cursor.fetchone()[0]


_ROWS = """
WITH person AS MATERIALIZED (
  SELECT DISTINCT member_id FROM personnel_stagedline WHERE roster_id = %(roster)s AND member_id IS NOT NULL)
SELECT count(*), sum(hashint8extended(id, xmin::text::bigint)), NULL::integer FROM personnel_stagedrow
  WHERE roster_id = %(roster)s
UNION ALL SELECT count(*), sum(hashint8extended(id, xmin::text::bigint)), NULL::integer FROM personnel_stagedblock
  WHERE roster_id = %(roster)s
UNION ALL SELECT count(*), sum(hashint8extended(m.id, m.xmin::text::bigint)), min(age(m.xmin))
  FROM personnel_member m JOIN person p ON p.member_id = m.id
UNION ALL SELECT count(*), sum(hashint8extended(a.id, a.xmin::text::bigint)), min(age(a.xmin))
  FROM personnel_assignment a JOIN person p ON p.member_id = a.member_id
UNION ALL SELECT count(*), sum(hashint8extended(c.id, c.xmin::text::bigint)), min(age(c.xmin))
  FROM personnel_emergencycontact c JOIN person p ON p.member_id = c.member_id
UNION ALL SELECT count(*), sum(hashint8extended(id, xmin::text::bigint)), min(age(xmin)) FROM personnel_formernumber
UNION ALL SELECT count(*), sum(hashint8extended(id, xmin::text::bigint)), min(age(xmin)) FROM organization_employer
"""
# What is seen of a transaction that is not committed is its own. Rows tell the lower half of a transaction's number.
_CHANGED_SINCE = """
WITH person AS MATERIALIZED (
  SELECT DISTINCT member_id FROM personnel_stagedline WHERE roster_id = %(roster)s AND member_id IS NOT NULL),
found (xmin) AS (
  SELECT m.xmin FROM personnel_member m JOIN person p ON p.member_id = m.id
  UNION ALL SELECT a.xmin FROM personnel_assignment a JOIN person p ON p.member_id = a.member_id
  UNION ALL SELECT c.xmin FROM personnel_emergencycontact c JOIN person p ON p.member_id = c.member_id
  UNION ALL SELECT xmin FROM personnel_formernumber
  UNION ALL SELECT xmin FROM organization_employer
),
late AS (SELECT DISTINCT xmin::text::bigint AS low FROM found WHERE age(xmin) <= age(%(since)s::xid8::xid)),
next AS (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint + (1::bigint << 31) AS last)
SELECT EXISTS (
  SELECT FROM late, next
  WHERE pg_xact_status((((last - low) >> 32 << 32) + low)::text::xid8) = 'committed'
)
"""
