"""Sizes of many people written at once; what a scale does not have is refused by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import connection
from django.utils.translation import gettext_lazy as _

from organization.models import Account
from organization.refusal import StrOrPromise, fill
from personnel.kit.issuing import ELSEWHERE, NOT_OF_SCALE
from personnel.kit.terms import SIZES, check, check_people, lock_files
from personnel.models import KitScale, Member

NO_SIZE = _("no size was given")
WRITE = """
INSERT INTO personnel_kitsize (member_id, unit_id, scale_id, size)
SELECT t.member, m.unit_id, %(scale)s, t.size
FROM unnest(%(members)s::bigint[], %(sizes)s::varchar[]) AS t (member, size) JOIN personnel_member m ON m.id = t.member
ORDER BY t.member
ON CONFLICT (member_id, scale_id) DO UPDATE SET size = EXCLUDED.size WHERE personnel_kitsize.size <> EXCLUDED.size
"""


@dataclass
class Entered:
    """How many sizes are new or changed, and [(name, why)] of what was not written."""

    written: int = 0
    refused: list[tuple[str, StrOrPromise]] = field(default_factory=list)


def enter(scale: KitScale, sizes: Mapping[int, str], account: Account) -> Entered:
    """Write the sizes of people in a scale, in the caller's transaction: {member: size}. Raises KitRefused."""
    check(account, SIZES)
    check_people(sizes)
    lock_files(sizes)
    names = dict(Member.objects.filter(pk__in=sizes, erased_on=None).values_list("pk", "name"))
    entered, good = Entered(), {}
    for member, size in sizes.items():
        if member not in names:
            entered.refused.append((str(member), ELSEWHERE))
        elif size in scale.sizes:
            good[member] = size
        else:
            why = fill(NOT_OF_SCALE, {"item": scale.name, "size": size}) if size else NO_SIZE
            entered.refused.append((names[member], why))
    if good:
        with connection.cursor() as cursor:
            cursor.execute(WRITE, {"scale": scale.pk, "members": list(good), "sizes": list(good.values())})
            entered.written = cursor.rowcount
    return entered
