"""People in the patrol, a cycle that scores them, a programme that merges them: what tests of mergers begin with."""

from datetime import date, timedelta

from django.db import transaction

from organization.models import Unit
from organization.scope import as_account, as_root
from personnel.assessment import scoring
from personnel.merger import carrying_out, proposing, reverting
from personnel.models import AssessmentCycle, Examiner, Programme
from tests.conftest import DISTRICT, TOWN
from tests.factories import EmployerFactory, MemberFactory, serve

TODAY = date(2014, 7, 1)
SUB_BUREAU = 440199_900_000


def patrol(count, unit=TOWN, **service):
    """So many members of the patrol of a town."""
    with as_root("test"):
        place = Unit.objects.get(code=unit)
        members = [MemberFactory(unit=place) for _ in range(count)]
        for member in members:
            serve(
                member, **{"force": "patrol", "using_unit_id": 440199_901_000, "post": "巡逻", "cohort": 2012} | service
            )
    return members


def cycle(**fields):
    given = {
        "name": "年度考核",
        "forces": ["patrol"],
        "starts_on": TODAY - timedelta(30),
        "ends_on": TODAY + timedelta(30),
    }
    with as_root("test"):
        return AssessmentCycle.objects.create(**{"unit_id": DISTRICT, **given, **fields})


def programme(of_cycle, **fields):
    given = {"name": "公建治安员并入辅警", "merged_on": TODAY, "pass_mark": 6000, "appeal_days": 0}
    with as_root("test"):
        employer = EmployerFactory(name="穗安分局", nature="sub_bureau", unit_id=SUB_BUREAU)
        return Programme.objects.create(
            **{"unit_id": DISTRICT, "cycle": of_cycle, "employer": employer, **given, **fields}
        )


def examiner(of_cycle, account, unit=DISTRICT, **fields):
    with as_root("test"):
        return Examiner.objects.create(cycle=of_cycle, account=account, unit_id=unit, **fields)


def score(of_cycle, account, totals, today=TODAY):
    """Give each member the same score on every item: {member: points}."""
    changes = {m.pk: dict.fromkeys(range(len(of_cycle.items)), p * 100) for m, p in totals.items()}
    with as_account(account):
        return scoring.enter(of_cycle, account, changes, today)


def propose(of_programme, account, **more):
    with as_account(account), transaction.atomic():
        return proposing.propose(of_programme, account, TODAY, **more)


def confirm(of_programme, account, reason="低于合格线", **more):
    with as_account(account), transaction.atomic():
        return proposing.confirm(of_programme, account, TODAY, reason, **more)


def carry_out(of_programme, account, today=TODAY):
    with as_account(account), transaction.atomic():
        return carrying_out.carry_out(of_programme, account, today)


def revert(of_programme, account):
    with as_account(account), transaction.atomic():
        return reverting.revert(of_programme, account)
