"""`manage.py prune_trail --older-than DAYS`: removes what the retention time has passed, by the owner's connection."""

import json
from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from organization import events
from organization.office import OWNER
from organization.scope import as_root

# Cybersecurity Law, art. 21: logs are kept for no less than six months. A trigger of the database says the same.
LEAST_DAYS = 180
ROWS_AT_ONCE = 10_000
TABLES = ("organization_trail", "organization_securityevent")


class Command(BaseCommand):
    help = "Remove entries of the trail and security events that are older than the retention time."

    def add_arguments(self, parser):
        parser.add_argument("--older-than", type=int, metavar="DAYS", default=settings.TRAIL_KEEP_DAYS)

    def handle(self, *args, older_than, **options):
        if older_than < LEAST_DAYS:
            said = _("Entries are kept for %(least)s days at least; nothing was removed.") % {"least": LEAST_DAYS}
            self.report({"error": {"code": "too_young", "message": said}})
            raise SystemExit(2)
        before = timezone.now() - timedelta(days=older_than)
        waiting = {table: count_older(table, before) for table in TABLES}
        if any(waiting.values()):
            # Said first: a run that is broken off has left its mark.
            with as_root("prune_trail"):
                events.record("pruned", older_than=older_than, before=before, **waiting)
        removed = {table: remove_older(table, before) for table in TABLES if waiting[table]}
        self.report({"before": before.isoformat(), "removed": dict.fromkeys(TABLES, 0) | removed})

    def report(self, answer):
        self.stdout.write(json.dumps(answer, ensure_ascii=False))


def count_older(table, before) -> int:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE at < %s", [before])  # noqa: S608 - a name of our own
        return cursor.fetchone()[0]


def remove_older(table, before) -> int:
    """Delete in batches, each a transaction, so that nobody waits and a run can be broken off. Returns the rows."""
    removed, last = 0, None
    while last != 0:
        with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {table} WHERE id IN"  # noqa: S608 - a name of our own
                f" (SELECT id FROM {table} WHERE at < %s ORDER BY at LIMIT %s)",
                [before, ROWS_AT_ONCE],
            )
            last = cursor.rowcount
        removed += last
    return removed
