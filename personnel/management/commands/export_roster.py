"""`manage.py export_roster --as USER -o FILE`: the people of a unit as a file, as the account may see them."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from organization.scope import as_account
from organization.scripted import CommandRefused, ScriptedCommand
from personnel.exports.export import RIGHT, Order, export
from personnel.exports.layouts import LAYOUTS, LIST
from personnel.people import Selection


class Command(ScriptedCommand):
    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.description = _("Write the people who serve in a unit on a day into a file.")
        parser.add_argument("--unit", help=_("code of the account's own unit or of one below it"))
        parser.add_argument("--on", dest="day", help=_("the day, YYYY-MM-DD; today if left out"))
        parser.add_argument("--layout", default=LIST, help=_("one of: %(layouts)s") % {"layouts": ", ".join(LAYOUTS)})
        parser.add_argument("--full", action="store_true", help=_("full numbers; needs the right and a reason"))
        parser.add_argument("--reason", default="", help=_("what the full numbers are needed for"))
        parser.add_argument(
            "-o", "--output", dest="output", required=True, type=Path, help=_("the file to write: .xlsx, or .csv")
        )

    def answer(self, *, username, unit, day, layout, full, reason, output, **options):
        account = self.account(username, RIGHT, _("Your role exports no people."))
        # The record is kept before the file gets its name: better one of a file that nobody had than a file without.
        with written(output) as place, as_account(account, origin="export_roster"):
            asked = Selection(day=self.day(day), unit=self.unit(unit, account).code)
            kind = "csv" if output.suffix.lower() == ".csv" else "xlsx"
            made = export(Order(asked, layout, kind, full, reason), account)
            with made.file as source:
                shutil.copyfileobj(source, place, 1 << 20)
        return {"rows": made.rows, "file": str(output), "layout": layout, "sha256": made.sha256}, 0


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A file that is there whole, for its owner alone, after the block; nothing is left when the block fails.

    Raises CommandRefused: file_not_writable.
    """
    refused = CommandRefused("file_not_writable", _("The file cannot be written."))
    if path.is_dir():
        raise refused
    try:
        number, draft = tempfile.mkstemp(dir=path.parent, prefix=".export-")
    except OSError:
        raise refused from None
    try:
        with os.fdopen(number, "wb") as file:
            yield file
            file.flush()
            os.fsync(number)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
