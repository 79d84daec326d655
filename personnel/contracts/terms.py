"""What many contracts are to say: kind and end, and what is done where it would be the third fixed term in a row."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from personnel.models import Contract
from personnel.models.contract import TERMS_BEFORE_OPEN_END
from personnel.spans import years_after

LEAVE, OPEN, KEEP = "leave", "open", "keep"
THIRD = {
    LEAVE: _("leave these people out"),
    OPEN: _("make it open-ended"),
    KEEP: _("write the fixed term all the same"),
}
OPEN_ENDED = Contract.Kind.OPEN_ENDED.value


@dataclass(frozen=True)
class Terms:
    """`kind` "" is the kind of the contract before. The end is `until` (first day after), or so many years later."""

    kind: str = ""
    years: int | None = None
    until: date | None = None
    signed_on: date | None = None
    third: str = LEAVE

    def end_of(self, kind: str, start: date) -> date | None:
        """The first day after the term of a contract of that kind that starts on that day; None: open-ended."""
        if kind == OPEN_ENDED:
            return None
        return years_after(start, self.years) if self.years else self.until


def is_third(kind: str, term: int) -> bool:
    """Whether this fixed term follows two others, so that an open-ended one may be claimed (art. 14)."""
    return kind in Contract.FIXED_TERMS and term > TERMS_BEFORE_OPEN_END
