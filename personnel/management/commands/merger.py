"""`manage.py merger STEP PROGRAMME --as USER`: the steps of a merger, as one line of JSON."""

from datetime import date

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from organization.models import Account
from organization.refused_by_database import sentence
from organization.scope import as_account
from organization.scripted import PROBLEMS, CommandRefused, ScriptedCommand
from personnel.assessment import scores
from personnel.merger import carrying_out, proposing, reverting
from personnel.merger.candidates import shown_mark, simulate
from personnel.merger.kit_load import kit_load
from personnel.merger.terms import MergerRefused
from personnel.models import PlacementBatch, Programme

NEEDED = "personnel.view_programme"
MOST_MARKS = 100


class Command(ScriptedCommand):
    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.description = _("Simulate, propose, confirm, carry out or take back a merger of forces.")
        parser.add_argument("step", choices=list(STEPS))
        parser.add_argument("programme", help=_("number or name of the programme"))
        parser.add_argument(
            "--pass-mark", dest="marks", nargs="+", action="extend", default=[], help=_("pass marks in points")
        )
        parser.add_argument("--reason", help=_("reason for those who do not pass"))

    def answer(self, *, username, step, programme, marks, reason, **options):
        account = self.account(username, NEEDED, _("This account's role takes no part in mergers."))
        given = self.marks(marks)
        try:
            with as_account(account, origin=f"merger {step}"):
                return STEPS[step](self.programme(programme), account, given, reason)
        except MergerRefused as refusal:
            if not refusal.people:
                raise
            table = {"error": {"code": refusal.code, "message": str(refusal)}, "refused": refusal.people}
            return table, PROBLEMS
        except DatabaseError as error:
            if (message := sentence(error)) is None:
                raise
            raise CommandRefused("not_saved", message) from None

    @staticmethod
    def programme(text: str) -> Programme:
        """By number or by name. Raises CommandRefused: programme_not_found."""
        known = Programme.objects.select_related("cycle")
        found = known.filter(name=text).order_by("-merged_on", "-pk").first()
        if found is None and text.isascii() and text.isdecimal() and len(text) < 19:
            found = known.filter(pk=int(text)).first()
        if found is None:
            raise CommandRefused("programme_not_found", _("There is no such programme."))
        return found

    @staticmethod
    def marks(texts: list[str]) -> list[int]:
        """Hundredths of a point. Raises ScoreRefused, or CommandRefused: too_many_marks."""
        found = [mark for text in texts for part in text.split(",") if (mark := scores.parse(part)) is not None]
        if len(found) > MOST_MARKS:
            raise CommandRefused("too_many_marks", _("At most %(n)d at a time.") % {"n": MOST_MARKS})
        return found


def simulated(programme: Programme, account: Account, marks: list[int], reason: str | None) -> tuple[dict, int]:
    asked, today = marks or [programme.pass_mark], timezone.localdate()
    return simulate(programme, asked, today) | {"kit": loads(programme, asked, today)}, 0


def loads(programme: Programme, marks: list[int], today: date) -> list[dict]:
    """[{"item", "size", "pieces"}] of the kit that it would take: `pieces` for each mark in order; the size is null
    where nobody wrote it down, and "" of what has none."""
    return [
        {"item": str(load.item), "size": None if load.is_unknown else load.size, "pieces": load.pieces}
        for load in kit_load(programme, marks, today)
    ]


def proposed(programme: Programme, account: Account, marks: list[int], reason: str | None) -> tuple[dict, int]:
    if len(marks) > 1:
        raise CommandRefused("several_marks", _("A proposal has one pass mark."))
    with transaction.atomic():
        batch = proposing.propose(programme, account, timezone.localdate(), marks[0] if marks else None)
    return described(batch), 0


def confirmed(programme: Programme, account: Account, marks: list[int], reason: str | None) -> tuple[dict, int]:
    said = reason if reason is not None else _("The result of the assessment lies below the pass mark.")
    with transaction.atomic():
        batch = proposing.confirm(programme, account, timezone.localdate(), said)
    return described(batch) | {"appeals_until": str(batch.appeals_until)}, 0


def carried_out(programme: Programme, account: Account, marks: list[int], reason: str | None) -> tuple[dict, int]:
    with transaction.atomic():
        done = carrying_out.carry_out(programme, account, timezone.localdate())
    return described(done.batch) | {"refused": done.refused}, PROBLEMS if done.refused else 0


def reverted(programme: Programme, account: Account, marks: list[int], reason: str | None) -> tuple[dict, int]:
    with transaction.atomic():
        batch = reverting.revert(programme, account)
    return described(batch), 0


def described(batch: PlacementBatch) -> dict:
    """As scripts are told: what the batch decides for all candidates, and how far it is."""
    counts = vars(proposing.decided(batch))
    steps = ("confirmed", "carried_out", "reverted")
    told = {"programme": batch.programme_id, "batch": batch.pk, "mark": shown_mark(batch.mark), **counts}
    return told | {step: getattr(batch, f"{step}_at") is not None for step in steps}


STEPS = {
    "simulate": simulated,
    "propose": proposed,
    "confirm": confirmed,
    "carry-out": carried_out,
    "revert": reverted,
}
