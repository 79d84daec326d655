"""Services over the years: how people came, moved, came back and left, so that past days have figures too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from personnel import identity
from personnel.demo.draw import Weighted, day_between
from personnel.demo.jobs import Job
from personnel.demo.profiles import PROFILES, RETIREMENT

YEAR = 365
DECADE = 10 * YEAR
MOVED, RETURNED = 0.07, 0.025  # of those who serve today
MOVED_BEFORE_LEAVING = 0.06
STAYED_TO_THE_END = 0.3  # of those whose employer gave up its guards
COHORT_2003 = date(2003, 9, 1)  # the sub-bureau's own recruits of that year, then called assistants
OF_THAT_COHORT = 0.16
GRADES = Weighted({"三级": 60, "二级": 28, "一级": 12})
REASONS = Weighted({"expired": 0.6, "dismissed": 0.13, "other": 0.24, "deceased": 0.03})
NOTES = {
    "resigned": ("个人原因", "另谋职业", "家庭原因", ""),
    "dismissed": ("违反考勤纪律", "考核不合格", "擅离职守"),
    "other": ("单位减员", "身体原因", ""),
}


@dataclass(frozen=True)
class Stint:
    """One service: the job, the first day, and, where it is over, the first day after it and why."""

    job: Job
    started_on: date
    beginning: str = "recruited"
    ended_on: date | None = None
    ending: str = ""
    ending_note: str = ""


def adult_on(born: date) -> date:
    """The eighteenth birthday."""
    return anniversary(born, 18)


def anniversary(day: date, years: int) -> date:
    """The same day some years later; 1 March for 29 February in a common year."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def serving(rng: Random, day: date, job: Job, born: date, before: Sequence[Job]) -> list[Stint]:
    """The services of somebody who holds that job on the day; `before` are jobs that he or she may have had earlier."""
    first = max(adult_on(born), job.since or date.min)
    started = _start(rng, day, first, PROFILES[job.force].long_serving)
    if job.force == "auxiliary" and first <= COHORT_2003 < day and rng.random() < OF_THAT_COHORT:
        started = COHORT_2003
    old, lot = rng.choice(before), rng.random()
    can_move = (day - started).days > YEAR and not _same_place(old, job)
    if can_move and lot < MOVED and (cut := _cut(rng, started, day, old)):
        return [Stint(old, started, "recruited", cut, "transferred"), Stint(job, cut, "transferred")]
    if (day - started).days > 2 * YEAR and lot > 1 - RETURNED:
        left = day_between(rng, started + timedelta(90), started + timedelta((day - started).days // 2))
        back = day_between(rng, left + timedelta(60), day - timedelta(30))
        return [Stint(job, started, "recruited", left, "resigned", "个人原因"), Stint(job, back, "returned")]
    return [Stint(job, started)]


def left(rng: Random, day: date, job: Job, before: Sequence[Job]) -> list[Stint] | None:
    """The services of somebody who left that job before the day; None where the job has no room for that."""
    earliest = job.since or day - timedelta(3 * DECADE)
    first_end, latest = max(earliest + timedelta(40), day - timedelta(DECADE)), min(day, job.until or day)
    if first_end > latest:
        return None
    is_last = job.until is not None and rng.random() < STAYED_TO_THE_END
    end = latest if is_last else day_between(rng, first_end, latest)
    stayed = timedelta(20 + int(rng.expovariate(1 / (PROFILES[job.force].years_stayed * YEAR))))
    started = _whole_month(rng, max(earliest, end - stayed), earliest)
    old = rng.choice(before)
    if rng.random() < MOVED_BEFORE_LEAVING and not _same_place(old, job) and (cut := _cut(rng, started, end, old)):
        return [Stint(old, started, "recruited", cut, "transferred"), Stint(job, cut, "transferred", end, "other")]
    return [Stint(job, started, "recruited", end, "other")]


def with_reason(rng: Random, stints: list[Stint], born: date) -> list[Stint]:
    """The same services; the last one ends for a reason that fits age and employer."""
    last = stints[-1]
    assert last.ended_on  # noqa: S101 - for the type checker
    if last.job.until == last.ended_on:
        ending, note = "other", "单位不再聘用保安员"
    elif identity.age_on(born, last.ended_on) >= RETIREMENT and rng.random() < 0.7:
        ending, note = "retired", ""
    else:
        is_own = rng.random() < PROFILES[last.job.force].left_on_own
        ending = "resigned" if is_own else REASONS.draw(rng)
        note = rng.choice(NOTES.get(ending, ("",)))
    return [*stints[:-1], Stint(last.job, last.started_on, last.beginning, last.ended_on, ending, note)]


def _start(rng: Random, day: date, first: date, long_serving: float) -> date:
    is_old_hand = rng.random() < long_serving
    tenure = timedelta(DECADE + rng.randint(0, 8 * YEAR) if is_old_hand else int(DECADE * rng.random() ** 0.6))
    if day - tenure < first:
        # Too young for that, or the employer is: most came soon after they could.
        return _whole_month(rng, first + timedelta(int((day - first).days * rng.random() ** 1.8)), first)
    return _whole_month(rng, day - tenure, first)


def _whole_month(rng: Random, day: date, first: date) -> date:
    """Many begin on the first of a month."""
    return max(day.replace(day=1), first) if rng.random() < 0.5 else day


def _cut(rng: Random, started: date, end: date, old: Job) -> date | None:
    """A day between, on which somebody moves from the old job; None where that job does not cover the time before."""
    if (end - started).days < 200 or (old.since and old.since > started):
        return None
    cut = day_between(rng, started + timedelta(60), end - timedelta(60))
    return cut if old.until is None or cut <= old.until else None


def _same_place(one: Job, other: Job) -> bool:
    return (one.unit, one.employer) == (other.unit, other.employer)
