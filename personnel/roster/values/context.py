"""What cleaning has to know beside the cells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from personnel.roster.shapes import Question


@dataclass(frozen=True, slots=True)
class Context:
    """`answers` are of this import (question id -> choice), `remembered` of earlier ones (`about` -> choice).

    `force` is the force of people whose row names none.
    """

    today: date
    has_1904_dates: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)
    remembered: Mapping[str, str] = field(default_factory=dict)
    force: str | None = None

    def answer(self, question: Question) -> str | None:
        """The choice made; None where nobody chose, or chose what is not offered."""
        choice = self.answers.get(question.id)
        if choice is None and question.about:
            choice = self.remembered.get(question.about)
        return choice if any(one.value == choice for one in question.choices) else None
