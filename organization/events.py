"""The log of what changes no row: logins, failures, locks, reveals, exports, refusals."""

import json

from django.db import connection

from organization.models.event import SecurityEvent


def record(kind, *, member=None, unit=None, reason="", username="", **detail):
    """Write one event; who, from where and which request come from the scope. Never pass a number or a password."""
    kind = SecurityEvent.Kind(kind)
    with connection.cursor() as cursor:
        # No RETURNING: those who write events may not read them.
        cursor.execute(
            "INSERT INTO organization_securityevent (kind, member, unit, reason, detail, username) "
            "VALUES (%s, %s, %s, %s, %s, COALESCE(NULLIF(%s, ''), current_setting('app.username', true), ''))",
            [kind.value, member, unit, reason[:200], json.dumps(detail, ensure_ascii=False, default=str), username[:150]],
        )
