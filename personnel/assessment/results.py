"""Results of a cycle: how far the scoring is, ratings and their shares, and the closing that freezes them."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from organization.models import Account
from organization.refusal import Refusal
from personnel.assessment.scores import shown_total
from personnel.assessment.scoring import SCORES, services, unscored
from personnel.models import Assessment, AssessmentCycle, Member, Placement


class NotClosed(Refusal):
    """Codes: closed_already, scored_by_relatives, nothing_scored."""


@dataclass(frozen=True)
class Standing:
    """Heads of a cycle: who is to be scored and serves, and the sheets there are.

    `ratings` are those of complete sheets. `too_many_excellent` says the cap is passed.
    """

    people: int
    missing: int
    complete: int
    begun: int
    ratings: dict[str, int]
    by_relatives: int
    most_excellent: int

    @property
    def too_many_excellent(self) -> bool:
        return self.ratings["excellent"] > self.most_excellent


def standing(cycle: AssessmentCycle, today: date) -> Standing:
    """As far as the asker sees; the cap is of those who have a complete result."""
    low, middle, high = (cut * 100 for cut in (cycle.basic_from, cycle.qualified_from, cycle.excellent_from))
    sheets = Assessment.objects.filter(cycle=cycle)
    heads = sheets.aggregate(
        all=Count("pk"),
        complete=Count("pk", filter=Q(total__isnull=False)),
        excellent=Count("pk", filter=Q(total__gte=high)),
        qualified=Count("pk", filter=Q(total__gte=middle, total__lt=high)),
        basic=Count("pk", filter=Q(total__gte=low, total__lt=middle)),
        unqualified=Count("pk", filter=Q(total__lt=low)),
    )
    to_be_scored = services(cycle, today)
    ratings = {rating: heads[rating] for rating in AssessmentCycle.Rating.values}
    return Standing(
        people=to_be_scored.count(),
        missing=unscored(to_be_scored, cycle).count(),
        complete=heads["complete"],
        begun=heads["all"] - heads["complete"],
        ratings=ratings,
        by_relatives=sheets.scored_by_relatives().count(),
        most_excellent=heads["complete"] * cycle.excellent_share // 100,
    )


@dataclass(frozen=True)
class Result:
    """A person's result as the file shows it, and where a merger placed the person by it ("" where none did)."""

    sheet: Assessment
    points: str
    rating: str
    outcome: str


def of_member(member: Member) -> list[Result]:
    """The results of a person in the reader's units, newest first: two queries."""
    placed = {
        placement.programme.cycle_id: placement.get_outcome_display()
        for placement in Placement.objects.filter(member=member).select_related("programme")
    }
    sheets = Assessment.objects.filter(member=member).select_related("cycle").order_by("-cycle__starts_on", "-pk")
    return [
        Result(
            sheet,
            shown_total(sheet.total),
            str(rating.label) if (rating := sheet.cycle.rating(sheet.total)) else "",
            str(placed.get(sheet.cycle_id, "")),
        )
        for sheet in sheets
    ]


def to_be_closed(unit: int, today: date):
    """Cycles of an office whose days are over and whose results are not frozen yet."""
    return AssessmentCycle.objects.filter(unit=unit, closed_on=None, ends_on__lte=today).order_by("ends_on", "pk")


def close(cycle: AssessmentCycle, account: Account, today: date) -> AssessmentCycle:
    """Freeze the results in the caller's transaction; appeals may come in from this day on. Raises NotClosed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [SCORES, cycle.pk])
    cycle = AssessmentCycle.objects.select_for_update(of=("self",)).get(pk=cycle.pk)
    if cycle.closed_on:
        raise NotClosed("closed_already", _("The results were closed already."))
    sheets = Assessment.objects.filter(cycle=cycle)
    if not sheets.complete().exists():
        raise NotClosed("nothing_scored", _("Nobody has a complete result yet."))
    if names := list(sheets.scored_by_relatives().values_list("member__name", flat=True)[:10]):
        message = _("Scored by somebody who is declared to be related; somebody else has to score: %(names)s.")
        raise NotClosed("scored_by_relatives", message, names="、".join(names))
    cycle.closed_on, cycle.closed_by = today, account.pk
    cycle.save(update_fields=["closed_on", "closed_by"])
    return cycle
