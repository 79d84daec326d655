"""What a unit answered about its rosters: kept for its next file with the same headers."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from organization.refusal import fill
from personnel.models import RosterAnswer, RosterImport
from personnel.roster import mapping
from personnel.roster.fields import FIELDS
from personnel.roster.recording import holds_a_number
from personnel.roster.shapes import Notice, Question, Table
from personnel.roster.terms import Terms

AGAIN = "again"  # among the answers of a roster, instead of a question: what was answered before does not count
TOLD = "remembered"  # the notice of what was answered before
MOST_TOLD = 20


def remembered(tables: Sequence[Table], terms: Terms) -> dict[str, str]:
    """What the unit answered before about files with these headers: {about: choice}."""
    return remembered_of({mapping.header_key(table) for table in tables}, terms)


def remembered_of(keys: Iterable[str], terms: Terms) -> dict[str, str]:
    """The same of headers that are known by their keys; nothing where all is to be asked again."""
    if AGAIN in terms.answers:
        return {}
    return dict(RosterAnswer.objects.filter(unit=terms.unit, headers__in=keys).values_list("about", "choice"))


def told(terms: Terms, tables: Sequence[Table]) -> list[Notice]:
    """What is taken from earlier answers, so that a wrong one is found and asked again."""
    if not terms.remembered:
        return []
    about = "、".join(f"“{_shown(one)}”" for one in sorted(terms.remembered)[:MOST_TOLD])
    message = fill(_("As answered for earlier lists with these headings: %(about)s."), {"about": about})
    return [Notice(tables[0].sheet, None, "", TOLD, message)]


def may_be_asked_again(roster: RosterImport) -> bool:
    """Whether any answer counts for the roster, given now or before."""
    return bool(roster.answers.keys() - {AGAIN}) or any(one["code"] == TOLD for one in roster.notices)


def _shown(about: str) -> str:
    """A header, or the word in the cells; "#2" tells a second column of one header from the first."""
    word = about.rpartition(":")[2].partition("#")[0]
    return str(FIELDS[word].label) if word in FIELDS else word


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
