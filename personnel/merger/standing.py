"""How a programme stands: what is done, what comes next, and whom it waits for."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from organization.models import Account
from organization.models.account import Role
from personnel.merger.candidates import simulate
from personnel.merger.terms import CARRY_OUT, CONFIRM, PROPOSE, in_the_way, last_batch
from personnel.models import Appeal, Assessment, MergerTask, PlacementBatch, Programme

STEPS = {
    "define": _("Define"),
    "score": _("Scores"),
    "propose": _("Propose"),
    "confirm": _("Confirm"),
    "appeals": _("Appeals"),
    "carry_out": _("Carry out"),
    "done": _("Done"),
}


@dataclass(frozen=True)
class Standing:
    """`heads` are those of `simulate` at the mark that counts now; `step` is a key of STEPS."""

    programme: Programme
    batch: PlacementBatch | None
    last: PlacementBatch | None
    heads: dict
    candidates: int
    assessed: int
    appeals: int
    tasks: int
    step: str
    today: date

    @property
    def days_left(self) -> int:
        return (self.programme.merged_on - self.today).days

    @property
    def adds_up(self) -> bool:
        """N = absorbed + transferred + left + pending; red if it ever broke."""
        return self.candidates == sum(self.heads[name] for name in ("absorbed", "transferred", "exited", "pending"))

    @property
    def is_late(self) -> bool:
        return self.step == "confirm" and self.programme.is_late(self.today)

    @property
    def can_be_taken_back(self) -> bool:
        return bool(self.last and self.last.carried_out_at and not self.last.reverted_at)

    @property
    def waits_for(self) -> list[str]:
        """Roles that take the next step."""
        roles = {"propose": self.programme.proposing_roles, "confirm": self.programme.confirmers(self.today)}.get(
            self.step
        )
        return [str(Role(role).label) for role in (roles or (["hr"] if self.step == "carry_out" else []))]


def standing(programme: Programme, today: date) -> Standing:
    """As far as the asker sees; a handful of queries."""
    last = last_batch(programme)
    batch = last if last and not last.rejected_at and not last.carried_out_at else None
    if batch:
        batch.programme = programme
    table = simulate(programme, [batch.mark if batch else programme.pass_mark], today)
    heads = table["marks"][0]
    appeals = Appeal.objects.undecided().filter(assessment__cycle=programme.cycle_id).count()
    return Standing(
        programme=programme,
        batch=batch,
        last=last,
        heads=heads,
        candidates=table["candidates"],
        assessed=Assessment.objects.complete().filter(cycle=programme.cycle_id).count(),
        appeals=appeals,
        tasks=MergerTask.objects.undone().filter(batch__programme=programme).count(),
        step=_step(last, batch, heads, today),
        today=today,
    )


def _step(last, batch, heads, today: date) -> str:
    if batch:
        if not batch.confirmed_at:
            return "confirm"
        return "appeals" if today < batch.appeals_until or in_the_way(batch).exists() else "carry_out"
    if last and last.carried_out_at and not last.reverted_at:
        return "done"
    return "propose" if heads["absorbed"] or heads["transferred"] else "score"


def may(account: Account, state: Standing) -> dict[str, bool]:
    """Which buttons the account gets: {step: whether}."""
    programme, batch = state.programme, state.batch
    proposes = account.has_perm(PROPOSE) and account.role in programme.proposing_roles
    confirms = account.has_perm(CONFIRM) and account.role in programme.confirmers(state.today)
    is_own = bool(batch and batch.proposed_by == account.pk)
    return {
        "propose": proposes and batch is None,
        "confirm": bool(confirms and batch and not batch.confirmed_at and not is_own),
        "is_own": is_own,
        "send_back": bool(batch and (confirms or (is_own and not batch.confirmed_at))),
        "carry_out": account.has_perm(CARRY_OUT) and state.step == "carry_out",
        "revert": account.has_perm(CARRY_OUT) and state.can_be_taken_back,
    }
