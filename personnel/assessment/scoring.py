"""Entering scores: who is scored in a cycle, by whom, and the writing of many at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from organization import divisions
from organization.models import Account
from organization.refusal import Refusal, StrOrPromise
from personnel.models import Assessment, AssessmentCycle, Assignment, Examiner, Kinship, Placement

SCORE = "personnel.change_assessment"
SCORES = 7262  # the advisory lock that all who enter scores share: personnel/sql/assessment.sql
Changes = Mapping[int, Mapping[int, int | None]]  # {member: {place of the item: hundredths, None to take one away}}
WHY_NOT: dict[str, StrOrPromise] = {
    "unknown": _("This person does not serve in a force of this assessment, or is not yours to score."),
    "relative": _("You are declared to be related to this person; somebody else scores here."),
    "settled": _("The result of this person is settled; it can be changed by an appeal only."),
}
ENTERING = 7263  # the advisory lock of a cycle: what stands is read and written by one at a time
UPSERT = """
INSERT INTO personnel_assessment AS a (cycle_id, member_id, unit_id, scores, weights, entered_by)
SELECT c.id, t.member, t.unit, t.scores::integer[], c.weights, %(actor)s
FROM unnest(%(members)s::bigint[], %(units)s::bigint[], %(scores)s::text[]) AS t (member, unit, scores)
     JOIN personnel_assessmentcycle c ON c.id = %(cycle)s
ORDER BY t.member
ON CONFLICT (cycle_id, member_id) DO UPDATE SET scores = EXCLUDED.scores, entered_by = EXCLUDED.entered_by
"""


class ScoringRefused(Refusal):
    """Codes: not_examiner, closed, not_open."""


@dataclass
class Entered:
    """How many sheets were written, how many of them lost other scores, and {member: code of WHY_NOT} of those left."""

    written: int = 0
    replaced: int = 0
    refused: dict[int, str] = field(default_factory=dict)


def examiner(cycle: AssessmentCycle, account: Account, today: date) -> Examiner | None:
    running = Q(until=None) | Q(until__gt=today)
    return Examiner.objects.filter(running, cycle=cycle, account=account.pk).first()


def check_open(cycle: AssessmentCycle, account: Account, today: date) -> Examiner:
    """The examiner that the account is. Raises ScoringRefused when nothing is scored, or not by this account."""
    if cycle.closed_on:
        raise ScoringRefused("closed", _("The results of this assessment are closed."))
    if not cycle.starts_on <= today < cycle.ends_on:
        raise ScoringRefused("not_open", _("Scores are entered from the first to the last day of the assessment."))
    found = examiner(cycle, account, today) if account.has_perm(SCORE) else None
    if found is None:
        raise ScoringRefused("not_examiner", _("Only examiners of this assessment enter scores."))
    return found


def services(cycle: AssessmentCycle, today: date):
    """The service by which somebody is scored in the cycle: one a person, the larger of two. Who has left is not."""
    found = Assignment.objects.on(cycle.day_on(today)).filter(force__in=cycle.forces)
    largest = found.order_by("member_id", "-share", "-started_on", "id").distinct("member_id").values("pk")
    return Assignment.objects.filter(pk__in=largest)


def services_of(cycle: AssessmentCycle, who: Examiner, today: date):
    """Those of them that this examiner scores."""
    low, high = divisions.span(who.unit_id)
    return services(cycle, today).filter(unit__gte=low, unit__lte=high)


def relatives(account: int):
    """Members whom this account may not score."""
    return Kinship.objects.filter(account=account, withdrawn_on=None).values_list("member", flat=True)


def settled(cycle: AssessmentCycle):
    """Members whose result is part of a proposal."""
    return Placement.objects.filter(programme__cycle=cycle, batch__isnull=False).values_list("member", flat=True)


def unscored(found, cycle: AssessmentCycle):
    """Services of people who lack a score on at least one item."""
    complete = Assessment.objects.complete().filter(cycle=cycle, member=OuterRef("member"))
    return found.filter(~Exists(complete))


def as_they_stand(cycle: AssessmentCycle, members: Collection[int]) -> dict[int, list[int | None]]:
    """{member: hundredths by item} of those with a sheet; until the commit nobody else enters scores in the cycle."""
    one_at_a_time(cycle)
    return dict(Assessment.objects.filter(cycle=cycle, member__in=members).values_list("member", "scores"))


def one_at_a_time(cycle: AssessmentCycle) -> None:
    """A sheet that is not there yet cannot be locked, and two who make it would each drop the other's scores."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ENTERING, cycle.pk])


def enter(cycle: AssessmentCycle, account: Account, changes: Changes, today: date) -> Entered:
    """Write changed scores in the caller's transaction, a handful of statements for any number. Raises ScoringRefused.

    What is not named of a sheet stays as it is. Whoever may not be scored is left out and told of.
    """
    who = check_open(cycle, account, today)
    one_at_a_time(cycle)
    units = dict(services_of(cycle, who, today).filter(member__in=list(changes)).values_list("member", "unit"))
    kin, fixed = set(relatives(account.pk)), set(settled(cycle).filter(member__in=list(changes)))
    answer = Entered()
    for member in changes:
        if member not in units:
            answer.refused[member] = "unknown"
        elif member in kin:
            answer.refused[member] = "relative"
        elif member in fixed:
            answer.refused[member] = "settled"
    _write(
        cycle, account, {member: units[member] for member in changes if member not in answer.refused}, changes, answer
    )
    return answer


def _write(cycle, account, units: Mapping[int, int], changes: Changes, answer: Entered) -> None:
    known = Assessment.objects.select_for_update(of=("self",)).filter(cycle=cycle, member__in=list(units))
    sheets = {sheet.member_id: sheet for sheet in known.order_by("member_id")}
    members, places, scores = [], [], []
    for member, unit in sorted(units.items()):
        sheet = sheets.get(member)
        before = list(sheet.scores) if sheet else [None] * len(cycle.items)
        after = [changes[member].get(place, score) for place, score in enumerate(before)]
        if after != before:
            answer.replaced += any(was is not None and now != was for was, now in zip(before, after, strict=True))
            members.append(member)
            places.append(sheet.unit_id if sheet else unit)
            scores.append("{" + ",".join("NULL" if score is None else str(score) for score in after) + "}")
    if members:
        given = {"cycle": cycle.pk, "actor": account.pk, "members": members, "units": places, "scores": scores}
        with connection.cursor() as cursor:
            cursor.execute(UPSERT, given)
    answer.written = len(members)
