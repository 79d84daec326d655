"""What a unit answered about its rosters: kept for its next file with the same headers."""

from collections.abc import Iterable, Sequence

from personnel.models import RosterAnswer
from personnel.roster import mapping
from personnel.roster.recording import holds_a_number
from personnel.roster.shapes import Question, Table
from personnel.roster.terms import Terms


def remembered(tables: Sequence[Table], terms: Terms) -> dict[str, str]:
    """What the unit answered before about files with these headers: {about: choice}."""
    return remembered_of({mapping.header_key(table) for table in tables}, terms)


def remembered_of(keys: Iterable[str], terms: Terms) -> dict[str, str]:
    """The same of headers that are known by their keys."""
    return dict(RosterAnswer.objects.filter(unit=terms.unit, headers__in=keys).values_list("about", "choice"))


def remember(tables: Sequence[Table], terms: Terms, questions: Sequence[Question]) -> None:
    """Keep the answers given to these questions for the unit's next file with the same headers."""
    keys = {table.sheet: mapping.header_key(table) for table in tables}
    found = {
        (keys[question.sheet], question.about[:200]): choice
        for question in questions
        if question.about and not holds_a_number(question.about)
        if question.sheet in keys and (choice := terms.answer(question)) is not None
    }
    RosterAnswer.objects.bulk_create(
        [
            RosterAnswer(unit_id=terms.unit, headers=key, about=about, choice=choice)
            for (key, about), choice in sorted(found.items())
        ],
        update_conflicts=True,
        unique_fields=["unit", "headers", "about"],
        update_fields=["choice"],
    )
