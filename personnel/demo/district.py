"""The whole fictional district in memory: same seed and day, same people. Nothing is written here."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from personnel.demo import careers, files
from personnel.demo.contracts import Contract, Contracts
from personnel.demo.draw import lots, repeated, shares
from personnel.demo.employers import Employer, employers
from personnel.demo.jobs import Job, Jobs
from personnel.demo.mergers import with_older_merger
from personnel.demo.numbers import Stock
from personnel.demo.people import People, Person, birth_date
from personnel.demo.places import Place, town_names, units
from personnel.demo.profiles import COLLEGE, JUNIOR, PROFILES, SENIOR
from personnel.demo.register import Register, Service, with_second_services
from personnel.demo.size import Size
from personnel.demo.teams import Appointment, Appointments, Post, Team, posts, teams


@dataclass(frozen=True)
class District:
    """Everything to be loaded. `keepers` says for each person which unit keeps the file."""

    day: date
    units: list[Place]
    employers: list[Employer]
    people: list[Person]
    keepers: list[int]
    services: list[Service]
    teams: list[Team]
    posts: list[Post]
    appointments: list[Appointment]
    accounts: list[files.Account]
    contacts: list[files.Contact]
    health: list[files.Health]
    contracts: list[Contract]


def district(day: date, seed: int, size: Size | None = None, stock: Stock | None = None) -> District:
    """The district as it is on that day, with the ten years before it.

    With another stock of numbers its streets and towns have other names: see `neighbours`.
    """
    size = size or Size()
    places = units(lots(seed, "units"), town_names(lots(seed, "towns"))) if stock else units(lots(seed, "units"))
    bodies = employers(lots(seed, "employers"), day, size, places)
    crowd = Crowd(lots(seed, "people"), day, {place.code: place.name for place in places}, stock)
    crowd.fill(Jobs(lots(seed, "jobs"), size, places, bodies), size)
    services = with_second_services(lots(seed, "second"), day, crowd.services, size.second_services)
    town_offices = {body.unit_id: place for place, body in enumerate(bodies) if body.nature == "town_office"}
    services = with_older_merger(lots(seed, "merger"), day, services, town_offices)
    found = teams(lots(seed, "teams"), day, places)
    made = posts(found)
    appointments = Appointments(lots(seed, "appointments"), day, found, crowd.squads())
    numbers, forces = crowd.makers.numbers, list(enumerate(crowd.forces[: crowd.serving]))
    return District(
        day, places, bodies, crowd.people, crowd.keepers, services, found, made,
        [held for i, post in enumerate(made) for held in appointments.of(i, post)],
        files.accounts(lots(seed, "accounts"), numbers, forces),
        files.contacts(lots(seed, "contacts"), numbers, forces),
        files.health(lots(seed, "health"), day, forces),
        [*Contracts(lots(seed, "contracts"), day, crowd.people, bodies).of(services, town_offices)],
    )  # fmt: skip


class Crowd:
    """Collects people and their services, those who serve on the day first."""

    def __init__(self, rng: Random, day: date, place_names: dict[int, str], stock: Stock | None = None) -> None:
        self._rng, self._day = rng, day
        self.makers = People(rng, day, place_names, stock)
        self._register = Register(rng, day)
        self.people: list[Person] = []
        self.keepers: list[int] = []
        self.forces: list[str] = []
        self.services: list[Service] = []
        self.serving = 0

    def fill(self, jobs: Jobs, size: Size) -> None:
        """People for all jobs of the day, then those who left."""
        defence, auxiliary, guards = jobs.joint_defence(), jobs.auxiliary(), jobs.guards()
        of_force = {
            "joint_defence": defence, "auxiliary": auxiliary, "patrol": jobs.patrol(), "guard": guards,
            "volunteer": jobs.volunteers(),
        }  # fmt: skip
        before = of_force | {"auxiliary": auxiliary * 2 + defence, "guard": guards + jobs.former_guards()}
        exact = self._sexes_and_schooling(size)
        for force, wanted in of_force.items():
            for job in wanted:
                sex, education = next(exact) if force == "joint_defence" else (None, None)
                self._serves(job, before[force], sex, education)
        self.serving = len(self.people)
        for force, n in self._leavers(size.former).items():
            for _ in range(n):
                self._has_left(before[force], force)

    def squads(self) -> dict[int, list[tuple[int, date]]]:
        """The joint defence of each unit on the day: (person, since)."""
        found = defaultdict(list)
        for service in self.services:
            if service.force == "joint_defence" and service.ended_on is None:
                found[service.unit_id].append((service.person, service.started_on))
        return found

    def _sexes_and_schooling(self, size: Size):
        """Exactly the document's sexes and education bands, in no order."""
        rng = self._rng
        sexes = repeated({"male": size.men, "female": size.women})
        bands = ((JUNIOR, size.junior_or_below), (SENIOR, size.senior_or_vocational), (COLLEGE, size.college_or_above))
        codes = [code for band, n in bands for code in rng.choices(list(band), list(band.values()), k=n)]
        rng.shuffle(sexes)
        rng.shuffle(codes)
        return zip(sexes, codes, strict=True)

    def _serves(self, job: Job, before: Sequence[Job], sex: str | None, education: str | None) -> None:
        born = birth_date(self._rng, PROFILES[job.force].ages, self._day)
        self._add(careers.serving(self._rng, self._day, job, born, before), born, sex, education)

    def _has_left(self, jobs: Sequence[Job], force: str) -> None:
        """Somebody of a force (not one who only passed through it) who left."""
        while True:
            job = self._rng.choice(jobs)
            stints = careers.left(self._rng, self._day, job, jobs) if job.force == force else None
            if stints:
                break
        born = birth_date(self._rng, PROFILES[force].ages, stints[0].started_on)
        self._add(careers.with_reason(self._rng, stints, born), born)

    def _add(
        self, stints: list[careers.Stint], born: date, sex: str | None = None, education: str | None = None
    ) -> None:
        job = stints[-1].job
        number = len(self.people)
        self.people.append(self.makers.person(job.force, job.home, born, sex, education))
        self.keepers.append(job.file_unit)
        self.forces.append(job.force)
        self.services += self._register.services(number, stints)

    @staticmethod
    def _leavers(total: int) -> dict[str, int]:
        counts = shares(total, [profile.former for profile in PROFILES.values()])
        return dict(zip(PROFILES, counts, strict=True))
