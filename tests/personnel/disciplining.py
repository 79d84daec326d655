"""Discipline cases that fill in what a test's sentence does not mention."""

from datetime import timedelta

from django.utils import timezone

from organization.scope import as_account, as_root
from personnel.discipline import deciding, recording
from personnel.models import DisciplineCase
from tests.factories import MemberFactory, serve

TODAY = timezone.localdate()
SUMMARY = "试用情节：值勤时擅自离岗"


def days_ago(days):
    return TODAY - timedelta(days)


def somebody(name="苏试纪", *, since="2012-01-01", until=None, force="joint_defence", unit=None, **fields):
    """A person and the service."""
    where = {"unit_id": unit, "unit": None} if unit else {}
    with as_root("test"):
        member = MemberFactory(name=name, **where)
        return member, serve(member, since=since, until=until, force=force, **fields)


def record(account, member, *, occurred=20, reported=10, **facts):
    """A case of so many days ago, recorded by that account."""
    told = {"occurred_on": days_ago(occurred), "reported_on": days_ago(reported)}
    told |= {"category": "attendance", "source": "inspection", "summary": SUMMARY, **facts}
    with as_account(account):
        return recording.record(recording.service_on(member, told["occurred_on"]), told, account)


def propose(case, account, outcome="warning", *, decided=1, document="试纪〔2026〕1号"):
    with as_account(account):
        return deciding.propose(case, account, decided_on=days_ago(decided), outcome=outcome, document=document)


def confirm(case, account):
    with as_account(account):
        return deciding.confirm(case, account, case.proposed_at)


def decided(case, first, second, outcome="warning", **more):
    return confirm(propose(case, first, outcome, **more), second)


def withdrawn(case, first, second):
    with as_account(first):
        case = deciding.ask_withdrawal(case, first, "记错了人")
    with as_account(second):
        return deciding.withdraw(case, second, case.withdrawal_asked_at)


def stored(member, service, **fields):
    """A case as it may lie in the table, by nobody in particular, on any days: the owner's trigger asks nothing."""
    return DisciplineCase(
        member_id=member.pk, unit_id=service.unit_id, service=service, force=service.force, category="work",
        source="self", recorded_by=1, **fields,
    )  # fmt: skip
