"""Numbers that are valid in form and belong to nobody: documents, phones, bank accounts."""

from dataclasses import dataclass
from datetime import date
from random import Random

from personnel import identity
from personnel.demo.draw import Weighted

HOME = "440199"
# Places of first registration: a code whose last digits "99" (or 98) were never given to any county, native place, and
# how far that is from home. No valid number with such a code has ever been issued.
REGIONS = {
    HOME: ("广东穗安", "local"),
    "440198": ("广东广州", "city"),
    "440999": ("广东茂名", "province"),
    "441599": ("广东汕尾", "province"),
    "441899": ("广东清远", "province"),
    "450199": ("广西南宁", "other"),
    "450899": ("广西贵港", "other"),
    "430499": ("湖南衡阳", "other"),
    "431099": ("湖南郴州", "other"),
    "360799": ("江西赣州", "other"),
    "421099": ("湖北荆州", "other"),
    "511399": ("四川南充", "other"),
    "520399": ("贵州遵义", "other"),
    "411399": ("河南南阳", "other"),
}
UNASSIGNED_PREFIX = "154"  # no operator has it
FICTIONAL_BANK_BIN = "629999"
FREE, FREE_AT_HOME, ENDINGS, A_BLOCK = 90, 70, 8, 30  # endings that no county has: 90 to 97, in the home city 70 to 77
NEARNESS = {"city": 2.0, "province": 1.5, "other": 1.0}


@dataclass(frozen=True)
class Stock:
    """Which numbers a district hands out, so that no two districts give the same: the first takes from all of them.

    People from elsewhere have, in the other districts, other endings of the region and serials of a block.
    """

    number: int = 0
    region: str = HOME

    def region_of(self, region: str) -> str:
        """The region that stands in a document for a place of first registration."""
        if region == HOME:
            return self.region
        if not self.number:
            return region
        ending = self.number % ENDINGS
        return f"{region[:4]}{(FREE_AT_HOME if region[:4] == HOME[:4] else FREE) + ending}"

    def serials(self, region: str) -> range:
        """The serials of one sex that may stand in a document of that region."""
        if region == HOME or not self.number:
            return range(500)
        block = self.number // ENDINGS
        return range(block * A_BLOCK, (block + 1) * A_BLOCK)


class Numbers:
    """Hands out each number once."""

    def __init__(self, rng: Random, stock: Stock | None = None) -> None:
        self._rng, self._stock = rng, stock or Stock()
        self._given: set[str] = set()

    def id_number(self, birth: date, sex: str, region: str) -> str:
        """A citizen ID of 18 characters: the 17th digit is odd for men."""
        return self._once(lambda: self._citizen(birth, sex, region))

    def phone(self) -> str:
        """Eleven digits of a prefix that is valid in form."""
        return self._once(lambda: f"{UNASSIGNED_PREFIX}{self._rng.randrange(10**8):08}")

    def bank_account(self) -> str:
        """Nineteen digits that pass the Luhn check."""
        return self._once(lambda: with_luhn_digit(f"{FICTIONAL_BANK_BIN}{self._rng.randrange(10**12):012}"))

    def document(self, kind: str) -> str:
        """The number of a permit or passport."""
        prefix = {"hk_macau_permit": self._rng.choice(("H9", "M9")), "taiwan_permit": "0", "passport": "XZ"}[kind]
        if self._stock.number:  # the first district's begin with lower digits
            prefix = {"H9": "H8", "M9": "M8", "0": "9", "XZ": "XY"}[prefix] + f"{self._stock.number:03}"
            return self._once(lambda: f"{prefix}{self._rng.randrange(10**4):04}")
        return self._once(lambda: f"{prefix}{self._rng.randrange(10**7):07}")

    def _citizen(self, birth: date, sex: str, region: str) -> str:
        serials = self._stock.serials(region)
        serial = (serials.start + self._rng.randrange(len(serials))) * 2 + (sex == "male")
        first17 = f"{self._stock.region_of(region)}{birth:%Y%m%d}{serial:03}"
        return first17 + identity.check_digit(first17)

    def _once(self, draw) -> str:
        while True:
            number = draw()
            if number not in self._given and not identity.looks_truncated(number):
                self._given.add(number)
                return number


def with_luhn_digit(digits: str) -> str:
    """The digits and the one after them that the Luhn check asks for."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[::-2])
    return digits + str(-(sum(doubled) + sum(map(int, digits[-2::-2]))) % 10)


def native_place(region: str) -> tuple[str, str]:
    """(native place, household) of a region code."""
    return REGIONS[region]


def regions(local: float) -> Weighted[str]:
    """The regions, when that share of the people comes from the district itself."""
    others = {region: NEARNESS[kind] for region, (_, kind) in REGIONS.items() if region != HOME}
    whole = sum(others.values())
    return Weighted({HOME: local} | {region: (1 - local) * weight / whole for region, weight in others.items()})
