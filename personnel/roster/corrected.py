"""Rows of a roster that still carry a document number which was corrected since."""

from collections.abc import Sequence
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization.refusal import fill
from personnel.corrections.numbers import followed
from personnel.roster.shapes import Notice
from personnel.roster.steps import Step, say


def follow(steps: Sequence[Step], people: dict[bytes, tuple[str, date | None]]) -> None:
    """Such a row is about the member that the number was corrected of: judged by the number on record from here on."""
    numbers = followed(people)
    for step in steps if numbers else ():
        if step.digest in numbers:
            step.digest, at = numbers[step.digest]
            people[step.digest] = (step.row.values.get("name") or "", step.row.values.get("birth_date"))
            day = {"day": timezone.localtime(at).date().isoformat()}
            message = fill(_("This number was corrected on %(day)s; the roster still carries the old one."), day)
            say(step, Notice, "id_number", "corrected_number", message)
