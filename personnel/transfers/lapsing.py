"""A request that nobody answers within ten working days lapses; the asker may ask again."""

from datetime import date

from django.db import connection

from organization.scope import as_root
from personnel import working_days

WORKING_DAYS = 10
LOCKS = 7262  # the first half of the advisory locks of requests

LAPSE = """
WITH due AS MATERIALIZED (
  SELECT r.id FROM personnel_transferrequest r WHERE r.answer = '' AND r.asked_on <= %(latest)s ORDER BY r.id
), free AS MATERIALIZED (
  SELECT id FROM due WHERE pg_try_advisory_xact_lock(%(locks)s, (id %% 2147483648)::int)
)
UPDATE personnel_transferrequest SET answer = 'lapsed', answered_on = %(today)s
WHERE id IN (SELECT id FROM free) AND answer = ''
"""


def last_day(asked_on: date) -> date:
    """The last day on which the other side may answer."""
    return working_days.after(asked_on, WORKING_DAYS)


def is_over(asked_on: date, today: date) -> bool:
    return last_day(asked_on) < today


def lapse(today: date) -> int:
    """Let everything lapse that is due, whoever asked; returns how much.

    The office itself does it: nobody's scope reaches both sides. What is being decided at this moment is left alone.
    """
    latest = working_days.latest_over(today, WORKING_DAYS)
    with as_root("tick"), connection.cursor() as cursor:
        cursor.execute(LAPSE, {"latest": latest, "today": today, "locks": LOCKS})
        return cursor.rowcount


def hold(request_id: int) -> None:
    """Nobody else decides, withdraws or lets lapse this request before the transaction ends.

    The two rows of a request are locked from either side; this keeps the sides from waiting for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCKS, request_id % 2**31])
