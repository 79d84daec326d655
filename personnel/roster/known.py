"""What is known of a person of the register, as a roster is held against it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from personnel.columns import NOTHING, unescaped
from personnel.roster.fields import FIELDS

# Columns of a person that a roster may fill and that are held against it; the phone is compared by its digest.
PERSON_COLUMNS = tuple(
    key for key, each in FIELDS.items() if each.of == "member" and key not in ("name", "id_number", "document", "phone")
)
SERVICE_COLUMNS = (
    "category",
    "sponsor",
    "employer_id",
    "post",
    "grade",
    "badge",
    "share",
    "started_on",
    "ended_on",
    "ending",
    "ending_note",
    "contract_from",
    "contract_until",
)


@dataclass(frozen=True, slots=True)
class Shape:
    """Which columns were read, in the order in which a person and a service are told: as COPY spells them, with tabs.

    A person begins with the name; a service with its key, unit, force and last day, and ends with `settled`: what a
    roster may change without a look at anything else.
    """

    person: tuple[str, ...]
    service: tuple[str, ...]
    settled: tuple[str, ...]

    @classmethod
    def of(cls, filled: Collection[str]) -> "Shape":
        """What has to be read for a roster that has values for these fields."""
        wanted = _ALWAYS.union(filled, () if _CONTRACT.isdisjoint(filled) else _CONTRACT)
        service = [column for column in SERVICE_COLUMNS if column in wanted and column != "ended_on"]
        settled = tuple(column for column in service if column in _SETTLED)
        return cls(
            ("name", *(key for key in ("phone", *PERSON_COLUMNS) if key in filled)),
            ("ended_on", *(column for column in service if column not in _SETTLED), *settled),
            settled,
        )


@dataclass
class Service:
    """A service that the reader may see."""

    id: int
    unit: int
    force: str
    told: str
    shape: Shape

    @cached_property
    def values(self) -> dict[str, Any]:
        """The columns that the roster may change, None for blank."""
        return _taken_apart(self.shape.service, self.told)

    @property
    def ended_on(self) -> date | None:
        return self.values["ended_on"]

    @property
    def share(self) -> int:
        return self.values["share"]

    def is_running(self, day: date) -> bool:
        return self.ended_on is None or self.ended_on > day

    def overlaps(self, start: date, end: date | None) -> bool:
        return (self.ended_on is None or self.ended_on > start) and (end is None or self.values["started_on"] < end)


@dataclass
class Known:
    """A member of the register: key, unit that keeps the file, contacts (name: sealed phone) where the roster has some.

    All else is taken apart when it is asked for: in most rosters most people are as they are known, and that is seen
    from what is told of them as a whole.
    """

    id: int
    unit: int
    told: str
    told_services: str
    shape: Shape
    contacts: Mapping[str, bytes] = field(default_factory=dict)

    @cached_property
    def _told(self) -> dict[str, Any]:
        return _taken_apart(self.shape.person, self.told)

    @property
    def name(self) -> str:
        return self._told["name"]

    @property
    def phone(self) -> str:
        """The digest in hexadecimal; "" where there is none."""
        return self._told["phone"] or ""

    @cached_property
    def values(self) -> dict[str, Any]:
        """The columns that the roster may change, None for blank."""
        return {key: value for key, value in self._told.items() if key not in ("name", "phone")}

    @cached_property
    def services(self) -> list[Service]:
        told = self.told_services.split("\n") if self.told_services else []
        return [self._service(*each.split("\t", 3)) for each in told]

    def serves(self, unit: int, force: str, settled: str) -> bool:
        """Whether the only service is in this unit and force, has no end, and has that told of it."""
        told = self.told_services
        return (
            told.startswith(_begin_of_service(unit, force), told.find("\t") + 1)
            and told.endswith(settled)
            and told[-len(settled) - 1] == "\t"
            and "\n" not in told
        )

    def _service(self, key: str, unit: str, force: str, told: str) -> Service:
        return Service(int(key), int(unit), force, told, self.shape)


@lru_cache(maxsize=500)
def _begin_of_service(unit: int, force: str) -> str:
    """What follows the key of a service that has no end."""
    return f"{unit}\t{force}\t{NOTHING}\t"


# What a roster may change without having values for it, or what is needed to see whether days agree.
_ALWAYS = frozenset(("sponsor", "employer_id", "share", "started_on", "ended_on", "ending"))
_CONTRACT = frozenset(("contract_from", "contract_until"))
_SETTLED = frozenset(("post", "grade", "badge", "started_on", *_CONTRACT))
COMPARED = frozenset((*PERSON_COLUMNS, *SERVICE_COLUMNS, "contact_name", "phone"))


# --- spelling ---------------------------------------------------------------------------------------------------------


def _taken_apart(columns: Sequence[str], told: str) -> dict[str, Any]:
    return {
        column: None if text == NOTHING else _READINGS.get(column, unescaped)(text)
        for column, text in zip(columns, told.split("\t"), strict=True)
    }


_READINGS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("employer_id", "share"), int),
    **dict.fromkeys(("started_on", "ended_on", "contract_from", "contract_until"), date.fromisoformat),
}
