"""The end of a service, filled in for whoever was led to the file to end it: a decision does not end it by itself."""

from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.http import urlencode

from personnel.models import Assignment

NOTE_LENGTH = 120


def address(service: Assignment, day, note: str) -> str:
    """The file, opened to end that service because of a dismissal on that day."""
    asked = {"end": service.pk, "ended_on": day.isoformat(), "note": note}
    return f"{reverse('admin:personnel_member_change', args=[service.member_id])}?{urlencode(asked)}#assignments-group"


def asked(request) -> dict[str, Any] | None:
    """{service, values}: what the address fills in, while nothing was sent yet."""
    text = request.GET.get("end", "")
    if request.method != "GET" or not (text.isascii() and text.isdecimal() and len(text) < 19):
        return None
    try:
        day = parse_date(request.GET.get("ended_on", ""))
    except ValueError:
        day = None
    note = request.GET.get("note", "").replace("\0", "")[:NOTE_LENGTH]
    values = {"ended_on": day, "ending": Assignment.Ending.DISMISSED, "ending_note": note}
    return {"service": int(text), "values": values}
