"""A copy of the whole file for its person: with a reason, on record, as a workbook or on paper."""

import tempfile
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization import events
from organization.models import Account
from organization.refusal import Refusal
from personnel.exports.xlsx import Sheet, write_book
from personnel.models import Member
from personnel.privacy.telling import Part
from personnel.privacy.whole_file import parts

RIGHT = "personnel.copy_member"
SHORTEST_REASON = 2
WIDEST, NARROWEST = 40.0, 10.0


class CopyRefused(Refusal):
    """Codes: not_allowed, reason_needed."""


def copy(member: Member, account: Account, reason: str, *, on_paper: bool) -> list[Part]:
    """The parts of the copy, once the copy is on record. Raises CopyRefused."""
    if not account.has_perm(RIGHT):
        raise CopyRefused("not_allowed", _("Your role makes no copies of files."))
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise CopyRefused("reason_needed", _("Please say who asked for the copy, and how they proved who they are."))
    way = "paper" if on_paper else "xlsx"
    events.record("export", member=member.pk, unit=member.unit_id, reason=reason, layout="person", format=way)
    return parts(member)


def workbook(found: list[Part], account: Account) -> BinaryIO:
    """The parts that have rows, a sheet each, in a file without a name on the disk."""
    made = f"{account.name}（{account.username}） {timezone.localtime():%Y-%m-%d %H:%M}"
    file = tempfile.TemporaryFile(dir=settings.VAR_DIR)  # noqa: SIM115 - it goes to the caller
    try:
        write_book(file, [_sheet(part) for part in found if part.rows], footer=made)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _sheet(part: Part) -> Sheet:
    columns = zip(part.header, *part.rows, strict=True)
    widths = [min(WIDEST, max(NARROWEST, *(len(text) * 2.0 for text in column))) for column in columns]
    return Sheet(part.title, iter([tuple(row) for row in part.rows]), list(part.header), widths)
