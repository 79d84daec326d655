"""The keeping unit's answer: what agreeing would do, and deciding once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organization.models import Account
from organization.refusal import Refusal
from personnel.models import Assignment, Force, Member, TransferConsent
from personnel.transfers import lapsing

MOVED = _("The file is kept elsewhere by now; the request went along with it.")
DECIDED = _("This request was decided already, withdrawn, or has lapsed.")
NOT_YOURS = _("This request is not yours to decide.")
OVER = _("The ten working days are over; the request lapses.")
TOO_MUCH = _(
    "The services that run take %(taken)d %% of full time; together with %(share)d %% it would be more than full time."
)
TOO_YOUNG = _("A service began on %(day)s; it can end on the day after at the earliest, so please agree later.")


class DecidingRefused(Refusal):
    """Not decided. Codes: gone, decided, not_yours, over, no_reason, more_than_full_time, too_young."""


@dataclass(frozen=True)
class Effect:
    """What agreeing would do: whether the file moves, which services end and which stay; `obstacles` forbid it."""

    moves: bool
    ending: Sequence[Assignment]
    staying: Sequence[Assignment]
    obstacles: Sequence[DecidingRefused] = field(default=())


def effect(consent: TransferConsent, day: date) -> Effect:
    """As far as the reader's scope sees the person's services; the database counts those elsewhere as well."""
    running = list(
        Assignment.objects.filter(Q(ended_on=None) | Q(ended_on__gt=day), member=consent.member_id)
        .select_related("unit")
        .order_by("started_on", "id")
    )
    paid = [service for service in running if service.share]
    is_volunteer = consent.force == Force.VOLUNTEER
    moves = consent.is_whole and not (is_volunteer and paid)
    ending = (running if is_volunteer else paid) if moves else []
    staying = [service for service in running if service not in ending]
    return Effect(moves, ending, staying, tuple(_obstacles(consent, day, ending, staying, is_volunteer=is_volunteer)))


def _obstacles(consent, day, ending, staying, *, is_volunteer):
    if young := [service.started_on for service in ending if service.started_on >= day]:
        yield DecidingRefused("too_young", TOO_YOUNG, day=max(young))
    taken = sum(service.share for service in staying)
    if not is_volunteer and not ending and taken + consent.share > Assignment.FULL_TIME:
        yield DecidingRefused("more_than_full_time", TOO_MUCH, taken=taken, share=consent.share)


def decide(consent: TransferConsent, decider: Account, *, agreed: bool, reason: str, today: date) -> None:
    """Agree, which carries the transfer out at once, or refuse with a reason. Raises DecidingRefused.

    Locks in one order, as every move of files does: the request, the person, the question.
    """
    lapsing.hold(consent.request_id)
    if not Member.objects.select_for_update(of=("self",)).filter(pk=consent.member_id).exists():
        raise _gone(consent)
    found = TransferConsent.objects.select_for_update(of=("self",)).filter(pk=consent.pk).first()
    if found is None:
        raise _gone(consent)
    if found.decision:
        raise DecidingRefused("decided", DECIDED)
    if not TransferConsent.objects.decidable_by(decider).filter(pk=consent.pk).exists():
        raise DecidingRefused("not_yours", NOT_YOURS)
    if lapsing.is_over(found.asked_on, today):
        raise DecidingRefused("over", OVER)
    if agreed:
        for obstacle in effect(found, today).obstacles:
            raise obstacle
    elif not reason:
        raise DecidingRefused("no_reason", _("Please say why."))
    TransferConsent.objects.filter(pk=consent.pk).update(
        decision="agreed" if agreed else "refused", decided_by=decider.pk, decided_on=today, reason=reason
    )


def _gone(consent: TransferConsent) -> DecidingRefused:
    """The file is not here. Where agreeing moved it, as for a button that is pressed twice, the question stayed."""
    if TransferConsent.objects.exclude(decision="").filter(pk=consent.pk).exists():
        return DecidingRefused("decided", DECIDED)
    return DecidingRefused("gone", MOVED)
