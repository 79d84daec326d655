"""How many serve on a day, by force, sponsor, sex, age, education and former occupation.

Source: requirements 1 to 5, 40 to 42 and 47.
"""

from collections.abc import Sequence
from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef

from organization.belonging import HOMES, Reach
from personnel import codes, identity
from personnel.models import Assignment, Card, Force
from personnel.people import described

PROFESSIONAL = [force.value for force in Force if force is not Force.VOLUNTEER]

# Key of the figure: what is true of a person who is counted in it. `counted` is true of the forces asked for.
_PEOPLE = {
    "total": "counted",
    "male": "counted AND sex = 'male'",
    "female": "counted AND sex = 'female'",
    **{f"force.{force}": f"is_{force}" for force in Force.values},
    "category.operational": "is_operational",
    "category.clerical": "is_clerical",
    "sponsor.town": "is_town_run",
    "sponsor.village": "is_village_run",
    **{f"age.{band}": f"counted AND age = '{band}'" for band in ("under_25", "25_40", "41_up")},
    "age.unknown": "counted AND age IS NULL",
    **{f"education.{band}": f"counted AND education = ANY (%({band})s)" for band in codes.EDUCATION_BANDS},
    "education.unknown": "counted AND education IS NULL",
    **{f"former.{band}": f"counted AND former = '{band}'" for band in codes.FORMER_BANDS},
    "former.unknown": "counted AND former IS NULL",
}
KEYS = tuple(_PEOPLE)

_PLACE = "width_bucket(COALESCE(homes.home, a.unit_id), %(places)s::bigint[])"
_HOMES = f"LEFT JOIN {HOMES} ON homes.moved = a.unit_id"


# What is said of each service; where a person has several at once, of all of them together.
_SAID = {
    "counted": "a.force = ANY (%(counted)s)",
    **{f"is_{force}": f"a.force = '{force}'" for force in Force.values},
    "is_operational": "a.category = 'operational'",
    "is_clerical": "a.category = 'clerical'",
    "is_town_run": "a.sponsor = 'town'",
    "is_village_run": "a.sponsor = 'village'",
}
_AGE = (
    "CASE WHEN c.birth_date > %(of_25)s THEN 'under_25' WHEN c.birth_date > %(of_41)s THEN '25_40'"
    " WHEN c.birth_date IS NOT NULL THEN '41_up' END"
)

# By band, not by code as education: each kind of person more is a row more to add up.
_FORMER = "CASE {} END".format(
    " ".join(f"WHEN c.occupation = ANY (%(former_{band})s) THEN '{band}'" for band in codes.FORMER_BANDS)
)


def _query(within: Reach, *, by_place: bool) -> str:
    """First people who are alike, then a row a place, and with places one for all of them, whose place is NULL.

    Who serves full time serves nowhere else on that day: the database sees to it, so such a service is a person. Only
    of the others, which are few, are the services of a person put together.
    """
    place, homes = (_PLACE, _HOMES) if by_place else ("NULL::int", "")
    said = ", ".join(f"{condition} AS {name}" for name, condition in _SAID.items())
    grouping, both = (", ROLLUP (place)", "unnest(ARRAY[place, NULL])") if by_place else ("", "place")
    running = f"""{within.inside("a.unit_id")} AND a.force = ANY (%(forces)s)
    AND a.started_on <= %(day)s AND (a.ended_on IS NULL OR a.ended_on > %(day)s)"""
    return f"""
WITH alike AS (
  SELECT {place} AS place, c.sex, {_AGE} AS age, c.education, {_FORMER} AS former,
    a.force, a.sponsor, a.category, count(*) AS people
  FROM personnel_assignment a
  JOIN personnel_card c ON c.unit_id = a.unit_id AND c.member_id = a.member_id {homes}
  WHERE {running} AND {within.inside("c.unit_id")} AND a.share = 100
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
), person AS (
  SELECT {both} AS place, sex, age, education, former, {said}, people FROM alike a
  UNION ALL
  SELECT {place} AS place, min(c.sex), min({_AGE}), min(c.education), min({_FORMER}),
    {", ".join(f"bool_or({condition})" for condition in _SAID.values())}, 1
  FROM personnel_assignment a {homes}
  CROSS JOIN LATERAL (  -- looked up one by one: all cards would be read once more for these few
    SELECT * FROM personnel_card WHERE unit_id = a.unit_id AND member_id = a.member_id OFFSET 0
  ) c
  WHERE {running} AND a.share < 100
  GROUP BY a.member_id{grouping}
)
SELECT place, {", ".join(f"COALESCE(sum(people) FILTER (WHERE {each}), 0)::bigint" for each in _PEOPLE.values())}
FROM person GROUP BY place
"""  # noqa: S608 - constants of this module only


def strength(day: date, within: Reach, force: str | None = None) -> dict[str, int]:
    """People who serve on that day, each once; keys as in KEYS, all present.

    Sex, age, education and former occupation are of the people in `total`. Forces may add up to more than the total:
    who serves part of the time in each of two is in both.
    """
    return by_unit(day, within, [], force)[0]


def by_unit(day: date, within: Reach, units: Sequence[int], force: str | None = None) -> tuple[dict[str, int], ...]:
    """The strength of all, of those who serve right at the unit above, and of each of `units`, in one query.

    `units` are the codes right below, in ascending order.
    """
    found = _counts(day, within, units, force)
    return tuple(found.get(place, dict.fromkeys(KEYS, 0)) for place in (None, *range(len(units) + 1)))


def forces_counted(force: str | None) -> list[str]:
    """The forces that make up a headcount: the one asked for, else the professional ones."""
    return [force] if force else PROFESSIONAL


def _counts(day, within, units, force):
    values = within.params() | {
        "day": day,
        "places": list(units),
        "counted": forces_counted(force),
        "forces": [force] if force else Force.values,
        "of_25": identity.latest_birth_date(25, day),
        "of_41": identity.latest_birth_date(41, day),
        **{band: list(members) for band, members in codes.EDUCATION_BANDS.items()},
        **{f"former_{band}": list(members) for band, members in codes.FORMER_BANDS.items()},
    }
    with connection.cursor() as cursor:
        # The kinds of people are few; the planner expects many and would sort all people first.
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(_query(within, by_place=bool(units)), values)
        found = {place: dict(zip(KEYS, counts, strict=True)) for place, *counts in cursor.fetchall()}
        cursor.execute("SET LOCAL enable_sort = on")
    return found


def right_here(day: date, within: Reach, unit: int, force: str | None = None, narrowed: dict[str, str] | None = None):
    """The services behind the second of `by_unit`: of those who serve in the unit itself, one a person.

    `narrowed` is what is asked besides: sponsor, sex, age.
    """
    codes = [unit, *(code for code, home in within.homes.items() if home == unit)]
    running = Assignment.objects.on(day).filter(unit__in=codes, force__in=forces_counted(force))
    asked = dict(narrowed or {})
    if sponsor := asked.pop("sponsor", None):
        running = running.filter(sponsor=sponsor)
    if asked:
        cards = Card.objects.filter(described(asked, day), member=OuterRef("member"), unit=OuterRef("unit"))
        running = running.filter(Exists(cards))
    return Assignment.objects.filter(pk__in=running.order_by("member_id", "id").distinct("member_id").values("pk"))
