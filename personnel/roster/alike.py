"""Rows that say what the register knows already, told by their spelling: all columns at once, and as a whole.

In a roster that comes every month nearly all rows are such. What is left is compared field by field.
"""

from collections.abc import Collection, Sequence

from organization.keyring import sealer
from personnel import columns
from personnel.roster.fields import FIELDS
from personnel.roster.known import Shape
from personnel.roster.steps import Step

# The fields of a service that mean something only together with others, or of which something may have to be said.
_INVOLVED = frozenset(key for key, each in FIELDS.items() if each.of == "service") | {"ending_note"}


def note(steps: Sequence[Step], filled: Collection[str]) -> None:
    """Spell the rows of a roster with values for these fields as the register tells its people, where that decides."""
    shape = Shape.of(filled)
    if not (_INVOLVED - {"force", *shape.settled}).isdisjoint(filled):
        return
    given = columns.transposed([step.row.values for step in steps])
    blank = [None] * len(steps)
    digest = sealer().digest

    def column(key: str) -> Sequence[str]:
        values = given.get(key, blank)
        if key == "phone":
            values = [digest(phone, purpose="phone").hex() if phone else None for phone in values]
        return columns.spelled(values)

    people = map("\t".join, zip(*map(column, shape.person), strict=True))
    services = map("\t".join, zip(*map(column, shape.settled), strict=True))
    for step, person, service in zip(steps, people, services, strict=True):
        step.told = person, service


def find(step: Step) -> bool:
    """Whether the row of a known member says what is known: then nothing changes."""
    member = step.member
    if member is None or step.told is None or member.told != step.told[0]:
        return False
    return member.serves(step.unit, step.force, step.told[1])
