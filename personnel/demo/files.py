"""The rest of some files: the account that pay goes to, whom to call, the state of health."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from personnel.demo import names
from personnel.demo.draw import Weighted
from personnel.demo.numbers import Numbers

BANKS = ("穗安农村商业银行", "穗安城市银行", "穗安储蓄银行")
WITH_ACCOUNT = {"auxiliary": 0.98, "patrol": 0.96, "joint_defence": 0.35}
WITH_CONTACT = {"auxiliary": 0.6, "patrol": 0.5, "joint_defence": 0.12}
WITH_HEALTH = {"auxiliary": 0.12, "patrol": 0.1}
RELATIONS = Weighted({"配偶": 50, "父亲": 18, "母亲": 17, "兄弟": 9, "子女": 6})
CONDITIONS = Weighted({"1": 88, "2": 8, "3": 4})
BLOOD_TYPES = Weighted({"o": 38, "b": 26, "a": 27, "ab": 8, "unknown": 1})


@dataclass(frozen=True)
class Account:
    """A bank account of a person, who is a place in the list of people."""

    person: int
    bank: str
    number: str


@dataclass(frozen=True)
class Contact:
    """Whom to call."""

    person: int
    name: str
    relation: str
    phone: str


@dataclass(frozen=True)
class Health:
    """State of health, in the codes of the standard."""

    person: int
    condition: str
    blood_type: str
    height: str
    checked_on: date


def accounts(rng: Random, numbers: Numbers, forces: Iterable[tuple[int, str]]) -> list[Account]:
    """Accounts of some of these people, each given with the force."""
    chosen = [person for person, force in forces if rng.random() < WITH_ACCOUNT.get(force, 0)]
    return [Account(person, rng.choice(BANKS), numbers.bank_account()) for person in chosen]


def contacts(rng: Random, numbers: Numbers, forces: Iterable[tuple[int, str]]) -> list[Contact]:
    """Emergency contacts of some of these people."""
    chosen = [person for person, force in forces if rng.random() < WITH_CONTACT.get(force, 0)]
    return [_contact(rng, numbers, person) for person in chosen]


def _contact(rng: Random, numbers: Numbers, person: int) -> Contact:
    relation = RELATIONS.draw(rng)
    sex = "male" if relation in ("父亲", "兄弟") else "female"
    return Contact(person, names.full_name(rng, sex, 1975), relation, numbers.phone())


def health(rng: Random, day: date, forces: Iterable[tuple[int, str]]) -> list[Health]:
    """Health records of some of these people, from the yearly check."""
    chosen = [person for person, force in forces if rng.random() < WITH_HEALTH.get(force, 0)]
    return [
        Health(
            person,
            CONDITIONS.draw(rng),
            BLOOD_TYPES.draw(rng),
            str(rng.randint(158, 186)),
            day - timedelta(rng.randint(1, 500)),
        )
        for person in chosen
    ]
