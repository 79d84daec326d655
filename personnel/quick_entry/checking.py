"""One row is judged while the next is being typed: by the rules of the import, and discreet about other units' people.

Whether another unit has the number is a question that an account may ask twenty times an hour. Of a row whose number
was asked about already, and was nobody else's, it is not asked again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from organization.models import Account
from personnel import concurrency, lookup
from personnel.quick_entry import judged
from personnel.quick_entry.grid import Grid, GridRow, answers, source
from personnel.roster import staging
from personnel.roster.examination import examine


@dataclass
class Asked:
    """Asks about one number, unless it was asked about before; `is_used_up` says that there was no answer."""

    is_known: bool
    is_used_up: bool = False

    def __call__(self, digests: Sequence[bytes]) -> list[bytes]:
        if self.is_known or not digests:
            return []
        found = lookup.digest_is_elsewhere(digests[0])
        self.is_used_up = found is None
        return [digests[0]] if found else []


def check(grid: Grid, row: GridRow, account: Account, *, is_known: bool = False) -> dict[str, Any]:
    """What would become of the row, as the script is told. `is_known`: its number was asked about."""
    terms = staging.terms_of(account, grid.unit, grid.force, answers=answers(grid))
    asked = Asked(is_known)
    examined = examine(source(grid, [row]), terms, elsewhere=asked)
    found = judged.judged(examined, grid)[row.number]
    if asked.is_used_up:
        found.say("id_number", "notice", _("Whether another unit has this number is only asked when you save."))
    told = {"version": 0, "asked": not asked.is_used_up and found.fate != "elsewhere"}
    if found.member:
        later = concurrency.changed_since({found.member: row.version}) if row.version else {}
        if found.fate == "change" and later:
            judged.say_changed(found, later[found.member])
        told["version"] = row.version or concurrency.versions([found.member]).get(found.member, 0)
    return judged.told(found) | told
