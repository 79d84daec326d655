"""What a page or a command was asked for: a unit that may be asked about, on a day that has been."""

from datetime import date

from organization import divisions
from organization.models import Unit

EARLIEST = date(1949, 10, 1)


def unit_asked(text: str, account) -> Unit | None:
    """The unit of a code as typed, if it is the account's own or lies below; None alike for what is foreign, above,
    unknown or no code at all."""
    try:
        code = divisions.parse_code(text)
    except divisions.DivisionCodeError:
        return None
    low, high = divisions.span(account.unit_id)
    return Unit.objects.filter(code=code).first() if low <= code <= high else None


def day_asked(text: str, today: date) -> date | str:
    """The day of an ISO date, or why it cannot be shown: "malformed", "too_early" or "in_future"."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return "malformed"
    if day > today:
        return "in_future"
    return day if day >= EARLIEST else "too_early"
