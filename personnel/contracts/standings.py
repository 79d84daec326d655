"""How contracts stand on a day: one definition for the list, the board, the workbench and the figures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, Min, OuterRef
from django.utils.translation import gettext_lazy as _

from organization.refusal import StrOrPromise
from personnel.models import Assignment, Contract, Force, Member
from personnel.models.contract import SIGNING_MONTHS, ContractQuerySet
from personnel.spans import months_before

AHEAD = 90  # days within which an end is told in advance
FORCES = tuple(force.value for force in Force if force is not Force.VOLUNTEER)  # who works under a contract


@dataclass(frozen=True)
class Standing:
    """`of(contracts, day)` narrows contracts; `is_open` says that somebody has to do something about them."""

    label: StrOrPromise
    of: Callable[[ContractQuerySet, date], ContractQuerySet]
    is_open: bool = True


def _ending(after: int, until: int):
    return lambda contracts, day: contracts.ending(day, after, until).serving(day)


STANDINGS: dict[str, Standing] = {
    "in-force": Standing(_("in force"), lambda contracts, day: contracts.in_force(day), is_open=False),
    "ending-30": Standing(_("ending within 30 days"), _ending(-1, 30)),
    "ending-60": Standing(_("ending in 31 to 60 days"), _ending(30, 60)),
    "ending-90": Standing(_("ending in 61 to 90 days"), _ending(60, AHEAD)),
    "third": Standing(
        _("a third fixed term would follow"), lambda contracts, day: contracts.third_ahead(day, AHEAD).serving(day)
    ),
    "ended": Standing(_("ended, nothing follows"), lambda contracts, day: contracts.lapsed(day)),
    "unsigned": Standing(
        _("not signed a month after the beginning"), lambda contracts, day: contracts.unsigned(day).serving(day)
    ),
    "to-sign": Standing(_("to be signed"), lambda contracts, day: contracts.to_sign(day).serving(day), is_open=False),
    "other-employer": Standing(
        _("with another employer than the service names"), lambda contracts, day: contracts.of_another_employer(day)
    ),
    "left": Standing(_("in force, though the person has left"), lambda contracts, day: contracts.of_leavers(day)),
    "coming": Standing(_("to begin"), lambda contracts, day: contracts.coming(day), is_open=False),
    "over": Standing(_("over"), lambda contracts, day: contracts.over(day), is_open=False),
}
ENDING = ("ending-30", "ending-60", "ending-90")


def standing(slug: str, day: date, forces: Sequence[str] = ()) -> ContractQuerySet:
    """Contracts that stand so on that day, of people who serve in these forces where some are named."""
    found = STANDINGS[slug].of(Contract.objects.all(), day)
    return found.serving(day, forces) if forces else found


def employed(day: date, forces: Sequence[str] = ()):
    """Files of those who serve on that day in a force that works under contracts, or in one of these."""
    return Member.objects.filter(Exists(_services(day, forces)))


def signed(day: date, forces: Sequence[str] = ()):
    """Of `employed`, those with a written contract in force."""
    return employed(day, forces).filter(Exists(Contract.objects.in_force(day).filter(member=OuterRef("pk"))))


def without(day: date, forces: Sequence[str] = ()):
    """Of `employed`, those who serve for a month and of whom no contract is on record at all."""
    begun = _services(day, forces).order_by().values("member").annotate(first=Min("started_on"))
    for_a_month = begun.filter(first__lte=months_before(day, SIGNING_MONTHS))
    written = Contract.objects.meant().filter(member=OuterRef("pk"))
    return Member.objects.filter(Exists(for_a_month), ~Exists(written))


def on_rosters(day: date, forces: Sequence[str] = ()):
    """Services whose roster gives the days of a contract, of people of whom none is on record."""
    written = Contract.objects.meant().filter(member=OuterRef("member"))
    found = Assignment.objects.on(day).filter(force__in=[*(forces or FORCES)], contract_from__isnull=False)
    return found.filter(~Exists(written))


def _services(day: date, forces: Sequence[str]):
    return Assignment.objects.on(day).filter(member=OuterRef("pk"), force__in=[*(forces or FORCES)])
