"""What a merger does not do, who may take which step, and the rows that two people must not write at once."""

from collections.abc import Collection

from django.db import connection
from django.utils.translation import gettext_lazy as _

from organization.models import Account
from organization.refusal import Refusal
from personnel.assessment.scoring import SCORES
from personnel.models import Appeal, PlacementBatch, Programme

# What each step needs; the roles in the programme narrow the first two further.
PROPOSE = "personnel.propose_programme"
CONFIRM = "personnel.confirm_programme"
CARRY_OUT = "personnel.carry_out_programme"


class MergerRefused(Refusal):
    """Nothing was written. `people` are [{"member", "name", "code"}] where persons stand in the way.

    Codes: not_yours, own_proposal, nothing_proposed, nothing_to_propose, open_proposal, no_reason, not_confirmed,
    confirmed_already, appeals_run, appeals_open, carried_out_already, not_carried_out, reverted_already, changed_since,
    has_case, out_of_reach.
    """

    def __init__(self, code, message, *, people=(), **params):
        super().__init__(code, message, **params)
        self.people = list(people)


def check_role(account: Account, right: str, roles: Collection[str] | None = None) -> None:
    """Raise MergerRefused("not_yours") unless the account has the right, and a role that the programme names."""
    if not account.has_perm(right) or (roles is not None and account.role not in roles):
        raise MergerRefused("not_yours", _("This step of the programme is not for your role."))


def locked(programme: Programme) -> Programme:
    """The programme with its row locked: whatever is decided in it waits for its turn."""
    found = (
        Programme.objects.select_for_update(of=("self",)).select_related("cycle", "employer").filter(pk=programme.pk)
    )
    if (row := found.first()) is None:
        raise MergerRefused("not_yours", _("This step of the programme is not for your role."))
    return row


def no_scores_meanwhile(programme: Programme) -> None:
    """Until the transaction ends nobody enters scores of the cycle: what is counted is what is frozen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [SCORES, programme.cycle_id])


def in_the_way(batch: PlacementBatch):
    """Undecided appeals of its people against results of its programme: it is not carried out before they are."""
    undecided = Appeal.objects.undecided().filter(assessment__cycle=batch.programme.cycle_id)
    return undecided.filter(member__in=batch.placements.values("member"))


def open_batch(programme: Programme) -> PlacementBatch | None:
    return PlacementBatch.objects.open().filter(programme=programme).first()


def last_batch(programme: Programme) -> PlacementBatch | None:
    return PlacementBatch.objects.filter(programme=programme).order_by("-pk").first()
