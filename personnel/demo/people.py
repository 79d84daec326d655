"""Fictional people: who they are, apart from where they serve."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from personnel import identity
from personnel.demo import names, numbers
from personnel.demo.draw import Weighted, day_between
from personnel.demo.places import DISTRICT_NAME
from personnel.demo.profiles import ETHNICITIES, PROFILES, RETIREMENT, Profile

DOCUMENTS = Weighted({"hk_macau_permit": 5, "taiwan_permit": 2, "passport": 3})
MARRIED = Weighted({"20": 94, "40": 5, "30": 1})
STREETS = ("祠堂大街", "榕树巷", "东成路", "西约街", "永兴里", "康宁路", "富民街", "新村路", "塘边巷", "北闸街")
SPECIALTIES = ("粤语、客家话", "驾驶（C1）", "计算机操作", "游泳救生", "急救员", "醒狮", "摄影", "电工")


@dataclass(frozen=True)
class Person:
    """A person's file, by the names of its fields; the unit that keeps it comes from the services."""

    name: str
    sex: str
    birth_date: date
    document: str
    id_number: str
    ethnicity: str | None
    political: str | None
    education: str | None
    marital: str | None
    occupation: str | None
    military: str | None
    phone: str | None
    native_place: str
    household: str
    household_address: str
    address: str
    specialty: str


def birth_date(rng: Random, ages: Weighted[tuple[int, int]], day: date) -> date:
    """When somebody was born whose age in full years on that day is drawn from the curve."""
    age = rng.randint(*ages.draw(rng))
    first = identity.latest_birth_date(age + 1, day) + timedelta(1)
    return day_between(rng, first, identity.latest_birth_date(age, day))


class People:
    """Makes people, each with numbers of their own."""

    def __init__(
        self, rng: Random, day: date, place_names: Mapping[int, str], stock: numbers.Stock | None = None
    ) -> None:
        self._rng, self._day, self._place_names = rng, day, place_names
        self.numbers = numbers.Numbers(rng, stock)
        self._regions = {force: numbers.regions(profile.local) for force, profile in PROFILES.items()}

    def person(self, force: str, home: int, born: date, sex: str | None = None, education: str | None = None) -> Person:
        """Somebody of that force who lives in that town or village; sex and education are drawn unless given."""
        rng, profile = self._rng, PROFILES[force]
        sex = sex or ("female" if rng.random() < profile.women else "male")
        education = education or profile.education.draw(rng)
        age = identity.age_on(born, self._day)
        if rng.random() < profile.foreigners:
            status, contact = self._status(profile, sex, age), self._contact(home, 1)
            return Person(**self._visitor(sex, born), **status, education=education, **contact)
        region = self._regions[force].draw(rng)
        place, household = numbers.native_place(region)
        ethnicity = ETHNICITIES.draw(rng)
        registered = self._address(home) if household == "local" else f"{place}市"
        return Person(
            name=names.name_of(rng, sex, born.year, ethnicity), sex=sex, birth_date=born, ethnicity=ethnicity,
            document="resident_id", id_number=self.numbers.id_number(born, sex, region), native_place=place,
            household=household, household_address=registered, education=education,
            **self._status(profile, sex, age), **self._contact(home, profile.phones),
        )  # fmt: skip

    def _visitor(self, sex: str, born: date) -> dict:
        """Who comes from Hong Kong, Macau, Taiwan or abroad: sex and birth date are typed, not read from a number."""
        kind = DOCUMENTS.draw(self._rng)
        is_foreign = kind == "passport"
        name = names.foreign_name(self._rng, sex) if is_foreign else names.full_name(self._rng, sex, born.year)
        return {
            "name": name, "sex": sex, "birth_date": born, "document": kind, "id_number": self.numbers.document(kind),
            "ethnicity": None, "native_place": "", "household": "", "household_address": "",
        }  # fmt: skip

    def _status(self, profile: Profile, sex: str, age: int) -> dict:
        rng = self._rng
        is_party = age >= 20 and rng.random() < profile.party
        is_league = age < 28 and rng.random() < 0.5
        is_veteran = age >= 20 and rng.random() < profile.veterans * (0.15 if sex == "female" else 1)
        is_retired = age >= RETIREMENT and rng.random() < 0.7
        single = max(0.02, min(0.95, (33 - age) / 12))
        return {
            "political": "01" if is_party else "03" if is_league else "13",
            "marital": "10" if rng.random() < single else MARRIED.draw(rng),
            "occupation": "80" if is_retired else profile.before.draw(rng),
            "military": "discharged" if is_veteran else "not_served",
        }

    def _contact(self, home: int, phones: float) -> dict:
        rng = self._rng
        return {
            "phone": self.numbers.phone() if rng.random() < phones else None,
            "address": self._address(home),
            "specialty": rng.choice(SPECIALTIES) if rng.random() < 0.06 else "",
        }

    def _address(self, home: int) -> str:
        town = home - home % 1000
        village = self._place_names[home] if home != town else ""
        house = f"{self._rng.choice(STREETS)}{self._rng.randint(1, 180)}号"
        return f"{DISTRICT_NAME}{self._place_names[town]}{village}{house}"
