"""Who was not taken in is forgotten after thirty days: that a unit asked, and when, is what stays."""

from datetime import date

from organization.scope import as_root
from personnel.models import Entry
from personnel.models.member import ERASED

NOTHING_OF_ANYBODY = {
    "name": ERASED, "id_number": None, "id_digest": None, "id_mask": "", "phone": None, "birth_date": None,
    "education": None, "post": "", "reason": "", "exception": "", "answer": ERASED,
}  # fmt: skip


def forget(today: date) -> int:
    """Forget everybody whose time is up; their checks go by trigger. Returns how many."""
    with as_root("tick"):
        return Entry.objects.outdated(today).update(wiped_on=today, **NOTHING_OF_ANYBODY)
