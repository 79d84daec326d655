"""Who may join a force: age and education on the day of joining, by rules that an office edits and dates."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from organization.refusal import StrOrPromise, fill
from personnel import codes, identity
from personnel.roster.shapes import Finding, Notice, Problem, Row

# Rising. The bands that figures count by, and between the first two what the law on guards asks for: junior
# secondary school, which the band junior_or_below does not tell from primary school.
LEVELS: dict[str, StrOrPromise] = {
    "junior_or_below": _("any education"),
    "junior": _("junior secondary school"),
    "senior_or_vocational": _("senior secondary or vocational school"),
    "college_or_above": _("college"),
}
_RANKS = {level: rank for rank, level in enumerate(LEVELS)}
_PRIMARY = "8"  # the first digit of its codes in GB/T 4658


@dataclass(frozen=True, slots=True)
class Rule:
    """Ages in full years on the day of joining, the lowest education as one of LEVELS ("" or None for any).

    Valid from the first day up to but not including the second. What is not hard is a notice.
    """

    force: str
    valid_from: date
    valid_until: date | None
    min_age: int
    max_age: int | None
    min_education: str | None
    is_max_age_hard: bool
    is_education_hard: bool
    source: str


def default_rules() -> tuple[Rule, ...]:
    """The rules that a new office begins with, of eligibility_rules.json."""
    entries = json.loads(Path(__file__).parents[1].joinpath("eligibility_rules.json").read_text(encoding="utf-8"))
    return tuple(Rule(**entry | {key: _day(entry[key]) for key in ("valid_from", "valid_until")}) for entry in entries)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


class Eligibility:
    """The same judgement of many rows: what nearly all of them pass is worked out once for a force and a day."""

    def __init__(self, rules: Sequence[Rule], today: date) -> None:
        self._rules, self._today = rules, today
        self._births: dict[tuple[str | None, date], tuple[date, date]] = {}
        self._educations: dict[tuple[str | None, date, str | None], bool] = {}

    def judge(self, row: Row) -> list[Finding]:
        force, day = row.values.get("force"), row.values.get("started_on") or self._today
        first, last = self._births.get((force, day)) or self._born_between(force, day)
        born, education = row.values.get("birth_date"), row.values.get("education")
        if (born is None or first <= born <= last) and self._is_enough(force, day, education, row):
            return []
        return judge(row, self._rules, self._today)

    def _born_between(self, force: str | None, day: date) -> tuple[date, date]:
        """The first and the last birth date of those who are neither too old nor too young."""
        rule = _rule(force, self._rules, day)
        last = identity.latest_birth_date(rule.min_age, day) if rule else date.max
        first = date.min
        if rule and rule.max_age is not None:
            first = identity.latest_birth_date(rule.max_age + 1, day) + timedelta(1)
        self._births[force, day] = first, last
        return first, last

    def _is_enough(self, force: str | None, day: date, education: str | None, row: Row) -> bool:
        key = (force, day, education)
        if key not in self._educations:
            rule = _rule(force, self._rules, day)
            self._educations[key] = rule is None or not any(_education(row, rule))
        return self._educations[key]


def judge(row: Row, rules: Sequence[Rule], today: date) -> list[Finding]:
    """What the rule of the row's force says of the person on the day of joining (today, where none is given).

    A row without force, or a force without a rule on that day, is not judged; nor is what is not known of a person.
    """
    day = row.values.get("started_on") or today
    rule = _rule(row.values.get("force"), rules, day)
    return [*_ages(row, rule, day, today), *_education(row, rule)] if rule else []


def _rule(force: str | None, rules: Sequence[Rule], day: date) -> Rule | None:
    """The newest of those valid on that day."""
    newest = None
    for rule in rules:
        if rule.force == force and rule.valid_from <= day and (rule.valid_until is None or day < rule.valid_until):
            newest = rule if newest is None or rule.valid_from > newest.valid_from else newest
    return newest


def _ages(row: Row, rule: Rule, day: date, today: date) -> Iterator[Finding]:
    born = row.values.get("birth_date")
    if born is None:
        return
    age = identity.age_on(born, day)
    column = row.columns.get("id_number") or row.columns.get("birth_date", "")
    if age < rule.min_age:
        # A day of joining before majority is a slip of the pen in the row of somebody who has come of age since.
        if not (identity.age_on(born, today) >= rule.min_age and _was_too_young(row)):
            message = fill(_("Under %(age)d years of age: not to be entered."), {"age": rule.min_age})
            yield Problem(row.sheet, row.number, column, "under_age", message)
    elif rule.max_age is not None and age > rule.max_age:
        above = _("%(age)d years old on joining, above the %(limit)d that the rule allows.")
        kind = Problem if rule.is_max_age_hard else Notice
        said = _with_source(fill(above, {"age": age, "limit": rule.max_age}), rule)
        yield kind(row.sheet, row.number, column, "over_age", said)


def _was_too_young(row: Row) -> bool:
    return any(one.code == "started_too_young" for one in row.findings)


def _education(row: Row, rule: Rule) -> Iterator[Finding]:
    code = row.values.get("education")
    rank = _RANKS.get(_level(code))
    if not code or not rule.min_education or rank is None or rank >= _RANKS[rule.min_education]:
        return
    message = _("The education “%(education)s” is below what the rule asks for: %(needed)s.")
    params = {"education": codes.name("education", code), "needed": LEVELS[rule.min_education]}
    kind = Problem if rule.is_education_hard else Notice
    column = row.columns.get("education", "")
    yield kind(row.sheet, row.number, column, "low_education", _with_source(fill(message, params), rule))


def _level(code: str | None) -> str:
    band = codes.education_band(code)
    if band == "junior_or_below" and code and not code.startswith(_PRIMARY):
        return "junior"
    return band


def _with_source(message: StrOrPromise, rule: Rule) -> StrOrPromise:
    if not rule.source:
        return message
    return fill(_("%(message)s Source: %(source)s."), {"message": message, "source": rule.source})
