"""Employers: 2,053 units that employ guards today, some that no longer do, the sub-bureau and the town offices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random

from personnel.demo.draw import Weighted, day_between, shares
from personnel.demo.places import SUB_BUREAU, Place
from personnel.demo.size import Size

INSTITUTIONS = Weighted({"school": 0.58, "government": 0.42})
BUSINESSES = Weighted({"enterprise": 0.68, "property": 0.32})
COMPANIES = 1 / 50  # of the employers that are no institutions
COMPANY_WEIGHT = 16  # a security company has as many guards as sixteen other employers
UNKNOWN_PREMISES = 0.02
LONG_ESTABLISHED = 0.72
BRANDS_FIRST, BRANDS_SECOND = "汇恒锦盛泰利德宏嘉裕祥联达创鸿瑞", "隆源兴信成茂和泰业荣昌通润诚辉"
ORDINALS = ("", "", "第二", "第三", "第四", "第五", "第六", "第七", "第八", "第九")
TRADES = {
    "enterprise": (
        "五金制品有限公司", "服装有限公司", "电子有限公司", "塑料制品厂", "物流有限公司", "百货商场",
        "食品有限公司", "家具厂",
    ),
    "property": ("物业管理有限公司", "花园管理处", "商业广场管理处", "工业园管理处"),
    "entertainment": ("歌舞娱乐城", "网吧", "沐足城"),
    "security_company": ("保安服务有限公司",),
    "school": ("小学", "中学", "幼儿园", "职业技术学校"),
    "government": ("水务所", "敬老院", "市场管理所", "文化站", "卫生站", "商会", "个体劳动者协会", "老年人协会"),
}  # fmt: skip


@dataclass(frozen=True)
class Employer:
    """An employer by the names of its fields; `guards` is the headcount on the demo day, by name."""

    name: str
    nature: str
    unit_id: int
    self_recruiting: bool = False
    guards: int = 0
    declared_guards: int | None = None
    filed_on: date | None = None
    started_on: date | None = None
    ended_on: date | None = None
    contact: str = ""


def employers(rng: Random, day: date, size: Size, units: Sequence[Place]) -> list[Employer]:
    """The sub-bureau and the town offices first, then those with guards, then those that stopped employing them."""
    names = _Names(rng)
    offices = [Employer("穗安分局", "sub_bureau", SUB_BUREAU), *(_town_office(unit) for unit in units if unit.is_town)]
    villages = [unit for unit in units if unit.is_village]
    natures = [*_institutions(rng, size), *_others(rng, size)]
    places = rng.choices(villages, [unit.population or 0 for unit in villages], k=len(natures))
    found = [
        _guarded(rng, day, names.of(nature, place.name), nature, place, guards)
        for (nature, guards), place in zip(natures, places, strict=True)
    ]
    closed = [_closed(rng, day, names, rng.choice(villages), i) for i in range(size.closed_employers)]
    return [*offices, *found, *closed]


def _town_office(unit: Place) -> Employer:
    return Employer(unit.name + ("办事处" if unit.name.endswith("街道") else "人民政府"), "town_office", unit.code)


def _institutions(rng: Random, size: Size) -> list[tuple[str, int]]:
    natures = [INSTITUTIONS.draw(rng) for _ in range(size.institutions)]
    weights = [rng.lognormvariate(0, 0.6) for _ in natures]
    return list(zip(natures, shares(size.institution_guards, weights, [2] * len(natures)), strict=True))


def _others(rng: Random, size: Size) -> list[tuple[str, int]]:
    """Entertainment venues are none of them: they may not recruit guards themselves, so a company sends theirs."""
    companies = max(1, round(size.other_employers * COMPANIES))
    natures = ["security_company"] * companies + [BUSINESSES.draw(rng) for _ in range(size.other_employers - companies)]
    size_of = {"security_company": COMPANY_WEIGHT, "property": 1.6, "enterprise": 1}
    weights = [size_of[nature] * rng.lognormvariate(0, 0.7) for nature in natures]
    return list(zip(natures, shares(size.other_guards, weights, [1] * len(natures)), strict=True))


def _guarded(rng: Random, day: date, name: str, nature: str, place: Place, guards: int) -> Employer:  # noqa: PLR0917
    years = (12, 25) if rng.random() < LONG_ESTABLISHED else (0, 12)
    started = day - timedelta(20 + rng.randint(years[0] * 365, years[1] * 365))
    declared = guards + rng.choice((-2, -1, 1, 1, 2, 3)) if rng.random() < 0.09 else guards
    lot = rng.random()
    # The regulation asks for thirty days; some are late and some forget it.
    filed = None if lot < 0.07 else started + timedelta(rng.randint(31, 200) if lot < 0.17 else rng.randint(3, 30))
    return Employer(
        name=name,
        nature=nature,
        unit_id=place.town if rng.random() < UNKNOWN_PREMISES else place.code,
        self_recruiting=nature != "security_company",
        guards=guards,
        declared_guards=max(0, declared) if rng.random() > 0.01 else None,
        filed_on=filed if filed and filed <= day else None,
        started_on=started,
        contact=rng.choice("陈梁黄李何冯郭麦") + rng.choice(("主任", "经理", "队长", "先生", "女士")),
    )


def _closed(rng: Random, day: date, names: "_Names", place: Place, i: int) -> Employer:
    nature = "entertainment" if i % 4 == 0 else BUSINESSES.draw(rng)
    ended = day_between(rng, day - timedelta(9 * 365), day - timedelta(60))
    started = ended - timedelta(rng.randint(1500, 5000))
    return Employer(
        name=names.of(nature, place.name), nature=nature, unit_id=place.code, self_recruiting=nature != "entertainment",
        filed_on=started + timedelta(rng.randint(5, 60)), started_on=started, ended_on=ended,
    )  # fmt: skip


class _Names:
    """Names of employers, each given once."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._given: set[str] = set()

    def of(self, nature: str, place: str) -> str:
        trade = self._rng.choice(TRADES[nature])
        stem = place.removesuffix("社区").removesuffix("村")
        if nature in ("school", "government"):
            return self._once(lambda n: f"{stem}{ORDINALS[n]}{trade}")
        return self._once(lambda _: f"穗安{self._rng.choice(BRANDS_FIRST)}{self._rng.choice(BRANDS_SECOND)}{trade}")

    def _once(self, spell) -> str:
        name = next(name for n in count(1) if (name := spell(n)) not in self._given)
        self._given.add(name)
        return name
