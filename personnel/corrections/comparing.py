"""Two files of one person side by side: which value stays, which services move, and what stands in the way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from django.db.models import Field
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from organization import rights
from organization.models import Account
from organization.refusal import StrOrPromise, fill
from organization.scope import current
from personnel.corrections import withdrawal
from personnel.models import Assignment, Certificate, DisciplineCase, Member

# What one file may take from the other. Number, name, sex, birth date and unit are those of the file that stays.
FIELDS = (
    "former_name", "phone", "education", "political", "address", "ethnicity", "marital", "military", "occupation",
    "household", "graduate_school", "major", "native_place", "household_address", "specialty", "remark",
)  # fmt: skip
# Tables of which rows move to the file that stays; what does not move is kept with the absorbed file.
MOVING = frozenset(
    {
        "personnel_assignment", "personnel_emergencycontact", "personnel_healthrecord", "personnel_bankaccount",
        "personnel_formernumber", "personnel_appointment", "personnel_photo", "personnel_noticegiven",
        "personnel_correctionrequest", "personnel_erasurehold", "personnel_contract", "personnel_kitsize",
        "personnel_kitrecipient", "personnel_kitissue",
        # These go by themselves: certificates and cases with the service they speak of, open questions by trigger.
        "personnel_certificate", "personnel_transferconsent", "personnel_disciplinecase",
    }
)  # fmt: skip
# Documents seen stay with the absorbed file: they prove its number, not the other one. Lines of signed lists name the
# file that was signed for, and stay as they were signed. So does a contract that would run beside one of the file that
# stays with the same employer. A proposal to erase stands in the way.
CERTIFIED = _(
    "A certificate was issued on a service that would stay behind with the absorbed file. Let that service move, or "
    "let the other file stay."
)
HANDLED = _(
    "A discipline case speaks of a service that would stay behind with the absorbed file. Let that service move, or "
    "let the other file stay."
)
TWICE = _("Both files were issued %(items)s in the same campaign. Take one of the two back first, in the file.")


@dataclass(frozen=True)
class Value:
    """A field of both files. `absorbed_stays` says which value stays unless somebody chooses otherwise."""

    name: str
    label: str
    survivor: str
    absorbed: str
    absorbed_stays: bool

    @property
    def differs(self) -> bool:
        return self.survivor != self.absorbed


@dataclass
class ServiceToMove:
    """A service of the absorbed file; `share_from` is where it fits beside those of the other file.

    Where it does not fit, `conflict` says why, and it stays behind with the absorbed file.
    """

    service: Assignment
    share_from: int = 0
    conflict: StrOrPromise = ""


@dataclass
class Comparison:
    """What a merge would do; `refusals` are sentences, and with any of them it cannot be done."""

    survivor: Member
    absorbed: Member
    values: list[Value]
    services: list[Assignment]
    moving: list[ServiceToMove]
    refusals: list[StrOrPromise] = field(default_factory=list)


def compare(survivor: Member, absorbed: Member, account: Account, *, leaving: Iterable[int] = ()) -> Comparison:
    """Nothing is written. `leaving` are services of the absorbed file that are not to move."""
    leaving = {*leaving}
    services, theirs = ([*_services(member)] for member in (survivor, absorbed))
    comparison = Comparison(
        survivor,
        absorbed,
        [value for name in FIELDS if (value := _value(name, survivor, absorbed))],
        services,
        _fitted(services, theirs, leaving),
    )
    comparison.refusals = [*_refusals(survivor, absorbed, [*services, *theirs], account)]
    staying = [each.service.pk for each in comparison.moving if each.conflict or each.service.pk in leaving]
    if Certificate.objects.filter(service__in=staying).exists():
        comparison.refusals.append(CERTIFIED)
    if DisciplineCase.objects.filter(service__in=staying).exists():  # who sees none is stopped by its foreign key
        comparison.refusals.append(HANDLED)
    if twice := _issued_twice(survivor, absorbed):
        comparison.refusals.append(fill(TWICE, {"items": "、".join(twice)}))
    return comparison


def _issued_twice(survivor: Member, absorbed: Member) -> list[str]:
    """Items that both hold of one campaign: one person gets each once."""
    theirs = {
        (each.campaign_id, each.item_id) for each in absorbed.kit.filter(returned_on=None, campaign__isnull=False)
    }
    held = survivor.kit.filter(returned_on=None).select_related("item__scheme")
    return [str(each.item) for each in held if (each.campaign_id, each.item_id) in theirs]


def _services(member: Member):
    return member.assignments.select_related("unit", "employer").order_by("started_on", "id")


def _value(name: str, survivor: Member, absorbed: Member) -> Value | None:
    ours, theirs = getattr(survivor, name) or "", getattr(absorbed, name) or ""
    if not (ours or theirs):
        return None
    told = cast("Field", Member._meta.get_field(name))
    label = capfirst(str(told.verbose_name))
    return Value(name, label, _shown(told, ours), _shown(told, theirs), absorbed_stays=not ours)


def _shown(told: Field, value: Any) -> str:
    if told.name == "phone" and value and current().duty not in rights.PLAIN_NUMBER_ROLES:
        return value[:3] + "*" * (len(value) - 3)
    return str(dict(told.flatchoices).get(value, value))


def _fitted(ours: Sequence[Assignment], theirs: Sequence[Assignment], leaving: set[int]) -> list[ServiceToMove]:
    """Each service with its place in the hundred, as far as there is one beside those that are there by then."""
    there, found = [*ours], []
    for service in theirs:
        fitted = _fit(service, there)
        found.append(fitted)
        if not fitted.conflict and service.pk not in leaving:
            taken = Assignment(
                pk=service.pk, started_on=service.started_on, ended_on=service.ended_on, share=service.share,
                share_from=fitted.share_from, unit=service.unit, force=service.force,
            )  # fmt: skip
            there.append(taken)
    return found


def _fit(service: Assignment, there: Sequence[Assignment]) -> ServiceToMove:
    beside = [each for each in there if each.share and overlaps(each, service)]
    if not service.share or not beside:
        return ServiceToMove(service, service.share_from)
    # Free stretches begin at zero or where another service ends.
    for start in sorted({0, *(each.share_from + each.share for each in beside)}):
        end = start + service.share
        if end <= Assignment.FULL_TIME and all(
            each.share_from >= end or each.share_from + each.share <= start for each in beside
        ):
            return ServiceToMove(service, start)
    told: Mapping[str, Any] = {
        "unit": beside[0].unit, "force": beside[0].get_force_display(), "from": beside[0].started_on,
        "until": beside[0].ended_on or "",
    }  # fmt: skip
    message = _(
        "It overlaps with the service in %(unit)s (%(force)s, %(from)s – %(until)s) and stays behind with the absorbed "
        "file. If both are true, first correct the days or the share of one of them."
    )
    return ServiceToMove(service, service.share_from, fill(message, told))


def overlaps(one: Assignment, other: Assignment) -> bool:
    """Whether there is a day on which both run."""
    return (one.ended_on or date.max) > other.started_on and (other.ended_on or date.max) > one.started_on


def _refusals(survivor: Member, absorbed: Member, services: Sequence[Assignment], account: Account):
    ours = rights.FORCES_WRITTEN.get(account.role or "", ())
    if not account.has_perm("personnel.change_member") or not all(
        each.is_written_by(ours) for each in (survivor, absorbed)
    ):
        yield _("Files are merged by an office that writes both of them.")
    elif foreign := next((each for each in services if each.member_id == absorbed.pk and each.force not in ours), None):
        message = _(
            "A service of the absorbed file belongs to another office: %(unit)s, %(force)s. Let the other file stay."
        )
        yield fill(message, {"unit": foreign.unit, "force": foreign.get_force_display()})
    if survivor.erased_on or absorbed.erased_on:
        yield withdrawal.ERASED
    if what := withdrawal.in_the_way(absorbed, MOVING):
        message = _("These hang on the absorbed file and cannot move: %(what)s. Please end or correct them first.")
        yield fill(message, {"what": "、".join(what)})
