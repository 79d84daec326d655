from collections import Counter

import pytest

from organization import divisions
from personnel.demo.draw import lots
from personnel.demo.places import DISTRICT, DISTRICT_NAME, station_of, units

# Villages and communities of a real district that lies nearby, by their stems.
REAL_NEARBY = """
坑头 罗边 里仁洞 塘步东 塘步西 员岗 板桥 市头 樟边 草堂 陈边 植村 会江 河村 猛涌 礼村 涌口 山西
诜敦 谢村 屏山 汉溪 石壁 都那 大山 韦涌 胜石 诜墩 大维 冼村 南大 大坪 石北 石南 沙涌 官桥
赤山东 茭塘 海心 联围 西江 小龙 新水坑 旧水坑 傍江 罗家 茶东 东郊 沙圩 蔡边 大平 螺阳 沙头 小平
汀根 龙湾 福涌 三善 紫坭 龙岐 涌边 古坝 新桥 曾边 思贤 明经 潭山 山门 水门 沙亭 北约 南约
练溪 北亭 南亭 穗石 贝岗
""".split()  # noqa: SIM905 - a list of words


@pytest.fixture(scope="module")
def places():
    return units(lots(1, "units"))


def test_there_are_eight_streets_eleven_towns_and_257_villages(places):
    towns = [place.code // 1000 % 1000 for place in places if place.is_town]
    assert towns == [*range(1, 9), *range(100, 111)]
    assert sum(place.is_village for place in places) == 257


def test_the_codes_are_a_tree_of_known_kinds(places):
    rows = [(i, place.code, place.name) for i, place in enumerate(places)]
    assert not divisions.problems([(0, DISTRICT, DISTRICT_NAME), *rows], DISTRICT)
    kinds = Counter(divisions.kind(place.code) for place in places)
    assert set(kinds) == {"street", "town", "community", "village", "functional", "squad"}
    assert kinds["community"] > 60


def test_names_are_unique_within_a_town_and_not_everywhere(places):
    names = Counter((place.town, place.name) for place in places)
    assert max(names.values()) == 1
    assert max(Counter(place.name for place in places).values()) > 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_village_is_a_real_one_nearby(seed):
    stems = {place.name.removesuffix("社区").removesuffix("村") for place in units(lots(seed, "units"))}
    assert not stems & set(REAL_NEARBY)


def test_a_town_has_the_people_of_its_villages(places):
    for town in (place for place in places if place.is_town):
        assert town.population == sum(p.population for p in places if p.is_village and p.town == town.code)


def test_each_town_has_a_police_station_of_its_name(places):
    names = {place.code: place.name for place in places}
    for town in (place for place in places if place.is_town):
        stem = town.name.removesuffix("街道").removesuffix("镇")
        assert names[station_of(town.code)] == f"{stem}派出所"
