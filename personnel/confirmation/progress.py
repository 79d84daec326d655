"""Which units have signed their list in the cycle of a day, which still may, and which let a cycle pass."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from organization.belonging import Reach
from organization.models import Unit
from personnel.models import Assignment, ConfirmationCycle, RosterSnapshot, SnapshotEntry

STATES = {"signed": _("signed"), "open": _("not signed yet"), "overdue": _("overdue")}


@dataclass(frozen=True)
class Standing:
    """A unit that owes a list: how many are on it today, its state, and the list it signed last."""

    unit: Unit
    people: int
    state: str
    last: RosterSnapshot | None

    @property
    def state_name(self):
        return STATES[self.state]


def standings(day: date, within: Reach, force: str) -> list[Standing]:
    """Every unit in which somebody of that force serves on the day, in order of code. Four queries.

    Overdue is who signed neither in this cycle nor in the one before, unless the unit was opened since.
    """
    serving = Assignment.objects.on(day).filter(within.q(), force=force).order_by()
    people = dict(serving.values_list("unit").annotate(Count("member", distinct=True)))
    lately = list(ConfirmationCycle.objects.lately(day))
    last = {snapshot.unit_id: snapshot for snapshot in _last(within, force)}
    units = Unit.objects.filter(code__in=people).order_by("code")
    return [
        Standing(unit, people[unit.pk], _state(unit, last.get(unit.pk), lately, day), last.get(unit.pk))
        for unit in units
    ]


def _last(within, force):
    return RosterSnapshot.objects.filter(within.q(), force=force).newest().select_related("cycle")


def _state(unit, last, lately, day) -> str:
    if not lately or lately[0].ends_on <= day:
        return "open"
    if last and last.cycle_id == lately[0].pk:
        return "signed"
    if len(lately) == 1 or (last and last.cycle_id == lately[1].pk):
        return "open"
    is_younger = unit.opened_on and unit.opened_on >= lately[1].ends_on
    return "open" if is_younger else "overdue"


def is_unsettled(day: date) -> Exists:
    """Condition on members: the last signed list of a unit says that they do not serve there, though they still do."""
    later = RosterSnapshot.objects.filter(unit=OuterRef("unit"), force=OuterRef("force"), pk__gt=OuterRef("snapshot"))
    running = Assignment.objects.on(day).filter(pk=OuterRef("service_id"))
    said = SnapshotEntry.objects.filter(member_id=OuterRef("pk"), serves=False)
    return Exists(said.filter(~Exists(later), Exists(running)))
