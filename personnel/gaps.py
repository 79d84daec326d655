"""What files and services of a unit lack, as far as somebody can do something about it.

Each function takes a day, a reach of units and the forces whose files the reader writes; it returns the rows it counts.
"""

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q
from django.db.models.functions import Length

from organization.belonging import Reach
from personnel import ages
from personnel.confirmation import progress
from personnel.entries.conditions import joined_unapproved
from personnel.models import Assignment, Member
from personnel.realname import levels


def conditions(day: date) -> dict[str, Q]:
    """{slug: condition on the file of somebody who serves} of everything a file may lack on that day."""
    unseen = ~Q(levels.is_seen(day))
    found = {
        "without-phone": Q(phone_digest=None),
        "without-education": Q(education=None),
        "number-unchecked": ~levels.is_checked() & unseen,
        "document-unseen": unseen,
        "not-serving": Q(progress.is_unsettled(day)),
        "over-age": Q(ages.joined_over_age(day)),
        "serving-over-age": ages.serving_over_age(day),
        "joined-unapproved": Q(joined_unapproved(day)),
    }
    return found | {"without-photo": ~Q(levels.has_photo())}


def files(slug: str, day: date, within: Reach, forces: Sequence[str]):
    """Files of people serving on that day that lack that; none where it is not kept at all."""
    condition = conditions(day).get(slug)
    return _serving(day, within, forces).filter(condition if condition is not None else Q(pk=None))


def file_counts(day: date, within: Reach, forces: Sequence[str], slugs: Collection[str]) -> dict[str, int]:
    """How many `files` there are of each of those slugs of `conditions`, in one query."""
    told = {slug.replace("-", "_"): condition for slug, condition in conditions(day).items() if slug in slugs}
    serving = _serving(day, within, forces).order_by()
    marked = serving.values("pk").annotate(
        **{f"lacks_{name}": ExpressionWrapper(condition, BooleanField()) for name, condition in told.items()}
    )
    counts = marked.aggregate(**{name: Count("pk", filter=Q(**{f"lacks_{name}": True})) for name in told})
    return {name.replace("_", "-"): count for name, count in counts.items()}


def without_service(day: date, within: Reach, forces: Sequence[str]):
    """Files of people who never served anywhere; those who left are no gap."""
    return Member.objects.filter(within.q()).exclude(Exists(_services_of_member()))


def _serving(day, within, forces):
    ours = _services_of_member().on(day).filter(force__in=forces)
    marked = Member.objects.alias(mask_length=Length("id_mask"))
    return marked.filter(within.q()).filter(Exists(ours))


def _services_of_member():
    return Assignment.objects.filter(member=OuterRef("pk"))
