"""Who holds the posts of the teams on a day, and which are vacant."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from organization.models import Post, Unit
from organization.models.unit import SpanHigh
from personnel.models import Appointment, Assignment, Card

ELSEWHERE = _("a member of another unit")


@dataclass(frozen=True)
class Holder:
    """An appointment as a list shows it; `name` is empty where the member's card lies outside the reader's unit."""

    appointment: int
    name: str
    office: str
    is_member: bool
    since: date
    until: date | None


def vacant(posts, day: date):
    """Posts, of those given, that nobody holds on that day."""
    return posts.exclude(Exists(Appointment.objects.on(day).filter(post=OuterRef("pk"))))


def held(posts, day: date):
    """Posts, of those given, that somebody holds on that day."""
    return posts.filter(Exists(Appointment.objects.on(day).filter(post=OuterRef("pk"))))


def held_by_leavers(posts, day: date):
    """Posts, of those given, whose holder once served in the unit of the post or below it, and does so no more."""
    there = Assignment.objects.filter(
        member=OuterRef("member"), unit__gte=OuterRef("unit"), unit__lte=SpanHigh(OuterRef("unit"))
    )
    gone = Appointment.objects.on(day).filter(Exists(there), ~Exists(there.on(day)), post=OuterRef("pk"))
    return posts.filter(Exists(gone))


def held_from(posts, day: date) -> bool:
    """Is any of the posts held on that day or later?"""
    later = Q(ended_on=None) | Q(ended_on__gt=day)
    return Appointment.objects.filter(later, post__in=posts).exists()


def holders(posts: Iterable[int], day: date) -> dict[int, Holder]:
    """{post: Holder on that day}, in two queries; vacant posts are left out."""
    rows = list(Appointment.objects.on(day).filter(post__in=list(posts)))
    return dict(zip((row.post_id for row in rows), described(rows), strict=True))


def described(appointments: Iterable[Appointment]) -> list[Holder]:
    """The appointments with the names of their holders. Names come from cards: the file may have moved away since."""
    rows = list(appointments)
    people = {row.member_id for row in rows if row.member_id}
    names: dict[int | None, str] = (
        dict(Card.objects.filter(member__in=people).values_list("member_id", "name")) if people else {}
    )
    return [
        Holder(
            row.pk,
            row.official or names.get(row.member_id, ""),
            row.office,
            row.member_id is not None,
            row.started_on,
            row.ended_on,
        )
        for row in rows
    ]


def vacant_chiefs_by_unit(codes, day: date) -> dict[int, int]:
    """{code: chief posts in the unit and below it that nobody holds on that day}."""
    posts = vacant(Post.objects.on(day).chiefs(), day)
    inside = posts.filter(unit_id__gte=OuterRef("code"), unit_id__lte=SpanHigh(OuterRef("code")))
    total = inside.order_by().annotate(all=Value(1)).values("all").annotate(posts=Count("pk")).values("posts")
    counted = Unit.objects.filter(code__in=codes).annotate(
        posts_vacant=Coalesce(Subquery(total, output_field=IntegerField()), 0)
    )
    return dict(counted.order_by().values_list("code", "posts_vacant"))
