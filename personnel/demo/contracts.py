"""Contracts of those who serve: the running term of the service, some terms before it, a few that nobody signed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from personnel import identity
from personnel.demo.careers import COHORT_2003
from personnel.demo.draw import Weighted
from personnel.demo.employers import Employer
from personnel.demo.people import Person
from personnel.demo.register import Service
from personnel.spans import years_after

# The roster tells of them, nobody took them over: guards more often, whose employers deliver late.
ON_ROSTERS_ONLY, GUARDS_ON_ROSTERS_ONLY = 0.02, 0.1
UNSIGNED = 0.015
PENSIONED = 60
BEFORE = {
    "auxiliary": Weighted({0: 70, 1: 18, 2: 12}), "patrol": Weighted({0: 60, 1: 28, 2: 12}),
    "joint_defence": Weighted({0: 88, 1: 8, 2: 4}), "guard": Weighted({0: 1}),
}  # fmt: skip
OF_AUXILIARY = Weighted({"fixed": 82, "leased_post": 18})


@dataclass(frozen=True)
class Contract:
    """A contract by the names of its fields; `person` and `employer` are places in their lists."""

    person: int
    employer: int
    kind: str
    starts_on: date
    ends_on: date | None
    signed_on: date | None
    recruiter_id: int | None
    using_unit_id: int | None


class Contracts:
    """Makes the contracts of the services that run on the day."""

    def __init__(self, rng: Random, day: date, people: Sequence[Person], employers: Sequence[Employer]) -> None:
        self._rng, self._day, self._people, self._employers = rng, day, people, employers

    def of(self, services: Iterable[Service], town_offices: Mapping[int, int]) -> Iterable[Contract]:
        """Villages employ nobody by themselves: who serves there signs with the office of the town."""
        for service in services:
            if service.ended_on or not (service.contract_from and service.contract_until):
                continue
            employer = service.employer
            if employer is None:
                employer = town_offices.get(service.unit_id - service.unit_id % 1000)
            missing = GUARDS_ON_ROSTERS_ONLY if service.force == "guard" else ON_ROSTERS_ONLY
            if employer is not None and self._rng.random() >= missing:
                yield from self._terms(service, employer)

    def _terms(self, service: Service, employer: int) -> Iterable[Contract]:
        begun, last_day = service.contract_from, service.contract_until
        assert begun and last_day  # noqa: S101, PT018 - for the type checker
        over = last_day + timedelta(1)
        years = max(1, identity.age_on(begun, over))
        kind = self._kind(service, years)
        for n in range(BEFORE[service.force].draw(self._rng), 0, -1):
            first, last = years_after(begun, -n * years), years_after(begun, (1 - n) * years)
            if first >= service.started_on and last <= begun and kind != "open_ended":
                yield self._contract(service, employer, kind, first, last)
        yield self._contract(service, employer, kind, begun, None if kind == "open_ended" else over)

    def _contract(self, service: Service, employer: int, kind: str, first: date, over: date | None) -> Contract:
        is_unsigned = over and over > self._day and self._rng.random() < UNSIGNED
        return Contract(
            service.person, employer, kind, first, over, None if is_unsigned else first - timedelta(first.day % 9),
            service.recruiter_id, service.using_unit_id,
        )  # fmt: skip

    def _kind(self, service: Service, years: int) -> str:
        if identity.age_on(self._people[service.person].birth_date, self._day) >= PENSIONED:
            return "agreement"
        if service.force == "auxiliary":
            return "open_ended" if service.started_on <= COHORT_2003 else OF_AUXILIARY.draw(self._rng)
        body = self._employers[service.employer] if service.employer is not None else None
        return "dispatch" if body and body.nature == "security_company" and years > 1 else "fixed"
