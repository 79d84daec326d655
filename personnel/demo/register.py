"""Services with everything that a register knows of them: contract, grade, service number, share of full time."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from random import Random

from personnel import identity
from personnel.demo.careers import COHORT_2003, GRADES, Stint, anniversary
from personnel.demo.draw import Weighted, day_between
from personnel.demo.jobs import Job
from personnel.demo.profiles import PROFILES

FORMER_TITLE = "协管员"
BADGES = {"auxiliary": "SA", "patrol": "GJ"}
PART_TIME, PARTS = 0.09, (40, 50, 60, 80)
ONE_YEAR = Weighted({1: 1})  # auxiliary police and patrol, says the document
YEARS = {"guard": Weighted({1: 6, 2: 3, 3: 1}), "joint_defence": Weighted({1: 8, 2: 2})}
FIRST_PART, SECOND_PART = 60, 40
LAPSED = 0.03  # contracts that ended and were not renewed


@dataclass(frozen=True)
class Service:
    """A service by the names of its fields; `person` and `employer` are places in the lists of people and employers."""

    person: int
    unit_id: int
    force: str
    started_on: date
    beginning: str
    ended_on: date | None = None
    ending: str = ""
    ending_note: str = ""
    category: str = ""
    sponsor: str = ""
    using_unit_id: int | None = None
    recruiter_id: int | None = None
    employer: int | None = None
    post: str = ""
    grade: str = ""
    badge: str = ""
    former_title: str = ""
    cohort: int | None = None
    share: int = 100
    share_from: int = 0
    contract_from: date | None = None
    contract_until: date | None = None


class Register:
    """Writes stints down as services."""

    def __init__(self, rng: Random, day: date) -> None:
        self._rng, self._day = rng, day
        self._badges = {force: count(1) for force in BADGES}

    def services(self, person: int, stints: list[Stint]) -> Iterable[Service]:
        """The services of one person; a service number is for life in a force."""
        badges: dict[str, str] = {}
        for stint in stints:
            force = stint.job.force
            if force in BADGES and force not in badges:
                badges[force] = f"{BADGES[force]}{next(self._badges[force]):05}"
            yield self._service(person, stint, stints[0].started_on, badges.get(force, ""))

    def _service(self, person: int, stint: Stint, first: date, badge: str) -> Service:
        job, is_official = stint.job, stint.job.force in BADGES
        contract = self._contract(job, stint)
        return Service(
            person, job.unit, job.force, stint.started_on, stint.beginning, stint.ended_on, stint.ending,
            stint.ending_note,
            category=job.category, sponsor=job.sponsor, using_unit_id=job.using_unit, recruiter_id=job.recruiter,
            employer=job.employer, post=job.post, badge=badge,
            grade=GRADES.draw(self._rng) if job.force == "auxiliary" else "",
            former_title=FORMER_TITLE if job.force == "auxiliary" and first == COHORT_2003 else "",
            cohort=first.year if is_official else None, share=self._share(job),
            contract_from=contract[0], contract_until=contract[1],
        )  # fmt: skip

    def _share(self, job: Job) -> int:
        if job.force == "volunteer":
            return 0
        is_part = job.sponsor == "village" and self._rng.random() < PART_TIME
        return self._rng.choice(PARTS) if is_part else 100

    def _contract(self, job: Job, stint: Stint) -> tuple[date | None, date | None]:
        """The contract of the last days of the service: renewed year by year, so it began on an anniversary."""
        if self._rng.random() >= PROFILES[job.force].contracts:
            return None, None
        years = YEARS.get(job.force, ONE_YEAR).draw(self._rng)
        last = (stint.ended_on or self._day + timedelta(1)) - timedelta(1)
        terms = identity.age_on(stint.started_on, last) // years
        if terms and stint.ended_on is None and self._rng.random() < LAPSED:
            terms -= 1
        begun, over = (anniversary(stint.started_on, n * years) for n in (terms, terms + 1))
        return begun, over - timedelta(1)


def with_second_services(rng: Random, day: date, services: list[Service], pairs: int) -> list[Service]:
    """Some who serve a village full time take up a second one: the parts lie one behind the other in the hundred."""
    able = [
        i for i, s in enumerate(services)
        if s.sponsor == "village" and s.share == 100 and s.ended_on is None and (day - s.started_on).days > 60
    ]  # fmt: skip
    chosen = rng.sample(able, min(pairs, len(able)))
    found = list(services)
    for i in chosen:
        own = services[i]
        other = rng.choice([j for j in able if services[j].unit_id != own.unit_id])
        since = day_between(rng, own.started_on + timedelta(30), day)
        found[i] = replace(own, share=FIRST_PART)
        found.append(
            Service(
                own.person, services[other].unit_id, own.force, since, "second", sponsor="village", post="队员",
                recruiter_id=services[other].unit_id, share=SECOND_PART, share_from=FIRST_PART,
            )
        )  # fmt: skip
    return found
