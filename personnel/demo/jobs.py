"""Jobs of the demo day: a place in a force that somebody fills, and that somebody else filled before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from personnel.demo.draw import Weighted, shares
from personnel.demo.employers import Employer
from personnel.demo.places import DISTRICT, SUB_BUREAU, Place, station_of
from personnel.demo.size import Size

TOWN_RUN = 0.22
ATTACHED = 0.66  # auxiliary officers whose unit is a town
ACCOUNTS = {"village": DISTRICT + 1_001, "village2": DISTRICT + 100_201}
UNDERSTAFFED = (0, 1, 2)  # squads that a reader of the figures should find
DEFENCE_POSTS = Weighted({"队员": 84, "班长": 9, "副班长": 4, "内勤": 3})
CATEGORIES = Weighted({"operational": 85, "clerical": 15})
OPERATIONAL_POSTS = Weighted({"巡逻": 46, "社区警务助理": 22, "交通协管": 14, "视频巡查": 8, "驾驶": 6, "值守": 4})
CLERICAL_POSTS = Weighted({"内勤": 40, "接警": 30, "户籍协助": 18, "档案": 12})
GUARD_POSTS = Weighted({"门卫": 45, "巡逻": 28, "守护": 15, "监控": 9, "班长": 3})


@dataclass(frozen=True)
class Job:
    """Where and as what somebody serves. `employer` is a place in the list of employers; `since`, `until` bound it."""

    force: str
    unit: int
    town: int
    file_unit: int
    post: str
    sponsor: str = ""
    category: str = ""
    using_unit: int | None = None
    recruiter: int | None = None
    employer: int | None = None
    since: date | None = None
    until: date | None = None

    @property
    def home(self) -> int:
        """Where its holder is likely to live: the village, or the town."""
        return self.unit if self.unit % 1000 and self.unit < SUB_BUREAU else self.town


class Jobs:
    """Makes the jobs of each force in a district of given units and employers."""

    def __init__(self, rng: Random, size: Size, units: Sequence[Place], employers: Sequence[Employer]) -> None:
        self._rng, self._size, self._employers = rng, size, employers
        self._towns = [unit for unit in units if unit.is_town]
        self._villages = [unit for unit in units if unit.is_village]
        self._offices = [unit.code for unit in units if unit.number >= 900]
        self._town_office = {e.unit_id: i for i, e in enumerate(employers) if e.nature == "town_office"}

    def joint_defence(self) -> list[Job]:
        """Run by villages and, the smaller part, by towns."""
        by_town = round(self._size.joint_defence * TOWN_RUN)
        counts = self._per_village(self._size.joint_defence - by_town)
        jobs = [self._village_run(village) for village, n in zip(self._villages, counts, strict=True) for _ in range(n)]
        return jobs + [self._town_run(town) for town in self._in_towns(by_town)]

    def auxiliary(self) -> list[Job]:
        """Attached to a town and working at its station, or at the sub-bureau, a station or a special squad."""
        attached = round(self._size.auxiliary * ATTACHED)
        elsewhere = self._rng.choices(
            self._offices, [12 if code == SUB_BUREAU else 8 if code % 1000 else 3 for code in self._offices],
            k=self._size.auxiliary - attached,
        )  # fmt: skip
        jobs = [self._auxiliary(town, station_of(town)) for town in self._in_towns(attached)]
        return jobs + [self._auxiliary(code, None) for code in elsewhere]

    def patrol(self) -> list[Job]:
        """Recruited and employed by the town, used by its station."""
        return [
            Job(
                "patrol", town, town, town, OPERATIONAL_POSTS.draw(self._rng), using_unit=station_of(town),
                recruiter=town, employer=self._town_office[town],
            )
            for town in self._in_towns(self._size.patrol)
        ]  # fmt: skip

    def guards(self) -> list[Job]:
        """At the premises of their employer; those of a security company at its clients'. The town keeps the file."""
        return [self._guard(i, e) for i, e in enumerate(self._employers) for _ in range(e.guards)]

    def former_guards(self) -> list[Job]:
        """Jobs at employers that employ guards no longer. Entertainment venues never did so themselves."""
        gone = [(i, e) for i, e in enumerate(self._employers) if e.ended_on and e.self_recruiting]
        return [self._guard(i, e) for i, e in gone for _ in range(self._rng.randint(4, 20))]

    def volunteers(self) -> list[Job]:
        """In the villages, more in the communities."""
        weights = [(unit.population or 0) * (2 if unit.code % 1000 < 200 else 1) for unit in self._villages]
        places = self._rng.choices(self._villages, weights, k=self._size.volunteers)
        return [Job("volunteer", unit.code, unit.town, unit.code, "平安志愿者") for unit in places]

    def _per_village(self, total: int) -> list[int]:
        """Joint defence of each village: some everywhere, except in a few squads that stand out."""
        shown = set(ACCOUNTS.values())
        everywhere = 6 if total > 10 * len(self._villages) else 0
        weights = [(village.population or 0) ** 0.7 for village in self._villages]
        floors = [
            max(everywhere, min(3, total // 2)) if village.code in shown else everywhere for village in self._villages
        ]
        if everywhere:
            ordinary = [i for i, village in enumerate(self._villages) if village.code not in shown]
            for i, few in zip(self._rng.sample(ordinary, len(UNDERSTAFFED)), UNDERSTAFFED, strict=True):
                weights[i], floors[i] = 0, few
        return shares(total, weights, floors)

    def _in_towns(self, total: int) -> list[int]:
        everywhere = 1 if total > 3 * len(self._towns) else 0
        counts = shares(total, [town.population or 0 for town in self._towns], [everywhere] * len(self._towns))
        return [town.code for town, n in zip(self._towns, counts, strict=True) for _ in range(n)]

    def _village_run(self, village: Place) -> Job:
        post = DEFENCE_POSTS.draw(self._rng)
        return Job("joint_defence", village.code, village.town, village.code, post, "village", recruiter=village.code)

    def _town_run(self, town: int) -> Job:
        post = DEFENCE_POSTS.draw(self._rng)
        return Job("joint_defence", town, town, town, post, "town", recruiter=town, employer=self._town_office[town])

    def _auxiliary(self, unit: int, station: int | None) -> Job:
        category = CATEGORIES.draw(self._rng)
        post = (OPERATIONAL_POSTS if category == "operational" else CLERICAL_POSTS).draw(self._rng)
        home = unit if station else self._rng.choice(self._towns).code
        return Job(
            "auxiliary", unit, home, unit, post, category=category, using_unit=station, recruiter=SUB_BUREAU, employer=0
        )

    def _guard(self, i: int, employer: Employer) -> Job:
        unit = employer.unit_id
        if employer.nature == "security_company":
            unit = self._rng.choice(self._villages).code
        town = unit - unit % 1000
        post = GUARD_POSTS.draw(self._rng)
        return Job("guard", unit, town, town, post, employer=i, since=employer.started_on, until=employer.ended_on)
