"""Posts at the teams and who holds them; squads in need of attention. Source: requirements 34 to 38, I6."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from django.db.models import Count, Exists, OuterRef, Q

from organization.belonging import Reach
from organization.figures import rate, teams_of
from organization.models import Post
from personnel import vacancies
from personnel.models import Appointment, Assignment, Force

# The squads are those of joint defence: 257 of them with 5,131 members. Guards belong to their employers.
SQUAD_FORCE = Force.JOINT_DEFENCE
FEW = 3


class Posts(TypedDict):
    """Numbers of posts; the share that is held is a fraction."""

    total: int
    filled: int
    vacant: int
    chiefs: int
    chiefs_filled: int
    filled_rate: float


def posts(day: date, within: Reach) -> Posts:
    """Posts at the teams of that day, those held, chief posts and those held; the share held is a fraction."""
    held = Exists(Appointment.objects.on(day).filter(post=OuterRef("pk")))
    counts = (
        _posts(day, within)
        .annotate(held=held)
        .aggregate(
            total=Count("pk"),
            filled=Count("pk", filter=Q(held=True)),
            chiefs=Count("pk", filter=Q(title=Post.Title.CHIEF)),
            chiefs_filled=Count("pk", filter=Q(title=Post.Title.CHIEF, held=True)),
        )
    )
    return {
        "total": counts["total"],
        "filled": counts["filled"],
        "vacant": counts["total"] - counts["filled"],
        "chiefs": counts["chiefs"],
        "chiefs_filled": counts["chiefs_filled"],
        "filled_rate": rate(counts["filled"], counts["total"]),
    }


def vacant_posts(day: date, within: Reach):
    """The posts that `posts` counts as vacant."""
    return vacancies.vacant(_posts(day, within), day)


def held_posts(day: date, within: Reach):
    """The posts that `posts` counts as filled."""
    return vacancies.held(_posts(day, within), day)


def posts_of_leavers(day: date, within: Reach):
    """Posts held by somebody who left the unit: whoever appoints has to end it or say who follows."""
    return vacancies.held_by_leavers(_posts(day, within), day)


def _posts(day, within):
    return Post.objects.on(day).filter(within.q())


@dataclass(frozen=True)
class Squad:
    """The squad of a village: how many serve in it, and whether anybody leads it."""

    unit: int
    name: str
    members: int
    is_led: bool

    @property
    def is_empty(self):
        return not self.members

    @property
    def is_small(self):
        return 0 < self.members < FEW

    @property
    def is_leaderless(self):
        return not self.is_led

    @property
    def is_at_risk(self):
        return self.members < FEW or not self.is_led


def squads_at_risk(day: date, within: Reach) -> list[Squad]:
    """Squads with fewer than three members or with no post held, in order of code."""
    held = Appointment.objects.on(day).filter(post__in=Post.objects.on(day))
    led = teams_of("village", day, within).annotate(is_led=Exists(held.filter(post__team=OuterRef("pk"))))
    serving = Assignment.objects.on(day).filter(within.q(), force=SQUAD_FORCE).values_list("unit_id")
    # Who serves full time is one service; telling people apart is left to the others, which are few.
    members = Counter(dict(serving.filter(share=100).annotate(Count("pk"))))
    members.update(dict(serving.filter(share__lt=100).annotate(Count("member", distinct=True))))
    found = (
        Squad(unit, name, members[unit], is_led)
        for unit, name, is_led in led.values_list("unit_id", "unit__name", "is_led")
    )
    return [squad for squad in found if squad.is_at_risk]
