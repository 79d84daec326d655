"""The columns that a grid may have: those of lists and templates, which the import reads."""

from collections.abc import Iterable
from dataclasses import dataclass

from personnel.exports.columns import COLUMNS, FULL_TIME
from personnel.roster.values.vocabulary import TABLES, vocabulary

NEEDED = ("name", "id_number")
# The unit and the force are chosen for the whole grid; age and serial number are nothing to type.
NOT_TYPED = frozenset({"seq", "age", "town", "village", "force"})
_ALWAYS = (*NEEDED, "phone", "education", "political", "post", "started_on")
OFFERED = tuple(dict.fromkeys((*_ALWAYS, *(key for key in COLUMNS if key not in NOT_TYPED))))
USUAL: dict[str, tuple[str, ...]] = {
    "auxiliary": (*_ALWAYS, "category", "grade", "badge"),
    "patrol": (*_ALWAYS, "grade", "badge"),
    "joint_defence": (*_ALWAYS, "remark"),
    "guard": (*NEEDED, "phone", "employer", "post", "started_on", "remark"),
    "volunteer": (*NEEDED, "phone", "specialty", "started_on", "remark"),
}


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column of the grid: its field, header, width in characters, and what may be chosen from, if anything."""

    key: str
    header: str
    width: int
    choices: tuple[str, ...] = ()

    @property
    def is_needed(self) -> bool:
        return self.key in NEEDED


def columns(keys: Iterable[str]) -> tuple[GridColumn, ...]:
    """The columns of these fields in the usual order, with name and number in any case; only what is offered."""
    wanted = {*keys, *NEEDED}
    return tuple(GridColumn(key, COLUMNS[key].header, _width(key), _choices(key)) for key in OFFERED if key in wanted)


def _width(key: str) -> int:
    """Narrower than on paper, so that a squad is seen without scrolling; the ID number is seen whole."""
    return 19 if key == "id_number" else max(6, min(12, round(COLUMNS[key].width)))


def _choices(key: str) -> tuple[str, ...]:
    if key == "share":
        return (FULL_TIME, "50%")
    return tuple(vocabulary(key).names.values()) if key in TABLES else ()
