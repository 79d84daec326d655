"""The units of 穗安区: 8 streets, 11 towns, 257 villages and communities, and the sub-bureau with its stations."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from personnel.demo.draw import shares

DISTRICT, DISTRICT_NAME = 440199_000_000, "穗安区"
SUB_BUREAU = 440199_900_000
VILLAGES = 257
STREETS = ("云桥", "霁塘", "榕岸", "沐岗", "兰埗", "澄湾", "棠滘", "安澜")
TOWNS = ("鹭滘", "禾岗", "筠溪", "蓼涌", "穗田", "霞埔", "石榕", "莲陂", "枫沙", "梧埗", "菱沥")
SPECIAL_SQUADS = {"巡逻特勤大队": ("一中队", "二中队", "三中队"), "机动巡防大队": ("一中队", "二中队")}
SIDES = ("", "", "", "上", "下", "东", "西", "南", "北")
FIRST = "霞霁澄榕鹭棠蕉筠岚沐沅菱蓼茭橙枫苇柏兰荷禾穗瑞翠碧梧桐芷萍薇"
SECOND = "涌滘沥基围埔陂墩埗塱坊井边尾"
# Combinations that are, as far as we know, names of real places.
REAL = frozenset({"棠涌", "霞涌", "霞边", "桐井", "兰陂", "柏井", "榕边", "枫边", "蕉围", "禾围"})


@dataclass(frozen=True)
class Place:
    """A unit of the district with its resident population; `village` says that a squad belongs to it."""

    code: int
    name: str
    aliases: tuple[str, ...] = ()
    population: int | None = None

    @property
    def town(self) -> int:
        return self.code - self.code % 1000

    @property
    def number(self) -> int:
        """The three digits of the town: 001 to 399 are towns and streets, 900 to 999 functional units."""
        return self.code % 1_000_000 // 1000

    @property
    def is_village(self) -> bool:
        return self.code % 1000 > 0 and self.number < 900

    @property
    def is_town(self) -> bool:
        return self.code % 1000 == 0 and 0 < self.number < 900


def units(rng: Random, names: Sequence[str] = (*STREETS, *TOWNS)) -> list[Place]:
    """All units below the district, in the order of their codes; `names` are those of 8 streets and 11 towns."""
    taken = {*REAL, *names}
    stems = [rng.choice(SIDES) + a + b for a in FIRST for b in SECOND if a + b not in taken]
    rng.shuffle(stems)
    counts = shares(VILLAGES, [rng.uniform(6, 18) for _ in names], [5] * len(names))
    # A few villages of different towns bear the same name, as everywhere.
    stems[counts[0] + 2] = stems[sum(counts[:9]) + 1] = stems[3]
    found: list[Place] = []
    for i, (name, count) in enumerate(zip(names, counts, strict=True)):
        found += _town(rng, name, _town_number(i), [stems.pop(0) for _ in range(count)])
    return [*found, *_functional(names)]


def town_names(rng: Random) -> list[str]:
    """Names for the streets and towns of another district."""
    stems = [a + b for a in FIRST for b in SECOND if a + b not in {*REAL, *STREETS, *TOWNS}]
    return rng.sample(stems, len(STREETS) + len(TOWNS))


def _town_number(i: int) -> int:
    return i + 1 if i < len(STREETS) else 100 + i - len(STREETS)


def _town(rng: Random, name: str, number: int, stems: list[str]) -> Iterable[Place]:
    is_street = number < 100
    code = DISTRICT + number * 1000
    communities = round(len(stems) * rng.uniform(0.55, 0.9)) if is_street else rng.randint(1, 3)
    villages = []
    for i, stem in enumerate(stems):
        own, ending = (i + 1, "社区") if i < communities else (201 + i - communities, "村")
        population = round(rng.lognormvariate(8.6, 0.45), -1)
        former = (f"{stem}管理区",) if rng.random() < 0.1 else ()
        villages.append(Place(code + own, stem + ending, former, int(population)))
    full, short = (f"{name}街道", f"{name}街") if is_street else (f"{name}镇", name)
    yield Place(code, full, (short,), sum(village.population or 0 for village in villages))
    yield from villages


def _functional(names: Sequence[str]) -> Iterable[Place]:
    yield Place(SUB_BUREAU, "穗安分局", ("穗安区公安分局",))
    for i, name in enumerate(names):
        yield Place(SUB_BUREAU + (i + 1) * 1000, f"{name}派出所", (f"{name}所",))
    for i, (name, squads) in enumerate(SPECIAL_SQUADS.items()):
        code = SUB_BUREAU + (20 + i) * 1000
        yield Place(code, name)
        for n, squad in enumerate(squads, start=1):
            yield Place(code + n, name + squad)


def station_of(town: int) -> int:
    """The police station that a town's members work at."""
    number = town % 1_000_000 // 1000
    i = number - 1 if number < 100 else number - 100 + len(STREETS)
    return SUB_BUREAU + (i + 1) * 1000
