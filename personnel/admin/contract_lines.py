"""Whom the pages of many contracts are about: the lines that can be ticked."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from personnel.admin.contract_filters import day_of, forces_of, inside, narrowed
from personnel.contracts import merger_tasks, standings
from personnel.contracts.planning import span
from personnel.contracts.writing import MOST
from personnel.models import Contract, Member


@dataclass(frozen=True)
class Line:
    """Somebody who can be ticked: the key that is sent, and what is said of the person."""

    key: int
    name: str
    unit: str
    told: str


def contracts_of(request, slug: str) -> list[Line]:
    """Contracts as the address asks; to be ended are only those that are not over."""
    found = Contract.objects.unfinished(timezone.localdate()) if slug == "end" else Contract.objects.meant()
    return of_contracts(narrowed(request, found))


def of_contracts(contracts) -> list[Line]:
    found = contracts.select_related("member", "unit").order_by("unit_id", "member_id", "id")[: MOST + 1]
    return [Line(one.pk, one.member.name, one.unit.name, span(one)) for one in found]


def of_people(members) -> list[Line]:
    found = members.select_related("unit").order_by("unit_id", "id")[: MOST + 1]
    return [Line(one.pk, one.name, one.unit.name, f"{one.birth_date}") for one in found]


def people_of(request, slug: str) -> list[Line]:
    """People without a contract, those of whom a roster gives the days, or whom a merger has to give one."""
    day, forces = day_of(request), forces_of(request, request.GET.get("force") or "ours")
    if slug == "rosters":
        members = Member.objects.filter(pk__in=standings.on_rosters(day, forces).values("member"))
    elif request.GET.get("source") == "merger":
        members = Member.objects.filter(pk__in=merger_tasks.waiting().values("member"))
    else:
        members = standings.without(day, forces)
    return of_people(inside(request, members))


def ticked(request) -> list[int]:
    return keys_of(request.POST.getlist("key"))


def offered(request) -> list[int]:
    """All that could be ticked on the page that was sent, as far as anybody can be at once."""
    return keys_of(request.POST.get("offered", "").split(","))[:MOST]


def keys_of(texts: Iterable[str]) -> list[int]:
    return sorted({int(key) for key in texts if key.isascii() and key.isdecimal() and len(key) < 18})
