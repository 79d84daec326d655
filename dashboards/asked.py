"""What a dashboard was asked for: a day, a unit, a force."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization import belonging, divisions
from organization.asking import EARLIEST, day_asked, unit_asked
from organization.models import Account, Unit
from personnel import links
from personnel.models import Assignment, Force
from personnel.models.member import Sex
from personnel.people import AGE_BANDS

# The right that the lists behind the figures need; the three administrators see no business data.
SEES_FIGURES = "personnel.view_card"

# What a part of a figure asks besides.
PARTS = {"sponsor": Assignment.Sponsor.values, "sex": Sex.values, "age": AGE_BANDS}

INSTEAD = {
    "malformed": _("The day was not understood; the figures are of today."),
    "in_future": _("There are no figures of days to come; these are of today."),
    "too_early": _("There are no figures of so early a day; these are of today."),
}


@dataclass(frozen=True)
class Asked:
    """One question to the figures, in the scope of the account that asks."""

    account: Account
    unit: Unit
    day: date
    today: date
    force: str | None = None
    narrowed: dict[str, str] = field(default_factory=dict)
    since: datetime | None = None

    @cached_property
    def within(self) -> belonging.Reach:
        return belonging.reach(self.unit.code)

    def people(self, **conditions) -> str:
        """Address of the list of people; of this unit, day and force unless said otherwise."""
        return links.people(**{"day": self.day, "unit": self.unit.code, "force": self.force, **conditions})

    def page(self, unit: int | None = None) -> str:
        """Address of the strength page of this day and force, of another unit."""
        return f"{reverse('dashboards:strength')}?{self._query(unit)}"

    def realname(self, unit: int | None = None) -> str:
        """Address of the real-name levels on this day, of another unit."""
        return f"{reverse('dashboards:realname')}?{self._query(unit)}"

    def listing(self, slug: str, **parts: str) -> str:
        """Address of the list behind a figure that the list of people cannot show, or behind a part of it."""
        return f"{reverse('dashboards:listing', args=[slug])}?{self._query(**parts)}"

    def _query(self, unit=None, **parts):
        asked = {"on": self.day.isoformat(), "unit": unit or self.unit.code, "force": self.force, **parts}
        return urlencode({name: value for name, value in asked.items() if value})

    def trail(self) -> list[Unit]:
        """The units above, from the account's own downwards."""
        above = [code for code in divisions.parents(self.unit.code) if code >= self.account.unit_id]
        own = divisions.span(self.account.unit_id)
        return list(Unit.objects.filter(code__in=above, code__range=own).order_by("code"))


def asked(request) -> Asked:
    """Read the question from the address.

    Raises PermissionDenied for roles without figures, and one and the same Http404 for a unit that is foreign, above
    the account's own, unknown or no code. A day that cannot be shown becomes today, and a message says so.
    """
    account = request.user
    if not account.has_perm(SEES_FIGURES):
        raise PermissionDenied
    text = request.GET.get("unit", "").strip()
    unit = unit_asked(text, account) if text else account.unit
    if unit is None:
        raise Http404
    today = timezone.localdate()
    force = request.GET.get("force")
    narrowed = {name: request.GET[name] for name, known in PARTS.items() if request.GET.get(name) in known}
    force = force if force in Force.values else None
    return Asked(account, unit, _day(request, today), today, force, narrowed, moment(request.GET.get("since")))


def moment(text: str | None) -> datetime | None:
    """A moment with its zone, as this site writes it; None for anything else."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo and found.year >= EARLIEST.year else None


def _day(request, today):
    text = request.GET.get("on", "").strip()
    day = day_asked(text, today) if text else today
    if isinstance(day, str):
        messages.warning(request, INSTEAD[day])
        return today
    return day
