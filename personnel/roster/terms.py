"""On whose behalf and for which unit a roster is judged, and what was answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from organization.refusal import StrOrPromise
from personnel.roster.shapes import Question


@dataclass(frozen=True)
class Terms:
    """`unit` is where the rows go (its range of codes), `forces` those that the sender writes, `force` the default.

    `answers` are by question id, `remembered` by what the question is about.
    """

    today: date
    unit: int
    forces: tuple[str, ...]
    force: str = ""
    is_whole: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)
    remembered: Mapping[str, str] = field(default_factory=dict)
    force_names: Mapping[str, StrOrPromise] = field(default_factory=dict)

    def answer(self, question: Question) -> str | None:
        """A choice of the question that was made now or, for the same headers, before."""
        valid = {choice.value for choice in question.choices}
        for given in (self.answers.get(question.id), self.remembered.get(question.about) if question.about else None):
            if given in valid:
                return given
        return None
