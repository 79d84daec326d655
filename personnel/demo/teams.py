"""Corps, brigades and squads with their posts, and who holds them.

The founding document names deputies alone, so chief posts exist and most are vacant (inconsistency I6).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from organization.models.team import DEPUTIES
from personnel.demo import names
from personnel.demo.draw import day_between
from personnel.demo.places import DISTRICT, DISTRICT_NAME, Place

CHIEFS_FILLED, SUCCEEDED = 0.5, 0.3
DEPUTIES_VACANT, OPEN_DEPUTIES_VACANT = 0.03, 0.5
CORPS_FROM, BRIGADES_FROM, SQUADS_FROM, SQUADS_UNTIL = (
    date(2013, 9, 16),
    date(2013, 10, 8),
    date(2013, 12, 2),
    date(2014, 6, 27),
)
KINDS = {"sub_bureau": "corps", "governance_centre": "brigade"}
# As appointments name the office that brings a post with it, or, where none does, who usually holds such a post.
OFFICE_NAMES = {
    "governance_leader": "区综治办领导",
    "sub_bureau_leader": "分局领导",
    "town_governance_leader": "镇街综治领导",
    "community_officer": "社区民警",
    "village_director": "村居委会主任",
    "deputy": "派出所副所长",
    "office_head": "分局治安大队负责人",
}


@dataclass(frozen=True)
class Team:
    """A team by the names of its fields."""

    unit_id: int
    established_on: date
    seat: str
    address: str


@dataclass(frozen=True)
class Post:
    """A post; `team` is a place in the list of teams."""

    team: int
    title: str
    ex_officio: str = ""


@dataclass(frozen=True)
class Appointment:
    """Who holds a post: `person` or an official. Both `post` and `person` are places in their lists."""

    post: int
    person: int | None
    official: str
    office: str
    started_on: date
    ended_on: date | None = None


def teams(rng: Random, day: date, units: Sequence[Place]) -> list[Team]:
    """One team a unit, established in 2013 and 2014, or as long before an earlier demo day."""
    back = max(timedelta(0), SQUADS_UNTIL + timedelta(3) - day)
    found = [Team(DISTRICT, CORPS_FROM - back, "sub_bureau", f"{DISTRICT_NAME}平安大道1号")]
    for unit in units:
        if unit.is_town:
            since = day_between(rng, BRIGADES_FROM, SQUADS_FROM) - back
            found.append(Team(unit.code, since, "governance_centre", f"{unit.name}综治维稳中心"))
        elif unit.is_village:
            since = day_between(rng, SQUADS_FROM, SQUADS_UNTIL) - back
            has_room = rng.random() < (0.85 if unit.code % 1000 < 200 else 0.45)
            seat, room = ("police_room", "社区警务室") if has_room else ("security_committee", "治保会")
            found.append(Team(unit.code, since, seat, unit.name + room))
    return found


def posts(found: Sequence[Team]) -> list[Post]:
    """The standard posts of each team; the corps has an office beside."""
    made = []
    for i, team in enumerate(found):
        kind = KINDS.get(team.seat, "squad")
        made += [Post(i, "chief"), *(Post(i, "deputy", str(office)) for office in DEPUTIES[kind])]
        if team.unit_id == DISTRICT:
            made.append(Post(i, "office_head"))
    return made


class Appointments:
    """Fills posts: chiefs of squads with a member of the squad, deputies with officials."""

    def __init__(
        self, rng: Random, day: date, found: Sequence[Team], members: Mapping[int, Sequence[tuple[int, date]]]
    ) -> None:
        """`members`: for each village its people (place in the list) with the day since when they serve there."""
        self._rng, self._day, self._teams, self._members = rng, day, found, members

    def of(self, number: int, post: Post) -> list[Appointment]:
        """The appointments to the post of that number, in order of time."""
        team = self._teams[post.team]
        if post.title == "chief":
            return self._chief(number, team)
        is_empty_squad = team.unit_id % 1000 and team.unit_id not in self._members
        if is_empty_squad or self._rng.random() < (DEPUTIES_VACANT if post.ex_officio else OPEN_DEPUTIES_VACANT):
            return []
        since, half = team.established_on, team.established_on + (self._day - team.established_on) / 2
        if (self._day - since).days > 730 and self._rng.random() < SUCCEEDED:
            change = day_between(self._rng, half, self._day - timedelta(30))
            return [self._official(number, post, since, change), self._official(number, post, change)]
        return [self._official(number, post, since)]

    def _chief(self, number: int, team: Team) -> list[Appointment]:
        there = self._members.get(team.unit_id, ())
        if not there or team.seat == "governance_centre" or self._rng.random() >= CHIEFS_FILLED:
            return []
        person, since = min(there, key=lambda member: (member[1], member[0]))
        return [Appointment(number, person, "", "", max(since, team.established_on))]

    def _official(self, number: int, post: Post, since: date, until: date | None = None) -> Appointment:
        sex = "female" if self._rng.random() < 0.15 else "male"
        name = names.full_name(self._rng, sex, self._day.year - self._rng.randint(30, 55))
        return Appointment(number, None, name, OFFICE_NAMES[post.ex_officio or post.title], since, until)
