"""What one person holds, lacks and takes, for the page of the file."""

from datetime import date

from organization.models import Account
from personnel.kit.terms import ISSUE, SIZES
from personnel.models import Assignment, KitIssue, KitSetEntry, KitSize, Member


def kit_of_member(member: Member, account: Account, day: date) -> dict:
    """Four questions: kit held and given up, what is mandatory and missing, sizes."""
    issues = list(KitIssue.objects.filter(member=member).select_related("item__scheme").order_by("item_id", "id"))
    forces = Assignment.objects.on(day).filter(member=member).values("force")
    lacked = KitSetEntry.objects.lacked_by(member.pk, day).filter(force__in=forces)
    return {
        "held": [one for one in issues if one.returned_on is None or one.returned_on > day],
        "past": [one for one in issues if one.returned_on is not None and one.returned_on <= day],
        "lacks": list(dict.fromkeys(str(entry.item) for entry in lacked.select_related("item__scheme"))),
        "sizes": list(KitSize.objects.filter(member=member).select_related("scale").order_by("scale_id")),
        "may_add": account.has_perm(ISSUE),
        "may_size": account.has_perm(SIZES),
    }
