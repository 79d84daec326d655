"""Questions about a roster as they are asked: the same of many rows at once, each answerable alone."""

from collections.abc import Iterable
from dataclasses import dataclass

from personnel.roster.mapping import IGNORE

MOST_SHOWN = 30
SERVES_OR_KEPT_ELSEWHERE = ("serves_elsewhere", "kept_elsewhere", "elsewhere")


@dataclass
class AskedQuestion:
    """A question as it is shown: `person` is whom it is about, where it is about one."""

    told: dict
    person: str = ""

    @property
    def id(self) -> str:
        return self.told["id"]


@dataclass
class QuestionGroup:
    """The same question about one or many rows; many may be answered at once."""

    told: dict
    questions: list[AskedQuestion]
    taken: frozenset[str] = frozenset()  # fields that have a column already

    @property
    def id(self) -> str:
        return self.told["id"]

    @property
    def count(self) -> int:
        return len(self.questions)

    @property
    def is_many(self) -> bool:
        return self.count > 1

    @property
    def is_about_another_unit(self) -> bool:
        return self.told["code"] in SERVES_OR_KEPT_ELSEWHERE

    @property
    def choices(self) -> list[dict]:
        """What may be chosen; of a column, to leave it out comes first, since that is the usual answer."""
        free = [choice for choice in self.told["choices"] if choice["value"] not in self.taken]
        return sorted(free, key=lambda choice: choice["value"] != IGNORE)

    @property
    def instead(self) -> list[dict]:
        """Choices that take a field away from another column."""
        return [choice for choice in self.told["choices"] if choice["value"] in self.taken]

    @property
    def shown(self) -> list[AskedQuestion]:
        return self.questions[:MOST_SHOWN]

    @property
    def rest(self) -> int:
        return max(0, self.count - MOST_SHOWN)


def groups(questions: Iterable[dict]) -> list[QuestionGroup]:
    """Questions that say the same of a column of different rows together; those about sheets and columns each alone."""
    found: dict[tuple, QuestionGroup] = {}
    for one in questions:
        key = (one["code"], one["column"], one["text"]) if one["row"] else (one["id"],)
        group = found.setdefault(key, QuestionGroup(one, []))
        group.questions.append(AskedQuestion(one))
    return list(found.values())
