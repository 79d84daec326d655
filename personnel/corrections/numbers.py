"""A mistyped document number is corrected; the old one goes on leading to the person."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization.keyring import sealer
from organization.models import Account
from organization.refusal import Refusal, fill
from personnel import identity, lookup
from personnel.models import FormerNumber, Member

ADULT = 18
MANY = 1000  # people of a roster


class NotCorrectable(Refusal):
    """Codes: same_number, registered_here, registered_elsewhere, used_up, under_age, and those of IdNumberError."""


@dataclass(frozen=True)
class Correction:
    """A number as it will stand, and what it says of sex and birth date (as in the file where it says nothing)."""

    document: str
    number: str
    sex: str
    birth_date: date

    def contradicts(self, member: Member) -> bool:
        """Whether sex or birth date of the file become other ones."""
        return (self.sex, self.birth_date) != (member.sex, member.birth_date)


def judged(member: Member, document: str, text: str, today: date) -> Correction:
    """What the typed number would make of the file; nothing is asked of other units and nothing written.

    Raises NotCorrectable or IdNumberError.
    """
    number = identity.check_document(document, text, today)
    sex, born = member.sex, member.birth_date
    if len(number) == 18 and document != "passport":
        told = identity.parse(number, today)
        sex, born = told.sex, told.birth_date
    if (document, number) == (member.document, member.id_number):
        raise NotCorrectable("same_number", _("This is the number on record already."))
    other = lookup.bearer(number)
    if other and other.pk != member.pk:
        message = _("This number is registered for %(name)s; if both files are of one person, merge them.")
        raise NotCorrectable("registered_here", message, name=other.name, member=other.pk)
    _refuse_children(member, born)
    return Correction(document, number, sex, born)


def _refuse_children(member: Member, born: date) -> None:
    first = member.assignments.order_by("started_on").values_list("started_on", flat=True).first()
    if first and identity.age_on(born, first) < ADULT:
        message = _("Born on %(born)s, the person was under 18 when the service of %(day)s began; please check both.")
        raise NotCorrectable("under_age", message, born=born, day=first)


def correct(member: Member, correction: Correction, reason: str, account: Account) -> None:
    """Write it in the caller's transaction, in which the member is locked. Raises NotCorrectable.

    Whether another unit has the number is asked here, last: so that each miss leaves a corrected file and a trail.
    """
    elsewhere = lookup.is_elsewhere(correction.number, quietly=True)
    if elsewhere is not False:
        code, message = ("used_up", lookup.USED_UP) if elsewhere is None else ("registered_elsewhere", lookup.ELSEWHERE)
        raise NotCorrectable(code, message)
    with transaction.atomic():  # a refusal by the database does not undo the record of the question
        _write(member, correction, reason, account)


def _write(member: Member, correction: Correction, reason: str, account: Account) -> None:
    digest = sealer().digest(correction.number, purpose="id")
    now = timezone.now()
    FormerNumber.objects.standing().filter(member=member, number_digest=digest).update(dropped_at=now)
    if correction.number != member.id_number:
        FormerNumber.objects.create(
            member=member, unit_id=member.unit_id, number=member.id_number, reason=reason, corrected_at=now,
            corrected_by=account.name,
        )  # fmt: skip
    member.document, member.id_number = correction.document, correction.number
    member.sex, member.birth_date = correction.sex, correction.birth_date
    member.save(update_fields=["document", "id_number", "id_digest", "id_mask", "sex", "birth_date"])


# --- finding by an old number -----------------------------------------------------------------------------------------


def former_bearers(number: str) -> list[FormerNumber]:
    """Who of the own register was registered with this normalised number before; at most ten, latest first."""
    digest = sealer().digest(number, purpose="id")
    return list(FormerNumber.objects.standing().filter(number_digest=digest).select_related("member")[:10])


def namesake_before(number: str, name: str) -> FormerNumber | None:
    """The former number of somebody of this very name: entering them again would make a second file."""
    return next((former for former in former_bearers(number) if former.member.name == name), None)


def notice(former: FormerNumber):
    """What a search by the old number is told."""
    told = {"name": former.member.name, "day": timezone.localtime(former.corrected_at).date()}
    if former.merge_id:
        return fill(_("This is the number of a file that was merged into that of %(name)s on %(day)s."), told)
    return fill(_("The number of %(name)s was corrected on %(day)s; this is the old one."), told)


def followed(people: Mapping[bytes, tuple[str, date | None]]) -> dict[bytes, tuple[bytes, datetime]]:
    """{old digest: (digest on record, corrected at)} of people of a roster that still carries their old number.

    Only where the name is the member's and nobody bears the number now: it may be the right number of somebody else.
    """
    asked: Collection[bytes] = people
    if len(people) > MANY:  # corrections are few: to look at all of them is less work than to send that many numbers
        former = FormerNumber.objects.standing().values_list("number_digest", flat=True)[: len(people)]
        met = list(map(bytes, former))
        asked = people.keys() & met if len(met) < len(people) else people
        if not asked:
            return {}
    together = b"".join(asked)  # of 32 bytes each; a parameter for each would take many times as long
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.number_digest, m.name, m.id_digest, f.corrected_at"
            " FROM (SELECT substring(%(digests)s FROM place FOR 32) AS digest"
            " FROM generate_series(1, %(size)s, 32) AS place) AS asked"
            " JOIN personnel_formernumber f ON f.number_digest = asked.digest AND f.dropped_at IS NULL"
            " JOIN personnel_member m ON m.id = f.member_id"
            " WHERE NOT EXISTS (SELECT FROM personnel_member o WHERE o.id_digest = f.number_digest) ORDER BY f.id",
            {"digests": together, "size": len(together)},
        )
        return {
            bytes(old): (bytes(digest), at)
            for old, name, digest, at in cursor.fetchall()
            if name == people[bytes(old)][0]
        }
