"""Which unit a roster means: by code, by name, by a former or colloquial name, with or without its kind of unit."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from organization import divisions

# What is added to a name or left off it, longest first; 群防群治中队, 联防队 and the like belong to a squad's name.
_TEAM = re.compile(r"(群防群治|治安联防|群众联防|联防|治安|巡防|巡逻)*(支队|大队|中队|小队|分队|队|治保会|警务室)$")
_KIND = re.compile(
    r"(社区居民委员会|社区居委会|社区居民委|居民委员会|村民委员会|社区工作站|居委会|村委会|社区|村居|村)$"
)
_TOWN = re.compile(r"(街道办事处|镇人民政府|乡人民政府|街道办|街道|镇|乡|街)$")
_NOISE = re.compile(r"[\s·.、,，()（）\-—_]+")


@dataclass(frozen=True, slots=True)
class Place:
    """A unit that a roster may name: its code, its name and the other names it has or had."""

    code: int
    name: str
    aliases: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", name))


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """The name without what says what kind of unit it is: 东兴村委会, 东兴社区居委会 and 东兴 are one."""
    text = plain(name)
    for ending in (_TEAM, _KIND, _TOWN):
        shorter = ending.sub("", text)
        text = shorter if len(shorter) >= 2 else text
    return text


class Places:
    """All open units by their names; each answer is a list of codes, none, one or several."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.names: dict[int, str] = {}
        self._exact: defaultdict[str, set[int]] = defaultdict(set)
        self._loose: defaultdict[str, set[int]] = defaultdict(set)
        for place in places:
            self.names[place.code] = place.name
            for name in (place.name, *place.aliases):
                self._exact[plain(name)].add(place.code)
                self._loose[folded(name)].add(place.code)

    def find(self, text: str, within: tuple[int, int] | None = None) -> list[int]:
        """Codes of the units that the text names, exactly if any are, else but for their kind; `within` a range."""
        low, high = within or (0, 10**12)
        digits = re.sub(r"\D", "", text)
        if len(digits) in (9, 12) and digits == plain(text):
            code = int(digits.ljust(12, "0"))
            return [code] if code in self.names and low <= code <= high else []
        for names, key in ((self._exact, plain(text)), (self._loose, folded(text))):
            if found := sorted(code for code in names.get(key, ()) if low <= code <= high):
                return found
        return self._with_town(text, low, high)

    def _with_town(self, text: str, low: int, high: int) -> list[int]:
        """A village whose town is written before it: 东塘街道东兴村."""
        key = plain(text)
        found = set()
        for name, codes in self._exact.items():
            if len(name) < len(key) and key.startswith(name):
                towns = [code for code in codes if divisions.level(code) == "town"]
                for town in towns:
                    found.update(self.find(key[len(name) :], _narrower(divisions.span(town), (low, high))))
        return sorted(found)


def _narrower(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return max(one[0], other[0]), min(one[1], other[1])
