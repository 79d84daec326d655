"""Sizes of many people written at once; what a scale does not have is refused by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import connection
from django.utils.translation import gettext_lazy as _

from organization.models import Account
from organization.refusal import StrOrPromise, fill
from personnel.kit.issuing import ELSEWHERE, NOT_OF_SCALE
from personnel.kit.terms import SIZES, check, check_people, lock_files
from personnel.models import KitScale, KitSize, Member

NO_SIZE = _("no size was given")
STANDS = _("size %(size)s was recorded meanwhile and stands; a pasted list changes it")
WRITE = """
INSERT INTO personnel_kitsize (member_id, unit_id, scale_id, size)
SELECT t.member, m.unit_id, %(scale)s, t.size
FROM unnest(%(members)s::bigint[], %(sizes)s::varchar[]) AS t (member, size) JOIN personnel_member m ON m.id = t.member
ORDER BY t.member
ON CONFLICT (member_id, scale_id) DO UPDATE SET size = EXCLUDED.size WHERE personnel_kitsize.size <> EXCLUDED.size
"""


@dataclass
class Entered:
    """How many sizes are new or changed, [(name, before, after)] of the changed, [(name, why)] of those not written."""

    written: int = 0
    changed: list[tuple[str, str, str]] = field(default_factory=list)
    refused: list[tuple[str, StrOrPromise]] = field(default_factory=list)


def enter(scale: KitScale, sizes: Mapping[int, str], account: Account, *, is_first: bool = False) -> Entered:
    """Write the sizes of people in a scale, in the caller's transaction: {member: size}. Raises KitRefused.

    `is_first` is said of sizes that were chosen where none stood: one that came meanwhile is not written over.
    """
    check(account, SIZES)
    check_people(sizes)
    lock_files(sizes)
    names = dict(Member.objects.filter(pk__in=sizes, erased_on=None).values_list("pk", "name"))
    standing = dict(KitSize.objects.filter(scale=scale, member__in=sizes).values_list("member", "size"))
    entered, good = Entered(), {}
    for member, size in sizes.items():
        before = standing.get(member, size)
        if member not in names:
            entered.refused.append((str(member), ELSEWHERE))
        elif size not in scale.sizes:
            why = fill(NOT_OF_SCALE, {"item": scale.name, "size": size}) if size else NO_SIZE
            entered.refused.append((names[member], why))
        elif before != size and is_first:
            entered.refused.append((names[member], fill(STANDS, {"size": before})))
        else:
            good[member] = size
            if before != size:
                entered.changed.append((names[member], before, size))
    if good:
        with connection.cursor() as cursor:
            cursor.execute(WRITE, {"scale": scale.pk, "members": list(good), "sizes": list(good.values())})
            entered.written = cursor.rowcount
    return entered
