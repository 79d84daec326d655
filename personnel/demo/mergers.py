"""The two mergers of the demo: an older one that is over, and one in progress with scores for most of the patrol."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.db.models import F

from organization.models import Account, Employer
from organization.office import OWNER
from personnel.demo.draw import lots
from personnel.demo.places import DISTRICT, SUB_BUREAU
from personnel.demo.register import Service
from personnel.models import (
    Appeal,
    Assessment,
    AssessmentCycle,
    Assignment,
    Examiner,
    MergerTask,
    Placement,
    PlacementBatch,
    Programme,
)

FORMER_TITLE = "公建治安员"
ABSORBED, TRANSFERRED = 96 / 1_732, 14 / 1_129  # of the auxiliary police, and of the joint defence that towns run
SCORED = 1_100 / 1_233  # of the patrol, so far
PASSED, FAILED = (6_000, 9_600), (3_800, 5_950)
WRITTEN = (
    AssessmentCycle, Examiner, Assessment, Appeal, Programme, PlacementBatch, Placement, MergerTask,
)  # fmt: skip


def merged_on(day: date) -> date:
    """When the older merger took place."""
    return date(day.year - 4, 9, 1)


def with_older_merger(rng: Random, day: date, services: list[Service], town_offices: dict[int, int]) -> list[Service]:
    """Some who serve in towns today began in the patrol: their service is parted on the day of the older merger."""
    cut = merged_on(day)

    def chosen(share: float, fits: Callable[[Service], bool]) -> list[int]:
        able = [i for i, s in enumerate(services) if fits(s) and _lasting(s, cut)]
        all_of = sum(1 for s in services if fits(s) and s.ended_on is None)
        return rng.sample(able, min(len(able), round(all_of * share)))

    found = list(services)
    absorbed = chosen(ABSORBED, lambda s: s.force == "auxiliary" and s.unit_id < SUB_BUREAU and s.former_title == "")
    for i in absorbed + chosen(TRANSFERRED, lambda s: s.sponsor == "town"):
        new = services[i]
        found[i] = replace(new, started_on=cut, beginning="merged", former_title=FORMER_TITLE)
        found.append(
            Service(
                new.person, new.unit_id, "patrol", new.started_on, "recruited", cut, "merged",
                using_unit_id=new.using_unit_id, recruiter_id=new.unit_id, employer=town_offices[new.unit_id],
                post=new.post, cohort=new.started_on.year,
            )
        )  # fmt: skip
    return found


def _lasting(service: Service, cut: date) -> bool:
    """Full time, since a year before that day at least, and still."""
    is_first = service.beginning == "recruited" and service.share == 100
    return is_first and service.ended_on is None and service.started_on < cut - timedelta(365)


def load_mergers(day: date, seed: int) -> None:
    """Write both, on the owner's connection; the services of the older one are there already."""
    rng = lots(seed, "scores")
    accounts = {account.username: account for account in Account.objects.using(OWNER).filter(is_demo=True)}
    employer = Employer.objects.using(OWNER).filter(nature="sub_bureau").order_by("pk").first()
    if employer:
        _in_progress(rng, day, accounts, employer)
        _older(rng, merged_on(day), accounts, employer)


def _moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo("Asia/Shanghai"))


def _cycle(name: str, first: date, accounts, **more) -> AssessmentCycle:
    cycle = AssessmentCycle.objects.using(OWNER).create(
        unit_id=DISTRICT, name=name, forces=["patrol"], starts_on=first, ends_on=first + timedelta(60), **more
    )
    Examiner.objects.using(OWNER).bulk_create(
        Examiner(cycle=cycle, account=accounts[name], unit_id=accounts[name].unit_id)
        for name in ("hr2", "town", "town2")
    )
    return cycle


def _sheet(rng: Random, cycle: AssessmentCycle, service: Assignment, between, *, by: int, items: int = 5) -> Assessment:
    """Scores in halves of a point around one that the person is worth."""
    low, high = between
    worth = rng.randint(low // 50, high // 50) * 50
    scores = [min(high, max(low, worth + rng.randint(-6, 6) * 50)) for _item in cycle.items]
    return Assessment(
        cycle=cycle, member_id=service.member_id, unit_id=service.unit_id, weights=cycle.weights,
        scores=[*scores[:items], *[None] * (len(scores) - items)], entered_by=by,
    )  # fmt: skip


def _in_progress(rng: Random, day: date, accounts, employer: Employer) -> None:
    cycle = _cycle(f"{day.year}年公建治安员考核", day - timedelta(30), accounts)
    Programme.objects.using(OWNER).create(
        unit_id=DISTRICT, name="公建治安员并入辅警", merged_on=day, cycle=cycle, employer=employer, appeal_days=0,
        confirm_by=day + timedelta(14),
    )  # fmt: skip
    serving = list(Assignment.objects.using(OWNER).on(day).filter(force="patrol").order_by("unit_id", "member_id"))
    by = accounts["hr2"].pk
    scored = sorted(rng.sample(range(len(serving)), round(len(serving) * SCORED)))
    sheets = [_sheet(rng, cycle, serving[i], FAILED if rng.random() < 0.13 else PASSED, by=by) for i in scored]
    begun = [service for i, service in enumerate(serving) if i not in set(scored)][:20]
    sheets += [_sheet(rng, cycle, service, PASSED, by=by, items=3) for service in begun]
    Assessment.objects.using(OWNER).bulk_create(sheets)


def _older(rng: Random, day: date, accounts, employer: Employer) -> None:
    new = Assignment.objects.using(OWNER).filter(beginning="merged", started_on=day).order_by("member_id")
    pairs = new.filter(member__assignments__ending="merged", member__assignments__ended_on=day).annotate(
        old=F("member__assignments")
    )
    landed = [(service, service.old) for service in pairs]
    if not landed:
        return
    closed = day - timedelta(40)
    cycle = _cycle(
        f"{day.year}年公建治安员考核", day - timedelta(100), accounts, closed_on=closed, closed_by=accounts["hr"].pk
    )
    programme = Programme.objects.using(OWNER).create(
        unit_id=DISTRICT, name="第一批公建治安员并入辅警", merged_on=day, cycle=cycle, employer=employer
    )
    batch = _carried_out(programme, day, accounts)
    has_passed = {service.pk: service.force == "auxiliary" for service, _old in landed}
    sheets = Assessment.objects.using(OWNER).bulk_create(
        _sheet(rng, cycle, service, PASSED if has_passed[service.pk] else FAILED, by=accounts["hr2"].pk)
        for service, _old in landed
    )
    Placement.objects.using(OWNER).bulk_create(
        Placement(
            programme=programme, batch=batch, member_id=service.member_id, unit_id=service.unit_id, service_id=old,
            new_service=service, verdict=(outcome := "absorbed" if has_passed[service.pk] else "transferred"),
            outcome=outcome, reason="" if has_passed[service.pk] else batch.note,
        )
        for service, old in landed
    )  # fmt: skip
    _tasks(rng, day, batch, [(service, has_passed[service.pk]) for service, _old in landed])
    failed = [sheet for (service, _old), sheet in zip(landed, sheets, strict=True) if not has_passed[service.pk]]
    _appeal(closed, failed[:1], accounts)


def _carried_out(programme: Programme, day: date, accounts) -> PlacementBatch:
    """Its proposal, as it went."""
    return PlacementBatch.objects.using(OWNER).create(
        programme=programme, unit_id=DISTRICT, mark=6_000, note="考核成绩低于合格线，本人已知悉",
        proposed_at=_moment(day - timedelta(25), 10), proposed_by=accounts["hr"].pk,
        confirmed_at=_moment(day - timedelta(23), 15), confirmed_by=accounts["governance"].pk,
        appeals_until=day - timedelta(18),
        carried_out_at=_moment(day - timedelta(3), 11), carried_out_by=accounts["hr"].pk,
    )  # fmt: skip


def _tasks(rng: Random, day: date, batch: PlacementBatch, landed) -> None:
    """All done but for a few trainings."""
    due = day + timedelta(30)
    MergerTask.objects.using(OWNER).bulk_create(
        MergerTask(
            batch=batch, member_id=service.member_id, unit_id=service.unit_id, kind=kind, due_on=due,
            done_on=None if kind == "training" and rng.random() < 0.05 else day + timedelta(rng.randint(1, 29)),
        )
        for service, is_in in landed
        for kind in (("contract", "kit", "training") if is_in else ("contract",))
    )  # fmt: skip


def _appeal(closed: date, sheets: list[Assessment], accounts) -> None:
    """One that was heard and dismissed."""
    for sheet in sheets:
        appeal = Appeal.objects.using(OWNER).create(
            assessment=sheet, member_id=sheet.member_id, unit_id=sheet.unit_id, grounds="认为勤务出勤天数统计有误",
            received_on=closed + timedelta(2), last_day=closed, recorded_by=accounts["town"].pk,
            examiner=sheet.entered_by,
        )  # fmt: skip
        Appeal.objects.using(OWNER).filter(pk=appeal.pk).update(
            decided_at=_moment(closed + timedelta(8), 16), decided_by=accounts["governance"].pk,
            is_upheld=False, reason="经核对派出所考勤记录，统计无误",
        )  # fmt: skip
