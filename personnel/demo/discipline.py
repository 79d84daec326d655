"""Discipline cases of the demo, in all states: only in special squads of the sub-bureau, which bear no place's name.

No real village, and nobody who could be taken for its own, is said to have done anything.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from organization.models import Account
from organization.office import OWNER
from personnel.bulk import keys
from personnel.demo.draw import lots
from personnel.demo.places import SPECIAL_SQUADS, SUB_BUREAU
from personnel.models import Assignment, DisciplineCase

FIRST = SUB_BUREAU + 20 * 1000
SQUADS = (FIRST, FIRST + len(SPECIAL_SQUADS) * 1000 - 1)  # from the first squad's code to the last one's
WRITTEN = (DisciplineCase,)
SUMMARIES = {
    "work": "值勤记录未按规定填写，经提醒仍未改正。",
    "attendance": "两次未请假缺勤，事后补办手续。",
    "conduct": "执勤时与群众发生争执，言语不当。",
    "identity": "休息日着工作服办理私事。",
    "corruption": "收受服务对象赠送的烟酒，已退还。",
    "penalty": "因交通违法受行政处罚，未主动报告。",
    "criminal": "本人报告被有关机关立案调查，具体情况由该机关处理。",
    "other": "在网络群组发布不当言论。",
}
SOURCES = ("inspection", "complaint", "station", "other_unit", "self")


@dataclass(frozen=True)
class Course:
    """A case that came so many days before the day of the demo, was decided so many days later, and how it went on."""

    ago: int
    took: int | None = None
    outcome: str = ""
    is_confirmed: bool = True
    withdrawal: str = ""  # asked or confirmed


COURSES = (
    *(Course(40 + 12 * n, 8 + 5 * (n % 4), ("talk", "warning", "talk", "demerit")[n % 4]) for n in range(20)),
    *(Course(60 + 50 * n, 45 + n, "warning") for n in range(3)),  # too late
    *(Course(75 + 60 * n, 20, "unfounded") for n in range(4)),
    *(Course(430 + 40 * n, 15, "warning") for n in range(3)),  # before the last twelve months
    Course(95, 25, "suspended"), Course(120, 30, "handed_over"), Course(150, 28, "dismissal"),
    Course(50, 28, "dismissed"),  # and serving still
    *(Course(20 + n, 10, ("warning", "demerit")[n % 2], is_confirmed=False) for n in range(2)),
    Course(6), Course(12), Course(25), Course(38), Course(57),  # the last two overdue
    Course(33, 10, "talk", withdrawal="confirmed"), Course(15, withdrawal="asked"),
)  # fmt: skip


def load_discipline(cursor, day: date, seed: int) -> None:
    """Write them, on the owner's connection; people, services and accounts are there already."""
    rng = lots(seed, "discipline")
    accounts = {account.username: account.pk for account in Account.objects.using(OWNER).filter(is_demo=True)}
    served = Assignment.objects.using(OWNER).on(day).filter(unit__gte=SQUADS[0], unit__lte=SQUADS[1])
    since = day - timedelta(max(course.ago for course in COURSES) + 30)
    people = list(served.filter(started_on__lt=since).order_by("unit_id", "member_id"))
    rng.shuffle(people)
    made = list(zip(COURSES, people, strict=False))
    cases = [
        _case(course, service, day, accounts, category=_category(rng, course), source=rng.choice(SOURCES))
        for course, service in made
    ]
    for key, case in zip(keys(cursor, DisciplineCase, len(cases)), cases, strict=True):
        case.pk = key
    DisciplineCase.objects.using(OWNER).bulk_create(cases)


def _category(rng: Random, course: Course) -> str:
    """What is grave is handed over, and the rest is not grave."""
    if course.outcome == "handed_over":
        return "criminal"
    return rng.choice([each for each in SUMMARIES if each != "criminal"])


def _moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo("Asia/Shanghai"))


def _case(course: Course, service: Assignment, day: date, accounts, **what: str) -> DisciplineCase:
    reported = day - timedelta(course.ago)
    return DisciplineCase(
        member_id=service.member_id, unit_id=service.unit_id, service=service, force=service.force,
        occurred_on=reported - timedelta(course.ago % 6), reported_on=reported, summary=SUMMARIES[what["category"]],
        recorded_by=accounts["hr"], recorded_at=_moment(reported, 9), **what, **_decision(course, reported, accounts),
        **_withdrawal(course, reported, accounts),
    )  # fmt: skip


def _decision(course: Course, reported: date, accounts) -> dict:
    if course.took is None:
        return {}
    on = reported + timedelta(course.took)
    needs_none = course.outcome in DisciplineCase.WITHOUT_DOCUMENT
    told = {
        "decided_on": on, "outcome": course.outcome, "proposed_by": accounts["hr"], "proposed_at": _moment(on, 10),
        "document": "" if needs_none else f"穗安公纪〔{on.year}〕{on.timetuple().tm_yday}号",
    }  # fmt: skip
    if course.is_confirmed:
        told |= {"confirmed_by": accounts["governance"], "confirmed_at": _moment(on, 16)}
    return told


def _withdrawal(course: Course, reported: date, accounts) -> dict:
    if not course.withdrawal:
        return {}
    on = reported + timedelta((course.took or 0) + 2)
    told = {
        "withdrawal_reason": "同名误记，当事人不在场", "withdrawal_asked_by": accounts["hr2"],
        "withdrawal_asked_at": _moment(on, 9),
    }  # fmt: skip
    if course.withdrawal == "confirmed":
        told |= {"withdrawn_by": accounts["governance"], "withdrawn_at": _moment(on, 15)}
    return told
