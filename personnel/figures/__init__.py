"""Every figure about people: functions of a day, a reach of units and a force, under the current scope.

Headcounts are by assignment on the day. A person is counted once in each unit and once in any unit above. They read
assignments and cards only, never the file, so that the past holds when a file has moved on. Without a force the four
professional ones are counted, and volunteers apart.
"""

from personnel.figures.course import headcounts, movement
from personnel.figures.employment import guards
from personnel.figures.kit_issued import kit
from personnel.figures.leadership import posts, squads_at_risk
from personnel.figures.mergers import merger
from personnel.figures.population import by_unit, strength
from personnel.figures.table import flat

__all__ = [
    "by_unit", "flat", "guards", "headcounts", "kit", "merger", "movement", "posts", "squads_at_risk", "strength",
]  # fmt: skip
