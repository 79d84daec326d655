"""The log of what changes no row: logins, failures, locks, reveals, exports, refusals."""

import json

from django.db import connection

from organization.models.event import SecurityEvent
from organization.scope.scope import current


def record(kind, *, member=None, unit=None, reason="", username="", **detail):
    """Write one event; who, from where and which request come from the scope. Never pass a number or a password."""
    kind, scope = SecurityEvent.Kind(kind), current()
    row = {
        "kind": kind.value,
        "actor": scope.actor,
        "username": (username or scope.username)[:150],
        "unit": unit,
        "member": member,
        "reason": reason.replace("\0", "")[:200],
        "detail": json.dumps(detail, ensure_ascii=False, default=str),
        "address": scope.address or None,
        "origin": scope.origin,
        "request": scope.request,
    }
    with connection.cursor() as cursor:
        # No RETURNING: those who write events may not read them.
        cursor.execute(
            "INSERT INTO organization_securityevent"
            " (kind, actor, username, unit, member, reason, detail, address, origin, request)"
            " VALUES (%(kind)s, %(actor)s, %(username)s, %(unit)s, %(member)s, %(reason)s,"
            " %(detail)s, %(address)s, %(origin)s, %(request)s)",
            row,
        )
