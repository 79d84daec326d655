"""Lists of codes, typed by a scanner or pasted: a line a person, by document number or service number."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_lazy as _

from organization.keyring import sealer
from organization.refusal import StrOrPromise
from personnel import identity
from personnel.kit.terms import MOST, KitRefused
from personnel.models import Assignment, FormerNumber, Member

UNKNOWN = _("nobody in your register has this number")
SEVERAL = _("several people have this service number; use the document number")
TWICE = _("is in the list above already")
_BETWEEN = re.compile(r"[\s,，;；|]+")


@dataclass(frozen=True)
class Line:
    """A line: its place in the list, the code, and a size where one follows it."""

    number: int
    code: str
    size: str = ""

    @property
    def shown(self) -> str:
        """What may stand on a page: a document number is masked."""
        return identity.mask(self.code) if len(self.code) >= 15 else self.code


@dataclass
class Listed:
    """Whom a list names: {member: size or ""} in its order, and [(line, why)] of what it does not."""

    people: dict[int, str] = field(default_factory=dict)
    refused: list[tuple[Line, StrOrPromise]] = field(default_factory=list)


def lines(text: str) -> list[Line]:
    """The lines of a list. KitRefused when there are too many."""
    found = []
    for number, row in enumerate(text.splitlines(), 1):
        code, *rest = [part for part in _BETWEEN.split(row.strip()) if part] or [""]
        if code:
            found.append(Line(number, identity.normalise(code) or code, rest[0] if rest else ""))
    if len(found) > MOST:
        raise KitRefused("too_many", _("At most %(most)d people at once; please narrow the list."), most=MOST)
    return found


def read(text: str, day: date) -> Listed:
    """Whom the lines name, in three questions however many there are. `day` is when service numbers count."""
    given = lines(text)
    known = _by_number(line.code for line in given) | _by_badge((line.code for line in given), day)
    listed = Listed()
    for line in given:
        members = known.get(line.code, set())
        if len(members) != 1:
            listed.refused.append((line, SEVERAL if members else UNKNOWN))
            continue
        (member,) = members
        if member in listed.people:
            listed.refused.append((line, TWICE))
        else:
            listed.people[member] = line.size
    return listed


def _by_number(codes: Iterable[str]) -> dict[str, set[int]]:
    """By document number, also by one that was corrected since."""
    digests = {sealer().digest(_whole(code), purpose="id"): code for code in codes if len(code) >= 5}
    found: dict[str, set[int]] = {}
    former = FormerNumber.objects.standing().filter(number_digest__in=list(digests))
    for digest, member in former.values_list("number_digest", "member").order_by("id"):
        found[digests[bytes(digest)]] = {member}
    for digest, member in Member.objects.filter(id_digest__in=list(digests)).values_list("id_digest", "pk"):
        found[digests[bytes(digest)]] = {member}
    return found


def _by_badge(codes: Iterable[str], day: date) -> dict[str, set[int]]:
    """By the service number of a service that runs."""
    wanted = {code for code in codes if 0 < len(code) <= 20}
    found: dict[str, set[int]] = {}
    running = Assignment.objects.on(day).filter(badge__in=wanted)
    for badge, member in running.values_list("badge", "member").order_by("id"):
        found.setdefault(badge, set()).add(member)
    return found


def _whole(code: str) -> str:
    """An old number of 15 digits is that of 18."""
    try:
        return identity.upgrade15(code) if len(code) == 15 else code
    except identity.IdNumberError:
        return code
